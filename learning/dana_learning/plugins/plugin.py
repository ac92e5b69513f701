"""The interface of a learning plugin, and a plugin that is made of data: parameters with bounds, metrics and rules."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Self, runtime_checkable

from dana_learning.errors import ParameterError, SpaceChanged, reading
from dana_learning.explain import Explained
from dana_learning.kinds import Parameter
from dana_learning.observation import ExecutionFeedback, finite
from dana_learning.parameter import Repair, Space

Metrics = Mapping[str, float]
REMEMBERED = 200
"""Executions and changes that a plugin keeps in memory."""
RECENT = 5
"""Executions that count as recent."""


@runtime_checkable
class LearningPlugin(Protocol):
    """What a plugin has to offer to take part in learning. No method may raise for missing metrics."""

    @property
    def name(self) -> str:
        """The name by which feedback and stores know it."""

    def receive_feedback(self, feedback: ExecutionFeedback) -> None:
        """Learn from an execution."""

    def update_from_learning(self, learning_insights: Mapping[str, Any]) -> None:
        """Take insights that concern several domains, by kind."""

    def get_domain_metrics(self, execution_result: Mapping[str, Any]) -> dict[str, float]:
        """Return what a result says in terms of the domain; only what can be computed from it."""

    def adapt_parameters(
        self, current_params: Mapping[str, Any], performance_history: Sequence[float]
    ) -> dict[str, Any]:
        """Return parameters for the performance so far (0 to 1, newest last), inside their bounds."""

    def get_learnable_parameters(self) -> dict[str, dict[str, Any]]:
        """Return value, range, kind and impact of each parameter."""

    def apply_learned_parameters(self, learned_params: Mapping[str, Any]) -> Sequence[Repair]:
        """Use parameters from now on; what does not fit is repaired, and returned."""


POETPlugin = LearningPlugin
"""The name of the design."""


@dataclass(frozen=True, slots=True)
class When:
    """A condition: the mean of a metric over the last `over` executions is below or above a level.

    A level that is a name means the plugin's own parameter. What was not measured meets no condition.
    """

    metric: str
    side: Literal["below", "above"]
    level: float | str
    over: int = 1

    def holds(self, history: Sequence[Metrics], values: Mapping[str, Any]) -> bool:
        """Return whether it is met.

        >>> When("comfort", "below", 0.7).holds([{"comfort": 0.6}], {}), When("comfort", "below", 0.7).holds([{}], {})
        (True, False)
        """
        seen = [one[self.metric] for one in history[-self.over :] if self.metric in one]
        if len(seen) < self.over:
            return False
        level = float(values[self.level]) if isinstance(self.level, str) else self.level
        mean = sum(seen) / len(seen)
        return mean < level if self.side == "below" else mean > level


@dataclass(frozen=True, slots=True)
class Rule:
    """What to do with a parameter under conditions: times `factor`, plus `step`, or to `metric + offset`."""

    name: str
    parameter: str
    when: tuple[When, ...]
    why: str
    factor: float = 1.0
    step: float = 0.0
    follow: str = ""
    limits: tuple[float, float] | None = None
    """Tighter bounds than the parameter's own."""

    def value(self, now: float, metrics: Metrics) -> float:
        """Return the new value, before the parameter's own bounds."""
        base = metrics[self.follow] if self.follow else now * self.factor
        moved = base + self.step
        return moved if self.limits is None else min(max(moved, self.limits[0]), self.limits[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain as data. ParameterError when a rule speaks of a parameter that there is not.

    `metrics` compute a number (or None) from a result, `outcomes` from feedback; `frugal` are factors for when resources
    are short everywhere.
    """

    name: str
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]
    metrics: Mapping[str, Callable[[Mapping[str, Any]], float | None]]
    impacts: Mapping[str, str]
    outcomes: Callable[[ExecutionFeedback], Mapping[str, float]] = field(default=lambda _: {})
    frugal: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = {one.name for one in self.parameters}
        spoken = {rule.parameter for rule in self.rules} | set(self.frugal) | set(self.impacts)
        spoken |= {when.level for rule in self.rules for when in rule.when if isinstance(when.level, str)}
        if unknown := spoken - names:
            message = f"domain {self.name!r} speaks of {min(unknown)!r}"
            raise ParameterError(message, field=min(unknown), expected=f"one of {sorted(names)}")


@dataclass(slots=True)
class _Record:
    """How qualities went after a rule was used."""

    uses: int = 0
    better: int = 0
    gain: float = 0.0


class RulePlugin:
    """A LearningPlugin that follows the rules of a domain and keeps every value inside its bounds.

    Each change says how qualities went after earlier uses of its rule.

    >>> from dana_learning.plugins.building_management import DOMAIN
    >>> plugin = RulePlugin(DOMAIN)
    >>> plugin.receive_feedback(ExecutionFeedback("run-1", "cool", "", 0.5, {"comfort_score": 0.5}))
    >>> plugin.values()["deadband"], plugin.changes[-1].why
    (1.9, 'people are not comfortable: keep closer to the setpoint')
    """

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.space = Space(domain.parameters)
        self.changes: deque[Explained] = deque(maxlen=REMEMBERED)
        self._values: dict[str, Any] = self.space.defaults()
        self._history: deque[dict[str, float]] = deque(maxlen=REMEMBERED)
        self._records: dict[str, _Record] = {rule.name: _Record() for rule in domain.rules}
        self._used: tuple[tuple[str, ...], float] = ((), 0.0)
        self._seen = 0

    @property
    def name(self) -> str:
        """The name of the domain."""
        return self.domain.name

    def values(self) -> dict[str, Any]:
        """Return the parameters in use."""
        return dict(self._values)

    def receive_feedback(self, feedback: ExecutionFeedback) -> None:
        """Follow the first rule for each parameter whose conditions are met."""
        own = feedback.plugin_metrics.get(self.name, {})
        metrics = {**feedback.performance_metrics, **own, **self.domain.outcomes(feedback)}
        self._history.append(metrics)
        self._seen += 1
        self._judge(feedback.output_quality)
        moved = set[str]()
        history = list(self._history)
        for rule in self.domain.rules:
            if rule.parameter not in moved and all(when.holds(history, self._values) for when in rule.when):
                moved.add(rule.parameter)
                self._follow(rule, metrics, feedback)

    def _judge(self, quality: float) -> None:
        """Note how quality went after the rules that were used last."""
        names, before = self._used
        for record in map(self._records.__getitem__, names):
            record.gain += (quality - before - record.gain) / (record.uses + 1)
            record.uses, record.better = record.uses + 1, record.better + (quality > before)
        self._used = ((), quality)

    def _follow(self, rule: Rule, metrics: Metrics, feedback: ExecutionFeedback) -> None:
        before, record = self.values(), self._records[rule.name]
        if rule.follow and rule.follow not in metrics:
            return
        self._use({rule.parameter: rule.value(float(before[rule.parameter]), metrics)})
        if self._values == before:
            return
        self._used = ((*self._used[0], rule.name), feedback.output_quality)
        chance, times = (record.better + 1) / (record.uses + 2), f"{record.better} of {record.uses} earlier uses helped"
        self._note(
            before, rule.why, (record.gain, chance), f"{times}; without it all stays as it was", feedback.function_name
        )

    def _use(self, some: Mapping[str, Any]) -> Sequence[Repair]:
        known = {name: value for name, value in some.items() if name in self._values}
        self._values, repairs = self.space.clip({**self._values, **known})
        left_out = [
            Repair(str(name), some[name], None, "is not a parameter here: left out")
            for name in some
            if name not in known
        ]
        return [*repairs, *left_out]

    def _note(
        self, before: dict[str, Any], why: str, gain: tuple[float, float], otherwise: str, function: str = ""
    ) -> None:
        self.changes.append(
            Explained(
                learner=f"plugin {self.name}", function=function, before=before, after=self.values(), why=why,
                expected_gain=min(max(gain[0], -1.0), 1.0), probability=gain[1], evidence=self._seen, step=self._seen,
                counterfactual=otherwise, revert=f"apply_learned_parameters({before})",
            )
        )  # fmt: skip

    def update_from_learning(self, learning_insights: Mapping[str, Any]) -> None:
        """Go half the way back to the starts when all domains suffer; be frugal when resources are short everywhere."""
        before = self.values()
        if "system_wide_degradation" in learning_insights:
            self._use(self._towards_start(0.5))
            why = "several domains got worse together: back towards what is known to be safe"
        elif "resource_optimization" in learning_insights:
            self._use({name: before[name] * factor for name, factor in self.domain.frugal.items()})
            why = "resources are short in several domains"
        else:
            return
        if self._values != before:
            self._note(before, why, (0.0, 0.5), "the parameters would stay as they were")

    def _towards_start(self, share: float) -> dict[str, Any]:
        start = self.space.defaults()
        return {name: value + share * (start[name] - value) for name, value in self._values.items()}

    def get_domain_metrics(self, execution_result: Mapping[str, Any]) -> dict[str, float]:
        """Return what can be computed from `execution_result["result"]`, each 0 to 1."""
        result = execution_result.get("result", execution_result)
        if not isinstance(result, Mapping):
            return {}
        found = {name: _computed(metric, result) for name, metric in self.domain.metrics.items()}
        return {name: min(max(value, 0.0), 1.0) for name, value in found.items() if value is not None}

    def adapt_parameters(
        self, current_params: Mapping[str, Any], performance_history: Sequence[float]
    ) -> dict[str, Any]:
        """Return parameters inside their bounds: half the way back to the starts when the last performances fell."""
        values, _ = self.space.clip({**self._values, **current_params})
        recent, earlier = performance_history[-RECENT:], performance_history[:-RECENT]
        if len(recent) == RECENT and earlier and sum(recent) / RECENT < 0.95 * sum(earlier) / len(earlier):
            start = self.space.defaults()
            values, _ = self.space.clip({name: (value + start[name]) / 2 for name, value in values.items()})
        return values

    def get_learnable_parameters(self) -> dict[str, dict[str, Any]]:
        """Return value, range, kind and impact of each parameter."""
        return {
            one.name: {
                "current_value": self._values[one.name], "range": (one.low, one.high),
                "type": "integer" if one.integer else "continuous", "impact": self.domain.impacts.get(one.name, ""),
            }
            for one in self.domain.parameters
        }  # fmt: skip

    def apply_learned_parameters(self, learned_params: Mapping[str, Any]) -> Sequence[Repair]:
        """Use parameters from now on; those that are not named keep their value."""
        return self._use(learned_params)

    def state(self) -> dict[str, Any]:
        """Return plain JSON-able data; `from_state` continues exactly."""
        records = {name: [one.uses, one.better, one.gain] for name, one in self._records.items()}
        return {
            "space": self.space.signature(), "values": self.values(), "history": list(self._history), "records": records,
            "used": [list(self._used[0]), self._used[1]], "seen": self._seen,
            "changes": [one.to_dict() for one in self.changes],
        }  # fmt: skip

    @classmethod
    @reading("a plugin")
    def from_state(cls, domain: Domain, state: Mapping[str, Any]) -> Self:
        """Continue from a state. SpaceChanged when the domain had other parameters or bounds."""
        plugin = cls(domain)
        if differences := plugin.space.differences(state["space"]):
            hint = "make a new plugin, and apply_learned_parameters of the old one's values"
            message = f"a state of another {domain.name!r}"
            raise SpaceChanged(message, field="space", expected="; ".join(differences), hint=hint)
        plugin._values, _ = plugin.space.clip(state["values"])
        plugin._history.extend({name: float(value) for name, value in one.items()} for one in state["history"])
        kept = {name: _Record(*row) for name, row in state["records"].items() if name in plugin._records}
        plugin._records.update(kept)
        plugin._used = (tuple(name for name in state["used"][0] if name in plugin._records), float(state["used"][1]))
        plugin._seen = int(state["seen"])
        plugin.changes.extend(Explained.from_dict(one) for one in state["changes"])
        return plugin


def _computed(metric: Callable[[Mapping[str, Any]], float | None], result: Mapping[str, Any]) -> float | None:
    try:
        found = metric(result)
        return None if found is None else finite("metric", found)
    except (KeyError, TypeError, ValueError, ArithmeticError):  # a result without what it takes says nothing
        return None
