"""Mine the constants of both sources: numbers with their neighbours, texts with their parts, lengths, keys, patterns."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 60


@dataclass(slots=True)
class Mined:
    """What was found, in the order of the text. `keys` are texts used as keys, `splits` marks at which texts are split."""

    ints: list[int] = field(default_factory=list)
    floats: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    splits: list[str] = field(default_factory=list)

    def tidy(self) -> Mined:
        """Return it without repeats, each list at most so long."""
        return Mined(*(list(dict.fromkeys(getattr(self, name)))[:_MOST] for name in self.__slots__))


def mine(trees: Iterable[ast.AST]) -> Mined:
    """Return the constants of some code.

    >>> mine([ast.parse("n == 7919 and d['key']")]).ints
    [7919]
    """
    found = Mined()
    for tree in trees:
        words = _words_for_people(tree)
        for node in ast.walk(tree):
            _look(node, found, words)
    return found.tidy()


_LOGS = frozenset("debug info warning error exception critical log".split())


def _words_for_people(tree: ast.AST) -> set[int]:
    """Return the nodes of docstrings and of messages of errors and logs: they decide nothing."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as text):
                found.add(id(text))
            case ast.Raise(exc=ast.Call() as said) | ast.Expr(value=ast.Call() as said) if _speaks(node, said):
                found |= {id(one) for one in ast.walk(said) if isinstance(one, ast.Constant)}
            case _:
                pass
    return found


def _speaks(node: ast.AST, call: ast.Call) -> bool:
    return isinstance(node, ast.Raise) or getattr(call.func, "attr", "") in _LOGS


def _look(node: ast.AST, found: Mined, words: set[int]) -> None:
    match node:
        case ast.Constant() if id(node) not in words:
            _constant(node.value, found)
        case ast.BinOp() | ast.UnaryOp():
            _constant(_folded(node), found)
        case ast.Compare(left=left, comparators=others):
            if any(isinstance(one, ast.Call) and getattr(one.func, "id", "") == "len" for one in [left, *others]):
                numbers = (_folded(one) for part in [left, *others] for one in getattr(part, "elts", [part]))
                found.lengths += [one for one in numbers if type(one) is int and 0 <= one <= 20_000]
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            found.keys.append(key)
        case ast.Call(
            func=ast.Attribute(attr="get" | "pop" | "setdefault"), args=[ast.Constant(value=str() as key), *_]
        ):
            found.keys.append(key)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re")), args=[ast.Constant(value=str() as pattern), *_]):
            found.patterns.append(pattern)
        case ast.Call(
            func=ast.Attribute(attr="split" | "partition" | "rsplit" | "rpartition"),
            args=[ast.Constant(value=str() as mark), *_],
        ) if mark:
            found.splits.append(mark)
        case ast.Call(func=ast.Attribute(attr="splitlines")):
            found.splits.append("\n")
        case _:
            pass


def _constant(value: Any, found: Mined) -> None:
    if type(value) is int:
        found.ints.append(value)
    elif type(value) is float:
        found.floats.append(value)
    elif type(value) is str and len(value) <= 200:
        found.texts.append(value)
    elif type(value) is bytes:
        found.data.append(value[:200])


def _folded(node: ast.AST) -> Any:
    """Return what plain arithmetic comes to, or None."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            value = _folded(inner)
            return None if value is None else -value
        case ast.BinOp(left=left, op=operation, right=right):
            return _arithmetic(operation, _folded(left), _folded(right))
        case _:
            return None


def _arithmetic(operation: ast.operator, one: Any, other: Any) -> Any:
    if one is None or other is None:
        return None
    match operation:
        case ast.Add():
            return one + other
        case ast.Sub():
            return one - other
        case ast.Mult() if abs(one) < 1e30 and abs(other) < 1e30:
            return one * other
        case ast.Pow() if abs(one) <= 64 and 0 <= other <= 128:
            return one**other
        case ast.Div() if other:
            return one / other
        case ast.LShift() if type(one) is type(other) is int and 0 <= other <= 128:
            return one << other
        case _:
            return None


def numbers_around(values: Iterable[float]) -> list[Any]:
    """Return numbers with what lies just below and above them.

    >>> numbers_around([3])
    [3, 2, 4, -3]
    """
    found: list[Any] = []
    for one in values:
        if isinstance(one, float):
            if math.isfinite(one):
                found += [one, math.nextafter(one, -math.inf), math.nextafter(one, math.inf), -one]
        elif abs(one) < 1 << 512:
            found += [one, one - 1, one + 1, -one]
    return list(dict.fromkeys(found))


def roots_of(values: Iterable[int]) -> list[int]:
    """Return numbers that lead to a constant by a square, a product or a digit sum, for conditions such as `n * n == 49`."""
    found: list[int] = []
    for one in values:
        if 3 < one < 1 << 62:
            root = math.isqrt(one)
            found += [root] if root * root == one else []
            found += [one // 2, one * 2] if one < 1 << 40 else []
    return list(dict.fromkeys(found))
