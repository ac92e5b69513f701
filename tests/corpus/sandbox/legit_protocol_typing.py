# technique: BENIGN - Protocol, runtime_checkable and structural isinstance
# expected: accepted
# expect: [True, False, 6]
from typing import Protocol, runtime_checkable
@runtime_checkable
class Sized2(Protocol):
    def size(self) -> int: ...
class Box:
    def size(self) -> int:
        return 3
def total(items: "list[Sized2]") -> int:
    return sum(i.size() for i in items)
result = [isinstance(Box(), Sized2), isinstance(3, Sized2), total([Box(), Box()])]
