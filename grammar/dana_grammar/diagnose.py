"""Say in the author's terms what is wrong at a token that the grammar does not allow.

`diagnose` asks the rules of `RULES` in order; the first that knows the mistake words it. Each rule is one class of
mistake with its own code: see `codes.py` for the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.driver import expected
from dana_grammar.errors import Diagnostic
from dana_grammar.mistakes import STATEMENT_RULES
from dana_grammar.mistakes_in_expressions import EXPRESSION_RULES
from dana_grammar.situation import Finding, Situation
from dana_grammar.words import KIND_NAMES, OPERANDS, SIGNS_BETWEEN

if TYPE_CHECKING:
    from dana_grammar.driver import Unexpected
    from dana_grammar.tokens import Token

MOST_NAMES = 4


def diagnose(error: Unexpected, file: str, outer: Token | None = None) -> Diagnostic:
    """Return what is wrong at `error`; `outer` is the line's first token when the place is inside an f-string."""
    situation = Situation(error.tokens, error.index, expected(error.states), outer)
    finding = next((found for rule in RULES if (found := rule(situation))), None) or generic(situation)
    return Diagnostic(
        code=finding.code, message=finding.message, span=finding.span or situation.span, hint=finding.hint, file=file
    )


def generic(situation: Situation) -> Finding:
    """What to say when no rule knows the mistake: what could stand here, at most four things."""
    names = expected_names(situation.expected)
    found = situation.shown
    wanted = f"expected {names}, found {found}" if names else f"{found} cannot stand here"
    return Finding("D0001", wanted)


def expected_names(kinds: set[str]) -> str:
    """Return `kinds` in words, '' when there are too many to help.

    >>> expected_names({"NAME", "STRING", "NUMBER", "LPAR"})
    'a value'
    """
    kinds = kinds - {"NEWLINE", "SEMICOLON"} if len(kinds) > MOST_NAMES else kinds
    names = set()
    if {"NUMBER", "STRING"} <= kinds:
        names.add("a value")
        kinds = kinds - OPERANDS - {"STAR", "POWER"}
    elif {"OPERATOR", "DOT"} & kinds:
        kinds = kinds - SIGNS_BETWEEN
    names |= {KIND_NAMES.get(kind, kind.lower()) for kind in kinds}
    ordered = sorted(names)
    if not ordered or len(ordered) > MOST_NAMES:
        return ""
    return ordered[0] if len(ordered) == 1 else f"{', '.join(ordered[:-1])} or {ordered[-1]}"


RULES = (*STATEMENT_RULES, *EXPRESSION_RULES)
