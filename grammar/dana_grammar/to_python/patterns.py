"""`case` patterns as Python patterns."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, assert_never

from dana_grammar import nodes as n
from dana_grammar.to_python.expressions import Expressions, check_dunder

if TYPE_CHECKING:
    from dana_grammar.statements import Pattern


def pattern(writer: Expressions, node: Pattern) -> ast.pattern:
    """Return the Python pattern for `node`."""
    at = writer.at
    match node:
        case n.ValuePattern(value=n.Constant() as constant):
            return at(ast.MatchSingleton(constant.value), node.span)
        case n.ValuePattern():
            return at(ast.MatchValue(writer.expression(node.value)), node.span)
        case n.CapturePattern():
            check_dunder(node.name, node.span)
            return at(ast.MatchAs(None, None if node.name == "_" else node.name), node.span)
        case n.StarPattern():
            return at(ast.MatchStar(None if node.name == "_" else node.name), node.span)
        case n.SequencePattern():
            return at(ast.MatchSequence([pattern(writer, item) for item in node.items]), node.span)
        case n.MappingPattern():
            keys = [writer.expression(key) for key in node.keys]
            return at(ast.MatchMapping(keys, [pattern(writer, p) for p in node.patterns], node.rest or None), node.span)
        case n.ClassPattern():
            positional = [pattern(writer, item) for item in node.positional]
            keyword = [pattern(writer, item) for item in node.keyword_patterns]
            for name in node.names:
                check_dunder(name, node.span)
            return at(ast.MatchClass(writer.expression(node.type), positional, list(node.names), keyword), node.span)
        case n.OrPattern():
            return at(ast.MatchOr([pattern(writer, item) for item in node.patterns]), node.span)
        case n.AsPattern():
            check_dunder(node.name, node.span)
            return at(ast.MatchAs(pattern(writer, node.pattern), node.name), node.span)
        case _:
            assert_never(node)
