"""Clocks and dice: a pure function may time itself for its log, and no value of a clock may reach its result."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification.refusal import Refused, at

if TYPE_CHECKING:
    from dana_poet.codegen.verification.contract import Contract
    from dana_poet.codegen.verification.reading import Candidate, Subject

_READS = frozenset(
    "time.time time.time_ns time.monotonic time.monotonic_ns time.perf_counter time.perf_counter_ns time.process_time "
    "time.thread_time time.gmtime time.localtime time.ctime time.strftime datetime.now datetime.today datetime.utcnow "
    "date.today".split()
)
_WAITS = frozenset({"time.sleep", "asyncio.sleep"})
_LOGS = frozenset("debug info warning error exception critical log".split())


def check_clocks(subject: Subject, candidate: Candidate, contract: Contract) -> None:
    """Refuse a clock, a wait or a die that the original does not have and that could change what it does."""
    had = _Uses(subject.tree)
    if "clock" in contract.grants or (had.clocks and had.dice):
        return
    waits = subject.original.body != "pure" or isinstance(subject.tree, ast.AsyncFunctionDef)
    now = _Uses(candidate.module)
    inside = {id(node) for node in ast.walk(candidate.tree)}
    between = _between_attempts(candidate.tree) if waits else set()
    for node in now.waits if not had.waits else ():
        if not waits or (id(node) in inside and id(node) not in between):
            raise Refused("it waits, which the original does not", at(node))
    wall = [node for node in now.clocks if not _measures(node)]
    place = _leaving(candidate.module, now.clocks, deadlines=waits) or _leaving(candidate.module, wall, deadlines=False)
    if not had.clocks and place:
        raise Refused("it reads a clock, which the original does not, for more than its log", at(place))
    if not had.dice and (place := _leaving(candidate.module, now.dice, deadlines=False)):
        raise Refused("it draws random numbers, which the original does not", at(place))


def _between_attempts(tree: ast.AST) -> set[int]:
    """Return the nodes where a wait makes sense: after an error, or in a loop that tries again, and in own functions."""
    found: set[int] = set()
    for node in ast.walk(tree):
        again = isinstance(node, (ast.For, ast.AsyncFor, ast.While)) and any(
            isinstance(one, ast.Try) for one in ast.walk(node)
        )
        own = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node is not tree
        if again or own or isinstance(node, ast.ExceptHandler):
            found |= {id(one) for one in ast.walk(node)}
    return found


def _measures(node: ast.AST) -> bool:
    """Whether a clock measures how long something takes, as one of the date does not."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name.startswith(("monotonic", "perf_counter", "time", "process_time", "thread_time"))


def uses_chance(trees: list[ast.stmt] | list[Any]) -> bool:
    """Whether some code reads a clock or draws numbers, so that it may answer differently each time."""
    found = [_Uses(one) for one in trees]
    return any(one.clocks or one.dice for one in found)


class _Uses:
    """The calls of a piece of code that read a clock, draw a number or wait."""

    def __init__(self, tree: ast.AST) -> None:
        self.clocks: list[ast.AST] = []
        self.dice: list[ast.AST] = []
        self.waits: list[ast.AST] = []
        meaning = _imports(tree)
        for node in ast.walk(tree):
            if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
                continue
            name = _dotted(node, meaning)
            if name in _WAITS:
                self.waits.append(node)
            elif any(name == one or name.endswith("." + one) for one in _READS):
                self.clocks.append(node)
            elif name.startswith(("random.", "secrets.", "uuid.")):
                self.dice.append(node)


def _imports(tree: ast.AST) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.asname or one.name: one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return found


def _dotted(node: ast.AST, meaning: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return meaning.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, meaning)}.{node.attr}"
    return ""


def _leaving(module: ast.Module, sources: list[ast.AST], *, deadlines: bool) -> ast.AST | None:
    """Return the first place where what came from `sources` reaches more than a log, a wait or a deadline."""
    if not sources:
        return None
    tainted: set[str] = set()
    marked = {id(node) for node in sources}
    for _ in range(4):
        tainted |= {name for node in ast.walk(module) for name in _assigned(node, marked, tainted)}
    return next(
        (found for found in (_leak(node, marked, tainted, deadlines) for node in _statements(module)) if found),
        None,
    )


def _statements(module: ast.Module) -> list[ast.stmt]:
    return [node for node in ast.walk(module) if isinstance(node, ast.stmt)]


def _touched(node: ast.AST | None, marked: set[int], tainted: set[str]) -> bool:
    if node is None:
        return False
    return any(
        id(one) in marked or (isinstance(one, ast.Name) and one.id in tainted and isinstance(one.ctx, ast.Load))
        for one in ast.walk(node)
    )


def _assigned(node: ast.AST, marked: set[int], tainted: set[str]) -> list[str]:
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr)) and _touched(
        node.value, marked, tainted
    ):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
    return []


def _leak(node: ast.stmt, marked: set[int], tainted: set[str], deadlines: bool) -> ast.AST | None:
    """Return the part of one statement that a clock decides, other than a log."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))) if name in _LOGS or name == "sleep":
            return None
        case ast.Expr(value=ast.Call(func=ast.Name(id="sleep")) | ast.Await()):
            return None
        case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name()) | ast.AugAssign(target=ast.Name()):
            return None
        case ast.If() | ast.While():
            return None if deadlines else _guilty(node.test, marked, tainted)
        case ast.For():
            return _guilty(node.iter, marked, tainted)
        case ast.Return() | ast.Raise() | ast.Expr() | ast.Assert() | ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            return _guilty(node, marked, tainted)
        case ast.With() | ast.AsyncWith():
            return None if deadlines else next((one for one in node.items if _touched(one, marked, tainted)), None)
        case ast.Match():
            return _guilty(node.subject, marked, tainted)
        case _:
            return None


def _guilty(node: ast.AST, marked: set[int], tainted: set[str]) -> ast.AST | None:
    return node if _touched(node, marked, tainted) else None
