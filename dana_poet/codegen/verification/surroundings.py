"""What a function needs beside itself to run in the sandbox: imports, constants, helpers and classes of its module."""

from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
import types
import typing

from dana_poet.codegen.original import Original, names_of
from dana_poet.codegen.verification.constants import written_constant
from dana_poet.codegen.verification.powers import HARMLESS
from dana_poet.codegen.verification.reading import Definition, Subject
from dana_poet.errors import DanaError

if typing.TYPE_CHECKING:
    from collections.abc import Iterator

_BUILTINS = frozenset(dir(builtins))
_DEEPEST = 4


def surroundings(subject: Subject) -> list[ast.stmt]:
    """Return the statements that stand before the function. A name whose value cannot be written down is left out."""
    if subject.function is None:
        return [one for one in subject.around if not _is_future(one)]
    found: dict[str, list[ast.stmt]] = {name: [] for name in subject.outside}
    _collect(subject.tree, subject.names, found, 0)
    return [one for statements in found.values() for one in statements]


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _collect(tree: ast.AST, names: typing.Mapping[str, object], found: dict[str, list[ast.stmt]], depth: int) -> None:
    """Add what the free names of one piece of code mean, what it leans on before itself."""
    own = tree.name if isinstance(tree, Definition) else ""
    for name in _used(tree):
        if name in found or name in _BUILTINS or name == own or name not in names:
            continue
        found[name] = []
        statements = list(_written(name, names[name], found, depth))
        del found[name]  # what it leans on has been added meanwhile, and comes before it
        found[name] = statements


def _used(tree: ast.AST) -> list[str]:
    return list(dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)))


def _written(name: str, value: object, found: dict[str, list[ast.stmt]], depth: int) -> Iterator[ast.stmt]:
    if isinstance(value, types.ModuleType):
        yield from ast.parse(f"import {value.__name__} as {name}").body
    elif isinstance(value, types.FunctionType) and depth < _DEEPEST and not _from_library(value):
        yield from _function(name, value, found, depth)
    elif (line := _imported(name, value)) is not None:
        yield from ast.parse(line).body
    elif isinstance(value, type) and depth < _DEEPEST:
        yield from _class(name, value, found, depth)
    else:
        yield from written_constant(name, value)


def _function(name: str, value: types.FunctionType, found: dict[str, list[ast.stmt]], depth: int) -> Iterator[ast.stmt]:
    try:
        tree = Original.of(value).tree()
    except DanaError:
        return
    _collect(tree, names_of(value), found, depth + 1)
    tree.name = name
    yield tree


def _class(name: str, value: type, found: dict[str, list[ast.stmt]], depth: int) -> Iterator[ast.stmt]:
    try:
        body = ast.parse(textwrap.dedent(inspect.getsource(value))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return
    if body and isinstance(body[0], ast.ClassDef):
        _collect(body[0], vars(inspect.getmodule(value) or builtins), found, depth + 1)
        body[0].name = name
        yield body[0]


def _from_library(value: types.FunctionType) -> bool:
    """Whether a function is of a module of the library that the sandbox has: it is imported there, not copied."""
    return value.__module__ in HARMLESS


def _imported(name: str, value: object) -> str | None:
    """Return an import statement for a value of a module of the standard library that holds it under its own name."""
    import sys

    module = str(getattr(value, "__module__", None) or "")
    own = str(getattr(value, "__name__", None) or getattr(value, "_name", None) or "")
    if module.partition(".")[0] not in sys.stdlib_module_names or not own.isidentifier():
        return None
    if getattr(sys.modules.get(module), own, None) is not value:
        return None
    return f"from {module} import {own} as {name}"
