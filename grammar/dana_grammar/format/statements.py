"""Statements to lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.errors import GrammarBug
from dana_grammar.expressions import Lambda, Pipe
from dana_grammar.format.definitions import DEFINITIONS, DefinitionLines, is_tall
from dana_grammar.format.expressions import bare, expression, parameter, root, target, targets
from dana_grammar.format.guards import guard
from dana_grammar.format.layout import Break, Doc, Group, Indent, Leaf, enclosed, joined, leaf
from dana_grammar.format.patterns import case_pattern
from dana_grammar.format.precedence import EXPRESSION, NAMED, OPERATION, PIPE
from dana_grammar.statements import (
    Assert,
    Assign,
    AugmentedAssign,
    Continue,
    Delete,
    Export,
    ExpressionStatement,
    Field,
    For,
    FromImport,
    If,
    Import,
    ImportedName,
    Input,
    Match,
    ModulePath,
    OnFeedback,
    Output,
    Pass,
    Raise,
    Return,
    StateBlock,
    Try,
    TypedAssign,
    While,
    With,
    WithItem,
)
from dana_grammar.statements import (
    Break as BreakStatement,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_grammar.expressions import Expression
    from dana_grammar.format.lines import Line
    from dana_grammar.nodes import Program
    from dana_grammar.statements import Member, Statement


def lines_of(program: Program) -> list[Line]:
    """Return the logical lines of `program`, without comments."""
    lines = StatementLines()
    lines.statements(program.body)
    guard(lines.made)
    return lines.made


class StatementLines(DefinitionLines):
    """Makes the lines of every statement."""

    def block(self, body: Sequence[Statement | Member]) -> None:
        """Add the lines of a block, one level deeper."""
        self.level += 1
        self.statements(body)
        self.level -= 1

    def statements(self, body: Sequence[Statement | Member]) -> None:
        """Add the lines of statements that follow one another."""
        tall = False
        for number, node in enumerate(body):
            if tall or is_tall(node):
                self.apart()
            tall = is_tall(node)
            self.statement(node, imported=number > 0 and same_import(body[number - 1], node))

    def statement(self, node: Statement | Member, *, imported: bool) -> None:
        """Add the lines of one statement. `imported` tells that the statement before it may share its `import`."""
        match node:
            case Field():
                self.field(node)
            case StateBlock():
                self.state_block(node)
            case If():
                self.if_(node)
            case While():
                self.clause([Leaf("while "), *header(node.test)], node.body)
                self.otherwise(node.otherwise)
            case For():
                self.clause(
                    [Leaf("for "), *targets(node.target), Leaf(" in "), *header(node.iterable, EXPRESSION)], node.body
                )
                self.otherwise(node.otherwise)
            case With():
                self.clause([Leaf("with "), *with_items(node.items)], node.body)
            case Try():
                self.try_(node)
            case Match():
                self.match_(node)
            case OnFeedback():
                head: Doc = [Leaf("on_feedback_received"), Leaf("("), *expression(node.id), Leaf(")")]
                self.clause([*head, Leaf(f" -> {node.name}")], node.body)
            case Import():
                word = Leaf("import", added=imported)
                self.add([word, Leaf(" "), *module_path(node.path), *alias(node.alias)])
            case _ if isinstance(node, DEFINITIONS):
                self.definition(node)
            case _:
                self.add(simple(node))

    def clause(self, head: Doc, body: Sequence[Statement]) -> None:
        """Add a header, its colon and its block."""
        self.add([*head, Leaf(":")], opens=True)
        self.block(body)

    def otherwise(self, body: Sequence[Statement], word: str = "else") -> None:
        """Add `else:` and its block, where there is one."""
        if body:
            self.close_to()
            self.clause(leaf(word), body)

    def if_(self, node: If) -> None:
        """Add all branches of an `if`."""
        for number, branch in enumerate(node.branches):
            if number:
                self.close_to()
            self.clause([Leaf("elif " if number else "if "), *header(branch.test)], branch.body)
        self.otherwise(node.otherwise)

    def try_(self, node: Try) -> None:
        """Add a `try` with all that belongs to it."""
        self.clause(leaf("try"), node.body)
        for handler in node.handlers:
            self.close_to()
            type_ = [] if handler.type is None else [Leaf(" "), *expression(handler.type)]
            self.clause([Leaf("except"), *type_, *alias(handler.name)], handler.body)
        self.otherwise(node.otherwise)
        self.otherwise(node.final, "finally")

    def match_(self, node: Match) -> None:
        """Add a `match` with its cases."""
        self.add([Leaf("match "), *header(node.subject, EXPRESSION), Leaf(":")], opens=True)
        self.level += 1
        for case in node.cases:
            guard = [] if case.guard is None else [Leaf(" if "), *header(case.guard)]
            self.clause([Leaf("case "), *case_pattern(case.pattern), *guard], case.body)
        self.level -= 1


def simple(node: Statement | Member) -> Doc:
    """Return the document of a statement that is one line."""
    match node:
        case ExpressionStatement():
            return root(node.value)
        case Assign():
            targets_ = (part for item in node.targets for part in (*expression(item), Leaf(" = ")))
            return [*targets_, *root(node.value)]
        case TypedAssign():
            head: Doc = [*expression(node.target), Leaf(": "), *expression(node.annotation, OPERATION)]
            return head if node.value is None else [*head, Leaf(" = "), *root(node.value)]
        case AugmentedAssign():
            return [*expression(node.target), Leaf(f" {node.operator}= "), *root(node.value)]
        case Return():
            return worded(node.keyword, node.value)
        case Raise():
            cause: Doc = [] if node.cause is None else [Leaf(" from "), *root(node.cause, EXPRESSION)]
            return [*worded("raise", node.exception), *cause]
        case Assert():
            message: Doc = [] if node.message is None else [Leaf(","), Leaf(" "), *root(node.message, EXPRESSION)]
            return [*worded("assert", node.test), *message]
        case Delete():
            return [Leaf("del "), *joined([expression(item) for item in node.targets], ",", breaks=False)]
        case Pass():
            return leaf("pass")
        case BreakStatement():
            return leaf("break")
        case Continue():
            return leaf("continue")
        case FromImport():
            return from_import(node)
        case Export():
            return [Leaf("export "), *joined([leaf(name.name) for name in node.names], ",", breaks=False)]
        case Input():
            return [Leaf("input: "), *joined([parameter(item) for item in node.parameters], ",", breaks=False)]
        case Output():
            return [Leaf("output: "), *root(node.value)]
        case _:
            raise GrammarBug(f"the formatter does not know {type(node).__name__}")


def header(node: Expression, place: int = NAMED) -> Doc:
    """Return what stands before the colon of a header. A lambda would take the colon for its own."""
    return enclosed("(", bare(node), ")") if isinstance(node, Lambda) else root(node, place)


def worded(word: str, value: Expression | None, place: int = EXPRESSION) -> Doc:
    """Return a word that an expression may follow."""
    return leaf(word) if value is None else [Leaf(f"{word} "), *root(value, place)]


def same_import(before: object, node: object) -> bool:
    """Tell whether two statements may come from one `import a, b`."""
    return isinstance(before, Import) and isinstance(node, Import)


def alias(name: str) -> Doc:
    """Return ` as name`, or nothing."""
    return leaf(f" as {name}") if name else []


def module_path(node: ModulePath) -> Doc:
    """Return a dotted path."""
    return leaf("." * node.dots + ".".join(node.names))


def imported_name(node: ImportedName) -> Doc:
    """Return `name as alias`."""
    return [Leaf(node.name), *alias(node.alias)]


def from_import(node: FromImport) -> Doc:
    """Return `from path import names`; the names stand in parentheses where they need several lines."""
    head: Doc = [Leaf("from "), *module_path(node.path), Leaf(" import ")]
    if node.star:
        return [*head, Leaf("*")]
    return [*head, *parenthesized_if_long([imported_name(name) for name in node.names])]


def parenthesized_if_long(items: list[Doc]) -> Doc:
    """Return items with commas between them, in parentheses and one on a line when they do not fit on one."""
    inside: Doc = [Break(""), *joined(items, ","), Leaf(",", when_broken=True)]
    opening, closing = Leaf("(", when_broken=True), Leaf(")", when_broken=True)
    return [Group([opening, Indent(inside), Break(""), closing])]


def with_items(nodes: tuple[WithItem, ...]) -> Doc:
    """Return what a `with` opens."""
    items = [with_item(node) for node in nodes]
    named = len(nodes) > 1 and all(node.target is not None for node in nodes)
    return parenthesized_if_long(items) if named else joined(items, ",", breaks=False)


def with_item(node: WithItem) -> Doc:
    """Return `value as target`."""
    # `with a | f as x` would name the value of the `with`, not the stage.
    doc = expression(node.value, PIPE if isinstance(node.value, Pipe) else EXPRESSION)
    return doc if node.target is None else [*doc, Leaf(" as "), *target(node.target)]
