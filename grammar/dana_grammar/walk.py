"""Go through a tree without knowing its node classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.expressions import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

NODE_FIELDS: dict[type[Node], tuple[str, ...]] = {}
"""For each class, its fields that can hold nodes. Filled as classes are met; every thread would write the same."""

NEVER_NODES = frozenset({"span", "name_span", "source", "comments", "file"})


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly inside `node`, field by field.

    >>> from dana_grammar.parse import parse
    >>> [type(child).__name__ for child in children(parse("x = 1").body[0])]
    ['Name', 'Number']
    """
    kind = type(node)
    fields = NODE_FIELDS.get(kind)
    if fields is None:
        fields = NODE_FIELDS[kind] = tuple(name for name in kind.__match_args__ if name not in NEVER_NODES)
    for name in fields:
        value = getattr(node, name)
        if type(value) is tuple:
            for item in value:
                if isinstance(item, Node):
                    yield item
        elif isinstance(value, Node):
            yield value


def walk(node: Node) -> Iterator[Node]:
    """Yield `node` and everything inside it, parents first. Not recursive, so depth is no limit."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(list(children(current))))
