"""What a process that will judge programs loads before it gives up its files."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dana_sandbox.channel import Channel


def empty_environment() -> None:
    """Leave no variable to read; the C library keeps UTC as its time zone."""
    os.environ.clear()
    os.putenv("TZ", "UTC0")  # noqa: S607 - not a program
    if hasattr(time, "tzset"):
        time.tzset()


def load(serve: str, modules: Iterable[str]) -> Callable[[Channel], None]:
    """Import what programs need, and return the function `module:name` that serves the host's frames."""
    for name in ("dana_sandbox.restricted", "dana_sandbox.execute"):
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)
    facades: Any = importlib.import_module("dana_sandbox.facades")
    if hasattr(facades, "preload"):
        facades.preload(frozenset(modules))
    module, _, name = serve.partition(":")
    found: Callable[[Channel], None] = getattr(importlib.import_module(module), name)
    return found


def echo(channel: Channel) -> None:
    """Send every frame back: what a lease costs when nothing is done with it."""
    while True:
        channel.send(channel.receive(1 << 30))


def forget_paths() -> None:
    """Nothing is imported from files any more."""
    sys.path.clear()
    sys.path_importer_cache.clear()
    sys.argv[:] = [""]
    sys.orig_argv[:] = []
