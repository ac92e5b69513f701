"""Builtins of untrusted programs: everything of Python's own that reaches nothing but its arguments.

`getattr` and its like, `print`, `vars` and class creation belong to a run and are in `guards`.
"""

import builtins
from types import GenericAlias
from typing import Any

from dana_sandbox.facades.stand_ins import STAND_INS
from dana_sandbox.names import STATE
from dana_sandbox.run_state import program_frame

_PLAIN = (
    "abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict divmod enumerate filter float "
    "format frozenset hash hex id int isinstance issubclass iter len list map max min next object oct ord pow property "
    "range repr reversed round set slice sorted staticmethod str sum super tuple zip "
    "None True False NotImplemented Ellipsis __debug__"
).split()


_NOT_GIVEN = object()
# For speed alone: what most objects are.
_NO_METACLASSES = frozenset({int, float, str, bool, type(None), list, dict, tuple, set})


class _TypeOfType(type):
    """Makes `type` look as Python's: one argument, and `isinstance(x, type)`."""

    def __call__(cls, obj: Any, bases: Any = _NOT_GIVEN, body: Any = _NOT_GIVEN, /) -> type:
        kind = type(obj)
        if kind in _NO_METACLASSES and bases is _NOT_GIVEN:
            return kind
        if bases is not _NOT_GIVEN or body is not _NOT_GIVEN:
            _refuse("type() takes one argument here", "write a class statement")
        return cls if issubclass(kind, type) else STAND_INS.get(kind, kind)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, type)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return subclass is cls or issubclass(subclass, type)

    def __getitem__(cls, item: Any) -> GenericAlias:
        return GenericAlias(cls, item)

    def __repr__(cls) -> str:
        return "<class 'type'>"


class TypeLookalike(metaclass=_TypeOfType):
    """What a program finds as `type`; never Python's own, which makes classes and lists them."""


TypeLookalike.__name__ = TypeLookalike.__qualname__ = "type"
TypeLookalike.__module__ = "builtins"
TypeLookalike.__doc__ = "type(object) -> the object's type"


def _refuse(message: str, hint: str) -> None:
    """Refuse in the run whose program is at work: one lookalike serves them all."""
    frame = program_frame()
    if frame is None:
        raise TypeError(message)
    frame.f_builtins[STATE].refuse("builtin", message, hint)


SAFE_BUILTINS: dict[str, Any] = {name: getattr(builtins, name) for name in _PLAIN} | {
    name: value
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}
