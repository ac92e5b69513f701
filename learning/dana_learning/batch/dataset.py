"""Executions as somebody hands them over for batch learning: feedback, or dicts as they come from a log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from dana_learning.errors import ObservationError
from dana_learning.observation import ExecutionFeedback

FIELDS = frozenset(one.name for one in fields(ExecutionFeedback))
OTHER_NAMES = {
    "parameters": "values", "params": "values", "quality": "output_quality", "performance": "output_quality",
    "metrics": "performance_metrics",
    "function": "function_name", "time": "timestamp", "id": "execution_id",
}  # fmt: skip
"""What logs call the fields of feedback."""


class BatchDataset:
    """Accumulated executions for batch learning, and the views of them that an analysis starts from.

    Give `feedback_history`, or `executions` as dicts, or both: an execution of the same id adds what the feedback does
    not say. Names in an execution that are no field of `ExecutionFeedback` are values that were used. Trends and
    contexts are found again from the executions when they are not given.

    >>> dataset = BatchDataset(executions=[{"execution_id": "run-1", "output_quality": 0.5, "timeout": 5.0}])
    >>> dataset.feedback_history[0].values
    {'timeout': 5.0}
    """

    def __init__(
        self, executions: Iterable[Mapping[str, Any] | ExecutionFeedback] = (),
        feedback_history: Iterable[ExecutionFeedback] = (),
        performance_trends: Mapping[str, Sequence[float]] | None = None,
        context_patterns: Iterable[Mapping[str, Any]] | None = None,
    ) -> None:  # fmt: skip
        history = list(feedback_history)
        known = {one.execution_id: place for place, one in enumerate(history)}
        for number, given in enumerate(executions):
            if isinstance(given, Mapping) and _id(given) in known:
                place = known[_id(given)]
                history[place] = as_feedback({**history[place].to_dict(), **_said(given)}, number)
            else:
                history.append(as_feedback(given, number))
        self._history = tuple(history)
        self._trends = dict(performance_trends or {})
        self._contexts = [dict(one) for one in context_patterns or ()]

    def __repr__(self) -> str:
        return f"BatchDataset({len(self.feedback_history)} executions)"

    @property
    def feedback_history(self) -> tuple[ExecutionFeedback, ...]:
        """All executions."""
        return self._history

    @property
    def executions(self) -> list[dict[str, Any]]:
        """The feedback as plain data."""
        return [one.to_dict() for one in self.feedback_history]

    @property
    def performance_trends(self) -> dict[str, list[float]]:
        """Quality and every metric by execution."""
        found: dict[str, list[float]] = {"quality": [one.output_quality for one in self.feedback_history]}
        for one in self.feedback_history:
            for name, value in one.performance_metrics.items():
                found.setdefault(name, []).append(value)
        return {**found, **{name: list(values) for name, values in self._trends.items()}}

    @property
    def context_patterns(self) -> list[dict[str, Any]]:
        """The context of each execution."""
        return self._contexts or [dict(one.context) for one in self.feedback_history]


def told(executions: Iterable[ExecutionFeedback | Mapping[str, Any]] | BatchDataset) -> Sequence[ExecutionFeedback]:
    """Return feedback of feedback, dicts, or a dataset."""
    if isinstance(executions, BatchDataset):
        return executions.feedback_history
    if isinstance(executions, (list, tuple)) and set(map(type, executions)) <= {ExecutionFeedback}:
        return executions
    return [as_feedback(one, number) for number, one in enumerate(executions)]


def as_feedback(given: ExecutionFeedback | Mapping[str, Any], number: int) -> ExecutionFeedback:
    """Return the feedback that a dict describes; ObservationError when it says nothing of quality.

    >>> as_feedback({"quality": 0.5, "parameters": {"x": 1}, "context": {"size": 3}}, 7).execution_id
    'execution-7'
    """
    if isinstance(given, ExecutionFeedback):
        return given
    if not isinstance(given, Mapping):
        wanted = "ExecutionFeedback, or a dict of its fields"
        raise ObservationError(f"execution {number} is {given!r}", field="executions", expected=wanted)
    said = _said(given)
    if "output_quality" not in said:
        wanted = "a dict with output_quality, from 0 to 1"
        raise ObservationError(f"execution {number} is {dict(given)!r}", field="output_quality", expected=wanted)
    ours = {"execution_id": f"execution-{number}", "function_name": "function", "input_signature": ""}
    return ExecutionFeedback.from_dict({**ours, **said})


def _id(given: Mapping[str, Any]) -> Any:
    return given.get("execution_id", given.get("id"))


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a dict says under the names of feedback; names that it has not are values."""
    found, values = dict[str, Any](), dict[str, Any]()
    for name, value in given.items():
        field = name if name in FIELDS else OTHER_NAMES.get(name)
        if field is None:
            values[name] = value
        elif field != "timestamp":
            found[field] = value
        else:
            found[field] = datetime.fromisoformat(value) if isinstance(value, str) else value
    if values:
        found["values"] = {**values, **found.get("values", {})}
    return found
