"""`@poet` on functions, methods, pipelines, agents, structs and modules, with and without parentheses."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, TypeVar, overload

from dana_poet.errors import PoetOptionError
from dana_poet.runtime.event_values import new_id
from dana_poet.runtime.feedback import executed
from dana_poet.runtime.tracking import current_execution
from dana_poet.stages.operate import operate
from dana_poet.stages.options import checked
from dana_poet.stages.perceive import Inputs

if TYPE_CHECKING:
    from collections.abc import Callable

Decorated = TypeVar("Decorated")


class Poet:
    """What `fn.poet` is: the options of the function and the id of its latest execution."""

    __slots__ = ("last_execution_id", "options")

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.last_execution_id: str | None = None

    def __repr__(self) -> str:
        words = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
        return f"@poet({words})"


@overload
def poet(function: Decorated, /) -> Decorated: ...
@overload
def poet(**options: Any) -> Callable[[Decorated], Decorated]: ...
def poet(function: Any = None, /, **options: Any) -> Any:
    """Make a function reliable. `@poet` and `@poet()` are the same.

    Arguments are checked against the hints (PoetValidationError names parameter, value and expectation), transient
    failures are tried again (`retries`, 2 unless told), `timeout` is a deadline in seconds for the whole call, and each
    call has an execution id in `fn.poet.last_execution_id`. Options of other names are kept in `fn.poet.options`; a
    near miss of a known one is PoetOptionError.

    >>> @poet(retries=1)
    ... def double(n: int) -> int:
    ...     return 2 * n
    >>> double("21")
    42
    """
    if function is None:
        kept = checked(options)
        return lambda decorated: apply_poet(decorated, kept)
    return apply_poet(function, {})


def apply_poet(target: Any, options: dict[str, Any] | None = None) -> Any:
    """Return `target` under the options of `@poet`; what is no function keeps them in `__dana_options__`."""
    options = checked(dict(options or {}))
    if inspect.iscoroutinefunction(target):
        return _async_wrapper(target, options)
    if inspect.isfunction(target) or inspect.isbuiltin(target) or inspect.ismethod(target):
        return _wrapper(target, options)
    if hasattr(target, "with_options"):
        return target.with_options(options)
    try:
        target.__dana_options__ = options
    except (AttributeError, TypeError) as error:
        if callable(target):
            return _wrapper(target, options)
        raise PoetOptionError(f"@poet cannot stand on {target!r}") from error
    return target


def _wrapper(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    inputs, about = Inputs(function), Poet(options)
    retries, timeout = options.get("retries", 2), options.get("timeout")

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        about.last_execution_id = execution = new_id("run")
        token = current_execution.set(execution)
        try:
            args, kwargs = inputs.perceive(args, kwargs)
            result = operate(function, args, kwargs, retries=retries, timeout=timeout)
            executed(result, execution)
            return result
        finally:
            current_execution.reset(token)

    wrapper.poet = about  # type: ignore[attr-defined]  # the documented door to a function's options
    return wrapper


def _async_wrapper(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    inputs, about = Inputs(function), Poet(options)
    timeout = options.get("timeout")

    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        import asyncio

        about.last_execution_id = execution = new_id("run")
        token = current_execution.set(execution)
        try:
            args, kwargs = inputs.perceive(args, kwargs)
            result = await asyncio.wait_for(function(*args, **kwargs), timeout)
            executed(result, execution)
            return result
        finally:
            current_execution.reset(token)

    wrapper.poet = about  # type: ignore[attr-defined]  # the documented door to a function's options
    return wrapper
