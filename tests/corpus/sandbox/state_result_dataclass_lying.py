# technique: a dataclass with a hostile __getattr__ and __dict__ entries
# expected: harmless
from dataclasses import dataclass
@dataclass
class A:
    x: int = 1
a = A()
a.__dict__["y"] = len
result = a
