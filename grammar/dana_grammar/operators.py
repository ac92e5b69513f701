"""Order a flat row of operands and operators by precedence, without recursion.

A row comes from the grammar as it was written: operands, operator tokens, and `Prefixed` for `-x` and `not x`, whose
sign may have to move: `-a ** b` is `-(a ** b)`, `not a == b` is `not (a == b)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dana_grammar.expressions import Binary, Capture, Compare, Logical, Pipe, Unary
from dana_grammar.span import Span

if TYPE_CHECKING:
    from typing import Final

    from dana_grammar.tokens import Token

OR, AND, NOT, COMPARE, PIPE, XOR, BIT_AND, SHIFT, SUM, PRODUCT, SIGN, POWER, CAPTURE = range(1, 14)
PRECEDENCE: Final = {
    "or": OR, "and": AND, "|": PIPE, "^": XOR, "&": BIT_AND, "<<": SHIFT, ">>": SHIFT, "+": SUM, "-": SUM,
    "*": PRODUCT, "/": PRODUCT, "//": PRODUCT, "%": PRODUCT, "@": PRODUCT, "**": POWER, "as": CAPTURE,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"), COMPARE),
}  # fmt: skip
FROM_THE_LEFT: Final = frozenset({SHIFT, SUM, PRODUCT, XOR, BIT_AND, CAPTURE})
"""Levels where `a - b - c` is `(a - b) - c`. POWER builds from the right."""
TOGETHER: Final = frozenset({OR, AND, COMPARE, PIPE})
"""Levels whose operators in a row make one node."""


class Prefixed(NamedTuple):
    """Signs in front of an operand, the innermost first."""

    signs: list[Token]
    operand: Any


def resolve(row: list[Any]) -> Any:
    """Return the tree of `row`: operands at even places, operator tokens at odd ones."""
    first = row[0]
    if len(row) == 3 and type(first) is not Prefixed and type(row[2]) is not Prefixed:
        return joined(PRECEDENCE[row[1][1]], row[1][1], [first, row[2]], [row[1]])
    operands: list[Any] = []
    pending: list[tuple[int, Token]] = []
    push_operand(operands, pending, first)
    for place in range(1, len(row), 2):
        operator = row[place]
        level = PRECEDENCE[operator[1]]
        reduce_above(operands, pending, level)
        pending.append((level, operator))
        if level == CAPTURE:
            operands.append(row[place + 1])
        else:
            push_operand(operands, pending, row[place + 1])
    reduce_above(operands, pending, 0)
    return operands[0]


def push_operand(operands: list[Any], pending: list[tuple[int, Token]], operand: Any) -> None:
    """Put an operand on the stack, and its signs as operators that wait for it."""
    if type(operand) is Prefixed:
        pending.extend((NOT if sign[1] == "not" else SIGN, sign) for sign in reversed(operand.signs))
        operand = operand.operand
    operands.append(operand)


def reduce_above(operands: list[Any], pending: list[tuple[int, Token]], level: int) -> None:
    """Build the pending operators that bind more tightly than `level`; equal ones of one kind are taken together."""
    lowest = level if level in FROM_THE_LEFT else level + 1
    while pending and pending[-1][0] >= lowest:
        top, token = pending.pop()
        if top in (NOT, SIGN):
            operand = operands.pop()
            end = operand.span
            operands.append(Unary(Span(token[2], token[3], end[2], end[3]), token[1], operand))  # type: ignore[arg-type]
            continue
        tokens = [token]
        while top in TOGETHER and pending and pending[-1][0] == top:
            tokens.append(pending.pop()[1])
        tokens.reverse()
        parts = operands[-len(tokens) - 1 :]
        del operands[-len(tokens) - 1 :]
        operands.append(joined(top, tokens[0][1], parts, tokens))


def joined(level: int, operator: str, parts: list[Any], tokens: list[Token]) -> Any:
    """Return the node of one operator, or of a row of operators of one level."""
    start, last = parts[0].span, parts[-1]
    if level == CAPTURE:
        name = Span(*last[2:])
        return Capture(Span(start[0], start[1], name[2], name[3]), parts[0], last[1], name)
    end = last.span
    span = Span(start[0], start[1], end[2], end[3])
    if level >= XOR:
        return Binary(span, parts[0], operator, last)  # type: ignore[arg-type]
    if level == COMPARE:
        return Compare(span, parts[0], tuple([token[1] for token in tokens]), tuple(parts[1:]))  # type: ignore[misc]
    if level == PIPE:
        return Pipe(span, tuple(parts))
    return Logical(span, operator, tuple(parts))  # type: ignore[arg-type]
