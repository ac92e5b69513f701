"""The audit trail of a function: one JSON line per change, in order, readable after any crash."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from dana_poet.codegen.version_files import read_regular
from dana_poet.runtime.state import sync_folder, write_all

_TAIL = 1 << 16


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change. `sequence` orders entries, whatever the clock said; `at` is UTC for people to read.

    `version` is 0 where the original is meant; `before` and `after` are states, empty where the change is none of state.

    >>> print(AuditEntry(7, "2026-01-31T12:00:00Z", "moved", 2, "canary", "active", "better by 0.06"))
    2026-01-31T12:00:00Z  version 2  moved canary -> active: better by 0.06
    """

    sequence: int
    at: str
    event: str
    version: int
    before: str = ""
    after: str = ""
    reason: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        states = f" {self.before or 'new'} -> {self.after}" if self.after else ""
        what = f"version {self.version}" if self.version else "the original"
        return f"{self.at}  {what}  {self.event}{states}{': ' + self.reason if self.reason else ''}"

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def entry_of(record: object) -> AuditEntry | None:
    """Return the entry that a line of the trail holds, None for anything else."""
    if not isinstance(record, dict) or not all(isinstance(record.get(name), int) for name in ("sequence", "version")):
        return None
    try:
        return AuditEntry(**record)
    except TypeError:
        return None


def read(file: str, pending: list[dict[str, Any]]) -> tuple[AuditEntry, ...]:
    """Return all entries in order; `pending` are those that the book knows and the file may lack.

    A line that a crash tore is left out: what it was to say is in `pending`.
    """
    found = _entries(read_regular(file) or b"")
    for record in pending:
        entry = entry_of(record)
        if entry is not None:
            found.setdefault(entry.sequence, entry)
    return tuple(found[sequence] for sequence in sorted(found))


def append(file: str, entries: list[dict[str, Any]]) -> None:
    """Add the entries that the file does not hold yet, and flush them to disk. The caller holds the folder's lock.

    After a torn line a new one is begun. OSError when it cannot be written.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(file, flags, 0o600)
    try:
        size = os.fstat(handle).st_size
        tail = _tail(handle, size)
        known = max(_entries(tail), default=0)
        missing = [one for one in entries if one["sequence"] > known]
        if not missing:
            return
        start = b"\n" if tail and not tail.endswith(b"\n") else b""
        lines = "".join(json.dumps(one, ensure_ascii=True, allow_nan=False) + "\n" for one in missing)
        write_all(handle, start + lines.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    if not size:
        sync_folder(os.path.dirname(file))


def _tail(handle: int, size: int) -> bytes:
    """Return the end of the file: enough to hold a whole entry, however long the last ones are."""
    length = _TAIL
    while True:
        os.lseek(handle, max(0, size - length), os.SEEK_SET)
        tail = os.read(handle, length)
        if length >= size or _entries(tail):
            return tail
        length *= 4


def _entries(data: bytes) -> dict[int, AuditEntry]:
    found: dict[int, AuditEntry] = {}
    for line in data.split(b"\n"):
        try:
            entry = entry_of(json.loads(line)) if line else None
        except (ValueError, RecursionError):
            continue
        if entry is not None:
            found[entry.sequence] = entry
    return found
