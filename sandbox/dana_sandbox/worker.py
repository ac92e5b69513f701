"""The child's own start: confine this process, tell the host what holds it, then serve the host's frames.

A child runs what nobody has read, so nothing here is undone later and nothing returns: the process ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_sandbox import preload
from dana_sandbox.channel import Channel
from dana_sandbox.isolation import harden, limits
from dana_sandbox.isolation.limits import Gauge, Limits
from dana_sandbox.preload import Service
from dana_sandbox.wire import EXIT_MEMORY, EXIT_UNMET, Terms

if TYPE_CHECKING:
    from dana_sandbox.isolation.harden import Confinement

CHANNEL_FD, TRAIL_FD = 3, 4
"""The descriptors of a forked child's channel and trail, the only ones it has beside three on /dev/null."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a child starts with: its terms, the size of its process before, what it does, whether anybody waits."""

    terms: Terms
    base_bytes: int | None
    service: Service
    spare: bool = False


def hello(held: Confinement) -> bytes:
    """Return the first frame of a child: what holds it, and what starting it took.

    It is sent before anything hostile has been seen, so the host believes it.
    """
    details = [held.findings[name] for name in harden.LAYERS]
    told = {"landlock_abi": held.landlock_abi, "details": details, "peak_bytes": limits.peak_bytes()}
    return json.dumps({**told, "cpu_seconds": time.process_time()}).encode()


def run_child(descriptors: tuple[int, int], parent: int, held: Confinement, start: Start) -> None:
    """Be the child of a fork: keep the descriptors of channel and trail and no others. Does not return.

    Both are above the two numbers that they get: the server's own descriptors have those.
    """
    try:
        harden.die_with_parent(held.kernel, parent)
        for fd, number in zip(descriptors, (CHANNEL_FD, TRAIL_FD), strict=True):
            os.dup2(fd, number, inheritable=False)
        os.closerange(TRAIL_FD + 1, limits.MOST_DESCRIPTORS)
        _serve(Channel(CHANNEL_FD, trail_fd=TRAIL_FD), held, start)
    finally:
        os._exit(1)


def main(settings: dict[str, Any]) -> None:
    """Be a child with an interpreter of its own, for systems that cannot fork. Does not return.

    Frames come by what was its standard input and go by what was its standard output.
    """
    try:
        channel = Channel(os.dup(0), os.dup(1))
        _binary(channel)
        preload.stand_alone({channel.read_fd, channel.write_fd})
        service = preload.load(settings["serve"], settings["modules"])
        preload.empty_environment()
        gauge = Gauge()
        held = harden.confine_server(frozenset(settings["off"]))
        preload.forget_doors()
        base = gauge.bytes_now()
        gauge.close()
        _serve(channel, held, Start(Terms(*settings["terms"]), base, service))
    finally:
        os._exit(1)


def _serve(channel: Channel, held: Confinement, start: Start) -> None:
    """Put the layers on, then serve until the host is gone. Does not return."""
    code = 1
    try:
        terms = start.terms
        highest_fd = max(channel.read_fd, channel.write_fd, channel.trail_fd or 0)
        harden.confine_child(held, Limits(terms.memory_mib, terms.cpu_seconds), start.base_bytes, highest_fd)
        sys.modules.pop("resource", None)  # a fork server needs it: `os.wait4` looks it up
        if start.spare and start.service.warm_up is not None:
            start.service.warm_up()
        channel.send(hello(held))
        if harden.lacks(held, terms.require):
            code = EXIT_UNMET
        else:
            start.service.serve(channel)
            code = 0
    except MemoryError:
        code = EXIT_MEMORY
    except (EOFError, ConnectionError):
        code = 0
    finally:
        os._exit(code)


def _binary(channel: Channel) -> None:
    if sys.platform == "win32":
        import msvcrt

        for fd in (channel.read_fd, channel.write_fd):
            msvcrt.setmode(fd, os.O_BINARY)
