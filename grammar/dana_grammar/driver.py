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
    return advance(tokens, 0, len(tokens), [STARTS[start]], [], builder)


def advance(
    tokens: list[Token], index: int, end: int, states: list[int], values: list[Any], builder: TreeBuilder
) -> Any:
    """Feed `tokens[index:end]` to the parser whose stacks are given. Return the tree once $END is accepted."""
    actions, reductions = ACTIONS, REDUCTIONS
    push_state, push_value = states.append, values.append
    state = states[-1]
    for token in tokens[index:end]:
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
    return None


def accepts(states: list[int], kind: str) -> bool:
    """Tell whether the parser would shift a token of `kind`. Nothing is built, `states` stays as it is."""
    stack = list(states)
    while (action := ACTIONS[stack[-1]].get(kind)) is not None:
        if action >= 0:
            return True
        gotos, size, _, _ = REDUCTIONS[-action - 1]
        if size:
            del stack[-size:]
        stack.append(gotos[stack[-1]])
    return False


def expected(states: list[int]) -> set[str]:
    """Return the kinds of tokens that the parser would shift."""
    return {kind for kind in ACTIONS[states[-1]] if accepts(states, kind)}
