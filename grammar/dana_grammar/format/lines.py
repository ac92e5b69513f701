"""A program as logical lines: each a document, its level, and how much room it wants around itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from dana_grammar.format.layout import Doc
    from dana_grammar.nodes import Comment

Room: TypeAlias = Literal["as written", "none", "some"]
"""Blank lines before a line: what the author left, never any, or at least one."""


class Line:
    """One logical line of the result. `opens` tells that a block follows, `trailing` is the comment at its end."""

    __slots__ = ("doc", "level", "opens", "room", "trailing")

    def __init__(self, doc: Doc, level: int, *, opens: bool = False, room: Room = "as written") -> None:
        self.doc = doc
        self.level = level
        self.opens = opens
        self.room = room
        self.trailing: Comment | None = None


class Lines:
    """The lines of a program as they are made, with the level that the next one has."""

    def __init__(self) -> None:
        self.made: list[Line] = []
        self.level = 0
        self.room: Room = "none"

    def add(self, doc: Doc, *, opens: bool = False) -> None:
        """Add one line."""
        self.made.append(Line(doc, self.level, opens=opens, room=self.room))
        self.room = "none" if opens else "as written"

    def close_to(self) -> None:
        """Let the next line follow without blank lines: it continues a definition or a statement."""
        self.room = "none"

    def apart(self) -> None:
        """Leave room before the next line, unless it is the first of its block."""
        if self.made and not self.made[-1].opens:
            self.room = "some"
