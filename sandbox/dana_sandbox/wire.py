"""What the host and its fork server say to each other: three requests, two answers, all of fixed size."""

from __future__ import annotations

import struct
from typing import NamedTuple

REQUEST = struct.Struct("!BQQQQ")
"""What to do, for which lease, and of a `Terms`: memory in MiB, CPU seconds, required layers as bits."""
REPLY = struct.Struct("!QiI")
"""For which lease, the child's process number, the error number of a fork that failed."""
ENDED = struct.Struct("!iQQ")
"""How a child ended (as `wait` says it), its CPU microseconds, its peak bytes."""

LEASE = 1
"""Give a child."""
END = 2
"""Kill a child and reap it."""
DIED = 3
"""Reap a child that seems to have ended by itself."""

EXIT_MEMORY = 77
"""The exit code of a child whose program ran out of memory where nothing could report it any more."""
EXIT_UNMET = 78
"""The exit code of a child that is not held by every layer its policy requires. It has run nothing."""


class Ends(NamedTuple):
    """The descriptors that a host gets of a child: the channel, what it printed, and the pipe that tells how it ended."""

    channel: int
    trail: int
    told: int


class Terms(NamedTuple):
    """What a child is confined with. `require` has a bit for each of `harden.LAYERS`."""

    memory_mib: int
    cpu_seconds: int
    require: int
