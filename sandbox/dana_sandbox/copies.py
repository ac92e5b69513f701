"""Copies of what Python keeps for itself on a program's own classes and functions; the originals are live."""

from enum import EnumType
from types import FunctionType, MappingProxyType
from typing import Any, NoReturn

from dana_sandbox.names import STATE
from dana_sandbox.own_classes import is_class
from dana_sandbox.run_state import program_frame


def copied_dunder(obj: Any, name: str, own: set[type], *default: Any) -> Any:
    """Return a copy of `obj.<name>`, as Python would find it, of what the program wrote. AttributeError: none.

    The originals are live: who could change them would change what a dataclass or a pattern makes of a class.
    """
    if not is_class(obj) and isinstance(obj, FunctionType):
        found = getattr(obj, name, None) if name in {"__annotations__", "__module__"} else None
    elif name == "__members__":
        found = dict(obj.__members__) if is_class(obj) and isinstance(obj, EnumType) else None
    elif name == "__annotations__" and is_class(obj):
        found = vars(obj).get(name, {})
    else:
        order = (obj if is_class(obj) else type(obj)).__mro__
        found = next((vars(base)[name] for base in order if base in own and name in vars(base)), None)
    if isinstance(found, dict):
        return MappingProxyType({str.__str__(key): value for key, value in found.items()})
    if found is None and not default:
        raise AttributeError(f"{type(obj).__name__!r} object has no attribute {name!r}")
    return default[0] if found is None else tuple(found) if isinstance(found, list) else found


class Attributes(dict[str, Any]):
    """What `vars` gives of a program's own class: a copy, without what Python keeps there for itself."""

    def __missing__(self, name: object) -> NoReturn:
        frame = program_frame()
        if frame is not None and isinstance(name, str) and name[:2] == "__" == name[-2:]:
            frame.f_builtins[STATE].refuse("attribute", f"{str.__str__(name)} of a class is not available here")
        raise KeyError(name)
