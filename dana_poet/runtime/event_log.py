"""An append-only file of events, registrations and acknowledgements, shared by processes and tolerant of torn lines.

One JSON object per line. What a killed process left half written is skipped. Lines reach the operating system with
every append; they are forced to disk in batches, so a power failure can cost the last second, a crash nothing.
Offsets are counted from the beginning of the first log: one that was pruned says in its first line where it goes on.
"""

from __future__ import annotations

import json
import os
import sys
from time import monotonic
from typing import TYPE_CHECKING, Any

from dana_poet.errors import StateError
from dana_poet.runtime.state import StateFolder, make_private, sync_folder, write_all

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT = 1
"""The version of the log, in its first line. A log with a higher one is refused and left alone."""

HEAD = {"format": FORMAT, "goes_on_from": "", "at": ""}
DIGITS = 15
BATCH_RECORDS = 64
BATCH_SECONDS = 1.0


class EventLog:
    """The log of one state folder. `read` is given every record that others appended since the last look."""

    __slots__ = ("_gone", "_offset", "_synced", "_unsynced", "folder", "path", "read")

    def __init__(self, folder: StateFolder, read: Callable[[dict[str, Any]], None]) -> None:
        self.folder = folder
        self.path = folder.events_file()
        self.read = read
        self._offset = 0
        self._gone = 0
        """How many bytes of the log are not in the file any more."""
        self._unsynced = 0
        self._synced = monotonic()

    def append(self, *records: dict[str, Any]) -> None:
        """Add records. What other processes added before is read first, so all see one order. StateError on failure."""
        try:
            make_private(os.path.dirname(self.path))
            with self.folder.locked():
                self._append(records)
        except OSError as error:
            raise StateError(
                f"cannot write the event log: {error.strerror or error}", hint=f"look at {self.path}"
            ) from error

    def refresh(self) -> None:
        """Read what was added since the last look; nothing is created when there is no log."""
        try:
            with open(self.path, "rb") as stream:
                self._find_place(stream.readline(200))
                if os.fstat(stream.fileno()).st_size < self._offset:
                    self._offset = 0  # someone emptied the file
                stream.seek(self._offset)
                content = stream.read()
        except FileNotFoundError:
            self._offset = self._gone = 0
            return
        except OSError as error:
            raise StateError(f"cannot read the event log: {error.strerror or error} ({self.path})") from error
        complete = content.rfind(b"\n") + 1
        for number, line in enumerate(content[:complete].splitlines()):
            self._read_line(line, first=self._offset == 0 and number == 0)
        self._offset += complete

    def _find_place(self, first: bytes) -> None:
        """Go where this process stopped reading, if the log was pruned since; to its beginning when that is gone."""
        start, at = _goes_on(first)
        if start - at != self._gone:
            read = self._offset + self._gone
            self._gone = start - at
            self._offset = read - self._gone if read >= start else 0

    def head(self, start: int, carried: int) -> bytes:
        """Return the first line of a log that goes on from an offset of this file, after so many carried bytes."""
        length = len(_head(0, 0))
        return _head(self._gone + start, length + carried)

    def sync(self) -> None:
        """Force everything that this process appended to disk."""
        if not self._unsynced:
            return
        handle = os.open(self.path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        self._unsynced, self._synced = 0, monotonic()

    def _append(self, records: tuple[dict[str, Any], ...]) -> None:
        self.refresh()
        new = not os.path.exists(self.path)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(self.path, flags, 0o600)
        try:
            lines = [json.dumps(record, ensure_ascii=False, allow_nan=False) for record in records]
            if os.fstat(handle).st_size == 0:
                lines.insert(0, json.dumps({"format": FORMAT}))
            content = ("\n".join(lines) + "\n").encode()
            end = os.lseek(handle, 0, os.SEEK_END)
            if end != self._offset:
                write_all(handle, b"\n")  # ends the torn line of a process that was killed
                end += 1
            self._write(handle, content, end)
            self._offset = end + len(content)
            self._unsynced += len(records)
            if self._unsynced >= BATCH_RECORDS or monotonic() - self._synced >= BATCH_SECONDS:
                os.fsync(handle)
                self._unsynced, self._synced = 0, monotonic()
        finally:
            os.close(handle)
        if new:
            sync_folder(os.path.dirname(self.path))

    @staticmethod
    def _write(handle: int, content: bytes, end: int) -> None:
        try:
            write_all(handle, content)
        except OSError:
            os.ftruncate(handle, end)  # a full disk leaves the log as it was
            raise

    def _read_line(self, line: bytes, *, first: bool) -> None:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(record, dict):
            return
        if first and isinstance(record.get("format"), int) and record["format"] > FORMAT:
            raise StateError(
                f"{self.path} was written by a newer dana-poet (format {record['format']}, this one reads {FORMAT})",
                hint="update dana-poet, or use another folder with --state DIR",
            )
        try:
            self.read(record)
        except (KeyError, TypeError, ValueError) as error:
            sys.stderr.write(f"WARNING a record of {self.path} cannot be used: {error!r}\n")


def _head(start: int, at: int) -> bytes:
    """Return the first line of a pruned log, of the same length whatever it says."""
    head = HEAD | {"goes_on_from": f"{start:0{DIGITS}}", "at": f"{at:0{DIGITS}}"}
    return json.dumps(head).encode() + b"\n"


def _goes_on(first: bytes) -> tuple[int, int]:
    """Return from which offset a log goes on and where, as its first line says; a log that was never pruned at 0."""
    if b'"goes_on_from"' not in first:
        return 0, 0
    try:
        head = json.loads(first)
        return int(head["goes_on_from"]), int(head["at"])
    except (ValueError, KeyError, TypeError):
        return 0, 0
