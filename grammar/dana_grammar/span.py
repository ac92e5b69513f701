"""Where a piece of Dana text sits: the one place type that every node, token and diagnostic carries."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """A range of Dana text. Lines and columns count from 1, in characters; the end is exclusive.

    >>> Span(1, 1, 1, 4).to(Span(2, 1, 2, 9))
    Span(line=1, column=1, end_line=2, end_column=9)
    """

    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """Return the span from the start of this one to the end of `other`."""
        return Span(self.line, self.column, other.end_line, other.end_column)


START = Span(1, 1, 1, 1)
"""The first character of a text: the place of what has no better one."""
