# technique: BENIGN - typing.NamedTuple with methods and defaults
# expected: accepted
# expect: [('a', 6.0, None), 'a', 'a', 2.0]
from typing import NamedTuple, Optional
class Reading(NamedTuple):
    sensor: str
    value: float = 0.0
    unit: Optional[str] = None
    def scaled(self, k):
        return self._replace(value=self.value * k)
r = Reading("a", 2.0)
result = [r.scaled(3), r.sensor, max([Reading("b", 1.0), r], key=lambda q: q.value).sensor, r[1]]
