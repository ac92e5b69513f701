"""The patterns of `case` to documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from dana_grammar.format.expressions import bare, expression, joined_by_operators
from dana_grammar.format.layout import Doc, Leaf, bracketed, enclosed, joined, leaf
from dana_grammar.format.precedence import POSTFIX
from dana_grammar.statements import (
    AsPattern,
    CapturePattern,
    ClassPattern,
    MappingPattern,
    OrPattern,
    Pattern,
    SequencePattern,
    StarPattern,
    ValuePattern,
)

if TYPE_CHECKING:
    from typing import Final

CLOSERS: Final = {"[": "]", "(": ")"}


def case_pattern(node: Pattern) -> Doc:
    """Return the document of a whole pattern: here a sequence needs no brackets."""
    if not isinstance(node, SequencePattern) or node.bracket:
        return pattern(node)
    items = [pattern(item) for item in node.items]
    return [*items[0], Leaf(",")] if len(items) == 1 else joined(items, ",", breaks=False)


def pattern(node: Pattern) -> Doc:
    """Return the document of a pattern inside another."""
    match node:
        case ValuePattern():
            return bare(node.value)
        case CapturePattern():
            return leaf(node.name)
        case StarPattern():
            return leaf(f"*{node.name}")
        case SequencePattern():
            return sequence(node)
        case MappingPattern():
            return mapping(node)
        case ClassPattern():
            return class_pattern(node)
        case OrPattern():
            first, *more = (closed(item) for item in node.patterns)
            return joined_by_operators([first, *([Leaf("| "), *item] for item in more)])
        case AsPattern():
            inner = closed(node.pattern) if isinstance(node.pattern, AsPattern) else pattern(node.pattern)
            return [*inner, Leaf(f" as {node.name}")]
        case _:
            assert_never(node)


def closed(node: Pattern) -> Doc:
    """Return the document of a pattern where `|` and `as` need parentheses."""
    return enclosed("(", pattern(node), ")") if isinstance(node, OrPattern | AsPattern) else pattern(node)


def sequence(node: SequencePattern) -> Doc:
    """Return a sequence pattern in its brackets."""
    opening = node.bracket or "("
    items = [pattern(item) for item in node.items]
    if len(items) == 1 and opening == "(":
        return enclosed("(", [*items[0], Leaf(",")], ")")
    return bracketed(opening, items, CLOSERS[opening])


def mapping(node: MappingPattern) -> Doc:
    """Return `{key: pattern, **rest}`."""
    pairs = zip(node.keys, node.patterns, strict=True)
    items: list[Doc] = [[*bare(key), Leaf(": "), *pattern(value)] for key, value in pairs]
    return bracketed("{", [*items, leaf(f"**{node.rest}")] if node.rest else items, "}")


def class_pattern(node: ClassPattern) -> Doc:
    """Return `Point(0, y=yy)`."""
    pairs = zip(node.names, node.keyword_patterns, strict=True)
    keywords: list[Doc] = [[Leaf(f"{name}="), *pattern(value)] for name, value in pairs]
    positional = [pattern(item) for item in node.positional]
    return [*expression(node.type, POSTFIX), *bracketed("(", [*positional, *keywords], ")")]
