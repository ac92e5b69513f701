"""In the worker: Dana text to guarded code. The translator's tree passes the same check as any untrusted Python."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dana_grammar.errors import DanaSourceError, Diagnostic
from dana_grammar.parse import parse
from dana_grammar.span import Span
from dana_grammar.to_python import to_python
from dana_poet.errors import PolicyError
from dana_poet.runtime import execute
from dana_sandbox import hints
from dana_sandbox.python_check import Rules
from dana_sandbox.restricted import compile_program

if TYPE_CHECKING:
    from types import CodeType

    from dana_sandbox.verdict import Violation

WRITTEN = frozenset({"__class__", "__set__"})
"""Attributes that the translator writes and that Dana text cannot say."""
READABLE = frozenset({"__name__", "__main__", "__doc__", "__file__", "__all__", "__exports__", "__slots__", "__init__"})
MOST_NODES = 400_000
MOST_DEPTH = 400


def compile_text(text: str, file: str, known: frozenset[str]) -> CodeType:
    """Return guarded code. DanaSourceError for syntax, PolicyError for what the sandbox refuses."""
    program = parse(text, file)
    try:
        tree = to_python(program, text, known=known)
    except DanaSourceError as error:
        from dataclasses import replace

        raise DanaSourceError(tuple(replace(one, file=file) for one in error.diagnostics)) from None
    except RecursionError as error:
        raise execute.python_refused(error, file) from None
    tree.body.insert(0, _text_annotations())
    compiled = compile_program(tree, _rules(tree), filename=file)
    if compiled.code is None:
        raise _refused(compiled.violations, file)
    return compiled.code


def _text_annotations() -> ast.stmt:
    node = ast.ImportFrom("__future__", [ast.alias("annotations")], 0)
    return ast.fix_missing_locations(node)


def _rules(tree: ast.Module) -> Rules:
    """Return the rules for a tree of ours: what Dana cannot say is the translator's, and trusted."""
    written = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id.startswith("_dana_")}
    written |= {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ExceptHandler) and node.name
    }
    trusted = written | READABLE | hints.BUILTIN_HINTS.keys()
    return Rules(
        modules=frozenset(), exports=lambda _module: None, trusted_names=frozenset(trusted), trusted_attributes=WRITTEN,
        max_nodes=MOST_NODES, max_depth=MOST_DEPTH,
    )  # fmt: skip


def _refused(violations: tuple[Violation, ...], file: str) -> Exception:
    """Return the error for what the check refuses; what only Python's compiler refuses is a mistake in the text."""
    first = violations[0]
    span = Span(first.line or 1, first.column or 1, first.line or 1, (first.column or 1) + 1)
    if all(one.rule in {"syntax", "size"} for one in violations):
        message = first.message if first.rule == "syntax" else "this is nested too deeply"
        return DanaSourceError((Diagnostic(code="D0041", message=message, span=span, file=file),))
    worst = next(one for one in violations if one.rule not in {"syntax", "size"})
    span = Span(worst.line or 1, worst.column or 1, worst.line or 1, (worst.column or 1) + 1)
    return PolicyError(f"the sandbox refuses this: {worst.message}", hint=worst.hint, span=span, file=file)
