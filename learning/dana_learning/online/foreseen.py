"""What to try and to serve where attempts tell of every parameter: chosen among many settings by replay.

What of the quality of an execution its attempts do not explain, the model of quality learns on top: it is told the
quality that an execution with this luck lets expect, so that luck does not count against a setting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dana_learning.batch.chance import normal_cdf
from dana_learning.online import serving
from dana_learning.online.attempts import outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from dana_learning.observation import Observation
    from dana_learning.online.attempts import AttemptModel, Outcome
    from dana_learning.online.gaussian import ParticleGP
    from dana_learning.online.serving import Comparison

    Array = NDArray[np.float64]

SPREAD, LOCAL, FINALISTS = 64, 10, 10
"""Settings from everywhere, around the best (per scale), and those that are looked at closely."""
SCALES = (0.2, 0.07, 0.025)
BEYOND = 0.15
"""Settings are drawn from so much beyond the bounds, and moved to these: the best is often there."""


class Foresight:
    """What happened in each execution that the model of quality knows, and the setting that is surest to be better."""

    def __init__(self, attempts: AttemptModel) -> None:
        self.attempts = attempts
        self.outcomes: list[Outcome | None] = []
        self.sure: Array | None = None

    def explained(self, seen: Observation) -> float:
        """Return the quality that the attempts of an execution let expect."""
        return float(self.attempts.explained([outcome(seen.attempts)])[0])

    def note(self, seen: Observation, kept: int) -> None:
        """Keep what happened in an execution, the last of `kept` ones."""
        told = outcome(seen.attempts) if seen.attempts else None
        self.outcomes = [*self.outcomes, told][-kept:]

    def offsets(self, rows: Array) -> Array:
        """Return the quality to expect of all executions that are kept; `rows` are their settings."""
        offsets: Array = np.empty(len(rows))
        known = np.array([one is not None for one in self.outcomes], dtype=bool)
        offsets[known] = self.attempts.explained([one for one in self.outcomes if one is not None])
        if not known.all():
            offsets[~known] = self.attempts.expected(rows[~known])
        return offsets

    def settle(self, model: ParticleGP, best: Array, served: Array, confidence: float) -> Array:
        """Return the row that looks best, and find the best of those that are surely better than the one that is served."""
        rows = np.vstack([best, served, _candidates(model, best)])
        order = np.argsort(-self.attempts.expected(rows), kind="stable")[:FINALISTS]
        rows = np.vstack([best, np.unique(rows[order], axis=0), served])
        means, doubts = self.attempts.gains(rows)
        believed, _ = serving.mixture(model, rows, lambda _: means)
        gains, spreads = _apart(model, rows, means, doubts)
        chances = model.chances() @ normal_cdf(gains / spreads)
        sure = np.where(chances >= confidence, believed, -np.inf)
        place = int(np.argmax(sure))
        self.sure = rows[place] if np.isfinite(sure[place]) else None
        found: Array = rows[int(np.argmax(believed))]
        return found

    def compared(self, model: ParticleGP, row: Array, other: Array) -> Comparison:
        """Return the probability that `row` is better than `other`, the expected gain, and the moments of `other`."""
        rows = np.vstack([row, other])
        means, doubts = self.attempts.gains(rows)
        gains, spreads = _apart(model, rows, means, doubts)
        chances = model.chances()
        mean, deviation = serving.mixture(model, rows, lambda _: means)
        better = float(chances @ normal_cdf(gains[:, 0] / spreads[:, 0]))
        return better, float(chances @ gains[:, 0]), float(mean[1]), float(deviation[1])

    # State

    def state(self) -> dict[str, Any]:
        """Return plain data that `load` continues from, exactly."""
        return {"outcomes": [None if one is None else list(one) for one in self.outcomes]}

    def load(self, state: Mapping[str, Any]) -> None:
        """Continue from a state."""
        self.outcomes = [None if one is None else _outcome(one) for one in state["outcomes"]]


def _outcome(one: Sequence[Any]) -> Outcome:
    return float(one[0]), int(one[1]), bool(one[2])


def _candidates(model: ParticleGP, best: Array) -> Array:
    """Return rows from everywhere, and around the best."""
    width = len(best)
    scales = np.repeat(SCALES, LOCAL)[:, None]
    moves = scales * model.rng.normal(size=(len(scales), width)) * (model.rng.random((len(scales), width)) < 0.7)
    everywhere = model.rng.random((SPREAD, width)) * (1.0 + 2.0 * BEYOND) - BEYOND
    return model.geometry.rounded(np.clip(np.vstack([everywhere, best + moves]), 0.0, 1.0))


def _apart(model: ParticleGP, rows: Array, means: Array, doubts: Array) -> tuple[Array, Array]:
    """Return for each particle the gain of each row over the last, and its standard deviation."""
    expected, known = model.projected(rows, model.all, means)
    covariance = model.covariance(rows, model.all, known)
    own = np.diagonal(covariance, axis1=1, axis2=2)
    variances = own + own[:, -1:] - 2 * covariance[:, :, -1] + doubts
    return expected - expected[:, -1:], np.sqrt(np.maximum(variances, 1e-12))
