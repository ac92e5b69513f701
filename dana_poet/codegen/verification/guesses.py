"""Guess what an unhinted parameter takes, from how the body uses it, its default and the examples."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification.hints import ANY, KINDS, Hint

if TYPE_CHECKING:
    from dana_poet.codegen.verification.reading import Definition

_BY_METHOD = {
    **dict.fromkeys("split strip lower upper startswith endswith encode join splitlines title isdigit lstrip rstrip "
                    "partition format isalpha casefold replace isalnum capitalize zfill".split(), "str"),
    **dict.fromkeys("items keys values setdefault get".split(), "dict"),
    **dict.fromkeys("append extend insert sort reverse".split(), "list"),
    **dict.fromkeys("add discard union".split(), "set"),
    **dict.fromkeys("decode hex".split(), "bytes"),
    **dict.fromkeys("strftime astimezone timestamp tzinfo hour minute".split(), "datetime"),
    **dict.fromkeys("weekday isoweekday toordinal year month day".split(), "date"),
    **dict.fromkeys("quantize as_tuple to_integral_value".split(), "Decimal"),
    **dict.fromkeys("total_seconds days".split(), "timedelta"),
}  # fmt: skip
_OVER = frozenset(
    {
        "len",
        "sum",
        "sorted",
        "min",
        "max",
        "enumerate",
        "zip",
        "any",
        "all",
        "list",
        "set",
        "tuple",
        "reversed",
        "map",
        "filter",
    }
)


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


def key_hints(tree: ast.AST) -> dict[str, Hint]:
    """Return what the code does with the members of records, by key.

    >>> key_hints(ast.parse("for line in order['lines']:\\n    total += line['price'] * 2"))["lines"].kind
    'list'
    """
    nodes = list(ast.walk(tree))
    keys = dict.fromkeys(one for node in nodes if (one := _key(node)))
    found: dict[str, Hint] = {}
    for key in keys:
        uses = [hint for node in nodes if (hint := _key_use(node, key, nodes)) is not None]
        if uses:
            found[key] = max(uses, key=uses.count)
    return found


def members_of(tree: ast.AST, name: str, hint: Hint) -> Hint:
    """Return the hint of a list whose members are left open, with what a loop over it does with them.

    >>> members_of(ast.parse("for job in jobs:\\n    job(1)"), "jobs", Hint("list")).parts[0].kind
    'callable'
    """
    if hint.kind not in {"list", "sequence", "iterable"} or hint.parts not in {(), (ANY,)}:
        return hint
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, (ast.For, ast.comprehension)) and getattr(node.iter, "id", "") == name:
            member = _member(node.target, nodes)
            return Hint(hint.kind, (member,)) if member != ANY else hint
    return hint


def as_tree(tree: Definition, hint: Hint) -> Hint:
    """Return the hint of a container that the function walks into by calling itself, else the hint.

    >>> text = "def size(node: dict) -> int:\\n    return 1 + sum(size(one) for one in node['below'])"
    >>> as_tree(ast.parse(text).body[0], Hint("dict")).values
    ('dict', (), ('below',))
    """
    if hint.kind == "union":
        return Hint("union", tuple(as_tree(tree, one) for one in hint.parts), hint.values)
    if hint.kind not in {"dict", "list", "any"}:
        return hint
    nodes = list(ast.walk(tree))
    own = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") in own]
    given = [one for call in calls for one in call.args]
    if not given or (hint.kind == "any" and len(tree.args.args) > 1):
        return hint
    singles = [key for one in given for key in _keys_behind(one, nodes)]
    loops = [node for node in nodes if isinstance(node, (ast.For, ast.comprehension))]
    members = [
        node for node in loops if {_name(one) for one in given} & {_name(part) for part in ast.walk(node.target)} - {""}
    ]
    lists = [key for node in members for key in _keys_behind(node.iter, nodes)]
    if hint.kind != "list" and (singles or lists):
        return Hint("tree", hint.parts, ("dict", tuple(dict.fromkeys(singles)), tuple(dict.fromkeys(lists))))
    plain = [node for node in members if _name(node.iter) in {one.arg for one in tree.args.args}]
    return Hint("tree", hint.parts, ("list", (), ())) if hint.kind == "list" and plain else hint


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _keys_behind(node: ast.AST, nodes: list[ast.AST]) -> list[str]:
    """Return the keys that a value comes from, through one variable."""
    found = [key for part in ast.walk(node) if (key := _key(part))]
    if not found and (name := _name(node)):
        sets = [one.value for one in nodes if isinstance(one, ast.Assign) and name in map(_name, one.targets)]
        found = [key for value in sets for part in ast.walk(value) if (key := _key(part))]
    return found


def _key(node: ast.AST | None) -> str | None:
    match node:
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return key
        case ast.Call(func=ast.Attribute(attr="get" | "pop"), args=[ast.Constant(value=str() as key), *_]):
            return key
        case _:
            return None


def _key_use(node: ast.AST, key: str, nodes: list[ast.AST]) -> Hint | None:
    """Return the hint that one use of `record[key]` asks for."""
    match node:
        case ast.For(iter=over, target=target) | ast.comprehension(iter=over, target=target) if _key(over) == key:
            return Hint("list", (_member(target, nodes),))
        case ast.BinOp(left=left, right=right) if key in {_key(left), _key(right)}:
            return Hint("union", (Hint("int"), Hint("float")))
        case ast.AugAssign(value=value) if _key(value) == key:
            return Hint("union", (Hint("int"), Hint("float")))
        case ast.Compare(left=left, comparators=[ast.Constant(value=value)]) if _key(left) == key:
            kind = Hint(_kind(value))
            return Hint("union", (kind, Hint("literal", (), (value,)))) if kind.kind in KINDS else None
        case ast.Attribute(value=value, attr=method) if _key(value) == key and method in _BY_METHOD:
            return Hint(_BY_METHOD[method])
        case ast.Call(func=ast.Name(id=function), args=[first, *_]) if _key(first) == key:
            return (
                Hint(function)
                if function in {"int", "float", "str"}
                else Hint("list", (Hint("int"),))
                if function in _OVER
                else None
            )
        case ast.Call(func=ast.Attribute(attr="get" | "index" | "count"), args=[first, *_]) if _key(first) == key:
            return Hint("str")
        case ast.Subscript(slice=inner) if _key(inner) == key:
            return Hint("str")
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()]) if _key(left) == key:
            return Hint("str")
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _key(value) == key:
            words = [word for other in nodes if (word := _use(other, name))]
            return Hint(max(words, key=words.count)) if words else None
        case _:
            return None


def _member(target: ast.AST, nodes: list[ast.AST]) -> Hint:
    """Return what a loop over records gives: records where its variable is asked for keys."""
    name = getattr(target, "id", "")
    if any(isinstance(one, ast.Call) and getattr(one.func, "id", "") == name for one in nodes):
        return Hint("callable")
    if any(isinstance(one, ast.Subscript) and _key(one) and getattr(one.value, "id", "") == name for one in nodes):
        return Hint("dict", (Hint("str"), ANY))
    return ANY
