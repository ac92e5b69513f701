"""Put a probe into each condition, handler and run of lines of a candidate: what no input reached is untested."""

from __future__ import annotations

import ast
import copy
import itertools
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the code, or a handler: the number of its probe, its node, and what each outcome decides on.

    With an `entry` it is a run of lines instead, and that the number of the probe where its function begins.
    """

    number: int
    node: ast.AST
    when_true: tuple[ast.AST, ...]
    when_false: tuple[ast.AST, ...]
    loop: bool = False
    entry: int | None = None


_SIMPLE = (ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Delete)


def with_probes(nodes: list[ast.stmt], token: str) -> tuple[list[ast.stmt], tuple[Condition, ...]]:
    """Return statements with a probe in each condition, handler and run of lines of their functions; they are changed."""
    probes = _Probes(token)
    made = [probes.visit(one) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) else one for one in nodes]
    return made, tuple(probes.conditions)


class _Probes(ast.NodeTransformer):
    """Put a probe around each condition that decides something, and into each handler."""

    def __init__(self, token: str) -> None:
        self.token, self.entry = token, 0
        self.conditions: list[Condition] = []

    def _probe(
        self, node: ast.expr, yes: tuple[ast.AST, ...], no: tuple[ast.AST, ...], *, loop: bool = False
    ) -> ast.expr:
        if isinstance(node, ast.BoolOp):
            node.values = [self._probe(one, yes, no, loop=loop) for one in node.values]
            return node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self._probe(node.operand, no, yes, loop=loop)
            return node
        if isinstance(node, ast.Constant):
            return node
        number = len(self.conditions)
        self.conditions.append(Condition(number, self._bare(node), yes, no, loop))
        name = ast.Name(f"seen_{self.token}", ast.Load())
        return ast.copy_location(ast.Call(name, [ast.Constant(number), node], []), node)

    def _bare(self, node: ast.AST) -> ast.AST:
        """Return a copy as it was written: probes inside are taken out again."""
        name = f"seen_{self.token}"

        class Without(ast.NodeTransformer):
            def visit_Call(self, call: ast.Call) -> Any:
                self.generic_visit(call)
                return call.args[1] if isinstance(call.func, ast.Name) and call.func.id == name else call

        found: ast.AST = Without().visit(copy.deepcopy(node))
        return found

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Put a probe before each run of simple statements that something before it may end."""
        made: list[ast.stmt] = []
        for place, one in enumerate(body):
            if not isinstance(one, _SIMPLE) or (place and isinstance(body[place - 1], _SIMPLE)):
                made.append(one)
                continue
            run = list(itertools.takewhile(lambda other: isinstance(other, _SIMPLE), body[place:]))
            made += [self._mark(run[0], tuple(run)), one]
        return made

    def _mark(self, node: ast.stmt, run: tuple[ast.stmt, ...]) -> ast.stmt:
        number = len(self.conditions)
        self.conditions.append(Condition(number, node, tuple(self._bare(one) for one in run), (), entry=self.entry))
        call = ast.Call(ast.Name(f"tried_{self.token}", ast.Load()), [ast.Constant(number)], [])
        return ast.copy_location(ast.Expr(call), node)

    def visit_If(self, node: ast.If) -> Any:
        yes, no = tuple(map(copy.deepcopy, node.body)), tuple(map(copy.deepcopy, node.orelse))
        self.generic_visit(node)
        node.body, node.orelse = self.block(node.body), self.block(node.orelse)
        node.test = self._probe(node.test, yes, no)
        return node

    def visit_While(self, node: ast.While) -> Any:
        yes = tuple(map(copy.deepcopy, node.body))
        self.generic_visit(node)
        node.body = self.block(node.body)
        node.test = self._probe(node.test, yes, (), loop=True)
        return node

    def visit_For(self, node: ast.For) -> Any:
        return self._inside(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> Any:
        return self._inside(node)

    def visit_With(self, node: ast.With) -> Any:
        return self._inside(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> Any:
        return self._inside(node)

    def _inside(self, node: Any) -> Any:
        self.generic_visit(node)
        node.body = self.block(node.body)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        return self._function(node)

    def _function(self, node: Any) -> Any:
        outer, self.entry = self.entry, len(self.conditions)
        begins = self._mark(node.body[0], ())
        self.generic_visit(node)
        first = 1 if ast.get_docstring(node) is not None else 0
        node.body = [*node.body[:first], begins, *self.block(node.body[first:])]
        self.entry = outer
        return node

    def visit_Try(self, node: ast.Try) -> Any:
        self.generic_visit(node)
        node.body, node.orelse = self.block(node.body), self.block(node.orelse)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        yes, no = (copy.deepcopy(node.body),), (copy.deepcopy(node.orelse),)
        self.generic_visit(node)
        node.test = self._probe(node.test, yes, no)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> Any:
        self.generic_visit(node)
        node.ifs = [self._probe(one, (one,), ()) for one in node.ifs]
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> Any:
        body, bare = tuple(map(copy.deepcopy, node.body)), copy.deepcopy(node)
        self.generic_visit(node)
        number = len(self.conditions)
        self.conditions.append(Condition(number, bare, body, ()))
        call = ast.Call(ast.Name(f"tried_{self.token}", ast.Load()), [ast.Constant(number)], [])
        node.body.insert(0, ast.copy_location(ast.Expr(call), node))
        return node
