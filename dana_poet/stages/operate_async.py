"""Operate for `async def`: the same attempts, deadline and fallback, without threads and without blocking the loop."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from dana_poet.stages.operate import Operator

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class AsyncOperator(Operator):
    """Runs one `async` function."""

    async def operate(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what the function returns, within its deadline, after what follows a failure."""
        deadline = self.limits.deadline(self.patience(args, kwargs))
        try:
            if self.poet.troubled:
                self.poet.admit()
            result = await self.attempt(args, kwargs, deadline)
        except Exception as error:  # noqa: BLE001 - what is to be done with it is decided there
            return await self.again(error, args, kwargs, deadline)
        if self.poet.troubled:
            self.poet.healed()
        return result

    async def attempt(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], deadline: float | None, number: int = 1
    ) -> Any:
        """Run the function once and let the domain look at the result."""
        limit = self.limits.of_attempt(deadline)
        run = self.poet.implementation
        started: Callable[[], Awaitable[Any]] = lambda: run(*args, **kwargs)  # noqa: E731 - handed on as it is
        result = await within_async(self.own or _plain, started, limit, self.late(deadline, limit or 0.0))
        if self.domain.enforce is None:
            return result
        return self.results.of_domain(result, self.call(args, kwargs, number))

    async def again(
        self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any], deadline: float | None = None
    ) -> Any:
        """Return what later attempts, another address or the fallback gave; raise the last error when nothing did."""
        last = error
        if deadline is None:
            deadline = self.limits.deadline()
        if self.may_repeat(error, args, kwargs):
            try:
                result = await self.repeat(error, args, kwargs, deadline)
            except Exception as later:  # noqa: BLE001 - it is raised below, or the fallback stands for it
                last = later
            else:
                self.poet.healed()
                return result
        other = self.other_place(last, args, kwargs)
        if other is not None:
            try:
                return await self.attempt(*other, deadline)
            except Exception as later:  # noqa: BLE001 - as above
                last = later
        ended = self.ended(last, args, kwargs)
        return await ended if inspect.isawaitable(ended) else ended

    async def repeat(
        self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any], deadline: float | None
    ) -> Any:
        """Try again as long as retries and deadline allow; the first failure has happened."""
        from tenacity import AsyncRetrying

        failed: list[Exception] = [error]

        async def call() -> Any:
            if failed:
                raise failed.pop()
            number = again.statistics.get("attempt_number", 1)
            return await self.attempt(args, kwargs, deadline, number)

        again = AsyncRetrying(**self.policy(deadline))
        return await again(call)


async def within_async(
    own: Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]],
    run: Callable[[], Awaitable[Any]],
    limit: float | None,
    late: Exception,
) -> Any:
    """Return what `own` makes of running `run`; `late` is raised, and the function cancelled, after `limit` seconds."""
    if limit is None:
        return await own(run)
    import asyncio

    try:
        async with asyncio.timeout(limit) as clock:
            return await own(run)
    except TimeoutError:
        if clock.expired():
            raise late from None
        raise


async def _plain(run: Callable[[], Awaitable[Any]]) -> Any:
    return await run()
