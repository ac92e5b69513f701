"""Statements as Python, with the value of the last expression of a function as its result."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING, Any, Literal

from dana_grammar import nodes as n
from dana_grammar.span import Span
from dana_grammar.to_python import kinds as k
from dana_grammar.to_python.assignment import Assignments
from dana_grammar.to_python.expressions import check_dunder
from dana_grammar.to_python.patterns import pattern
from dana_grammar.to_python.scope import names_read

if TYPE_CHECKING:
    from collections.abc import Callable


Tail = Literal["", "return", "result"]
"""What becomes of the last expression of a block: nothing, the function's result, or the program's."""

EXCEPTIONS = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)
)
SIMPLE = (n.Name, n.Number, n.Constant, n.Text)


class Statements(Assignments):
    """Writes statements into `out`."""

    def __init__(self, text: str) -> None:
        super().__init__(text)

    def block(self, body: n.Block, tail: Tail = "") -> list[ast.stmt]:
        """Return the Python statements of a block, never empty."""
        outer, self.out = self.out, []
        for statement in body[:-1]:
            self.statement(statement)
        if body:
            self.last(body[-1], tail)
        written, self.out = self.out, outer
        if not written:
            written = [self.at(ast.Pass(), body[0].span if body else Span(1, 1, 1, 1))]
        return written

    def statement(self, node: n.Statement) -> None:
        """Write one statement whose value nobody uses."""
        _WRITERS[type(node)](self, node)

    def last(self, node: n.Statement, tail: Tail) -> None:
        """Write the last statement of a block; in tail position its value is the result."""
        if not tail:
            self.statement(node)
        elif isinstance(node, n.ExpressionStatement):
            self.give(node.value, node.span, tail)
        elif isinstance(node, n.If):
            self._if(node, tail)
        elif isinstance(node, n.Try):
            self._try(node, tail)
        elif isinstance(node, n.With):
            self._with(node, tail)
        elif isinstance(node, n.Match):
            self._match(node, tail)
        else:
            self.statement(node)

    def give(self, value: n.Expression, span: Span, tail: Tail) -> None:
        """Write what hands `value` on as the result."""
        if tail == "return":
            value = self.checked_result(value, span)
            self.attempt(self.lower(value), lambda v: self.at(ast.Return(v), span), span)
        else:
            self.attempt(self.lower(value), lambda v: self.assign("_dana_result", v, span), span)

    def checked_result(self, value: n.Expression, span: Span) -> n.Expression:
        """Return a result, checked where the function says that it is a struct; see `functions`."""
        raise NotImplementedError  # pragma: no cover - replaced by the class that writes functions

    def _expression(self, node: n.ExpressionStatement) -> None:
        self.attempt(self.lower(node.value), lambda value: self.at(ast.Expr(value), node.span), node.span)

    # Simple statements

    def _return(self, node: n.Return) -> None:
        if not self.in_function:
            value = self.constant(None, node.span) if node.value is None else self.value(node.value)
            self.out.append(self.at(ast.Raise(self.helper("finished", [value], node.span), None), node.span))
        elif node.value is None:
            self.out.append(self.at(ast.Return(None), node.span))
        else:
            self.give(node.value, node.span, "return")

    def _raise(self, node: n.Raise) -> None:
        if node.exception is None:
            self.out.append(self.at(ast.Raise(None, None), node.span))
            return
        error = self.value(node.exception)
        if not self._is_exception(node.exception):
            error = self.helper("error", [error], node.span)
        cause = None
        if node.cause is not None:
            cause = self.helper("cause", [self.value(node.cause)], node.span)
        self.out.append(self.at(ast.Raise(error, cause), node.span))

    def _is_exception(self, node: n.Expression) -> bool:
        """Whether `node` certainly makes one of Python's errors: `ValueError("...")`."""
        if not (isinstance(node, n.Call) and isinstance(node.function, n.Name)):
            return False
        name = node.function.name
        if name == "KeyError":  # one that is raised holds a message; one that Python raises holds a key
            return False
        return name in EXCEPTIONS and self.kinds.is_built_in(name)

    def _assert(self, node: n.Assert) -> None:
        test = self.test_now(node.test)
        outer, self.out = self.out, []
        message = [self.value(node.message)] if node.message is not None else []
        failed = self.call(self.name("_dana_AssertionError", node.span), message, node.span)
        body = [*self.out, self.at(ast.Raise(failed, None), node.span)]
        self.out = outer
        self.out.append(self.at(ast.If(self.at(ast.UnaryOp(ast.Not(), test), node.span), body, []), node.span))

    def _delete(self, node: n.Delete) -> None:
        for target in node.targets:
            if isinstance(target, n.Attribute):
                place = [self.value(target.value), self.constant(target.name, target.name_span)]
                self.out.append(self.at(ast.Expr(self.helper("delete_member", place, node.span)), node.span))
            else:
                place_ = self.target(target)
                place_.ctx = ast.Del()  # type: ignore[attr-defined]  # every target has a context
                self.out.append(self.at(ast.Delete([place_]), node.span))

    def _pass(self, node: n.Pass) -> None:
        self.out.append(self.at(ast.Pass(), node.span))

    def _break(self, node: n.Break) -> None:
        self.out.append(self.at(ast.Break(), node.span))

    def _continue(self, node: n.Continue) -> None:
        self.out.append(self.at(ast.Continue(), node.span))

    # Compound statements

    def _if(self, node: n.If, tail: Tail = "") -> None:
        branch = node.branches[0]
        if self._guard_clause(node, tail):
            lowered = self.lower(branch.test)
            body = self.block(branch.body, tail)
            self.attempt(lowered, lambda test: self.at(ast.If(test, body, []), node.span), node.span)
            return
        test = self.test_now(branch.test)
        body = self.block(branch.body, tail)
        outer, self.out = self.out, []
        if node.branches[1:]:
            self._if(n.If(node.branches[1].span.to(node.span), node.branches[1:], node.otherwise), tail)
        elif node.otherwise:
            self.out = self.block(node.otherwise, tail)
        otherwise, self.out = self.out, outer
        self.out.append(self.at(ast.If(test, body, otherwise), node.span))

    def _guard_clause(self, node: n.If, tail: Tail) -> bool:
        """Whether `if a < b: return x` can stand in the `try` as a whole: its body can fail in no way."""
        branch = node.branches[0]
        if node.otherwise or len(node.branches) > 1 or len(branch.body) != 1 or not self._ordered(branch.test):
            return False
        only = branch.body[0]
        if isinstance(only, n.Return) and self.in_function:
            return only.value is None or isinstance(only.value, SIMPLE)
        if isinstance(only, n.ExpressionStatement) and tail == "return":
            return isinstance(only.value, SIMPLE)
        if isinstance(only, n.Assign):
            return isinstance(only.value, SIMPLE) and all(isinstance(target, n.Name) for target in only.targets)
        return isinstance(only, n.Break | n.Continue | n.Pass)

    def _ordered(self, test: n.Expression) -> bool:
        """Whether a test is one `<`, `<=`, `>` or `>=` that needs a second version."""
        is_order = isinstance(test, n.Compare) and test.operators in {("<",), ("<=",), (">",), (">=",)}
        return is_order and self.guarded(test)

    def _while(self, node: n.While) -> None:
        if self._ordered(node.test) and not node.otherwise:
            self._while_ordered(node)
            return
        outer, self.out = self.out, []
        test = self.test_now(node.test)
        before, self.out = self.out, outer
        body = self.block(node.body)
        otherwise = self.block(node.otherwise) if node.otherwise else []
        if not before:
            self.out.append(self.at(ast.While(test, body, otherwise), node.span))
            return
        self._while_in_steps(node, test, before, body, otherwise)

    def _while_in_steps(
        self, node: n.While, test: ast.expr, before: list[ast.stmt], body: list[ast.stmt], otherwise: list[ast.stmt]
    ) -> None:
        """Write a loop whose test needs statements. Its `else` stands behind it: a `break` there is the outer loop's."""
        span = node.test.span
        leave: list[ast.stmt] = [self.at(ast.Break(), span)]
        ended = self.temporary() if otherwise else ""
        if ended:
            leave.insert(0, self.assign(ended, self.constant(value=True, span=span), span))
            self.out.append(self.assign(ended, self.constant(value=False, span=span), span))
        negated = self.at(ast.UnaryOp(ast.Not(), test), span)
        steps = [*before, self.at(ast.If(negated, leave, []), span), *body]
        self.out.append(self.at(ast.While(self.constant(value=True, span=span), steps, []), node.span))
        if ended:
            self.out.append(self.at(ast.If(self.name(ended, span), otherwise, []), span))

    def _while_ordered(self, node: n.While) -> None:
        """Write `while a < b` so that the comparison and its jump stay one instruction."""
        outer, self.out = self.out, []
        lowered, span = self.lower(node.test), node.test.span

        def leave(test: ast.expr) -> ast.stmt:
            negated = self.at(ast.UnaryOp(ast.Not(), test), span)
            return self.at(ast.If(negated, [self.at(ast.Break(), span)], []), span)

        self.attempt(lowered, leave, span)
        before, self.out = self.out, outer
        always = self.constant(value=True, span=span)
        self.out.append(self.at(ast.While(always, [*before, *self.block(node.body)], []), node.span))

    def _for(self, node: n.For) -> None:
        iterable = self.value(node.iterable)
        target, first = node.target, []
        if self._has_fields(target):
            name = self.temporary()
            outer, self.out = self.out, []
            self.store(target, self._lowered_name(name, target.span), k.ANY, node)
            first, self.out = self.out, outer
            target = n.Name(target.span, name)
            place: ast.expr = self.stored(name, target.span)
        else:
            place = self.target(target)
        body = [*first, *self.block(node.body)]
        otherwise = self.block(node.otherwise) if node.otherwise else []
        self.out.append(self.at(ast.For(place, iterable, body, otherwise), node.iterable.span))

    def _with(self, node: n.With, tail: Tail = "") -> None:
        items = []
        for item in node.items:
            value = self.value(item.value)
            items.append(ast.withitem(value, self.target(item.target) if item.target is not None else None))
        self.out.append(self.at(ast.With(items, self.block(node.body, tail)), node.span))

    def _try(self, node: n.Try, tail: Tail = "") -> None:
        body = self.block(node.body, "" if node.otherwise else tail)
        handlers = [self._handler(handler, tail) for handler in node.handlers]
        otherwise = self.block(node.otherwise, tail) if node.otherwise else []
        final = self.block(node.final) if node.final else []
        self.out.append(self.at(ast.Try(body, handlers, otherwise, final), node.span))

    def _handler(self, node: n.Handler, tail: Tail) -> ast.ExceptHandler:
        kind = self.name("_dana_Exception", node.span) if node.type is None else self.expression(node.type)
        caught = self.temporary() if node.name and node.name in names_read(node.body) else None
        body = self.block(node.body, tail)
        if caught is not None:
            check_dunder(node.name, node.span)
            shown = self.helper("caught", [self.name(caught, node.span)], node.span)
            body = [self.assign(node.name, shown, node.span), *body]
        return self.at(ast.ExceptHandler(kind, caught, body), node.span)

    def _match(self, node: n.Match, tail: Tail = "") -> None:
        subject = self.value(node.subject)
        cases = []
        for case in node.cases:
            guard = self.test(case.guard) if case.guard is not None else None
            cases.append(ast.match_case(pattern(self, case.pattern), guard, self.block(case.body, tail)))
        self.out.append(self.at(ast.Match(subject, cases), node.span))


_WRITERS: dict[type, Callable[[Any, Any], None]] = {
    n.ExpressionStatement: Statements._expression, n.Assign: Statements._assign, n.TypedAssign: Statements._typed,
    n.AugmentedAssign: Statements._augmented, n.Return: Statements._return, n.Raise: Statements._raise,
    n.Assert: Statements._assert, n.Delete: Statements._delete, n.Pass: Statements._pass,
    n.Break: Statements._break, n.Continue: Statements._continue, n.If: Statements._if,
    n.While: Statements._while, n.For: Statements._for, n.With: Statements._with, n.Try: Statements._try,
    n.Match: Statements._match,
    n.Import: lambda w, node: w.import_(node), n.FromImport: lambda w, node: w.from_import(node),
    n.Export: lambda w, node: w.export(node), n.Function: lambda w, node: w.function(node),
    n.DeclarativePipeline: lambda w, node: w.declarative(node), n.Struct: lambda w, node: w.struct(node),
    n.Interface: lambda w, node: w.interface(node), n.Agent: lambda w, node: w.agent(node),
    n.Input: lambda w, node: w.misplaced(node), n.Output: lambda w, node: w.output(node),
    n.OnFeedback: lambda w, node: w.on_feedback(node), n.PipelineBlock: lambda w, node: w.pipeline_block(node),
    n.Module: lambda w, node: w.module(node),
}  # fmt: skip
