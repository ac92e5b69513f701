"""Whether `//` divides or starts a comment: the one place that decides it.

It is a comment where no operand stands before it on the line, behind a text or a constant, which nothing divides, and
where what follows it cannot go on as code: text
after a blank in which two operands stand side by side, or a sign that no expression has. Outside of brackets a second
`//` right behind a quotient starts a comment when a word follows: `a // b // note`. In all other places it is floor
division. The table of cases is `tests/corpus/syntax/slashes.txt`.
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
NOTE = re.compile(r"[ \t]+[^\W\d]")
SIGNS_BETWEEN = frozenset(
    {"OPERATOR", "PLUS", "MINUS", "STAR", "POWER", "SLASH", "AT", "VBAR", "EQUAL", "COLON", "SEMICOLON", "COMMA", "IF",
     "ELSE", "IN"}
)  # fmt: skip
HEADER_WORDS = frozenset({"if", "elif", "while", "for", "with", "match", "case", "else", "on_feedback_received"})
PREFIX_WORDS = frozenset({"not", "lambda"})
CONSTANT_WORDS = frozenset(word for word in HARD_WORDS if word.lower() in ("true", "false", "none", "null"))


FAR_ENOUGH = 1000
"""How far the rest of a line is looked at, so that a very long line takes no more than linear time."""


def starts_comment(scanner: ScannerState, start: int) -> bool:
    """Tell whether the `//` at `start` starts a comment."""
    last = scanner.tokens[-1] if scanner.tokens else None
    if last is None or last[0] not in OPERAND_ENDS or last[4] != scanner.line:
        return True
    if scanner.nesting:  # inside the braces of an f-string a comment would swallow the end of the string
        return False
    if last[0] == "STRING" or last[1] in CONSTANT_WORDS:  # neither can be divided, whatever follows
        return True
    end = scanner.text.find("\n", start)
    end = min(end if end >= 0 else len(scanner.text), start + FAR_ENOUGH)
    rest = scanner.text[start + 2 : end]
    if follows_quotient(scanner) and NOTE.match(rest):
        return True
    return rest[:1] in ("", " ", "\t") and not goes_on_as_code(
        rest, inside=bool(scanner.brackets), header=scanner.tokens[scanner.line_start][1] in HEADER_WORDS
    )


def follows_quotient(scanner: ScannerState) -> bool:
    """Tell whether nothing but one operand stands between the last `//` of the line and this place."""
    line, index = scanner.divisions
    if line != scanner.line or scanner.brackets or index < scanner.line_start:
        return False
    return SIGNS_BETWEEN.isdisjoint([token[0] for token in scanner.tokens[index + 1 :]])


def goes_on_as_code(rest: str, *, inside: bool, header: bool = False) -> bool:
    """Tell whether `rest` of a line can stand behind a division.

    `inside` brackets it may end anywhere; in the `header` of a block there may be a colon.

    >>> goes_on_as_code(" 2]", inside=True), goes_on_as_code(" 1 hour - too long", inside=False)
    (True, False)
    """
    after_operand = False
    depth = position = 0
    last = ""
    while piece := PIECE.match(rest, position):
        group = piece.lastindex
        if group in (LAST, SLASHES):
            return after_operand or inside or depth > 0 or last in (":", "\\")
        text = piece[group or 0]
        is_operand = group == OPERAND or (group == WORD and (text not in HARD_WORDS or text in CONSTANT_WORDS))
        if after_operand and (is_operand or (group == WORD and text == "lambda")):
            return False
        if not after_operand and position == 0 and not starts_operand(group, text):
            return False
        depth += (group == OPENING) - (group == CLOSING)
        if (depth < 0 and not inside) or (text == ":" and not (inside or header or depth)):
            return False
        after_operand = is_operand or group == CLOSING
        last = text
        position = piece.end()
    return False


def starts_operand(group: int | None, text: str) -> bool:
    """Tell whether the first piece behind `//` can start its right operand."""
    if group == WORD:
        return text not in HARD_WORDS or text in PREFIX_WORDS or text in CONSTANT_WORDS
    return group in (OPERAND, OPENING) or (group == SIGN and text in ("-", "+", "~"))
