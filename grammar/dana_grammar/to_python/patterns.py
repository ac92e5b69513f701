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
            return at(ast.MatchValue(_value(writer, node.value)), node.span)
        case n.CapturePattern():
            check_dunder(node.name, node.span)
            return at(ast.MatchAs(None, None if node.name == "_" else node.name), node.span)
        case n.StarPattern():
            return at(ast.MatchStar(None if node.name == "_" else node.name), node.span)
        case n.SequencePattern():
            return at(ast.MatchSequence([pattern(writer, item) for item in node.items]), node.span)
        case n.MappingPattern():
            keys = [_value(writer, key) for key in node.keys]
            return at(ast.MatchMapping(keys, [pattern(writer, p) for p in node.patterns], node.rest or None), node.span)
        case n.ClassPattern():
            positional = [pattern(writer, item) for item in node.positional]
            keyword = [pattern(writer, item) for item in node.keyword_patterns]
            for name in node.names:
                check_dunder(name, node.span)
            return at(ast.MatchClass(_class(writer, node.type), positional, list(node.names), keyword), node.span)
        case n.OrPattern():
            return at(ast.MatchOr([pattern(writer, item) for item in node.patterns]), node.span)
        case n.AsPattern():
            check_dunder(node.name, node.span)
            return at(ast.MatchAs(pattern(writer, node.pattern), node.name), node.span)
        case _:
            assert_never(node)


def _value(writer: Expressions, node: n.Expression) -> ast.expr:
    """Return a value to compare with; a dotted name is looked up as it is."""
    if isinstance(node, n.Attribute):
        check_dunder(node.name, node.name_span)
        return writer.at(ast.Attribute(_value(writer, node.value), node.name, ast.Load()), node.span)
    return writer.expression(node)


def _class(writer: Expressions, node: n.Expression) -> ast.expr:
    """Return the class of a pattern; `bool` is the type alone, without the function that judges text."""
    if isinstance(node, n.Name) and node.name == "bool" and writer.kinds.is_built_in("bool"):
        return writer.name("_dana_bool", node.span)
    return _value(writer, node)
