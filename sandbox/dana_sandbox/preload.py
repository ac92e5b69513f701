"""What a process that will judge programs does before it gives up its files: stand alone, load, forget the doors."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from dana_sandbox.channel import Channel

_DOORS = frozenset(
    "socket _socket select selectors subprocess _posixsubprocess multiprocessing pickle _pickle asyncio ssl _ssl mmap "
    "fcntl ctypes _ctypes".split()
)


def stand_alone(kept: Collection[int]) -> None:
    """Leave the terminal's session and its folder; of all descriptors keep three on null and `kept`.

    A Ctrl-C in the host's terminal does not get here.
    """
    with contextlib.suppress(OSError, AttributeError):
        os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    lowest = 3
    for fd in (*sorted(kept), 65536):
        os.closerange(lowest, fd)
        lowest = fd + 1
    os.chdir(os.sep)
    os.umask(0o077)


def empty_environment() -> None:
    """Leave no variable to read; the C library goes on in UTC.

    To be called after `load`: what is loaded looks there for how many threads it may start.
    """
    os.environ.clear()
    os.putenv("TZ", "UTC0")
    if hasattr(time, "tzset"):
        time.tzset()


class Service(NamedTuple):
    """What a child does: serve the host's frames; before, while nobody waits for it, get warm."""

    serve: Callable[[Channel], None]
    warm_up: Callable[[], object] | None


def load(serve: str, modules: Iterable[str]) -> Service:
    """Import what programs need, and return the function `module:name` that serves the host's frames.

    The module may have a function `warm_up`. It is called once here and once in every child that waits for a lease,
    so that neither the first use of anything nor the memory that a fork shares is paid for by a program; it must
    leave nothing behind that a program could see.
    """
    for name in ("dana_sandbox.restricted", "dana_sandbox.execute"):
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)
    facades: Any = importlib.import_module("dana_sandbox.facades")
    if hasattr(facades, "preload"):
        facades.preload(frozenset(modules))
    module, _, name = serve.partition(":")
    holder = importlib.import_module(module)
    warm_up = getattr(holder, "warm_up", None)
    if warm_up is not None:
        warm_up()
    return Service(getattr(holder, name), warm_up)


def echo(channel: Channel) -> None:
    """Send every frame back: what a lease costs when nothing is done with it."""
    while True:
        channel.send(channel.receive(1 << 30))


def forget_doors() -> None:
    """Take modules that lead outside out of `sys.modules`, and every path to import from.

    Code that uses one of them has bound what it needs; a program that finds a way to import gets none of them.
    """
    for name in [name for name in sys.modules if name.partition(".")[0] in _DOORS]:
        del sys.modules[name]
    sys.path.clear()
    sys.path_importer_cache.clear()
    sys.argv[:] = [""]
    sys.orig_argv[:] = []
