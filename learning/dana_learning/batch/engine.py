"""Clusters, effects and patterns in time as single questions, for who wants one answer rather than all insights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dana_learning.batch import clusters, importance, trends
from dana_learning.batch.findings import ChangePoint, ContextCluster, Effect, Season, Trend
from dana_learning.batch.movement import taken_apart
from dana_learning.batch.records import Records, Series
from dana_learning.errors import ObservationError

if TYPE_CHECKING:
    from dana_learning.batch.learner import Executions
    from dana_learning.parameter import Space


@dataclass(frozen=True, slots=True)
class TemporalPatterns:
    """What a series does in time."""

    trends: tuple[Trend, ...]
    changes: tuple[ChangePoint, ...]
    seasons: tuple[Season, ...]


def _is_context(one: object) -> bool:
    return isinstance(one, Mapping) and not {"quality", "output_quality", "performance"} & one.keys()


def _rows(params: Mapping[str, Sequence[Any]], performance: Sequence[float] | None) -> list[Mapping[str, Any]]:
    """Return one execution for each place of the columns; ObservationError when they are not equally long."""
    lengths = {name: len(column) for name, column in {**params, "performance": performance or ()}.items()}
    if len(set(lengths.values())) != 1:
        raise ObservationError(f"columns of {lengths}", field="performance", expected="as many numbers as values")
    columns = zip(*params.values(), strict=True) if params else iter(())
    values = [dict(zip(params, row, strict=True)) for row in columns]
    return [{"values": one, "quality": score} for one, score in zip(values, performance or (), strict=False)]


class PatternRecognitionEngine:
    """Answers single questions about many executions.

    >>> engine = PatternRecognitionEngine()
    >>> engine.temporal_pattern_detection([0.9] * 40 + [0.5] * 40).changes[0].position
    40
    """

    def __init__(self, space: Space | None = None, seed: int = 0) -> None:
        self.space = space
        self.seed = seed

    def context_clustering(self, executions: Executions) -> tuple[ContextCluster, ...]:
        """Return groups of executions in similar contexts, the best quality first.

        Dicts that say nothing of quality are contexts: they are grouped alone.
        """
        bare = [{"context": one, "quality": 0.5} if _is_context(one) else one for one in executions]
        return clusters.clusters(Records.of(bare, self.space), self.seed)

    def performance_correlation_analysis(
        self, executions: Executions | Mapping[str, Sequence[Any]], performance: Sequence[float] | None = None
    ) -> tuple[Effect, ...]:
        """Return which parameters and contexts go together with quality, the largest share first.

        Give executions, or the values of each parameter by name together with the performance (0 to 1) of each.

        >>> shares = [n / 40 for n in range(40)]
        >>> PatternRecognitionEngine().performance_correlation_analysis({"x": shares}, shares)[0].name
        'x'
        """
        if isinstance(executions, Mapping):
            executions = _rows(executions, performance)
        model = importance.fitted(Records.of(executions, self.space)) if executions else None
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
