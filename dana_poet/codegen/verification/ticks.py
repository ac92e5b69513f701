"""Put a tick into each loop and function of a program, so that one that does not end is stopped by its CPU time."""

from __future__ import annotations

import ast
from typing import Any


def with_ticks(node: ast.stmt, token: str) -> ast.stmt:
    """Return a statement in which each turn of a loop, member of a comprehension and call of a function ticks.

    >>> ast.unparse(with_ticks(ast.parse("while True:\\n    pass").body[0], "0")).splitlines()[1]
    '    tick_0()'
    """
    made: ast.stmt = _Ticks(token).visit(node)
    return made


class _Ticks(ast.NodeTransformer):
    def __init__(self, token: str) -> None:
        self.name = f"tick_{token}"

    def _tick(self, place: ast.AST) -> ast.Call:
        return ast.copy_location(ast.Call(ast.Name(self.name, ast.Load()), [], []), place)

    def _loop(self, node: Any) -> Any:
        self.generic_visit(node)
        node.body.insert(0, ast.copy_location(ast.Expr(self._tick(node)), node))
        return node

    def visit_While(self, node: ast.While) -> Any:
        return self._loop(node)

    def visit_For(self, node: ast.For) -> Any:
        return self._loop(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        self.generic_visit(node)
        first = 1 if ast.get_docstring(node, clean=False) is not None else 0
        node.body.insert(first, ast.copy_location(ast.Expr(self._tick(node.body[0])), node.body[0]))
        return node

    def visit_comprehension(self, node: ast.comprehension) -> Any:
        self.generic_visit(node)
        node.ifs.insert(0, self._tick(node.iter))
        return node
