"""What holds for every program: formatting changes nothing that matters, loses nothing, and has nothing left to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from dana_grammar.errors import DanaSourceError
from dana_grammar.format import difference, format_program, unparse
from dana_grammar.format.layout import hash_comment
from dana_grammar.formatting import format_text
from dana_grammar.nodes import Program  # noqa: TC001 - Hypothesis reads the hints
from dana_grammar.parse import parse
from tests.grammar.strategies import commented_texts, programs

REFERENCE = os.environ.get("DANA_REFERENCE", "")
ROOT = Path(__file__).parents[2]
GENEROUS = settings(
    max_examples=int(os.environ.get("DANA_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


def check_laws(text: str) -> None:
    """Assert the three laws for one text."""
    program = parse(text)
    once = format_program(program, text)
    again = parse(once)
    assert difference(program, again) == ""
    assert [comment.text for comment in again.comments] == [hash_comment(comment.text) for comment in program.comments]
    assert format_program(again, once) == once


@GENEROUS
@given(programs)
def test_a_tree_survives_being_written_and_read(program: Program) -> None:
    """`unparse` writes all parentheses that the tree needs, and what it writes is in canonical style already."""
    text = unparse(program)
    assert difference(program, parse(text)) == ""
    assert format_text(text) == text


@GENEROUS
@given(commented_texts())
def test_comments_survive_wherever_they_stand(text: str) -> None:
    """A comment is never lost or moved past another, and formatting twice changes nothing."""
    check_laws(text)


def reference_files() -> list[Path]:
    """Return the Dana files that the laws are tried on: ours, and those of a folder that the environment names."""
    folders = [ROOT / "examples", *([Path(REFERENCE)] if REFERENCE else [])]
    return sorted(path for folder in folders for path in folder.rglob("*.na") if path.is_file())


@pytest.mark.parametrize("path", reference_files(), ids=lambda path: path.name)
def test_laws_hold_for_published_programs(path: Path) -> None:
    """Real programs have more shapes than anyone thinks of."""
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    try:
        parse(text)
    except DanaSourceError:
        pytest.skip("not a program that Dana accepts")
    check_laws(text)
