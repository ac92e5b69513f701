"""The decorators of the library. None of them writes to standard output: a program's output is its own."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaTypeError, DanaValueError
from dana_poet.runtime.library import log

if TYPE_CHECKING:
    from collections.abc import Callable


def log_calls(function: Callable[..., Any]) -> Callable[..., Any]:
    """Log each call with its arguments, and its result."""
    return _logged(function, "", include_result=True)


def log_with_prefix(prefix: str = "[LOG]", include_result: bool = True) -> Callable[..., Any]:
    """Log each call behind `prefix`, and its result where `include_result`.

    Without parentheses, as `@log_with_prefix`, it is used with its defaults.
    """
    if callable(prefix):
        return _logged(prefix, "[LOG] ", include_result=True)
    return lambda function: _logged(function, f"{prefix} ", include_result=include_result)


def _logged(function: Callable[..., Any], prefix: str, *, include_result: bool) -> Callable[..., Any]:
    name = getattr(function, "__name__", repr(function))

    @wraps(function)
    def logging(*args: object, **named: object) -> object:
        shown = [*map(repr, args), *(f"{key}={value!r}" for key, value in named.items())]
        log(f"{prefix}{name}({', '.join(shown)})")
        result = function(*args, **named)
        if include_result:
            log(f"{prefix}{name} returned {result!r}")
        return result

    return logging


def repeat(times: int = 1) -> Callable[..., Any]:
    """Call the function `times` times with the same arguments and give its last result; null for 0 times.

    DanaTypeError or DanaValueError where `times` is not a whole number of 0 or more.
    """
    if isinstance(times, bool) or not isinstance(times, int):
        raise DanaTypeError(f"repeat needs a whole number, not {times!r}", hint="write @repeat(times=3)")
    if times < 0:
        raise DanaValueError(f"repeat needs 0 times or more, not {times}")

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def repeating(*args: object, **named: object) -> object:
            result = None
            for _ in range(times):
                result = function(*args, **named)
            return result

        return repeating

    return decorate


def validate_args(**predicates: Callable[[Any], object]) -> Callable[..., Any]:
    """Call the function only when each named argument satisfies its predicate, however it was passed.

    DanaValueError names the argument that does not. A predicate for a parameter that the function does not have is
    a DanaValueError where the function is defined.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        from inspect import signature

        expected = signature(function)
        name = getattr(function, "__name__", repr(function))
        _check_names(name, expected.parameters, predicates)

        @wraps(function)
        def validating(*args: object, **named: object) -> object:
            _check_values(name, _arguments(expected, args, named), predicates)
            return function(*args, **named)

        return validating

    return decorate


def _check_names(function: str, parameters: Any, predicates: dict[str, Callable[[Any], object]]) -> None:
    """Raise DanaValueError for the first predicate whose parameter the function does not have."""
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return
    for name in predicates:
        if name not in parameters:
            message = f"validate_args: {function} has no parameter {name!r}"
            raise DanaValueError(message, hint=f"its parameters are {', '.join(parameters) or 'none'}")


def _arguments(expected: Any, args: tuple[object, ...], named: dict[str, object]) -> dict[str, object]:
    """Return the arguments by parameter name; nothing when they do not fit, so that the call itself says why."""
    try:
        bound = expected.bind(*args, **named)
    except TypeError:
        return {}
    bound.apply_defaults()
    values = dict(bound.arguments)
    for parameter in expected.parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            values.update(values.pop(parameter.name))
    return values


def _check_values(function: str, values: dict[str, object], predicates: dict[str, Callable[[Any], object]]) -> None:
    """Raise DanaValueError for the first value that its predicate refuses."""
    from dana_poet.runtime.truth import truth

    for name, predicate in predicates.items():
        if name in values and not truth(predicate(values[name])):
            raise DanaValueError(f"{function}: argument {name} is not valid: {values[name]!r}")
