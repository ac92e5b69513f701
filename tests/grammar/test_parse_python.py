"""Expressions that Dana shares with Python have Python's meaning: compared on the standard library."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

import pytest

from dana_grammar import nodes as n
from dana_grammar.parse import parse
from tests.grammar.python_text import python_text

MODULES = ("argparse", "calendar", "configparser", "difflib", "fractions", "heapq", "statistics", "textwrap", "tarfile")
DIFFERENT = (ast.Yield, ast.YieldFrom, ast.Await, ast.JoinedStr)
"""What Dana does not have, and f-strings, whose text `ast.unparse` does not keep."""


def expressions_of(module: str) -> set[str]:
    """Return the text of every expression of a module of the standard library."""
    tree = ast.parse((Path(ast.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and not isinstance(
            node, ast.Starred | ast.Slice | ast.FormattedValue | ast.Constant
        ):
            text = ast.unparse(node)
            if (
                not any(isinstance(part, DIFFERENT) for part in ast.walk(node))
                and "/" not in text.partition("lambda")[2]
            ):
                found.add(text)
    return found


@pytest.mark.parametrize("module", MODULES)
def test_expressions_mean_what_python_says(module: str) -> None:
    """Precedence, chaining, slices, calls and comprehensions are those every reader knows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in expressions_of(module):
            (statement,) = parse(text).body
            assert isinstance(statement, n.ExpressionStatement)
            ours = ast.dump(ast.parse(python_text(statement.value), mode="eval"))
            assert ours == ast.dump(ast.parse(text, mode="eval")), text
