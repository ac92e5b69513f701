"""Compare the two signatures: parameters, their kinds and defaults, async-ness, generator-ness."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification.reading import Definition, yields
from dana_poet.codegen.verification.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

Parameter = tuple[str, str, ast.expr | None]
_EMPTY_CONTAINERS = ("[]", "{}", "set()", "list()", "dict()")


def compare_signatures(original: Definition, candidate: Definition, names: Mapping[str, object]) -> None:
    """Refuse a candidate that cannot be called as the original is, or is another kind of function."""
    if isinstance(original, ast.AsyncFunctionDef) != isinstance(candidate, ast.AsyncFunctionDef):
        was, now = "async", "not async"
        if isinstance(candidate, ast.AsyncFunctionDef):
            was, now = now, was
        raise Refused(f"the original is {was}, the candidate is {now}")
    if yields(original) != yields(candidate):
        was, now = ("a", "none") if yields(original) else ("no", "one")
        raise Refused(f"the original is {was} generator, the candidate is {now}")
    if candidate.decorator_list:
        raise Refused(
            "the function has a decorator", f"line {candidate.lineno}: @{ast.unparse(candidate.decorator_list[0])}"
        )
    ours, theirs = parameters(original), parameters(candidate)
    shown = f"({ast.unparse(candidate.args)}) for ({ast.unparse(original.args)})"
    if [one[:2] for one in ours] != [one[:2] for one in theirs]:
        raise Refused("the parameters differ", shown)
    for (name, _kind, before), (_, _, after) in zip(ours, theirs, strict=True):
        if not _same_default(before, after, names):
            raise Refused(f"the default of {name} differs", shown)
    _compare_annotations(original, candidate)


def parameters(tree: Definition) -> list[Parameter]:
    """Return name, kind and default of each parameter, in order."""
    spec = tree.args
    plain = [*((one, "positional") for one in spec.posonlyargs), *((one, "plain") for one in spec.args)]
    filled: list[ast.expr | None] = [None] * (len(plain) - len(spec.defaults)) + list(spec.defaults)
    found: list[Parameter] = [(one.arg, kind, default) for (one, kind), default in zip(plain, filled, strict=True)]
    if spec.vararg:
        found.append((spec.vararg.arg, "*", None))
    found += [(one.arg, "keyword", value) for one, value in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)]
    if spec.kwarg:
        found.append((spec.kwarg.arg, "**", None))
    return found


def _same_default(was: ast.expr | None, now: ast.expr | None, names: Mapping[str, object]) -> bool:
    if was is None or now is None:
        return was is now
    if ast.dump(was) == ast.dump(now):
        return True
    if ast.unparse(was) in _EMPTY_CONTAINERS and ast.unparse(now) == "None":
        return True  # the usual guard against a default that is shared between calls
    one, other = _value(was, names), _value(now, names)
    return one is not _UNKNOWN and type(one) is type(other) and repr(one) == repr(other)


_UNKNOWN: Any = object()


def _value(node: ast.expr, names: Mapping[str, object]) -> Any:
    """Return the value of a default that is plain or a name of the original's module."""
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        pass
    if all(
        isinstance(one, (ast.BinOp, ast.UnaryOp, ast.Constant, ast.operator, ast.unaryop)) for one in ast.walk(node)
    ):
        return _folded(node)
    return _UNKNOWN


def _folded(node: ast.expr) -> Any:
    """Return what plain arithmetic of small numbers comes to, such as `60 * 60`."""
    match node:
        case ast.Constant(value=int() | float() as value) if abs(value) < 1e9:
            return value
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() as operation, right=right):
            one, other = _folded(left), _folded(right)
            if _UNKNOWN in (one, other):
                return _UNKNOWN
            table = {ast.Add: one.__add__, ast.Sub: one.__sub__, ast.Mult: one.__mul__}
            value = table[type(operation)](other)
            return _UNKNOWN if value is NotImplemented or abs(value) > 1e12 else value
        case _:
            return _UNKNOWN


def _compare_annotations(original: Definition, candidate: Definition) -> None:
    """Refuse an annotation that says something else; one may be added, and left out."""
    now = {one.arg: one.annotation for one in ast.walk(candidate.args) if isinstance(one, ast.arg)}
    for one in ast.walk(original.args):
        if isinstance(one, ast.arg):
            _compare_annotation(one.arg, one.annotation, now.get(one.arg))
    _compare_annotation("the result", original.returns, candidate.returns)


_SPELLINGS = {"List": "list", "Dict": "dict", "Tuple": "tuple", "Set": "set", "FrozenSet": "frozenset"}
_WIDE = frozenset({"Any", "object"})


def _compare_annotation(what: str, was: ast.expr | None, now: ast.expr | None) -> None:
    if was is None or now is None:
        return
    one, other = _spelled(was), _spelled(now)
    if one != other and _outer(one) != _outer(other) and _WIDE.isdisjoint({one, other}):
        raise Refused(f"the annotation of {what} differs", f"{other} for {one}")


def _outer(text: str) -> str:
    return "union" if "|" in text else text.split("[", 1)[0]


def _spelled(node: ast.expr) -> str:
    """Return an annotation in one spelling: Optional and Union with bars, no module names, no quotes."""
    match node:
        case ast.Constant(value=str() as text):
            try:
                return _spelled(ast.parse(text, mode="eval").body)
            except SyntaxError:
                return text
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return _SPELLINGS.get(name, name)
        case ast.Subscript(value=value, slice=inner):
            return _subscript(_spelled(value), inner)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return "|".join(sorted({*_spelled(left).split("|"), *_spelled(right).split("|")}))
        case _:
            return ast.unparse(node)


def _subscript(name: str, inner: ast.expr) -> str:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name in {"Optional", "Union"}:
        return "|".join(sorted({*map(_spelled, parts), *(["None"] if name == "Optional" else [])}))
    if name == "Annotated":
        return _spelled(parts[0])
    return f"{name}[{','.join(map(_spelled, parts))}]"
