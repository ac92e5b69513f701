"""`functools` for programs: `wraps` and `total_ordering` change what the program made and nothing else."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_sandbox.facades.state import State

_ON_FUNCTIONS = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__", "__type_params__")
# `dataclass` reads `__annotations__` and `__module__` of a class; those come from the class statement alone.
_ON_CLASSES = ("__name__", "__qualname__", "__doc__")


def copy_names(wrapper: Any, wrapped: Any, *, private: bool = False) -> Any:
    """Give `wrapper` the name, the doc string and the attributes of `wrapped`; return `wrapper`.

    Attributes are copied from functions and plain instances, those with a leading underscore where `private` says so.
    What lies in a class's dictionary is not: it holds the raw descriptors that attribute access hides.
    """
    for name in _ON_CLASSES if isinstance(wrapper, type) else _ON_FUNCTIONS:
        try:
            setattr(wrapper, name, getattr(wrapped, name))
        except AttributeError:
            continue
    if not isinstance(wrapped, type) and not isinstance(wrapper, type):
        hidden = "__" if private else "_"
        found = dict(getattr(wrapped, "__dict__", ()))
        wrapper.__dict__.update({name: value for name, value in found.items() if not name.startswith(hidden)})
        wrapper.__wrapped__ = wrapped
    return wrapper


def _is_own(state: State, value: object) -> bool:
    return state.is_own_function(value) or state.is_own_class(type(value)) or state.is_own_class(value)


def functools_exports(state: State) -> Mapping[str, object]:
    """Return the exports of `functools` that write to what they are given."""

    def update_wrapper(wrapper: Any, wrapped: Any) -> Any:
        """Give `wrapper` the name, doc string and public attributes of `wrapped`."""
        if not (_is_own(state, wrapper) or type(wrapper) is functools.partial):
            state.refuse("name", "wraps and update_wrapper change only functions and objects of this program")
        return copy_names(wrapper, wrapped, private=state.is_own_function(wrapped))

    def wraps(wrapped: Any) -> Callable[[Any], Any]:
        """Decorate a wrapper so that it looks like `wrapped`."""
        return lambda wrapper: update_wrapper(wrapper, wrapped)

    def total_ordering(cls: Any) -> Any:
        """Fill in the comparisons that a class of this program lacks."""
        if not state.is_own_class(cls):
            state.refuse("name", "total_ordering changes only classes of this program")
        return functools.total_ordering(cls)

    return {"total_ordering": total_ordering, "update_wrapper": update_wrapper, "wraps": wraps}
