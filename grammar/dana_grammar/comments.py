"""Whether `//` divides or starts a comment: the one place that decides it.

It is a comment where no operand stands before it on the line, and where what follows it cannot go on as code: text
after a blank in which two operands stand side by side, or a sign that no expression has. After a first `//` on the
same line outside of brackets, a second one starts a comment. In all other places it is floor division. The table of
cases is `tests/corpus/syntax/slashes.txt`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dana_grammar._tables import PATTERNS
from dana_grammar.tokens import HARD_WORDS, OPERAND_ENDS

if TYPE_CHECKING:
    from dana_grammar.scan_state import ScannerState

PIECE = re.compile(
    rf"[ \t]*(?:([fF]?(?:{PATTERNS['STRING']})|{PATTERNS['NUMBER']}(?!\w)|\$\$)|({PATTERNS['NAME']})|([(\[{{])|([)\]}}])"
    r"|(//)|(\#|$)|([-+*%|=<>@&^.,;:~/\\!]+))"
)
OPERAND, WORD, OPENING, CLOSING, SLASHES, LAST, SIGN = range(1, 8)
PREFIX_WORDS = frozenset({"not", "lambda"})
CONSTANT_WORDS = frozenset(word for word in HARD_WORDS if word.lower() in ("true", "false", "none", "null"))


def starts_comment(scanner: ScannerState, start: int) -> bool:
    """Tell whether the `//` at `start` starts a comment."""
    last = scanner.tokens[-1] if scanner.tokens else None
    if last is None or last[0] not in OPERAND_ENDS or last[4] != scanner.line:
        return True
    if scanner.divisions[0] == scanner.line and not scanner.brackets and scanner.divisions[1] >= scanner.line_start:
        return True
    end = scanner.text.find("\n", start)
    rest = scanner.text[start + 2 : end if end >= 0 else len(scanner.text)]
    return rest[:1] in ("", " ", "\t") and not goes_on_as_code(rest, inside=bool(scanner.brackets))


def goes_on_as_code(rest: str, *, inside: bool) -> bool:
    """Tell whether `rest` of a line can stand behind a division; `inside` brackets it may end anywhere.

    >>> goes_on_as_code(" 2]", inside=True), goes_on_as_code(" 1 hour - too long", inside=False)
    (True, False)
    """
    after_operand = False
    depth = 0
    position = 0
    while piece := PIECE.match(rest, position):
        group = piece.lastindex
        if group in (LAST, SLASHES):
            return after_operand or inside or depth > 0
        text = piece[group or 0]
        is_operand = group == OPERAND or (group == WORD and (text not in HARD_WORDS or text in CONSTANT_WORDS))
        if after_operand and (is_operand or (group == WORD and text == "lambda")):
            return False
        if not after_operand and position == 0 and not starts_operand(group, text):
            return False
        depth += (group == OPENING) - (group == CLOSING)
        if depth < 0 and not inside:
            return False
        after_operand = is_operand or group == CLOSING
        position = piece.end()
    return False


def starts_operand(group: int | None, text: str) -> bool:
    """Tell whether the first piece behind `//` can start its right operand."""
    if group == WORD:
        return text not in HARD_WORDS or text in PREFIX_WORDS or text in CONSTANT_WORDS
    return group in (OPERAND, OPENING) or (group == SIGN and text in ("-", "+", "~"))
