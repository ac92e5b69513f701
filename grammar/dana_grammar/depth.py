"""The limit on nesting, so that passes over the tree may recurse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.errors import Diagnostic
from dana_grammar.walk import children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_grammar.expressions import Node
    from dana_grammar.nodes import Program

DEEPEST_EXPRESSION = 200
EXPRESSIONS = "dana_grammar.expressions"


def too_deep(program: Program, file: str) -> Iterator[Diagnostic]:
    """Yield a mistake where an expression is nested too deeply, for the first such place that is met."""
    pending: list[tuple[Node, int]] = [(program, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > DEEPEST_EXPRESSION:
            message = f"this expression is nested more than {DEEPEST_EXPRESSION} levels deep"
            yield Diagnostic(
                code="D0026", message=message, span=node.span, hint="give parts of it names of their own", file=file
            )
            return
        inside = depth + 1 if type(node).__module__ == EXPRESSIONS else 0
        pending.extend((child, inside) for child in children(node))
