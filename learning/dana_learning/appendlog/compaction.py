"""Rewriting a file without its dead records, while others go on writing to it.

What is alive is copied beside the file without any lock. Then, under the lock, what was written meanwhile is copied too,
the copy is synced, and renamed over the file. Before the rename the old file is whole, after it the new one.
"""

# Paths are plain texts here: pathlib costs more than the calls it wraps.
# ruff: noqa: PTH104, PTH108, PTH110, PTH116

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import TYPE_CHECKING
from zlib import crc32

from dana_learning.appendlog.file import Handle, sync_folder, unlock
from dana_learning.appendlog.framing import HEADER, batches, frame
from dana_learning.appendlog.state import State, TableState, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_learning.appendlog.log import Log

_CHUNK = 1 << 18
_PIECE = 512


def copy_path(path: str) -> str:
    """Return the name of the copy that is being made."""
    return f"{path}.compact"


def _claim(path: str) -> Handle | None:
    """Open the copy for this program alone; None when another program is at it."""
    handle = Handle(copy_path(path), os.open(copy_path(path), os.O_RDWR | os.O_CREAT, 0o644))
    try:
        fcntl.flock(handle.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    # Another program may have renamed it between our opening and our lock.
    with suppress(FileNotFoundError):
        if os.stat(copy_path(path)).st_ino == handle.inode:
            os.ftruncate(handle.fd, 0)
            return handle
    return None


def remove_leftover(path: str) -> None:
    """Remove a copy that a crash left behind, unless it is somebody's work in progress."""
    with suppress(OSError):
        if os.path.exists(copy_path(path)) and _claim(path) is not None:
            os.unlink(copy_path(path))


class _Copy:
    """The new file, as it grows: bytes that wait to be written, and the state that they add up to."""

    def __init__(self, handle: Handle, old: State) -> None:
        self.handle = handle
        self.end = len(HEADER)
        self.checksum = crc32(HEADER)
        self.written = 0
        self.waiting = [HEADER]
        self.state = State(handle, old.describe, old.changes)
        self.was_used = old.records > 0

    def add(self, record: bytes) -> int:
        """Append a record; return where it stands."""
        place = self.end
        self.waiting.append(record)
        self.checksum = crc32(record, self.checksum)
        self.end += len(record)
        if self.end - self.written > _CHUNK:
            self.write()
        return place

    def write(self) -> None:
        """Write what waits."""
        self.handle.append(self.written, b"".join(self.waiting))
        self.waiting = []
        self.written = self.end


def _copy_tables(old: Handle, tables: dict[str, TableState], copy: _Copy, cancelled: Callable[[], bool]) -> bool:
    """Copy all documents that count; False when it was cancelled."""
    if copy.was_used and not tables:
        copy.add(frame(encode(["x", ""])))  # empty, and not new
        copy.state.records += 1
    for name, table in tables.items():
        copy.add(frame(encode(["t", name])))
        copy.state.records += 1
        offsets, fresh, live = list(table.offsets.values()), list[int](), 0
        for start in range(0, len(offsets), _PIECE):
            if cancelled():
                return False
            for payload in old.payloads(offsets[start : start + _PIECE]):
                record = frame(payload)
                fresh.append(copy.add(record))
                live += len(record)
        copy.state.records += len(fresh)
        placed = dict(zip(table.offsets, fresh, strict=True))
        copy.state.tables[name] = TableState(placed, live, table.groups, table.version)
    return True


def _frozen(table: TableState) -> TableState:
    groups = {number: group.copy() for number, group in table.groups.items()}
    return TableState(dict(table.offsets), table.live, groups, table.version)


def rewrite(log: Log, cancelled: Callable[[], bool], *, locked: bool = False) -> bool:
    """Compact a log; False when it was cancelled or somebody else is at it. `locked` when its lock is already held."""
    if log.handle.absent:
        return True  # nothing was ever written
    handle = _claim(log.path)
    if handle is None:
        return False
    try:
        return _rewritten(log, handle, cancelled, locked=locked)
    finally:
        if handle.path == copy_path(log.path):  # it was not renamed
            with suppress(OSError):
                os.unlink(handle.path)


def _rewritten(log: Log, handle: Handle, cancelled: Callable[[], bool], *, locked: bool) -> bool:
    with log.mutex:
        if not locked:
            log.refresh()
        old, start = log.handle, log.end
        copy = _Copy(handle, log.state)
        tables = {name: _frozen(table) for name, table in log.state.tables.items()}
    if not _copy_tables(old, tables, copy, cancelled):
        return False
    copy.write()
    os.fsync(handle.fd)  # the long one, before anybody has to wait
    if locked:
        _replace(log, old, start, copy)
        return True
    with log:
        if log.handle is not old:
            return False
        _replace(log, old, start, copy)
    log.write_snapshot()
    return True


def _replace(log: Log, old: Handle, start: int, copy: _Copy) -> None:
    """Copy what was written since `start`, sync, rename, and let the log go on with the new file."""
    found, _ = batches(old.read(start, log.end - start), 0, start)
    shift = copy.end - start
    copy.waiting.append(old.read(start, log.end - start))
    copy.checksum = crc32(copy.waiting[-1], copy.checksum)
    copy.end += log.end - start
    copy.write()
    for record in found:
        copy.state.apply(decode(record.payload), record.offset + shift, record.end - record.offset)
    os.fsync(copy.handle.fd)
    if os.fstat(old.fd).st_mode != os.fstat(copy.handle.fd).st_mode:
        os.fchmod(copy.handle.fd, os.fstat(old.fd).st_mode & 0o7777)
    os.rename(copy.handle.path, log.path)
    copy.handle.path = log.path
    sync_folder(log.path)
    copy.state.changes = max(copy.state.changes, log.state.changes)
    unlock(old)  # who waits for the old file finds the new one; a reader may hold it open for long
    log.adopt(copy.handle, copy.state, copy.end, copy.checksum)
