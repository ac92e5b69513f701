"""Laws of the check pass: it knows every node, never raises, and says the same about the same tree."""

from __future__ import annotations

import random
import re
import time
import typing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dana_grammar import expressions, statements
from dana_grammar.check import CODES, check
from dana_grammar.check.door import HANDLERS
from dana_grammar.parse import parse, parse_recovering
from tests.grammar.test_check import CORPUS, read_cases
from tests.grammar.trees import program as random_program

FUNCTION = """
def step_NUMBER(values: list[float], limit: float = 2.5, label: str = "n") -> dict:
    kept = [value * 2 for value in values if value > limit]
    total = 0.0
    for value in kept:
        if value > 10 and label != "x":
            total += value / len(kept)
        else:
            total = total + helper(value, scale=3)
    print(f"{label}: {total:.2f} of {len(values)}")
    return {"total": total, "kept": kept, "label": label.upper()}
def helper(value, scale): return value * scale
""".replace("helper", "helper_NUMBER")


@pytest.mark.parametrize("union", [expressions.Expression, statements.Statement, statements.Pattern])
def test_every_node_has_its_rule(union: object) -> None:
    """A node class that the table does not name would end the walk with a KeyError."""
    assert [kind.__name__ for kind in typing.get_args(union) if kind not in HANDLERS] == []


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_any_tree_can_be_checked(seed: int) -> None:
    """The editor checks what is half written: whatever the tree, there are diagnostics and no exception."""
    tree = random_program(random.Random(seed))  # noqa: S311 - a tree, not a secret
    found = check(tree)
    assert found == check(tree)
    assert {one.code for one in found} <= CODES.keys()
    assert [one.span for one in found] == sorted(one.span for one in found)


TEXTS = [dana for path in sorted(CORPUS.glob("*.txt")) for _, dana, _ in read_cases(path.read_text(encoding="utf-8"))]


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_mutated_program_can_be_checked(data: st.DataObject) -> None:
    """People type: pieces are missing, stand twice or stand elsewhere. An editor checks what could be parsed."""
    pieces = re.findall(r"\w+|\s+|.", data.draw(st.sampled_from(TEXTS)))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(pieces) - 1))
        piece = data.draw(st.sampled_from(pieces))
        pieces[place : place + data.draw(st.integers(0, 2))] = [piece]
    text = "".join(pieces)
    program, _problems = parse_recovering(text)
    for found in check(program, text=text):
        assert found.code in CODES
        assert 1 <= found.span.line <= text.count("\n") + 2


def test_two_thousand_lines_are_checked_in_a_moment() -> None:
    """An editor checks at every key: 2,000 lines have to take far less than a person notices."""
    functions = "".join(FUNCTION.replace("NUMBER", str(number)) for number in range(200))
    program = parse(functions)
    assert program.span.end_line > 2000
    seconds = []
    for _ in range(5):
        start = time.process_time()
        assert check(program) == ()
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.08
