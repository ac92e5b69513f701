"""A learning store by the names of plugins: their parameters, insights across them, and how a domain has been doing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from dana_learning.coordinator import STORED
from dana_learning.observation import finite, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_learning.observation import ExecutionFeedback
    from dana_learning.records import ParameterSet, Pattern
    from dana_learning.store import LearningStore

DAY = 86_400.0


def _moment(now: float | None) -> float:
    """Return seconds since 1970."""
    return time.time() if now is None else finite("now", now)


class PluginLearningStore:
    """What plugins keep, in any `LearningStore`; `store` is that store, for everything else.

    >>> from dana_learning import MemoryStore
    >>> store = PluginLearningStore(MemoryStore())
    >>> _ = store.store_plugin_parameters("llm", {"temperature": 0.5})
    >>> store.get_plugin_parameters("llm"), store.get_parameters("llm")
    ({'temperature': 0.5}, {})
    """

    def __init__(self, store: LearningStore) -> None:
        self.store = store

    def store_parameters(
        self, function_name: str, parameters: Mapping[str, Any], confidence: float = 0.5
    ) -> ParameterSet:
        """Keep learned parameters of a function, as a new version."""
        return self.store.set_parameters(function_name, parameters, confidence=confidence)

    def get_parameters(self, function_name: str, min_confidence: float = 0.3) -> dict[str, Any]:
        """Return the newest parameters of a function that have at least this confidence."""
        return self.store.parameters(function_name, min_confidence=min_confidence)

    def store_execution_feedback(self, feedback: ExecutionFeedback) -> None:
        """Keep an execution; the same id again replaces it."""
        self.store.add_execution(feedback)

    def get_execution_history(
        self, function_name: str, days_back: float = 30, *, now: float | None = None
    ) -> list[ExecutionFeedback]:
        """Return the executions of the last days before `now` (seconds since 1970; today), the newest first."""
        since = _moment(now) - DAY * finite("days_back", days_back, 0.0)
        return list(reversed(self.store.executions(function_name, since=since)))

    def store_plugin_parameters(
        self, plugin_name: str, parameters: Mapping[str, Any], confidence: float = 0.8
    ) -> ParameterSet:
        """Keep learned parameters of a plugin, where its coordinator finds them."""
        return self.store.set_parameters(STORED + named("plugin_name", plugin_name), parameters, confidence=confidence)

    def get_plugin_parameters(self, plugin_name: str, min_confidence: float = 0.3) -> dict[str, Any]:
        """Return the newest parameters of a plugin that have at least this confidence."""
        return self.store.parameters(STORED + plugin_name, min_confidence=min_confidence)

    def store_cross_plugin_insights(
        self, insight_type: str, insights: Mapping[str, Any], effectiveness: float = 0.5
    ) -> Pattern:
        """Keep what was found across plugins, as a pattern of that kind."""
        return self.store.add_pattern(insight_type, insights, effectiveness=effectiveness)

    def get_domain_performance_history(
        self, domain: str, days: float = 30, *, now: float | None = None
    ) -> list[dict[str, Any]]:
        """Return time, function and quality of executions with metrics of a domain's plugin, the oldest first."""
        since = _moment(now) - DAY * finite("days", days, 0.0)
        found = [
            {
                "time": one.timestamp, "function": one.function_name, "metrics": dict(one.plugin_metrics[domain]),
                "performance": one.plugin_performance.get(domain, one.output_quality),
            }
            for name in self.store.functions() for one in self.store.executions(name, since=since)
            if domain in one.plugin_metrics
        ]  # fmt: skip
        return sorted(found, key=lambda one: one["time"])
