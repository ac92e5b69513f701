"""Structs: classes with slots, checked fields, equality by value, and delegation to embedded fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaAttributeError, DanaTypeError
from dana_poet.runtime.coerce import check_field
from dana_poet.runtime.members import missing_member

if TYPE_CHECKING:
    from collections.abc import Callable

FAMILIES = {"struct": "Struct", "workflow": "Workflow", "resource": "Resource"}


class Missing:
    """The default of a parameter whose real default is made anew for each call."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "..."


MISSING = Missing()


class _Fields:
    """`P.__dana_fields__`: name to (type, has a default), worked out when first asked for."""

    def __init__(self, names: tuple[str, ...], types: Callable[[], dict[str, Any]], optional: tuple[str, ...]) -> None:
        self.names, self.types, self.optional = names, types, frozenset(optional)

    def __get__(self, instance: object, owner: type) -> dict[str, tuple[Any, bool]]:
        types = self.types()
        fields = {name: (types.get(name, Any), name in self.optional) for name in self.names}
        owner.__dana_fields__ = fields  # type: ignore[attr-defined]  # replaces this descriptor
        return fields


def struct(
    kind: str,
    types: Callable[[], dict[str, Any]],
    optional: tuple[str, ...],
    implements: Callable[[], tuple[Any, ...]],
) -> Callable[[type], type]:
    """Return the decorator that makes a class with `__slots__` and `__init__` a Dana struct.

    `types` gives the field types by name, `optional` names the fields with a default.
    """

    def finish(cls: Any) -> type:
        names: tuple[str, ...] = cls.__slots__
        delegates = tuple(name for name in names if name.startswith("_"))
        cls.__dana_fields__ = _Fields(names, types, optional)
        cls.__dana_type_text__ = f"{FAMILIES[kind]}[{cls.__name__}]"
        cls.__dana_implements__ = staticmethod(implements)
        type.__setattr__(cls, "__match_args__", names)
        cls.__eq__ = _equal
        cls.__repr__ = _shown
        cls.__hash__ = None
        cls.__setattr__ = _set_delegating if delegates else _set
        cls.__copy__ = _copied
        cls.__deepcopy__ = _deeply_copied
        cls.__reduce__ = _reduced
        if delegates:
            cls.__dana_delegates__ = delegates
            cls.__getattr__ = _delegated
        finished: type = cls
        return finished

    return finish


def _equal(self: Any, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    fields: tuple[str, ...] = getattr(type(self), "__slots__", ())
    return all(getattr(self, name) == getattr(other, name) for name in fields)


def _shown(self: Any) -> str:
    fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
    return f"{type(self).__name__}({fields})"


def _set(self: Any, name: str, value: object) -> None:
    fields = type(self).__dana_fields__
    if name not in fields:
        raise missing_member(self, name)
    object.__setattr__(self, name, check_field(type(self).__name__, name, value, fields[name][0]))


def _set_delegating(self: Any, name: str, value: object) -> None:
    if name not in type(self).__dana_fields__:
        for delegate in self.__dana_delegates__:
            inner = getattr(self, delegate)
            if hasattr(inner, name):
                setattr(inner, name, value)
                return
    _set(self, name, value)


def _delegated(self: Any, name: str) -> Any:
    """Find what the struct itself lacks in its embedded fields, in declaration order."""
    if not name.startswith("__"):
        for delegate in self.__dana_delegates__:
            inner = object.__getattribute__(self, delegate)
            if inner is not None and hasattr(inner, name):
                return getattr(inner, name)
    error = AttributeError(f"{type(self).__name__} has no field or method '{name}'")
    error.name, error.obj = name, self
    raise error


def _copied(self: Any) -> Any:
    new = object.__new__(type(self))
    for name in self.__slots__:
        object.__setattr__(new, name, getattr(self, name))
    return new


def _deeply_copied(self: Any, memo: dict[int, Any]) -> Any:
    import copy

    new = object.__new__(type(self))
    memo[id(self)] = new
    for name in self.__slots__:
        object.__setattr__(new, name, copy.deepcopy(getattr(self, name), memo))
    return new


def _reduced(self: Any) -> Any:
    return type(self), tuple(getattr(self, name) for name in self.__slots__)


def missing_field(instance: object, name: str) -> Any:
    """Give a field of a built-in kind of struct its value when no argument was given."""
    raise DanaTypeError(f"{type(instance).__name__} needs a value for field '{name}'")


def as_dict(value: Any) -> dict[str, Any]:
    """Return the fields of a struct by name, not copied."""
    if not hasattr(type(value), "__dana_fields__"):
        raise DanaAttributeError(f"{value!r} is not a struct")
    return {name: getattr(value, name) for name in value.__slots__}


class Default:
    """The default of a parameter that can change: each call gets its own copy."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def fresh(self) -> Any:
        """Return the value for one call."""
        return fresh(self.value)

    def __repr__(self) -> str:
        return repr(self.value)


def default(value: Any) -> Any:
    """Return what stands for a default in a signature: the value itself where it cannot change."""
    return Default(value) if fresh(value) is not value else value


def own_defaults(function: Any) -> Any:
    """Return a lambda whose defaults that can change are copied for each call."""
    defaults, words = function.__defaults__ or (), function.__kwdefaults__ or {}
    if all(fresh(value) is value for value in (*defaults, *words.values())):
        return function
    from functools import wraps

    kind = type(function)

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        own = kind(
            function.__code__,
            function.__globals__,
            function.__name__,
            tuple(map(fresh, defaults)),
            function.__closure__,
        )
        own.__kwdefaults__ = {name: fresh(value) for name, value in words.items()}
        return own(*args, **kwargs)

    return called


def fresh(value: Any) -> Any:
    """Return a default for one call: containers and structs are copied with what is in them."""
    if isinstance(value, (list, dict, set)) or hasattr(type(value), "__dana_fields__"):
        import copy

        return copy.deepcopy(value)
    return value
