"""The child's own start: confine this process, tell the host what holds it, then serve the host's frames.

A child runs what nobody has read, so nothing here is undone later and nothing returns: the process ends.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from dana_sandbox.channel import Channel
from dana_sandbox.isolation import harden

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_sandbox.isolation.harden import Confinement
    from dana_sandbox.isolation.limits import Limits

EXIT_MEMORY = 77
"""The exit code of a child whose program ran out of memory where nothing could report it any more."""
EXIT_UNMET = 78
"""The exit code of a child that is not held by every layer its policy requires. It has run nothing."""
CHANNEL_FD = 3

_DOORS = frozenset(
    "socket _socket select selectors subprocess _posixsubprocess multiprocessing pickle _pickle asyncio ssl _ssl mmap "
    "fcntl".split()
)


class Terms(NamedTuple):
    """What a child is started with: its limits, what must hold it, and the size of its process before."""

    limits: Limits
    require: frozenset[str]
    base_bytes: int | None


def hello(held: Confinement) -> bytes:
    """Return the first frame of a child: what holds it. It is sent before anything hostile has been seen."""
    import json

    details = [held.findings[name] for name in harden.LAYERS]
    return json.dumps({"pid": os.getpid(), "landlock_abi": held.landlock_abi, "details": details}).encode()


def run_child(fd: int, parent: int, held: Confinement, terms: Terms, serve: Callable[[Channel], None]) -> None:
    """Be the child of a fork: keep the descriptor of the channel and no other. Does not return."""
    code = 1
    try:
        harden.die_with_parent(held.kernel, parent)
        os.dup2(fd, CHANNEL_FD, inheritable=False)
        os.closerange(CHANNEL_FD + 1, 4096)
        code = _confined(Channel(CHANNEL_FD), CHANNEL_FD, held, terms, serve)
    except MemoryError:
        code = EXIT_MEMORY
    except EOFError:
        code = 0
    finally:
        os._exit(code)


def _confined(
    channel: Channel, highest_fd: int, held: Confinement, terms: Terms, serve: Callable[[Channel], None]
) -> int:
    """Put the layers on, then serve; return the exit code."""
    harden.confine_child(held, terms.limits, terms.base_bytes, highest_fd)
    sys.modules.pop("resource", None)  # the server needs it: `os.wait4` looks it up
    channel.send(hello(held))
    if not terms.require <= set(held.layers()):
        return EXIT_UNMET
    serve(channel)
    return 0


def forget_doors() -> None:
    """Take modules that lead outside out of `sys.modules`; those that use them have bound what they need."""
    for name in [name for name in sys.modules if name.partition(".")[0] in _DOORS]:
        del sys.modules[name]
