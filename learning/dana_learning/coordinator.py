"""What several domains know together: what suffers everywhere at once, what is short everywhere, and who should hear it."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from dana_learning.errors import ParameterError

if TYPE_CHECKING:
    from dana_learning.observation import ExecutionFeedback
    from dana_learning.plugins.plugin import LearningPlugin
    from dana_learning.store import LearningStore

LOW = 0.6
"""Mean performance below which a domain suffers, whatever it was before."""
FELL = 0.1
"""Loss against its own earlier mean from which a domain suffers."""
RECENT, MEMORY = 5, 200
BY_CHANCE = 0.1
"""How often a single domain looks as if it suffered when nothing is wrong."""
RESOURCES = ("cpu_percent", "memory_mb", "seconds", "queue_length")
"""Performance metrics that say how much is used: the more, the worse."""
STORED = "plugin:"
"""How plugins' names begin in a store of parameters."""


@dataclass(frozen=True, slots=True)
class Insight:
    """Something that concerns several domains; `confidence` that it is no coincidence."""

    kind: Literal["system_wide_degradation", "resource_optimization"]
    domains: tuple[str, ...]
    action: str
    confidence: float
    why: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind} in {', '.join(self.domains)} (confidence {self.confidence:.2f}): {self.why}; {self.action}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"domains": list(self.domains)}


@dataclass(frozen=True, slots=True)
class Failure:
    """A plugin that raised: the others were not held up."""

    plugin: str
    error: Exception


class LearningCoordinator:
    """Gives feedback to plugins, looks at all domains together, and distributes what it finds.

    With a `store`, insights are kept as patterns and the plugins' parameters survive the program.

    >>> from dana_learning import ExecutionFeedback
    >>> from dana_learning.plugins.building_management import building_management
    >>> from dana_learning.plugins.llm import llm
    >>> coordinator = LearningCoordinator([building_management(), llm()])
    >>> for run in range(10):
    ...     for domain in ("building_management", "llm"):
    ...         told = ExecutionFeedback(f"{domain}-{run}", domain, "", 0.9 if run < 5 else 0.4, plugin_metrics={domain: {}})
    ...         coordinator.receive_feedback(told)
    >>> [insight.kind for insight in coordinator.coordinate()]
    ['system_wide_degradation']
    """

    def __init__(self, plugins: Iterable[LearningPlugin] = (), *, store: LearningStore | None = None) -> None:
        self.store = store
        self.failures: deque[Failure] = deque(maxlen=MEMORY)
        self._plugins: dict[str, LearningPlugin] = {}
        self._scores: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=MEMORY))
        self._used: dict[tuple[str, str], deque[float]] = defaultdict(lambda: deque(maxlen=MEMORY))
        self._told: set[tuple[str, tuple[str, ...]]] = set()
        for plugin in plugins:
            self.register(plugin)

    @property
    def plugins(self) -> Mapping[str, LearningPlugin]:
        """All plugins by name."""
        return dict(self._plugins)

    def register(self, plugin: LearningPlugin) -> None:
        """Add a plugin; what it learned before is taken from the store, inside its bounds."""
        if plugin.name in self._plugins:
            message = f"there is a plugin {plugin.name!r} already"
            raise ParameterError(message, field="name", expected="a new name")
        self._plugins[plugin.name] = plugin
        if self.store is not None and (kept := self.store.parameters(STORED + plugin.name, min_confidence=0.0)):
            plugin.apply_learned_parameters(kept)

    def receive_feedback(self, feedback: ExecutionFeedback) -> None:
        """Give an execution to the plugins whose metrics it carries. One that raises is noted in `failures`."""
        for name in feedback.plugin_metrics:
            score = feedback.plugin_performance.get(name, feedback.output_quality)
            self._scores[name].append(min(max(score, 0.0), 1.0))
            for resource in RESOURCES:
                if resource in feedback.performance_metrics:
                    self._used[name, resource].append(feedback.performance_metrics[resource])
            if name in self._plugins:
                self._try(name, lambda plugin: plugin.receive_feedback(feedback))

    def coordinate_plugin_learning(self, execution_results: Iterable[Mapping[str, Any]]) -> list[Insight]:
        """Take results (`{"plugin": name, "result": {...}, "performance_score": 0..1}`), and `coordinate`.

        A result without a plugin's name is shown to all of them; without a score, the mean of its domain metrics counts.
        """
        for result in execution_results:
            names = [result["plugin"]] if "plugin" in result else list(self._plugins)
            for name in (one for one in names if one in self._plugins):
                metrics = self.metrics(name, result)
                score = result.get("performance_score", sum(metrics.values()) / len(metrics) if metrics else None)
                if isinstance(score, (int, float)) and math.isfinite(score):
                    self._scores[name].append(min(max(float(score), 0.0), 1.0))
        return self.coordinate()

    def metrics(self, plugin: str, result: Mapping[str, Any]) -> dict[str, float]:
        """Return what a plugin reads from a result, {} when it raises."""
        found: dict[str, float] = {}
        self._try(plugin, lambda one: found.update(one.get_domain_metrics(result)))
        return found

    def coordinate(self) -> list[Insight]:
        """Find what concerns several domains now, tell the plugins what is new, keep it in the store; return it."""
        insights = [one for one in (self._degradation(), self._resources()) if one is not None]
        now: set[tuple[str, tuple[str, ...]]] = {(one.kind, one.domains) for one in insights}
        for insight in insights:
            if (insight.kind, insight.domains) not in self._told:
                self._distribute(insight)
        self._told = now  # what went away may come back, and is told again then
        self._keep()
        return insights

    def _degradation(self) -> Insight | None:
        means = {name: _halves(scores) for name, scores in self._scores.items() if len(scores) >= RECENT}
        low = {name: pair for name, pair in means.items() if pair[1] < LOW or pair[1] < pair[0] - FELL}
        if len(low) < 2:
            return None
        sure = 1.0 - _tail(len(means), len(low))
        said = ", ".join(f"{name} {was:.2f} -> {now:.2f}" for name, (was, now) in sorted(low.items()))
        data = {name: {"earlier": was, "recent": now} for name, (was, now) in low.items()}
        action = "conservative_parameter_adjustment"
        return Insight(
            "system_wide_degradation", tuple(sorted(low)), action, sure, f"quality fell together: {said}", data
        )

    def _resources(self) -> Insight | None:
        grown: dict[str, dict[str, float]] = defaultdict(dict)
        seen = set[str]()
        for (name, resource), used in self._used.items():
            if len(used) >= 2 * RECENT:
                seen.add(name)
                was, now = _halves(used)
                if now > 1.25 * was > 0.0:
                    grown[name][resource] = now / was
        if len(grown) < 2:
            return None
        said = ", ".join(f"{name} {max(by.values()):.2f} times" for name, by in sorted(grown.items()))
        sure = 1.0 - _tail(len(seen), len(grown))
        why = f"more is used than before: {said}"
        return Insight("resource_optimization", tuple(sorted(grown)), "reduce_resource_use", sure, why, dict(grown))

    def _distribute(self, insight: Insight) -> None:
        told = {insight.kind: insight.to_dict()}
        for name in insight.domains:
            if name in self._plugins:
                self._try(name, lambda plugin: plugin.update_from_learning(told))
        if self.store is not None:
            self.store.add_pattern(insight.kind, insight.to_dict(), effectiveness=insight.confidence)

    def _keep(self) -> None:
        """Keep the parameters of all plugins that changed."""
        if self.store is None:
            return
        for name in self._plugins:
            found: dict[str, Any] = {}
            self._try(
                name,
                lambda plugin, into=found: into.update(
                    {key: one["current_value"] for key, one in plugin.get_learnable_parameters().items()}
                ),
            )
            if found and found != self.store.parameters(STORED + name, min_confidence=0.0):
                self.store.set_parameters(STORED + name, found, confidence=0.8, reason="learned by its plugin")

    def _try(self, name: str, action: Any) -> None:
        try:
            action(self._plugins[name])
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises, the others go on
            self.failures.append(Failure(name, error))


PluginLearningCoordinator = LearningCoordinator
"""The name of the design."""


def _halves(numbers: Iterable[float]) -> tuple[float, float]:
    """Return the mean of the earlier numbers and that of the most recent ones; the same when there are no earlier."""
    every = list(numbers)
    recent, earlier = every[-RECENT:], every[:-RECENT]
    now = sum(recent) / len(recent)
    return (sum(earlier) / len(earlier) if earlier else now), now


def _tail(count: int, least: int) -> float:
    """Return the chance that at least `least` of `count` domains look bad by coincidence.

    >>> round(_tail(2, 2), 4)
    0.01
    """
    return sum(
        math.comb(count, many) * BY_CHANCE**many * (1 - BY_CHANCE) ** (count - many) for many in range(least, count + 1)
    )
