"""In the worker: what compiled Dana programs call before they reach for an attribute that not everything may show.

Dana itself refuses names of the interpreter; these guards keep a program's underscores to its own structs, agents,
resources and modules, and keep what is not the program's from being changed.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

from dana_poet.errors import PolicyError
from dana_poet.runtime import members
from dana_poet.runtime.agent_state_view import StateView
from dana_poet.runtime.promise import force
from dana_poet.runtime.tracebacks import is_dana
from dana_poet.runtime.types import type_text
from dana_sandbox import names, safe_format

if TYPE_CHECKING:
    from collections.abc import Callable

READABLE = names.READABLE_DUNDERS | names.LIBRARY_PRIVATE


def own(value: Any, name: str) -> Any:
    """Return `value` where the program may reach for `value._name`. PolicyError where that is not its own."""
    value = force(value)
    if name in READABLE or (_is_own(value) and not _is_ours(value, name)) or not _has(value, name):
        return value
    raise _private(value, name)


def door(value: Any, name: str) -> Any:
    """Return `value` where `value.obj` is a field of the program's own. PolicyError where it leads inside."""
    return own(value, name)


def settable(value: Any, name: str) -> Any:
    """Return `value` where the program may assign or delete `value.name`. PolicyError where it is not its own."""
    value = force(value)
    foreign = isinstance(value, (type, *FIXED)) and not _is_own(value)
    if foreign or (name[:1] == "_" and not _is_own(value)):
        raise PolicyError(f"'{name}' of {_shown(value)} cannot be changed in the sandbox")
    return value


FIXED = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType)


def _is_own(value: Any) -> bool:
    """Whether a value, or its type, was written in Dana: a struct, an agent, a resource, a module, a function."""
    kind = value if isinstance(value, type) else type(value)
    if "__dana_fields__" in _dir_of(kind) or kind is StateView:
        return True
    if "__dana_table__" in _dir_of(kind):
        return bool(kind.__module__ == "dana")
    if isinstance(value, types.ModuleType):
        return "_dana_here" in vars(value)
    return isinstance(value, types.FunctionType) and is_dana(value.__code__.co_filename)


def _is_ours(value: Any, name: str) -> bool:
    """Whether the name is a method that the runtime gave to every agent or resource, and Dana text did not write."""
    kind = value if isinstance(value, type) else type(value)
    found = next((_names_of(base)[name] for base in _bases_of(kind) if name in _names_of(base)), None)
    return isinstance(found, types.FunctionType) and not is_dana(found.__code__.co_filename)


def _bases_of(kind: type) -> tuple[type, ...]:
    """Return a class and its bases, without asking the class itself."""
    found: tuple[type, ...] = type.__dict__["__mro__"].__get__(kind)
    return found


def _names_of(kind: type) -> Any:
    """Return what a class itself defines, without asking the class."""
    return type.__dict__["__dict__"].__get__(kind)


def _dir_of(kind: type) -> set[str]:
    """Return the names that a class and its bases define, without asking the class itself."""
    return {name for base in _bases_of(kind) for name in _names_of(base)}


def _has(value: Any, name: str) -> bool:
    try:
        getattr(value, name)
    except Exception:  # noqa: BLE001 - the access that follows fails in the same way
        return False
    return True


def _private(value: Any, name: str) -> PolicyError:
    return PolicyError(
        f"'{name}' of {_shown(value)} is out of reach in the sandbox", hint="use the public fields and methods"
    )


def _shown(value: Any) -> str:
    if isinstance(value, types.ModuleType):
        return f"module {value.__name__}"
    return value.__name__ if isinstance(value, type) else type_text(value)


def read(value: Any, name: str, *default: Any) -> Any:
    """Return `getattr(value, name)` as the guards allow it."""
    if name[:2] == name[-2:] == "__":
        return getattr(value, name, *default)  # Dana text cannot say such a name: it is the runtime that asks
    if name[:1] == "_" or name in names.GUARDED_ATTRIBUTES or name in names.INTERPRETER_ATTRIBUTES:
        value = own(value, name)
    if name in names.FORMAT_ATTRIBUTES:
        return template(value, name)
    return getattr(value, name, *default)


def write(value: Any, name: str, new: object) -> None:
    """Do `setattr(value, name, new)` as the guards allow it."""
    setattr(settable(value, name), name, new)


def delete(value: Any, name: str) -> None:
    """Do `delattr(value, name)` as the guards allow it."""
    delattr(settable(value, name), name)


def template(value: Any, name: str) -> Any:
    """Return what `value.format` or `value.format_map` means: format strings reach what the program itself may reach."""
    value = force(value)
    if isinstance(value, str):
        return _filling(str(value), name)
    if isinstance(value, type) and issubclass(value, str):
        return lambda text, *args, **named: _filling(str(text), name)(*args, **named)
    return getattr(value, name)


def _filling(text: str, name: str) -> Callable[..., str]:
    if name == "format_map":
        return lambda mapping: safe_format.format_map_with(_field, text, mapping)
    return lambda *args, **named: safe_format.format_with(_field, text, *args, **named)


def _field(value: Any, name: str) -> Any:
    """Return the attribute that a format string names; an underscore in one is never meant well."""
    if name[:1] == "_" or name in names.INTERPRETER_ATTRIBUTES:
        raise PolicyError(f"format field '{name}' is out of reach in Dana")
    return read(value, name)


def _refused(_value: Any, name: str) -> Any:
    raise PolicyError(f"'{name}' is out of reach in Dana")


GUARDS: dict[str, Any] = {
    names.OWN: own, names.SET: settable, names.DOOR: door, names.FORMAT: template, names.METHOD: _refused,
    names.READ: _refused, names.KIND: type, "_dana_formatter": read,
}  # fmt: skip


def install() -> None:
    """Let what the runtime looks up by name on behalf of a program pass the guards too. For this process alone."""
    for name, guarded in (("getattr", read), ("setattr", write), ("delattr", delete)):
        setattr(members, name, guarded)
