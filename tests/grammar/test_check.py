"""The check pass on the texts of `corpus/check`: every diagnostic with its place, severity, code, text and hint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dana_grammar.check import BUILTIN_NAMES, CODES, check
from dana_grammar.expressions import Binary, Number, Unary
from dana_grammar.nodes import Program
from dana_grammar.parse import parse
from dana_grammar.span import START
from dana_grammar.statements import ExpressionStatement

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_grammar.errors import Diagnostic
    from dana_grammar.expressions import Expression

CORPUS = Path(__file__).parents[1] / "corpus" / "check"


def read_cases(text: str) -> list[tuple[str, str, str]]:
    """Split a corpus file into (title, Dana text, expected diagnostics)."""
    cases = []
    for block in text.split("=== ")[1:]:
        title, body = block.split("\n", 1)
        dana, expected = body.split("---\n")
        cases.append((title.strip(), dana, expected.strip()))
    return cases


def diagnostics(dana: str) -> tuple[Diagnostic, ...]:
    """Parse and check a text."""
    return check(parse(dana), text=dana)


def one_line(found: Diagnostic) -> str:
    """Return `line:column severity code message | hint`."""
    hint = f" | {found.hint}" if found.hint else ""
    return f"{found.span.line}:{found.span.column} {found.severity} {found.code} {found.message}{hint}"


def all_cases() -> list[object]:
    """Return every case of every corpus file, named by file and title."""
    return [
        pytest.param(dana, expected, id=f"{path.stem}: {title}")
        for path in sorted(CORPUS.glob("*.txt"))
        for title, dana, expected in read_cases(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("dana", "expected"), all_cases())
def test_the_corpus_gets_its_diagnostics(dana: str, expected: str) -> None:
    """What `check` says is what people read: it is compared to the letter."""
    assert "\n".join(map(one_line, diagnostics(dana))) == expected


@pytest.mark.parametrize("code", [code for code, help_ in CODES.items() if help_.wrong])
def test_a_wrong_example_gets_its_code(code: str) -> None:
    """`explain` shows the example: it has to show the mistake, and nothing that is worse."""
    found = diagnostics(CODES[code].wrong)
    assert code in {one.code for one in found}


@pytest.mark.parametrize("code", [code for code, help_ in CODES.items() if help_.right])
def test_a_right_example_gets_nothing(code: str) -> None:
    """What `explain` tells people to write must not be complained about."""
    assert [one_line(one) for one in diagnostics(CODES[code].right)] == []


def test_the_host_may_give_names() -> None:
    """A program that a host runs reads what the host defines."""
    program = parse("print(threshold)\n")
    assert [one.code for one in check(program)] == ["D1001"]
    assert check(program, known=BUILTIN_NAMES | {"threshold"}) == ()


def test_diagnostics_carry_the_file() -> None:
    """Several files may be checked at once."""
    assert {one.file for one in check(parse("print(x)\n"), "a.na")} == {"a.na"}


def test_a_package_file_may_import_for_others() -> None:
    """`__init__.na` imports what its users find under the name of the package."""
    program = parse("from parts import one\n")
    assert [one.code for one in check(program, "tools/one.na")] == ["D1006"]
    assert check(program, "tools/__init__.na") == ()


def test_a_definition_is_shown_beside_a_wrong_call() -> None:
    """The message is about the call; the reader wants to see the parameters."""
    (found,) = diagnostics("def f(a):\n    return a\nf()\n")
    assert [(span.line, text) for span, text in found.related] == [(1, "'f' is defined here")]


def nested(levels: int, around: Callable[[Expression], Expression]) -> Program:
    """Return a program of one expression that `around` has been put around many times."""
    value: Expression = Number(START, 1, "1")
    for _ in range(levels):
        value = around(value)
    return Program(START, (ExpressionStatement(START, value),))


def test_a_very_long_sum_does_not_use_up_the_stack() -> None:
    """Generated programs hold such sums."""
    one = Number(START, 1, "1")
    assert check(nested(5000, lambda value: Binary(START, value, "+", one))) == ()


def test_a_tree_too_deep_for_the_stack_is_said_to_be() -> None:
    """The parser refuses such a text; a tree made otherwise gets a diagnostic and no exception."""
    found = check(nested(5000, lambda value: Unary(START, "-", value)))
    assert [(one.code, one.severity) for one in found] == [("D1901", "warning")]
