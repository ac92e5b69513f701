# technique: BENIGN - frozen dataclass whose __post_init__ uses object.__setattr__
# expected: accepted
# expect: [True, '1.10', True, "cannot assign to field 'text'", 1]
from dataclasses import dataclass, field, FrozenInstanceError
@dataclass(frozen=True, order=True)
class Version:
    text: str = field(compare=False)
    parts: tuple = ()
    def __post_init__(self):
        object.__setattr__(self, "parts", tuple(int(p) for p in self.text.split(".")))
a, b = Version("1.10"), Version("1.9.3")
try:
    a.text = "x"
    frozen = False
except FrozenInstanceError as e:
    frozen = str(e)
result = [a > b, max(a, b).text, hash(a) == hash(Version("1.10")), frozen, {a: 1}[Version("1.10")]]
