"""What a scanner knows of the text it is in: place, open brackets and blocks, and what it has found so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.errors import Diagnostic
from dana_grammar.tokens import Mark

if TYPE_CHECKING:
    from dana_grammar.nodes import Comment
    from dana_grammar.span import Span
    from dana_grammar.tokens import Headers, Hole, Token


class ScannerState:
    """The state of scanning one text, or one expression of an f-string inside it (`nesting` above 0)."""

    def __init__(self, text: str, file: str, parent: ScannerState | None = None) -> None:
        self.text = text
        self.file = file
        self.line: int = parent.line if parent else 1
        self.base: int = parent.base if parent else -1
        self.nesting: int = parent.nesting + 1 if parent else 0
        self.tokens: list[Token] = []
        self.marks: list[Mark] = []
        self.brackets: list[int] = []
        self.pairs: dict[int, int] = {}
        """For each opening bracket the token that closes it."""
        self.indents: list[tuple[int, int]] = [(0, 0)]
        self.closed_width = 0
        self.headers: Headers = None
        self.line_start = 0
        self.unclosed: frozenset[int] = frozenset()
        """Lines with a bracket that an earlier scan found never closed: it ends where the next statement starts."""
        self.specs = 0
        self.divisions = (0, 0)
        self.open_at_end = False
        """True when the text ends inside brackets or inside a string of several lines."""
        self.too_long = self.too_deep = False
        self.long_lines: list[int] = parent.long_lines if parent else []
        """Lines so long that what they hold may be nested too deeply."""
        self.problems: list[Diagnostic] = parent.problems if parent else []
        self.comments: list[Comment] = parent.comments if parent else []
        self.fstrings: dict[tuple[int, int], tuple[str | Hole, ...]] = parent.fstrings if parent else {}
        self.bare_scopes: set[str] = parent.bare_scopes if parent else set()
        self.dotted_scopes: list[tuple[list[Token], int]] = parent.dotted_scopes if parent else []

    def add(self, kind: str, start: int, end: int) -> None:
        """Add a token that stands on one line."""
        self.tokens.append((kind, self.text[start:end], self.line, start - self.base, self.line, end - self.base))

    def mark(self) -> None:
        """Leave a mark at the token that comes next."""
        opener = self.brackets[-1] if self.brackets else -1
        self.marks.append(Mark(len(self.tokens), opener, self.line_start, self.headers))

    def problem(self, code: str, message: str, span: Span, hint: str = "", related: Span | None = None) -> None:
        """Note what is wrong. `related` is the place of the bracket that a message talks about."""
        more = ((related, "opened here"),) if related else ()
        self.problems.append(Diagnostic(code=code, message=message, span=span, hint=hint, file=self.file, related=more))
