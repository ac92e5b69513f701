"""Parentheses that the tree does not ask for, but the lexer: around `//`, and around the names of scopes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from dana_grammar.format.expressions import FLOOR, SCOPE_WORDS
from dana_grammar.format.layout import Group, Leaf, depth_change, leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dana_grammar.format.lines import Line

THREE: Final = ('"""', "'''")
ESCAPED: Final = re.compile(r"\\[\s\S]")


def guard(lines: Sequence[Line]) -> None:
    """Make the parentheses stay that the lexer needs, and drop those that it does not."""
    guarded: list[Leaf] = []
    words: set[str] = set()
    for line in lines:
        found = [leaf for leaf, _ in leaves(line.doc)]
        if any(leaf.text == FLOOR for leaf in found):
            guard_divisions(line, found)
        if any(is_lost_string(leaf) for leaf in found):
            guard_long_strings(line, found)
        guarded += [leaf for leaf in found if leaf.guard]
        words.update(leaf.text.strip(" *=:") for leaf in found if not (leaf.guard or leaf.literal))
    loosen_guards(guarded, words & SCOPE_WORDS)


def outside(found: list[Leaf]) -> Iterator[Leaf]:
    """Yield the leaves that no bracket is sure to surround."""
    depth = 0
    for leaf in found:
        depth += 0 if leaf.literal or leaf.when_broken else depth_change(leaf.text)
        if depth == 0:
            yield leaf


def guard_divisions(line: Line, found: list[Leaf]) -> None:
    """Keep `//` from becoming a comment.

    Outside of brackets that is what a second one on the line is, and one that a colon follows.
    """
    divided = colon = False
    for leaf in outside(found):
        divided = divided or leaf.text == FLOOR
        colon = colon or (divided and not leaf.literal and ":" in leaf.text)
    if divided and (colon or sum(leaf.text == FLOOR for leaf in found) > 1):
        fix_parentheses(line, lambda leaf: leaf.text == FLOOR)


def guard_long_strings(line: Line, found: list[Leaf]) -> None:
    """Keep a string in single quotes that goes on over lines inside of the brackets that it needs."""
    if any(is_lost_string(leaf) for leaf in outside(found)):
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


def loosen_guards(guarded: Sequence[Leaf], words: set[str]) -> None:
    """Drop the parentheses around a name like `private` where the program uses it as a name of its own elsewhere."""
    for leaf in guarded:
        if leaf.guard in words and leaf.text in {"(", ")"}:
            leaf.text = ""
