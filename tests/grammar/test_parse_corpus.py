"""Every construct of the language and every mistake, as files: tests/corpus/syntax."""

from __future__ import annotations

import pytest

from dana_grammar import expressions, statements
from dana_grammar.codes import CODES
from dana_grammar.expressions import Node
from dana_grammar.nodes import Program
from dana_grammar.parse import parse_recovering
from dana_grammar.walk import children, walk
from tests.grammar.corpus import Case, syntax_cases
from tests.grammar.shape import shape

CASES = syntax_cases()


def answer_of(text: str) -> str:
    """Return what the corpus writes down for `text`: its tree and comments, or its mistakes."""
    program, problems = parse_recovering(text)
    if problems:
        return "\n".join(
            f"{p.span.line}:{p.span.column}-{p.span.end_line}:{p.span.end_column} {p.code} {p.message}"
            + (f" | {p.hint}" if p.hint else "")
            for p in problems
        )
    comments = [f"{c.line}:{c.column} {c.text}{' alone' * c.alone}" for c in program.comments]
    return "\n".join([*map(shape, program.body), *comments])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.title}")
def test_text_means_what_the_corpus_says(case: Case) -> None:
    """A tree, a message or a place changes only on purpose: then its line in the corpus changes with it."""
    assert answer_of(case.text) == case.expected


def test_every_node_class_stands_in_the_corpus() -> None:
    """A construct that no case has is a construct that nobody tests."""
    known = {
        value for module in (expressions, statements) for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Node) and value is not Node
    }  # fmt: skip
    seen = {type(node) for case in CASES for node in walk(parse_recovering(case.text)[0])}
    assert known - seen == set()


def test_every_node_stands_inside_its_parent() -> None:
    """Editors find the node under the cursor by going down the tree."""
    for case in CASES:
        program, problems = parse_recovering(case.text)
        for node in walk(program) if not problems else ():
            for child in children(node):
                assert node.span[:2] <= child.span[:2], (case.title, node, child)
                assert child.span[2:] <= node.span[2:], (case.title, node, child)


def test_names_stand_where_their_spans_say() -> None:
    """A span that is off by one underlines the wrong thing."""
    for case in CASES:
        lines = case.text.split("\n")
        for node in walk(parse_recovering(case.text)[0]):
            if isinstance(node, expressions.Name) and node.span[:2] != node.span[2:] and node.name.isascii():
                line, column, _, end = node.span
                assert lines[line - 1][column - 1 : end - 1] in (node.name, "ﬁ", "")


@pytest.mark.parametrize("code", CODES)
def test_examples_of_a_code_are_wrong_and_right(code: str) -> None:
    """`dana-poet explain` shows them to people who are stuck."""
    help_text = CODES[code]
    assert [problem.code for problem in parse_recovering(help_text.wrong)[1]] == [code]
    assert parse_recovering(help_text.right)[1] == ()


def test_every_code_of_the_parser_is_explained() -> None:
    """A code that `explain` does not know is a dead end."""
    from pathlib import Path
    from re import findall

    sources = [path for path in Path(expressions.__file__).parent.glob("*.py") if path.name != "codes.py"]
    used = {code for path in sources for code in findall(r'"(D00\d\d)"', path.read_text(encoding="utf-8"))}
    assert used == set(CODES)


def test_an_empty_text_and_one_of_comments_are_programs() -> None:
    """A file may start with a note and nothing else."""
    for text in ("", "\n", "   \n\t\n", "# a\n// b", "\ufeff# a\r\n\r\n", "\x0c\n"):
        program, problems = parse_recovering(text)
        assert (type(program), program.body, problems) == (Program, (), ())
