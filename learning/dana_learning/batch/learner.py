"""The batch learner: all analyses of many executions at once, and their advice merged into parameters with reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_learning.batch.dataset import BatchDataset, told
from dana_learning.batch.findings import ContextCluster, Effect, Insights
from dana_learning.batch.records import Records
from dana_learning.errors import ParameterError

if TYPE_CHECKING:
    from dana_learning.observation import ExecutionFeedback
    from dana_learning.parameter import Space

    Executions = Sequence[ExecutionFeedback | Mapping[str, Any]]

FREQUENCIES = {"hourly": 3_600.0, "daily": 86_400.0, "weekly": 604_800.0}
"""Seconds between analyses, by name."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Parameters after advice was taken: `values` inside the bounds, and one reason for each that moved."""

    values: Mapping[str, Any]
    reasons: Mapping[str, str]


class BatchLearner:
    """Analyses accumulated executions.

    `min_samples` executions are needed before anything is said; `analysis_frequency` ("hourly", "daily", "weekly") is
    how often a HybridLearner asks; `confidence` is the probability of being better at which a value is advised;
    `least_drop` the share of quality whose loss counts as degradation; `cross_check` adds a tree ensemble
    (scikit-learn, slow). With a `space`, only its parameters are analysed and its bounds hold.

    >>> import math
    >>> from dana_learning import ExecutionFeedback
    >>> told = [
    ...     ExecutionFeedback(f"run-{n}", "fetch", "", 1 - (n % 10 / 10 - 0.3) ** 2, values={"level": n % 10 / 10})
    ...     for n in range(100)
    ... ]
    >>> insights = BatchLearner().analyze(told, {"level": 0.9})
    >>> insights.effects[0].name, round(insights.advice[0].suggested, 1)
    ('level', 0.3)
    """

    def __init__(
        self, min_samples: int = 50, analysis_frequency: str = "daily", *, space: Space | None = None,
        confidence: float = 0.9, least_drop: float = 0.05, cross_check: bool = False, seed: int = 0,
    ) -> None:  # fmt: skip
        if type(min_samples) is not int or min_samples < 1:
            raise ParameterError(
                f"min_samples is {min_samples!r}", field="min_samples", expected="a whole number above 0"
            )
        if analysis_frequency not in FREQUENCIES:
            wanted = f"one of {sorted(FREQUENCIES)}"
            raise ParameterError(
                f"analysis_frequency is {analysis_frequency!r}", field="analysis_frequency", expected=wanted
            )
        for name, given in (("confidence", confidence), ("least_drop", least_drop)):
            if type(given) not in {int, float} or not 0 <= given <= 1:
                raise ParameterError(f"{name} is {given!r}", field=name, expected="a number from 0 to 1")
        self.min_samples = min_samples
        self.analysis_frequency = analysis_frequency
        self.space = space
        self.confidence = confidence
        self.least_drop = least_drop
        self.cross_check = cross_check
        self.seed = seed
        self._last = Insights(executions=0, enough=False)

    @property
    def models(self) -> dict[str, Effect]:
        """What the last analysis says of each parameter and context by name: how much of quality it explains, and how."""
        return {one.name: one for one in self._last.effects}

    @property
    def pattern_clusters(self) -> dict[int, ContextCluster]:
        """The clusters of contexts of the last analysis, numbered from 0 in its order."""
        return dict(enumerate(self._last.clusters))

    def analyze(self, feedback: Executions | BatchDataset, current_params: Mapping[str, Any] | None = None) -> Insights:
        """Return everything that was found; advice is for `current_params` (those of the last execution when None).

        Executions are feedback, or dicts of its fields (see `BatchDataset`). The order in which they are given does not
        matter when they have times.
        """
        history = told(feedback)
        if len(history) < self.min_samples:
            self._last = Insights(executions=len(history), enough=False)
            return self._last
        records = Records.of(history, self.space)
        current = records.last_values if current_params is None else current_params
        self._last = self._insights(records, current)
        return self._last

    def analyze_execution_patterns(self, execution_history: Executions) -> Insights:
        """Return what `analyze` finds, by the name of the design."""
        return self.analyze(execution_history)

    def _insights(self, records: Records, current: Mapping[str, Any]) -> Insights:
        from dana_learning.batch import anomalies, clusters, forecast, importance, strategies, trends
        from dana_learning.batch.movement import taken_apart

        moves = [taken_apart(series) for series in records.series()]
        quality = moves[0]
        model = importance.fitted(records)
        effects, interactions = importance.effects(model) if model else ((), ())
        forecasts = [forecast.forecast(quality, low=0.0, high=1.0), *(forecast.forecast(one) for one in moves[1:])]
        check = None
        if self.cross_check:
            from dana_learning.batch.trees import tree_check

            check = tree_check(records, self.seed).explained
        return Insights(
            executions=len(records),
            explained=model.explained if model else 0.0,
            cross_check=check,
            effects=effects,
            interactions=interactions,
            clusters=clusters.clusters(records, self.seed),
            trends=tuple(found for one in moves for found in trends.trend(one)),
            degradations=trends.degradation(quality, self.least_drop),
            changes=tuple(found for one in moves for found in trends.changes(one)),
            seasons=tuple(found for one in moves for found in trends.seasons(one)),
            anomalies=tuple(found for one in moves for found in anomalies.anomalies(one, records.ids)),
            forecasts=tuple(forecasts),
            strategies=strategies.strategies(records, quality.left + records.quality.mean()),
            advice=importance.advice(model, current, self.confidence) if model else (),
        )

    def merge(self, current_params: Mapping[str, Any], insights: Insights) -> Merged:
        """Return the current parameters with the advice taken, and the reason for each that moved.

        Advice for names that are not among the current ones is left out; with a space every value is inside its bounds.
        """
        values = _copied(current_params)
        reasons = dict[str, str]()
        for one in insights.advice:
            if _put(values, one.name, one.suggested):
                reasons[one.name] = one.text
        if self.space is not None:
            values = {
                **values,
                **self.space.clip({name: values[name] for name in self.space.names if name in values})[0],
            }
        return Merged(values, reasons)

    def analyze_and_update(
        self, dataset: BatchDataset | Executions, current_params: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Analyse and return the parameters to use from now on: the current ones when there is too little to say."""
        return dict(self.merge(current_params, self.analyze(dataset, current_params)).values)


def _copied(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copied(one) if isinstance(one, dict) else one for name, one in values.items()}


def _put(values: dict[str, Any], path: str, value: Any) -> bool:
    """Set a value at a dotted path; a whole number stays one. Return whether the path was there."""
    if path in values:
        whole = type(values[path]) is int and isinstance(value, float)
        values[path] = round(value) if whole else value
        return True
    for name, inner in values.items():
        if isinstance(inner, dict) and path.startswith(f"{name}."):
            return _put(inner, path[len(name) + 1 :], value)
    return False
