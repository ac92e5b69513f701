"""Tables of Python's tree: what is plainly allowed, with the children to look at, and words for what is refused.

A node type that is neither here nor has a method in `python_check` is refused, so that a new Python cannot widen
what a program may say.
"""

import ast
from collections.abc import Callable, Iterable
from operator import attrgetter
from types import NoneType
from typing import Any, TypeAlias

Children: TypeAlias = Callable[[Any], Iterable[Any]]


def nothing(_node: object) -> tuple[()]:
    """Children of a leaf."""
    return ()


_LEAVES: tuple[type, ...] = (
    # Where a node may have no child it holds None.
    NoneType,
    *(ast.Pass, ast.Break, ast.Continue, ast.MatchSingleton),
    *(ast.And, ast.Or, ast.Not, ast.Invert, ast.UAdd, ast.USub),
    *(ast.Add, ast.Sub, ast.Mult, ast.MatMult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.LShift, ast.RShift, ast.BitOr, ast.BitXor, ast.BitAnd),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn),
)

PLAIN: dict[type, Children] = {
    **dict.fromkeys(_LEAVES, nothing),
    # statements
    ast.Return: lambda n: (n.value,),
    ast.Delete: attrgetter("targets"),
    ast.AugAssign: attrgetter("target", "op", "value"),
    ast.For: lambda n: (n.target, n.iter, *n.body, *n.orelse),
    ast.While: lambda n: (n.test, *n.body, *n.orelse),
    ast.With: lambda n: (*n.items, *n.body),
    ast.withitem: attrgetter("context_expr", "optional_vars"),
    ast.Raise: attrgetter("exc", "cause"),
    ast.Try: lambda n: (*n.body, *n.handlers, *n.orelse, *n.finalbody),
    ast.Assert: attrgetter("test", "msg"),
    ast.Expr: lambda n: (n.value,),
    ast.Match: lambda n: (n.subject, *n.cases),
    ast.match_case: lambda n: (n.pattern, n.guard, *n.body),
    # expressions
    ast.BoolOp: lambda n: (n.op, *n.values),
    ast.NamedExpr: attrgetter("target", "value"),
    ast.BinOp: attrgetter("left", "op", "right"),
    ast.UnaryOp: attrgetter("op", "operand"),
    ast.IfExp: attrgetter("test", "body", "orelse"),
    ast.Dict: lambda n: (*n.keys, *n.values),
    ast.Set: attrgetter("elts"),
    ast.List: attrgetter("elts"),
    ast.Tuple: attrgetter("elts"),
    ast.ListComp: lambda n: (n.elt, *n.generators),
    ast.SetComp: lambda n: (n.elt, *n.generators),
    ast.GeneratorExp: lambda n: (n.elt, *n.generators),
    ast.DictComp: lambda n: (n.key, n.value, *n.generators),
    ast.Yield: lambda n: (n.value,),
    ast.YieldFrom: lambda n: (n.value,),
    ast.Compare: lambda n: (n.left, *n.ops, *n.comparators),
    ast.FormattedValue: attrgetter("value", "format_spec"),
    ast.JoinedStr: attrgetter("values"),
    ast.Starred: lambda n: (n.value,),
    ast.Slice: attrgetter("lower", "upper", "step"),
    # patterns
    ast.MatchSequence: attrgetter("patterns"),
    ast.MatchOr: attrgetter("patterns"),
}

# Node types with nothing to check but their children.
PLAINLY_ALLOWED: frozenset[type] = frozenset(PLAIN) - {NoneType}
# Node types that `python_check` allows after a closer look, each in a method of its own.
LOOKED_AT: frozenset[type] = frozenset(
    {
        *(
            ast.Name,
            ast.Constant,
            ast.Attribute,
            ast.Subscript,
            ast.Call,
            ast.keyword,
            ast.Lambda,
            ast.arguments,
            ast.arg,
        ),
        *(ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.Global, ast.Nonlocal, ast.comprehension),
        *(ast.Import, ast.ImportFrom, ast.alias, ast.If, ast.ExceptHandler),
        *(ast.MatchValue, ast.MatchMapping, ast.MatchClass, ast.MatchStar, ast.MatchAs),
    }
)

# Contexts are never visited: a name or an attribute is read by its own method together with its context.
ALLOWED: frozenset[type] = PLAINLY_ALLOWED | LOOKED_AT | {ast.Module, ast.Load, ast.Store, ast.Del}

_SYNC = "write an ordinary def and call it without await: nothing here waits"
_TYPES = "leave the type parameters out; annotate with Any, TypeVar or plain types"
REFUSED: dict[str, tuple[str, str]] = {
    "AsyncFunctionDef": ("async def is not available here", _SYNC),
    "AsyncFor": ("async for is not available here", "write an ordinary for loop"),
    "AsyncWith": ("async with is not available here", "write an ordinary with block"),
    "Await": ("await is not available here", _SYNC),
    "TryStar": ("except* is not available here", "write an ordinary except, one exception at a time"),
    "TypeAlias": ("the type statement is not available here", "write Alias = list[int]"),
    "TypeVar": ("type parameters are not available here", _TYPES),
    "ParamSpec": ("type parameters are not available here", _TYPES),
    "TypeVarTuple": ("type parameters are not available here", _TYPES),
    "TemplateStr": ("template strings are not available here", "write an f-string"),
    "Interpolation": ("template strings are not available here", "write an f-string"),
}
