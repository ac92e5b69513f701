"""The parse tables are those of dana.lark, and our driver accepts what lark accepts."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import lark
import pytest
from lark.lexer import Lexer

from dana_grammar import make_tables
from dana_grammar.parse import parse_recovering, scanned
from tests.grammar.corpus import syntax_cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_grammar.tokens import Token


class OurTokens(Lexer):
    """Feeds the tokens of our scanner and layout to lark."""

    def __init__(self, _conf: object) -> None:
        pass

    def lex(self, text: str) -> Iterator[lark.Token]:  # type: ignore[override]
        """Give the tokens of `text`, without $END, which lark adds."""
        tokens: list[Token] = scanned(text, "<dana>").tokens
        return (lark.Token(token[0], token[1]) for token in tokens[:-1])


@pytest.fixture(scope="module")
def stock_parser() -> lark.Lark:
    """Return lark's parser of dana.lark, in strict mode: a conflict would be an error."""
    return make_tables.lark_of(make_tables.GRAMMAR.read_text(encoding="utf-8"), OurTokens)


def test_the_grammar_has_no_conflict(stock_parser: lark.Lark) -> None:
    """Lark would settle a shift/reduce conflict without a word; strict mode refuses it."""
    assert stock_parser.options.strict


def test_the_tables_are_those_of_the_grammar() -> None:
    """After a change of dana.lark run `python -m dana_grammar.make_tables`."""
    source = make_tables.source_of(make_tables.GRAMMAR.read_text(encoding="utf-8"))
    assert make_tables.TABLES.read_text(encoding="utf-8") == source


def accepts(parser: lark.Lark, text: str) -> bool:
    """Tell whether lark accepts the tokens of `text`."""
    try:
        parser.parse(text, start="program")
    except lark.exceptions.UnexpectedToken:
        return False
    return True


@pytest.mark.parametrize("case", syntax_cases(), ids=lambda case: f"{case.file}: {case.title}")
def test_lark_and_our_driver_accept_the_same(stock_parser: lark.Lark, case: object) -> None:
    """The driver leaves reductions out to be fast; that must not change the language."""
    text: str = case.text  # type: ignore[attr-defined]
    from dana_grammar.driver import Unexpected, run
    from dana_grammar.tree_builder import TreeBuilder

    scanner = scanned(text, "<dana>")
    try:
        run(scanner.tokens, TreeBuilder(scanner.fstrings))
        ours = True
    except Unexpected as error:
        ours = error.tokens is not scanner.tokens
    assert ours == accepts(stock_parser, text)


def test_parsing_imports_no_lark() -> None:
    """Lark takes 50 ms to import: only `make_tables` may."""
    code = "import sys; from dana_grammar.parse import parse; parse('x = f\"{1}\"'); print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_tables_are_plain_literals() -> None:
    """What is read at start must not be able to run anything: no pickle, no call."""
    import ast

    tree = ast.parse(make_tables.TABLES.read_text(encoding="utf-8"))
    values = [node.value for node in tree.body if isinstance(node, ast.AnnAssign)]
    assert len(values) == 8
    for value in values:
        assert value is not None
        ast.literal_eval(value)


def test_problems_are_the_same_with_and_without_a_final_line_end() -> None:
    """Editors differ in whether they write one."""
    for case in syntax_cases():
        if case.text.count("\n") == 1 and not case.text.rstrip("\n").endswith("\\"):
            with_end, without = parse_recovering(case.text)[1], parse_recovering(case.text.rstrip("\n"))[1]
            assert [p.code for p in with_end] == [p.code for p in without], case.title
