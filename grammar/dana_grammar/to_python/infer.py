"""Find the kinds of the names of one scope from all assignments to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar import nodes as n
from dana_grammar.to_python import kinds as k
from dana_grammar.to_python.scope import BINDERS, in_scope, names_bound_by, names_in_target

if TYPE_CHECKING:
    from collections.abc import Iterable

ROUNDS = 4


def infer(kinds: k.Kinds, body: Iterable[n.Node], known: dict[str, int]) -> None:
    """Fill `kinds.names` for a scope with this `body`; `known` are its parameters.

    Joins all assignments to a name until nothing changes; what has not settled after four rounds is unknown.
    """
    nodes = [node for node in in_scope(body) if type(node) in BINDERS]
    names = {name for node in nodes for name in names_bound_by(node)}
    kinds.names = {name: 0 for name in names if name not in known}
    kinds.names.update(known)
    for _ in range(ROUNDS):
        before = dict(kinds.names)
        for node in nodes:
            _learn(kinds, node)
        if kinds.names == before:
            break
    else:
        kinds.names.update({name: k.ANY for name in kinds.names if name not in known})
    for name, kind in kinds.names.items():
        if kind == 0:
            kinds.names[name] = k.ANY


def _join(kinds: k.Kinds, name: str, kind: int) -> None:
    kinds.names[name] = kinds.names.get(name, 0) | kind


def _bind(kinds: k.Kinds, target: n.Node, kind: int) -> None:
    if isinstance(target, n.Name):
        _join(kinds, target.name, kind)
    else:
        for name in names_in_target(target):
            _join(kinds, name, k.ANY)


def _learn(kinds: k.Kinds, node: n.Node) -> None:
    match node:
        case n.Assign():
            for target in node.targets:
                _bind(kinds, target, kinds.of(node.value))
        case n.TypedAssign() if node.value is not None:
            _bind(kinds, node.target, _after_coercion(kinds, node.annotation, node.value))
        case n.AugmentedAssign():
            if isinstance(node.target, n.Name) and node.operator != "|":
                whole = n.Binary(node.span, node.target, node.operator, node.value)
                _join(kinds, node.target.name, kinds.of(whole))
            else:
                _bind(kinds, node.target, k.ANY)
        case n.For():
            _bind(kinds, node.target, kinds.element(node.iterable))
        case n.Walrus():
            _join(kinds, node.target.name, kinds.of(node.value))
        case n.Function(receiver=None) | n.Struct() | n.Interface() | n.Agent() | n.PipelineBlock():
            _join(kinds, node.name, k.OBJECT)
        case n.DeclarativePipeline() | n.Module():
            _join(kinds, node.name, k.OBJECT)
        case n.Handler() if node.name:
            _join(kinds, node.name, k.OBJECT)
        case _:
            _learn_other(kinds, node)


def _learn_other(kinds: k.Kinds, node: n.Node) -> None:
    match node:
        case n.Import():
            _join(kinds, node.alias or node.path.names[0], k.OBJECT)
        case n.FromImport():
            for name in node.names:
                _join(kinds, name.alias or name.name, k.ANY)
        case n.WithItem() if node.target is not None:
            _bind(kinds, node.target, k.ANY)
        case n.CapturePattern() | n.StarPattern() | n.AsPattern() if node.name:
            _join(kinds, node.name, k.ANY)
        case n.MappingPattern() if node.rest:
            _join(kinds, node.rest, k.ANY)
        case n.Input():
            for parameter in node.parameters:
                _join(kinds, parameter.name, k.ANY)
        case _:
            pass


def _after_coercion(kinds: k.Kinds, annotation: n.Expression, value: n.Expression) -> int:
    kind, target = kinds.of(value), kinds.annotated(annotation)
    if target == k.ANY:
        return k.ANY
    return target if kind & k.NONE else target & ~k.NONE
