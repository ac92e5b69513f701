# technique: vars(A)["__annotations__"] as the same door
# expected: rejected
from dataclasses import dataclass
class A:
    x: int = 0
vars(A)["__annotations__"]["a, b=1/0, c"] = int
dataclass(A)
result = "ESCAPED text of ours compiled by dataclass"
