"""Read a source text beside the leaves that were made from it: where each leaf stood, and what lay between them.

Leaves and text hold the same characters in the same order, but for blanks, parentheses, commas, semicolons and
comments. So one walk over both finds the place of every leaf without lexing the text a second time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import normalize

from dana_grammar._tables import PATTERNS
from dana_grammar.errors import GrammarBug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dana_grammar.format.layout import Leaf
    from dana_grammar.nodes import Comment

UNMARKED: Final = frozenset(" \t\f\r\n\v(),;\\\ufeff")
"""Characters that a format may add or take away outside of literals."""
WORD: Final = re.compile(r"[\w\u0080-\U0010ffff]+")
IDLE: Final = re.compile(rf"\.\.\.|pass\b|[fF]?(?:{PATTERNS['STRING']})")
DROPPED: Final = re.compile(r"def\b|:")
"""What the tree does not keep, because it says nothing there: `def` in an interface, an empty step of a slice."""


class Between(NamedTuple):
    """A parenthesis or a comment that lies between two leaves. `offset` is its place in the text."""

    offset: int
    sign: str
    comment: Comment | None


class Source:
    """A text that is read leaf by leaf."""

    def __init__(self, text: str, comments: Iterable[Comment]) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.comments = {self.starts[comment.line - 1] + comment.column - 1: comment for comment in comments}
        self.position = 0
        self.between: list[Between] = []

    def gap(self) -> list[Between]:
        """Move to the next marked character. Return what lay between it and the last leaf."""
        self.skip()
        between, self.between = self.between, []
        return between

    def skip(self) -> None:
        """Move over unmarked characters and comments, and keep what is worth knowing of them."""
        text, position = self.text, self.position
        while position < len(text):
            comment = self.comments.get(position)
            if comment:
                self.between.append(Between(position, "#", comment))
                position = self.starts[comment.line] - 1
            elif text[position] not in UNMARKED:
                break
            else:
                if text[position] in "()":
                    self.between.append(Between(position, text[position], None))
                position += 1
        self.position = position

    def idle(self, leaf: Leaf | None) -> str:
        """Move over a string, `...` or `pass` in a body where it says nothing, when `leaf` was expected. Return it."""
        found = IDLE.match(self.text, self.position)
        if not found or (leaf and self.text.startswith(leaf.text.strip(), self.position)):
            return ""
        if leaf and leaf.added and leaf.text == "pass":
            leaf.text = found[0]
            return ""
        self.position = found.end()
        return found[0]

    def take(self, leaf: Leaf) -> None:
        """Move over the characters of `leaf`, unless the source never had it."""
        text = leaf.text.strip()
        if leaf.added:
            here = self.text.startswith(text, self.position) and not WORD.match(self.text, self.position + len(text))
            self.position += len(text) if here else 0
        elif leaf.literal:
            self.literal(text)
        elif text == "$$":
            self.position += 1 + self.text.startswith("$$", self.position)
        elif self.text.startswith(text, self.position) and not UNMARKED.intersection(text):
            self.position += len(text)
        else:
            self.characters([character for character in text if character not in UNMARKED])

    def literal(self, text: str) -> None:
        """Move over a literal."""
        if not self.text.startswith(text, self.position):
            self.lost(text)
        self.position += len(text)

    def characters(self, marked: list[str]) -> None:
        """Move over marked characters, with anything between them."""
        while marked:
            self.skip()
            if self.text.startswith(marked[0], self.position):
                self.position += 1
                del marked[0]
            elif taken := self.normalized("".join(marked)):
                del marked[:taken]
            elif found := DROPPED.match(self.text, self.position):
                self.position = found.end()
            else:
                self.lost("".join(marked))

    def normalized(self, expected: str) -> int:
        """Move over a name that is written in other characters than its normal form. Return that form's length."""
        found = WORD.match(self.text, self.position)
        form = normalize("NFKC", found[0]) if found else ""
        if not found or not form or not expected.startswith(form):
            return 0
        self.position = found.end()
        return len(form)

    def lost(self, expected: str) -> None:
        """Give up: the text is not what the leaves were made from."""
        line, _ = self.place(self.position)
        found = self.text[self.position : self.position + 20]
        raise GrammarBug(f"the formatter expected {expected[:20]!r} in line {line + 1} and found {found!r}")

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of a place, both from 0."""
        low, high = 0, len(self.lines)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.starts[middle] <= offset else (low, middle)
        return low, offset - self.starts[low]

    def blanks_above(self, line: int) -> int:
        """Return how many blank lines stand directly above a line, counted from 0."""
        above = line
        while above > 0 and not self.lines[above - 1].strip():
            above -= 1
        return line - above
