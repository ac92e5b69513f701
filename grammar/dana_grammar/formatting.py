"""Format Dana text: parse, format, and prove that nothing was lost before anyone writes it to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.errors import GrammarBug
from dana_grammar.format import difference, format_program
from dana_grammar.format.layout import hash_comment

if TYPE_CHECKING:
    from dana_grammar.nodes import Program


def format_text(text: str, file: str = "<dana>") -> str:
    """Return `text` in the canonical style. The program is the same and every comment is there, in its order.

    DanaSourceError when `text` is not Dana; GrammarBug when the result would not be the same program.
    """
    from dana_grammar.parse import parse

    unix = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    program = parse(unix, file)
    result = format_program(program, unix)
    prove_same(program, parse(result, file))
    return result


def prove_same(program: Program, formatted: Program) -> None:
    """GrammarBug unless two programs have the same tree and the same comments."""
    if found := difference(program, formatted):
        raise GrammarBug(f"formatting would change the program at program{found}")
    before, after = ([hash_comment(comment.text) for comment in one.comments] for one in (program, formatted))
    if before != after:
        lost = next((text for text in before if before.count(text) > after.count(text)), "the order of comments")
        raise GrammarBug(f"formatting would lose {lost}")
