"""Lines and comments to text, with the blank lines that belong between them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from dana_grammar.format.layout import INDENT, Printer, hash_comment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dana_grammar.format.lines import Line
    from dana_grammar.format.weave import OwnLine, Row, Weaver
    from dana_grammar.nodes import Comment

MOST_BLANKS = 2
"""Blank lines at the top level; inside of blocks there is at most one."""


class Item(NamedTuple):
    """A line or a comment of the page, `blanks` lines after the one before it."""

    blanks: int
    level: int
    content: Line | str


def text_of(items: Sequence[Item]) -> str:
    """Return the text of a page."""
    printer = Printer()
    for item in items:
        printer.out.append("\n" * item.blanks)
        if isinstance(item.content, str):
            printer.out.append(f"{' ' * (item.level * INDENT)}{item.content}\n")
        else:
            printer.print(item.content.doc, item.level, item.content.trailing)
    return "".join(printer.out)


def plain_page(lines: Sequence[Line]) -> list[Item]:
    """Return the page of lines that have no source."""
    return [Item(least_blanks(line) if number else 0, line.level, line) for number, line in enumerate(lines)]


def least_blanks(line: Line) -> int:
    """Return the blank lines that a line wants before itself, where no author said otherwise."""
    return 0 if line.room != "some" else 1 if line.level else MOST_BLANKS


def woven_page(weaver: Weaver) -> list[Item]:
    """Return the page of lines with the comments and the blank lines of their source."""
    items: list[Item] = []
    columns: dict[int, int] = {}
    end = -1
    for before, row in pairwise([None, *weaver.rows, None]):
        own = leveled(weaver.own.get(before.number if before else -1, []), before, row, columns)
        chunk: list[Item] = []
        for comment, level in own:
            chunk.append(Item(blanks(weaver, comment.line - 1, end, level), level, hash_comment(comment.text)))
            end = max(end, comment.line - 1 + comment.text.count("\n"))
        if row:
            chunk.append(Item(blanks(weaver, row.first, end, row.line.level), row.line.level, row.line))
            chunk = spaced(chunk, before.line if before else None, row.line)
            columns[row.line.level] = row.column
            end = row.last
        items += chunk
    return [items[0]._replace(blanks=0), *items[1:]] if items else []


def blanks(weaver: Weaver, line: int, end: int, level: int) -> int:
    """Return the blank lines that the author left above a source line, as far as they are kept."""
    found = weaver.source.blanks_above(line) if line > end else 0
    return min(found, 1 if level else MOST_BLANKS)


def leveled(
    own: Sequence[OwnLine], before: Row | None, after: Row | None, columns: dict[int, int]
) -> Iterator[tuple[Comment, int]]:
    """Yield comments with their level: that of the deepest open block that they are indented for."""
    deepest = before.line.level + before.line.opens if before else 0
    least = min(after.line.level, deepest) if after else 0
    for comment, known in own:
        fitting = (level for level in range(deepest, least, -1) if comment.column - 1 > columns[level - 1])
        level = next(fitting, least) if known is None else max(least, min(known, deepest))
        yield comment, level
        deepest = level


def spaced(chunk: list[Item], before: Line | None, line: Line) -> list[Item]:
    """Give the comments before a line, and the line, the room that the line wants. The line is the last item."""
    *comments, last = chunk
    if before is None or line.room == "as written":
        return chunk
    if line.room == "some":
        return apart(chunk, line.level)
    if before.opens:
        return [chunk[0]._replace(blanks=0), *chunk[1:]]
    if before.level == line.level:
        return [item._replace(blanks=0) for item in chunk]
    return [*comments, last._replace(blanks=0)]


def apart(chunk: list[Item], level: int) -> list[Item]:
    """See to a blank line before the last item, or before the comments that lead to it."""
    start = len(chunk) - 1
    while start > 0 and chunk[start - 1].level == level:
        start -= 1
    if any(item.blanks for item in chunk[start:]):
        return chunk
    return [*chunk[:start], chunk[start]._replace(blanks=1), *chunk[start + 1 :]]
