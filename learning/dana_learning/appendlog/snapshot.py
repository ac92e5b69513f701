"""The state of a file as one compact block beside it, so that opening does not read every document.

It is only a shortcut: it names the checksum of all bytes that it covers, and is ignored when it does not fit them.
"""

# Paths are plain texts here: pathlib costs more than the calls it wraps.
# ruff: noqa: PTH105, PTH123

from __future__ import annotations

import json
import os
import struct
import sys
from array import array
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast
from zlib import crc32

from dana_learning.appendlog.state import Group, Key, State, TableState

_MAGIC = b"dana-learning index 1\n"
_NUMBER = struct.Struct("<I")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Covered:
    """The bytes that a snapshot covers: their end, their checksum, and how many records they hold."""

    end: int
    checksum: int
    records: int


def snapshot_path(path: str) -> str:
    """Return the name of the snapshot of a store."""
    return f"{path}.index"


def checksum_of(fd: int, start: int, end: int, checksum: int = 0) -> int:
    """Return the CRC32 of a range of a file, going on from `checksum`."""
    while start < end and (part := os.pread(fd, min(_CHUNK, end - start), start)):
        checksum = crc32(part, checksum)
        start += len(part)
    return checksum


def encode_snapshot(state: State, covered: Covered) -> bytes:
    """Return the bytes of a snapshot."""
    tables, blocks = [], list[bytes]()
    for name, table in state.tables.items():
        keys: int | list[Key] = len(table.offsets)
        try:
            blocks.append(array("q", cast("dict[int, int]", table.offsets)).tobytes())
        except (TypeError, OverflowError):  # ids that are texts, or beyond 64 bits
            keys = list(table.offsets)
        blocks.append(array("Q", table.offsets.values()).tobytes())
        groups = [[number, len(group.ids)] for number, group in table.groups.items()]
        blocks += [part.tobytes() for group in table.groups.values() for part in (group.ids, group.times, group.marks)]
        tables.append({"name": name, "keys": keys, "live": table.live, "groups": groups})
    head: dict[str, Any] = {"end": covered.end, "checksum": covered.checksum, "records": covered.records}
    text = json.dumps({**head, "order": sys.byteorder, "tables": tables}).encode()
    data = b"".join((_MAGIC, _NUMBER.pack(len(text)), text, *blocks))
    return data + _NUMBER.pack(crc32(data))


def decode_snapshot(data: bytes, state: State) -> Covered | None:
    """Fill a state from a snapshot and return what it covers; None when the snapshot itself is damaged or another's."""
    if not data.startswith(_MAGIC) or len(data) < len(_MAGIC) + 8:
        return None
    if crc32(memoryview(data)[:-4]) != _NUMBER.unpack(data[-4:])[0]:
        return None
    place = len(_MAGIC) + 4
    size = _NUMBER.unpack_from(data, len(_MAGIC))[0]
    head = json.loads(data[place : place + size])
    if head["order"] != sys.byteorder:
        return None
    reader = _Blocks(data, place + size)
    for table in head["tables"]:
        count = table["keys"] if isinstance(table["keys"], int) else len(table["keys"])
        keys = reader.integers("q", count) if isinstance(table["keys"], int) else table["keys"]
        offsets: dict[Key, int] = dict(zip(keys, reader.integers("Q", count), strict=True))
        groups = {
            number: Group(reader.integers("q", size), reader.floats(size), reader.integers("Q", size))
            for number, size in table["groups"]
        }
        state.tables[table["name"]] = TableState(offsets, table["live"], groups, state.changes)
    state.records = head["records"]
    return Covered(head["end"], head["checksum"], head["records"])


class _Blocks:
    """Reads arrays one after the other."""

    def __init__(self, data: bytes, place: int) -> None:
        self.data = memoryview(data)
        self.place = place

    def _bytes(self, count: int) -> memoryview:
        start, self.place = self.place, self.place + 8 * count
        return self.data[start : self.place]

    def integers(self, kind: str, count: int) -> array[int]:
        found = array(kind)
        found.frombytes(self._bytes(count))
        return found

    def floats(self, count: int) -> array[float]:
        found = array("d")
        found.frombytes(self._bytes(count))
        return found


def write_snapshot(path: str, state: State, covered: Covered) -> None:
    """Put a snapshot beside a store; when that fails, opening only takes longer."""
    name = snapshot_path(path)
    with suppress(OSError):
        descriptor = os.open(f"{name}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            view = memoryview(encode_snapshot(state, covered))
            while view:
                view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)
        os.replace(f"{name}.new", name)


def read_snapshot(path: str, state: State) -> Covered | None:
    """Fill a state from the snapshot beside a store, if there is one that can be read."""
    try:
        with open(snapshot_path(path), "rb") as file:
            return decode_snapshot(file.read(), state)
    except (OSError, ValueError, KeyError, TypeError):
        state.tables.clear()
        return None
