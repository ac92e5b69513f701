"""Whether the arguments of an example fit the function's parameters, and which parameter does not when they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification.cases import Case
from dana_poet.runtime.fields import did_you_mean

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping, Sequence

    from dana_poet.codegen.body import Definition

_UNKNOWN = object()


def misfit(tree: Definition, number: int, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Return what keeps example `number` from being a call of the function, "" when nothing does.

    A method's example may leave out the object.

    >>> import ast
    >>> tree = ast.parse("def price(net, rate=0.2): ...").body[0]
    >>> misfit(tree, 2, (10,), {"rat": 0.1})
    "example 2, price(10, rat=0.1): 'rat' is no parameter (did you mean 'rate'?)"
    >>> misfit(tree, 1, (10,), {"rate": 0.1})
    ''
    """
    problem = _problem(tree.args, args, kwargs)
    if problem and _positional(tree.args)[:1] in (["self"], ["cls"]):
        problem = _problem(tree.args, (_UNKNOWN, *args), kwargs)
    return f"example {number}, {Case(tuple(args), dict(kwargs)).shown(tree.name)}: {problem}" if problem else ""


def _positional(known: ast.arguments) -> list[str]:
    return [one.arg for one in (*known.posonlyargs, *known.args)]


def _problem(known: ast.arguments, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Return what is wrong with a call's arguments, "" when nothing is."""
    positional = _positional(known)
    named = [one.arg for one in (*known.args, *known.kwonlyargs)]
    for name in kwargs:
        if name in positional[: len(args)] and (name in named or known.kwarg is None):
            return f"'{name}' is given twice" if name in named else f"'{name}' is given by its place only"
        if name not in named and known.kwarg is None:
            where = name in positional
            return f"'{name}' is given by its place only" if where else f"'{name}' is no parameter{_near(name, named)}"
    if len(args) > len(positional) and known.vararg is None:
        takes = ", ".join(positional) or "nothing"
        return f"{args[len(positional)]!r:.40} is for no parameter; by their places it takes {takes}"
    given = {*positional[: len(args)], *(name for name in kwargs if name in named)}
    missing = [name for name in _required(known) if name not in given]
    return f"'{missing[0]}' has no value" if missing else ""


def _required(known: ast.arguments) -> list[str]:
    positional = _positional(known)
    least = positional[: len(positional) - len(known.defaults)]
    return least + [
        one.arg for one, default in zip(known.kwonlyargs, known.kw_defaults, strict=True) if default is None
    ]


def _near(name: str, known: list[str]) -> str:
    near = did_you_mean(name, known)
    return f" ({near})" if near else ""
