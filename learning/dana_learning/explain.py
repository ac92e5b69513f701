"""One form for the changes of all learners: what, why, gain, chance, evidence, what else would have been, the way back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from dana_learning.errors import ObservationError
from dana_learning.observation import finite, named, plain_dict


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One change of parameters. ObservationError when a text is empty or a number cannot be.

    >>> one = Explained(
    ...     learner="tuner", before={"timeout": 30.0}, after={"timeout": 4.0}, why="stuck calls are given up earlier",
    ...     expected_gain=0.12, probability=0.97, evidence=14, counterfactual="0.61 +- 0.05 with the timeout of 30",
    ...     revert="tuner.revert(1)",
    ... )
    >>> print(one)
    timeout: 30 -> 4 (tuner)
      why: stuck calls are given up earlier
      expected gain: +0.120 in quality, better with probability 0.97, on 14 executions
      otherwise: 0.61 +- 0.05 with the timeout of 30
      to revert: tuner.revert(1)
    """

    learner: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: str
    expected_gain: float
    probability: float
    evidence: int
    counterfactual: str
    revert: str
    function: str = ""
    step: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("learner", "why", "counterfactual", "revert"):
            named(name, getattr(self, name))
        finite("expected_gain", self.expected_gain, -1.0, 1.0)
        finite("probability", self.probability, 0.0, 1.0)
        finite("evidence", self.evidence, 0)
        for name in ("before", "after", "details"):
            object.__setattr__(self, name, plain_dict(name, getattr(self, name)))

    @property
    def what(self) -> str:
        """Which parameters changed, from what to what."""
        moved = [
            f"{name}: {shown(self.before.get(name))} -> {shown(value)}"
            for name, value in self.after.items()
            if self.before.get(name) != value
        ]
        return ", ".join(moved) or "nothing changed"

    def __str__(self) -> str:
        where = f"{self.function} by {self.learner}" if self.function else self.learner
        sure = f"better with probability {self.probability:.2f}, on {self.evidence} executions"
        return (
            f"{self.what} ({where})\n  why: {self.why}\n  expected gain: {self.expected_gain:+.3f} in quality, {sure}\n"
            f"  otherwise: {self.counterfactual}\n  to revert: {self.revert}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"what": self.what}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Make it from plain data; unknown names are ignored."""
        known = {one.name for one in fields(cls)}
        try:
            return cls(**{name: value for name, value in data.items() if name in known})
        except TypeError as cause:
            raise ObservationError(f"an explanation was {cause}", field="data", expected="all its fields") from cause


def shown(value: Any) -> str:
    """Return a value as people write it.

    >>> shown(0.30000000000000004), shown("fast"), shown({"count": 3.0})
    ('0.3', 'fast', '{count: 3}')
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {shown(inner)}" for name, inner in value.items()) + "}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def told(changes: Iterable[Explained]) -> str:
    """Return many explanations as one text, numbered, the newest last.

    >>> told([])
    'nothing has been changed yet'
    """
    texts = [f"{number}. {change}" for number, change in enumerate(changes, 1)]
    return "\n".join(texts) or "nothing has been changed yet"
