"""Dana text to a typed tree and back: `dana_grammar.parse.parse` is the door in, `nodes` lists what comes out.

The names below load on first use, so that importing one small module of the package costs nothing more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dana_grammar.errors import DanaSourceError, Diagnostic
    from dana_grammar.nodes import Comment, Program
    from dana_grammar.span import Span

__all__ = ["Comment", "DanaSourceError", "Diagnostic", "Program", "Span"]

HOMES = {
    "Comment": "nodes", "DanaSourceError": "errors", "Diagnostic": "errors", "Program": "nodes", "Span": "span",
}  # fmt: skip


def __getattr__(name: str) -> object:
    """Return a name of the door, importing the module that has it."""
    if name not in HOMES:
        raise AttributeError(f"module 'dana_grammar' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"dana_grammar.{HOMES[name]}"), name)
