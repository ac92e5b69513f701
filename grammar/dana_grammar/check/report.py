"""Where the rules put what they find, and the search for the name that was meant.

The search loads `difflib`, which a program without mistakes never needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.codes import NOTES, WARNINGS
from dana_grammar.errors import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dana_grammar.errors import Severity
    from dana_grammar.span import Span

MOST_SEARCHES = 60
"""Searches for a similar name in one program; a text that is not Dana at all must not take seconds."""


class Report:
    """What one check found so far."""

    __slots__ = ("file", "found", "searches")

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Diagnostic] = []
        self.searches = 0

    def add(
        self,
        code: str,
        span: Span,
        message: str,
        *,
        hint: str = "",
        severity: Severity | None = None,
        related: tuple[tuple[Span, str], ...] = (),
    ) -> None:
        """Keep one diagnostic. Its severity is the code's own where none is given."""
        level = severity or ("warning" if code in WARNINGS else "note" if code in NOTES else "error")
        self.found.append(
            Diagnostic(
                code=code, message=message, span=span, hint=hint, severity=level, file=self.file, related=related
            )
        )

    def did_you_mean(self, name: str, candidates: Iterable[str]) -> str:
        """Return `did you mean 'x'?` for the candidate most like `name`, or nothing."""
        self.searches += 1
        meant = similar(name, candidates) if self.searches <= MOST_SEARCHES else ""
        return f"did you mean '{meant}'?" if meant else ""

    def in_source_order(self) -> tuple[Diagnostic, ...]:
        """Return everything that was found, by place, and by code at one place."""
        return tuple(sorted(self.found, key=lambda d: (d.span, d.code)))


def similar(name: str, candidates: Iterable[str]) -> str:
    """Return the candidate that is most like `name`, or nothing when none is close.

    >>> similar("lenght", ["length", "width"])
    'length'
    """
    import difflib

    choices = sorted({choice for choice in candidates if not choice.startswith("__") and choice != name})
    folded = {choice.lower(): choice for choice in choices}
    if name.lower() in folded:
        return folded[name.lower()]
    # One letter says too little: `i` is not a misspelled `x`.
    choices = [choice for choice in choices if len(choice) > 1]
    close = difflib.get_close_matches(name, choices, n=1, cutoff=_likeness(name)) if len(name) > 1 else []
    return close[0] if close else ""


def _likeness(name: str) -> float:
    """How like a candidate has to be: two swapped letters weigh more in a short name."""
    if len(name) <= 5:
        return 0.74
    return 0.8 if len(name) <= 9 else 0.87
