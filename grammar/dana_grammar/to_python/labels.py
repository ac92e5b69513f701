"""How stages are called in messages and tables, and what a stage holds."""

from __future__ import annotations

from dana_grammar import nodes as n
from dana_grammar.to_python.scope import everything, names_read


def has_placeholder(node: n.Node) -> bool:
    """Whether `$$` stands anywhere in `node`."""
    return any(isinstance(part, n.Placeholder) for part in everything([node]))


def given_by(node: n.Expression, names: set[str]) -> bool:
    """Whether what a stage is depends on captured names; its arguments may name them in any case."""
    if isinstance(node, n.Name | n.ListDisplay | n.DictDisplay) or not names:
        return False
    function = node.function if isinstance(node, n.Call) else node
    return not has_placeholder(function) and bool(names_read([function]) & names)


def has_calls(node: n.ListDisplay | n.DictDisplay) -> bool:
    """Whether a member of a parallel stage is a call or mentions `$$`."""
    items = node.items if isinstance(node, n.ListDisplay) else tuple(entry.value for entry in node.entries)
    return any(isinstance(item, n.Call | n.Capture) or has_placeholder(item) for item in items)


def label(node: n.Expression) -> str:
    """Return the short name of a stage, for messages and tables."""
    match node:
        case n.Name():
            return node.name
        case n.Attribute():
            return f"{label(node.value)}.{node.name}"
        case n.Call():
            return label(node.function)
        case n.Lambda():
            return "lambda"
        case n.ListDisplay():
            return "[" + ", ".join(label(item) for item in node.items) + "]"
        case n.DictDisplay():
            return "{" + ", ".join(label(entry.value) for entry in node.entries) + "}"
        case n.Capture():
            return label(node.value)
        case n.Placeholder():
            return "$$"
        case _:
            return type(node).__name__.lower()


def statement_label(node: n.Statement) -> str:
    """Return the name of a step of a pipeline block: what it assigns, calls or says."""
    match node:
        case n.Assign() | n.TypedAssign() | n.AugmentedAssign():
            return label(node.targets[0] if isinstance(node, n.Assign) else node.target)
        case n.ExpressionStatement():
            return label(node.value)
        case n.OnFeedback():
            return "on_feedback_received"
        case n.Output():
            return "output"
        case _:
            return type(node).__name__.lower()
