"""When a function is worth two versions: one for whole numbers without guards, one for everything.

A parameter of unknown kind makes `x % 2 == 0` look for text each time. In a loop that costs; where the parameters
turn out to be whole numbers, a look at their classes when the function starts is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar import nodes as n
from dana_grammar.to_python.scope import everything

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST = 120
"""How many nodes a body may have that is written twice."""
MOST_PARAMETERS = 3
NUMERIC_HINTS = frozenset({"int", "float", "any", "Any"})
UNIQUE = (n.Function, n.Lambda, n.Struct, n.Agent, n.Interface, n.PipelineBlock, n.DeclarativePipeline, n.Module)
"""Definitions that a body cannot hold twice."""
EQUALITY = frozenset({"==", "!="})


def number_candidates(parameters: tuple[n.Parameter, ...], body: n.Block) -> list[str]:
    """Return the parameters for which a second version without guards is worth its size, or nothing."""
    nodes = list(everything(body))
    if len(nodes) > LARGEST or any(isinstance(node, UNIQUE) for node in nodes):
        return []
    if not any(isinstance(node, n.For | n.While) and _compares(node) for node in nodes):
        return []
    possible = {p.name for p in parameters if p.kind == "plain" and _may_be_number(p)}
    used = {name for node in nodes for name in _compared_names(node)}
    chosen = [p.name for p in parameters if p.name in possible & used and not _used_otherwise(nodes, p.name)]
    return chosen if len(chosen) <= MOST_PARAMETERS else []


def _may_be_number(parameter: n.Parameter) -> bool:
    hint = parameter.annotation
    return hint is None or (isinstance(hint, n.Name) and hint.name in NUMERIC_HINTS)


def _compares(loop: n.Node) -> bool:
    return any(isinstance(node, n.Compare) and EQUALITY & set(node.operators) for node in everything([loop]))


def _compared_names(node: n.Node) -> Iterable[str]:
    if isinstance(node, n.Compare) and EQUALITY & set(node.operators):
        for part in everything([node]):
            if isinstance(part, n.Name):
                yield part.name


def _used_otherwise(nodes: list[n.Node], name: str) -> bool:
    """Whether a name is used as no number is: called, indexed, iterated, asked for a field."""
    for node in nodes:
        base: n.Node | None = None
        if isinstance(node, n.Subscript | n.Attribute | n.Starred):
            base = node.value
        elif isinstance(node, n.Call):
            base = node.function
        elif isinstance(node, n.For | n.Clause):
            base = node.iterable
        if isinstance(base, n.Name) and base.name == name:
            return True
    return False
