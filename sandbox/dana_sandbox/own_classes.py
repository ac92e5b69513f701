"""Which classes a program may make, and what makes a class its own.

An instance of an own class shows its private attributes, and Python itself reads some attributes by names that an
own class lists: fields of a dataclass, `__match_args__` of a pattern. So no own class may stand for a foreign object.
"""

import sys
from types import GenericAlias, resolve_bases
from typing import Any, NoReturn, TypeGuard

from dana_sandbox.names import ARRAY_DOORS, FORMAT_ATTRIBUTES, GUARDED_ATTRIBUTES, INTERPRETER_ATTRIBUTES

# Names that no guard lets through on the objects of the library that have them.
_DOORS = ARRAY_DOORS | FORMAT_ATTRIBUTES | GUARDED_ATTRIBUTES
_ALONE = frozenset({"NamedTuple", "TypedDict", "Protocol"})
_NEVER_IN_PATTERNS = _DOORS | INTERPRETER_ATTRIBUTES
# Instances of these show the attributes of another object.
PROXIES = frozenset({super, GenericAlias})


def is_class(value: object) -> TypeGuard[type]:
    """Whether `value` is a class, whatever it says of itself."""
    return issubclass(type(value), type)


def is_metaclass(value: object) -> bool:
    """Whether `value` makes classes.

    >>> is_metaclass(type), is_metaclass(int)
    (True, False)
    """
    return is_class(value) and type in value.__mro__


def names_bases(base: object) -> bool:
    """Whether `base` stands for classes in a class statement in the library's own way: a class, `list[int]`, NamedTuple.

    Any other object would be asked for its bases once by us and once by Python, and could answer twice.
    """
    if is_class(base) or GenericAlias in type(base).__mro__:
        return True
    typing = vars(sys.modules.get("typing", sys))
    return typing.get(type(base).__name__) is type(base) or any(typing.get(name) is base for name in _ALONE)


def shows_others(cls: type, own: set[type]) -> bool:
    """Whether instances of `cls` answer for another object, as one that the program did not write does.

    >>> shows_others(super, set()), shows_others(dict, set())
    (True, False)
    """
    return any(base in PROXIES or ("__getattr__" in vars(base) and base not in own) for base in cls.__mro__)


def is_trusted(cls: type) -> bool:
    """Whether the library believes what instances of `cls` say of themselves.

    It writes Python text from the name of a dataclass's field, and reads what attribute an enum's property names.
    """
    dataclasses, enum = sys.modules.get("dataclasses"), sys.modules.get("enum")
    return cls is getattr(dataclasses, "Field", None) or cls is getattr(enum, "property", None)


def listed_door(order: set[type], *, numpy: bool) -> str:
    """Return a name that no pattern may read, and that one of these bases lists where another has a metaclass.

    Such a class can take any object for its instance (an abstract one), or read a member's value for it (an enum).
    """
    if all(type(base) is type for base in order):
        return ""
    never = _NEVER_IN_PATTERNS if numpy else _NEVER_IN_PATTERNS - ARRAY_DOORS
    return next((name for base in order for name in vars(base).get("__match_args__", ()) if name in never), "")


def _annotated(cls: type, foreign: frozenset[type]) -> set[str]:
    """Return the names that the own classes among the bases of `cls` annotate; a dataclass makes fields of them."""
    return {name for base in cls.__mro__ if base not in foreign for name in vars(base).get("__annotations__", ())}


def tame(cls: type, own: set[type]) -> str:
    """Return why a new class of the program must not be; empty when it may. What can be mended is mended.

    `dataclass` writes methods that read every field of an object, so no field may be a door of a foreign base. An
    abstract base class can `register` any class, and `case Mine(x)` then reads what `__match_args__` lists on its
    instances: there, positional patterns are taken away unless all names are plain.
    """
    foreign = frozenset(base for base in cls.__mro__ if base not in own and base is not cls)
    fields = _annotated(cls, foreign)
    for name in fields & _DOORS:
        if any(name in vars(base) for base in foreign):
            return f"a field may not be named {name} in a class with this base"
    if type(cls) is not type and "__match_args__" not in vars(cls):
        listed = getattr(cls, "__match_args__", ())
        if any(name[:1] == "_" or name in _NEVER_IN_PATTERNS for name in {*fields, *listed}):
            type.__setattr__(cls, "__match_args__", ())
    return ""


class _WithoutAddress:
    """First base of own classes where numpy is: it believes any object that names an address in memory."""

    __slots__ = ()

    @property
    def __array_interface__(self) -> NoReturn:
        raise AttributeError("__array_interface__")

    @property
    def __array_struct__(self) -> NoReturn:
        raise AttributeError("__array_struct__")


def without_address(bases: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return `bases` with one more, so that no instance can name an address in its own dictionary.

    Named tuples, typed dicts and protocols take no other base, and their instances have no such dictionary.
    """
    found = resolve_bases(bases)
    if any(not is_class(base) or _WithoutAddress in base.__mro__ for base in found):
        return bases
    alone = any(kind.__module__ == "typing" and kind.__name__ in _ALONE for kind in found)
    return bases if alone else (_WithoutAddress, *bases)
