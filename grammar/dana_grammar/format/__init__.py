"""A program to canonical text. `formatting.format_text` is the door for text; here a tree comes in.

The style: 4 blanks, lines within 100 columns, one statement on a line, the fewest parentheses, no more than one blank
line inside of blocks and two outside. Comments and the source of literals stay as the author wrote them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.format.compare import difference
from dana_grammar.format.page import plain_page, text_of, woven_page
from dana_grammar.format.source import Source
from dana_grammar.format.statements import lines_of
from dana_grammar.format.weave import Weaver

if TYPE_CHECKING:
    from dana_grammar.nodes import Program

__all__ = ["difference", "format_program", "unparse"]


def unparse(program: Program) -> str:
    """Return the text of a tree, without comments: for trees that were made, not parsed."""
    return text_of(plain_page(lines_of(program)))


def format_program(program: Program, text: str) -> str:
    """Return the canonical text of `program`, with its comments. `text` is what it was parsed from, lines ending in \\n."""
    weaver = Weaver(lines_of(program), Source(text, program.comments))
    weaver.weave()
    return text_of(woven_page(weaver))
