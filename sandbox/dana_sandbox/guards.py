"""Guards that a compiled program calls, and the names it runs with.

`namespace` makes the globals of one run. The guards lie in its `__builtins__` under names that no source can spell.
They ask `type(...)` and never the objects themselves, so that no object can lie to them.
"""

import sys
from abc import ABCMeta
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

from dana_sandbox import names
from dana_sandbox.copies import copied_dunder
from dana_sandbox.facades.stand_ins import stand_in
from dana_sandbox.name_rules import is_sunder
from dana_sandbox.own_classes import PROXIES, is_class
from dana_sandbox.rules import may_import
from dana_sandbox.run_builtins import run_builtins, text_of
from dana_sandbox.run_state import Flood, Output, Refused, RunState
from dana_sandbox.safe_builtins import SAFE_BUILTINS, TypeLookalike
from dana_sandbox.safe_format import format_map_with, format_with, is_plain

__all__ = ["Flood", "Guards", "Output", "Refused", "RunState", "as_module", "namespace"]

_PRIVATE_HINT = "names with a leading underscore are for the program's own classes only"
_CLASS_HINT = "write type(x)"
_OWN_HINT = "it can be read of what the program itself defines"

# Classes of the library whose instances belong to whoever made them: their attributes are meant to be set.
_SETTABLE = frozenset(
    {
        ("types", "SimpleNamespace"),
        ("decimal", "Context"),
        ("textwrap", "TextWrapper"),
        ("difflib", "SequenceMatcher"),
        ("json.encoder", "JSONEncoder"),
        ("json.decoder", "JSONDecoder"),
        ("csv", "DictReader"),
        ("csv", "DictWriter"),
        ("calendar", "Calendar"),
        ("functools", "partial"),
        ("logging", "Logger"),
    }
)
# Nothing can be stored on these; Python's own AttributeError is the better answer.
_CLOSED = frozenset({int, float, complex, bool, str, bytes, bytearray, type(None), list, dict, set, frozenset, range})
# How many arguments a bound naming method takes; the first of them is the name.
_ARITY = {"__setattr__": 2, "__delattr__": 1, "__getattr__": 1}
# Dunders that may be read; guards look at the objects of some.
_READABLE = (names.READABLE_DUNDERS, names.DUNDER_METHODS, names.OWN_DUNDERS, names.ERROR_DUNDERS)
_IS_SUPER_OF = super.__dict__["__self__"].__get__


class Guards:
    """The guards of one run."""

    def __init__(self, state: RunState) -> None:
        self.state = state
        self.with_arrays = "numpy" in state.modules
        self.doors = names.GUARDED_ATTRIBUTES | names.ARRAY_DOORS if self.with_arrays else names.GUARDED_ATTRIBUTES
        self.special = self.doors | names.FORMAT_ATTRIBUTES | names.INTERPRETER_ATTRIBUTES
        self.builtins = run_builtins(self)
        self.text_methods = _text_methods(self.builtins["getattr"])

    def own(self, obj: Any, name: str) -> Any:
        """Return `obj` when the program may read its private `name`."""
        kind = type(obj)
        state = self.state
        if state.is_own_class(kind):
            return obj
        if name in names.OWN_DUNDERS:
            # type(e) says the same as e.__class__; other objects have type(x), which never gives a metaclass.
            if (name == "__class__" and BaseException in kind.__mro__) or SimpleNamespace in kind.__mro__:
                return obj
            hint = _CLASS_HINT if name == "__class__" else _PRIVATE_HINT
            state.refuse("attribute", f".{name} of {_described(obj)} is not available here", hint)
        if self._has_private(obj, kind, name):
            return obj
        state.refuse("attribute", f".{name} of {_described(obj)} is private", _PRIVATE_HINT)
        return None

    def _has_private(self, obj: Any, kind: type, name: str) -> bool:
        state = self.state
        if state.is_own_class(obj) or state.is_own_function(obj):
            return True
        if kind is super:
            seen_from = _IS_SUPER_OF(obj)
            return state.is_own_class(type(seen_from)) or state.is_own_class(seen_from)
        if name in names.LIBRARY_PRIVATE:
            return tuple in (obj.__mro__ if is_class(obj) else kind.__mro__)
        return name in names.ENUM_SUNDERS and _is_enum(kind)

    def read(self, obj: Any, name: str, *default: Any) -> Any:
        """Return a copy of `obj.__annotations__` and its like, where the program made `obj`."""
        state = self.state
        if not (state.is_own_function(obj) or state.is_own_class(obj) or state.is_own_class(type(obj))):
            state.refuse("attribute", f".{name} of {_described(obj)} is not available here", _OWN_HINT)
        return copied_dunder(obj, name, self.state.own, *default)

    def door(self, obj: Any, name: str) -> Any:
        """Return `obj` unless its `name` leads somewhere, as AttributeError.obj does and some names of arrays do."""
        seen = _IS_SUPER_OF(obj) if type(obj) is super else obj
        order = seen.__mro__ if is_class(seen) else type(seen).__mro__
        if name == "register":
            # What joins an own class is only read by plain names; a class of the library is shared by all programs.
            closed = is_class(seen) and issubclass(type(seen), ABCMeta) and not self.state.is_own_class(seen)
        elif name in names.FORMAT_ATTRIBUTES:
            closed = str in order
        elif name in names.GUARDED_ATTRIBUTES:
            closed = AttributeError in order or memoryview in order
        else:
            closed = any(str(kind.__module__).partition(".")[0] == "numpy" for kind in order)
        if closed or not PROXIES.isdisjoint(type(seen).__mro__):
            self.state.refuse("attribute", f".{name} of {_described(obj)} is not available here")
        return obj

    def set(self, obj: Any, name: str) -> Any:
        """Return `obj` when the program may set or delete its `name`."""
        kind = type(obj)
        state = self.state
        if name in self.special and not state.is_own_class(kind):
            state.refuse("attribute", f".{name} cannot be set here")
        if _is_dunder(name):
            self._set_dunder(obj, name)
        if state.is_own_class(kind) or state.is_own_class(obj) or state.is_own_function(obj):
            return obj
        if name[:1] != "_" and (kind in _CLOSED or tuple in kind.__mro__ or self._is_settable(obj, kind)):
            return obj
        state.refuse(
            "attribute", f".{name} of {_described(obj)} cannot be set here", "set attributes of your own objects"
        )
        return None

    def _set_dunder(self, obj: Any, name: str) -> None:
        state = self.state
        if name in names.READABLE_DUNDERS and (state.is_own_function(obj) or state.is_own_class(obj)):
            return
        if (
            name in names.DUNDER_METHODS
            and state.is_own_class(obj)
            and not (self.with_arrays and name == "__getattr__")
        ):
            return
        if name == "__dict__" and state.is_own_class(type(obj)):
            return
        state.refuse("attribute", f".{name} of {_described(obj)} cannot be set here")

    def _is_settable(self, obj: Any, kind: type) -> bool:
        if kind.__name__ == "_lru_cache_wrapper":
            return self.state.is_own_function(getattr(obj, "__wrapped__", None))
        return BaseException in kind.__mro__ or any(
            (base.__module__, base.__qualname__) in _SETTABLE for base in kind.__mro__
        )

    def format(self, obj: Any, name: str, *default: Any) -> Any:
        """Return what `obj.format` or `obj.format_map` means here: of text, formatting with guarded attributes."""
        value = getattr(obj, name, *default)
        if value is getattr(str, name):
            return self.text_methods[name]
        template = getattr(value, "__self__", None) if type(value) is type(len) else None
        if not isinstance(template, str) or value.__name__ not in names.FORMAT_ATTRIBUTES:
            return value
        return value if is_plain(exact := str.__str__(template)) else partial(self.text_methods[value.__name__], exact)

    def method(self, obj: Any, name: str, *default: Any) -> Any:
        """Return `obj.__setattr__` and its like, with a look at the name that it is given."""
        real = getattr(obj, name, *default)
        if name == "__init__":
            return self._initialiser(real)
        if name in names.DESCRIPTOR_METHODS:
            return self._written(real, name)
        arity = _ARITY[name]
        look = self.look if name == "__getattr__" else self.set

        def guarded(*args: Any) -> Any:
            if len(args) not in {arity, arity + 1}:
                raise TypeError(f"{name} takes {arity} arguments, got {len(args)}")
            target = args[0] if len(args) > arity else getattr(real, "__self__", obj)
            # What was looked at is what is used: text of the program's own class says what it likes.
            place = len(args) - arity
            word = text_of(args[place])
            look(target, word)
            return real(*args[:place], word, *args[place + 1 :])

        return guarded

    def _written(self, real: Any, name: str) -> Any:
        """Return `real` when the program wrote it."""
        function = real.__func__ if type(real) is MethodType else real
        if not self.state.is_own_function(function):
            self.state.refuse("attribute", f"{name} of the library is not available here", "write instance.name")
        return real

    def _initialiser(self, real: Any) -> Any:
        """Return `real` when it can set up no object but one of the program's own classes.

        Initialisers of the library, and those that `dataclass` writes, store attributes with no guard between.
        """
        state = self.state
        kind = type(real)
        if kind is MethodType:
            if not state.is_own_class(type(real.__self__)):
                state.refuse("attribute", "an object of the library cannot be set up again", "make a new object")
            return real
        if kind is not FunctionType or state.is_own_function(real):
            return real

        def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - stands for one
            if not state.is_own_class(type(self)):
                state.refuse("attribute", "__init__ takes an object of the program's own class here")
            real(self, *args, **kwargs)

        return __init__

    def look(self, obj: Any, name: str) -> None:
        """Refuse where `obj.name` cannot be read."""
        if name in self.doors:
            self.door(obj, name)
        elif name in self.special or self._is_out_of_reach(name):
            self.state.refuse("attribute", f".{name} is not available here")
        elif name[:1] == "_" and (name in names.OWN_DUNDERS or not _is_dunder(name)):
            self.own(obj, name)

    @staticmethod
    def _is_out_of_reach(name: str) -> bool:
        """Whether no object shows its `name`, as the check says of the names that it can see."""
        if is_sunder(name):
            return name not in names.ENUM_SUNDERS
        return _is_dunder(name) and not any(name in known for known in _READABLE)

    def import_(self, name: str, root_only: bool) -> object:
        """Return the facade that `import name` binds."""
        facade = self._load(name)
        return self._load(name.partition(".")[0]) if root_only and "." in name else facade

    def import_from(self, module: str, name: str) -> object:
        """Return what `from module import name` binds."""
        from dana_sandbox.facades import exports

        facade = self._load(module)
        if name in (exports(module) or ()):
            return getattr(facade, name)
        return self._load(f"{module}.{name}")

    def _load(self, name: str) -> object:
        from dana_sandbox.facades import exports, load

        if not may_import(name, self.state.modules, exports):
            self.state.refuse("import", f"{name} is not available here")
        return load(name, self.state)


def _text_methods(get: Callable[..., Any]) -> dict[str, Callable[..., str]]:
    """Return what a program gets as `str.format` and `str.format_map`: functions, so that a class can keep them."""

    def format(self: str, /, *args: Any, **kwargs: Any) -> str:  # noqa: A001 - the program sees the name
        return format_with(get, str.__str__(self), *args, **kwargs)

    def format_map(self: str, mapping: Mapping[str, Any], /) -> str:
        return format_map_with(get, str.__str__(self), mapping)

    return {"format": format, "format_map": format_map}


def _is_dunder(name: str) -> bool:
    return name[:2] == "__" and name[-2:] == "__"


def _is_enum(kind: type) -> bool:
    return type(kind).__module__ == "enum"


def seal_getattr(method: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Return a program's `__getattr__` that is not asked for what the library alone asks for."""

    def __getattr__(self: Any, name: str, /) -> Any:  # noqa: N807 - takes the place of one
        if _is_dunder(name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return method(self, name)

    return __getattr__


def _described(obj: object) -> str:
    if (kind := _name_of(type(obj))).startswith("module "):
        return kind
    if is_class(obj):
        return f"class {_name_of(obj)}"
    return f"{_name_of(type(obj))} objects"


def _name_of(cls: type) -> str:
    """Return the name of a class; it can be text of the program's own class, which formats itself."""
    return str.__str__(cls.__name__)


def _fast(own: set[type], slow: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Return a guard that lets instances of the program's classes pass at once."""

    def guard(obj: Any, name: str) -> Any:
        return obj if type(obj) in own else slow(obj, name)

    return guard


def _fast_method(state: RunState, slow: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Return the guard of lent methods that lets `super().__init__` and own initialisers pass at once."""
    own, table = state.own, state.builtins

    def guard(obj: Any, name: str) -> Any:
        if name != "__init__":
            return slow(obj, name)
        real = obj.__init__
        if type(obj) is super:
            return real if type(_IS_SUPER_OF(obj)) in own else slow(obj, name)
        passes = type(real) is FunctionType and getattr(real, "__builtins__", None) is table
        return real if passes else slow(obj, name)

    return guard


def namespace(state: RunState, given: Mapping[str, object], *, name: str) -> dict[str, Any]:
    """Return fresh globals for one run: `given`, `__name__` and builtins with the guards of `state`.

    ValueError when a name of `given` is no identifier, or would reach what a program must not bind.
    """
    for word in given:
        if not word.isidentifier() or (word[:1] == "_" == word[-1:] and len(word) > 1):
            raise ValueError(f"{word!r} cannot be a name of the program")
    guards = Guards(state)
    table = state.builtins
    table.update(SAFE_BUILTINS)
    table |= guards.builtins | {
        "type": TypeLookalike,
        # Over an array of objects it would show and change addresses in memory.
        "memoryview": stand_in("memoryview", memoryview, module="builtins") if guards.with_arrays else memoryview,
        names.OWN: _fast(state.own, guards.own),
        names.SET: _fast(state.own, guards.set),
        names.DOOR: guards.door,
        names.FORMAT: guards.format,
        names.METHOD: _fast_method(state, guards.method),
        names.READ: guards.read,
        names.KIND: TypeLookalike,
        names.IMPORT: guards.import_,
        names.IMPORT_FROM: guards.import_from,
        names.STATE: state,
        names.SEAL: seal_getattr,
    }
    state.name = name
    state.module = ModuleType(name)
    space = vars(state.module)
    space.clear()
    space |= {"__name__": name, "__builtins__": table, **given}
    return space


@contextmanager
def as_module(state: RunState) -> Iterator[None]:
    """Let the standard library find the program's globals by its `__name__` while it runs, as dataclasses do."""
    if state.module is None:
        raise ValueError("this state has no namespace yet")
    before = sys.modules.get(state.name)
    sys.modules[state.name] = state.module
    try:
        yield
    finally:
        if before is None:
            sys.modules.pop(state.name, None)
        else:
            sys.modules[state.name] = before
