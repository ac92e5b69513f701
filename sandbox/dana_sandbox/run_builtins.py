"""Builtins that belong to one run: `getattr` and its like, `print`, `vars`, class statements.

All are plain functions. A bound method would hand its object to whoever copies it: `copy.deepcopy` keeps what it
copies in a dictionary that its caller gives.
"""

import builtins
import sys
from collections.abc import Callable, Iterable
from types import ModuleType, resolve_bases
from typing import TYPE_CHECKING, Any

from dana_sandbox import names
from dana_sandbox.copies import Attributes
from dana_sandbox.own_classes import (
    is_class,
    is_metaclass,
    is_trusted,
    listed_door,
    names_bases,
    shows_others,
    tame,
    without_address,
)
from dana_sandbox.run_state import RunState
from dana_sandbox.safe_builtins import TypeLookalike

if TYPE_CHECKING:
    from dana_sandbox.guards import Guards

_WRITE_A_DECORATOR = "write a class decorator"


def text_of(name: object) -> str:
    """Return an attribute's name as text that cannot change its mind. TypeError when it is no text."""
    if not isinstance(name, str):
        raise TypeError(f"attribute name must be string, not '{type(name).__name__}'")
    return str.__str__(name)


def run_builtins(guards: "Guards") -> dict[str, Any]:
    """Return the builtins of a run that ask its guards."""
    return {
        **_readers(guards),
        **_writers(guards),
        "print": _printer(guards.state),
        "__build_class__": _class_builder(guards.state),
        "__import__": _importer(guards.state),
    }


def _readers(guards: "Guards") -> dict[str, Any]:
    special = guards.special
    read = builtins.getattr

    def getattr(obj: Any, name: str, /, *default: Any) -> Any:  # noqa: A001 - the program sees the name
        """Return obj.name; a forbidden name is a refusal, not a missing attribute."""
        if type(name) is not str:
            name = text_of(name)
        if name[:1] != "_" and name not in special:
            return read(obj, name, *default)
        if name in names.FORMAT_ATTRIBUTES:
            return guards.format(obj, name, *default)
        if name in names.LENT_METHODS:
            return guards.method(obj, name, *default)
        if name in names.COPIED_DUNDERS:
            return guards.read(obj, name, *default)
        guards.look(obj, name)
        return read(obj, name, *default)

    def hasattr(obj: Any, name: str, /) -> bool:  # noqa: A001
        """Whether obj has an attribute that the program may read."""
        try:
            getattr(obj, name)
        except AttributeError:
            return False
        return True

    def vars(*objects: Any) -> Any:  # noqa: A001
        """Return the attributes of an object of the program's own class, or of such a class."""
        (obj,) = _one_object("vars", objects)
        if guards.state.is_own_class(obj):
            found = builtins.vars(obj)
            return Attributes({name: found[name] for name in found if _may_be_seen(name, found[name])})
        return read(guards.own(obj, "__dict__"), "__dict__")

    def dir(*objects: Any) -> list[str]:  # noqa: A001
        """Return the names of the attributes of an object."""
        return builtins.dir(*_one_object("dir", objects))

    return {"getattr": getattr, "hasattr": hasattr, "vars": vars, "dir": dir}


def _may_be_seen(name: str, value: object) -> bool:
    return not (name[:2] == "__" == name[-2:]) and not is_trusted(type(value))


def _one_object(function: str, objects: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(objects) != 1:
        raise TypeError(f"{function}() needs an object here: {function}(x)")
    return objects


def _writers(guards: "Guards") -> dict[str, Any]:
    write, drop = builtins.setattr, builtins.delattr

    def setattr(obj: Any, name: str, value: Any, /) -> None:  # noqa: A001 - the program sees the name
        """Set obj.name to value."""
        name = text_of(name)
        write(guards.set(obj, name), name, value)

    def delattr(obj: Any, name: str, /) -> None:  # noqa: A001
        """Delete obj.name."""
        name = text_of(name)
        drop(guards.set(obj, name), name)

    return {"setattr": setattr, "delattr": delattr}


def _printer(state: RunState) -> Callable[..., None]:
    write = builtins.print
    output = state.output

    def print(  # noqa: A001 - the program sees the name
        *values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None, flush: bool = False
    ) -> None:
        """Print into the output of the run, or into an object that the program gives."""
        write(*values, sep=sep, end=end, file=output if file is None else file, flush=flush)

    return print


def _class_builder(state: RunState) -> Callable[..., Any]:
    with_arrays = "numpy" in state.modules

    def build_class(body: Any, name: str, /, *bases: Any, **keywords: Any) -> Any:
        """Make a class of the program, without metaclasses."""
        if "metaclass" in keywords:
            state.refuse("class", "metaclass= is not available here", _WRITE_A_DECORATOR)
        if not all(map(names_bases, bases)):
            state.refuse("class", "a base must be a class", "name the class itself")
        # Before the class is there: the body could hand it on.
        judge_bases(resolve_bases(bases), state)
        if with_arrays:
            bases = without_address(bases)
        made = builtins.__build_class__(body, name, *bases, **keywords)
        if is_class(made):
            if problem := tame(made, state.own):
                state.refuse("class", problem, "use another name")
            state.own.add(made)
        return made

    return build_class


def _order(base: object) -> tuple[type, ...]:
    return base.__mro__ if is_class(base) else ()


def judge_bases(bases: Iterable[Any], state: RunState) -> None:
    """Refuse bases that no class of the program may have, alone or together."""
    order = {base for found in bases for base in _order(found)}
    for base in order:
        _judge_base(base, state)
    if name := listed_door(order, numpy="numpy" in state.modules):
        state.refuse("class", f"a field may not be named {name} in a class with these bases", "use another name")


def _judge_base(base: type, state: RunState) -> None:
    if base in state.own:
        return
    if is_metaclass(base) or TypeLookalike in base.__mro__:
        state.refuse("class", "metaclasses are not available here", _WRITE_A_DECORATOR)
    # numpy takes the class after the first in a subclass's order for what its memory holds, and reads it so.
    if shows_others(base, state.own) or is_trusted(base) or str(base.__module__).partition(".")[0] == "numpy":
        state.refuse("class", f"{str.__str__(base.__name__)} is no base class here", "keep the object in an attribute")


def _importer(state: RunState) -> Callable[..., ModuleType]:
    def import_for_c(name: str, *_where: Any, **_more: Any) -> ModuleType:
        """Give C code of the standard library the modules that it imports late; no source can name this function."""
        from dana_sandbox.facades import ALLOWED_AT_RUN_TIME

        if name not in ALLOWED_AT_RUN_TIME or name not in sys.modules:
            state.refuse("import", f"{name} is not available here")
        return sys.modules[name]

    return import_for_c
