"""Lets methods of the library work on objects of their own class only. For a process that serves programs.

A method taken from a class can be called with any first argument. Where it asks that argument for its `__class__` and
calls what it gets, a class as argument makes it call Python's own `type`; where it stores attributes, it stores them on
classes, functions and modules that all programs share. No guard stands inside the library.
"""

from __future__ import annotations

import opcode
import sys
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_STORES = frozenset({opcode.opmap["STORE_ATTR"], opcode.opmap["DELETE_ATTR"]})
_CLASS_NAMES = frozenset({"__class__", "type"})
_HEAP_TYPE = 1 << 9
# No program can name these, they give back text or a truth value, or (`__init__`) a guard looks at the argument.
_LEFT_OUT = frozenset(
    f"__{name}__"
    for name in "init new new_member repr str format eq hash dir get getattr reduce reduce_ex sizeof set_name mro_entries".split()
)


def close_methods(modules: Iterable[str]) -> None:
    """Put a look at the first argument before the methods that need one; doing it twice changes nothing.

    >>> from collections import Counter
    >>> close_methods(["collections"])
    >>> Counter.copy(Counter("aa"))
    Counter({'a': 2})
    >>> Counter.copy(int)
    Traceback (most recent call last):
    TypeError: copy() needs a Counter object
    """
    for cls in set(_classes(modules)):
        for name, value in list(vars(cls).items()):
            if name in _LEFT_OUT or (name[:1] == "_" == name[-1:] and name[:2] != "__"):
                continue
            if type(value) is FunctionType and _needs_look(value):
                type.__setattr__(cls, name, _looking(cls, value))
            elif type(value) is property and type(value.fget) is FunctionType and _needs_look(value.fget):
                type.__setattr__(cls, name, property(_looking(cls, value.fget), value.fset, value.fdel, value.__doc__))


def _classes(modules: Iterable[str]) -> Iterator[type]:
    for module in modules:
        for value in vars(sys.modules[module]).values():
            if isinstance(value, type) and not issubclass(value, type):
                yield from (base for base in value.__mro__ if base.__flags__ & _HEAP_TYPE)


def _needs_look(function: FunctionType) -> bool:
    return function.__code__ is not _LOOK and any(map(_is_risky, _codes(function.__code__)))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _is_risky(code: CodeType) -> bool:
    return not _CLASS_NAMES.isdisjoint(code.co_names) or not _STORES.isdisjoint(code.co_code[::2])


def _looking(cls: type, function: FunctionType) -> Callable[..., Any]:
    def method(self: Any, /, *arguments: Any, **named: Any) -> Any:
        if cls not in type(self).__mro__:
            raise TypeError(f"{function.__name__}() needs a {cls.__name__} object")
        return function(self, *arguments, **named)

    for name in ("__name__", "__qualname__", "__doc__", "__module__", "__annotations__"):
        setattr(method, name, getattr(function, name))
    method.__dict__.update(function.__dict__)
    return method


_LOOK = _looking(object, _looking).__code__  # type: ignore[arg-type] # a function, as any def is
