"""What can be wrong with Dana text: a diagnostic is a value, an error carries diagnostics, one renderer shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dana_grammar.span import Span

Severity: TypeAlias = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One thing to tell the author of a Dana text.

    `code` is stable (`D0xxx` syntax, `D1xxx` names and types, `D2xxx` runtime, `D3xxx` POET, `D4xxx` sandbox);
    `hint` says what to write instead, or is empty; `related` points at other places that explain the message.

    >>> Diagnostic(code="D0001", message="expected ':'", span=Span(1, 5, 1, 6)).severity
    'error'
    """

    code: str
    message: str
    span: Span
    hint: str = ""
    severity: Severity = "error"
    file: str = "<dana>"
    related: tuple[tuple[Span, str], ...] = ()


class DanaSourceError(Exception):
    """The Dana text is wrong. `diagnostics` holds every mistake that was found, in source order, at least one."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics[0].message)
        self.diagnostics = diagnostics


class GrammarBug(Exception):
    """dana_grammar itself is wrong. No text, whatever it says, should make anyone meet this."""
