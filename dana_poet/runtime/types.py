"""Types as Dana prints and compares them, generic and union types, interfaces."""

from __future__ import annotations

import types
from typing import Any

from dana_poet.errors import DanaTypeError
from dana_poet.runtime.members import receiver, receivers_of


def type_text(value: object) -> str:
    """Return the name that Dana gives to the type of a value: `int`, `Struct[P]`, `Agent[N]`."""
    kind = type(value)
    text = getattr(kind, "__dana_type_text__", None)
    if text is not None:
        return str(text)
    text = getattr(value, "__dana_type_text__", None)
    if isinstance(text, str):
        return text
    if value is None:
        return "None"
    if kind in {types.FunctionType, types.BuiltinFunctionType, types.MethodType}:
        return "function"
    return str(getattr(getattr(value, "__class__", kind), "__name__", kind.__name__))


class DanaType:
    """What `type(x)` gives: prints as Dana's name of the type, equals that name, the type itself and its short name."""

    __slots__ = ("__name__", "kind", "text")

    def __init__(self, value: object) -> None:
        self.kind = getattr(value, "__class__", type(value))
        self.text = type_text(value)
        self.__name__ = getattr(self.kind, "__name__", self.text)

    def __repr__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        if isinstance(other, DanaType):
            return self.kind is other.kind and self.text == other.text
        if isinstance(other, str):
            return other in (self.text, self.short)
        if isinstance(other, type):
            return self.kind is other or (getattr(other, "__dana_stands_for__", None) is self.kind)
        return getattr(other, "__name__", None) == self.short

    @property
    def short(self) -> str:
        """The name without its family: `P` of `Struct[P]`."""
        return self.text.partition("[")[2].removesuffix("]") or self.text

    @property
    def name(self) -> str:
        """The short name."""
        return self.short

    @property
    def is_constructor(self) -> bool:
        """Whether the value is itself a type that makes instances."""
        return issubclass(self.kind, type)

    @property
    def is_instance(self) -> bool:
        """Whether the value is no type."""
        return not self.is_constructor

    @property
    def instance_type(self) -> str:
        """The family of the type: `Struct` of `Struct[P]`, else the name."""
        return self.text.partition("[")[0]

    @property
    def underlying_type_name(self) -> str:
        """The short name, as older programs ask for it."""
        return self.short

    def __hash__(self) -> int:
        return hash(self.kind)

    def __instancecheck__(self, value: object) -> bool:
        """Whether `value` is of this type."""
        return type_text(value) == self.text

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make a value of this type."""
        return self.kind(*args, **kwargs)


class _BoolMeta(type):
    __dana_stands_for__ = bool

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, bool)

    def __call__(cls, value: object = False) -> bool:
        from dana_poet.runtime.truth import truth

        return truth(value)

    def __eq__(cls, other: object) -> bool:
        return other is cls or other is bool

    def __hash__(cls) -> int:
        return hash(bool)

    def __repr__(cls) -> str:
        return "<class 'bool'>"

    def __or__(cls, other: Any) -> Any:
        return bool | other

    def __ror__(cls, other: Any) -> Any:
        return other | bool


class DanaBool(metaclass=_BoolMeta):
    """Dana's `bool`: a type for `isinstance`, and a function that judges text by what it says."""


DanaBool.__name__ = "bool"


def generic(origin: Any, *arguments: Any) -> Any:
    """Return `origin[arguments]` where that can be, else `origin`."""
    if origin is Any:
        return Any
    try:
        return origin[arguments if len(arguments) > 1 else arguments[0]]
    except TypeError:
        return origin


def union(*members: Any) -> Any:
    """Return `A | B`; a union with any type is any type."""
    if any(member is Any for member in members):
        return Any
    whole = members[0]
    for member in members[1:]:
        try:
            whole = whole | member
        except TypeError:
            return Any
    return whole


class Interface:
    """Methods that a value must have, with their numbers of parameters; embedded interfaces count too."""

    def __init__(self, name: str, methods: tuple[tuple[str, int], ...], embedded: tuple[Interface, ...] = ()) -> None:
        self.__name__ = name
        own = {method: count for part in embedded for method, count in part.methods.items()}
        self.methods: dict[str, int] = own | dict(methods)
        self.receivers = receivers_of(1)

    def missing(self, value: object) -> list[str]:
        """Return the names of the methods that `value` lacks, in order."""
        return [
            name for name in self.methods
            if not callable(getattr(value, name, None)) and receiver(value, name, self.receivers) is None
        ]  # fmt: skip

    def __instancecheck__(self, value: object) -> bool:
        return not self.missing(value)

    def __or__(self, other: object) -> object:
        return Any

    __ror__ = __or__

    def __repr__(self) -> str:
        return f"interface {self.__name__}"


def must_be(value: Any, shown: str, *targets: Any) -> None:
    """Check a value against the structs, agents or interfaces of an annotation; None fits any."""
    if value is None or any(_passes(value, target) for target in targets):
        return
    from dana_poet.runtime.operators import described

    names = " | ".join(str(getattr(target, "__name__", target)) for target in targets)
    if len(targets) > 1 or not isinstance(targets[0], Interface):
        raise DanaTypeError(f"{shown} {names}, got {described(value)}")
    missing = targets[0].missing(value)
    methods = ", ".join(f"'{method}'" for method in missing)
    raise DanaTypeError(
        f"{shown} {names}, but {type_text(value)} has no method {methods}",
        hint=f"write: def (x: {type_text(value).partition('[')[2].removesuffix(']') or 'T'}) {missing[0]}(...)",
    )


def _passes(value: Any, target: Any) -> bool:
    """Whether a value fits a type; what is no type of Dana's own is not checked."""
    if isinstance(target, Interface):
        return not target.missing(value)
    is_ours = hasattr(target, "__dana_fields__") or hasattr(target, "__dana_type_text__")
    return not is_ours or isinstance(value, target)
