# technique: the dataclass itself, not an instance
# expected: rejected
from dataclasses import dataclass
@dataclass
class A:
    x: int = 1
result = A
