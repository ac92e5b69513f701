"""Landlock: a process gives up every path, every TCP port and every process outside, for itself and its children."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dana_sandbox.isolation.kernel import Kernel

_CREATE_RULESET = 444  # the numbers are the same on every architecture
_RESTRICT_SELF = 446
_VERSION = 1

_NET_RIGHTS = 0b11  # bind and connect TCP, since ABI 4
_SCOPES = 0b11  # abstract unix sockets and signals, since ABI 6


def version(kernel: Kernel) -> int:
    """Return the kernel's Landlock ABI, 0 where there is none."""
    try:
        return kernel.syscall(_CREATE_RULESET, 0, 0, _VERSION)
    except OSError:
        return 0


def ruleset(abi: int) -> bytes:
    """Return the description of a ruleset that handles all that this ABI knows.

    >>> len(ruleset(1)), len(ruleset(4)), len(ruleset(6))
    (8, 16, 24)
    """
    description = struct.pack("=Q", _file_rights(abi))
    if abi >= 4:
        description += struct.pack("=Q", _NET_RIGHTS)
    if abi >= 6:
        description += struct.pack("=Q", _SCOPES)
    return description


def _file_rights(abi: int) -> int:
    """ABI 1 knows 13 rights; 2 added moving between folders, 3 truncation, 5 device commands."""
    known = 13 + (abi >= 2) + (abi >= 3) + (abi >= 5)
    return (1 << known) - 1


def confine(kernel: Kernel) -> int:
    """Give up everything that Landlock handles; return the ABI. OSError where it cannot be done.

    Needs no_new_privs. Doing it again in a child nests a domain, so that children cannot reach each other.
    """
    abi = version(kernel)
    if abi < 1:
        raise OSError(0, "the kernel has no Landlock")
    description = ruleset(abi)
    ruleset_fd = kernel.syscall(_CREATE_RULESET, kernel.address_of(description), len(description), 0)
    try:
        kernel.syscall(_RESTRICT_SELF, ruleset_fd, 0)
    finally:
        os.close(ruleset_fd)
    return abi
