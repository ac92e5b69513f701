"""Check the arguments of a call against a function's signature and the plain types in its annotations."""

from __future__ import annotations

import inspect
import types
import typing
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Test: TypeAlias = "Callable[[Any], bool]"


class Arguments:
    """The signature of one host function. TypeError when a program could not call it in one step."""

    def __init__(self, fn: Callable[..., object]) -> None:
        if not callable(fn):
            raise TypeError(f"a capability must be callable, got {type(fn).__name__}")
        for part in (fn, getattr(fn, "__call__", fn)):  # noqa: B004 - an object's class may define it as a coroutine
            if inspect.iscoroutinefunction(part) or inspect.isasyncgenfunction(part):
                name = getattr(fn, "__qualname__", type(fn).__name__)
                raise TypeError(f"{name} is asynchronous; grant a plain function, such as one that uses asyncio.run")
        self.signature = _signature(fn)
        self.tests = _tests(fn, self.signature)

    def check(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Raise TypeError unless the function takes these arguments."""
        if self.signature is None:
            return
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{name}(): {error}") from None
        for parameter, value in bound.arguments.items():
            kind = self.signature.parameters[parameter].kind
            test, wanted = self.tests.get(parameter, (_anything, ""))
            for label, one in _values(parameter, value, kind):
                if not test(one):
                    raise TypeError(f"{name}(): argument {label!r} must be {wanted}, got {type(one).__name__}")


def _values(parameter: str, value: Any, kind: object) -> list[tuple[str, Any]]:
    if kind is inspect.Parameter.VAR_POSITIONAL:
        return [(parameter, one) for one in value]
    if kind is inspect.Parameter.VAR_KEYWORD:
        return list(value.items())
    return [(parameter, value)]


def _signature(fn: Callable[..., object]) -> inspect.Signature | None:
    try:
        return inspect.signature(fn)
    except (TypeError, ValueError):  # some functions written in C tell nothing
        return None


def _tests(fn: Callable[..., object], signature: inspect.Signature | None) -> dict[str, tuple[Test, str]]:
    if signature is None:
        return {}
    try:
        hints = typing.get_type_hints(fn if hasattr(fn, "__annotations__") else type(fn).__call__)
    except Exception:  # noqa: BLE001 - annotations are the author's own code; unknown ones allow any plain data
        hints = {name: parameter.annotation for name, parameter in signature.parameters.items()}
    known = {name: hint for name, hint in hints.items() if name in signature.parameters}
    return {name: (fitting(hint), _shown(hint)) for name, hint in known.items()}


def _shown(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint).replace("typing.", "")


def fitting(hint: Any) -> Test:
    """Return what tells whether plain data fits an annotation; any data fits one that is not of plain types.

    >>> [fitting(list[int] | None)(value) for value in ([1], ["a"], None, 1)]
    [True, False, True, False]
    """
    if hint is None or (isinstance(hint, type) and hint in _EXACT):
        return _EXACT[hint]
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    make = _GENERIC.get(origin)
    if make and args:
        return make(args)
    return _EXACT[origin] if origin in _EXACT and origin else _anything


def _anything(_value: Any) -> bool:
    return True


def _exactly(*kinds: type) -> Test:
    return lambda value: type(value) in kinds


def _elements(kind: Any) -> Callable[[tuple[Any, ...]], Test]:
    def make(args: tuple[Any, ...]) -> Test:
        test = fitting(args[0])

        def fits(value: Any) -> bool:
            return type(value) is kind and all(map(test, value))

        return fits

    return make


def _tuple(args: tuple[Any, ...]) -> Test:
    if len(args) == 2 and args[1] is Ellipsis:
        return _elements(tuple)(args)
    tests = [fitting(arg) for arg in args]
    return lambda value: (
        type(value) is tuple
        and len(value) == len(tests)
        and all(test(one) for test, one in zip(tests, value, strict=True))
    )


def _dict(args: tuple[Any, ...]) -> Test:
    key, item = fitting(args[0]), fitting(args[1])
    return lambda value: type(value) is dict and all(map(key, value)) and all(map(item, value.values()))


def _union(args: tuple[Any, ...]) -> Test:
    tests = [fitting(arg) for arg in args]
    return lambda value: any(test(value) for test in tests)


def _literal(args: tuple[Any, ...]) -> Test:
    return lambda value: any(type(value) is type(arg) and value == arg for arg in args)


def _annotated(args: tuple[Any, ...]) -> Test:
    return fitting(args[0])


_EXACT: dict[Any, Test] = {
    # An int is a fine float, as it is for type checkers.
    **{kind: _exactly(kind) for kind in (int, str, bool, bytes, complex, list, dict, tuple, set, frozenset)},
    float: _exactly(float, int),
    None: _exactly(type(None)),
    type(None): _exactly(type(None)),
}
_GENERIC: dict[Any, Callable[[tuple[Any, ...]], Test]] = {
    list: _elements(list), set: _elements(set), frozenset: _elements(frozenset), tuple: _tuple, dict: _dict,
    typing.Union: _union, types.UnionType: _union, typing.Literal: _literal, typing.Annotated: _annotated,
}  # fmt: skip
