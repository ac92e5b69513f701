"""What all parts of the tree builder share: places, lists, and the notes about what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_grammar.errors import Diagnostic
from dana_grammar.span import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_grammar.expressions import Capture
    from dana_grammar.tokens import Hole, Token

new_tuple = tuple.__new__
"""Makes a `Span` from a tuple without a Python call: the parser makes one for every node."""


def token_span(token: Token) -> Span:
    """Return the place of one token."""
    return new_tuple(Span, token[2:])


def from_token(first: Token, last: Span) -> Span:
    """Return the place from a token to the end of a span."""
    return new_tuple(Span, (first[2], first[3], last[2], last[3]))


def to_token(first: Span, last: Token) -> Span:
    """Return the place from the start of a span to the end of a token."""
    return new_tuple(Span, (first[0], first[1], last[4], last[5]))


def between(first: Token, last: Token) -> Span:
    """Return the place from one token to another."""
    return new_tuple(Span, (first[2], first[3], last[4], last[5]))


class BaseBuilder:
    """Makes nodes for one parse. `problems` collects what the grammar allows and Dana does not."""

    def __init__(self, fstrings: Mapping[tuple[int, int], tuple[str | Hole, ...]], file: str = "<dana>") -> None:
        self.fstrings = fstrings
        self.file = file
        self.problems: list[Diagnostic] = []
        self.loose_captures: dict[int, Capture] = {}

    def problem(self, code: str, message: str, span: Span, hint: str = "") -> None:
        """Note what is wrong."""
        self.problems.append(Diagnostic(code=code, message=message, span=span, hint=hint, file=self.file))

    def pick_first(self, first: Any, *_: Any) -> Any:
        """Pass the first child on."""
        return first

    def pick_second(self, _first: Any, second: Any, *_: Any) -> Any:
        """Pass the second child on."""
        return second

    def pick_third(self, _first: Any, _second: Any, third: Any, *_: Any) -> Any:
        """Pass the third child on."""
        return third

    def first_item(self, item: Any, *_: Any) -> list[Any]:
        """Start a list."""
        return [item]

    def second_item(self, _sign: Token, item: Any) -> list[Any]:
        """Start a list with what stands behind a word."""
        return [item]

    def first_and_third(self, first: Any, _comma: Token, second: Any, *_: Any) -> list[Any]:
        """Start a list with two items and a comma between them."""
        return [first, second]

    def append_second(self, items: list[Any], item: Any) -> list[Any]:
        """Add to a list."""
        items.append(item)
        return items

    def append_third(self, items: list[Any], _comma: Token, item: Any, *_: Any) -> list[Any]:
        """Add what stands behind a comma to a list."""
        items.append(item)
        return items

    def first_statement(self, statement: Any) -> list[Any]:
        """Start a block; a line may hold several statements."""
        return statement if type(statement) is list else [statement]

    def next_statement(self, statements: list[Any], statement: Any) -> list[Any]:
        """Add a line to a block."""
        if type(statement) is list:
            statements.extend(statement)
        else:
            statements.append(statement)
        return statements
