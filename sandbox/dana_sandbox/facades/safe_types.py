"""`types`, `typing` and `hashlib`: the few exports that need a stand-in."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, NoReturn

from dana_sandbox.facades.facade import Facade

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_sandbox.facades.state import State


class Kind:
    """A type that can be asked for with `isinstance` and in annotations, and neither called nor subclassed."""

    __slots__ = ("__name__", "_type")

    def __init__(self, name: str, kind: type) -> None:
        object.__setattr__(self, "__name__", name)
        object.__setattr__(self, "_type", kind)

    def __instancecheck__(self, instance: object) -> bool:
        """Answer `isinstance(instance, self)`."""
        return isinstance(instance, self._type)  # type: ignore[attr-defined] # set above, past the lock

    def __call__(self, *_arguments: object, **_named: object) -> NoReturn:
        """Refuse: these types make functions and modules."""
        raise TypeError(f"{self!r} makes nothing here")

    def __mro_entries__(self, bases: object) -> NoReturn:
        raise TypeError(f"{self!r} is no base class here")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{self!r} is read-only")

    def __repr__(self) -> str:
        return f"<class {self.__name__!r}>"  # type: ignore[attr-defined] # set above, past the lock


def _hidden(_self: object) -> NoReturn:
    raise AttributeError("there is none")


# numpy reads memory addresses from these two attributes of any object; the namespace cannot hold them.
_Namespace: Any = type(
    "namespace",
    (types.SimpleNamespace,),
    {
        "__module__": "types",
        "__slots__": (),
        "__doc__": types.SimpleNamespace.__doc__,
        "__array_interface__": property(_hidden),
        "__array_struct__": property(_hidden),
    },
)


def types_exports(state: State) -> Mapping[str, object]:
    """Return look-alikes of the types that could make functions and modules."""
    function = Kind("function", types.FunctionType)
    return {
        "FunctionType": function,
        "LambdaType": function,
        "ModuleType": Kind("module", Facade),
        "SimpleNamespace": _Namespace if "numpy" in state.modules else types.SimpleNamespace,
    }


def typing_exports() -> Mapping[str, object]:
    """Return the decorators that would write into what they are given, without the writing."""

    def final(decorated: Any) -> Any:
        """Say that something is not to be overridden or subclassed."""
        return decorated

    def override(method: Any) -> Any:
        """Say that a method overrides one of a base class."""
        return method

    return {"final": final, "override": override}


def hashlib_exports() -> Mapping[str, object]:
    """Return the two sets of names, which are writable in the real module."""
    import hashlib

    return {
        "algorithms_available": frozenset(hashlib.algorithms_guaranteed),
        "algorithms_guaranteed": frozenset(hashlib.algorithms_guaranteed),
    }
