# technique: BENIGN - Generic[T], TypeVar, type hints everywhere
# expected: accepted
# expect: [2, 1, {False: ['a', 'a'], True: ['b', 'c']}, '3', 5]
from __future__ import annotations
from typing import Any, Callable, Dict, Generic, Iterable, List, Optional, Tuple, TypeVar, Union, cast
T = TypeVar("T")
K = TypeVar("K")
class Stack(Generic[T]):
    def __init__(self, items: Iterable[T] = ()) -> None:
        self._items: List[T] = list(items)
    def push(self, item: T) -> Stack[T]:
        self._items.append(item)
        return self
    def pop(self) -> Optional[T]:
        return self._items.pop() if self._items else None
    def __len__(self) -> int:
        return len(self._items)
def group(xs: Iterable[T], key: Callable[[T], K]) -> Dict[K, List[T]]:
    out: Dict[K, List[T]] = {}
    for x in xs:
        out.setdefault(key(x), []).append(x)
    return out
s: Stack[int] = Stack([1]).push(2)
value: Union[int, str, None] = s.pop()
pair: Tuple[int, ...] = (1, 2)
result = [value, len(s), group("abca", lambda c: c > "a"), cast(int, "3"), Stack[int]([5]).pop()]
