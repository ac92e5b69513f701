"""The rules for the handlers of `try`: which errors they catch and which of them can never run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.known_names import EXCEPTIONS
from dana_grammar.expressions import Name, TupleDisplay

if TYPE_CHECKING:
    from dana_grammar.check.checker import Checker
    from dana_grammar.expressions import Expression
    from dana_grammar.statements import Handler, Try

GUARDING = frozenset({
    "Exception", "BaseException", "NameError", "TypeError", "AttributeError", "ValueError", "LookupError", "KeyError",
    "RuntimeError", "ImportError",
})  # fmt: skip
"""Catching one of these tells that the author expects the body to fail."""


def guards(handler: Handler) -> bool:
    """Whether a handler catches errors of names and types."""
    return handler.type is None or any(name in GUARDING for name in _names(handler.type))


def _names(kind: Expression) -> list[str]:
    parts = kind.items if isinstance(kind, TupleDisplay) else (kind,)
    return [part.name for part in parts if isinstance(part, Name)]


def check_handlers(checker: Checker, node: Try) -> None:
    """Report a handler whose errors an earlier one has caught already."""
    caught: list[str] = []
    for handler in node.handlers:
        names = ["Exception"] if handler.type is None else _names(handler.type)
        earlier = [_caught_by(name, caught) for name in names]
        if earlier and all(earlier) and (handler.type is None or len(names) == _count(handler.type)):
            checker.report.add(
                "D1403", handler.span if handler.type is None else handler.type.span,
                f"this handler never runs: '{earlier[0]}' above catches everything it would",
                hint="put the more special errors first",
            )  # fmt: skip
        caught += ["BaseException:"] if handler.type is None else names


def _count(kind: Expression) -> int:
    return len(kind.items) if isinstance(kind, TupleDisplay) else 1


def _caught_by(name: str, caught: list[str]) -> str:
    """Return the earlier `except` that catches `name`, else nothing. A bare one is kept as `BaseException:`."""
    for above in caught:
        if above == "BaseException:":
            return "except:"
        if name == above or _is_kind_of(name, above):
            return f"except {above}"
    return ""


def _is_kind_of(name: str, above: str) -> bool:
    return name in EXCEPTIONS and above in EXCEPTIONS and issubclass(EXCEPTIONS[name], EXCEPTIONS[above])
