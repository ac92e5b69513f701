"""What an analysis found, one frozen value each: a number, a sentence, and how many executions it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

from dana_learning.kinds import Option


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Anything that was found. `value` is its main number, `text` says it, `evidence` counts its executions."""

    kind: ClassVar[str] = "finding"
    evidence: int

    @property
    def value(self) -> float:
        """The main number."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """One sentence for people."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data, its kind, value and text included."""
        plain = {name: list(one) if isinstance(one, tuple) else one for name, one in asdict(self).items()}
        return {"kind": self.kind, "value": self.value, "text": self.text} | plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect(Finding):
    """How much one parameter or context has to do with quality: `share` of its variance, where it is best."""

    kind: ClassVar[str] = "effect"
    name: str
    role: str
    share: float
    best: Option
    gain: float
    """Quality at `best` less quality on average, all else the same."""

    @property
    def value(self) -> float:
        """The share of the variance of quality."""
        return self.share

    @property
    def text(self) -> str:
        """One sentence for people."""
        where = f"best near {_short(self.best)} ({self.gain:+.3f} against the average)"
        return f"{self.role} {self.name} explains {self.share:.0%} of quality, {where}, from {self.evidence} executions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction(Finding):
    """Two names whose effects depend on each other."""

    kind: ClassVar[str] = "interaction"
    names: tuple[str, str]
    share: float

    @property
    def value(self) -> float:
        """The share of the variance of quality."""
        return self.share

    @property
    def text(self) -> str:
        """One sentence for people."""
        first, second = self.names
        return f"{first} and {second} together explain another {self.share:.0%} of quality, from {self.evidence} executions"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextCluster(Finding):
    """Executions in similar contexts. `centre` describes them, `good_values` are those of their best third."""

    kind: ClassVar[str] = "cluster"
    share: float
    quality: float
    difference: float
    """Its mean quality less that of all others."""
    probability: float
    """That the difference has this sign."""
    centre: Mapping[str, Any]
    good_values: Mapping[str, Any]

    @property
    def value(self) -> float:
        """The mean quality."""
        return self.quality

    @property
    def text(self) -> str:
        """One sentence for people."""
        about = ", ".join(f"{name} about {_short(one)}" for name, one in self.centre.items())
        return (
            f"{self.share:.0%} of executions have {about}: quality {self.quality:.3f}, {self.difference:+.3f} against "
            f"the others (sure to {self.probability:.0%}), from {self.evidence} executions"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend(Finding):
    """A measure that rises or falls steadily; `change` is that over the whole time, `slope` per second or execution."""

    kind: ClassVar[str] = "trend"
    name: str
    change: float
    slope: float
    deviate: float
    """How far from no trend, in standard errors."""

    @property
    def value(self) -> float:
        """The change over the whole time."""
        return self.change

    @property
    def text(self) -> str:
        """One sentence for people."""
        moves = "rises" if self.change > 0 else "falls"
        return f"{self.name} {moves} by {abs(self.change):.3g} over {self.evidence} executions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Degradation(Finding):
    """Recent quality is lower than before: by more than chance, and by enough to matter."""

    kind: ClassVar[str] = "degradation"
    recent: float
    historical: float
    probability: float
    """That recent quality is truly lower."""
    recent_count: int

    @property
    def value(self) -> float:
        """The drop as a share of the historical quality."""
        return (self.historical - self.recent) / self.historical if self.historical else 0.0

    @property
    def text(self) -> str:
        """One sentence for people."""
        return (
            f"the last {self.recent_count} executions have quality {self.recent:.3f} instead of {self.historical:.3f} "
            f"before ({-self.value:+.0%}, sure to {self.probability:.1%}): refresh the parameters"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint(Finding):
    """A measure that moved from one level to another at `time`; `position` counts executions in the order of time."""

    kind: ClassVar[str] = "change"
    name: str
    position: int
    time: float
    before: float
    after: float

    @property
    def value(self) -> float:
        """How far the level moved."""
        return self.after - self.before

    @property
    def text(self) -> str:
        """One sentence for people."""
        levels = f"from {self.before:.3g} to {self.after:.3g}"
        return f"{self.name} moved {levels} at execution {self.position + 1} (time {self.time:.10g}), seen in {self.evidence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Season(Finding):
    """A measure that goes up and down regularly: `period` in seconds (in executions when they have no times)."""

    kind: ClassVar[str] = "season"
    name: str
    period: float
    amplitude: float
    """Half of the way from lowest to highest."""
    strength: float
    """How far its power stands above that of its neighbours, as a factor."""
    timed: bool

    @property
    def value(self) -> float:
        """The period."""
        return self.period

    @property
    def text(self) -> str:
        """One sentence for people."""
        unit = "s" if self.timed else "executions"
        return f"{self.name} goes {self.amplitude:.3g} up and down every {self.period:.4g} {unit}, from {self.evidence} executions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly(Finding):
    """One execution that is far from what was expected of it; `score` in standard deviations of the usual ones."""

    kind: ClassVar[str] = "anomaly"
    name: str
    execution_id: str
    time: float
    measured: float
    expected: float
    score: float

    @property
    def value(self) -> float:
        """What was measured."""
        return self.measured

    @property
    def text(self) -> str:
        """One sentence for people."""
        usual = f"{self.expected:.3g} was expected from {self.evidence} executions"
        return f"execution {self.execution_id}: {self.name} {self.measured:.3g}, {usual} ({self.score:+.1f} deviations)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast(Finding):
    """What is expected at future `times`: means, and the limits between which single executions will be."""

    kind: ClassVar[str] = "forecast"
    name: str
    times: tuple[float, ...]
    means: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    level: float

    @property
    def value(self) -> float:
        """The mean at the last time."""
        return self.means[-1]

    @property
    def text(self) -> str:
        """One sentence for people."""
        between = f"{self.level:.0%} of executions between {min(self.lows):.3g} and {max(self.highs):.3g}"
        return f"{self.name} is expected at {self.value:.3g}, {between}, from {self.evidence} executions"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyEffect(Finding):
    """How one option does against the others of its choice, all else the same."""

    kind: ClassVar[str] = "strategy"
    name: str
    option: Option
    quality: float
    low: float
    high: float
    probability: float
    """That it is the best option."""

    @property
    def value(self) -> float:
        """The mean quality."""
        return self.quality

    @property
    def text(self) -> str:
        """One sentence for people."""
        between = f"{self.low:.3f} to {self.high:.3f}"
        return (
            f"{self.name}={self.option}: quality {self.quality:.3f} ({between}), best with probability "
            f"{self.probability:.2f}, from {self.evidence} executions"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice(Finding):
    """A better value for one parameter; `gain` is the quality that the move is expected to bring."""

    kind: ClassVar[str] = "advice"
    name: str
    current: Option
    suggested: Option
    gain: float
    probability: float

    @property
    def value(self) -> float:
        """The expected gain."""
        return self.gain

    @property
    def text(self) -> str:
        """One sentence for people."""
        return (
            f"{self.name}: {_short(self.current)} -> {_short(self.suggested)}, expected gain {self.gain:+.3f}, better with "
            f"probability {self.probability:.2f}, from {self.evidence} executions"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Insights:
    """Everything that one analysis found. Fewer executions than needed give none of it, and `enough` is False."""

    executions: int
    enough: bool = True
    explained: float = 0.0
    """The share of the variance of quality that parameters and contexts explain (0 to 1, adjusted for chance)."""
    cross_check: float | None = None
    """The same share by an ensemble of trees on executions it did not see; None when it was not asked for."""
    effects: tuple[Effect, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    clusters: tuple[ContextCluster, ...] = ()
    trends: tuple[Trend, ...] = ()
    degradations: tuple[Degradation, ...] = ()
    changes: tuple[ChangePoint, ...] = ()
    seasons: tuple[Season, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    strategies: tuple[StrategyEffect, ...] = ()
    advice: tuple[Advice, ...] = ()

    def __iter__(self) -> Iterator[Finding]:
        for one in fields(self):
            found = getattr(self, one.name)
            if isinstance(found, tuple):
                yield from found

    def __str__(self) -> str:
        if not self.enough:
            return f"{self.executions} executions are too few to say anything"
        return "\n".join([f"{self.executions} executions", *(f"- {one.text}" for one in self)])

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        found: dict[str, Any] = {}
        for one in fields(self):
            inner = getattr(self, one.name)
            found[one.name] = [finding.to_dict() for finding in inner] if isinstance(inner, tuple) else inner
        return found


OptimizationInsights = Insights
"""The name of the design."""


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
