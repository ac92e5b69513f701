"""`types`, `typing` and `hashlib`: the few exports that need a stand-in."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, NoReturn

from dana_sandbox.facades.facade import Facade
from dana_sandbox.facades.stand_ins import stand_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_sandbox.facades.state import State


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
    function = stand_in("function", types.FunctionType, module="types")
    return {
        "FunctionType": function,
        "LambdaType": function,
        "ModuleType": stand_in("module", Facade, module="types", answers_type=False),
        "SimpleNamespace": _Namespace if "numpy" in state.modules else types.SimpleNamespace,
    }


def typing_exports() -> Mapping[str, object]:
    """Return the decorators that would write into what they are given, and what would hand out Python's `type`."""
    import typing

    from dana_sandbox.safe_builtins import TypeLookalike

    def final(decorated: Any) -> Any:
        """Say that something is not to be overridden or subclassed."""
        return decorated

    def override(method: Any) -> Any:
        """Say that a method overrides one of a base class."""
        return method

    def get_origin(tp: Any) -> Any:
        """Return what is subscripted in a type: list for list[int]; for Type[int], the `type` that programs have."""
        origin = typing.get_origin(tp)
        return TypeLookalike if origin is type else origin

    return {"final": final, "get_origin": get_origin, "override": override}


def io_exports(state: State) -> Mapping[str, object]:
    """Return `BytesIO`, but not beside arrays: `readinto` would write addresses into an array of objects."""
    import io

    def BytesIO(*_arguments: object, **_named: object) -> NoReturn:  # noqa: N802 - the library's name
        """Refuse."""
        raise TypeError("io.BytesIO is not available beside numpy")

    return {"BytesIO": BytesIO if "numpy" in state.modules else io.BytesIO}


def hashlib_exports() -> Mapping[str, object]:
    """Return the two sets of names, which are writable in the real module."""
    import hashlib

    return {
        "algorithms_available": frozenset(hashlib.algorithms_guaranteed),
        "algorithms_guaranteed": frozenset(hashlib.algorithms_guaranteed),
    }
