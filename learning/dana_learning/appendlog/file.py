"""One file on disk: reading and appending bytes, the lock between processes, and errors that say what to do."""

# Paths are plain texts here: pathlib costs more than the calls it wraps.
# ruff: noqa: PTH100, PTH103, PTH105, PTH110, PTH120, PTH123

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import suppress
from typing import NoReturn

from dana_learning.appendlog.framing import HEAD, HEADER, payload_at, size_in
from dana_learning.errors import StoreClosed, StoreError, StoreFormatError, StoreFull, StoreLocked, StoreReadOnly

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EROFS, errno.EPERM}
_WINDOW = 1 << 18
_NEAR = 64
"""So many records within a quarter of a window are read together."""

_FIRST = 512
"""Bytes that are read at once where a record begins: nearly every record ends within them."""


def refused(path: str, cause: OSError, doing: str) -> NoReturn:
    """Raise the error that says what an OSError means for a store."""
    if cause.errno in _FULL:
        hint = "free some space or call compact(); all that was written before is whole"
        raise StoreFull(f"{path}: no room while {doing}", path=path, hint=hint) from cause
    if cause.errno in _DENIED:
        hint = "change its permissions, or go on reading: nothing was changed"
        raise StoreReadOnly(f"{path}: not permitted while {doing}", path=path, hint=hint) from cause
    raise StoreError(f"{path}: {cause.strerror or cause} while {doing}", path=path) from cause


def sync_folder(path: str) -> None:
    """Make the name of a file durable."""
    descriptor = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: str, text: str) -> None:
    """Write a file that appears whole or not at all."""
    try:
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(f"{path}.new", path)
    except OSError as cause:
        refused(path, cause, "writing")


class Handle:
    """An open file. Records never change once they are written, so a handle can be read as long as it is held."""

    __slots__ = ("absent", "fd", "inode", "path")

    def __init__(self, path: str, fd: int, *, absent: bool = False) -> None:
        self.path = path
        self.fd = fd
        self.absent = absent
        """Whether there is no file yet, because its folder is missing: nothing to read, and made before a write."""
        self.inode = -1 if absent else os.fstat(fd).st_ino

    def __del__(self) -> None:
        with suppress(OSError, AttributeError, TypeError):
            os.close(self.fd)

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes, fewer at the end of the file."""
        parts = []
        while length > 0 and (part := os.pread(self.fd, length, offset)):
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def size(self, offset: int) -> int:
        """Return the length of the record at an offset, head included."""
        return size_in(os.pread(self.fd, HEAD, offset))

    def payload(self, offset: int) -> bytes:
        """Return the payload at an offset; StoreFormatError when the disk changed it since it was opened."""
        data = os.pread(self.fd, _FIRST, offset)
        if len(data) == _FIRST and (whole := size_in(data)) > _FIRST:
            data = self.read(offset, whole)
        found = payload_at(data, 0)
        if found is None:
            hint = "open the store again: it keeps what is whole and puts the rest aside"
            raise StoreFormatError(f"{self.path}: the record at byte {offset} was changed", path=self.path, hint=hint)
        return found

    def payloads(self, offsets: list[int]) -> list[bytes]:
        """Return many payloads; neighbours are read together."""
        found, window, start, last = list[bytes](), b"", 0, len(offsets) - 1
        for number, offset in enumerate(offsets):
            place = offset - start
            payload = payload_at(window, place) if 0 <= place < len(window) else None
            if payload is None and 0 <= offsets[min(number + _NEAR, last)] - offset < _WINDOW >> 2 and number < last:
                window, start = os.pread(self.fd, _WINDOW, offset), offset
                payload = payload_at(window, 0)
            found.append(self.payload(offset) if payload is None else payload)
        return found

    def append(self, offset: int, data: bytes) -> None:
        """Write at the end of the file; when there is no room, what was written of it is taken back."""
        view, done = memoryview(data), 0
        try:
            while done < len(data):
                done += os.pwrite(self.fd, view[done:], offset + done)
        except OSError as cause:
            with suppress(OSError):
                os.ftruncate(self.fd, offset)
            refused(self.path, cause, "writing")

    def sync(self) -> None:
        """Make what was written durable."""
        try:
            os.fdatasync(self.fd)
        except OSError as cause:
            refused(self.path, cause, "syncing")


def open_file(path: str, *, read_only: bool, make: bool = False) -> tuple[Handle, bool]:
    """Return the open file and whether it can only be read. A missing file is made, unless it should only be read.

    Its folder is made with `make`; without, the handle of a missing folder says that the file is `absent`.
    """
    try:
        if make:
            os.makedirs(folder := os.path.dirname(os.path.realpath(path)), exist_ok=True)
            sync_folder(folder)
        if read_only:
            return Handle(path, os.open(path, os.O_RDONLY)), True
        return Handle(path, os.open(path, os.O_RDWR | os.O_CREAT, 0o644)), False
    except OSError as cause:
        if cause.errno in _DENIED and not read_only and os.path.exists(path):
            return open_file(path, read_only=True)
        if cause.errno == errno.ENOENT and not read_only and not make:
            return Handle(path, os.open(os.devnull, os.O_RDWR), absent=True), False
        if cause.errno == errno.ENOENT:
            hint = "open it once without read_only"
            raise StoreError(f"{path}: there is no such file", path=path, hint=hint) from cause
        refused(path, cause, "opening")


def lock(handle: Handle, seconds: float, *, shared: bool = False) -> None:
    """Lock against other processes and other stores of this one; StoreLocked when somebody holds it too long.

    The lock belongs to the open file: it ends with the process, however that ends.
    """
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    pause, waited = 0.0002, 0.0
    while True:
        try:
            fcntl.flock(handle.fd, kind | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            if waited >= seconds:
                hint = "wait for the other program, or raise lock_seconds"
                message = f"{handle.path}: another program has held its lock for {seconds} s"
                raise StoreLocked(message, path=handle.path, hint=hint) from cause
            time.sleep(pause)
            waited += pause
            pause = min(pause * 2, 0.02)
        except OSError as cause:
            refused(handle.path, cause, "locking")
        else:
            return


def unlock(handle: Handle) -> None:
    """Let others write."""
    try:  # noqa: SIM105 - on the path of every write, where `suppress` costs as much as the call
        fcntl.flock(handle.fd, fcntl.LOCK_UN)
    except OSError:
        pass


def closed(path: str) -> NoReturn:
    """Raise what every use after close raises."""
    raise StoreClosed(f"{path}: the store is closed", path=path, hint="open it again")


def foreign(path: str, start: bytes) -> NoReturn:
    """Raise what says whose file this seems to be, and what to do with it."""
    if start.startswith(HEADER.split(b" 1", maxsplit=1)[0]):
        message, hint = "was written by a newer version", "update dana-poet, or use another file"
    elif start.lstrip()[:1] == b"{":
        message, hint = (
            "is JSON, not a store",
            "if TinyDB wrote it, TinyStore(path) that may write makes it one, journal.import_json a copy",
        )
    else:
        message, hint = "is not a store of dana_learning", "give another path; this file was not touched"
    raise StoreFormatError(f"{path} {message}", path=path, expected=repr(HEADER.decode()), hint=hint)
