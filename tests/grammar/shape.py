"""A short text for a tree, without places: what the syntax corpus writes down."""

from __future__ import annotations

from dana_grammar.expressions import Node

PLACES = frozenset({"span", "name_span", "comments"})


def shape(node: object) -> str:
    """Return the tree of `node` in one line: fields that are empty or repeat the source are left out."""
    if isinstance(node, Node):
        names = [name for name in type(node).__match_args__ if name not in PLACES]
        parts = [field_shape(node, name) for name in names]
        first_gap = next((place for place, part in enumerate(parts) if not part), len(parts))
        said = (
            parts[:first_gap] + [f"{name}={part}" for name, part in zip(names, parts, strict=True) if part][first_gap:]
        )
        return f"{type(node).__name__}({', '.join(said)})"
    if isinstance(node, tuple):
        return f"[{', '.join(map(shape, node))}]"
    return repr(node) if isinstance(node, bytes | int | float | complex) or node is None else text_shape(str(node))


def text_shape(text: str) -> str:
    """Return a text bare when it is a plain name, else quoted."""
    return text if text.isidentifier() else repr(text)


def field_shape(node: Node, name: str) -> str:
    """Return one field, '' when it says nothing."""
    value = getattr(node, name)
    if (
        name == "source"
        or (name, value) == ("kind", "plain")
        or (value in (None, (), "", False) and name not in ("value", "key"))
    ):
        return ""
    return shape(value) if not isinstance(value, bool) or name == "value" else "yes"
