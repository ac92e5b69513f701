"""Type hints as a small tree, read from syntax: whether a value fits, and what values to try."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification.exact import EXACT, strange_exact

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS: dict[str, type | tuple[type, ...]] = {
    "int": int, "float": (int, float), "complex": (int, float, complex), "str": str, "bool": bool, "bytes": (bytes, bytearray),
    "list": list, "tuple": tuple, "set": set, "frozenset": frozenset, "dict": dict, "bytearray": bytearray,
    "None": type(None), **EXACT,
}  # fmt: skip
_WIDE = {
    "List": "list", "Dict": "dict", "Tuple": "tuple", "Set": "set", "FrozenSet": "frozenset", "Sequence": "sequence",
    "MutableSequence": "list", "Mapping": "dict", "MutableMapping": "dict", "Iterable": "iterable",
    "Iterator": "iterator", "Collection": "iterable", "Generator": "iterator", "Callable": "callable",
    "DefaultDict": "dict", "OrderedDict": "dict", "NoneType": "None", "Number": "float", "Real": "float",
    "Hashable": "key", "object": "any", "Any": "any", "AsyncIterator": "iterator", "AsyncIterable": "iterable",
    "AsyncGenerator": "iterator",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint: `kind` is a name of `KINDS`, or any, union, literal, sequence, iterable, iterator, callable, key, other."""

    kind: str = "any"
    parts: tuple[Hint, ...] = ()
    values: tuple[Any, ...] = ()


ANY = Hint()


def read_hint(node: ast.expr | None) -> Hint:
    """Return the hint that an annotation means; what cannot be known from the text is `any` or `other`.

    >>> read_hint(ast.parse("list[int] | None", mode="eval").body).parts[0].kind
    'list'
    """
    match node:
        case None:
            return ANY
        case ast.Constant(value=None):
            return Hint("None")
        case ast.Constant(value=str() as text):
            return _quoted(text)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return Hint(name) if name in KINDS else Hint(_WIDE.get(name, "other"))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return Hint("union", (read_hint(left), read_hint(right)))
        case ast.Subscript(value=value, slice=inner):
            return _subscript(value, inner)
        case _:
            return ANY


def _quoted(text: str) -> Hint:
    try:
        return read_hint(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return ANY


def _subscript(value: ast.expr, inner: ast.expr) -> Hint:
    name = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name == "Optional":
        return Hint("union", (read_hint(parts[0]), Hint("None")))
    if name == "Union":
        return Hint("union", tuple(map(read_hint, parts)))
    if name in {"Annotated", "Final", "Required", "ClassVar"}:
        return read_hint(parts[0])
    if name == "Literal":
        return Hint("literal", (), tuple(one.value for one in parts if isinstance(one, ast.Constant)))
    kind = name if name in KINDS else _WIDE.get(name, "other")
    if kind == "tuple" and len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is ...:
        return Hint("sequence_tuple", (read_hint(parts[0]),))
    return Hint(kind, tuple(map(read_hint, parts)))


def fits(value: Any, hint: Hint, depth: int = 0) -> bool:
    """Whether a value is of the hinted type. What a hint leaves open fits; a bool fits int, an int fits float.

    >>> fits([1, "a"], Hint("list", (Hint("int"),))), fits(None, ANY)
    (False, True)
    """
    if depth > 6:
        return True
    match hint.kind:
        case "any" | "other":
            return True
        case "union":
            return any(fits(value, one, depth + 1) for one in hint.parts)
        case "tree":
            return isinstance(value, KINDS[hint.values[0]])
        case "literal":
            return any(type(value) is type(one) and value == one for one in hint.values)
        case "callable":
            return callable(value) or _is_marker(value, "fn")
        case "key":
            return not isinstance(value, (list, dict, set, bytearray))
        case "sequence":
            return isinstance(value, (list, tuple, str, range)) and _all(value, hint, depth)
        case "iterable" | "iterator":
            return _is_marker(value, "feed") or (hasattr(value, "__iter__") and _all(value, hint, depth))
        case "sequence_tuple":
            return isinstance(value, tuple) and _all(value, hint, depth)
        case _:
            return _fits_kind(value, hint, depth)


def _fits_kind(given: object, hint: Hint, depth: int) -> bool:
    value: Any = given
    if not isinstance(given, KINDS[hint.kind]):
        return False
    if hint.kind == "tuple" and hint.parts:
        return len(value) == len(hint.parts) and all(
            fits(one, part, depth + 1) for one, part in zip(value, hint.parts, strict=True)
        )
    if hint.kind == "dict" and len(hint.parts) == 2:
        key, inner = hint.parts
        return all(fits(k, key, depth + 1) and fits(v, inner, depth + 1) for k, v in value.items())
    if hint.kind in {"list", "set", "frozenset"}:
        return _all(value, hint, depth)
    return True


def _all(values: Iterable[Any], hint: Hint, depth: int) -> bool:
    if not hint.parts or not isinstance(values, (list, tuple, set, frozenset, str, range, dict)):
        return True
    return all(fits(one, hint.parts[0], depth + 1) for one in values)


def _is_marker(value: Any, kind: str) -> bool:
    return type(value) is tuple and len(value) >= 2 and value[0] == f"\0{kind}"


def strange(value: Any, hint: Hint, depth: int = 0) -> bool:
    """Whether a value fits only loosely, so that a careful candidate may refuse it: nan, infinities, bool for a number.

    >>> strange(float("nan"), Hint("float")), strange(1, Hint("int"))
    (True, False)
    """
    if depth > 6:
        return False
    if isinstance(value, float):
        return not math.isfinite(value)
    if strange_exact(value, hint.kind):
        return True
    if isinstance(value, bool):
        return hint.kind in {"int", "float", "complex"}
    if isinstance(value, (list, tuple, set, frozenset)):
        inner = hint.parts[0] if hint.parts else ANY
        return any(strange(one, inner, depth + 1) for one in value)
    if isinstance(value, dict):
        inner = hint.parts[1] if len(hint.parts) == 2 else ANY
        return any(strange(one, inner, depth + 1) for one in value.values())
    return False
