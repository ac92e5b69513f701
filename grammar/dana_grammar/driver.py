"""Run the LALR tables over a list of tokens: the loop at the heart of the parser.

A reduction calls the function of `TreeBuilder` that the rule names with the values of its children, so that typed nodes
come into being while parsing and no tree is walked twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_grammar._tables import GOTOS, ROW_OF_STATE, ROWS, RULES, STARTS
from dana_grammar.tree_builder import TreeBuilder

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from dana_grammar.tokens import Token

ACTIONS: Final = tuple(ROWS[row] for row in ROW_OF_STATE)
REDUCTIONS: Final[tuple[tuple[dict[int, int], int, Callable[..., Any] | None, tuple[int | None, ...]], ...]] = tuple(
    (GOTOS.get(left, {}), size, getattr(TreeBuilder, action) if action else None, holes)
    for left, size, action, holes in RULES
)


class Unexpected(Exception):  # noqa: N818 - it becomes a diagnostic, no user meets it
    """A token that the grammar does not allow where it stands. `states` is the stack of the parser."""

    def __init__(self, tokens: list[Token], index: int, states: list[int]) -> None:
        super().__init__(index)
        self.tokens = tokens
        self.index = index
        self.states = states


def run(tokens: list[Token], builder: TreeBuilder, start: str = "program") -> Any:
    """Return what `builder` makes of `tokens`, which end with $END. Unexpected when they are not Dana."""
    return advance(tokens, 0, [STARTS[start]], [], builder)


def advance(tokens: list[Token], index: int, states: list[int], values: list[Any], builder: TreeBuilder) -> Any:
    """Go on from `tokens[index]` with the given stacks to the end of the text."""
    actions, reductions = ACTIONS, REDUCTIONS
    push_state, push_value = states.append, values.append
    state = states[-1]
    for token in tokens if not index else tokens[index:]:
        kind = token[0]
        while True:
            try:
                action = actions[state][kind]
            except KeyError:
                raise Unexpected(tokens, index, states) from None
            if action > 0:
                push_state(action)
                push_value(token)
                state = action
                break
            if not action:
                return values[0]
            gotos, size, function, holes = reductions[-action - 1]
            if function is None:
                states[-1] = state = gotos[states[-2]]
                continue
            if holes:
                children = values[-size:] if size else []
                value = function(builder, *[None if hole is None else children[hole] for hole in holes])
            else:
                value = function(builder, *values[-size:])
            if size:
                del states[-size:]
                del values[-size:]
            state = gotos[states[-1]]
            push_state(state)
            push_value(value)
        index += 1
    raise Unexpected(tokens, len(tokens) - 1, states)
