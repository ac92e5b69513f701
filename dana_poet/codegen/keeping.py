"""Whether a state folder can keep anything: looked at once, so that what cannot is one warning and costs no model calls."""

from __future__ import annotations

import errno
import itertools
import os
from typing import NamedTuple

from dana_poet.runtime.state import make_private

_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_number = itertools.count()
PROBE = 16_384
"""Bytes that have to fit: a version with its list, and some events."""


class Unkept(NamedTuple):
    """Why a folder keeps nothing. `expected` is true where nobody wanted it to: it is not there, and may not be made."""

    error: OSError
    expected: bool


def unkept(folder: str) -> Unkept | None:
    """Return why nothing can be kept in a state folder, None when it can. Makes the folder, as what is kept would.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     unkept(file.name) is None
    False
    """
    there = os.path.lexists(folder)
    try:
        make_private(folder)
        _written(os.path.join(folder, f".probe-{os.getpid()}-{next(_number)}"))
    except OSError as error:
        refused = error.errno in _REFUSED and not there
        return Unkept(error, refused)
    return None


def _written(file: str) -> None:
    """Write a little and take it away again: a full disk may make an empty file and no more."""
    handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        if os.write(handle, b"x" * PROBE) != PROBE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file)
    finally:
        os.close(handle)
        os.unlink(file)
