"""What holds for every text, right or wrong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dana_grammar.errors import DanaSourceError, Diagnostic
from dana_grammar.parse import is_incomplete, parse, parse_recovering
from tests.grammar.corpus import syntax_cases
from tests.grammar.shape import shape

MOST_PROBLEMS = 20
TEXTS = [case.text for case in syntax_cases()]
PIECES = [
    "if", "else:", "elif x:", "def f(", "(", ")", "[", "]", "{", "}", ":", "::", "\n", "\n    ", "\n\t", " ", "'", '"',
    "'''", '"""', "f'", 'f"{', "{{", "}}", "!r", "=", "==", "->", "//", "/", "|", "as", "lambda", "agent", "state:",
    "pipeline p:", "input:", "output:", "match x:", "case 1:", "struct S:", "x", "1", "0x", "$$", "private:x", "private.x",
    "and", "not", "not in", "is not", "in", "for", "@poet\n", ",", ".", "...", "**", "*", "-", "class", "import", "from",
    "with", "try:", "except", "\\\n", "# c\n", "\x00", "\ud800", "é", "sync", "deliver", "export", "implements", ";",
    "on_feedback_received(x) -> f:", "\f", "\r", "~", ":=", "`", "\u201c", "none", "return", "interface I:", "module M:",
]  # fmt: skip


def check_laws(text: str) -> None:
    """Parse `text`: only a DanaSourceError may come, and every mistake has a place in the text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    problems = problems_of(text)
    assert len(problems) <= MOST_PROBLEMS
    for problem in problems:
        line, column, *_ = problem.span
        assert problem.message
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
        assert problem.span[:2] < problem.span[2:]
    is_incomplete(text)


def problems_of(text: str) -> tuple[Diagnostic, ...]:
    """Return the mistakes that `parse` raises."""
    try:
        parse(text)
    except DanaSourceError as error:
        return error.diagnostics
    return ()


@given(st.text())
@settings(max_examples=150)
def test_any_text_gives_a_tree_or_places(text: str) -> None:
    """A crash in the parser is never the author's fault."""
    check_laws(text)


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.sampled_from(["", " "]))
@settings(max_examples=200)
def test_any_row_of_tokens_gives_a_tree_or_places(pieces: list[str], separator: str) -> None:
    """Rows of real words reach deeper than random characters do."""
    check_laws(separator.join(pieces))


@given(st.sampled_from(TEXTS), st.integers(0, 2000), st.integers(0, 6), st.sampled_from(["", *PIECES]))
@settings(max_examples=250)
def test_a_damaged_program_gives_a_tree_or_places(text: str, place: int, width: int, piece: str) -> None:
    """This is what a text looks like while it is typed."""
    place %= len(text) + 1
    check_laws(text[:place] + piece + text[place + width :])


@given(st.sampled_from(TEXTS), st.integers(0, 2000))
@settings(max_examples=100)
def test_the_start_of_a_program_gives_a_tree_or_places(text: str, place: int) -> None:
    """Every program is cut off at some time."""
    check_laws(text[: place % (len(text) + 1)])


def test_parses_side_by_side_agree_with_serial_ones() -> None:
    """The parser keeps nothing between parses and shares nothing between threads."""
    serial = [shape(parse_recovering(text)[0]) for text in TEXTS]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            assert [shape(program) for program, _ in pool.map(parse_recovering, TEXTS)] == serial


DEEP_TEXTS = {
    "brackets": "(" * 50_000, "closed brackets": "(" * 300 + "1" + ")" * 300, "signs": "x = " + "-" * 10_000 + "1",
    "not": "x = " + "not " * 10_000 + "1", "sum": "x = " + "1+" * 10_000 + "1", "power": "x = " + "2**" * 10_000 + "1",
    "attributes": "x" + ".a" * 10_000, "calls": "f" + "()" * 10_000, "lambdas": "x = " + "lambda: " * 5_000 + "1",
    "ternaries": "x = " + "a if b else " * 5_000 + "c", "blocks": "".join(" " * i + "if x:\n" for i in range(300)),
    "f-strings": 'f"{' * 40 + "1" + '}"' * 40, "a deep f-string": 'f"{' + "-" * 300 + '1}"',
    "spec": 'f"' + "{x:" * 60 + "}" * 60 + '"',
}  # fmt: skip


@pytest.mark.parametrize("kind", DEEP_TEXTS)
def test_nesting_has_a_limit_and_no_recursion_error(kind: str) -> None:
    """A pass over the tree may recurse, so the parser must not hand it a tree that is too deep."""
    check_laws(DEEP_TEXTS[kind])
    codes = {problem.code for problem in parse_recovering(DEEP_TEXTS[kind])[1]}
    assert codes & {"D0026", "D0004", "D0006"}


@pytest.mark.parametrize(
    "text",
    ["x = 1\n" * 3_500_000, "(" * 4_900_000, "a // b + " * 60_000, "'" * 4_000_000, "f'{x} " * 90_000, "# c\n" * 1_200_000,
     "else:\n" * 90_000, "f('a\n" * 90_000, "with (" + "a as b, " * 500_000],
    ids=["20 MB", "brackets", "slashes", "quotes", "f-strings", "comments", "errors", "open strings", "as"],
)  # fmt: skip
def test_a_huge_text_is_answered(text: str) -> None:
    """An editor and a web service both wait for the answer; what is not linear would not come back here."""
    assert parse_recovering(text)[1]


def test_what_waits_for_more_lines() -> None:
    """The REPL asks after every line."""
    waiting = [
        "if x:",
        "if x:\n    y",
        "f(1,",
        "x = '''a",
        "@poet",
        "def f():",
        "x = \\",
        "try:\n    a\n",
        "agent A:\n",
    ]
    complete = ["x = 1", "if x:\n    y\n", "", "x = )", "x = 'a", "f(1))", "class A:", "# c", "if x: y", "retrun x"]
    assert [text for text in waiting if not is_incomplete(text)] == []
    assert [text for text in complete if is_incomplete(text)] == []
