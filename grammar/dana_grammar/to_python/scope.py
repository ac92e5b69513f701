"""Which names a block of Dana binds, and which it reads: what inference, closures and captures need to know."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

from dana_grammar import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NEW_SCOPES = (
    n.Function,
    n.Lambda,
    n.Comprehension,
    n.Struct,
    n.Agent,
    n.PipelineBlock,
    n.Module,
    n.DeclarativePipeline,
)


@cache
def _child_fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name not in {"span", "name_span", "source"})


def children(node: n.Node) -> Iterator[n.Node]:
    """Yield the nodes directly under `node`, in source order."""
    for name in _child_fields(type(node)):  # type: ignore[arg-type]  # a class is hashable
        value = getattr(node, name)
        if isinstance(value, n.Node):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, n.Node):
                    yield item


def in_scope(nodes: Iterable[n.Node]) -> Iterator[n.Node]:
    """Yield every node of a block that belongs to its own scope; nested scopes are yielded and not entered."""
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, NEW_SCOPES):
            stack.extend(reversed(list(children(node))))


def everything(nodes: Iterable[n.Node]) -> Iterator[n.Node]:
    """Yield every node below, nested scopes included."""
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(list(children(node))))


def names_in_target(target: n.Node) -> Iterator[str]:
    """Yield the plain names that an assignment target binds."""
    if isinstance(target, n.Name):
        yield target.name
    elif isinstance(target, n.ScopedName):
        if target.scope == "local":
            yield target.name
    elif isinstance(target, n.Starred):
        yield from names_in_target(target.value)
    elif isinstance(target, n.TupleDisplay | n.ListDisplay):
        for item in target.items:
            yield from names_in_target(item)


def bound_names(body: Iterable[n.Node]) -> set[str]:
    """Return the names that a block binds in its own scope."""
    return {name for node in in_scope(body) if type(node) in BINDERS for name in names_bound_by(node)}


BINDERS = frozenset({
    n.Assign, n.TypedAssign, n.AugmentedAssign, n.For, n.Walrus, n.WithItem, n.Handler, n.Function,
    n.DeclarativePipeline, n.Struct, n.Interface, n.Agent, n.PipelineBlock, n.Module, n.Import, n.FromImport,
    n.CapturePattern, n.StarPattern, n.AsPattern, n.MappingPattern, n.Input,
})  # fmt: skip
"""The kinds of nodes that bind names."""


def names_bound_by(node: n.Node) -> Iterator[str]:
    """Yield the plain names that one node binds in its scope."""
    match node:
        case n.Assign():
            for target in node.targets:
                yield from names_in_target(target)
        case n.TypedAssign() | n.AugmentedAssign() | n.For() | n.Walrus():
            yield from names_in_target(node.target)
        case n.WithItem() if node.target is not None:
            yield from names_in_target(node.target)
        case n.Handler() if node.name:
            yield node.name
        case (
            n.Function(receiver=None)
            | n.DeclarativePipeline()
            | n.Struct()
            | n.Interface()
            | n.Agent()
            | n.PipelineBlock()
            | n.Module()
        ):
            yield node.name
        case n.Import():
            yield node.alias or imported_root(node.path)
        case n.FromImport():
            for imported in node.names:
                yield imported.alias or imported.name
        case n.CapturePattern() | n.StarPattern() | n.AsPattern():
            if node.name not in {"", "_"}:
                yield node.name
        case n.MappingPattern() if node.rest:
            yield node.rest
        case n.Input():
            for parameter in node.parameters:
                yield parameter.name
        case _:
            pass


def imported_root(path: n.ModulePath) -> str:
    """Return the name that `import path` binds: the first of the path."""
    return path.names[0] if path.names else ""


def names_read(nodes: Iterable[n.Node]) -> set[str]:
    """Return every plain name that occurs below, nested scopes included."""
    return {node.name for node in everything(nodes) if isinstance(node, n.Name)}
