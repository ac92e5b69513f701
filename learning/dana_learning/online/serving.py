"""What is served: changed only when the model is sure enough that another setting is better, taken back the same way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dana_learning.online.gaussian import ParticleGP

    Array = NDArray[np.float64]
    Expected = Callable[[Array], Array]

VISITED, SPREAD, LOCAL = 40, 24, 8
JUDGES, FINALISTS = 5, 6


@dataclass(frozen=True, slots=True)
class Change:
    """One change of what is served, and all that speaks for it.

    `expected_gain` is in quality (0 to 1), `probability` that the new setting is better, `evidence` the executions
    that the model knows, `stayed` the quality expected (and its standard deviation) had nothing been changed.
    """

    number: int
    step: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: str
    expected_gain: float
    probability: float
    evidence: int
    stayed: tuple[float, float]

    def __str__(self) -> str:
        moved = [f"{name}: {_short(self.before.get(name))} -> {_short(value)}" for name, value in self.after.items()
                 if self.before.get(name) != value]  # fmt: skip
        return (
            f"change {self.number} after {self.step} executions: {', '.join(moved) or 'nothing'}; {self.why}; expected gain "
            f"{self.expected_gain:+.3f}, better with probability {self.probability:.2f} on {self.evidence} executions; "
            f"had nothing been changed: {self.stayed[0]:.3f} +- {self.stayed[1]:.3f}; revert({self.number}) takes it back"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"stayed": list(self.stayed)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Change:
        """Make it from plain data."""
        return cls(**{**data, "stayed": tuple(data["stayed"])})


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def mixture(model: ParticleGP, rows: Array, expected: Expected) -> tuple[Array, Array]:
    """Return mean and standard deviation of quality at rows over all particles."""
    means, variances = model.moments(rows, model.all, expected(rows))
    chances = model.chances()
    mean = chances @ means
    return mean, np.sqrt(chances @ (variances + np.square(means - mean)))


def best_row(model: ParticleGP, best: Array | None, expected: Expected, caution: float) -> Array:
    """Return the row with the highest mean less `caution` deviations: visited ones, near ones and some of everywhere.

    A few particles choose the finalists, all of them the winner.
    """
    rows = model.geometry.all_options()
    if rows is None:
        rows = np.vstack([model.rows[-VISITED:], model.geometry.candidates(model.rng, best, SPREAD, LOCAL)])
        if best is not None:
            rows = np.vstack([best, rows])
        judges = model.drawn(JUDGES)
        means, variances = model.moments(rows, judges, expected(rows))
        scores = means.mean(axis=0) - caution * np.sqrt(variances.mean(axis=0))
        finalists = np.argsort(-scores)[:FINALISTS]
        rows = rows[np.append(finalists, 0)]
    mean, deviation = mixture(model, rows, expected)
    found: Array = rows[int(np.argmax(mean - caution * deviation))]
    return found


def compared(model: ParticleGP, row: Array, other: Array, expected: Expected) -> tuple[float, float, Array, Array]:
    """Return the probability that `row` is better than `other`, the expected gain, and the moments of `other`.

    The two are compared within each particle, with their covariance: what is unknown of both alike does not count.
    """
    rows = np.vstack([row, other])
    means, known = model.projected(rows, model.all, expected(rows))
    covariance = model.covariance(rows, model.all, known)
    chances = model.chances()
    gain = means[:, 0] - means[:, 1]
    spread = np.sqrt(np.maximum(covariance[:, 0, 0] + covariance[:, 1, 1] - 2 * covariance[:, 0, 1], 1e-12))
    better = np.array([0.5 * (1.0 + math.erf(value / math.sqrt(2.0))) for value in gain / spread])
    mean = chances @ means[:, 1]
    variance = chances @ (covariance[:, 1, 1] + np.square(means[:, 1] - mean))
    return float(chances @ better), float(chances @ gain), mean, np.sqrt(max(float(variance), 0.0))
