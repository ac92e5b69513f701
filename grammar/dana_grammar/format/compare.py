"""Are two trees the same program? Places in the text aside."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from dana_grammar.expressions import Node

PLACES: Final = frozenset({"span", "name_span", "comments"})
MEANINGFUL: Final[dict[type[Node], tuple[str, ...]]] = {}


def meaningful_fields(kind: type[Node]) -> tuple[str, ...]:
    """Return the names of the fields of a node class that are not places or comments."""
    if kind not in MEANINGFUL:
        MEANINGFUL[kind] = tuple(field.name for field in fields(kind) if field.name not in PLACES)
    return MEANINGFUL[kind]


def difference(one: object, other: object) -> str:
    """Return where two trees differ first, as a path from the root, or the empty text.

    >>> from dana_grammar.expressions import Name
    >>> from dana_grammar.span import Span
    >>> difference(Name(Span(1, 1, 1, 2), "a"), Name(Span(9, 1, 9, 2), "a"))
    ''
    """
    if type(one) is not type(other):
        return f" is {type(one).__name__}, then {type(other).__name__}"
    if isinstance(one, Node):
        for name in meaningful_fields(type(one)):
            if found := difference(getattr(one, name), getattr(other, name)):
                return f".{name}{found}"
        return ""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return row_difference(one, other)
    same = one == other or (one != one and other != other)  # noqa: PLR0124 - a NaN differs from itself
    return "" if same else f" is {one!r}, then {other!r}"


def row_difference(one: tuple[object, ...], other: tuple[object, ...]) -> str:
    """Return where two rows of nodes differ first."""
    if len(one) != len(other):
        return f" has {len(one)} parts, then {len(other)}"
    for index, (left, right) in enumerate(zip(one, other, strict=True)):
        if found := difference(left, right):
            return f"[{index}]{found}"
    return ""
