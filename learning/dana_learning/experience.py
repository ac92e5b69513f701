"""What learning learned about itself: how each strategy did on each class of problems. Plain state, kept across programs."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from dana_learning.errors import reading
from dana_learning.kinds import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from dana_learning.parameter import Space

PRIOR_COUNT, CAP = 6.0, 200.0
"""Executions that the prior is worth, and those that the past is worth at most, so that it can be wrong."""
SPREAD = 0.1
"""The spread of one execution's worth that is expected before anything is known."""
NOISES = ((0.05, "quiet"), (0.15, "noisy"), (math.inf, "very noisy"))


def problem_class(space: Space, noise: float) -> str:
    """Return the class of a problem: how many numbers and options it has, and how noisy its quality is.

    >>> from dana_learning import Parameter, Space
    >>> problem_class(Space([Parameter("x", 0.0, 0.0, 1.0)]), 0.1)
    '1 numbers, 0 choices, noisy'
    """
    choices = [leaf.parameter for leaf in space.leaves if isinstance(leaf.parameter, Choice)]
    level = next(name for limit, name in NOISES if noise < limit)
    return f"{len(space.leaves) - len(choices)} numbers, {len(choices)} choices, {level}"


@dataclass(slots=True)
class Record:
    """What one strategy's executions were worth: count, mean, and sum of squared deviations."""

    count: float = 0.0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, worth: float) -> None:
        """Take one execution (Welford 1962); old ones fade when there are many."""
        if self.count >= CAP:
            self.squares *= (CAP - 1.0) / self.count
            self.count = CAP - 1.0
        self.count += 1.0
        apart = worth - self.mean
        self.mean += apart / self.count
        self.squares += apart * (worth - self.mean)

    def believed(self, prior: float) -> tuple[float, float]:
        """Return mean and standard deviation of its worth, given what was expected before."""
        total = self.count + PRIOR_COUNT
        mean = (self.count * self.mean + PRIOR_COUNT * prior) / total
        variance = (self.squares + PRIOR_COUNT * SPREAD**2) / total
        return mean, math.sqrt(variance / total)


@dataclass(slots=True)
class Experience:
    """Records by class of problem and strategy, and how well each model predicted: share one among many learners.

    >>> experience = Experience()
    >>> experience.credit("1 numbers, 0 choices, noisy", "Thompson", 0.2)
    >>> Experience.from_state(experience.state()) == experience
    True
    """

    records: dict[str, dict[str, Record]] = field(default_factory=dict)
    scores: dict[str, list[float]] = field(default_factory=dict)
    """For each class the log predictive scores of the process and of neighbours alone; old ones fade."""

    def credit(self, kind: str, strategy: str, worth: float) -> None:
        """Say what an execution that a strategy chose was worth."""
        self.records.setdefault(kind, {}).setdefault(strategy, Record()).add(worth)

    def score(self, kind: str, process: float, local: float) -> None:
        """Say how well (log density) the two models predicted an execution."""
        kept = self.scores.get(kind, [0.0, 0.0])
        self.scores[kind] = [0.98 * kept[0] + process, 0.98 * kept[1] + local]

    def local_chance(self, kind: str) -> float:
        """Return the probability that neighbours alone predict better than the process."""
        process, local = self.scores.get(kind, [0.0, 0.0])
        return 1.0 / (1.0 + math.exp(min(max(process - local, -50.0), 50.0)))

    def believed(self, kind: str, strategies: Mapping[str, float]) -> dict[str, tuple[float, float]]:
        """Return mean and standard deviation of each strategy's worth; `strategies` are their priors."""
        known = self.records.get(kind, {})
        return {name: known.get(name, Record()).believed(prior) for name, prior in strategies.items()}

    def evidence(self, kind: str) -> int:
        """Return how many executions of a class are known."""
        return int(sum(record.count for record in self.records.get(kind, {}).values()))

    def drawn(self, kind: str, strategies: Mapping[str, float], rng: np.random.Generator) -> str:
        """Return the best strategy of one draw of what is believed (Thompson 1933)."""
        draws = {name: mean + spread * float(rng.normal())
                 for name, (mean, spread) in self.believed(kind, strategies).items()}  # fmt: skip
        return max(draws, key=lambda name: draws[name])

    def state(self) -> dict[str, Any]:
        """Return plain data."""
        records = {
            kind: {name: [one.count, one.mean, one.squares] for name, one in known.items()}
            for kind, known in self.records.items()
        }
        return {"records": records, "scores": {kind: list(one) for kind, one in self.scores.items()}}

    @classmethod
    @reading("an Experience")
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Continue from a state."""
        records = {
            kind: {name: Record(*map(float, row)) for name, row in known.items()}
            for kind, known in state["records"].items()
        }
        return cls(records, {kind: [float(one) for one in row] for kind, row in state["scores"].items()})
