"""Read the original and the candidate as syntax: which function it is about, and what stands around it."""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dana_poet.codegen.original import Original, names_of, plain_function
from dana_poet.codegen.verification.fence import MOST_BYTES
from dana_poet.codegen.verification.refusal import Refused, at
from dana_poet.errors import DanaTypeError

Definition = ast.FunctionDef | ast.AsyncFunctionDef
MOST_NODES = 20_000


@dataclass(frozen=True, slots=True)
class Subject:
    """The original with what surrounds it. `function` is None when only its text is known.

    `around` are the other statements of its text, `names` what its free names mean when it is a function,
    `outside` those for which there are stand-ins.
    """

    original: Original
    tree: Definition
    function: Callable[..., Any] | None = None
    around: tuple[ast.stmt, ...] = ()
    names: Mapping[str, object] = field(default_factory=dict)
    outside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate that parses: its text, module and function."""

    source: str
    module: ast.Module
    tree: Definition

    @property
    def others(self) -> tuple[ast.stmt, ...]:
        """The statements beside the function."""
        return tuple(one for one in self.module.body if one is not self.tree)


def read_original(original: object, name: str | None = None) -> Subject:
    """Return the original, given as function, text or Original. SourceUnavailableError or DanaTypeError."""
    if isinstance(original, Original):
        return Subject(original, original.tree())
    if isinstance(original, str):
        return _from_text(textwrap.dedent(original), name)
    if not callable(original):
        kind = type(original).__name__
        raise DanaTypeError(f"original must be a function or its source, got {kind}", hint="pass the function itself")
    function = plain_function(original)
    found = Original.of(original)
    return Subject(found, found.tree(), function, (), names_of(function))


def _from_text(text: str, name: str | None) -> Subject:
    if name is None:
        name = _main_name(text)
    found = Original.of_source(text, name)
    module = ast.parse(text)
    around = tuple(one for one in module.body if not (isinstance(one, Definition) and one.name == found.name))
    return Subject(found, found.tree(), None, around)


def _main_name(text: str) -> str | None:
    """Return the function that no other of the text calls, the last of those: helpers stand beside it."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return None
    functions = [one for one in body if isinstance(one, Definition)]
    called = {
        node.id
        for one in functions
        for node in ast.walk(one)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id != one.name
    }
    free = [one.name for one in functions if one.name not in called]
    return free[-1] if free else None


def parsed(source: str) -> ast.Module:
    """Return the syntax of a candidate. Refused when it is none, or too much."""
    if len(source.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise Refused(f"the code is larger than {MOST_BYTES} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(textwrap.dedent(source))
    except SyntaxError as error:
        raise Refused(f"not Python: {error.msg}", f"line {error.lineno}") from error
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise Refused(f"not Python: {type(error).__name__}: {error}") from error
    if sum(1 for _ in ast.walk(module)) > MOST_NODES:
        raise Refused(f"the code has more than {MOST_NODES} nodes")
    return module


def read_candidate(source: str, module: ast.Module, name: str) -> Candidate:
    """Return the candidate whose function is called `name`. Refused when it is not there exactly once."""
    functions = [one for one in module.body if isinstance(one, Definition)]
    found = [one for one in functions if one.name == name]
    if not functions:
        raise Refused("the code defines no function")
    if not found:
        raise Refused(f"the function is called {', '.join(one.name for one in functions)}, not {name}")
    if len(found) > 1:
        raise Refused(f"the code defines {name} {len(found)} times", at(found[1]).split(":", 1)[0])
    return Candidate(source, module, found[0])


def yields(tree: Definition) -> bool:
    """Whether a function is a generator: it yields itself, not a function inside it.

    >>> yields(ast.parse("def f():\\n    def g(): yield 1\\n    return g").body[0])
    False
    """
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(tree.body))


def own_nodes(nodes: list[ast.stmt]) -> list[ast.AST]:
    """Return the nodes of a body but those of functions and classes inside it."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(nodes)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
    return found
