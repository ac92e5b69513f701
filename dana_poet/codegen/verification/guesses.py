"""Guess what an unhinted parameter takes, from how the body uses it, its default and the examples."""

from __future__ import annotations

import ast
from typing import Any

from dana_poet.codegen.verification.hints import ANY, KINDS, Hint
from dana_poet.codegen.verification.reading import Definition

_BY_METHOD = {
    **dict.fromkeys("split strip lower upper startswith endswith encode join splitlines title isdigit lstrip rstrip "
                    "partition format isalpha casefold replace isalnum capitalize zfill".split(), "str"),
    **dict.fromkeys("items keys values setdefault get".split(), "dict"),
    **dict.fromkeys("append extend insert sort reverse".split(), "list"),
    **dict.fromkeys("add discard union".split(), "set"),
    **dict.fromkeys("decode hex".split(), "bytes"),
}  # fmt: skip
_OVER = frozenset({"len", "sum", "sorted", "min", "max", "enumerate", "zip", "any", "all", "list", "set", "tuple", "reversed", "map", "filter"})


def guess(tree: Definition, name: str, default: Any, seen: list[Any]) -> Hint:
    """Return a hint for an unhinted parameter: what examples hold, what the default is, what the body does with it.

    >>> guess(ast.parse("def f(x):\\n    return x.strip()").body[0], "x", None, []).kind
    'str'
    """
    if seen:
        kinds = list(dict.fromkeys(_kind(one) for one in seen))
        return _of_values(kinds[0], seen) if len(kinds) == 1 else Hint("union", tuple(Hint(one) for one in kinds))
    if default is not None and type(default).__name__ in KINDS:
        return Hint(type(default).__name__)
    found = [kind for node in ast.walk(tree) if (kind := _use(node, name))]
    if not found:
        return ANY
    best = max(dict.fromkeys(found), key=found.count)
    return Hint("dict", (Hint("str"), ANY)) if best == "dict" else Hint(best)


def _kind(value: Any) -> str:
    name = type(value).__name__
    return "None" if value is None else name if name in KINDS else "any"


def _of_values(kind: str, seen: list[Any]) -> Hint:
    if kind in {"list", "set", "frozenset"}:
        inner = list(dict.fromkeys(_kind(one) for value in seen for one in value))
        return Hint(kind, (Hint(inner[0]),) if len(inner) == 1 else ())
    return Hint(kind)


def _use(node: ast.AST, name: str) -> str | None:
    """Return the kind that one use of the parameter asks for."""
    match node:
        case ast.Attribute(value=ast.Name(id=found), attr=method) if found == name:
            return _BY_METHOD.get(method)
        case ast.For(iter=ast.Name(id=found)) | ast.comprehension(iter=ast.Name(id=found)) if found == name:
            return "list"
        case ast.Call(func=ast.Name(id=function), args=[*_, ast.Name(id=found)]) if found == name and function in _OVER:
            return "list"
        case ast.Call(func=ast.Name(id=found)) if found == name:
            return "callable"
        case ast.Subscript(value=ast.Name(id=found), slice=ast.Constant(value=str())) if found == name:
            return "dict"
        case ast.Subscript(value=ast.Name(id=found)) if found == name:
            return "list"
        case ast.Compare(left=ast.Name(id=found), comparators=[ast.Constant(value=value)]) if found == name:
            return _kind(value) if _kind(value) in {"int", "float", "str"} else None
        case ast.BinOp(left=ast.Name(id=found)) | ast.BinOp(right=ast.Name(id=found)) if found == name:
            return "int"
        case _:
            return None
