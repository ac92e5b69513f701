"""The Python that a Dana function runs as, found again in the text of its program."""

from __future__ import annotations

import ast
import linecache
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import types

    from dana_poet.codegen.body import Definition


def dana_definition(function: types.FunctionType) -> Definition | None:
    """Return the definition of a Dana function, translated, without decorators; None where its text is not there."""
    code = function.__code__
    text = "".join(linecache.getlines(code.co_filename))
    for node in _definitions(text, code.co_filename) if text else ():
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        named = node.name == code.co_name or node.name.endswith(f"_{function.__name__}")
        if named and code.co_firstlineno in (node.lineno, first):
            return _bare(node, function.__name__)
    return None


@lru_cache(maxsize=4)
def _definitions(text: str, file: str) -> tuple[Definition, ...]:
    """Return all functions of a program. A program that is no Dana any more has none."""
    from dana_grammar.errors import DanaSourceError
    from dana_grammar.parse import parse
    from dana_grammar.to_python import to_python

    try:
        module = to_python(parse(text, file), text)
    except (DanaSourceError, RecursionError):
        return ()
    return tuple(one for one in ast.walk(module) if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _bare(node: Definition, name: str) -> Definition:
    import copy

    bare = copy.copy(node)
    bare.decorator_list, bare.name = [], name
    return bare
