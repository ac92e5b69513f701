"""The rule for `//`: a comment after an operand looks like a division."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.span import Span

if TYPE_CHECKING:
    from dana_grammar.check.report import Report
    from dana_grammar.nodes import Comment

CLOSING = frozenset(")]}\"'`$")


def check_comments(report: Report, comments: tuple[Comment, ...], text: str) -> None:
    """Report `//` comments that follow an operand on their line."""
    slashed = [comment for comment in comments if comment.text.startswith("//") and not comment.alone]
    lines = text.split("\n") if slashed else []
    for comment in slashed:
        if comment.line <= len(lines) and _follows_operand(lines[comment.line - 1], comment.column):
            end = comment.column + len(comment.text)
            report.add(
                "D1407", Span(comment.line, comment.column, comment.line, end),
                "this '//' is taken as a comment; after a value it could be a division",
                hint="write `#` (`dana-poet fmt` does it)",
            )  # fmt: skip


def _follows_operand(line: str, column: int) -> bool:
    before = line[: column - 1].rstrip()
    return bool(before) and (before[-1].isalnum() or before[-1] == "_" or before[-1] in CLOSING)
