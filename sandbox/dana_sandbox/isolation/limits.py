"""What a child may use up: memory, processor time, descriptors. The kernel keeps these on every POSIX system."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MIB = 1024 * 1024
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""What `ru_maxrss` counts in."""
MOST_DESCRIPTORS = 4096
"""Of the process that forks children, so that a child knows how far to close what it has from there."""
_STACK = 16 * MIB  # twice the usual: deep programs end with RecursionError, not with a signal


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child gets on top of what its process already holds; `cpu_seconds` are whole seconds of its life."""

    memory_mib: int
    cpu_seconds: int


class Gauge:
    """How much address space this process has, readable after every path has been given up."""

    def __init__(self) -> None:
        try:
            self._fd = os.open("/proc/self/statm", os.O_RDONLY)
        except OSError:
            self._fd = -1

    def close(self) -> None:
        """Give up the descriptor."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def bytes_now(self) -> int | None:
        """Return the size of the address space; None where the system does not tell."""
        if self._fd < 0:
            return None
        pages = os.pread(self._fd, 64, 0).split()[0]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


def peak_bytes() -> int:
    """Return how much memory this process has held at most, 0 where the system does not tell."""
    if resource is None:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT


def first_to_go() -> None:
    """Write no memory image, have few descriptors, and let a system without memory end this process first."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = MOST_DESCRIPTORS if most == resource.RLIM_INFINITY else min(most, MOST_DESCRIPTORS)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123
        file.write("500")


def apply(limits: Limits, base_bytes: int | None, highest_fd: int) -> str:
    """Set the limits on this process for good; return what could not be limited, empty when nothing.

    `base_bytes` is what the process had before its program, `highest_fd` the last descriptor it keeps.
    """
    if resource is None:
        return "the system has no limits on a process"

    def ceiling(kind: int, soft: int, hard: int) -> None:
        _, most = resource.getrlimit(kind)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(kind, (soft, hard))

    ceiling(resource.RLIMIT_CORE, 0, 0)
    ceiling(resource.RLIMIT_FSIZE, 0, 0)
    ceiling(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1)
    ceiling(resource.RLIMIT_NOFILE, highest_fd + 1, highest_fd + 1)
    try:
        ceiling(resource.RLIMIT_STACK, _STACK, _STACK)
        ceiling(resource.RLIMIT_NPROC, 0, 0)
        if base_bytes is None:
            return "memory is not limited: the system does not tell the size of a process"
        most = base_bytes + limits.memory_mib * MIB
        ceiling(resource.RLIMIT_AS, most, most)
    except (OSError, ValueError) as problem:
        return f"not everything is limited: {problem}"
    return ""
