"""What the version store does with files: names that cannot collide, a lock that dies with its holder, careful reads."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
from typing import TYPE_CHECKING, Any

from dana_poet.errors import StateError
from dana_poet.runtime.state import make_private, replace_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK = ".versions-lock"
PATIENCE = 10.0
"""Seconds that are waited for another process, which holds the lock for milliseconds unless it was stopped."""
LARGEST = 8 << 20
"""Bytes of a file that are read at most; no function and no record of versions is as large."""
_LONGEST = 110
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")


def file_stem(name: str) -> str:
    """Return what the files of a function called `name` begin with: plain letters stay, other bytes become `%xx`.

    Never longer than a file system allows: a long name ends with `~` and its hash.

    >>> file_stem("score"), file_stem("Shop.price"), file_stem("größe"), len(file_stem("x" * 500))
    ('score', 'Shop.price', 'gr%c3%b6%c3%9fe', 127)
    """
    data = name.encode("utf-8", "surrogatepass")
    stem = "".join(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02x}" for byte in data)
    if stem.startswith("."):
        stem = f"%2e{stem[1:]}"
    if len(stem) <= _LONGEST:
        return stem
    return f"{stem[:_LONGEST]}~{hashlib.sha256(data).hexdigest()[:16]}"


def content_hash(text: str) -> str:
    """Return the SHA-256 of a version's text. Ends of lines do not count: git may change them on checkout.

    >>> content_hash("a = 1\\r\\n") == content_hash("a = 1\\n") != content_hash("a = 2\\n")
    True
    """
    return hashlib.sha256(text.replace("\r\n", "\n").encode("utf-8", "surrogatepass")).hexdigest()


def read_regular(file: str) -> bytes | None:
    """Return the bytes of an ordinary file, None when there is none. OSError for a folder, a pipe, or what is too large."""
    flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(file, flags)
    except FileNotFoundError:
        return None
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(0, "is not an ordinary file", file)
        if about.st_size > LARGEST:
            raise OSError(0, f"is larger than {LARGEST >> 20} MiB", file)
        return _all_of(handle)
    finally:
        os.close(handle)


def _all_of(handle: int) -> bytes:
    parts = []
    while part := os.read(handle, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def write_new(file: str, text: str) -> None:
    """Write a version's text in one step; OSError when that fails, and then there is no such file."""
    replace_file(file, text.encode("utf-8"))


def point_to(link: str, target: str | None) -> None:
    """Make the symbolic link `link` lead to `target` beside it, or remove it. A convenience: what fails is left out.

    A file that is no link is somebody's own, and stays.
    """
    with contextlib.suppress(OSError, NotImplementedError):
        if os.path.lexists(link) and not os.path.islink(link):
            return
        if target is None:
            os.unlink(link)
        elif not os.path.islink(link) or os.readlink(link) != target:
            _link(link, target)


def _link(link: str, target: str) -> None:
    temporary = f"{link}.tmp"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)
    os.symlink(target, temporary)
    os.replace(temporary, link)
    sync_folder(os.path.dirname(link))


def remove(file: str) -> None:
    """Remove a file if it is there and that is allowed."""
    with contextlib.suppress(OSError):
        os.unlink(file)


@contextlib.contextmanager
def locked(folder: str, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the folder against other threads and processes. StateError when it cannot be had within `patience` seconds.

    The system lets go when the holder dies, however it dies; the file that stays behind means nothing.
    """
    make_private(folder)
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(os.path.join(folder, LOCK), flags, 0o600)
    try:
        _take(handle, folder, patience)
        try:
            yield
        finally:
            _let_go(handle)  # said aloud: a child that was forked meanwhile shares the handle, and would keep the lock
    finally:
        os.close(handle)


def _take(handle: int, folder: str, patience: float) -> None:
    until = time.monotonic() + patience
    pause = 0.0005
    while not _taken(handle):
        if time.monotonic() > until:
            hint = "it may be stopped in a debugger; end it, or use another folder with --state DIR"
            raise StateError(f"another process holds the versions in {folder}", hint=hint)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)


def _taken(handle: int) -> bool:
    system = _system_locks()
    try:
        if system.__name__ == "fcntl":
            system.flock(handle, system.LOCK_EX | system.LOCK_NB)
        else:
            os.lseek(handle, 0, os.SEEK_SET)
            system.locking(handle, system.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _let_go(handle: int) -> None:
    system = _system_locks()
    if system.__name__ == "fcntl":
        system.flock(handle, system.LOCK_UN)
        return
    os.lseek(handle, 0, os.SEEK_SET)
    system.locking(handle, system.LK_UNLCK, 1)


def _system_locks() -> Any:
    """Return the module with this system's locks: fcntl, on Windows msvcrt."""
    import importlib

    return importlib.import_module("msvcrt" if os.name == "nt" else "fcntl")
