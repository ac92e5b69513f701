"""What to do next, from what was learned: which strategy, which parameters, and whether to change course at all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_learning.batch.chance import NORMAL, chances_of_best
from dana_learning.batch.learner import BatchLearner
from dana_learning.errors import ObservationError

if TYPE_CHECKING:
    from dana_learning.batch.findings import StrategyEffect
    from dana_learning.observation import ExecutionFeedback

SURE = 0.9


@dataclass(frozen=True, slots=True)
class StrategyRecommendation:
    """The option to use, the probability that it is the best, and why."""

    option: Any
    probability: float
    why: str


@dataclass(frozen=True, slots=True)
class AdaptationRecommendation:
    """Whether a running process should change course, how surely it does worse than expected, and why."""

    adapt: bool
    probability: float
    why: str


@dataclass(frozen=True, slots=True)
class OptimizedParameters:
    """Parameters with the advice taken, and the reason for each that moved."""

    values: Mapping[str, Any]
    reasons: Mapping[str, str]


class AdaptiveDecisionEngine:
    """Makes decisions from executions and patterns.

    >>> engine = AdaptiveDecisionEngine()
    >>> engine.should_adapt_workflow([0.4, 0.45, 0.5, 0.42], expected=0.8).adapt
    True
    """

    def __init__(self, learner: BatchLearner | None = None) -> None:
        self.learner = learner or BatchLearner()

    def recommend_strategy(self, patterns: Sequence[StrategyEffect]) -> StrategyRecommendation:
        """Return the best option of one choice; ObservationError when there is no pattern, or of several choices."""
        import numpy as np

        if len({one.name for one in patterns}) != 1:
            wanted = "the patterns of exactly one choice"
            raise ObservationError(f"{len(patterns)} patterns are given", field="patterns", expected=wanted)
        width = 2.0 * 1.96
        chances = chances_of_best(
            np.array([one.quality for one in patterns]), np.array([(one.high - one.low) / width for one in patterns])
        )
        place = int(np.argmax(chances))
        return StrategyRecommendation(patterns[place].option, float(chances[place]), patterns[place].text)

    def optimize_parameters(
        self, current_parameters: Mapping[str, Any], history: Sequence[ExecutionFeedback]
    ) -> OptimizedParameters:
        """Return the current parameters with the advice of their history taken, inside bounds."""
        merged = self.learner.merge(current_parameters, self.learner.analyze(history, current_parameters))
        return OptimizedParameters(merged.values, merged.reasons)

    def should_adapt_workflow(
        self, recent: Sequence[float], expected: float, *, spread: float = 0.1, least_drop: float = 0.05
    ) -> AdaptationRecommendation:
        """Return whether recent qualities are surely below what was expected, by more than `least_drop` of it.

        `spread` is how much single executions usually differ; with few recent ones it counts more than their own.
        """
        if not recent or not all(0.0 <= one <= 1.0 for one in (*recent, expected)) or not spread > 0:
            wanted = "at least one quality from 0 to 1, and a spread above 0"
            raise ObservationError(f"recent is {list(recent)!r}", field="recent", expected=wanted)
        count = len(recent)
        mean = sum(recent) / count
        own = sum((one - mean) ** 2 for one in recent)
        error = math.sqrt((own + 4.0 * spread**2) / (count + 4.0) / count)
        chance = NORMAL.cdf((expected * (1.0 - least_drop) - mean) / error)
        verb = "below" if chance >= SURE else "not surely below"
        why = f"quality {mean:.3f} of {count} executions is {verb} the {expected:.3f} expected (sure to {chance:.1%})"
        return AdaptationRecommendation(chance >= SURE, chance, why)
