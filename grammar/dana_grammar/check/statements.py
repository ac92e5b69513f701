"""The rules for statements that are no definitions: one function for each node class, and the table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.expressions import annotation, bind_parts
from dana_grammar.check.handlers import check_handlers, guards
from dana_grammar.check.imports import STATEMENTS as IMPORT_STATEMENTS
from dana_grammar.check.known_names import TYPE_NAMES
from dana_grammar.check.literals import UNKNOWN, can_become, literal, shown, type_text
from dana_grammar.check.patterns import PATTERNS, check_cases
from dana_grammar.check.scopes import Purpose
from dana_grammar.check.uses import truth_test
from dana_grammar.expressions import ListDisplay, Name, ScopedName, Text, TupleDisplay
from dana_grammar.statements import (
    Assert,
    Assign,
    AugmentedAssign,
    Branch,
    Break,
    Continue,
    Delete,
    ExpressionStatement,
    For,
    If,
    Match,
    Pass,
    Raise,
    Return,
    Try,
    TypedAssign,
    While,
    With,
)

if TYPE_CHECKING:
    from dana_grammar.check.checker import Checker, Handler
    from dana_grammar.expressions import Expression, Node
    from dana_grammar.statements import Block


def leaf(_checker: Checker, _node: Node) -> None:
    """Nothing to check."""


def expression_statement(checker: Checker, node: ExpressionStatement) -> None:
    """An expression on a line of its own."""
    checker.visit(node.value)


def assign(checker: Checker, node: Assign) -> None:
    """`a = b = value`."""
    value = node.value
    checker.visit(value)
    for target in node.targets:
        if type(target) is Name:
            checker.assign(target.name, target.span, value)
            if target.name == "__all__":
                _exported_texts(checker, value)
        else:
            bind_parts(checker, target, "unpack")


def _exported_texts(checker: Checker, value: Expression) -> None:
    if isinstance(value, (ListDisplay, TupleDisplay)):
        for item in value.items:
            if isinstance(item, Text) and isinstance(item.value, str):
                checker.read(item.value, item.span, Purpose.EXPORT)


def typed_assign(checker: Checker, node: TypedAssign) -> None:
    """`x: T = value`: a literal has to fit the type."""
    if node.value is None and _is_pipeline_line(checker, node):
        return
    annotation(checker, node.annotation)
    if node.value is not None:
        checker.visit(node.value)
        _check_literal(checker, node.value, node.annotation)
    target = node.target
    if type(target) is not Name and not (type(target) is ScopedName and target.scope == "local"):
        bind_parts(checker, target, "unpack")
    elif node.value is not None:
        checker.assign(target.name, target.span, node.value, node.annotation)


def _is_pipeline_line(checker: Checker, node: TypedAssign) -> bool:
    """Report `output: value` where no pipeline is: there it would only declare a type."""
    target, type_ = node.target, node.annotation
    if type(target) is not Name or target.name not in ("input", "output"):
        return False
    if type(type_) is Name and (type_.name in TYPE_NAMES or type_.name[:1].isupper()):
        return False
    checker.report.add(
        "D1206", node.span, f"'{target.name}:' stands outside a pipeline", hint="start one with `pipeline name:`"
    )
    return True


def _check_literal(checker: Checker, value: Expression, target: Expression) -> None:
    worth = literal(value)
    if worth is not UNKNOWN and not can_become(worth, target):
        checker.fail("D1106", value.span, f"{shown(value)} cannot become {type_text(target)}")


def augmented_assign(checker: Checker, node: AugmentedAssign) -> None:
    """`target += value` reads the target too."""
    checker.visit(node.target)
    checker.visit(node.value)
    if type(node.target) is Name:
        checker.bind(node.target.name, node.target.span, "augmented")


def return_(checker: Checker, node: Return) -> None:
    """`return value`."""
    checker.answered = True
    if node.value is not None:
        checker.visit(node.value)


def raise_(checker: Checker, node: Raise) -> None:
    """`raise exception from cause`."""
    if node.exception is not None:
        checker.visit(node.exception)
    if node.cause is not None:
        checker.visit(node.cause)


def assert_(checker: Checker, node: Assert) -> None:
    """`assert test, message`; a tuple is always true."""
    if type(node.test) is TupleDisplay and node.test.items:
        checker.report.add(
            "D1405", node.test.span, "this assert tests a tuple, which is always true",
            hint="leave the parentheses out: `assert test, message`",
        )  # fmt: skip
    truth_test(checker, node.test)
    checker.visit(node.test)
    if node.message is not None:
        checker.visit(node.message)


def delete(checker: Checker, node: Delete) -> None:
    """`del targets`."""
    checker.visit_all(node.targets)


def leave_loop(checker: Checker, node: Break | Continue) -> None:
    """`break` and `continue` need a loop."""
    if not checker.loops:
        word = "break" if type(node) is Break else "continue"
        checker.report.add("D1201", node.span, f"'{word}' stands outside a loop")


def if_(checker: Checker, node: If) -> None:
    """`if`, `elif`, `else`."""
    for branch in node.branches:
        truth_test(checker, branch.test)
        checker.visit(branch.test)
        checker.visit_block(branch.body)
    checker.visit_block(node.otherwise)


def branch_(checker: Checker, node: Branch) -> None:
    """One branch, where it is met by itself."""
    checker.visit(node.test)
    checker.visit_block(node.body)


def while_(checker: Checker, node: While) -> None:
    """`while test:`; the test runs in every turn."""
    outer = _enter_loop(checker)
    truth_test(checker, node.test)
    checker.visit(node.test)
    _leave_loop(checker, node.body, outer)
    checker.visit_block(node.otherwise)


def for_(checker: Checker, node: For) -> None:
    """`for target in iterable:`; the iterable is read once, before."""
    checker.visit(node.iterable)
    outer = _enter_loop(checker)
    bind_parts(checker, node.target, "loop")
    _leave_loop(checker, node.body, outer)
    checker.visit_block(node.otherwise)


def _enter_loop(checker: Checker) -> int:
    outer = checker.loop
    if not outer:
        checker.order += 1
        checker.loop = checker.order
    return outer


def _leave_loop(checker: Checker, body: Block, outer: int) -> None:
    checker.loops += 1
    checker.visit_block(body)
    checker.loops -= 1
    checker.loop = outer


def with_(checker: Checker, node: With) -> None:
    """`with value as target:`."""
    for item in node.items:
        checker.visit(item.value)
        if item.target is not None:
            bind_parts(checker, item.target, "with")
    checker.visit_block(node.body)


def try_(checker: Checker, node: Try) -> None:
    """`try`: what its handlers catch is no certain error in its body."""
    check_handlers(checker, node)
    guarded = any(guards(handler) for handler in node.handlers)
    checker.guarded += guarded
    checker.visit_block(node.body)
    checker.guarded -= guarded
    for handler in node.handlers:
        if handler.type is not None:
            checker.visit(handler.type)
        if handler.name:
            checker.bind(handler.name, handler.span, "except")
        checker.visit_block(handler.body)
    checker.visit_block(node.otherwise)
    checker.visit_block(node.final)


def match_(checker: Checker, node: Match) -> None:
    """`match subject:`."""
    checker.visit(node.subject)
    check_cases(checker, node)
    for case in node.cases:
        checker.visit(case.pattern)
        if case.guard is not None:
            checker.visit(case.guard)
        checker.visit_block(case.body)


STATEMENTS: dict[type, Handler] = {
    ExpressionStatement: expression_statement, Assign: assign, TypedAssign: typed_assign,
    AugmentedAssign: augmented_assign, Return: return_, Raise: raise_, Assert: assert_, Delete: delete, Pass: leaf,
    Break: leave_loop, Continue: leave_loop, If: if_, Branch: branch_, While: while_, For: for_, With: with_,
    Try: try_, Match: match_, **IMPORT_STATEMENTS, **PATTERNS,
}  # fmt: skip
