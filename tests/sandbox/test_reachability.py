"""Nothing that a program can reach is a module, a frame, a metaclass or an unguarded door of Python."""

import pytest

from dana_sandbox.facades import load
from dana_sandbox.policy import DEFAULT_MODULES
from tests.sandbox.reachability import Explorer, forbidden, what_is_wrong


def test_from_the_builtins() -> None:
    """Every builtin, its attributes, types, instances and heirs."""
    explorer = Explorer()
    builtins = {name: found for name, found in explorer.space["__builtins__"].items() if name.isidentifier()}
    roots = {name: found for name, found in builtins.items() if name not in {"__build_class__", "__import__"}}
    wrong = {path: why for path, found in explorer.reached(roots) if (why := what_is_wrong(found))}
    assert wrong == {}
    assert len(explorer.seen) > 10_000


@pytest.mark.parametrize("module", sorted(DEFAULT_MODULES))
def test_from_a_facade(module: str) -> None:
    """Every export, in the same way."""
    explorer = Explorer(DEFAULT_MODULES)
    assert forbidden({module: load(module, explorer.state)}, explorer) == {}


@pytest.mark.slow
def test_from_numpy() -> None:
    """The opt-in facade."""
    pytest.importorskip("numpy")
    explorer = Explorer(DEFAULT_MODULES | {"numpy"})
    assert forbidden({"numpy": load("numpy", explorer.state)}, explorer) == {}


def test_the_walk_finds_what_it_is_for() -> None:
    """A module behind a plain name, a metaclass, a code object, Python's own getattr."""
    import enum
    import textwrap

    class Careless:
        def __init__(self) -> None:
            self.module = textwrap
            self.kinds = [enum.EnumType]
            self.code = (lambda: 0).__code__
            self.read = getattr

    found = forbidden({"careless": Careless()}, Explorer())
    assert set(found) == {"careless.module", "careless.kinds[0]", "careless.code", "careless.read"}
