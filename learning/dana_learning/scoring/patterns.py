"""What repeats itself in executions: strategies that work, failures that come back, what could be better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_learning.batch.learner import BatchLearner
from dana_learning.observation import ExecutionFeedback

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_learning.batch.findings import Advice, StrategyEffect

LONGEST = 4
"""Errors of one execution that are looked at as a sequence."""


@dataclass(frozen=True, slots=True)
class FailurePattern:
    """A sequence of errors that came back: how often, and how many of these executions failed in the end.

    `where` holds context entries that all of them share and at most half of all executions have.
    """

    errors: tuple[str, ...]
    occurrences: int
    failed: int
    where: Mapping[str, Any]

    @property
    def text(self) -> str:
        """One sentence for people."""
        about = "".join(f", {name}={value}" for name, value in self.where.items())
        chain = " then ".join(self.errors)
        return f"{chain} in {self.occurrences} executions{about}; {self.failed} of them failed in the end"


class PatternAnalyzer:
    """Finds patterns in executions.

    >>> from dana_learning import Attempt, ExecutionFeedback
    >>> told = [ExecutionFeedback(f"{n}", "f", "", 0.2, attempts=(Attempt(1.0, "TimeoutError"),)) for n in range(3)]
    >>> PatternAnalyzer().detect_failure_patterns(told)[0].text
    'TimeoutError in 3 executions; 3 of them failed in the end'
    """

    def __init__(self, learner: BatchLearner | None = None) -> None:
        self.learner = learner or BatchLearner()

    def analyze_strategy_patterns(self, feedback: Sequence[ExecutionFeedback]) -> tuple[StrategyEffect, ...]:
        """Return how each option of each choice does, the best first; nothing when there are too few executions."""
        return self.learner.analyze(feedback).strategies

    def detect_failure_patterns(
        self, feedback: Sequence[ExecutionFeedback], min_occurrences: int = 3
    ) -> tuple[FailurePattern, ...]:
        """Return sequences of errors within executions that occurred at least so often, the most frequent first."""
        chains = dict[tuple[str, ...], list[ExecutionFeedback]]()
        for one in feedback:
            errors = tuple(attempt.error for attempt in one.attempts if attempt.error)[:LONGEST]
            if errors:
                chains.setdefault(errors, []).append(one)
        common = Counter(item for one in feedback for item in _entries(one))
        found = [
            _failure(errors, those, common, len(feedback))
            for errors, those in chains.items()
            if len(those) >= min_occurrences
        ]
        return tuple(sorted(found, key=lambda one: (-one.occurrences, one.errors)))

    def identify_optimization_opportunities(
        self, feedback: Sequence[ExecutionFeedback], threshold_improvement: float = 0.15
    ) -> tuple[Advice, ...]:
        """Return moves that are expected to raise quality by at least this share of what it is now."""
        if len(feedback) < self.learner.min_samples:
            return ()
        quality = sum(one.output_quality for one in feedback) / len(feedback)
        advice = self.learner.analyze(feedback).advice
        return tuple(one for one in advice if one.gain >= threshold_improvement * quality)


def _entries(feedback: ExecutionFeedback) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in feedback.context.items() if type(value) in {str, int, bool}]


def _failure(
    errors: tuple[str, ...], those: list[ExecutionFeedback], common: Counter[tuple[str, Any]], total: int
) -> FailurePattern:
    shared = Counter(item for one in those for item in _entries(one))
    where = {name: value for (name, value), count in sorted(shared.items(), key=lambda item: item[0][0])
             if count == len(those) and 2 * common[name, value] <= total}  # fmt: skip
    failed = sum(not one.validation_passed or (bool(one.attempts) and not one.attempts[-1].succeeded) for one in those)
    return FailurePattern(errors, len(those), failed, where)
