"""Room ahead in the write-ahead log of a SQLite file, so that flushing an event does not flush the length of the log too.

A file that grows makes its file system write its length and its blocks with every flush. So zeros are written behind
the end of the log whenever it has grown. SQLite ignores what follows the last frame that carries the log's salt, after
a crash too (https://www.sqlite.org/walformat.html); old frames stand there whenever the log is begun anew.
"""

from __future__ import annotations

import contextlib
import os

LEAST, MOST = 1 << 18, 1 << 21
"""Bytes that are written ahead: as many as the log has, within these bounds."""


class Log:
    """The log of one SQLite file, as one connection sees it."""

    def __init__(self, database: str) -> None:
        self._path = f"{database}-wal"
        self._length = -1

    def make_room(self) -> None:
        """Write zeros behind the log if it has grown since the last call. The caller is in a transaction that writes.

        SQLite lets only one connection write to the log at a time, so nobody else writes there meanwhile. Where there
        is no room for zeros the log stays as it is.
        """
        with contextlib.suppress(OSError):
            length = os.stat(self._path).st_size
            if length != self._length:
                self._length = _lengthened(self._path, length)


def _lengthened(path: str, length: int) -> int:
    """Write zeros behind a file; return its new length."""
    room = min(max(length, LEAST), MOST)
    handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        written = 0
        with contextlib.suppress(OSError):
            written = os.pwrite(handle, bytes(room), length)
        if written < room:
            os.ftruncate(handle, length)
            return length
        return length + room
    finally:
        os.close(handle)
