"""The rules for parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.expressions import annotation
from dana_grammar.expressions import Name, Pipe

if TYPE_CHECKING:
    from dana_grammar.check.checker import Checker
    from dana_grammar.expressions import Expression, Parameter


def visit_parameters(checker: Checker, parameters: tuple[Parameter, ...]) -> None:
    """Check types and defaults, which are read where the function is defined."""
    for one in parameters:
        if one.annotation is not None:
            annotation(checker, one.annotation)
        if one.default is not None:
            checker.visit(one.default)


def bind_parameters(checker: Checker, parameters: tuple[Parameter, ...]) -> None:
    """Bind parameters in the scope of their function."""
    for one in parameters:
        if one.kind != "star":
            checker.bind(one.name, one.span, "parameter", one).annotation = one.annotation


def receiver_types(receiver: Parameter) -> list[str]:
    """Return the names of the types that a receiver function is for."""
    return [] if receiver.annotation is None else _names(receiver.annotation)


def _names(node: Expression) -> list[str]:
    if isinstance(node, Pipe):
        return [name for part in node.stages for name in _names(part)]
    return [node.name] if isinstance(node, Name) else []
