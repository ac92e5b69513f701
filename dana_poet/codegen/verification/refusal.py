"""How a gate says no: one exception that carries the reason and what shows it; it never leaves the package."""

from __future__ import annotations

import ast


class Refused(Exception):  # noqa: N818 - it is a verdict, not an error
    """A gate refuses the candidate, for this reason."""

    def __init__(self, reason: str, counterexample: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.counterexample = reason, counterexample


def at(node: ast.AST) -> str:
    """Return the place and the text of a node, as a counterexample."""
    text = " ".join(ast.unparse(node).split())
    return f"line {getattr(node, 'lineno', 0)}: {text if len(text) <= 120 else text[:117] + '...'}"
