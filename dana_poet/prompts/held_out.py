"""The last word on a prompt: tried on examples that chose nothing, beside the start, with bounds on both."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_poet.prompts.scores import Scores
    from dana_poet.prompts.template import PromptTemplate

SHARE_OF_BUDGET = 0.3
"""What of the budget is kept for the last word, at most."""
START_SHARE = 0.5
"""On which share of the held-out examples the start is tried too, where there are many."""
PAIRS = 20
"""Held-out examples on which both are tried, if there are so many."""
FEWEST = 5
"""Pairs below which nothing is concluded."""
Z = 1.96
"""For bounds of 95 %."""


class Held(NamedTuple):
    """How the leading prompt did on held-out examples, beside the start on some of them."""

    accepted: bool
    score: float
    low: float
    high: float
    before: float
    gain: tuple[float, float, float]
    why: str


def reserve(held: int, budget: int) -> int:
    """Return how many calls are kept for so many held-out examples.

    >>> reserve(40, 465), reserve(40, 100)
    (60, 30)
    """
    return min(held + _both(held), int(budget * SHARE_OF_BUDGET))


def _both(held: int) -> int:
    return min(held, max(PAIRS, math.ceil(held * START_SHARE)))


def held_out(start: PromptTemplate, leader: PromptTemplate, examples: Sequence[Any], scores: Scores) -> Held:
    """Try the leader on all held-out examples that the budget allows, the start on a share of them, and compare."""
    if start == leader:
        return Held(False, *_bounds([]), math.nan, (0.0, 0.0, 0.0), "no change is worth anything beyond doubt")
    room = max(0, scores.budget - scores.calls)
    both = min(_both(len(examples)), max(1, room // 2))
    ours, pairs, before = [], [], []
    for at, example in enumerate(examples[: max(0, room - both)]):
        score = scores.of(leader.text, -1 - at, example)
        first = scores.of(start.text, -1 - at, example) if at < both else None
        ours += [score.value] if score is not None else []
        if score is not None and first is not None:
            before.append(first.value)
            pairs.append(score.value - first.value)
    gain = _bounds(pairs, low=-1.0)
    better = len(pairs) >= FEWEST and gain[1] > 0
    why = _why(len(pairs), gain)
    return Held(better, *_bounds(ours), sum(before) / len(before) if before else math.nan, gain, why)


def _why(count: int, gain: tuple[float, float, float]) -> str:
    if count < FEWEST:
        return f"{count} held-out pairs are too few to conclude anything"
    said = f"on {count} held-out examples it gains {gain[0]:+.3f} [{gain[1]:+.3f}, {gain[2]:+.3f}]"
    return said if gain[1] > 0 else f"{said}, which may be nothing"


def _bounds(values: Sequence[float], low: float = 0.0) -> tuple[float, float, float]:
    """Return mean and 95 % bounds of values between `low` and 1, by Student's t; all there is without two values.

    >>> _bounds([0.5, 0.7])[0]
    0.6
    """
    if len(values) < 2:
        return (values[0] if values else math.nan), low, 1.0
    mean = sum(values) / len(values)
    variance = sum((one - mean) ** 2 for one in values) / (len(values) - 1)
    half = _t(len(values) - 1) * math.sqrt(max(variance, 0.25 / len(values) ** 2) / len(values))
    return mean, max(low, mean - half), min(1.0, mean + half)


def _t(degrees: int) -> float:
    """Return the 97.5 % quantile of Student's t, by the expansion of Cornish and Fisher."""
    if degrees < 3:
        return (12.706, 4.303)[degrees - 1]
    cubed, fifth = (Z**3 + Z) / (4 * degrees), (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * degrees**2)
    return Z + cubed + fifth
