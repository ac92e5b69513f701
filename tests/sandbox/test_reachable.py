"""What a program can reach by plain attributes from all that it is offered: nothing that leads outside.

Plain names compile to Python's own attribute access, without a guard; this is sound only while this crawl finds
nothing. It follows every readable attribute, the items of containers, and instances of the offered classes.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import sys
import types
from collections import deque
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from dana_sandbox import facades, names
from dana_sandbox.guards import namespace
from dana_sandbox.policy import DEFAULT_MODULES
from dana_sandbox.run_state import RunState

if TYPE_CHECKING:
    from collections.abc import Iterator

READABLE = names.DUNDER_METHODS | names.READABLE_DUNDERS | names.LIBRARY_PRIVATE
GUARDED = names.INTERPRETER_ATTRIBUTES | names.GUARDED_ATTRIBUTES
POWERS = "eval exec open compile __import__ globals locals input breakpoint getattr setattr delattr vars dir".split()
DANGEROUS = {id(getattr(builtins, name)): name for name in POWERS}
INTERPRETER = (types.FrameType, types.CodeType, types.TracebackType, types.CellType)
ENDS = (
    types.MethodType, types.BuiltinFunctionType, types.FunctionType, types.MethodWrapperType, types.WrapperDescriptorType,
    types.MethodDescriptorType, types.GetSetDescriptorType, types.MemberDescriptorType, property,
)  # fmt: skip
PLAIN = (int, str, float, bytes, bool, type(None))
ARGUMENTS: tuple[tuple[object, ...], ...] = ((), ("a",), (1,), ([],), ({},), (b"a",), (1, 2), (1, 2, 3), (int,))


def danger(value: object) -> str:
    """Say what is wrong with a program holding this object."""
    kind = type(value)
    if kind is types.ModuleType:
        return "a module"
    if isinstance(value, type) and issubclass(value, type):
        return "a metaclass"
    if kind in INTERPRETER:
        return f"a {kind.__name__}"
    if value is sys.modules or value is os.environ:
        return "a table of the process"
    if kind.__module__ == "_io" and kind.__name__ not in {"StringIO", "BytesIO"}:
        return "an open file"
    return DANGEROUS.get(id(value), "")


def beside(path: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield what can be read from an object without a guard, and what its class makes when it is called."""
    with contextlib.suppress(Exception):
        for name in dir(value):
            if (name[0] != "_" or name in READABLE) and name not in GUARDED:
                with contextlib.suppress(Exception):
                    yield f"{path}.{name}", getattr(value, name)
    if issubclass(type(value), dict | MappingProxyType):
        with contextlib.suppress(Exception):  # a proxy may stand for anything
            yield from ((f"{path}[{key!r:.30}]", one) for key, one in list(value.items())[:300])
    elif issubclass(type(value), list | tuple | set | frozenset):
        yield from ((f"{path}[{n}]", one) for n, one in enumerate(list(value)[:300]))
    if issubclass(type(value), type) and depth < 2:
        for arguments in ARGUMENTS:
            with contextlib.suppress(Exception):
                yield f"{path}{arguments}", value(*arguments)
                break


def found_from(roots: dict[str, object], most: int = 4) -> dict[str, str]:
    """Return the dangerous objects within `most` steps, by the path to them."""
    waiting = deque((path, value, 0) for path, value in roots.items())
    seen: dict[int, object] = {}
    found = {}
    while waiting:
        path, value, depth = waiting.popleft()
        if id(value) in seen or isinstance(value, PLAIN):
            continue
        seen[id(value)] = value  # kept, or another object could have its number
        if problem := danger(value):
            found[path] = problem
        elif depth < most and type(value) not in ENDS:
            waiting.extend((name, one, depth + 1) for name, one in beside(path, value, depth))
    return found


def offered() -> dict[str, object]:
    """Return everything that a program can name: builtins and the exports of all modules."""
    state = RunState()
    table = namespace(state, {}, name="__main__")["__builtins__"]
    roots: dict[str, object] = {name: value for name, value in table.items() if name[0] not in "<_"}
    for module in sorted(DEFAULT_MODULES):
        facade = facades.load(module, state)
        roots |= {f"{module}.{name}": getattr(facade, name) for name in facades.exports(module) or ()}
    return roots


@pytest.mark.filterwarnings("ignore")
def test_nothing_dangerous_is_a_plain_attribute_away() -> None:
    """No module, metaclass, frame, file or function of power within four attributes of anything offered."""
    assert found_from(offered()) == {}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (types.SimpleNamespace(a=[os]), "a module"),
        (type, "a metaclass"),
        ({"x": (eval,)}, "eval"),
        (sys.stderr, "an open file"),
    ],
)
def test_the_crawl_sees_what_it_looks_for(value: object, problem: str) -> None:
    """A crawl that finds nothing anywhere proves nothing."""
    if value is sys.stderr:
        value = types.SimpleNamespace(handler=types.SimpleNamespace(stream=sys.__stderr__))
    assert set(found_from({"root": value}).values()) == {problem}
