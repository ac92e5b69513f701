"""Online learning with each execution, batch learning when enough has come together, and both in one answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from dana_learning.batch.findings import Insights
from dana_learning.batch.learner import FREQUENCIES, BatchLearner
from dana_learning.errors import ParameterError, reading
from dana_learning.observation import ExecutionFeedback

if TYPE_CHECKING:
    from dana_learning.learner import Learner
    from dana_learning.online.tuner import Tuner

Mode: TypeAlias = Literal["online", "batch", "hybrid"]

LEAST_NEW = 20
"""New executions without which no analysis is repeated, however long ago the last one was."""
WINDOW = 5_000
"""Executions that are kept for analyses; the oldest go first."""
MODES = ("online", "batch", "hybrid")


class TunerUpdates:
    """A Tuner of one function as an online learner: what it suggests next is what is used next.

    >>> from dana_learning import OnlineFeedback, Parameter, Tuner
    >>> learner = TunerUpdates(Tuner([Parameter("level", 0.9, 0.0, 1.0)]))
    >>> values = {"level": 0.9}
    >>> for n in range(20):
    ...     told = OnlineFeedback(f"run-{n}", "mix", "", 1 - (values["level"] - 0.3) ** 2)
    ...     values = learner.update_parameters(told, values)
    >>> abs(learner.tuner.served()["level"] - 0.3) < 0.1
    True
    """

    def __init__(self, tuner: Tuner) -> None:
        self.tuner = tuner

    def update_parameters(self, feedback: ExecutionFeedback, current_params: Mapping[str, Any]) -> dict[str, Any]:
        """Observe the values that were used, inside their bounds, and return what to try next."""
        used, _ = self.tuner.space.clip({**current_params, **feedback.values})
        told, context = feedback.performance_metrics, feedback.context
        self.tuner.observe(used, feedback.output_quality, metrics=told, attempts=feedback.attempts, context=context)
        return {**current_params, **self.tuner.suggest().values}

    def state(self) -> dict[str, Any]:
        """Return the tuner's state."""
        return self.tuner.state()


@dataclass(frozen=True, slots=True)
class Analysis:
    """One batch analysis: when it was, of how many executions, what it found, and why it moved what it moved."""

    time: float
    executions: int
    insights: Insights
    reasons: Mapping[str, str]


class HybridLearner:
    """Coordinates online and batch learning of one function.

    The first analysis is made at the batch learner's `min_samples` executions; later ones when its frequency has
    passed and there are at least 20 new executions, or as soon as there are twice `min_samples` new ones.
    `learning_mode` is "hybrid", or "online" or "batch" for one of both alone. `clock` gives the time in seconds.

    >>> from dana_learning import OnlineFeedback, OnlineLearner, Parameter, Space
    >>> space = Space([Parameter("level", 0.9, 0.0, 1.0)])
    >>> learner = HybridLearner(OnlineLearner(space=space), BatchLearner(30, space=space), clock=lambda: 0.0)
    >>> values = {"level": 0.9}
    >>> for n in range(40):
    ...     told = OnlineFeedback(f"run-{n}", "mix", "", 1 - (values["level"] - 0.3) ** 2)
    ...     values = learner.process_feedback(told, values)
    >>> learner.last_analysis.executions
    30
    """

    def __init__(
        self, online_learner: Learner, batch_learner: BatchLearner, *, learning_mode: Mode = "hybrid",
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        if learning_mode not in MODES:
            raise ParameterError(
                f"learning_mode is {learning_mode!r}", field="learning_mode", expected=f"one of {list(MODES)}"
            )
        self.online_learner = online_learner
        self.batch_learner = batch_learner
        self.learning_mode: Mode = learning_mode
        self.last_analysis: Analysis | None = None
        self._clock = clock
        self._kept: list[ExecutionFeedback] = []
        self._new = 0
        self._last: float | None = None

    @property
    def last_batch_update(self) -> datetime | None:
        """When the last analysis was, None before the first."""
        return None if self._last is None else datetime.fromtimestamp(self._last, UTC)

    @property
    def batch_queue(self) -> tuple[ExecutionFeedback, ...]:
        """The executions since the last analysis."""
        return tuple(self._kept[len(self._kept) - self._new :])

    def update_parameters(self, feedback: ExecutionFeedback, current_params: Mapping[str, Any]) -> dict[str, Any]:
        """Do the same as `process_feedback`, by the name that all learners have."""
        return self.process_feedback(feedback, current_params)

    def process_feedback(self, feedback: ExecutionFeedback, current_params: Mapping[str, Any]) -> dict[str, Any]:
        """Learn from an execution and return the parameters for the next one.

        After an analysis its advice stands above what online learning would try: the next execution checks it.
        """
        used = feedback if feedback.values else _with_values(feedback, current_params)
        self._kept.append(used)
        if len(self._kept) > WINDOW + WINDOW // 10:
            del self._kept[:-WINDOW]
        self._new = min(self._new + 1, len(self._kept))
        updated = dict(current_params)
        if self.learning_mode != "batch":
            updated = self.online_learner.update_parameters(used, current_params)
        if self.learning_mode != "online" and self.is_due():
            updated = self._analysed(updated, current_params)
        return updated

    def is_due(self) -> bool:
        """Return whether an analysis is to be made now."""
        least = self.batch_learner.min_samples
        if self._last is None:
            return len(self._kept) >= least
        passed = self._clock() - self._last >= FREQUENCIES[self.batch_learner.analysis_frequency]
        return (passed and self._new >= LEAST_NEW) or self._new >= 2 * least

    def _analysed(self, updated: dict[str, Any], current: Mapping[str, Any]) -> dict[str, Any]:
        insights = self.batch_learner.analyze(self._kept, current)
        merged = self.batch_learner.merge(current, insights)
        self._last, self._new = self._clock(), 0
        self.last_analysis = Analysis(self._last, len(self._kept), insights, merged.reasons)
        # A part of a structured parameter is advised under its path: the whole parameter moves with it.
        moved = {path.split(".", 1)[0] if path not in updated else path for path in merged.reasons}
        return {name: merged.values[name] if name in moved else value for name, value in updated.items()}

    def state(self) -> dict[str, Any]:
        """Return plain JSON-able data; `load` continues from it. Insights are found again, not kept."""
        return {
            "version": 1, "online": self.online_learner.state(), "kept": [one.to_dict() for one in self._kept],
            "new": self._new, "last": self._last, "mode": self.learning_mode,
        }  # fmt: skip

    @reading("a HybridLearner")
    def load(self, state: Mapping[str, Any]) -> None:
        """Continue from a state; the online learner has one of its own, under "online", to be restored first."""
        self._kept = [ExecutionFeedback.from_dict(one) for one in state["kept"]]
        self._new, self._last = int(state["new"]), state["last"]
        self.learning_mode = state["mode"]


def _with_values(feedback: ExecutionFeedback, values: Mapping[str, Any]) -> ExecutionFeedback:
    from dataclasses import replace

    from dana_learning.errors import ObservationError

    try:
        return replace(feedback, values=values)
    except ObservationError:
        # What is not plain data (NaN, objects) is no value that can be learned from.
        plain = {name: one for name, one in values.items() if type(one) in {str, int, bool} or _is_finite(one)}
        return replace(feedback, values=plain)


def _is_finite(value: object) -> bool:
    return type(value) is float and value - value == 0.0
