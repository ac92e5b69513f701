"""Random syntax trees, made from the annotations of the node classes: what a pass must survive, parser or no parser."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from typing import TYPE_CHECKING, Any, Literal

from dana_grammar import expressions, statements
from dana_grammar.nodes import Program
from dana_grammar.span import Span

if TYPE_CHECKING:
    import random

WORDS = ("a", "b", "f", "self", "P", "print", "open", "poet", "case", "__name__", "__class__", "_x", "none", "int", "x")
SCALARS: dict[type, tuple[Any, ...]] = {
    str: WORDS, bool: (True, False), int: (0, 1, -3), float: (0.5,), complex: (2j,), bytes: (b"x",),
    type(None): (None,),
}  # fmt: skip
LEAVES = (
    expressions.Name, expressions.Number, expressions.Text, expressions.Constant, statements.Pass,
    statements.CapturePattern, statements.Field,
)  # fmt: skip
NAMESPACE = {**vars(expressions), **vars(statements)}
LOCAL_DEPTH = 5


@functools.cache
def field_types(kind: type) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a node class with their types resolved."""
    hints = typing.get_type_hints(kind, NAMESPACE)
    return tuple((field.name, hints[field.name]) for field in dataclasses.fields(kind))


def build(source: random.Random, wanted: Any, depth: int) -> Any:
    """Return a random value of a type; below `depth` zero only leaves are made."""
    if isinstance(wanted, str | typing.ForwardRef):
        name = wanted if isinstance(wanted, str) else wanted.__forward_arg__
        return build(source, eval(name, dict(NAMESPACE)), depth)  # noqa: S307 - names of our own node classes
    origin = typing.get_origin(wanted)
    if origin in (typing.Union, types.UnionType):
        return build(source, choose(source, typing.get_args(wanted), depth), depth)
    if origin is Literal:
        return source.choice(typing.get_args(wanted))
    if origin is tuple:
        return sequence(source, typing.get_args(wanted)[0], depth)
    if wanted is Span:
        line = source.randint(1, 9)
        return Span(line, source.randint(1, 40), line, 60)
    if wanted is expressions.Compare:
        return comparison(source, depth - 1)
    if wanted in SCALARS:
        return source.choice(SCALARS[wanted])
    return wanted(**{name: build(source, type_, depth - 1) for name, type_ in field_types(wanted)})


def choose(source: random.Random, options: tuple[Any, ...], depth: int) -> Any:
    """Return one member of a union, a leaf where the tree has to end."""
    leaves = [option for option in options if option in LEAVES or option in SCALARS]
    return source.choice(leaves if depth <= 0 and leaves else options)


def sequence(source: random.Random, item: Any, depth: int) -> tuple[Any, ...]:
    """Return up to three values; one at most where the tree has to end."""
    return tuple(build(source, item, depth) for _ in range(source.randint(0, 3 if depth > 0 else 1)))


def comparison(source: random.Random, depth: int) -> expressions.Compare:
    """Return a comparison whose operators and operands have one length, which the types alone do not say."""
    count = source.randint(1, 2)
    operators = tuple(source.choice(typing.get_args(expressions.CompareOperator)) for _ in range(count))
    operands = tuple(build(source, expressions.Expression, depth) for _ in range(count))
    return expressions.Compare(Span(1, 1, 1, 2), build(source, expressions.Expression, depth), operators, operands)


def program(source: random.Random) -> Program:
    """Return a random program."""
    span = Span(1, 1, 9, 1)
    return Program(span, sequence(source, statements.Statement, LOCAL_DEPTH), ())
