"""The object that a program gets when it imports a module: explicit names, read-only, and no way to the module.

Values lie in the instance's own dictionary, because attributes of such an object are as fast as a module's; the class
takes every road to that dictionary away: `__dict__` and `vars`, assignment, copying, pickling, subclassing.
"""

from __future__ import annotations

import difflib
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MAKING = object()


class Facade:
    """What `import json` binds: the module's reviewed exports and nothing else. Made by `make_facade` only."""

    def __new__(cls) -> Self:
        """Refuse: `type(json)()` makes no module."""
        raise TypeError("a module cannot be made")

    def __init_subclass__(cls, *, making: object = None) -> None:
        if making is not _MAKING:
            raise TypeError("a module is no base class")

    def __repr__(self) -> str:
        return f"<sandbox module {module_name(self)!r}>"

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is read-only")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is read-only")

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override] # hides the dictionary from `vars`
        raise AttributeError(f"{type(self).__name__} does not show its dictionary")

    def __copy__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be copied")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be pickled")


def make_facade(module: str, values: Mapping[str, object]) -> Facade:
    """Return the facade of `module` that exports `values`, by name.

    >>> circle = make_facade("circle", {"pi": 3.14})
    >>> circle, circle.pi, dir(circle)
    (<sandbox module 'circle'>, 3.14, ['pi'])
    >>> circle.pi = 3
    Traceback (most recent call last):
    AttributeError: module circle is read-only
    """
    facade: Facade = object.__new__(_facade_class(module, tuple(sorted(values))))
    for name, value in values.items():
        object.__setattr__(facade, name, value)
    return facade


@cache
def _facade_class(module: str, names: tuple[str, ...]) -> Any:
    """Return the class of one facade: Python names it in its own messages."""

    def __dir__(_self: Facade) -> list[str]:  # noqa: N807 - a method of the class below
        return list(names)

    def __getattr__(_self: Facade, name: str) -> NoReturn:  # noqa: N807 - a method of the class below
        raise AttributeError(missing(module, name, names), name=name)

    methods: dict[str, Any] = {"__module__": "builtins", "__qualname__": f"module {module}", "__dir__": __dir__}
    if sys.version_info >= (3, 12):  # Python 3.11 would read every attribute at half the speed
        methods["__getattr__"] = __getattr__
    return type(f"module {module}", (Facade,), methods, making=_MAKING)


def module_name(facade: Facade) -> str:
    """Return the name that a program imports `facade` by."""
    return type(facade).__name__.removeprefix("module ")


def missing(module: str, name: str, names: Sequence[str]) -> str:
    """Return what to say when `module` does not export `name`, with the names that look like it.

    >>> missing("math", "squrt", ["pi", "sqrt"])
    "module 'math' has no attribute 'squrt' here; did you mean sqrt?"
    """
    close = difflib.get_close_matches(name, names, n=3)
    return f"module {module!r} has no attribute {name!r} here" + (
        f"; did you mean {', '.join(close)}?" if close else ""
    )
