"""How values are used: a member of a value, a call, a stage of a pipeline, a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.known_names import FALSE_WORDS, FRAME_ATTRIBUTES, is_hidden
from dana_grammar.check.scopes import MemberUse, Purpose
from dana_grammar.expressions import (
    Attribute,
    Call,
    Compare,
    DictDisplay,
    Expression,
    Keyword,
    ListDisplay,
    Name,
    Text,
    TupleDisplay,
)

if TYPE_CHECKING:
    from dana_grammar.check.checker import Checker
    from dana_grammar.check.report import Report
    from dana_grammar.statements import ExpressionStatement


def member(checker: Checker, node: Attribute, used_by: Call | None, *, store: bool) -> None:
    """Check `value.name`: no double-underscore member, and the type of the value has to have it."""
    if is_hidden(node.name) or node.name in FRAME_ATTRIBUTES:
        checker.report.add("D1004", node.name_span, f"'.{node.name}' is out of reach in Dana")
    base = node.value
    if type(base) is Name:
        checker.read(base.name, base.span, Purpose.MEMBER, MemberUse(node, used_by, store))
    else:
        checker.visit(base)


def call_as(checker: Checker, node: Call, purpose: Purpose) -> None:
    """Check a call by itself (`Purpose.CALL`) or as a stage that gets a value too (`Purpose.STAGE`)."""
    function = node.function
    if type(function) is Name:
        checker.read(function.name, function.span, purpose, node)
        if function.name == "case":
            visit_case(checker, node)
            return
    elif type(function) is Attribute:
        checker.called_members.add(function.name)
        member(checker, function, node, store=False)
    else:
        checker.visit(function)
    checker.visit_all(node.arguments)


def stage(checker: Checker, node: Expression) -> None:
    """Check one stage: a call gets the value that flows; lists and dicts hold parallel members."""
    match node:
        case Call():
            call_as(checker, node, Purpose.STAGE)
        case ListDisplay(items=members):
            for one in members:
                stage(checker, one)
        case DictDisplay(entries=entries):
            for entry in entries:
                stage(checker, entry.value)
        case _:
            checker.visit(node)


def visit_case(checker: Checker, node: Call) -> None:
    """`case((condition, stage), other)`: conditions may use `$$`, results are stages."""
    checker.placeholder += 1
    for argument in node.arguments:
        match argument:
            case Keyword():
                checker.report.add(
                    "D1306", argument.span, "case takes no keywords", hint="write `case((condition, f), other)`"
                )
                checker.visit(argument.value)
            case TupleDisplay(items=(condition, result)):
                checker.visit(condition)
                stage(checker, result)
            case Call():
                stage(checker, argument)
            case _:
                checker.visit(argument)
    checker.placeholder -= 1


def check_thrown_away(report: Report, statement: ExpressionStatement) -> None:
    """Report `x == 1` on a line of its own, where `x = 1` may be meant; a last line is the result and counts."""
    value = statement.value
    if type(value) is Compare and value.operators[0] == "==":
        report.add("D1409", value.span, "this comparison is computed and thrown away", hint="to assign, write one `=`")


def truth_test(checker: Checker, test: Expression) -> None:
    """Report a text that is always false, such as `"no"`."""
    if type(test) is Text and isinstance(test.value, str) and test.value.strip().lower() in FALSE_WORDS:
        checker.report.add("D1404", test.span, f"the text {test.source} always counts as false")
