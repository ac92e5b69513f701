"""Clusters, effects and patterns in time as single questions, for who wants one answer rather than all insights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dana_learning.batch import clusters, importance, trends
from dana_learning.batch.findings import ChangePoint, ContextCluster, Effect, Season, Trend
from dana_learning.batch.movement import taken_apart
from dana_learning.batch.records import Records, Series
from dana_learning.errors import ObservationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_learning.observation import ExecutionFeedback
    from dana_learning.parameter import Space


@dataclass(frozen=True, slots=True)
class TemporalPatterns:
    """What a series does in time."""

    trends: tuple[Trend, ...]
    changes: tuple[ChangePoint, ...]
    seasons: tuple[Season, ...]


class PatternRecognitionEngine:
    """Answers single questions about many executions.

    >>> engine = PatternRecognitionEngine()
    >>> engine.temporal_pattern_detection([0.9] * 40 + [0.5] * 40).changes[0].position
    40
    """

    def __init__(self, space: Space | None = None, seed: int = 0) -> None:
        self.space = space
        self.seed = seed

    def context_clustering(self, feedback: Sequence[ExecutionFeedback]) -> tuple[ContextCluster, ...]:
        """Return groups of executions in similar contexts, the best quality first."""
        return clusters.clusters(Records.of(feedback, self.space), self.seed)

    def performance_correlation_analysis(self, feedback: Sequence[ExecutionFeedback]) -> tuple[Effect, ...]:
        """Return which parameters and contexts go together with quality, the largest share first."""
        model = importance.fitted(Records.of(feedback, self.space)) if feedback else None
        return importance.effects(model)[0] if model else ()

    def temporal_pattern_detection(
        self, values: Sequence[float], times: Sequence[float] | None = None, name: str = "quality"
    ) -> TemporalPatterns:
        """Return trend, changes and seasons of a series; `times` in seconds, in order, or one step each.

        ObservationError when a number is not finite.
        """
        measured = np.array(values, dtype=float)
        when = np.arange(len(measured), dtype=float) if times is None else np.array(times, dtype=float)
        if len(when) != len(measured) or not np.isfinite(measured).all() or not np.isfinite(when).all():
            wanted = "finite numbers, as many times as values"
            raise ObservationError(f"{len(measured)} values at {len(when)} times", field="values", expected=wanted)
        if len(measured) < 2:
            return TemporalPatterns((), (), ())
        movement = taken_apart(Series(name, measured, when, np.arange(len(measured)), times is not None))
        return TemporalPatterns(trends.trend(movement), trends.changes(movement), trends.seasons(movement))
