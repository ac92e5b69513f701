"""Five scores from 0 to 1 of one execution: speed, quality, success, usefulness, and all together.

The same formulas take single numbers and whole arrays; nothing here can fail after its arguments were checked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from dana_learning.errors import ObservationError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Complexity: TypeAlias = Literal["simple", "moderate", "complex", "very complex"]
COMPLEXITY: Mapping[str, float] = {"simple": 1.0, "moderate": 1.5, "complex": 2.5, "very complex": 4.0}
"""How many times the baseline an execution may take for the same score."""
WEIGHTS: Mapping[str, float] = {"success": 0.35, "quality": 0.3, "speed": 0.15, "usefulness": 0.2}
RETRY_LOSS = 0.9
"""What each retry leaves of the score of success."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one execution, each from 0 to 1."""

    speed: float
    quality: float
    success: float
    usefulness: float
    overall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is measured of one execution. ObservationError when it cannot be true.

    `baseline` is what such an execution usually takes, in seconds; `checks_passed` of `checks` validations passed;
    `goal` is how far its goal was reached, `alignment`, `feedback` and `impact` how useful it was, all from 0 to 1.
    """

    seconds: float
    baseline: float
    complexity: Complexity = "simple"
    checks_passed: int = 0
    checks: int = 0
    goal: float = 1.0
    succeeded: int = 1
    failed: int = 0
    retries: int = 0
    complete: bool = True
    alignment: float = 1.0
    feedback: float | None = None
    impact: float = 0.5

    def __post_init__(self) -> None:
        if not (0.0 <= self.seconds < math.inf and 0.0 < self.baseline < math.inf):
            _refuse("seconds", (self.seconds, self.baseline), "seconds of at least 0 and a baseline above 0")
        if self.complexity not in COMPLEXITY:
            _refuse("complexity", self.complexity, f"one of {list(COMPLEXITY)}")
        if not 0 <= self.checks_passed <= self.checks:
            _refuse("checks_passed", self.checks_passed, f"0 to checks={self.checks}")
        if self.succeeded < 0 or self.failed < 0 or self.retries < 0:
            _refuse("succeeded", (self.succeeded, self.failed, self.retries), "counts of at least 0")
        rated = 0.5 if self.feedback is None else self.feedback
        if not (0 <= self.goal <= 1 and 0 <= self.alignment <= 1 and 0 <= self.impact <= 1 and 0 <= rated <= 1):
            _refuse("goal", (self.goal, self.alignment, self.impact, rated), "numbers from 0 to 1")


def _refuse(field: str, given: object, expected: str) -> None:
    raise ObservationError(f"{field} is {given!r}", field=field, expected=expected)


class PerformanceScorer:
    """Scores executions; `weights` say how much each score counts in the overall one (they need not sum to 1).

    >>> scores = PerformanceScorer().score(Outcome(seconds=2.0, baseline=2.0, checks_passed=9, checks=10))
    >>> scores.speed, round(scores.quality, 3), scores.success
    (0.8, 0.949, 1.0)
    """

    def __init__(self, weights: Mapping[str, float] = WEIGHTS) -> None:
        bad = set(weights) != set(WEIGHTS) or not all(0.0 <= one < math.inf for one in weights.values())
        if bad or not sum(weights.values()) > 0:
            wanted = f"numbers of at least 0 for {sorted(WEIGHTS)}, not all 0"
            raise ParameterError(f"the weights are {dict(weights)!r}", field="weights", expected=wanted)
        total = sum(weights.values())
        self.weights = {name: one / total for name, one in weights.items()}
        self._success, self._quality = self.weights["success"], self.weights["quality"]
        self._speed, self._useful = self.weights["speed"], self.weights["usefulness"]

    def score(self, outcome: Outcome) -> Scores:
        """Return all scores of one execution."""
        speed = speed_score(outcome.seconds, outcome.baseline * COMPLEXITY[outcome.complexity])
        passed = outcome.checks_passed / outcome.checks if outcome.checks else 1.0
        quality = math.sqrt(passed * outcome.goal)
        tried = outcome.succeeded + outcome.failed
        share = outcome.succeeded / tried if tried else float(outcome.complete)
        success = share * RETRY_LOSS**outcome.retries * (1.0 if outcome.complete else 0.5)
        rated = outcome.alignment if outcome.feedback is None else 0.5 * (outcome.alignment + outcome.feedback)
        useful = 0.7 * rated + 0.3 * outcome.impact
        overall = self._success * success + self._quality * quality + self._speed * speed + self._useful * useful
        return Scores(speed, quality, success, useful, min(1.0, overall))

    def score_many(
        self, seconds: Array, baseline: Array | float, quality: Array, success: Array, usefulness: Array | float = 0.5
    ) -> Array:
        """Return overall scores of many executions; NaN in is 0 out, so that one gap does not spoil a sum."""
        import numpy as np

        overall = np.divide(seconds, baseline)
        np.multiply(overall, overall, out=overall)
        overall *= 0.25
        overall += 1.0
        np.divide(self._speed, overall, out=overall)
        overall += self._quality * quality
        overall += self._success * success
        overall += np.multiply(self._useful, usefulness)
        np.fmax(overall, 0.0, out=overall)
        result: Array = np.fmin(overall, 1.0, out=overall)
        return result


def speed_score(seconds: float, baseline: float) -> float:
    """Return 1 for no time at all, 0.8 at the baseline, 0.5 at twice that, falling towards 0.

    >>> speed_score(0.0, 3.0), speed_score(3.0, 3.0), speed_score(6.0, 3.0)
    (1.0, 0.8, 0.5)
    """
    ratio = seconds / baseline
    return 1.0 / (1.0 + 0.25 * ratio * ratio)
