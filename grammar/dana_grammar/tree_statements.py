"""Reductions of the grammar that make statements other than definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_grammar.expressions import (
    Attribute,
    Call,
    Compare,
    Constant,
    ListDisplay,
    Name,
    Node,
    ScopedName,
    Starred,
    Subscript,
    TupleDisplay,
)  # fmt: skip
from dana_grammar.span import Span
from dana_grammar.statements import (
    Assert,
    Assign,
    AugmentedAssign,
    Branch,
    Break,
    Continue,
    Delete,
    Export,
    ExpressionStatement,
    For,
    FromImport,
    Handler,
    If,
    Import,
    ImportedName,
    ModulePath,
    Pass,
    Raise,
    Return,
    Try,
    TypedAssign,
    While,
    With,
    WithItem,
)  # fmt: skip
from dana_grammar.tree_base import between, from_token, new_tuple, to_token, token_span
from dana_grammar.tree_patterns import PatternBuilder

if TYPE_CHECKING:
    from typing import Final

    from dana_grammar.statements import Block
    from dana_grammar.tokens import Token

ASSIGNABLE: Final = frozenset({Name, ScopedName, Attribute, Subscript})
COMPARED: Final = frozenset({Compare, Call})
GROUPS: Final = frozenset({TupleDisplay, ListDisplay})
SAID: Final = {
    "Number": "a number", "Text": "a string", "FormattedText": "a string", "JoinedText": "a string",
    "Constant": "a constant", "Call": "the result of a call", "Binary": "an operation", "Unary": "an operation",
    "Pipe": "a pipeline", "Logical": "an operation", "Compare": "a comparison", "Lambda": "a lambda",
    "Conditional": "a conditional expression", "Comprehension": "a comprehension", "DictDisplay": "a dict",
    "SetDisplay": "a set", "Placeholder": "'$$'", "Walrus": "a ':=' expression", "Starred": "a starred value",
}  # fmt: skip


class StatementBuilder(PatternBuilder):
    """Makes simple statements and control flow."""

    def line(self, statements: list[Any], *_: Any) -> list[Any]:
        """A line with several statements."""
        return [part for item in statements for part in (item if type(item) is list else (item,))]

    def block(self, _newline: Token, _indent: Token, statements: list[Any], _dedent: Token) -> Block:
        """An indented block."""
        return tuple(statements)

    def line_block(self, statements: Any) -> Block:
        """A block on the line of its header."""
        return tuple(statements) if type(statements) is list else (statements,)

    def expression_statement(self, value: Any) -> ExpressionStatement:
        """An expression on a line of its own."""
        if type(value) is Starred:
            self.problem("D0024", "a starred value cannot stand alone", value.span)
        return ExpressionStatement(value.span, value)

    def ellipsis_statement(self, token: Token) -> ExpressionStatement:
        """`...` where a member may stand."""
        return ExpressionStatement(token_span(token), Constant(token_span(token), None, token[1]))

    def first_target(self, target: Any, _equal: Token) -> list[Any]:
        """Start the targets of an assignment."""
        return [target]

    def next_target(self, targets: list[Any], target: Any, _equal: Token) -> list[Any]:
        """Add a target: `a = b = value`."""
        targets.append(target)
        return targets

    def assign(self, targets: list[Any], value: Any) -> Assign:
        """`a = value`."""
        for target in targets:
            if type(target) not in ASSIGNABLE:
                self.check_target(target, "assign to", "write '==' to compare")
        first, last = targets[0].span, value.span
        return Assign(new_tuple(Span, (first[0], first[1], last[2], last[3])), tuple(targets), value)

    def check_target(self, target: Any, verb: str, hint: str = "") -> None:
        """Note what cannot be a target. One starred name may stand in each group."""
        pending: list[tuple[Any, bool]] = [(target, False)]
        while pending:
            node, may_star = pending.pop()
            kind = type(node)
            if kind in GROUPS:
                stars = [item for item in node.items if type(item) is Starred]
                if len(stars) > 1:
                    self.problem("D0024", "only one target may have a star", stars[1].span)
                pending.extend((item, True) for item in node.items)
            elif kind is Starred and may_star and type(node.value) in ASSIGNABLE:
                continue
            elif kind not in ASSIGNABLE:
                shown = SAID.get(kind.__name__, "this")
                self.problem("D0024", f"cannot {verb} {shown}", node.span, hint if kind in COMPARED else "")

    def typed_assign(self, target: Any, _colon: Token, annotation: Any, equal: Token | None, value: Any) -> TypedAssign:
        """`target: T = value`."""
        del equal
        if type(target) not in ASSIGNABLE:
            hint = "give each name its own line" if type(target) in GROUPS else ""
            self.problem("D0024", "only a single name can have a type", target.span, hint)
        return TypedAssign(target.span.to((value or annotation).span), target, annotation, value)

    def augmented_assign(self, target: Any, sign: Token, value: Any) -> AugmentedAssign:
        """`target += value`."""
        if type(target) not in ASSIGNABLE:
            self.problem("D0024", f"'{sign[1]}' needs a single name before it", target.span)
        return AugmentedAssign(target.span.to(value.span), target, sign[1][:-1], value)  # type: ignore[arg-type]

    def return_(self, word: Token, value: Any) -> Return:
        """`return value` or `deliver value`."""
        span = from_token(word, value.span) if value else token_span(word)
        return Return(span, value, word[1])  # type: ignore[arg-type]

    def raise_(self, word: Token, exception: Any) -> Raise:
        """`raise exception`."""
        return Raise(from_token(word, exception.span) if exception else token_span(word), exception, None)

    def raise_from(self, word: Token, exception: Any, _from: Token, cause: Any) -> Raise:
        """`raise exception from cause`."""
        return Raise(from_token(word, cause.span), exception, cause)

    def assert_(self, word: Token, test: Any) -> Assert:
        """`assert test`."""
        return Assert(from_token(word, test.span), test, None)

    def assert_message(self, word: Token, test: Any, _comma: Token, message: Any) -> Assert:
        """`assert test, message`."""
        return Assert(from_token(word, message.span), test, message)

    def delete(self, word: Token, value: Any) -> Delete:
        """`del a, b`."""
        targets = value.items if type(value) is TupleDisplay else (value,)
        for target in targets:
            self.check_target(target, "delete")
        return Delete(from_token(word, value.span), targets)

    def pass_(self, word: Token) -> Pass:
        """`pass`."""
        return Pass(token_span(word))

    def break_(self, word: Token) -> Break:
        """`break`."""
        return Break(token_span(word))

    def continue_(self, word: Token) -> Continue:
        """`continue`."""
        return Continue(token_span(word))

    def export(self, word: Token, names: list[Name]) -> Export:
        """`export a, b`."""
        return Export(from_token(word, names[-1].span), tuple(names))

    def names(self, names: list[Token]) -> list[Token]:
        """`a.b`."""
        return names

    def import_(self, word: Token, items: list[tuple[ModulePath, str, Span]]) -> Any:
        """`import a, b.c as d`: one statement for each module."""
        first = Import(from_token(word, items[0][2]), items[0][0], items[0][1])
        rest = [Import(span, path, alias) for path, alias, span in items[1:]]
        return [first, *rest] if rest else first

    def import_item(self, names: list[Token], word: Token | None, alias: Token | None) -> tuple[ModulePath, str, Span]:
        """`a.b as c`."""
        del word
        path = self.absolute_path(names)
        return (path, alias[1], to_token(path.span, alias)) if alias else (path, "", path.span)

    def absolute_path(self, names: list[Token]) -> ModulePath:
        """`a.b`."""
        return ModulePath(between(names[0], names[-1]), 0, tuple([name[1] for name in names]))

    def relative_path(self, dots: list[Token], names: list[Token] | None) -> ModulePath:
        """`..a`."""
        count = sum(len(dot[1]) for dot in dots)
        return ModulePath(between(dots[0], (names or dots)[-1]), count, tuple([name[1] for name in names or ()]))

    def imported_name(self, name: Token, _as: Token | None, alias: Token | None) -> ImportedName:
        """`name as alias`."""
        return ImportedName(between(name, alias or name), name[1], alias[1] if alias else "")

    def from_import(self, word: Token, path: ModulePath, _import: Token, names: list[ImportedName]) -> FromImport:
        """`from path import a, b`."""
        return FromImport(from_token(word, names[-1].span), path, tuple(names))

    def from_import_in_parentheses(
        self, word: Token, path: ModulePath, _import: Token, _open: Token, names: list[ImportedName], *rest: Any
    ) -> FromImport:
        """`from path import (a, b)`."""
        return FromImport(between(word, rest[-1]), path, tuple(names))

    def from_import_star(self, word: Token, path: ModulePath, _import: Token, star: Token) -> FromImport:
        """`from path import *`."""
        return FromImport(between(word, star), path, (), star=True)

    def if_(
        self, word: Token, test: Any, _colon: Token, body: Block, elifs: list[Branch] | None, otherwise: Block | None
    ) -> If:
        """`if`/`elif`/`else`."""
        branch = self.elif_(word, test, _colon, body)
        branches = (branch, *elifs) if elifs else (branch,)
        last = otherwise[-1].span if otherwise else branches[-1].span
        return If(from_token(word, last), branches, otherwise or ())

    def elif_(self, word: Token, test: Any, _colon: Token, body: Block) -> Branch:
        """`elif test:`."""
        return Branch(from_token(word, body[-1].span), test, body)

    def while_(self, word: Token, test: Any, _colon: Token, body: Block, otherwise: Block | None) -> While:
        """`while test:`."""
        return While(from_token(word, (otherwise or body)[-1].span), test, body, otherwise or ())

    def for_(
        self, word: Token, target: Any, _in: Token, iterable: Any, _colon: Token, body: Block, otherwise: Block | None
    ) -> For:
        """`for target in iterable:`."""
        return For(from_token(word, (otherwise or body)[-1].span), target, iterable, body, otherwise or ())

    def for_targets(self, target: Any) -> Any:
        """One target of a loop or comprehension."""
        self.check_target(target, "assign to")
        return target

    def several_targets(self, targets: list[Any], comma: Token | None) -> TupleDisplay:
        """`a, b` of a loop or comprehension."""
        display: TupleDisplay = self.open_tuple(targets, comma)
        self.check_target(display, "assign to")
        return display

    def one_target(self, target: Any, comma: Token) -> TupleDisplay:
        """`a,` of a loop or comprehension."""
        display: TupleDisplay = self.open_single_tuple(target, comma)
        self.check_target(display, "assign to")
        return display

    def try_(
        self,
        word: Token,
        _colon: Token,
        body: Block,
        handlers: list[Handler],
        otherwise: Block | None,
        final: Block | None,
    ) -> Try:
        """`try` with handlers."""
        last: tuple[Node, ...] | list[Handler] = final or otherwise or handlers
        return Try(from_token(word, last[-1].span), body, tuple(handlers), otherwise or (), final or ())

    def try_finally(self, word: Token, _colon: Token, body: Block, final: Block) -> Try:
        """`try` with `finally` alone."""
        return Try(from_token(word, final[-1].span), body, (), (), final)

    def handler(self, word: Token, kind: Any, _colon: Token, body: Block) -> Handler:
        """`except E:`."""
        if type(kind) is TupleDisplay and not kind.parenthesized:
            self.problem("D0042", "several exceptions need parentheses", kind.span, "write 'except (A, B):'")
        return Handler(from_token(word, body[-1].span), kind, "", body)

    def named_handler(self, word: Token, kind: Any, _as: Token, name: Token, colon: Token, body: Block) -> Handler:
        """`except E as e:`."""
        plain = self.handler(word, kind, colon, body)
        return Handler(plain.span, kind, name[1], body)

    def with_(self, word: Token, items: list[WithItem], _colon: Token, body: Block) -> With:
        """`with a as b:`."""
        if len(items) == 1 and items[0].target is None and type(items[0].value) is TupleDisplay:
            items = [WithItem(value.span, value, None) for value in items[0].value.items] or items
        return With(from_token(word, body[-1].span), tuple(items), body)

    def with_in_parentheses(self, word: Token, _open: Token, items: list[WithItem], *rest: Any) -> With:
        """`with (a as b, c as d):`."""
        return self.with_(word, items, rest[-2], rest[-1])

    def with_item(self, value: Any) -> WithItem:
        """`value`."""
        return WithItem(value.span, value, None)

    def with_item_as(self, value: Any, _as: Token, target: Any) -> WithItem:
        """`value as target`."""
        self.check_target(target, "assign to")
        return WithItem(value.span.to(target.span), value, target)
