"""Expressions to documents: the source of literals as it was, the fewest parentheses that keep the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from dana_grammar.expressions import (
    Argument,
    Attribute,
    Binary,
    Call,
    Capture,
    Clause,
    Compare,
    Comprehension,
    Conditional,
    Constant,
    DictDisplay,
    DictEntry,
    Expression,
    FormattedText,
    JoinedText,
    Keyword,
    Lambda,
    ListDisplay,
    Logical,
    Name,
    Number,
    Parameter,
    Pipe,
    Placeholder,
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
from dana_grammar.format.layout import Break, Doc, Group, Leaf, bracketed, enclosed, joined, leaf, wrapped
from dana_grammar.format.precedence import (
    BINARY,
    CAPTURE,
    COMPARE,
    EXPRESSION,
    NAMED,
    OPERATION,
    PIPE,
    POSTFIX,
    POWER,
    SIGN,
    binding,
    is_augmented,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_grammar.span import Span

SCOPE_WORDS = frozenset({"local", "private", "public", "system"})
FLOOR = "// "
COMPREHENSION_BRACKETS = {"list": ("[", "]"), "set": ("{", "}"), "dict": ("{", "}"), "generator": ("(", ")")}


def expression(node: Expression, place: int = EXPRESSION) -> Doc:
    """Return the document of `node` for a place that takes what binds at least as tightly as `place`."""
    doc = bare(node)
    return doc if binding(node) >= place else enclosed("(", doc, ")")


def root(node: Expression, place: int = EXPRESSION) -> Doc:
    """Return the document of an expression that no bracket surrounds: it brings its own where it is too long."""
    match node:
        case Pipe():
            return wrapped(joined_by_operators(pipe_items(node)), if_long=True)
        case Logical() | Binary() | Conditional() | JoinedText():
            return wrapped(expression(node, place), if_long=True)
        case TupleDisplay() | Starred() | Capture():
            return expression(node, place)
        case _:
            return wrapped(expression(node, place), if_long=False)


def bare(node: Expression) -> Doc:
    """Return the document of `node` without parentheses around it."""
    match node:
        case Number() | Constant():
            return leaf(node.source)
        case Text() | FormattedText():
            return [Leaf(node.source, literal=True)]
        case JoinedText():
            return joined_by_operators([bare(part) for part in node.parts])
        case Name():
            return leaf(node.name)
        case ScopedName():
            return leaf(f"{node.scope}{'.' if node.dotted else ':'}{node.name}")
        case Placeholder():
            return leaf("$$")
        case Attribute():
            return [*owner(node.value), Leaf(f".{node.name}")]
        case Subscript():
            return [*holder(node.value), *subscript(node)]
        case Slice():
            return slice_(node)
        case Starred():
            return [Leaf("*"), *expression(node.value, OPERATION)]
        case Call():
            return [*holder(node.function), *call(node)]
        case ListDisplay():
            return display("[", node.items, "]", node.span)
        case SetDisplay():
            return display("{", node.items, "}", node.span)
        case TupleDisplay():
            return tuple_(node)
        case DictDisplay():
            forced = bool(node.entries) and node.entries[0].span.line > node.span.line
            return bracketed("{", [dict_entry(entry) for entry in node.entries], "}", forced=forced)
        case Comprehension():
            return comprehension(node)
        case _:
            return operation(node)


def operation(node: Unary | Binary | Pipe | Capture | Logical | Compare | Conditional | Walrus | Lambda) -> Doc:
    """Return the document of what has operators or words between its parts."""
    match node:
        case Unary():
            return unary(node)
        case Binary():
            return joined_by_operators(binary_items(node))
        case Pipe():
            return joined_by_operators(pipe_items(node))
        case Capture():
            return [*expression(node.value, CAPTURE), Leaf(f" as {node.name}")]
        case Logical():
            first, *more = (expression(value, binding(node) + 1) for value in node.values)
            return joined_by_operators([first, *([Leaf(f"{node.operator} "), *value] for value in more)])
        case Compare():
            pairs = zip(node.operators, node.comparators, strict=True)
            rest = ([Leaf(f"{operator} "), *expression(value, COMPARE + 1)] for operator, value in pairs)
            return joined_by_operators([expression(node.first, COMPARE + 1), *rest])
        case Conditional():
            return joined_by_operators(
                [
                    expression(node.body, OPERATION),
                    [Leaf("if "), *expression(node.test, OPERATION)],
                    [Leaf("else "), *expression(node.otherwise)],
                ]
            )
        case Walrus():
            return walrus(node)
        case Lambda():
            return lambda_(node)
        case _:
            assert_never(node)


def walrus(node: Walrus) -> Doc:
    """Return `name := value`, or `name += value` where that was written."""
    match node.value:
        case Binary() | Pipe(stages=(_, _)) if is_augmented(node):
            operator, right = (
                (node.value.operator, node.value.right)
                if isinstance(node.value, Binary)
                else ("|", node.value.stages[1])
            )
            return [Leaf(f"{node.target.name} {operator}= "), *expression(right)]
        case _:
            return [Leaf(f"{node.target.name} := "), *expression(node.value)]


def joined_by_operators(items: Sequence[Doc]) -> Doc:
    """Return operands that each but the first start with their operator, as one group."""
    parts: Doc = []
    for item in items:
        if parts:
            parts.append(Leaf(" ") if starts_comment(item) else Break())
        parts += item
    return [Group(parts)]


def starts_comment(item: Doc) -> bool:
    """Tell whether `item` starts with `//`, which at the start of a line would be a comment."""
    return isinstance(item[0], Leaf) and item[0].text == FLOOR


def unary(node: Unary) -> Doc:
    """Return the document of a sign or `not` and its operand."""
    sign = "not " if node.operator == "not" else node.operator
    return [Leaf(sign), *expression(node.operand, binding(node))]


def binary_items(node: Binary) -> list[Doc]:
    """Return the operands of `node` and of what it continues: `a + b - c` is one row of three."""
    strength = BINARY[node.operator]
    if node.operator == "**":
        return [expression(node.left, POWER + 1), [Leaf("** "), *expression(node.right, SIGN)]]
    row: list[Doc] = []
    left: Expression = node
    while isinstance(left, Binary) and BINARY[left.operator] == strength:
        row.append(
            [Leaf(FLOOR if left.operator == "//" else f"{left.operator} "), *expression(left.right, strength + 1)]
        )
        left = left.left
    return [expression(left, strength), *reversed(row)]


def pipe_items(node: Pipe) -> list[Doc]:
    """Return the stages of `node`, each but the first after its bar."""
    first, *more = (expression(stage, PIPE + 1) for stage in node.stages)
    return [first, *([Leaf("| "), *stage] for stage in more)]


def holder(node: Expression) -> Doc:
    """Return the document of what `.name`, `[index]` or `(arguments)` follows. `1.real` would be a broken number."""
    return bare(node) if is_holder(node) else enclosed("(", bare(node), ")")


def is_holder(node: Expression) -> bool:
    """Tell whether `.name`, `[index]` or `(arguments)` may follow without parentheses around `node`."""
    return binding(node) >= POSTFIX and not isinstance(node, Number)


def owner(node: Expression) -> Doc:
    """Return the document of what `.name` follows. `private.x` may be a scoped name: see `Leaf.guard`."""
    if isinstance(node, Name) and node.name in SCOPE_WORDS:
        return [Leaf("(", guard=node.name), Leaf(node.name, guard=node.name), Leaf(")", guard=node.name)]
    return holder(node)


def subscript(node: Subscript) -> Doc:
    """Return the brackets of a subscript and what stands in them."""
    if not isinstance(node.index, TupleDisplay) or node.index.parenthesized:
        return enclosed("[", expression(node.index, NAMED), "]")
    items = [expression(item, NAMED) for item in node.index.items]
    if len(items) == 1:
        return enclosed("[", [*items[0], Leaf(",")], "]")
    return bracketed("[", items, "]", comma=False)


def slice_(node: Slice) -> Doc:
    """Return `lower:upper:step`."""
    doc = [*bound(node.lower), Leaf(":"), *bound(node.upper)]
    return doc if node.step is None else [*doc, Leaf(":"), *bound(node.step)]


def bound(node: Expression | None) -> Doc:
    """Return one part of a slice. A name like `private` before its colon would be taken for a scope."""
    if node is None:
        return []
    if isinstance(node, Name) and node.name in SCOPE_WORDS:
        return enclosed("(", bare(node), ")")
    return expression(node, OPERATION)


def call(node: Call) -> Doc:
    """Return the parentheses of a call and its arguments. A display that is alone keeps close to them."""
    arguments = node.arguments
    if not arguments:
        return bracketed("(", [], ")")
    first = arguments[0]
    # Behind parentheses around the function nothing tells where the arguments open.
    forced = first.span.line > node.function.span.end_line and is_holder(node.function)
    if len(arguments) > 1 or isinstance(first, Keyword):
        return bracketed("(", [argument(item) for item in arguments], ")", forced=forced)
    if isinstance(first, Comprehension) and first.kind == "generator":
        return enclosed("(", comprehension_inside(first), ")", forced=forced)
    if not forced and isinstance(first, ListDisplay | DictDisplay | SetDisplay | Comprehension):
        return [Group([Leaf("("), *bare(first), Leaf(")")], if_long=False)]
    return bracketed("(", [argument(first)], ")", forced=forced)


def argument(node: Argument) -> Doc:
    """Return one argument of a call."""
    match node:
        case Keyword():
            return [Leaf(f"{node.name}=" if node.name else "**"), *expression(node.value)]
        case Starred():
            return [Leaf("*"), *expression(node.value)]
        case _:
            return expression(node, NAMED)


def display(opening: str, items: tuple[Expression, ...], closing: str, span: Span) -> Doc:
    """Return a list or a set. One that the author spread over lines stays so."""
    forced = bool(items) and items[0].span.line > span.line
    return bracketed(opening, [expression(item, NAMED) for item in items], closing, forced=forced)


def tuple_(node: TupleDisplay) -> Doc:
    """Return a tuple. Without parentheses it has to stay on its line."""
    if not node.parenthesized:
        open_items = [root(item, EXPRESSION) for item in node.items]
        return [*open_items[0], Leaf(",")] if len(open_items) == 1 else joined(open_items, ",", breaks=False)
    items = [expression(item, NAMED) for item in node.items]
    if len(items) == 1:
        return enclosed("(", [*items[0], Leaf(",")], ")")
    forced = bool(items) and node.items[0].span.line > node.span.line
    return bracketed("(", items, ")", forced=forced)


def dict_entry(node: DictEntry) -> Doc:
    """Return `key: value` or `**value`."""
    if node.key is None:
        return [Leaf("**"), *expression(node.value, OPERATION)]
    return [*expression(node.key), Leaf(": "), *expression(node.value)]


def comprehension(node: Comprehension) -> Doc:
    """Return a comprehension in its brackets."""
    opening, closing = COMPREHENSION_BRACKETS[node.kind]
    forced = node.element.span.line > node.span.line
    return enclosed(opening, comprehension_inside(node), closing, forced=forced)


def comprehension_inside(node: Comprehension) -> Doc:
    """Return what stands between the brackets of a comprehension."""
    element = expression(node.element, EXPRESSION if node.kind == "dict" else NAMED)
    if node.value is not None:
        element = [*element, Leaf(": "), *expression(node.value)]
    return joined_by_operators([element, *(row for clause in node.clauses for row in clause_rows(clause))])


def clause_rows(node: Clause) -> list[Doc]:
    """Return `for target in iterable` and each of its conditions."""
    head = [Leaf("for "), *targets(node.target), Leaf(" in "), *expression(node.iterable, OPERATION)]
    return [head, *([Leaf("if "), *expression(condition, OPERATION)] for condition in node.conditions)]


def targets(node: Expression) -> Doc:
    """Return what a `for` assigns to: its own commas need no parentheses."""
    if not isinstance(node, TupleDisplay) or node.parenthesized:
        return target(node)
    items = [target(item) for item in node.items]
    return [*items[0], Leaf(",")] if len(items) == 1 else joined(items, ",", breaks=False)


def target(node: Expression) -> Doc:
    """Return one target of a `for` or a `with`."""
    if isinstance(node, Starred):
        return [Leaf("*"), *expression(node.value, POSTFIX)]
    return expression(node, POSTFIX)


def lambda_(node: Lambda) -> Doc:
    """Return a lambda, Dana's or Python's."""
    head: Doc = [Leaf("lambda")]
    if node.receiver:
        head += [Leaf(" "), Leaf("("), *parameter(node.receiver), Leaf(")")]
    if node.parameters:
        items = [parameter(item, OPERATION) for item in node.parameters]
        head += [Leaf(" "), *joined(items, ",", breaks=False)]
    colon = ": " if node.pythonic else " :: "
    return [*head, Leaf(colon), *expression(node.body)]


def parameter(node: Parameter, place: int = EXPRESSION) -> Doc:
    """Return one parameter of a function, a lambda or a pipeline, with a default that binds as tightly as `place`."""
    stars = {"plain": "", "args": "*", "kwargs": "**", "star": "*"}[node.kind]
    doc: Doc = [Leaf(stars + node.name)]
    if node.annotation is not None:
        doc += [Leaf(": "), *expression(node.annotation, OPERATION)]
    if node.default is not None:
        doc += [Leaf(" = " if node.annotation is not None else "="), *expression(node.default, place)]
    return doc
