"""Parentheses that the tree does not ask for, but the lexer: around `//`, and around the names of scopes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from dana_grammar.format.expressions import FLOOR, SCOPE_WORDS
from dana_grammar.format.layout import Group, Leaf, depth_change, leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dana_grammar.format.lines import Line

THREE: Final = ('"""', "'''")
ESCAPED: Final = re.compile(r"\\[\s\S]")


def guard_divisions(line: Line) -> None:
    """Keep `//` from becoming a comment.

    Outside of brackets that is what a second one on the line is, and one that a colon follows.
    """
    depth = 0
    divisions: list[bool] = []
    colon = False
    for leaf, _ in leaves(line.doc):
        depth += 0 if leaf.literal or leaf.when_broken else depth_change(leaf.text)
        if leaf.text == FLOOR:
            divisions.append(depth == 0)
        colon = colon or (any(divisions) and depth == 0 and not leaf.literal and ":" in leaf.text)
    if any(divisions) and (len(divisions) > 1 or colon):
        fix_parentheses(line, lambda leaf: leaf.text == FLOOR)


def guard_long_strings(line: Line) -> None:
    """Keep a string in single quotes that goes on over lines inside of the brackets that it needs."""
    depth = 0
    for leaf, _ in leaves(line.doc):
        depth += 0 if leaf.literal or leaf.when_broken else depth_change(leaf.text)
        if depth == 0 and is_lost_string(leaf):
            fix_parentheses(line, is_lost_string)


def is_lost_string(leaf: Leaf) -> bool:
    """Tell whether a leaf is a string that spans lines without three quotes or backslashes."""
    return leaf.literal and "\n" in leaf.text and leaf.text[-3:] not in THREE and "\n" in ESCAPED.sub("", leaf.text)


def fix_parentheses(line: Line, matters: Callable[[Leaf], bool]) -> None:
    """Make parentheses stay that would go where their group fits on a line, around the leaves that matter."""
    for part in line.doc:
        if isinstance(part, Group) and any(matters(leaf) for leaf, _ in leaves([part])):
            for inner in part.parts:
                if isinstance(inner, Leaf) and inner.text in {"(", ")"}:
                    inner.when_broken = False


def loosen_guards(lines: Sequence[Line]) -> None:
    """Drop the parentheses around a name like `private` where the program uses it as a name of its own elsewhere."""
    found = [leaf for line in lines for leaf, _ in leaves(line.doc)]
    words = {leaf.text.strip(" *=:") for leaf in found if not leaf.guard and not leaf.literal} & SCOPE_WORDS
    for leaf in found:
        if leaf.guard in words and leaf.text in {"(", ")"}:
            leaf.text = ""
