"""Refuse a candidate with a new condition or a changed line of which the inputs have not shown what it does."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from dana_poet.codegen.verification.refusal import Refused, at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_poet.codegen.verification.probes import Condition


_BUILTINS = frozenset(dir(builtins))


def check_tested(known_code: Sequence[ast.AST], conditions: Sequence[Condition], hits: set[int]) -> None:
    """Refuse a new condition of which one side was never seen, unless that side only raises or logs."""
    known = {
        _key(node) for tree in known_code for node in ast.walk(tree) if isinstance(node, (ast.expr, ast.ExceptHandler))
    }
    lines = {ast.dump(node) for tree in known_code for node in ast.walk(tree)
             if isinstance(node, ast.stmt)}  # fmt: skip
    for one in conditions:
        if one.entry is not None:
            if 2 * one.entry + 1 in hits:  # a function that is never called does no harm
                _unreached(one, hits, lines)
            continue
        if _key(one.node) in known:
            continue
        yes, no = 2 * one.number + 1 in hits, 2 * one.number in hits
        if not yes and (one.loop or not _harmless(one.when_true, one.when_false, other_seen=no)):
            raise Refused(
                "no input that was tried meets this new condition, so what it guards is untested", at(one.node)
            )
        if (
            not no
            and not isinstance(one.node, ast.ExceptHandler)
            and not _harmless(one.when_false, one.when_true, other_seen=yes)
            and (one.when_false or not _plain(one.node))
        ):
            raise Refused(
                "every input that was tried meets this new condition, so the other side is untested", at(one.node)
            )


def check_arguments(known_code: Sequence[ast.AST], untested: Sequence[Condition], parameters: set[str]) -> None:
    """Refuse a new condition on the arguments alone that no input meets; one on what came back cannot be made to hold."""
    known = {_key(node) for tree in known_code for node in ast.walk(tree) if isinstance(node, ast.expr)}
    for one in untested:
        names = {node.id for node in ast.walk(one.node) if isinstance(node, ast.Name)} - _BUILTINS
        if one.entry is not None or isinstance(one.node, ast.ExceptHandler) or not names or not names <= parameters:
            continue
        if _key(one.node) not in known and not _modest(one.when_true):
            raise Refused(
                "no input that was tried meets this new condition, so what it guards is untested", at(one.node)
            )


def _unreached(one: Condition, hits: set[int], lines: set[str]) -> None:
    """Refuse changed lines that no input reached."""
    if 2 * one.number + 1 in hits:
        return
    for node in one.when_true:
        if ast.dump(node) not in lines and not _modest((node,)):
            raise Refused("no input that was tried reaches this change, so it is untested", at(node))


def _key(node: ast.AST) -> str:
    return (
        f"except {ast.dump(node.type) if node.type else 0}" if isinstance(node, ast.ExceptHandler) else ast.dump(node)
    )


def _harmless(side: tuple[ast.AST, ...], other: tuple[ast.AST, ...], *, other_seen: bool) -> bool:
    """Whether a side that was never seen does no harm: it raises, or it only logs and leaves nothing out.

    Where the other side has been seen, the condition was met by inputs: then a value that is set counts too.
    """
    if not _modest(side) or not other_seen or any(isinstance(one, ast.Raise) for one in side):
        return _modest(side)
    return not other and not any(isinstance(one, ast.Assign | ast.AnnAssign) for one in side)


def _plain(node: ast.AST) -> bool:
    """Whether a condition asks for nothing special: whether there is something, not whether it is 12."""
    constants = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return all(one is None or one in (0, 1, "") for one in constants)


_LOGS = frozenset("debug info warning error exception critical log".split())


def _modest(nodes: tuple[ast.AST, ...]) -> bool:
    """Whether code only raises, logs, does nothing, or prepares that."""
    return all(_is_modest(one) for one in nodes)


def _is_modest(node: ast.AST) -> bool:
    match node:
        case ast.Raise() | ast.Pass() | ast.Assert():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))):
            return name in _LOGS
        case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name()):
            return True
        case ast.If():
            return _modest((*node.body, *node.orelse))
        case _:
            return False
