"""Two Bayesian linear models of quality side by side, one that remembers all and one that forgets, weighed by evidence.

Each outcome is one rank-1 step. Thompson draws come from an ensemble that takes the same steps with noise of its own,
so that no factor is ever computed anew.

Sources: Kalman (1960) for the step and for weights that wander back to their prior, so that forgetting never goes
beyond it; Lu and Van Roy, Ensemble sampling (2017); Page (1954) for changes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dana_learning.online.changes import Cusum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MIDDLE = 0.5
"""Quality to expect before anything is known."""
DRAWS = 16
SIGNAL = 3.0
"""Prior variance of a weight, in units of that of the noise."""
NOISE, NOISE_COUNT = 0.12, 4.0
"""What the noise (a standard deviation) is taken to be at first, and how many executions that is worth."""
MEMORY = 0.98
"""Evidence of earlier executions counts this much less with each, so that the better memory can change."""
WARM = 8
"""Executions before surprises can count as a change."""
LIMIT = 5.0
"""The height of the change detector."""
LEFT = 0.1
"""How much of what is known a change leaves."""


class Linear:
    """The two models; `update` with features and quality.

    >>> model = Linear(2, decay=0.98)
    >>> for _ in range(100):
    ...     model.update(np.array([1.0, 0.0]), 0.9)
    >>> round(model.mean(np.array([1.0, 0.0])), 2)
    0.9
    """

    __slots__ = ("count", "covariance", "decay", "deviations", "evidence", "gain", "means", "noise", "noise_count", "products",
                 "rng", "watch")  # fmt: skip

    def __init__(self, width: int, decay: float, seed: int = 0) -> None:
        self.decay = decay
        self.rng = np.random.default_rng(seed)
        self.means: Array = np.zeros((2, width))
        self.covariance: Array = np.array([np.eye(width) * SIGNAL] * 2)
        self.deviations: Array = math.sqrt(SIGNAL) * self.rng.normal(size=(2, DRAWS, width))
        self.evidence = [0.0, 0.0]
        self.noise = [NOISE_COUNT * NOISE**2] * 2
        self.noise_count = [NOISE_COUNT] * 2
        self.products = np.empty_like(self.covariance)
        self.gain = 1.0
        self.count = 0
        self.watch = Cusum(limit=LIMIT)

    def update(self, features: Array, quality: float) -> None:
        """Learn one outcome."""
        known = self.covariance @ features
        spread = known @ features
        spreads = spread.tolist()
        error = quality - MIDDLE - self.means @ features
        errors = error.tolist()
        spread += 1.0
        steps = known / spread[:, None]
        self.means += steps * error[:, None]
        known /= np.sqrt(spread)[:, None]  # twice the same factor, so that covariances stay symmetric to the last bit
        np.einsum("mi,mj->mij", known, known, out=self.products)
        self.covariance -= self.products
        surprises = self.deviations @ features
        surprises += self.rng.standard_normal((2, DRAWS))
        self.deviations -= surprises[:, :, None] * steps[:, None, :]
        changed = self._is_change(spreads, errors)
        for memory in (0, 1):
            self._weigh(memory, 1.0 + spreads[memory], errors[memory] ** 2)
        self.gain = max(spreads) / (1.0 + max(spreads))
        self._fade(1, self.decay)
        if changed:
            self.forget()

    def _is_change(self, spreads: list[float], errors: list[float]) -> int:
        """Return whether surprises of the model that is believed add up to a change."""
        memory = int(self.evidence[1] > self.evidence[0])
        self.count += 1
        if self.count <= WARM:
            return 0
        variance = (1.0 + spreads[memory]) * self.noise[memory] / self.noise_count[memory]
        return self.watch.update(errors[memory] / math.sqrt(variance))

    def _weigh(self, memory: int, spread: float, square: float) -> None:
        variance = spread * self.noise[memory] / self.noise_count[memory]
        self.evidence[memory] = MEMORY * self.evidence[memory] - 0.5 * (math.log(variance) + square / variance)
        kept = self.decay if memory else 1.0
        self.noise[memory] = kept * self.noise[memory] + square / spread
        self.noise_count[memory] = kept * self.noise_count[memory] + 1.0

    def _fade(self, memory: int, kept: float) -> None:
        """Let what is known decay towards the prior: that much of every variance, its root of every mean, is kept."""
        covariance, deviations = self.covariance[memory], self.deviations[memory]
        covariance *= kept
        covariance.ravel()[:: len(covariance) + 1] += (1.0 - kept) * SIGNAL
        deviations *= math.sqrt(kept)
        # Even noise of the right variance is drawn at a third of the cost of normal noise, and many steps add up to that.
        noise = self.rng.random(deviations.shape)
        noise -= 0.5
        noise *= math.sqrt(12.0 * (1.0 - kept) * SIGNAL)
        deviations += noise
        self.means[memory] *= math.sqrt(kept)

    def forget(self) -> None:
        """Keep little of what is known, and nothing of how surely: the world has changed."""
        for memory in (0, 1):
            self._fade(memory, LEFT)
            self.noise[memory] *= NOISE_COUNT / self.noise_count[memory]
            self.noise_count[memory] = NOISE_COUNT

    def chance_of_change(self) -> float:
        """Return the probability that the forgetting model is the right one."""
        apart = min(max(self.evidence[1] - self.evidence[0], -50.0), 50.0)
        return 1.0 / (1.0 + math.exp(-apart))

    def sigma(self, memory: int) -> float:
        """Return the standard deviation of the noise."""
        return math.sqrt(self.noise[memory] / self.noise_count[memory])

    def drawn(self) -> Array:
        """Return weights drawn from what is believed (Thompson 1933)."""
        choice, place = self.rng.random(2).tolist()
        memory = int(choice < self.chance_of_change())
        result: Array = self.means[memory] + self.sigma(memory) * self.deviations[memory, int(place * DRAWS)]
        return result

    def expected(self) -> Array:
        """Return the mean weights."""
        change = self.chance_of_change()
        result: Array = (1.0 - change) * self.means[0] + change * self.means[1]
        return result

    def mean(self, features: Array) -> float:
        """Return the expected quality."""
        return float(features @ self.expected()) + MIDDLE

    def deviation(self, features: Array) -> float:
        """Return the standard deviation of what is known of the expected quality."""
        memory = int(self.chance_of_change() > 0.5)
        return self.sigma(memory) * math.sqrt(max(float(features @ self.covariance[memory] @ features), 0.0))

    def state(self) -> dict[str, Any]:
        """Return plain data that `load` continues from, exactly."""
        upper = np.triu_indices(self.means.shape[1])
        return {
            "means": self.means.tolist(), "covariance": [one[upper].tolist() for one in self.covariance],
            "deviations": self.deviations.tolist(), "evidence": list(self.evidence), "noise": list(self.noise),
            "noise_count": list(self.noise_count), "gain": self.gain, "count": self.count, "watch": self.watch.state(), "rng": self.rng.bit_generator.state,
        }  # fmt: skip

    def load(self, state: Mapping[str, Any]) -> None:
        """Continue from a state of a model of the same width."""
        self.means = np.array(state["means"], dtype=float)
        width = self.means.shape[1]
        upper = np.triu_indices(width)
        self.covariance = np.zeros((2, width, width))
        for memory, flat in enumerate(state["covariance"]):
            self.covariance[memory][upper] = flat
            self.covariance[memory].T[upper] = flat
        self.deviations = np.array(state["deviations"], dtype=float)
        self.evidence, self.noise = list(state["evidence"]), list(state["noise"])
        self.noise_count, self.gain = list(state["noise_count"]), float(state["gain"])
        self.count, self.watch = int(state["count"]), Cusum(**state["watch"])
        self.rng.bit_generator.state = state["rng"]
