"""Calls of async functions and of generators that have a version beside them; see `serving`."""

from __future__ import annotations

import inspect
import time
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.runner import CandidateError
from dana_poet.codegen.serving import Serving, copied

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class AsyncServing(Serving):
    """The same for `async` functions."""

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Serve one call."""
        route = self.route()
        if route == "candidate":
            return await self._acandidate(args, kwargs)
        inputs = copied(args, kwargs) if route == "shadow" else None
        started = time.perf_counter()
        try:
            found = await self.function(*args, **kwargs)
        except Exception as error:
            seconds = time.perf_counter() - started
            if route != "shadow":
                self.tell(candidate=False, value=0.0, seconds=seconds)
            else:
                self._later(inputs, None, type(error), seconds)
            raise
        seconds = time.perf_counter() - started
        if route != "shadow":
            self.tell(candidate=False, value=self.worth(found), seconds=seconds)
        elif inputs is not None and (kept := copied((found,), {})) is not None:
            self._later(inputs, kept[0][0], None, seconds)
        return found

    async def _acandidate(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        started = time.perf_counter()
        try:
            found = await self.runner(*args, **kwargs)
        except CandidateError as error:
            found = self.covered(error, [], args, kwargs)
            return await found if inspect.isawaitable(found) else found
        self.tell(candidate=True, value=self.worth(found), seconds=time.perf_counter() - started)
        return found

    def ran(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what the version gives, on a loop of its own: the caller's goes on, and may end before."""
        import asyncio

        async def awaited() -> Any:
            return await self.runner(*args, **kwargs)

        return asyncio.run(awaited())

    def _instead(self, error: CandidateError, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        async def instead() -> Any:
            try:
                found = await self.function(*args, **kwargs)
            except Exception as raised:
                alike = error.exception is not None and isinstance(error.exception, type(raised))
                self.tell(candidate=True, value=1.0 if alike else 0.0)
                raise
            self.blame(error, args, kwargs)
            return found

        return instead()


class StreamServing(Serving):
    """The same for generators: a version's items are complete before the first is handed out."""

    def baseline(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the original's own generator; nobody knows how it will end."""
        return self.function(*args, **kwargs)

    def shadow(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the original's own generator."""
        return self.function(*args, **kwargs)

    def worth(self, found: Any) -> float:
        """Return 1: the items are the caller's."""
        del found
        return 1.0


class AsyncStreamServing(StreamServing):
    """The same for async generators."""

    async def candidate(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> AsyncIterator[Any]:
        """Hand out the version's items, the original's where it gives none."""
        try:
            items = [item async for item in self.runner(*args, **kwargs)]
        except CandidateError as error:
            async for item in self.covered(error, [], args, kwargs):
                yield item
            return
        self.tell(candidate=True, value=1.0)
        for item in items:
            yield item


SERVINGS = {
    "function": Serving, "async": AsyncServing, "generator": StreamServing, "async_generator": AsyncStreamServing,
}  # fmt: skip
