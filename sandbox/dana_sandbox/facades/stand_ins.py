"""Classes that stand for library types which could make functions or forge references when called.

They answer `isinstance` and stand in annotations and class patterns; nothing calls or subclasses them. `STAND_INS` says
what `type(x)` must return instead of the real class: `type(x)(...)` is a call like any other.
"""

from __future__ import annotations

from types import GenericAlias
from typing import Any, NoReturn

STAND_INS: dict[type, type] = {}
"""Stand-in by real class, for every stand-in made so far."""


class _StandIn(type):
    """Makes a class that looks like another one."""

    _real: type

    def __call__(cls, *_arguments: object, **_named: object) -> NoReturn:
        """Refuse: what these types make is not for programs."""
        raise TypeError(f"{cls.__name__} cannot be called here")

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls._real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return subclass is cls or issubclass(subclass, cls._real)

    def __getitem__(cls, item: Any) -> GenericAlias:
        return GenericAlias(cls, item)


def stand_in(name: str, real: type, *, module: str, answers_type: bool = True) -> type:
    """Return the class that programs get for `real`.

    >>> import types
    >>> function = stand_in("function", types.FunctionType, module="types", answers_type=False)
    >>> isinstance(stand_in, function), isinstance(len, function)
    (True, False)
    """
    if real in STAND_INS:
        return STAND_INS[real]

    def __init_subclass__(_cls: type) -> NoReturn:  # noqa: N807 - a method of the class below
        raise TypeError(f"{name} is no base class here")

    made = _StandIn(name, (), {"__module__": module, "__slots__": (), "__init_subclass__": __init_subclass__})
    type.__setattr__(made, "_real", real)
    if answers_type:
        STAND_INS[real] = made
    return made
