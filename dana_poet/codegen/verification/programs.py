"""Put a function, its surroundings and the driver into one program for the sandbox, with a probe in each condition."""

from __future__ import annotations

import ast
import builtins
import copy
import functools
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dana_poet.codegen.verification.probes import Condition, with_probes
from dana_poet.codegen.verification.ticks import with_ticks

_HERE = Path(__file__).parent
_BUILTINS = frozenset(dir(builtins))
_TOKEN = "Placeholder0Token"  # noqa: S105 - a place in a text
_GLUE = """
def drive(cases, first, chunk, *allowed):
    from time import thread_time
    told = [0]

    def note(begun, records):
        tell(begun, records)
        if len(hits) > told[0]:
            told[0] = len(hits)
            tell(-1, sorted(hits))

    fuel[4] = thread_time
    return driven(target, cases, note, first, chunk, Pace(thread_time, *allowed), fuel)

def race(cases, budget):
    from time import thread_time
    return timed(target, cases, thread_time, budget)

def repeat(case, count, budget):
    from time import thread_time
    return repeated(target, case, count, thread_time, budget)

hits = set()
fuel = [0, 1, 1e18, 0, None, 0.0]

class Enough(BaseException):
    pass

def tick():
    fuel[0] -= 1
    if fuel[0] < 0:
        look()
    return True

def look():
    if fuel[4] is None:
        return
    now = fuel[4]()
    if now > fuel[2]:
        fuel[0], fuel[3] = 0, 1
        raise Enough
    fuel[1] = min(2 * fuel[1], 256) if now - fuel[5] < 0.001 else max(fuel[1] // 2, 1)
    fuel[0], fuel[5] = fuel[1], now

def seen(number, value):
    hits.add(2 * number + (1 if value else 0))
    return value

def tried(number):
    hits.add(2 * number + 1)

def main(what, given):
    if what == "drive":
        return drive(*given)
    if what == "race":
        return race(*given)
    return repeat(*given)
"""


@dataclass(frozen=True, slots=True)
class ProgramText:
    """A program for the sandbox. `entry` and `tell` and `ask` are names that only this program knows."""

    text: str
    entry: str
    tell: str
    ask: str
    conditions: tuple[Condition, ...]


def program_text(
    around: list[ast.stmt], own: list[ast.stmt], name: str, *, stand_ins: bool = False, bare: bool = False
) -> ProgramText:
    """Return the program that drives the function `name` of the statements `own`, which stand after `around`.

    With `stand_ins` it can work with objects of the host's; `bare` it has neither probes nor ticks, so that its time
    is that of the function.
    """
    token = secrets.token_hex(6)
    mine = [copy.deepcopy(one) for one in own if not _dropped(one)]
    conditions: tuple[Condition, ...] = ()
    if not bare:
        mine, conditions = with_probes(mine, token)
    straight = _Straight(token)
    body = [straight.visit(one) for one in [*map(copy.deepcopy, around), *mine]]
    body = body if bare else [with_ticks(one, token) for one in body if one is not None]
    body = [one for one in body if one is not None and not _dropped(one)]
    classes = {one.name for part in body for one in ast.walk(part) if isinstance(one, ast.ClassDef)}
    known = ast.Tuple([ast.Constant(one) for one in sorted(classes)], ast.Load())
    target = [_assign(f"OWN_CLASSES_{token}", known), _assign(f"target_{token}", ast.Name(name, ast.Load()))]
    asyncio = [_assign("asyncio", ast.Call(ast.Name(f"Loop_{token}", ast.Load()), [], []))] if straight.loop else []
    module = ast.Module([*asyncio, *body, *target], [])
    driver = _driver_text(stand_ins=stand_ins or straight.used).replace(_TOKEN, token)
    text = driver + "\n" + ast.unparse(ast.fix_missing_locations(module))
    return ProgramText(text, f"main_{token}", f"tell_{token}", f"ask_{token}", conditions)


@functools.lru_cache(maxsize=2)
def _driver_text(*, stand_ins: bool) -> str:
    """Return the driver as text, with a place for the token in each of its names."""
    hidden = _Hidden(_TOKEN, _driver(stand_ins=stand_ins))
    before = [hidden.visit(copy.deepcopy(one)) for one in _driver(stand_ins=stand_ins)]
    captured = [_assign(f"{one}_{_TOKEN}", ast.Name(one, ast.Load())) for one in sorted(hidden.builtins)]
    return ast.unparse(ast.fix_missing_locations(ast.Module([*captured, *before], [])))


def _dropped(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _assign(name: str, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(name, ast.Store())], value)


@functools.lru_cache(maxsize=2)
def _driver(*, stand_ins: bool) -> tuple[ast.stmt, ...]:
    """Return the statements of the driver, of the stand-ins and of what binds them together."""
    parts = [
        ast.parse((_HERE / file).read_text(encoding="utf-8")).body
        for file in ("driver.py", "driving.py", "shims.py")[: 3 if stand_ins else 2]
    ]
    kept = [one for part in parts for one in part if not isinstance(one, (ast.Import, ast.ImportFrom, ast.Expr))]
    kept = [one for one in kept if not (isinstance(one, ast.FunctionDef) and one.name == "ask")]
    bare = _Bare()
    seen: dict[str, ast.stmt] = {}
    for one in [*kept, *ast.parse(_GLUE).body]:
        seen[getattr(one, "name", None) or ast.dump(one)] = bare.visit(
            one
        )  # `live` of the stand-ins replaces the driver's
    return tuple(seen.values())


class _Bare(ast.NodeTransformer):
    """Take annotations and docstrings out."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        self.generic_visit(node)
        node.returns = None
        for one in ast.walk(node.args):
            if isinstance(one, ast.arg):
                one.annotation = None
        if len(node.body) > 1 and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        assert node.value is not None
        return ast.copy_location(ast.Assign([node.target], self.visit(node.value)), node)


class _Hidden(ast.NodeTransformer):
    """Give the driver's names, and the builtins that it uses, names that no candidate knows."""

    def __init__(self, token: str, statements: tuple[ast.stmt, ...]) -> None:
        self.token, self.builtins = token, set[str]()
        self.own = {"target", "tell", "ask"}
        for one in statements:
            self.own |= {one.name} if isinstance(one, (ast.FunctionDef, ast.ClassDef)) else set()
            self.own |= {
                part.id
                for part in ast.walk(one)
                if isinstance(one, ast.Assign) and isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
            }

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id in self.own:
            return ast.Name(f"{node.id}_{self.token}", node.ctx)
        if node.id in _BUILTINS and node.id != "super":
            self.builtins.add(node.id)
            return ast.Name(f"{node.id}_{self.token}", node.ctx)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        if node.name in self.own and node.col_offset == 0:
            node.name = f"{node.name}_{self.token}"
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        if node.name in self.own and node.col_offset == 0:
            node.name = f"{node.name}_{self.token}"
        self.generic_visit(node)
        if node.name.startswith("Loop"):  # in a class body these are names of attributes
            constants = "FIRST_COMPLETED = 1\nALL_COMPLETED = 2\nTimeoutError = TimeoutError\nCancelledError = KeyboardInterrupt"
            node.body = [one for one in node.body if not isinstance(one, ast.Assign)] + ast.parse(constants).body
        return node


class _Straight(ast.NodeTransformer):
    """Write async code as plain code, and waits as no waits: the sandbox has neither loop nor patience."""

    def __init__(self, token: str) -> None:
        self.token, self.loop, self.used = token, False, False

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        self.generic_visit(node)
        self.loop = self.used = True
        made = ast.FunctionDef(node.name, node.args, node.body, node.decorator_list, node.returns, node.type_comment)
        if hasattr(node, "type_params"):
            setattr(made, "type_params", node.type_params)  # noqa: B010 - Python 3.12 has it
        return ast.copy_location(made, node)

    def visit_Await(self, node: ast.Await) -> Any:
        self.generic_visit(node)
        return ast.copy_location(ast.Call(ast.Name(f"awaited_{self.token}", ast.Load()), [node.value], []), node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> Any:
        self.generic_visit(node)
        return ast.copy_location(ast.For(node.target, node.iter, node.body, node.orelse, None), node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> Any:
        self.generic_visit(node)
        return ast.copy_location(ast.With(node.items, node.body, None), node)

    def visit_comprehension(self, node: ast.comprehension) -> Any:
        self.generic_visit(node)
        node.is_async = 0
        return node

    def visit_Import(self, node: ast.Import) -> Any:
        left = [one for one in node.names if one.name != "asyncio"]
        self.loop = self.loop or len(left) < len(node.names)
        self.used = self.used or self.loop
        return (
            (ast.copy_location(ast.Import(left), node) if left else ast.copy_location(ast.Pass(), node))
            if len(left) < len(node.names)
            else node
        )

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        self.generic_visit(node)
        if node.attr == "sleep" and isinstance(node.value, ast.Name) and node.value.id == "time":
            self.used = True
            return ast.copy_location(ast.Name(f"nap_{self.token}", ast.Load()), node)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        if node.module == "time" and any(one.name == "sleep" for one in node.names):
            self.used = True
            waits = [one for one in node.names if one.name == "sleep"]
            left = [one for one in node.names if one.name != "sleep"]
            made: list[ast.stmt] = [
                _assign(one.asname or one.name, ast.Name(f"nap_{self.token}", ast.Load())) for one in waits
            ]
            return [*made, *([ast.ImportFrom("time", left, 0)] if left else [])]
        return node
