"""Call a blocking function in the way of the original: at once, awaited, or as items, sync and async."""

from __future__ import annotations

import asyncio
import inspect
import threading
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Any, TypeVar

from dana_poet.codegen.runner_acts import Acts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator

T = TypeVar("T")

_last: ContextVar[Acts | None] = ContextVar("dana_poet_runner_last", default=None)


class Blocking:
    """Base of runners whose `run(args, kwargs, acts)` blocks; items of a generator come as (items, returned value)."""

    def __init__(self, original: Callable[..., Any]) -> None:
        self.yields = inspect.isgeneratorfunction(original) or inspect.isasyncgenfunction(original)
        self._call: Callable[..., Any] = self._plain
        if inspect.isasyncgenfunction(original):
            self._call = self._async_items
        elif inspect.iscoroutinefunction(original):
            self._call = self._awaited
        elif self.yields:
            self._call = self._items

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any], acts: Acts) -> Any:
        """Call the function once."""
        raise NotImplementedError

    def close(self) -> None:
        """End what waits for calls."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function returns. CandidateError when that is nothing."""
        return self._call(args, kwargs)

    @property
    def acted(self) -> bool:
        """Whether the last call in this thread or task had called the original or a grant."""
        acts = _last.get()
        return acts is not None and acts.acted

    @property
    def crossing(self) -> float:
        """Seconds that the last call in this thread or task spent on the way into the sandbox and back."""
        acts = _last.get()
        return acts.crossing if acts is not None else 0.0

    def _plain(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self._once(args, kwargs, begin())

    def _once(self, args: tuple[Any, ...], kwargs: dict[str, Any], acts: Acts) -> Any:
        try:
            return self.run(args, kwargs, acts)
        finally:
            acts.forget()

    def _items(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Any]:
        items, returned = self._plain(args, kwargs)
        return _handed(items, returned)

    async def _awaited(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        acts = begin(asyncio.get_running_loop())
        return await in_thread(lambda: self._once(args, kwargs, acts))

    async def _async_items(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> AsyncIterator[Any]:
        acts = begin(asyncio.get_running_loop())
        items, _ = await in_thread(lambda: self._once(args, kwargs, acts))
        for item in items:
            yield item


def begin(loop: asyncio.AbstractEventLoop | None = None) -> Acts:
    """Return the record of a call that begins now, which `acted` asks."""
    acts = Acts(loop=loop)
    _last.set(acts)
    return acts


def _handed(items: list[Any], returned: Any) -> Generator[Any, None, Any]:
    yield from items
    return returned


async def in_thread(work: Callable[[], T]) -> T:
    """Return what `work` returns, from a thread of its own: a pool of few could wait for itself.

    A cancelled caller gets its answer at once; the thread goes on to the end of what it does.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    context = copy_context()

    def settle(set_it: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            set_it(value)

    def run() -> None:
        try:
            done: tuple[Any, ...] = (future.set_result, context.run(work))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
            done = (future.set_exception, error)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, *done)

    threading.Thread(target=run, name="poet-candidate", daemon=True).start()
    return await future
