"""The user's own function as text: source, signature, kind, what its body does, and a hash that tells when it changed."""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
import types
from collections import ChainMap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dana_poet.codegen.body import Body, Definition, classify, effects, imports_of
from dana_poet.errors import DanaError
from dana_poet.runtime.executions import module_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["Body", "Kind", "Original", "SourceUnavailableError", "classify", "definition", "names_of", "tree_hash"]

Kind = Literal["function", "async", "generator", "async_generator"]


class SourceUnavailableError(DanaError):
    """A function has no source that can be read: a lambda, a C function, text that was only executed."""

    code = "D3004"


@dataclass(frozen=True, slots=True)
class Original:
    """A function as its author wrote it. `file` is empty where there is none; `source` has no decorators.

    `body` is what it does to the world at most, `effects` the parts of that, `source_hash` a SHA-256 that changes with
    the code and neither with comments, layout and docstrings nor with the version of Python.

    >>> Original.of_source("def twice(n: int) -> int:\\n    return 2 * n").signature
    '(n: int) -> int'
    """

    name: str
    qualname: str
    module: str
    file: str
    source: str
    signature: str
    kind: Kind
    body: Body
    source_hash: str
    effects: frozenset[str] = frozenset()

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Original:
        """Read a function, method or `@poet` function. SourceUnavailableError when its source cannot be read.

        >>> Original.of(textwrap.dedent).name
        'dedent'
        """
        plain = plain_function(function)
        source, tree = _read(plain)
        module = module_name(plain)
        return _made(tree, source, plain.__qualname__, module, plain.__code__.co_filename, names_of(plain))

    @classmethod
    def of_source(cls, text: str, name: str | None = None) -> Original:
        """Read the function `name` from Python text, the first when no name is given.

        DanaError of the same kind when the text is not Python or holds no such function.

        >>> Original.of_source("import httpx\\ndef f(u):\\n    return httpx.get(u)").body
        'network'
        """
        try:
            module = ast.parse(textwrap.dedent(text))
        except (SyntaxError, ValueError) as error:
            raise SourceUnavailableError(f"the text is not Python: {error}") from error
        found = next((one for one in _definitions(module) if name in (None, one.name)), None)
        if found is None:
            raise SourceUnavailableError(f"the text defines no function {name or ''}".rstrip())
        names = {**imports_of(iter(module.body))}
        return _made(found, _written(found, textwrap.dedent(text)), found.name, "", "", names)

    def tree(self) -> Definition:
        """Return the syntax of `source`."""
        return _definition_in(ast.parse(self.source))


def plain_function(function: Callable[..., Any]) -> types.FunctionType:
    """Return the function behind a method, `functools.wraps` and `@poet`. SourceUnavailableError when there is none."""
    found: Any = inspect.unwrap(function)
    found = getattr(found, "__func__", found)
    if not isinstance(found, types.FunctionType):
        raise SourceUnavailableError(f"{_shown(function)} is no Python function", hint="write it with `def`")
    if found.__name__ == "<lambda>":
        raise SourceUnavailableError("a lambda has no source of its own", hint="write it with `def`")
    return found


def definition(function: Callable[..., Any]) -> Definition:
    """Return the syntax of a function's own `def`. SourceUnavailableError when its source cannot be read.

    >>> definition(textwrap.dedent).name
    'dedent'
    """
    return _read(plain_function(function))[1]


def names_of(function: types.FunctionType) -> Mapping[str, object]:
    """Return what the free names of a function mean: its closure before its globals."""
    closed: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            closed[name] = cell.cell_contents
        except ValueError:
            continue  # the enclosing function has not assigned it yet
    return ChainMap(closed, function.__globals__)


def tree_hash(tree: ast.AST) -> str:
    """Return the SHA-256 of what a function's syntax means, the same on every version of Python.

    >>> one, two = ast.parse("def f(x): return x+1"), ast.parse("def f(x):\\n    'doc'\\n    return (x + 1)")
    >>> tree_hash(one.body[0]) == tree_hash(two.body[0])
    True
    """
    return hashlib.sha256(_shape(tree).encode()).hexdigest()


def _made(
    tree: Definition, source: str, qualname: str, module: str, file: str, names: Mapping[str, object]
) -> Original:
    returns = f" -> {ast.unparse(tree.returns)}" if tree.returns is not None else ""
    return Original(
        name=tree.name, qualname=qualname, module=module, file="" if file.startswith("<") else file, source=source,
        signature=f"({ast.unparse(tree.args)}){returns}", kind=_kind(tree), body=classify(tree, names),
        source_hash=tree_hash(tree), effects=effects(tree, names),
    )  # fmt: skip


def _read(function: types.FunctionType) -> tuple[str, Definition]:
    """Return the text of a function without decorators, and its syntax."""
    if "_dana_here" in function.__globals__:
        from dana_poet.codegen.original_dana import dana_definition

        found = dana_definition(function)
        if found is None:
            raise SourceUnavailableError(f"the source of {_shown(function)} cannot be read")
        return ast.unparse(found) + "\n", found
    try:
        lines = inspect.getsource(function)
    except (OSError, TypeError, IndentationError, SyntaxError) as error:
        raise SourceUnavailableError(f"the source of {_shown(function)} cannot be read: {error}") from error
    try:
        indented = ast.parse(f"if 1:\n{lines}" if lines[:1].isspace() else lines)
        tree = _definition_in(indented)
    except (SyntaxError, ValueError) as error:
        raise SourceUnavailableError(f"the source of {_shown(function)} is not Python") from error
    code = function.__code__
    if tree.name != code.co_name or _arguments(tree) != code.co_varnames[: len(_arguments(tree))]:
        raise SourceUnavailableError(f"the file of {_shown(function)} has changed since it was loaded")
    return _dedented(tree, lines), tree


def _dedented(tree: Definition, lines: str) -> str:
    """Return the `def` at the left margin; long strings keep their text."""
    try:
        text = textwrap.dedent(lines)
        left = _definition_in(ast.parse(text))
    except (SyntaxError, ValueError):
        return ast.unparse(_bare(tree)) + "\n"
    return _written(left, text) if _shape(left) == _shape(tree) else ast.unparse(_bare(tree)) + "\n"


def _written(tree: Definition, text: str) -> str:
    """Return the lines of a definition at the left margin, with its comments, without its decorators."""
    if tree.col_offset:
        return ast.unparse(_bare(tree)) + "\n"
    assert tree.end_lineno is not None
    return "\n".join(text.split("\n")[tree.lineno - 1 : tree.end_lineno]) + "\n"


def _bare(tree: Definition) -> Definition:
    import copy

    bare = copy.copy(tree)
    bare.decorator_list = []
    return bare


def _definitions(tree: ast.Module) -> Iterator[Definition]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def _definition_in(tree: ast.Module) -> Definition:
    found = next(_definitions(tree), None)
    if found is None:
        raise ValueError("no function is defined here")
    return found


def _arguments(tree: Definition) -> tuple[str, ...]:
    listed = (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)
    return tuple(one.arg for one in listed)


def _kind(tree: Definition) -> Kind:
    yields = any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in _own_nodes(tree.body))
    if isinstance(tree, ast.AsyncFunctionDef):
        return "async_generator" if yields else "async"
    return "generator" if yields else "function"


def _own_nodes(nodes: list[Any]) -> list[ast.AST]:
    """Return all nodes of a body but those of functions and classes inside it."""
    found: list[ast.AST] = []
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            found.append(node)
            waiting.extend(ast.iter_child_nodes(node))
    return found


def _shape(node: object) -> str:
    """Return a text for syntax without places, docstrings and decorators; empty fields differ between Pythons."""
    if isinstance(node, ast.AST):
        fields = ((name, _field(node, name)) for name in node._fields)
        kept = (f"{name}={_shape(value)}" for name, value in fields if value is not None and value != [])
        return f"{type(node).__name__}({','.join(kept)})"
    if isinstance(node, list):
        return f"[{','.join(map(_shape, node))}]"
    return repr(node)


def _field(node: ast.AST, name: str) -> object:
    value = getattr(node, name, None)
    if isinstance(node, Definition):
        if name == "decorator_list":
            return None
        if name == "body" and ast.get_docstring(node, clean=False) is not None:
            return value[1:] if isinstance(value, list) else value
    return None if name in {"ctx", "kind", "type_comment"} else value


def _shown(function: object) -> str:
    return str(getattr(function, "__qualname__", None) or repr(function))
