"""Bytes of a record: its length, a CRC32 of length and payload, the payload. Pure functions, no files.

The highest bit of the length says that more records of the same batch follow: a batch counts when its last record is
whole, so that a crash in between leaves all of it or nothing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HEADER = b"dana-learning journal 1\n"
"""The first bytes of a file; the number is the version of the format: 1, and later 2, 4, 7.

These differ in two bits, so that no single changed bit makes one version look like another."""

_PAIR = struct.Struct("<II")
_SIZE = struct.Struct("<I")
HEAD = _PAIR.size
MORE = 0x8000_0000
LONGEST = MORE - 1


@dataclass(frozen=True, slots=True)
class Record:
    """A whole record: where it stands, its payload, and whether its batch goes on."""

    offset: int
    payload: bytes
    more: bool

    @property
    def end(self) -> int:
        """Where the next record stands."""
        return self.offset + HEAD + len(self.payload)


def frame(payload: bytes, *, more: bool = False) -> bytes:
    """Return the bytes of a record.

    >>> record_at(frame(b"[1]"), 0)
    Record(offset=0, payload=b'[1]', more=False)
    """
    size = _SIZE.pack(len(payload) | MORE if more else len(payload))
    return b"".join((size, _SIZE.pack(crc32(payload, crc32(size))), payload))


def frames(payloads: Sequence[bytes]) -> list[bytes]:
    """Return the records of one batch."""
    last = len(payloads) - 1
    return [frame(payload, more=place < last) for place, payload in enumerate(payloads)]


def size_in(head: bytes) -> int:
    """Return how long a record with these first bytes is, head included."""
    return HEAD + (int.from_bytes(head[:4], "little") & LONGEST)


def payload_at(data: bytes | memoryview, place: int) -> bytes | None:
    """Return the payload of the record at `place` of the bytes; None if it is not whole."""
    start = place + HEAD
    if start > len(data):
        return None
    size, checksum = _PAIR.unpack_from(data, place)
    length = size & LONGEST
    if not 0 < length <= len(data) - start:
        return None
    payload = bytes(data[start : start + length])
    return payload if crc32(payload, crc32(data[place : place + 4])) == checksum else None


def record_at(data: bytes | memoryview, place: int, base: int = 0) -> Record | None:
    """Return the record at `place` of the bytes, whose first byte stands at `base` of the file; None if it is not whole."""
    payload = payload_at(data, place)
    return None if payload is None else Record(base + place, payload, data[place + 3] >= 0x80)


def records(data: bytes | memoryview, place: int = 0, base: int = 0) -> Iterator[Record]:
    """Yield whole records one after the other until one is not whole."""
    while (record := record_at(data, place, base)) is not None:
        yield record
        place = record.end - base


def batches(data: bytes | memoryview, place: int = 0, base: int = 0) -> tuple[list[Record], int]:
    """Return the records of all whole batches, and the offset where they end."""
    whole, open_batch, end = list[Record](), list[Record](), base + place
    for record in records(data, place, base):
        open_batch.append(record)
        if not record.more:
            whole += open_batch
            open_batch = []
            end = record.end
    return whole, end


def next_record(data: bytes | memoryview, place: int) -> int | None:
    """Return where the first whole record at or after `place` stands."""
    for candidate in range(place, len(data) - HEAD):
        length = _SIZE.unpack_from(data, candidate)[0] & LONGEST
        if 0 < length <= len(data) - candidate - HEAD and record_at(data, candidate) is not None:
            return candidate
    return None


def is_torn(tail: bytes | memoryview) -> bool:
    """Whether bytes look like the beginning of a record whose rest was never written, and not like a changed record."""
    if len(tail) < HEAD or not any(tail):
        return True
    size, checksum = _PAIR.unpack_from(tail)
    if size & LONGEST <= len(tail) - HEAD:
        return False
    rest = len(tail) - HEAD  # with this length it would be a whole record: its length was changed
    lengths = (_SIZE.pack(rest), _SIZE.pack(rest | MORE))
    return all(crc32(tail[HEAD:], crc32(length)) != checksum for length in lengths)
