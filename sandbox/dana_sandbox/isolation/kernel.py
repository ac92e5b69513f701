"""The raw system calls that Python has no name for, through the C library that is already loaded.

Nothing is looked up by name on disk (`ctypes.util.find_library` starts programs and writes a temporary file), and what
loads `ctypes` is a function, so that the process that judges programs can forget it again.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39


class Kernel:
    """`prctl`, `syscall` and memory for their structures. OSError carries the number that the kernel gave."""

    def __init__(self) -> None:
        import ctypes

        library = ctypes.CDLL(None, use_errno=True)
        long, ulong = ctypes.c_long, ctypes.c_ulong
        self._prctl: Callable[..., int] = library.prctl
        library.prctl.argtypes, library.prctl.restype = [ctypes.c_int, ulong, ulong, ulong, ulong], ctypes.c_int
        self._syscall: Callable[..., int] = library.syscall
        library.syscall.argtypes, library.syscall.restype = [long, ulong, ulong, ulong, ulong], long
        self._errno = ctypes.get_errno
        self._buffer = ctypes.create_string_buffer
        self._address = ctypes.addressof
        self._kept: list[object] = []

    def prctl(self, option: int, *values: int) -> int:
        """Set an option of this process; values that are not given are 0."""
        return self._checked(self._prctl(option, *values, *(0,) * (4 - len(values))), f"prctl({option})")

    def syscall(self, number: int, *values: int) -> int:
        """Call any system call with up to four whole numbers or addresses."""
        return self._checked(self._syscall(number, *values, *(0,) * (4 - len(values))), f"syscall({number})")

    def address_of(self, data: bytes) -> int:
        """Return where a copy of `data` lies; it lives as long as this object."""
        buffer = self._buffer(data, len(data))
        self._kept.append(buffer)
        return self._address(buffer)

    def _checked(self, result: int, what: str) -> int:
        if result < 0:
            number = self._errno()
            raise OSError(number, f"{what}: {os.strerror(number)}")
        return result


def open_kernel() -> Kernel | None:
    """Return the calls on Linux, None elsewhere or where `ctypes` is missing."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return Kernel()
    except (ImportError, AttributeError, OSError):
        return None
