"""What the feedback for one version shows, beyond doubt or not yet: rates with their bounds, held against thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from dana_poet.errors import DanaValueError
from dana_poet.orchestration.intervals import Interval, interval

if TYPE_CHECKING:
    from dana_poet.orchestration.aggregator import Aggregate


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """When a rate asks for a change. Rates are 0 to 1; `cost_efficiency` is a lower bound, the others are upper ones.

    Nothing is decided on fewer than `min_samples` pieces of evidence, nor while the interval of a rate, which holds
    with `confidence` at all looks, still contains the threshold.
    """

    false_positive_rate: float = 0.3
    missed_drift_rate: float = 0.1
    alert_fatigue_score: float = 0.7
    cost_efficiency: float = 0.5
    failure_rate: float = 0.2
    min_samples: int = 10
    confidence: float = 0.95

    def __post_init__(self) -> None:
        for name in (*RATES, "confidence"):
            given: object = getattr(self, name)
            if not isinstance(given, (int, float)) or isinstance(given, bool) or not 0 < given < 1:
                raise DanaValueError(f"{name} is {given!r}", hint=f"{name} is a number between 0 and 1")
        least: object = self.min_samples
        if not isinstance(least, int) or isinstance(least, bool) or least < 1:
            raise DanaValueError(f"min_samples is {least!r}", hint="a whole number, at least 1")


class Rate(NamedTuple):
    """How a rate is read from an aggregate: the part, the whole, whether low is bad, what it is called."""

    part: Any
    whole: Any
    low_is_bad: bool
    called: str


def _weighed(one: Aggregate) -> float:
    """Return how many equally dear executions tell as much as those that were judged and cost something."""
    return one.judged_cost**2 / one.squared_cost if one.squared_cost > 0 else 0.0


RATES: dict[str, Rate] = {
    "false_positive_rate": Rate(
        lambda one: one.refuted, lambda one: one.refuted + one.confirmed, False, "of the judged results were wrong"
    ),
    "missed_drift_rate": Rate(
        lambda one: one.missed, lambda one: one.missed + one.confirmed, False, "of what was real was missed"
    ),
    "alert_fatigue_score": Rate(
        lambda one: one.unheeded, lambda one: one.heeded, False, "of the alerts were dismissed or ignored"
    ),
    "cost_efficiency": Rate(
        lambda one: _weighed(one) * (one.useful_cost / one.judged_cost if one.judged_cost > 0 else 0.0), _weighed, True,
        "of the cost went into results that were right",
    ),
    "failure_rate": Rate(
        lambda one: one.executions - one.succeeded, lambda one: one.executions, False, "of the calls failed"
    ),
}  # fmt: skip
"""Every rate that is watched, by the name of its threshold."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One rate with its bounds and its threshold. `breached` when it is beyond the threshold with the confidence asked."""

    name: str
    measured: Interval
    threshold: float
    breached: bool
    low_is_bad: bool = False

    def __str__(self) -> str:
        side = "below" if self.low_is_bad else "above"
        told = f"{self.measured.rate:.0%} {RATES[self.name].called} ({self.name}, {self.measured.cases:g} case{'' if self.measured.cases == 1 else 's'}, "
        return (
            f"{told}{self.measured.low:.2f} to {self.measured.high:.2f}; {side} {self.threshold:g} asks for a change)"
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        measured = self.measured
        return {
            "name": self.name, "rate": measured.rate, "count": measured.cases, "low": measured.low,
            "high": measured.high, "threshold": self.threshold, "breached": self.breached,
        }  # fmt: skip


class Patterns(Mapping[str, Any]):
    """The patterns of one version; reads like a dict: `patterns["false_positive_rate"]` is a number, None if unknown.

    Other keys: `false_positive_reasons`, `performance_issues` (lists of texts), `avg_cost` (US dollars a call, or None).
    """

    def __init__(self, aggregate: Aggregate, found: tuple[Pattern, ...]) -> None:
        self.aggregate = aggregate
        self.found = found
        one = aggregate
        self._values: dict[str, Any] = {
            **dict.fromkeys(RATES),
            **{pattern.name: pattern.measured.rate for pattern in found},
            "false_positive_reasons": [reason for reason, _ in one.reasons],
            "performance_issues": [error for error, _ in one.errors],
            "avg_cost": one.cost / one.executions if one.cost and one.executions else None,
        }

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Patterns({self._values!r})"

    @property
    def breached(self) -> tuple[Pattern, ...]:
        """Those beyond their threshold, the one furthest beyond first."""
        beyond = [one for one in self.found if one.breached]
        return tuple(sorted(beyond, key=lambda one: -abs(one.measured.rate - one.threshold)))

    def sentences(self) -> tuple[str, ...]:
        """Return what a generator of better code should know, one sentence each."""
        reasons = [f'{count} times the reason given was "{text}"' for text, count in self.aggregate.reasons]
        errors = [f'{count} calls failed with "{text}"' for text, count in self.aggregate.errors]
        return (*map(str, self.breached), *reasons, *errors)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data, with all patterns under `found`."""
        return {**self._values, "found": [one.to_json() for one in self.found]}


class PatternAnalyzer:
    """Holds aggregates against thresholds.

    >>> from dana_poet.orchestration.aggregator import Aggregate
    >>> one = Aggregate("f", 1, 60, 60, 0.1, 40, 10, 30, 0, 0, 0, 0.0, 0.0, 0.0, 0.0, None, 0.0, 1.0)
    >>> found = PatternAnalyzer().find(one)
    >>> found["false_positive_rate"], [pattern.name for pattern in found.breached]
    (0.75, ['false_positive_rate'])
    """

    def __init__(self, thresholds: Thresholds | None = None) -> None:
        self.thresholds = thresholds or Thresholds()

    def find(self, aggregate: Aggregate) -> Patterns:
        """Return what an aggregate shows."""
        found = (self._pattern(name, aggregate) for name in RATES)
        return Patterns(aggregate, tuple(pattern for pattern in found if pattern is not None))

    def _pattern(self, name: str, aggregate: Aggregate) -> Pattern | None:
        rate, limits = RATES[name], self.thresholds
        measured = interval(rate.part(aggregate), rate.whole(aggregate), confidence=limits.confidence)
        if measured is None:
            return None
        threshold = getattr(limits, name)
        beyond = measured.high < threshold if rate.low_is_bad else measured.low > threshold
        enough = measured.cases >= limits.min_samples
        return Pattern(name, measured, threshold, beyond and enough, rate.low_is_bad)


def worse(now: Patterns, before: Patterns) -> tuple[Pattern, Pattern] | None:
    """Return the first breached pattern whose interval lies wholly on the bad side of that of another version."""
    others = {one.name: one for one in before.found}
    for one in now.breached:
        other = others.get(one.name)
        if other is None:
            continue
        a, b = one.measured, other.measured
        if a.high < b.low if one.low_is_bad else a.low > b.high:
            return one, other
    return None
