"""What to keep of bytes that do not fit their checksums, and how that is reported.

Nothing that is whole is ever given up: records after a damaged place are found again by trying every byte. What is taken
out of a file is first written to a file beside it.
"""

from __future__ import annotations

import json
import os
from base64 import b64encode
from dataclasses import dataclass

from dana_learning.appendlog.file import Handle, foreign, sync_folder
from dana_learning.appendlog.framing import HEADER, Record, is_torn, next_record, records


@dataclass(frozen=True, slots=True)
class Damage:
    """A range of bytes that is no record."""

    offset: int
    data: bytes
    torn: bool
    """Whether it is the beginning of a last record that was never written to its end."""


@dataclass(frozen=True, slots=True)
class OpenReport:
    """What was found when a file was opened, and what was kept.

    `damaged` counts places whose bytes were changed, `torn_bytes` the bytes of a last write that was cut off by a crash.
    """

    path: str = ""
    kept: int = 0
    damaged: int = 0
    damaged_bytes: int = 0
    torn_bytes: int = 0
    quarantine: str = ""

    @property
    def clean(self) -> bool:
        """Whether every byte was in order."""
        return not self.damaged and not self.torn_bytes

    def __str__(self) -> str:
        if self.clean:
            return f"{self.path}: {self.kept} records, all in order"
        where = f"; the bytes are in {self.quarantine}" if self.quarantine else ""
        changed = f", {self.damaged} damaged places ({self.damaged_bytes} bytes) put aside" if self.damaged else ""
        torn = f", {self.torn_bytes} bytes of an unfinished last write cut" if self.torn_bytes else ""
        return f"{self.path}: {self.kept} records kept{changed}{torn}{where}"


def salvage(data: bytes | memoryview, place: int, base: int = 0) -> tuple[list[Record], list[Damage]]:
    """Return every whole record from `place` on and every range that is none.

    The last batch is given up when its end is missing, because it was never acknowledged.
    """
    kept, damages = list[Record](), list[Damage]()
    while True:
        kept += records(data, place, base)
        if kept and kept[-1].end - base > place:
            place = kept[-1].end - base
        following = next_record(data, place + 1) if place < len(data) else None
        if following is None:
            break
        damages.append(Damage(base + place, bytes(data[place:following]), torn=False))
        place = following
    cut = place
    while kept and kept[-1].more:
        cut = kept.pop().offset - base
    if cut < len(data):
        torn = place == len(data) or is_torn(data[place:])
        damages.append(Damage(base + cut, bytes(data[cut:]), torn))
    return kept, damages


def begin(handle: Handle, start: bytes, size: int, *, read_only: bool) -> list[Damage]:
    """Handle a first line that is not the one it should be: a new file, a damaged one, or somebody else's."""
    if size < len(HEADER) and HEADER.startswith(start):
        if not read_only:
            handle.append(0, HEADER)
            handle.sync()
            sync_folder(handle.path)
        return []
    newer = start[:-2] == HEADER[:-2] and start[-2:-1] in {b"2", b"4", b"7"}
    changed = sum((ours ^ theirs).bit_count() for ours, theirs in zip(HEADER, start, strict=False))
    if newer or (next_record(handle.read(0, 1 << 16), 0) is None and (changed > 8 or size != len(HEADER))):
        foreign(handle.path, start)
    return [Damage(0, start, torn=False)]


def put_aside(path: str, damages: list[Damage], moment: float) -> str:
    """Append damaged ranges to `<path>.damaged`, one JSON line each, synced; return its name."""
    name = f"{path}.damaged"
    lines = [
        json.dumps(
            {
                "found": moment,
                "offset": damage.offset,
                "torn": damage.torn,
                "base64": b64encode(damage.data).decode(),
            }
        )
        for damage in damages
    ]
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(descriptor, "".join(f"{line}\n" for line in lines).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return name
