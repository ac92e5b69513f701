"""What can be read off a tree without running it: names in literals, names that a module binds."""

import ast
import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

_ATTRIBUTE = re.compile(r"\.([^.\[\]]+)")


def literal_names(value: ast.expr | None) -> list[str] | None:
    """The texts of a literal tuple or list of strings (or one string); None for anything else."""
    items = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
    texts = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return texts if len(texts) == len(items) else None


def template_attributes(template: str, levels: int = 2) -> Iterator[str]:
    """The attributes that `template.format(...)` reads, those of fields in fields included (Python knows two levels).

    >>> list(template_attributes("{0.real:{width.size}} {x[a.b]} {{y.z}}"))
    ['real', 'size']
    """
    try:
        pieces = list(Formatter().parse(template))
    except ValueError:
        # Not a template: it fails when the program runs.
        return
    for _, field, spec, _ in pieces:
        # What stands in brackets is a key, not a path.
        yield from _ATTRIBUTE.findall(re.sub(r"\[[^\]]*\]", "[]", field or ""))
        if spec and "{" in spec and levels > 1:
            yield from template_attributes(spec, levels - 1)


def module_names(tree: ast.Module) -> Iterator[str]:
    """Names that the module's own statements bind, those inside functions and classes left out.

    >>> list(module_names(ast.parse("def f():\\n  x = 1\\nif 1:\\n  import json as j")))
    ['f', 'j']
    """
    nodes: list[Any] = list(reversed(tree.body))
    while nodes:
        node = nodes.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
            continue
        if isinstance(node, ast.alias):
            yield node.asname or node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
            yield node.name
        nodes.extend(ast.iter_child_nodes(node))


def entry_problem(tree: ast.Module, entry: str) -> tuple[str, str] | None:
    """What is wrong when a program has no `entry` to call: message and hint; None when it has one."""
    if any(name == entry for name in module_names(tree)):
        return None
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    instead = f"; the program defines {', '.join(functions[:5])}" if functions else ""
    return f"there is no function {entry} to call{instead}", f"write def {entry}(...): at the top level"
