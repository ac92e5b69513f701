"""The `dataclass` decorator of the node classes: the same classes as the standard one makes, but ready at once.

`dataclasses.dataclass(frozen=True, slots=True)` compiles six methods for every class when it is imported: 40 ms for all
nodes, before the first line of a program is read. Here a class compiles its `__init__` when its first object is made,
and takes the other methods from plain functions. `dataclasses.fields`, `replace` and `is_dataclass` work as ever, and
type checkers see the standard decorator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULTS: dict[type, dict[str, Any]] = {}
"""For each class the defaults of its own fields."""


class Fields:
    """Makes `__dataclass_fields__` when somebody asks for it: the parser never does."""

    def __get__(self, _node: object, owner: type) -> dict[str, Any]:
        """Return what the standard decorator would have made, and keep it."""
        import dataclasses  # noqa: PLC0415, RUF100 - imports `inspect`

        body = {"__annotations__": annotations_of(owner), **defaults_of(owner), "__module__": owner.__module__}
        standard: Any = dataclasses.dataclass(init=False, repr=False, eq=False)(type(owner.__name__, (), body))
        fields: dict[str, Any] = standard.__dataclass_fields__
        owner.__dataclass_fields__ = fields  # type: ignore[attr-defined]
        return fields


def annotations_of(owner: type) -> dict[str, Any]:
    """Return the annotations of all fields, those of base classes first."""
    found: dict[str, Any] = {}
    for kind in reversed(owner.__mro__):
        found.update(vars(kind).get("__annotations__", {}) if kind in DEFAULTS else {})
    return found


def defaults_of(owner: type) -> dict[str, Any]:
    """Return the defaults of all fields."""
    found: dict[str, Any] = {}
    for kind in reversed(owner.__mro__):
        found.update(DEFAULTS.get(kind, {}))
    return found


def first_init(self: Any, *values: Any, **named: Any) -> None:
    """Make the real `__init__` of the class, and call it."""
    kind = type(self)
    kind.__init__ = init_of(kind)
    kind.__init__(self, *values, **named)


def init_of(kind: Any) -> Callable[..., None]:
    """Compile `__init__` for the fields of `kind`; it writes the slots directly, past `__setattr__`."""
    defaults = defaults_of(kind)
    names = kind.__match_args__
    parameters = ", ".join(f"{name}=default_{name}" if name in defaults else name for name in names)
    body = "".join(f"\n    set_{name}(self, {name})" for name in names)
    scope: dict[str, Any] = {f"set_{name}": getattr(kind, name).__set__ for name in names}
    scope.update({f"default_{name}": value for name, value in defaults.items()})
    exec(f"def __init__(self, {parameters}):{body}", scope)  # noqa: S102 - the names are those of our own fields
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__ = f"{kind.__qualname__}.__init__"
    return made


def values_of(self: Any) -> tuple[Any, ...]:
    """Return the values of all fields in order."""
    return tuple([getattr(self, name) for name in self.__match_args__])


def equal(self: Any, other: object) -> bool:
    """Compare field by field with a node of the same class."""
    if other.__class__ is not self.__class__:
        return NotImplemented  # type: ignore[no-any-return]
    return bool(values_of(self) == values_of(other))


def hashed(self: Any) -> int:
    """Return a hash of all fields."""
    return hash(values_of(self))


def shown(self: Any) -> str:
    """Return the node as the call that makes it."""
    parts = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__qualname__}({parts})"


def reduced(self: Any) -> tuple[Any, ...]:
    """Let copies and pickles make the node anew."""
    return type(self), values_of(self)


def refuse(self: Any, name: str, *_value: Any) -> None:
    """Nodes never change."""
    from dataclasses import FrozenInstanceError  # noqa: PLC0415, RUF100 - imports `inspect`

    raise FrozenInstanceError(f"cannot change field {name!r} of {type(self).__name__}")


METHODS: dict[str, Any] = {
    "__init__": first_init, "__eq__": equal, "__hash__": hashed, "__repr__": shown, "__reduce__": reduced,
    "__setattr__": refuse, "__delattr__": refuse,
}  # fmt: skip


def dataclass(*, frozen: bool, slots: bool) -> Callable[[type], type]:
    """Return a decorator for frozen classes with slots; the arguments are those of the standard one."""
    if not (frozen and slots):
        raise TypeError("nodes are frozen and have slots")
    return node_class


def node_class(plain: type) -> type:
    """Return `plain` with a slot for each of its fields, and the methods of a frozen dataclass."""
    own = tuple(vars(plain).get("__annotations__", {}))
    inherited: tuple[str, ...] = getattr(plain, "__match_args__", ())
    body = {name: value for name, value in plain.__dict__.items() if name not in (*own, "__dict__", "__weakref__")}
    defaults = {name: plain.__dict__[name] for name in own if name in plain.__dict__}
    body |= {"__slots__": own, "__match_args__": inherited + own, "__dataclass_fields__": Fields(), **METHODS}
    made = type(plain.__name__, plain.__bases__, body)
    made.__qualname__ = plain.__qualname__
    DEFAULTS[made] = defaults
    return made
