"""How tightly each expression binds: what needs parentheses where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dana_grammar.expressions import (
    Binary,
    Capture,
    Compare,
    Conditional,
    Expression,
    Lambda,
    Logical,
    Pipe,
    Starred,
    Unary,
    Walrus,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

ENCLOSED: Final = -1
"""Parentheses belong to it wherever it stands."""
NAMED: Final = 1
"""`name := value` may stand here."""
EXPRESSION: Final = 2
"""A conditional or a lambda may stand here."""
OPERATION: Final = 3
OR: Final = 4
AND: Final = 5
NOT: Final = 6
COMPARE: Final = 7
PIPE: Final = 8
SIGN: Final = 15
POWER: Final = 16
CAPTURE: Final = 17
POSTFIX: Final = 18

BINARY: Final[Mapping[str, int]] = {
    "^": 10, "&": 11, "<<": 12, ">>": 12, "+": 13, "-": 13, "*": 14, "/": 14, "//": 14, "%": 14, "@": 14, "**": POWER,
}  # fmt: skip


def binding(node: Expression) -> int:
    """Return the loosest place where `node` stands without parentheses.

    A tuple without parentheses is never asked for where it cannot stand: with them it would be another tree.
    """
    match node:
        case Walrus():
            return ENCLOSED if is_augmented(node) else NAMED
        case Conditional() | Lambda() | Starred():
            return EXPRESSION
        case Capture():
            return CAPTURE
        case Logical():
            return OR if node.operator == "or" else AND
        case Unary():
            return NOT if node.operator == "not" else SIGN
        case Compare():
            return COMPARE
        case Pipe():
            # `a | f as x == y` would not tell what is named.
            return OPERATION if any(isinstance(stage, Capture) for stage in node.stages) else PIPE
        case Binary():
            return BINARY[node.operator]
        case _:
            return POSTFIX


def is_augmented(node: Walrus) -> bool:
    """Tell whether `node` was written `(x += 1)`: then the name stands at one place only."""
    match node.value:
        case Binary(left=first) | Pipe(stages=(first, _)):
            return first == node.target and not (
                isinstance(node.value, Pipe) and isinstance(node.value.stages[1], Capture)
            )
        case _:
            return False
