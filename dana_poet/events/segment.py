"""A file in `tmp` that is being filled: held by a lock while its writer lives, delivered by whoever finds it later.

With durability "event" and "process" each event is appended here before `publish` returns; the file is delivered as
one batch when it is full, or when anybody in the process looks. A group of durability "batch" is written at once.

With "event" zeros are written ahead of the events, in steps, and cut off when the file is delivered: for a file that
grows, its file system has to write new blocks and a new length with some flushes, and those are the slow ones. No
reader takes zeros for a line, and no line holds one, because JSON escapes it.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from dana_poet.events.event import Event, event_of, lines_of
from dana_poet.events.file_place import MAKING, Place, sync_folder, try_lock
from dana_poet.events.slip import MOST_LINES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


AHEAD = bytes(1 << 16)
"""What is written ahead of events that are flushed one by one."""


class Segment:
    """One file that is being filled by this process, with the events in it."""

    def __init__(self, place: Place, path: str, handle: int, events: list[Event], size: int = 0) -> None:
        self.place, self.path, self.events = place, path, events
        self.handled: set[str] = set()
        self._handle, self._size, self._length, self._named = handle, size, size, False

    @classmethod
    def new(cls, place: Place) -> Segment:
        """Create a file and hold it, before anybody takes it for one whose writer is gone."""
        while True:
            path = place.path(MAKING, f"{os.urandom(8).hex()}.jsonl")
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            if try_lock(handle) and _same(path, handle):
                return cls(place, path, handle, [])
            os.close(handle)

    def write(self, events: Sequence[Event], *, sync: bool, names: bool = False) -> None:
        """Append events, all or none; with `sync` they are on disk then, with `names` the file's name too."""
        content = lines_of(events)
        if names and sync:
            self._write_ahead(len(content))
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(self._handle, view) :]
            if sync:
                os.fdatasync(self._handle) if hasattr(os, "fdatasync") else os.fsync(self._handle)
                if names and not self._named:
                    sync_folder(os.path.dirname(self.path))
                    self._named = True
        except BaseException:
            os.lseek(self._handle, self._size, os.SEEK_SET)
            self.cut()
            raise
        self._size += len(content)
        self.events += events

    def _write_ahead(self, more: int) -> None:
        """See to it that `more` bytes fit without making the file longer; where that cannot be, they make it longer."""
        if self._size + more > self._length:
            with contextlib.suppress(OSError):
                self._length = self._size + os.pwrite(self._handle, bytes(more) + AHEAD, self._size)

    def cut(self) -> None:
        """End the file after its last event."""
        os.ftruncate(self._handle, self._size)
        self._length = self._size

    def is_there(self) -> bool:
        """Whether the file still has its name: somebody may have removed the folder."""
        return os.fstat(self._handle).st_nlink > 0

    def full(self) -> bool:
        """Whether no more events go into it."""
        return len(self.events) >= MOST_LINES

    def release(self) -> None:
        """Close the file, which has another name now."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def discard(self) -> None:
        """Close and remove the file."""
        with contextlib.suppress(OSError):
            os.unlink(self.path)
        self.release()

    def without(self, left_out: Collection[str], *, sync: bool) -> Segment:
        """Return a file with the same events except some ids, in place of this one."""
        other = Segment.new(self.place)
        try:
            other.write([event for event in self.events if event.id not in left_out], sync=sync)
        except BaseException:
            other.discard()
            raise
        other.handled = self.handled
        self.discard()
        return other


def orphans(place: Place) -> list[Segment]:
    """Return the files that processes left which are gone, cut where their last line is incomplete."""
    found = []
    for name in place.slips(MAKING):
        path = place.path(MAKING, name)
        with contextlib.suppress(OSError):
            handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            if not try_lock(handle) or not _same(path, handle):
                os.close(handle)
                continue
            orphan = _orphan(place, path, handle)
            found += [orphan] if orphan is not None else []
    return found


def _same(path: str, handle: int) -> bool:
    """Whether the name still is that of the open file: its writer may have delivered it in between."""
    try:
        return os.stat(path).st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False


def _orphan(place: Place, path: str, handle: int) -> Segment | None:
    """Read a file whose writer is gone; one without a complete event is removed."""
    content = os.pread(handle, os.fstat(handle).st_size, 0)
    events, end = [], 0
    for line in content.splitlines(keepends=True)[:MOST_LINES]:
        try:
            if not line.endswith(b"\n"):
                break
            events.append(event_of(line))
        except ValueError:
            break
        end += len(line)
    if not events:
        os.close(handle)
        if content and b"\n" in content:
            place.put_aside(MAKING, os.path.basename(path))
        else:
            os.unlink(path)
        return None
    os.ftruncate(handle, end)
    return Segment(place, path, handle, events, end)
