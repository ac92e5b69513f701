"""What the operations of a file add up to: for each table the place of each document, and an index by group.

Documents stay in the file; memory holds their offsets. An operation is a JSON list: `["p", table, id, document]` puts,
`["d", table, id]` deletes, `["t", table]` makes a table empty (and makes it exist), `["x", table]` drops it.
"""

from __future__ import annotations

import json
import json.encoder
from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

Key: TypeAlias = int | str
Place: TypeAlias = tuple[int, float, int]
"""Where a document belongs in the index of its table: group, time, and a checksum of what it is found by."""

Describe: TypeAlias = Callable[[Mapping[str, Any]], Place]

_DECODER = json.JSONDecoder()
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# `encode` makes an encoder in C for each call, which takes longer than a small document itself: one is kept.
_MAKE: Any = vars(json.encoder).get("c_make_encoder")
_QUICK: Any = _MAKE and _MAKE(
    None, _ENCODER.default, json.encoder.encode_basestring, None, ":", ",", False, False, True
)


def encode(operation: list[Any]) -> bytes:
    """Return an operation as compact JSON; TypeError when a document is not plain data."""
    if _QUICK is not None:
        try:
            return "".join(_QUICK(operation, 0)).encode("utf-8", "surrogatepass")
        except RecursionError:
            pass  # only the slow one says that a document holds itself
    return _ENCODER.encode(operation).encode("utf-8", "surrogatepass")


def decode(payload: bytes) -> list[Any]:
    """Return the operation of a payload."""
    operation: list[Any] = _DECODER.raw_decode(payload.decode("utf-8", "surrogatepass"))[0]
    return operation


class Source(Protocol):
    """Where records can be read again."""

    def payload(self, offset: int) -> bytes:
        """Return the payload of the record at an offset."""

    def size(self, offset: int) -> int:
        """Return the length of the record at an offset."""


@dataclass(slots=True)
class Group:
    """The documents of one group in the order in which they were put: ids, times, checksums."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    times: array[float] = field(default_factory=lambda: array("d"))
    marks: array[int] = field(default_factory=lambda: array("Q"))
    positions: dict[int, int] | None = None
    """The last position of each mark; made when it is first asked for."""

    def add(self, key: int, time: float, mark: int) -> None:
        """Append a document."""
        if self.positions is not None:
            self.positions[mark] = len(self.ids)
        self.ids.append(key)
        self.times.append(time)
        self.marks.append(mark)

    def position(self, key: int) -> int:
        """Return where a document stands; ids usually ascend."""
        guess = bisect_left(self.ids, key)
        return guess if guess < len(self.ids) and self.ids[guess] == key else self.ids.index(key)

    def change(self, key: int, time: float, mark: int) -> None:
        """Give a document another time and mark."""
        place = self.position(key)
        self.times[place], self.marks[place] = time, mark
        self.positions = None

    def remove(self, key: int) -> None:
        """Take a document out."""
        place = self.position(key)
        del self.ids[place], self.times[place], self.marks[place]
        self.positions = None

    def found(self, mark: int) -> int | None:
        """Return the id of the last document with this mark."""
        if self.positions is None:
            self.positions = {mark: place for place, mark in enumerate(self.marks)}
        place = self.positions.get(mark)
        return None if place is None else self.ids[place]

    def copy(self) -> Group:
        """Return a group that can change on its own."""
        return Group(self.ids[:], self.times[:], self.marks[:])


@dataclass(slots=True)
class TableState:
    """One table: offset of each document in table order, bytes that are alive, groups when the table is indexed."""

    offsets: dict[Key, int] = field(default_factory=dict)
    live: int = 0
    groups: dict[int, Group] = field(default_factory=dict)
    version: int = 0
    _highest: int | None = None

    def highest(self) -> int:
        """Return the highest id, 0 when there is none; ids that are texts count when they are numbers."""
        if self._highest is None:
            self._highest = max((int(key) for key in self.offsets), default=0)
        return self._highest

    def saw(self, key: Key) -> None:
        """Note that an id is in use."""
        if self._highest is not None and isinstance(key, int):
            self._highest = max(self._highest, key) if len(self.offsets) > 1 else key

    def lost(self, key: Key) -> None:
        """Note that an id is free again."""
        if key == self._highest:
            self._highest = None


class State:
    """All tables of a file."""

    def __init__(self, source: Source, describe: Mapping[str, Describe] | None = None, changes: int = 0) -> None:
        self.source = source
        self.describe = describe or {}
        self.tables: dict[str, TableState] = {}
        self.records = 0
        self.changes = changes
        """Grows with every operation and every reload, so that a table's version says whether it changed."""

    @property
    def live(self) -> int:
        """The bytes of all records that still count."""
        return sum(table.live for table in self.tables.values())

    def apply(self, operation: list[Any], offset: int, size: int) -> None:
        """Carry out the operation whose record stands at `offset`."""
        self.records += 1
        self.changes += 1
        match operation[0]:
            case "p":
                self._put(operation[1], operation[2], operation[3], offset, size)
            case "d":
                self._delete(operation[1], operation[2])
            case "t":
                self.tables[operation[1]] = TableState(version=self.changes)
            case "x":
                self.tables.pop(operation[1], None)
            case _:
                pass  # of a later version: what is known stays right

    def _put(self, name: str, key: Key, document: Mapping[str, Any], offset: int, size: int) -> None:
        table = self.tables.get(name)
        if table is None:
            table = self.tables[name] = TableState()
        describe = self.describe.get(name)
        old = table.offsets.get(key)
        if old is not None:
            table.live -= self.source.size(old)
        if describe is not None and isinstance(key, int):
            group, time, mark = describe(document)
            before = None if old is None else describe(decode(self.source.payload(old))[3])[0]
            if before is not None and before != group:
                table.groups[before].remove(key)
            if group not in table.groups:
                table.groups[group] = Group()
            if before == group:
                table.groups[group].change(key, time, mark)
            else:
                table.groups[group].add(key, time, mark)
        table.offsets[key] = offset
        table.live += size
        table.version = self.changes
        table.saw(key)

    def _delete(self, name: str, key: Key) -> None:
        table = self.tables.get(name)
        if table is None or key not in table.offsets:
            return  # its put was in a damaged place
        old = table.offsets.pop(key)
        table.live -= self.source.size(old)
        describe = self.describe.get(name)
        if describe is not None and isinstance(key, int):
            table.groups[describe(decode(self.source.payload(old))[3])[0]].remove(key)
        table.version = self.changes
        table.lost(key)
