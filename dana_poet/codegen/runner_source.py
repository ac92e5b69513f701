"""Make the program that runs a generated function inside the sandbox: what it leans on, itself, and the way in and out."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from dana_poet.codegen.outside import outside_of
from dana_poet.codegen.runner_reach import stand_ins
from dana_poet.codegen.runner_way import may_give_strangers, way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dana_sandbox.verdict import Violation

FUTURE = "from __future__ import annotations\n"

_LOOP = """
class PoetQuiet:
    def __enter__(self):
        return self
    def __exit__(self, *error):
        return None

class PoetLoop:
    TimeoutError = TimeoutError
    def sleep(self, seconds, result=None):
        from time import sleep
        sleep(seconds)
        return result
    def wait_for(self, one, timeout=None):
        return one
    def shield(self, one):
        return one
    def create_task(self, one):
        return one
    def gather(self, *many):
        return list(many)
    def timeout(self, seconds):
        return PoetQuiet()
    def Lock(self):
        return PoetQuiet()
    def Semaphore(self, count=1):
        return PoetQuiet()

asyncio = PoetLoop()
"""


class ProgramSource(NamedTuple):
    """A program for the sandbox; the candidate begins after `lines_before` lines. `without_way` has no entry.

    `reaches` are the names by which the candidate reaches what its original reaches outside of a sandbox.
    """

    text: str
    lines_before: int
    without_way: str = ""
    reaches: frozenset[str] = frozenset()


def program_source(
    source: str, original: Callable[..., Any] | None, name: str, *, yields: bool, around: bool = True
) -> ProgramSource:
    """Return the program around the candidate `source`, whose function is `name`.

    Async code becomes plain code: what it awaits is there when it is asked for. With `around`, names of the original's
    module that the candidate uses and that can be written down stand before it. SyntaxError when it is no Python.

    >>> program_source("def f(): ...", None, "f", yields=False).lines_before
    1
    """
    outside = outside_of(original).roots if original is not None else {}
    source, reaches = _reaching(source, outside) if outside else (source, frozenset[str]())
    future = FUTURE if "from __future__" not in source else ""
    leaned_on = _surroundings(source, original, outside) if future and around else ""
    if outside and leaned_on:
        reaches |= outside.keys() & {node.id for node in ast.walk(ast.parse(leaned_on)) if isinstance(node, ast.Name)}
    candidate, loop = straight(source)
    calls = "original" in source
    after = way(
        name, calls=calls, yields=yields, strangers=calls and (original is None or may_give_strangers(original)),
        reaches=bool(reaches),
    )  # fmt: skip
    there = stand_ins(reaches) if reaches else ""
    before = future + leaned_on + (_LOOP if loop and future and "asyncio" in source else "")
    whole = before.replace(future, future + there, 1) if future else there + before
    return ProgramSource(f"{whole}{candidate}\n{after}", whole.count("\n"), f"{before}{candidate}\n", reaches)


def told(violations: Iterable[Violation], lines_before: int) -> str:
    """Return what was refused as text, with the lines of the version's own source."""
    found = []
    for one in list(violations)[:5]:
        line = one.line - lines_before
        found.append(str(replace(one, line=line) if line > 0 else one))
    return "; ".join(found)


def straight(source: str) -> tuple[str, bool]:
    """Return code without async, and whether it had any; plain code comes back as it is written.

    >>> straight("async def f(x):\\n    return await original(x)")
    ('def f(x):\\n    return original(x)', True)
    """
    if "async" not in source:
        return source, False
    tree = ast.parse(source)
    if not any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(tree)):
        return source, False
    return ast.unparse(ast.fix_missing_locations(_Straight().visit(tree))), True


def _reaching(source: str, outside: Mapping[str, object]) -> tuple[str, frozenset[str]]:
    """Return a candidate without its own imports of what is outside, and which of these names it uses."""
    tree = ast.parse(source)
    lines = source.split("\n")
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and all(_means(node, one, outside) for one in node.names):
            for place in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[place] = "" if ";" not in lines[place] else lines[place]
    return "\n".join(lines), frozenset(_free(ast.parse("\n".join(lines)))) & outside.keys()


def _means(node: ast.Import | ast.ImportFrom, one: ast.alias, outside: Mapping[str, object]) -> bool:
    """Whether an import gives a name the meaning that it has for the original."""
    value = outside.get(one.asname or one.name)
    if isinstance(node, ast.Import):
        return getattr(value, "__name__", None) == one.name and type(value).__name__ == "module"
    held = sys.modules.get(node.module or "")
    return value is not None and node.level == 0 and getattr(held, one.name, None) is value


def _surroundings(source: str, original: Callable[..., Any] | None, outside: Iterable[str]) -> str:
    """Return constants, helpers and imports of the original's module that a candidate leans on."""
    if original is None:
        return ""
    from dana_poet.codegen.verification.reading import read_original
    from dana_poet.codegen.verification.surroundings import surroundings
    from dana_poet.errors import DanaError

    tree = ast.parse(source)
    try:
        subject = read_original(original)
    except DanaError:  # nobody can read it: the candidate has what it brings
        return ""
    names = {name: subject.names[name] for name in _free(tree) if name in subject.names}
    if not names:
        return ""
    used = [ast.Expr(ast.Name(name, ast.Load())) for name in names]
    asking = ast.FunctionDef("poet_asking", subject.tree.args, list(used), [], None, None)
    found = surroundings(replace(subject, tree=asking, names=names, outside=frozenset(outside)))
    return "".join(f"{ast.unparse(one)}\n" for one in _importable(found))


def _free(tree: ast.AST) -> list[str]:
    """Return the names that a piece of code reads and does not bind; hints do not count, they are never evaluated."""
    hints: set[ast.AST] = set()
    bound = {"original"}
    for node in ast.walk(tree):
        for hint in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            hints.update(ast.walk(hint) if isinstance(hint, ast.AST) else ())
        for name in (getattr(node, "name", None), getattr(node, "arg", None), getattr(node, "asname", None)):
            bound |= {name} if isinstance(name, str) else set()
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in hints]
    bound |= {node.id for node in found if not isinstance(node.ctx, ast.Load)}
    return list(dict.fromkeys(node.id for node in found if node.id not in bound))


def _importable(statements: Iterable[ast.stmt]) -> Iterable[ast.stmt]:
    """Leave out imports of what the sandbox has not: a candidate that needs them is refused when it asks."""
    from dana_sandbox.policy import DEFAULT_MODULES

    for one in statements:
        named = [alias.name for alias in one.names] if isinstance(one, ast.Import) else []
        named += [one.module or ""] if isinstance(one, ast.ImportFrom) else []
        if all(name in DEFAULT_MODULES for name in named):
            yield one


class _Straight(ast.NodeTransformer):
    """Write async code as plain code."""

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        made = ast.FunctionDef(node.name, node.args, node.body, node.decorator_list, node.returns, node.type_comment)
        if hasattr(node, "type_params"):
            made.type_params = node.type_params  # type: ignore[attr-defined, unused-ignore]
        return ast.copy_location(made, node)

    def visit_Await(self, node: ast.Await) -> ast.AST:
        self.generic_visit(node)
        return node.value

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        self.generic_visit(node)
        return ast.copy_location(ast.For(node.target, node.iter, node.body, node.orelse, None), node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        self.generic_visit(node)
        return ast.copy_location(ast.With(node.items, node.body, None), node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.is_async = 0
        return node

    def visit_Import(self, node: ast.Import) -> ast.AST:
        left = [one for one in node.names if one.name != "asyncio"]
        return ast.copy_location(ast.Import(left) if left else ast.Pass(), node)
