"""`dataclasses` for programs: text is generated from checked names only, and only for the program's own classes."""

from __future__ import annotations

import copy
import dataclasses
import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dana_sandbox.facades.facade import Facade, module_name
from dana_sandbox.names import INTERPRETER_ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType

    from dana_sandbox.facades.state import State

_FIELDS = "__dataclass_fields__"


def dataclass_exports(state: State) -> Mapping[str, object]:
    """Return the exports of `dataclasses` that write classes or read attributes by name."""

    def dataclass(cls: Any = None, /, **options: Any) -> Any:
        """Add the methods that follow from a class's annotations."""
        if cls is None:
            return lambda decorated: dataclass(decorated, **options)
        if reason := why_not(cls, state):
            state.refuse("name", reason)
        made: Any
        with _findable(cls, state):
            made = dataclasses.dataclass(**options)(cls)
        state.own.add(made)  # `slots=True` makes a second class
        _replace_readers(made)
        if type(made) is not type and any(name.startswith("_") for name in getattr(made, "__match_args__", ())):
            type.__setattr__(made, "__match_args__", ())  # an abstract class may take other objects for its instances
        return made

    return {"asdict": asdict, "astuple": astuple, "dataclass": dataclass, "fields": fields, "replace": replace}


def _annotations(cls: type) -> dict[str, Any]:
    """Return what `dataclasses` itself reads: the annotations of the class statement, not of its bases."""
    found: dict[str, Any] = vars(cls).get("__annotations__", {})
    return found


def why_not(cls: type, state: State) -> str:
    """Return why `cls` cannot become a dataclass here; empty when it can.

    Names of fields go into generated text, and into `__match_args__`: a class pattern reads them from whatever
    `isinstance` takes for an instance, which for a protocol is any object at all.
    """
    if not state.is_own_class(cls):
        return "dataclass changes only classes of this program"
    if getattr(cls, "_is_protocol", False):
        return f"the protocol {cls.__name__} cannot be a dataclass here"
    for name in _annotations(cls):
        dunder = name.startswith("__") and name.endswith("__")
        if type(name) is not str or not name.isidentifier() or dunder or name in INTERPRETER_ATTRIBUTES:
            return f"{name!r} cannot be a field here"
    for base in cls.__mro__:
        for name, value in base.__dict__.items():
            if isinstance(value, dataclasses.Field) and type(value) is not dataclasses.Field:
                return f"the field {name!r} must be made by field()"
    return ""


@contextmanager
def _findable(cls: type, state: State) -> Iterator[None]:
    """Let `dataclasses` look up the names in textual annotations (`"ClassVar[int]"`) where it always does."""
    stand_in = ModuleType(cls.__module__)
    if any(isinstance(annotation, str) for annotation in _annotations(cls).values()):
        stand_in.__dict__.update({name: _real(value) for name, value in _program_globals(state).items()})
        stand_in.__dict__.pop("__builtins__", None)
    before = sys.modules.get(cls.__module__)
    sys.modules[cls.__module__] = stand_in
    try:
        yield
    finally:
        if before is None:
            del sys.modules[cls.__module__]
        else:
            sys.modules[cls.__module__] = before


def _program_globals(state: State) -> dict[str, Any]:
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - the program's own frame is on this stack
    while frame is not None and frame.f_builtins is not state.builtins:
        frame = frame.f_back
    return {} if frame is None else frame.f_globals


def _real(value: object) -> object:
    if isinstance(value, Facade) and module_name(value) in {"typing", "dataclasses"}:
        return sys.modules[module_name(value)]
    return value


def _replace_readers(made: type) -> None:
    """Put our own reading methods where the library's would ask the instance what its fields are."""
    mine: dict[str, Callable[..., Any]] = {
        "__replace__": replace,
        "__getstate__": _state_of,
        "__setstate__": _set_state,
    }
    for name, method in mine.items():
        found = made.__dict__.get(name)
        if getattr(found, "__module__", None) == "dataclasses":
            setattr(made, name, method)


def fields(class_or_instance: Any) -> tuple[dataclasses.Field[Any], ...]:
    """Return the fields of a dataclass or of an instance of one."""
    return dataclasses.fields(class_or_instance if isinstance(class_or_instance, type) else type(class_or_instance))


def _state_of(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


def replace(obj: Any, /, **changes: Any) -> Any:
    """Return a new object like `obj`, with some fields changed."""
    if not _is_instance(obj):
        raise TypeError("replace() should be called on dataclass instances")
    for field in getattr(type(obj), _FIELDS).values():
        kind = field._field_type.name  # noqa: SLF001 - how the library tells fields apart
        if kind == "_FIELD_CLASSVAR":
            continue
        if not field.init:
            if field.name in changes:
                raise ValueError(
                    f"field {field.name} is declared with init=False, it cannot be specified with replace()"
                )
        elif field.name not in changes:
            if kind == "_FIELD_INITVAR" and field.default is dataclasses.MISSING:
                raise ValueError(f"InitVar {field.name!r} must be specified with replace()")
            changes[field.name] = getattr(obj, field.name)
    return type(obj)(**changes)


def asdict(obj: Any, *, dict_factory: Callable[[list[tuple[str, Any]]], Any] = dict) -> Any:
    """Return the fields of `obj` as a dictionary, inside containers too."""
    if not _is_instance(obj):
        raise TypeError("asdict() should be called on dataclass instances")
    return _rebuilt(obj, lambda found: dict_factory(list(found)))


def astuple(obj: Any, *, tuple_factory: Callable[[list[Any]], Any] = tuple) -> Any:
    """Return the fields of `obj` as a tuple, inside containers too."""
    if not _is_instance(obj):
        raise TypeError("astuple() should be called on dataclass instances")
    return _rebuilt(obj, lambda found: tuple_factory([value for _, value in found]))


def _is_instance(obj: object) -> bool:
    return not isinstance(obj, type) and hasattr(type(obj), _FIELDS)


def _rebuilt(obj: Any, build: Callable[[list[tuple[str, Any]]], Any]) -> Any:
    kind: Any = type(obj)
    if hasattr(kind, _FIELDS):
        return build([(field.name, _rebuilt(getattr(obj, field.name), build)) for field in fields(obj)])
    if isinstance(obj, tuple) and hasattr(kind, "_fields"):
        return kind(*[_rebuilt(value, build) for value in obj])
    if isinstance(obj, list | tuple):
        return kind([_rebuilt(value, build) for value in obj])
    if isinstance(obj, dict):
        pairs = [(_rebuilt(key, build), _rebuilt(value, build)) for key, value in obj.items()]
        factory = (getattr(obj, "default_factory"),) if hasattr(kind, "default_factory") else ()  # noqa: B009 - no dict has one
        return kind(*factory, pairs)
    return copy.deepcopy(obj)
