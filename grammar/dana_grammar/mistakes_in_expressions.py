"""Mistakes inside expressions: each rule knows one class of them, or says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.situation import Finding, Situation, place
from dana_grammar.tokens import OPERAND_ENDS
from dana_grammar.words import OPERANDS

if TYPE_CHECKING:
    from collections.abc import Callable

ENDS = frozenset({"NEWLINE", "RPAR", "RSQB", "RBRACE", "COMMA", "COLON", "$END", "SEMICOLON", "DEDENT"})
DOUBLED = {"&&": "and", "||": "or", "<>": "!=", "=<": "<=", "!!": "not", "?:": "a if c else b", "**=": "**="}
CLOSING = {"LPAR": ")", "LSQB": "]", "LBRACE": "}"}


def doubled_sign(s: Situation) -> Finding | None:
    """`x++`, `a && b`, `a || b`, `a <> b`."""
    last, before = s.at(-1), s.at(-2)
    if last[1] in ("+", "-") and before[1] == last[1] and s.touches(-1):
        sign = last[1] * 2
        target = s.at(-3)[1] if s.at(-3)[0] in ("NAME", "SCOPED") else "x"
        return Finding(
            "D0013", f"Dana has no '{sign}'", f"write '{target} {last[1]}= 1'", place(before).to(place(last))
        )
    pair = last[1] + s.text
    if pair == "=>" and s.touches(0):
        hint = "write '>=' to compare, 'lambda x :: ...' for a function"
        return Finding("D0014", "'=>' is not an operator", hint, place(last).to(s.span))
    if pair in DOUBLED and s.touches(0):
        return Finding("D0014", f"'{pair}' is not an operator", f"write '{DOUBLED[pair]}'", place(last).to(s.span))
    return None


def lambda_operand(s: Situation) -> Finding | None:
    """`f | lambda x :: x`."""
    if s.kind in ("LAMBDA", "PYTHON_LAMBDA"):
        return Finding("D0028", "a lambda needs parentheses here", "write '(lambda x :: ...)'")
    if s.kind in ("COLON", "DOUBLE_COLON", "NEWLINE", "EQUAL") and any(
        token[0] in ("LAMBDA", "PYTHON_LAMBDA") for token in s.tokens[s.start : s.index]
    ) and not s.depth and s.first[1] not in ("if", "while", "for", "def"):  # fmt: skip
        return Finding("D0028", "this lambda is not complete", "write 'lambda x :: x + 1'")
    return None


def missing_value(s: Situation) -> Finding | None:
    """`x =`, `a +`, `f(, b)`."""
    if s.kind not in ENDS and s.kind not in (
        "OPERATOR",
        "EQUAL",
        "VBAR",
        "STAR",
        "SLASH",
        "DOT",
        "IF",
        "ELSE",
        "FOR",
        "IN",
    ):
        return None
    if "NUMBER" not in s.expected or s.is_first:
        return None
    before = s.at(-1)
    if before[0] in OPERAND_ENDS or not before[1].strip():
        return None
    return Finding(
        "D0019", f"a value is missing after '{before[1]}'", "", s.span if s.kind != "NEWLINE" else place(before)
    )


def missing_comma(s: Situation) -> Finding | None:
    """`[1 2]`, `f(a b)`."""
    if s.kind not in OPERANDS or s.at(-1)[0] not in OPERAND_ENDS or s.kind in ("LPAR", "LSQB"):
        return None
    if s.first[0] in ("DEF", "SYNC") and s.depth == 1 and s.kind == "NAME" and s.at(-1)[0] == "NAME":
        names = f"'{s.at(-1)[1]}: {s.text}' or '{s.text}: {s.at(-1)[1]}'"
        return Finding("D0039", "':' is missing between a parameter and its type", f"write {names}")
    if s.depth:
        return Finding("D0039", f"',' or an operator is missing before {s.shown}", "")
    hint = "two values stand side by side: is an operator, a quote or a bracket missing?"
    return Finding("D0039", f"{s.shown} cannot follow '{s.at(-1)[1][:24]}'", hint)


def colon_in_brackets(s: Situation) -> Finding | None:
    """A colon or assignment in brackets that do not allow one: the bracket was probably meant to end before."""
    if s.kind in ("COLON", "NEWLINE", "ASSIGN") and s.depth:
        opener = s.openers[-1]
        hint = f"is '{CLOSING.get(opener[0], ')')}' missing before it?"
        return Finding("D0004", f"{s.shown} inside the '{opener[1]}' of line {opener[2]}", hint)
    return None


def else_missing(s: Situation) -> Finding | None:
    """`a if b` without `else`."""
    if s.expected == {"ELSE"} and s.kind in ENDS:
        return Finding("D0038", "'a if b' needs 'else' and a value", "write 'a if b else none'")
    return None


def braces(s: Situation) -> Finding | None:
    """Anything else inside the braces of an f-string."""
    if s.outer is None:
        return None
    return Finding(
        "D0025", f"{s.shown} cannot stand here in the braces of an f-string", "write '{{' for the brace itself"
    )


EXPRESSION_RULES: tuple[Callable[[Situation], Finding | None], ...] = (
    doubled_sign, lambda_operand, else_missing, missing_value, missing_comma, colon_in_brackets, braces,
)  # fmt: skip
