"""Generators under `@poet`: they stay lazy, take what is sent to them, and each item is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.runtime.executions import running
from dana_poet.stages.checks import Misfit
from dana_poet.stages.operate import monotonic

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator

    from dana_poet.stages.operate import Operator
    from dana_poet.stages.perceive import Inputs
    from dana_poet.stages.train import Trainer


def stream_of(operator: Operator, inputs: Inputs, trainer: Trainer) -> Callable[..., Any]:
    """Return what the wrapper of a generator runs: `stream(execution, args, kwargs)`."""
    streams = _Streams(operator, inputs, trainer)
    return streams.astream if operator.plan.shape.kind == "async_generator" else streams.stream


class _Streams:
    """Runs the generators of one function. A failure before the first item is tried again, a later one is not."""

    def __init__(self, operator: Operator, inputs: Inputs, trainer: Trainer) -> None:
        self.operator, self.inputs, self.trainer = operator, inputs, trainer
        self.check = inputs.hints.item_check()

    def stream(self, execution: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Generator[Any, Any, Any]:
        """Give the items of the user's generator, and return what it returns."""
        deadline, started = self.operator.limits.deadline(), self.operator.poet.clock()
        source = self.operator.poet.implementation(*args, **kwargs)
        tries, step, sent, first = 0, source.send, None, True
        try:
            while True:
                try:
                    item = _in(execution, step, sent)
                except StopIteration as stop:
                    self.trainer.ended(execution, started, args, kwargs)
                    return stop.value
                except Exception as error:
                    if not first or not self.again(error, tries, args, kwargs):
                        raise
                    self.wait(error, tries)
                    tries, source = tries + 1, self.operator.poet.implementation(*args, **kwargs)
                    step = source.send
                    continue
                first = False
                self.in_time(deadline)
                try:
                    sent, step = (yield self.item(item)), source.send
                except GeneratorExit:
                    raise
                except BaseException as thrown:  # noqa: BLE001 - it was thrown into us for the user's generator
                    sent, step = thrown, source.throw
        except Exception as error:
            self.trainer.ended(execution, started, args, kwargs, error)
            raise
        finally:
            source.close()

    async def astream(self, execution: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> AsyncGenerator[Any, Any]:
        """Give the items of the user's async generator."""
        import asyncio

        deadline, started = self.operator.limits.deadline(), self.operator.poet.clock()
        source = self.operator.poet.implementation(*args, **kwargs)
        tries, step, sent, first = 0, source.asend, None, True
        try:
            while True:
                try:
                    item = await _in_async(execution, step, sent)
                except StopAsyncIteration:
                    self.trainer.ended(execution, started, args, kwargs)
                    return
                except Exception as error:
                    if not first or not self.again(error, tries, args, kwargs):
                        raise
                    await asyncio.sleep(self.pause(error, tries))
                    tries, source = tries + 1, self.operator.poet.implementation(*args, **kwargs)
                    step = source.asend
                    continue
                first = False
                self.in_time(deadline)
                try:
                    sent, step = (yield self.item(item)), source.asend
                except GeneratorExit:
                    raise
                except BaseException as thrown:  # noqa: BLE001 - it was thrown into us for the user's generator
                    sent, step = thrown, source.athrow
        except Exception as error:
            self.trainer.ended(execution, started, args, kwargs, error)
            raise
        finally:
            await source.aclose()

    def item(self, item: Any) -> Any:
        """Return an item as the hint asks."""
        if self.check is None:
            return item
        try:
            return self.check(item)
        except Misfit as misfit:
            raise self.inputs.refused("an item of the result", "return", item, misfit) from None

    def again(self, error: Exception, tries: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Whether a generator that failed before its first item is started once more."""
        return tries < self.operator.plan.retries and self.operator.may_repeat(error, args, kwargs)

    def pause(self, error: Exception, tries: int) -> float:
        """Return the seconds to wait before that."""
        from dana_poet.stages.transient import LONGEST_ASKED, wait_before

        return min(wait_before(error, tries + 1, self.operator.domain)[0], LONGEST_ASKED)

    def wait(self, error: Exception, tries: int) -> None:
        """Wait for as long."""
        from dana_poet.stages import operate

        operate.sleep(self.pause(error, tries))

    def in_time(self, deadline: float | None) -> None:
        """Raise PoetTimeoutError when an item comes after the deadline that the user wrote."""
        if self.operator.limits.total is not None and deadline is not None and monotonic() > deadline:
            raise self.operator.too_late()


def _in(execution: int, step: Callable[[Any], Any], sent: Any) -> Any:
    """Run one step as part of an execution."""
    token = running.set(execution)
    try:
        return step(sent)
    finally:
        running.reset(token)


async def _in_async(execution: int, step: Callable[[Any], Awaitable[Any]], sent: Any) -> Any:
    token = running.set(execution)
    try:
        return await step(sent)
    finally:
        running.reset(token)
