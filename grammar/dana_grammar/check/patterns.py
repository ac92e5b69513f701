"""The rules for the patterns of `match`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.statements import (
    AsPattern,
    CapturePattern,
    ClassPattern,
    MappingPattern,
    OrPattern,
    SequencePattern,
    StarPattern,
    ValuePattern,
)

if TYPE_CHECKING:
    from dana_grammar.check.checker import Checker, Handler
    from dana_grammar.statements import Match


def value(checker: Checker, node: ValuePattern) -> None:
    """A literal or a dotted name."""
    checker.visit(node.value)


def capture(checker: Checker, node: CapturePattern | StarPattern) -> None:
    """A name that is bound where the pattern fits."""
    if node.name and node.name != "_":
        checker.bind(node.name, node.span, "match")


def sequence(checker: Checker, node: SequencePattern) -> None:
    """`[a, b]`."""
    checker.visit_all(node.items)


def mapping(checker: Checker, node: MappingPattern) -> None:
    """`{key: pattern, **rest}`."""
    checker.visit_all(node.keys)
    checker.visit_all(node.patterns)
    if node.rest:
        checker.bind(node.rest, node.span, "match")


def class_(checker: Checker, node: ClassPattern) -> None:
    """`Point(0, y=yy)`."""
    checker.visit(node.type)
    checker.visit_all(node.positional)
    checker.visit_all(node.keyword_patterns)


def or_(checker: Checker, node: OrPattern) -> None:
    """`a | b`."""
    checker.visit_all(node.patterns)


def as_(checker: Checker, node: AsPattern) -> None:
    """`pattern as name`."""
    checker.visit(node.pattern)
    checker.bind(node.name, node.span, "match")


def check_cases(checker: Checker, node: Match) -> None:
    """Report a case that takes everything although others follow."""
    for case in node.cases[:-1]:
        if type(case.pattern) is CapturePattern and case.guard is None:
            name = case.pattern.name
            checker.report.add(
                "D1209", case.pattern.span, f"'case {name}' takes every value, so that no case below it can fit",
                hint="move it to the end; to compare with a value write it dotted or as a guard: `case x if x == ...`",
            )  # fmt: skip


PATTERNS: dict[type, Handler] = {
    ValuePattern: value, CapturePattern: capture, StarPattern: capture, SequencePattern: sequence,
    MappingPattern: mapping, ClassPattern: class_, OrPattern: or_, AsPattern: as_,
}  # fmt: skip
