"""The rules for expressions: one function for each node class, and the table that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.pipelines import EXPRESSIONS as PIPELINE_EXPRESSIONS
from dana_grammar.check.scopes import Purpose
from dana_grammar.check.uses import call_as, member, truth_test
from dana_grammar.expressions import (
    Attribute,
    Binary,
    Call,
    Clause,
    Compare,
    Comprehension,
    Conditional,
    Constant,
    DictDisplay,
    DictEntry,
    Expression,
    FormattedText,
    Interpolation,
    JoinedText,
    Keyword,
    Lambda,
    ListDisplay,
    Logical,
    Name,
    Node,
    Number,
    Pipe,
    ScopedName,
    SetDisplay,
    Slice,
    Starred,
    Subscript,
    Text,
    TupleDisplay,
    Unary,
    Walrus,
)

if TYPE_CHECKING:
    from dana_grammar.check.checker import Checker, Handler
    from dana_grammar.check.scopes import BindingKind

LITERALS = frozenset({Number, Text, FormattedText, JoinedText, ListDisplay, DictDisplay, SetDisplay, TupleDisplay})


def leaf(_checker: Checker, _node: Node) -> None:
    """Nothing to check."""


def name(checker: Checker, node: Name) -> None:
    """A name must have a value."""
    checker.read(node.name, node.span)


def scoped_name(checker: Checker, node: ScopedName) -> None:
    """`local:x` is the name `x`; the other scopes give null where nothing was set."""
    if node.scope == "local":
        checker.read(node.name, node.span)


def attribute(checker: Checker, node: Attribute) -> None:
    """A member that is read."""
    member(checker, node, None, store=False)


def call(checker: Checker, node: Call) -> None:
    """A call: who is called, then with what."""
    call_as(checker, node, Purpose.CALL)


def value_of(checker: Checker, node: Keyword | Starred) -> None:
    """`name=value`, `*value`."""
    checker.visit(node.value)


def subscript(checker: Checker, node: Subscript) -> None:
    """`value[index]`."""
    checker.visit(node.value)
    checker.visit(node.index)


def slice_(checker: Checker, node: Slice) -> None:
    """`lower:upper:step`."""
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            checker.visit(part)


def unary(checker: Checker, node: Unary) -> None:
    """`-x`, `not x`."""
    if node.operator == "not":
        truth_test(checker, node.operand)
    checker.visit(node.operand)


def binary(checker: Checker, node: Binary) -> None:
    """`left + right`; a long sum leans left and must not use up the stack."""
    rights = [node.right]
    while type(node.left) is Binary:
        node = node.left
        rights.append(node.right)
    if node.operator == "//" and type(node.left) is Text:
        checker.report.add(
            "D1407", node.left.span.to(node.right.span), "this '//' divides a text, which never works",
            hint="if a comment was meant, write `#`",
        )  # fmt: skip
    checker.visit(node.left)
    for right in reversed(rights):
        checker.visit(right)


def logical(checker: Checker, node: Logical) -> None:
    """`a and b`."""
    checker.visit_all(node.values)


def compare(checker: Checker, node: Compare) -> None:
    """A comparison: identity with a literal and chains that say something else than they seem to."""
    if (asked := node.asks_for()) is not None:
        checker.guarded += 1
        checker.visit(asked)
        checker.guarded -= 1
        return
    left: Expression = node.first
    for operator, right in zip(node.operators, node.comparators, strict=True):
        if operator in ("is", "is not") and (type(left) in LITERALS or type(right) in LITERALS):
            better = "==" if operator == "is" else "!="
            checker.report.add(
                "D1401", left.span.to(right.span), f"'{operator}' with a literal compares identity, not value",
                hint=f"write '{better}'",
            )  # fmt: skip
        elif operator in ("==", "!=") and (is_none(left) or is_none(right)):
            better = "is" if operator == "==" else "is not"
            checker.report.add(
                "D1402", left.span.to(right.span), f"'{operator} none' asks for equality", hint=f"write '{better} none'"
            )
        left = right
    if len(node.operators) > 1:
        check_chain(checker, node)
    checker.visit(node.first)
    checker.visit_all(node.comparators)


def is_none(node: Expression) -> bool:
    """Whether an expression is the literal `none`."""
    return type(node) is Constant and node.value is None


def check_chain(checker: Checker, node: Compare) -> None:
    """Report chains such as `x in xs == true`, which means `x in xs and xs == true`."""
    membership = {"in", "not in", "is", "is not"}
    mixed = any(op in membership for op in node.operators) and any(op not in membership for op in node.operators)
    boolean = any(type(value) is Constant and value.value is not None for value in node.comparators)
    if mixed or boolean:
        checker.report.add(
            "D1408", node.span, "these comparisons are one chain: each compares its two neighbours",
            hint="put parentheses around the comparison that you mean first",
        )  # fmt: skip


def conditional(checker: Checker, node: Conditional) -> None:
    """`body if test else otherwise`."""
    truth_test(checker, node.test)
    checker.visit(node.test)
    checker.visit(node.body)
    checker.visit(node.otherwise)


def walrus(checker: Checker, node: Walrus) -> None:
    """`name := value` binds outside comprehensions."""
    checker.visit(node.value)
    inner = checker.scope
    while checker.scope.kind in ("comprehension", "run") and checker.scope.parent is not None:
        checker.scope = checker.scope.parent
    checker.bind(node.target.name, node.target.span, "unpack")
    checker.scope = inner


def lambda_(checker: Checker, node: Lambda) -> None:
    """A lambda: its defaults are read where it stands, its body when it is called."""
    parameters = node.parameters if node.receiver is None else (node.receiver, *node.parameters)
    for parameter in parameters:
        if parameter.annotation is not None:
            annotation(checker, parameter.annotation)
        if parameter.default is not None:
            checker.visit(parameter.default)
    checker.enter("lambda")
    for parameter in parameters:
        if parameter.kind != "star":
            checker.bind(parameter.name, parameter.span, "parameter").annotation = parameter.annotation
    kept = checker.loop, checker.guarded
    checker.loop = 0
    checker.visit(node.body)
    checker.loop, checker.guarded = kept
    checker.leave()


def items(checker: Checker, node: ListDisplay | TupleDisplay | SetDisplay) -> None:
    """`[a, b]`."""
    checker.visit_all(node.items)


def dict_display(checker: Checker, node: DictDisplay) -> None:
    """`{key: value}`."""
    for entry in node.entries:
        if entry.key is not None:
            checker.visit(entry.key)
        checker.visit(entry.value)


def dict_entry(checker: Checker, node: DictEntry) -> None:
    """One entry of a dict, where it is met by itself."""
    if node.key is not None:
        checker.visit(node.key)
    checker.visit(node.value)


def comprehension(checker: Checker, node: Comprehension) -> None:
    """A comprehension has names of its own; its first iterable is read outside."""
    for first in node.clauses[:1]:
        checker.visit(first.iterable)
    checker.enter("comprehension")
    for index, part in enumerate(node.clauses):
        if index:
            checker.visit(part.iterable)
        bind_parts(checker, part.target, "loop")
        for condition in part.conditions:
            truth_test(checker, condition)
            checker.visit(condition)
    checker.visit(node.element)
    if node.value is not None:
        checker.visit(node.value)
    checker.leave()


def clause(checker: Checker, node: Clause) -> None:
    """One clause of a comprehension, where it is met by itself."""
    checker.visit(node.iterable)
    checker.visit_all(node.conditions)


def bind_parts(checker: Checker, target: Expression, kind: BindingKind) -> None:
    """Bind the names of an assignment target and check the places that it writes to."""
    match target:
        case Name(span=span, name=bound) | ScopedName(span=span, scope="local", name=bound):
            checker.bind(bound, span, kind)
        case ListDisplay(items=parts) | TupleDisplay(items=parts):
            for part in parts:
                bind_parts(checker, part, kind)
        case Starred(value=part):
            bind_parts(checker, part, kind)
        case Attribute():
            member(checker, target, None, store=True)
        case _:
            checker.visit(target)


def formatted_text(checker: Checker, node: FormattedText) -> None:
    """An f-string."""
    if not any(type(part) is Interpolation for part in node.parts):
        checker.report.add("D1406", node.span, "this f-string has no `{...}`", hint="leave the f out")
    joined_text(checker, node)


def joined_text(checker: Checker, node: FormattedText | JoinedText) -> None:
    """The pieces of a text that are expressions."""
    for part in node.parts:
        if type(part) is Interpolation:
            interpolation(checker, part)
        elif type(part) is FormattedText:
            joined_text(checker, part)


def interpolation(checker: Checker, node: Interpolation) -> None:
    """`{value:spec}`."""
    checker.visit(node.value)
    for part in node.spec:
        if type(part) is Interpolation:
            interpolation(checker, part)


def annotation(checker: Checker, node: Expression) -> None:
    """Check the names of a type."""
    if type(node) is Name:
        checker.read(node.name, node.span, Purpose.TYPE)
    else:
        _annotation_parts(checker, node)


def _annotation_parts(checker: Checker, node: Expression) -> None:
    match node:
        case Subscript(value=value, index=index):
            annotation(checker, value)
            annotation(checker, index)
        case TupleDisplay(items=parts) | ListDisplay(items=parts) | Pipe(stages=parts):
            for part in parts:
                annotation(checker, part)
        case Attribute():
            attribute(checker, node)
        case _:
            pass  # text, `None` and what the parser lets stand here say nothing about names


EXPRESSIONS: dict[type, Handler] = {
    Number: leaf, Constant: leaf, Text: leaf, FormattedText: formatted_text, JoinedText: joined_text,
    Interpolation: interpolation, Name: name, ScopedName: scoped_name, Attribute: attribute, Subscript: subscript,
    Slice: slice_, Starred: value_of, Keyword: value_of, Call: call, Unary: unary, Binary: binary, Logical: logical,
    Compare: compare, Conditional: conditional, Walrus: walrus, Lambda: lambda_, ListDisplay: items,
    TupleDisplay: items, SetDisplay: items, DictDisplay: dict_display, DictEntry: dict_entry,
    Comprehension: comprehension, Clause: clause, **PIPELINE_EXPRESSIONS,
}  # fmt: skip
