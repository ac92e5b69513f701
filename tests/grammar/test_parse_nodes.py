"""Nodes are frozen dataclasses, although our own decorator makes them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys

import pytest

from dana_grammar import expressions, statements
from dana_grammar.expressions import Name, Node, Parameter
from dana_grammar.parse import parse
from dana_grammar.span import START

KINDS = [
    value for module in (expressions, statements) for value in vars(module).values()
    if isinstance(value, type) and issubclass(value, Node)
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_node_class_is_what_the_standard_decorator_makes(kind: type[Node]) -> None:
    """Passes and tools use `fields`, `replace` and `match` on nodes."""
    fields = dataclasses.fields(kind)
    assert dataclasses.is_dataclass(kind)
    assert tuple(field.name for field in fields) == kind.__match_args__
    assert not hasattr(kind, "__dict__") or "__dict__" not in kind.__slots__
    values = {field.name: START for field in fields if field.default is dataclasses.MISSING}
    node = kind(**values)
    for field in fields:
        if field.name not in values:
            assert getattr(node, field.name) == field.default


def test_nodes_compare_copy_and_never_change() -> None:
    """A pass that changed a tree in place would surprise the next one."""
    node = parse("def f(x, *args): return x + 1").body[0]
    for twin in (copy.deepcopy(node), pickle.loads(pickle.dumps(node)), dataclasses.replace(node)):  # noqa: S301
        assert (twin, hash(twin), repr(twin)) == (node, hash(node), repr(node))
    assert node != parse("def f(x, *args): return x + 2").body[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        node.span = START  # type: ignore[misc]
    with pytest.raises(TypeError, match="name"):
        Name(START)  # type: ignore[call-arg]
    assert repr(Name(START, "a")) == "Name(span=Span(line=1, column=1, end_line=1, end_column=1), name='a')"
    assert Parameter(START, "a", None, None).kind == "plain"


def test_importing_the_parser_is_cheap() -> None:
    """A cold start waits for it: the standard decorator would add 40 ms for all node classes."""
    code = (
        "import dataclasses; real, made = dataclasses._process_class, []; "
        "dataclasses._process_class = lambda kind, *rest: made.append(kind.__name__) or real(kind, *rest); "
        "import dana_grammar.parse; print(*made)"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "Diagnostic" in made
    assert len(made) < 5
