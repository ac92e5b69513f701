# technique: a dataclass that is also a dict
# expected: harmless
from dataclasses import dataclass
@dataclass
class A(dict):
    x: int = 1
    def __hash__(self):
        return 1
result = [A()]
