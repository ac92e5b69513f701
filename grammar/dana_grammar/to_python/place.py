"""Make Python nodes that stand at a Dana place: every node gets line and column, in UTF-8 bytes as Python counts."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dana_grammar.span import Span

Placed = TypeVar(
    "Placed", bound="ast.expr | ast.stmt | ast.excepthandler | ast.keyword | ast.arg | ast.pattern | ast.alias"
)

LOAD, STORE = ast.Load(), ast.Store()


class Places:
    """Turns Dana spans into Python positions for one text."""

    def __init__(self, text: str) -> None:
        self.lines = [] if text.isascii() else text.splitlines()

    def offset(self, line: int, column: int) -> int:
        """Return the byte offset in its line of a character column that counts from 1."""
        if not self.lines or line > len(self.lines):
            return column - 1
        return len(self.lines[line - 1][: column - 1].encode("utf-8", "surrogatepass"))

    def at(self, python: Placed, span: Span) -> Placed:
        """Give one Python node the place `span`."""
        python.lineno = span[0]
        python.end_lineno = span[2]
        if self.lines:
            python.col_offset = self.offset(span[0], span[1])
            python.end_col_offset = self.offset(span[2], span[3])
        else:
            python.col_offset = span[1] - 1
            python.end_col_offset = span[3] - 1
        return python

    def name(self, text: str, span: Span) -> ast.Name:
        """Return a name that is read."""
        return self.at(ast.Name(text, LOAD), span)

    def stored(self, text: str, span: Span) -> ast.Name:
        """Return a name that is assigned."""
        return self.at(ast.Name(text, STORE), span)

    def constant(self, value: object, span: Span) -> ast.Constant:
        """Return a constant."""
        return self.at(ast.Constant(value), span)  # type: ignore[arg-type]  # what Dana literals hold is legal here

    def helper(self, function: str, arguments: Sequence[ast.expr], span: Span) -> ast.Call:
        """Return a call of the runtime helper `_dana_<function>`."""
        return self.at(ast.Call(self.name(f"_dana_{function}", span), list(arguments), []), span)

    def call(self, function: ast.expr, arguments: Iterable[ast.expr], span: Span) -> ast.Call:
        """Return a call with positional arguments."""
        return self.at(ast.Call(function, list(arguments), []), span)

    def assign(self, target: str, value: ast.expr, span: Span) -> ast.Assign:
        """Return `target = value`."""
        return self.at(ast.Assign([self.stored(target, span)], value), span)

    def tuple(self, items: Sequence[ast.expr], span: Span) -> ast.Tuple:
        """Return a tuple display."""
        return self.at(ast.Tuple(list(items), LOAD), span)

    def thunk(self, body: ast.expr, span: Span, parameters: Sequence[str] = ()) -> ast.Lambda:
        """Return `lambda parameters: body`."""
        return self.at(ast.Lambda(self.parameters(parameters, span), body), span)

    def function_node(
        self,
        name: str,
        arguments: ast.arguments,
        body: Sequence[ast.stmt],
        span: Span,
        decorators: Sequence[ast.expr] = (),
    ) -> ast.FunctionDef:
        """Return a function definition, for every version of Python's tree."""
        made = ast.FunctionDef(name, arguments, list(body), list(decorators))
        made.type_params = []  # type: ignore[attr-defined,unused-ignore]  # a field from Python 3.12 on
        return self.at(made, span)

    def class_(self, name: str, body: Sequence[ast.stmt], span: Span, decorator: ast.expr) -> ast.ClassDef:
        """Return a class definition without bases."""
        made = ast.ClassDef(name, [], [], list(body), [decorator])
        made.type_params = []  # type: ignore[attr-defined,unused-ignore]  # a field from Python 3.12 on
        return self.at(made, span)

    def parameters(self, names: Sequence[str], span: Span) -> ast.arguments:
        """Return plain parameters."""
        return ast.arguments([], [self.at(ast.arg(name), span) for name in names], None, [], [], None, [])

    def span_tuple(self, span: Span) -> ast.Tuple:
        """Return the four numbers of a span as a constant tuple for the runtime."""
        return self.tuple([self.constant(number, span) for number in span], span)
