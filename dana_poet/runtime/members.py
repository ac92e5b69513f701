"""Fields and methods of values whose type the transpiler did not know: keys of dicts, receiver functions, `xs.len()`."""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaAttributeError, DanaTypeError, PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable

if TYPE_CHECKING:
    Receivers = dict[type, dict[str, Callable[..., Any]]]

RECEIVERS = "_dana_receivers"
"""The name in a program's built-ins of its receiver functions on types that are not ours to change.

Each program has its own: what one writes for `str` is no method of text in another.
"""
NO_RECEIVERS: Receivers = {}


def receivers_of(depth: int) -> Receivers:
    """Return the receivers of the program whose code stands `depth` frames above the caller."""
    found: Receivers = sys._getframe(depth + 1).f_builtins.get(RECEIVERS, NO_RECEIVERS)  # noqa: SLF001
    return found


def member(value: Any, name: str) -> Any:
    """Return `value.name`; of a dict the key of that name."""
    if isinstance(value, dict):
        if name in value:
            return value[name]
        if not hasattr(value, name):
            raise missing_member(value, name)
        return getattr(value, name)
    try:
        return getattr(value, name)
    except AttributeError as error:
        if error.obj is value and error.name == name and not isinstance(error, DanaAttributeError):
            found = receiver(value, name, receivers_of(1))
            if found is not None:
                return found
            if name == "_type":  # older programs ask a value for its type this way
                from dana_poet.runtime.types import DanaType

                return DanaType(value)
            raise missing_member(value, name) from None
        raise


def set_member(value: Any, name: str, new: object) -> None:
    """Set `value.name`; of a dict the key of that name."""
    if isinstance(value, dict):
        value[name] = new
    else:
        setattr(value, name, new)


def set_scoped(table: Any, new: object, *path: str) -> None:
    """Set `private:a.b.c`; what is not there on the way becomes a dict."""
    owner = table
    for name in path[:-1]:
        inner = owner[name] if owner is table else member(owner, name) if has_attribute(owner, name) else None
        if inner is None:
            inner = {}
            set_member(owner, name, inner)
        owner = inner
    set_member(owner, path[-1], new)


def delete_member(value: Any, name: str) -> None:
    """Delete `value.name`; of a dict the key of that name."""
    if isinstance(value, dict):
        if name not in value:
            raise missing_member(value, name)
        del value[name]
    else:
        delattr(value, name)


def missing_member(value: object, name: str) -> DanaAttributeError:
    """Return the error for a field that is not there, with the nearest one that is."""
    import difflib
    from types import ModuleType

    from dana_poet.runtime.types import type_text

    if value is None:
        hint = "the value is none here: test it with 'is not none' before"
        return DanaAttributeError(f"None has no field or method '{name}'", hint=hint)
    if isinstance(value, dict):
        known = own = [key for key in value if isinstance(key, str)]
        what = f"the dict has no key '{name}'"
    elif isinstance(value, ModuleType):
        known = own = [other for other in vars(value) if not other.startswith("_")]
        what = f"module {value.__name__} has no name '{name}'"
    else:
        known = [other for other in dir(value) if not other.startswith("_")]
        own = _own_fields(value, known) if type(value).__module__ != "builtins" else []
        what = f"{type_text(value)} has no field or method '{name}'"
    near = difflib.get_close_matches(name, known, 1)
    if near:
        hint = f"did you mean '{near[0]}'?"
    else:
        hint = f"it has {', '.join(map(str, own[:8]))}" if own and len(own) <= 30 else ""
    return DanaAttributeError(what, hint=hint)


def _own_fields(value: object, known: list[str]) -> list[str]:
    """Return what the author of a value's type gave it, where that is less than all it has."""
    agents = sys.modules.get("dana_poet.runtime.agent_methods")
    if agents is not None and isinstance(value, agents.BuiltInMethods):
        built_in = frozenset(dir(agents.BuiltInMethods))
        known = [name for name in known if name not in built_in and name not in {"name", "description", "state", "id"}]
    return sorted(known, key=lambda name: callable(getattr(type(value), name, None)))


def receiver(value: object, name: str, receivers: Receivers) -> Callable[..., Any] | None:
    """Return the receiver function of that name for the value's type, bound to it."""
    if not receivers:
        return None
    for kind in value.__class__.__mro__:
        function = receivers.get(kind, {}).get(name)
        if function is not None:
            from functools import partial

            return partial(function, value)
    return None


def method(value: Any, name: str, near: Callable[[], Any] | None = None, *, depth: int = 1) -> Any:
    """Return what `value.name(...)` calls: a receiver function, a member, or a function with the value first.

    `near` gives what the name means in the function that asks; the module that asks stands `depth` frames above.
    """
    if isinstance(value, dict) and name in value and not hasattr(value, name):
        return value[name]
    receivers = receivers_of(depth)
    found = receiver(value, name, receivers) if value.__class__ in receivers else None
    if found is None:
        found = getattr(value, name, None)
    if found is None:
        found = receiver(value, name, receivers)
    if found is not None:
        return found
    function = _in_scope(near) or sys._getframe(depth).f_globals.get(name) or _library_function(name)  # noqa: SLF001
    if callable(function):
        from functools import partial

        return partial(function, value)
    raise missing_member(value, name)


def _in_scope(near: Callable[[], Any] | None) -> Any:
    """Return what a name means in the function that asks, None where it has no value there yet."""
    try:
        return near() if near is not None else None
    except NameError:
        return None


def found_method(
    error: AttributeError, value: Any, name: str, near: Callable[[], Any] | None = None
) -> Callable[..., Any]:
    """Return what a failed look-up of `value.name` means instead; any other error goes on."""
    if error.obj is not value or error.name != name or isinstance(error, DanaAttributeError):
        raise error
    try:
        found: Callable[..., Any] = method(value, name, near, depth=2)
    except DanaAttributeError as better:
        raise better from None
    return found


def _library_function(name: str) -> Callable[..., Any] | None:
    """Return a built-in or library function by its name."""
    from dana_poet.runtime.builtins import find_builtin

    found = find_builtin(name)
    return found if callable(found) else None


def formatter(value: Any, name: str) -> Callable[..., Any]:
    """Return `value.format` or `value.format_map`; format strings of text reach public fields alone."""
    if not isinstance(value, str):
        found: Callable[..., Any] = method(value, name, depth=2)
        return found
    import string

    class Formatter(string.Formatter):
        def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
            if "_" in field_name and any(part.startswith("_") for part in field_name.replace("[", ".").split(".")[1:]):
                raise PolicyError(f"format field '{field_name}' is out of reach in Dana")
            return super().get_field(field_name, args, kwargs)

    if name == "format_map":
        return lambda mapping: Formatter().vformat(value, (), mapping)
    return lambda *args, **kwargs: Formatter().vformat(value, args, kwargs)


def receive(name: str, function: Callable[..., Any], *types: Any) -> None:
    """Make `function` a method of `types`."""
    receivers: Receivers = sys._getframe(1).f_builtins.setdefault(RECEIVERS, {})  # noqa: SLF001
    for kind in types:
        _receive(name, function, getattr(kind, "__origin__", kind), receivers)


def receive_of_agent(name: str, function: Callable[..., Any], kind: Callable[[], Any]) -> None:
    """Let `def plan(a: N, ...)` replace the built-in method of agent N; a function on any other type is just that."""
    found = _in_scope(kind)
    agents = sys.modules.get("dana_poet.runtime.agents")
    if agents is not None and isinstance(found, (agents.AgentType, agents.Agent)):
        receivers: Receivers = sys._getframe(1).f_builtins.setdefault(RECEIVERS, {})  # noqa: SLF001
        _receive(name, function, found, receivers)


def _receive(name: str, function: Callable[..., Any], kind: Any, receivers: Receivers) -> None:
    around = getattr(getattr(kind, "__dana_options__", None), "around", None)
    if around is not None:  # a @poet on the type is for its methods, too
        function = around(function, kind.__name__ if isinstance(kind, type) else type(kind).__name__)
    if hasattr(kind, "__dana_table__"):
        _add_to_living(kind, name, function)
    elif isinstance(kind, type) and hasattr(kind, "__dana_fields__") and name not in getattr(kind, "__slots__", ()):
        setattr(kind, name, function)
    elif kind is Any or kind is object:
        receivers.setdefault(object, {})[name] = function
    elif isinstance(kind, type):
        receivers.setdefault(kind, {})[name] = function
    else:
        raise DanaTypeError(f"'{name}' cannot be a method of {kind!r}", hint="name a struct, an agent or a basic type")


def _add_to_living(kind: Any, name: str, function: Callable[..., Any]) -> None:
    """Add a method to an agent or resource type."""
    from dana_poet.runtime.resources import base

    if isinstance(kind, type) and issubclass(kind, base.Resource):
        base.add_method(kind, name, function)
        return
    from dana_poet.runtime.agents import add_method

    add_method(kind, name, function)


def has_attribute(value: object, name: str) -> bool:
    """Whether `value.name` can be read; names that reach into the interpreter never can."""
    if name.startswith("__"):
        return False
    return builtins.hasattr(value, name) or (isinstance(value, dict) and name in value)
