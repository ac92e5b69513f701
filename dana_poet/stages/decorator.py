"""`@poet` on functions, methods, pipelines, agents, structs and modules, with and without parentheses."""

from __future__ import annotations

import builtins
import functools
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any, overload

from dana_poet.errors import PoetOptionError, warn
from dana_poet.stages.options import checked
from dana_poet.stages.poet import Poet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator

    from dana_poet.stages.typed import Class, Decorated, Given, PoetDecorator, PoetFunction, Result

CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR = 0x20, 0x80, 0x200


@overload
def poet(function: Class, /) -> Class: ...  # type: ignore[overload-overlap]  # a class can be called, too
@overload
def poet(function: Callable[Given, Result], /) -> PoetFunction[Given, Result]: ...
@overload
def poet(function: Decorated, /) -> Decorated: ...
@overload
def poet(**options: Any) -> PoetDecorator: ...
def poet(function: Any = None, /, **options: Any) -> Any:
    """Make a function reliable. `@poet` and `@poet()` are the same.

    Arguments and result are checked against the hints (PoetValidationError names parameter, value and expectation),
    transient failures are tried again (`retries`, 2 unless told), `timeout` is a deadline in seconds for the whole
    call, and each call has an execution id in `fn.poet.last_execution_id`. The caller gets the function's own value.
    Options of other names are kept in `fn.poet.options`; a near miss of a known one is PoetOptionError.

    >>> @poet(retries=1)
    ... def double(n: int) -> int:
    ...     return 2 * n
    >>> double(21)
    42
    >>> double("21")
    Traceback (most recent call last):
    dana_poet.errors.PoetValidationError: double: parameter 'n' takes int, got '21' (str)
    """
    if function is None:
        kept = checked(options)
        return lambda decorated: _applied(decorated, dict(kept))
    return apply_poet(function, {})


def apply_poet(target: Any, options: dict[str, Any] | None = None) -> Any:
    """Return `target` under the options of `@poet`; what is no function keeps them in `__dana_options__`."""
    return _applied(target, checked(dict(options or {})))


def _applied(target: Any, options: dict[str, Any]) -> Any:
    if isinstance(target, (classmethod, staticmethod)):
        return type(target)(_applied(target.__func__, options))
    if isinstance(target, FunctionType) or _is_routine(target):
        return wrapped(target, options)
    if hasattr(target, "with_options"):
        return target.with_options(options)
    if isinstance(target, functools.partial):
        return _around(target, wrapped(target, options))
    if callable(target) and not isinstance(target, type) and not hasattr(type(target), "__dana_table__"):
        return _around(target, wrapped(target, options))  # an object with `__call__`
    if hasattr(target, "__dana_fields__"):  # a struct of Dana: its methods come later, and ask for it
        from dana_poet.stages.shared import SharedOptions

        options = SharedOptions(options)
    try:
        target.__dana_options__ = options
    except (AttributeError, TypeError) as error:
        if callable(target):
            return _around(target, wrapped(target, options))
        hint = (
            'options have names: @poet(domain="api")'
            if isinstance(target, (str, int))
            else "put it below, on the function"
        )
        raise PoetOptionError(f"@poet cannot stand on {target!r}", hint=hint) from error
    if type(target) is type and not hasattr(target, "__dana_fields__"):
        warn(f"@poet on the class {target.__name__} only keeps its options; put it on the methods")
    return target


def _around(target: Any, wrapper: Any) -> Any:
    """Return the wrapper of something callable; a pipeline stays a pipeline."""
    if "dana_poet.runtime.pipeline" in sys.modules:
        from dana_poet.runtime.pipeline import Pipeline
        from dana_poet.stages.pipelines import PoetPipeline

        if isinstance(target, Pipeline):
            return PoetPipeline.around(target, wrapper)
    return wrapper


def wrapped(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    """Return the function with the stages around it. They are made at its first call, when all names exist."""
    if options.get("examples"):
        from dana_poet.codegen.lifecycle_settings import check_fit

        check_fit(function, options["examples"])
    about = Poet(function, options)
    flags = _flags(function)
    stub = _STUBS.get(flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR), _call)
    name = getattr(function, "__name__", type(function).__name__)
    wrapper = FunctionType(stub.__code__, {"__builtins__": builtins, "_poet": about}, name)
    functools.update_wrapper(wrapper, function)
    wrapper.__dict__["poet"] = about  # the documented door to a function's options
    about.attach(wrapper)
    return wrapper


def _is_routine(target: Any) -> bool:
    import inspect

    return inspect.isbuiltin(target) or inspect.ismethod(target)


def _flags(function: Any) -> int:
    while isinstance(function, functools.partial):
        function = function.func
    function = getattr(function, "__func__", function)
    code: Any = getattr(function, "__code__", None)
    if code is None:
        code = getattr(getattr(type(function), "__call__", None), "__code__", None)  # noqa: B004 - the method itself
    return int(code.co_flags) if code is not None else 0


_poet: Any = None
"""Stands for `fn.poet` in the functions below: the scope of each wrapper has its own."""


def _call(*args: Any, **kwargs: Any) -> Any:
    _poet.built()
    return _poet.wrapper(*args, **kwargs)


async def _call_async(*args: Any, **kwargs: Any) -> Any:
    _poet.built()
    return await _poet.wrapper(*args, **kwargs)


def _call_generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
    _poet.built()
    return (yield from _poet.wrapper(*args, **kwargs))


async def _call_async_generator(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
    _poet.built()
    stream = _poet.wrapper(*args, **kwargs)
    try:
        item = await anext(stream)
        while True:
            try:
                sent = yield item
            except GeneratorExit:
                raise
            except BaseException as error:  # noqa: BLE001 - it was thrown into us for the user's generator
                item = await stream.athrow(error)
            else:
                item = await stream.asend(sent)
    except StopAsyncIteration:
        return
    finally:
        await stream.aclose()


_STUBS: dict[int, Callable[..., Any]] = {
    CO_COROUTINE: _call_async, CO_GENERATOR: _call_generator, CO_ASYNC_GENERATOR: _call_async_generator,
}  # fmt: skip
