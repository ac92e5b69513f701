"""Every node class under one name, and `Program`, the root of a parsed text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dana_grammar.expressions import *  # noqa: F403 - this module is the list of all nodes
from dana_grammar.expressions import Node
from dana_grammar.statements import *  # noqa: F403 - this module is the list of all nodes
from dana_grammar.statements import Block  # noqa: TC001 - `typing.get_type_hints` looks for it here

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dana_grammar.node_class import dataclass


class Comment(NamedTuple):
    """A comment with its marker (`#` or `//`) in `text`. `line` and `column` count from 1.

    `alone` is True where nothing else stands on its line.
    """

    line: int
    column: int
    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Program(Node):
    """A whole Dana file: its statements, and its comments in source order."""

    body: Block
    comments: tuple[Comment, ...] = ()
