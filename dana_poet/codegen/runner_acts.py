"""What a generated function may call: the original and what its domain grants, with a record of whether it has."""

from __future__ import annotations

import asyncio
import functools
import inspect
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_ITEMS = 100_000


@dataclass(slots=True, eq=False)
class Acts:
    """One call of a generated function: whether it called the original or a grant, and what came of that.

    `kept` are results that cannot enter a sandbox, `paths` how some of them were reached, `raised` what was raised, `loop` the caller's event loop, where what
    is asynchronous runs. `inside` are the seconds that what it called took, `crossing` those that went by on the way.
    """

    acted: bool = False
    kept: list[Any] = field(default_factory=list)
    raised: list[BaseException] = field(default_factory=list)
    paths: dict[int, str] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop | None = None
    inside: float = 0.0
    crossing: float = 0.0

    def forget(self) -> None:
        """Keep nothing of a call that is over but whether it acted."""
        self.kept.clear()
        self.raised.clear()
        self.paths.clear()


current: ContextVar[Acts] = ContextVar("dana_poet_runner_acts")


def watched(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does the same and takes it down; what it raises is kept as it was raised.

    >>> token = current.set(Acts())
    >>> watched(len)("ab"), current.get().acted
    (2, True)
    >>> current.reset(token)
    """

    @functools.wraps(function, updated=())
    def called(*args: Any, **kwargs: Any) -> Any:
        acts = current.get()
        acts.acted = True
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            acts.raised.append(error)
            raise
        finally:
            acts.inside += time.perf_counter() - started

    return called


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a watched function that can be called without a loop: async ones run on the caller's, items are a list."""
    watching = watched(_waited(function))
    if not (inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)):
        return watching

    watching.gives_items = True  # type: ignore[attr-defined]
    return watching


def _waited(function: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.isgeneratorfunction(function):
        return functools.wraps(function, updated=())(lambda *args, **kwargs: _taken(function(*args, **kwargs)))
    if inspect.isasyncgenfunction(function):
        return functools.wraps(function, updated=())(
            lambda *args, **kwargs: _run(_collected(function(*args, **kwargs)))
        )
    if inspect.iscoroutinefunction(function):
        return functools.wraps(function, updated=())(lambda *args, **kwargs: _run(function(*args, **kwargs)))
    return function


def _taken(items: Any) -> list[Any]:
    from itertools import islice

    found = list(islice(items, MOST_ITEMS + 1))
    if len(found) > MOST_ITEMS:
        raise OverflowError(f"the original yields more than {MOST_ITEMS:,} items, which a sandbox cannot take")
    return found


async def _collected(items: Any) -> list[Any]:
    found: list[Any] = []
    async for one in items:
        found.append(one)
        if len(found) > MOST_ITEMS:
            raise OverflowError(f"the original yields more than {MOST_ITEMS:,} items, which a sandbox cannot take")
    return found


def _run(work: Any) -> Any:
    """Run a coroutine on the caller's loop, which waits for this thread meanwhile without being blocked."""
    loop = current.get().loop
    if loop is not None:
        return asyncio.run_coroutine_threadsafe(work, loop).result()
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop that runs
        return thread.submit(asyncio.run, work).result()


def awaited_here(value: Any) -> Any:
    """Return a value, of something to be awaited what it comes to on the caller's loop.

    >>> awaited_here(1)
    1
    """
    if not inspect.isawaitable(value):
        return value

    async def waited() -> Any:
        return await value

    return _run(waited())


def granted(grants: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Return grants as functions that take down that they were called."""
    return {name: plain(function) for name, function in grants.items()}
