"""The original under the name by which a version calls it: where versions run, `original(...)` is always there."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dana_poet.codegen.body import Definition

NAME = "original"


def own_original(tree: Definition, module: ast.Module) -> list[ast.stmt]:
    """Return the definition of `original` for a candidate that asks for it and does not define it; else nothing.

    >>> tree = ast.parse("def f(n):\\n    return f(n - 1)").body[0]
    >>> print(*map(ast.unparse, own_original(tree, ast.parse("def f(n): return original(n)"))))
    def original(n):
        return original(n - 1)
    >>> own_original(tree, ast.parse("def f(n): return n"))
    []
    """
    names = [node for node in ast.walk(module) if isinstance(node, ast.Name) and node.id == NAME]
    defined = any(getattr(node, "name", getattr(node, "arg", None)) == NAME for node in ast.walk(module))
    if not names or defined or any(not isinstance(node.ctx, ast.Load) for node in names):
        return []
    made = copy.deepcopy(tree)
    for node in ast.walk(made):
        # A recursive original calls itself, not the candidate that stands under its name.
        if isinstance(node, ast.Name) and node.id == tree.name:
            node.id = NAME
    made.name, made.decorator_list = NAME, []
    return [made]
