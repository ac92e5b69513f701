# technique: BENIGN - ordinary program: protocol generic repo
# expected: accepted
# expect: [3, 'b', None, ['a', 'b', 'c'], True, False, True]
from __future__ import annotations
from abc import ABC, abstractmethod
from typing import Generic, Iterable, Iterator, Protocol, TypeVar, runtime_checkable
K = TypeVar("K")
V = TypeVar("V", bound="HasId")
@runtime_checkable
class HasId(Protocol):
    id: int
class Repo(ABC, Generic[K, V]):
    @abstractmethod
    def get(self, key: K) -> V | None: ...
    @abstractmethod
    def add(self, item: V) -> None: ...
    def add_all(self, items: Iterable[V]) -> int:
        n = 0
        for n, item in enumerate(items, 1):
            self.add(item)
        return n
class MemoryRepo(Repo[int, V]):
    def __init__(self) -> None:
        self._items: dict[int, V] = {}
    def get(self, key: int) -> V | None:
        return self._items.get(key)
    def add(self, item: V) -> None:
        self._items[item.id] = item
    def __iter__(self) -> Iterator[V]:
        yield from self._items.values()
class User:
    def __init__(self, id: int, name: str) -> None:
        self.id, self.name = id, name
repo: MemoryRepo[User] = MemoryRepo()
n = repo.add_all(User(i, c) for i, c in enumerate("abc"))
try:
    Repo()
except TypeError as e:
    err = "abstract" in str(e)
result = [n, repo.get(1).name, repo.get(9), [u.name for u in repo], isinstance(User(1, "x"), HasId), isinstance(3, HasId), err]
