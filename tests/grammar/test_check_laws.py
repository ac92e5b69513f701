"""Laws of the check pass: it knows every node, never raises, and says the same about the same tree."""

from __future__ import annotations

import random
import typing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dana_grammar import expressions, statements
from dana_grammar.check import CODES, check
from dana_grammar.check.door import HANDLERS
from tests.grammar.trees import program


@pytest.mark.parametrize("union", [expressions.Expression, statements.Statement, statements.Pattern])
def test_every_node_has_its_rule(union: object) -> None:
    """A node class that the table does not name would end the walk with a KeyError."""
    assert [kind.__name__ for kind in typing.get_args(union) if kind not in HANDLERS] == []


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_any_tree_can_be_checked(seed: int) -> None:
    """The editor checks what is half written: whatever the tree, there are diagnostics and no exception."""
    tree = program(random.Random(seed))  # noqa: S311 - a tree, not a secret
    found = check(tree)
    assert found == check(tree)
    assert {one.code for one in found} <= CODES.keys()
    assert [one.span for one in found] == sorted(one.span for one in found)
