"""One event loop in a background thread, so that sync and async callers share one client, its connections and code.

Loaded with the first question to a server, not before.
"""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from concurrent.futures import Future

T = TypeVar("T")

# Closing connections is a courtesy: a server that does not take part must not keep the program.
CLOSE_SECONDS = 2.0

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop  # noqa: PLW0603 - one loop for each process is the point of this module
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="dana-poet-llm", daemon=True).start()
        return _loop


def _forget_loop() -> None:
    """Start anew in a forked child: it has the loop, and not the thread that runs it."""
    global _loop, _lock
    _loop, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_loop)


def start(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Start `work` on the background loop and return its future at once."""
    return asyncio.run_coroutine_threadsafe(work, _running_loop())


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on the background loop and return its result. An interrupt of the waiting thread cancels it."""
    future = start(work)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


async def wait_for_async(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on the background loop from a coroutine of any loop. Cancelling cancels it."""
    return await asyncio.wrap_future(start(work))


def finish_on(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, None]) -> None:
    """Run closing `work` on `loop` and wait a moment for it; never from the loop's own thread, which has to run it."""
    if loop is not _loop:  # the loop of the parent process: its connections are not ours to close
        work.close()
        return
    future = asyncio.run_coroutine_threadsafe(work, loop)
    if threading.current_thread().name != "dana-poet-llm":
        try:
            future.result(CLOSE_SECONDS)
        except TimeoutError:
            future.cancel()
