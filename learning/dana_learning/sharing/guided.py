"""A tuner that starts from a prior mean, and learns from its own executions how far that prior may be trusted.

Each particle of the model has a weight from 0 (the prior says nothing) over one half to 1 (it is right up to a small
remainder); a particle that trusts more expects smaller remainders. Evidence decides: a prior that misleads predicts
badly, and the particles that trusted it are not resampled. Nothing is copied, and bounds are those of the target.

Sources: Feurer, Letham and Bakshy, Scalable meta-learning for Bayesian optimization (2018), for weighing earlier models
by how well they rank; Snoek, Larochelle and Adams (2012) for integrating over such weights.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from dana_learning.online.gaussian import MEAN, ParticleGP
from dana_learning.online.surrogate import Surrogate
from dana_learning.online.tuner import Tuner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from dana_learning.kinds import Choice, Parameter, Structured
    from dana_learning.online.settings import TunerSettings
    from dana_learning.parameter import Space

    Array = NDArray[np.float64]

TRUST_SPREAD = 0.7
HANDOVER = 20
"""Own executions after which a model without prior, fed all along, takes over."""
DOUBT = 1.0
"""Log odds against the prior, from how both models predicted, at which that happens earlier."""
NEVER = -9.0
"""A trust that stands for none."""
REMAINDER = math.log(0.3)
"""Logarithm of how much smaller remainders are under full trust."""


class Prior(Protocol):
    """What is expected before anything was observed; `trust` (0 to 1) says how similar its origin is."""

    @property
    def trust(self) -> float:
        """How similar the functions are that it comes from."""

    @property
    def best(self) -> Array:
        """The encoded row where most is expected."""

    def __call__(self, rows: Array) -> Array:
        """Return the quality expected at encoded rows."""


class GuidedGP(ParticleGP):
    """A particle model with one more hyper-parameter: the weight of the prior mean.

    A second model without prior is fed all along. It takes over, once and for all, as soon as it predicts better, and at
    the latest after `HANDOVER` executions: a prior is for the time in which little is known.
    """

    def __init__(
        self, space: Space, seed: int, trust: float, *, particles: int, window: int, names: tuple[str, ...] = ()
    ) -> None:
        self.trust = trust
        self.odds = 0.0
        self.told = 0
        self.plain: ParticleGP | None = ParticleGP(space, seed + 1, particles=particles, window=window, names=names)
        super().__init__(space, seed, particles=particles, window=window, names=names)

    def trusted(self, theta: Array) -> Array:
        """Return the weight of the prior mean in each particle."""
        result: Array = np.clip(theta[:, self.geometry.size], 0.0, 1.0)
        return result

    def _prior(self) -> tuple[Array, Array]:
        middles, spreads = super()._prior()
        size = self.geometry.size
        return np.insert(middles, size, self.trust), np.insert(spreads, size, TRUST_SPREAD)

    def _drawn(self, count: int) -> Array:
        middles, spreads = self._prior()
        theta: Array = middles + spreads * self.rng.normal(size=(count, len(middles)))
        theta[:, -2] += REMAINDER * self.trusted(theta)
        return theta

    def _log_prior(self, theta: Array) -> Array:
        middles, spreads = self._prior()
        apart = theta - middles
        apart[:, -2] -= REMAINDER * self.trusted(theta)
        result: Array = -0.5 * np.square(apart / spreads).sum(axis=1)
        return result

    def _weighed(self, theta: Array, offsets: Array | float) -> Array:
        """Return what each particle expected: the level, and its share of what the prior says."""
        result: Array = MEAN + np.multiply.outer(self.trusted(theta), np.asarray(offsets, dtype=float) - MEAN)
        return result

    def add(self, row: Array, quality: float, offset: float = MEAN, context: Mapping[str, Any] | None = None) -> None:
        """Learn one observation, and see which of both models had expected it more."""
        if self.plain is None:
            super().add(row, quality, offset, context)
            return
        self.odds += fit(self.plain, row, quality, MEAN) - fit(self, row, quality, offset)
        self.told += 1
        self.plain.add(row, quality, MEAN, context)
        super().add(row, quality, offset, context)
        if self.odds > DOUBT or self.told >= HANDOVER:
            self._hand_over(self.plain)

    def _hand_over(self, plain: ParticleGP) -> None:
        self.plain, self.trust = None, NEVER
        self.theta = np.insert(plain.theta, self.geometry.size, NEVER, axis=1)
        self.count, self.weights, self.renewed_at = plain.count, np.zeros(plain.count), plain.renewed_at
        self._make_factors()

    def forget(self, keep: int) -> None:
        """Keep the last `keep` observations only."""
        if self.plain is not None:
            self.plain.forget(min(keep, len(self.plain)))
        super().forget(keep)

    def expect(self, offsets: Array) -> None:
        """Replace what was expected of all observations before there were any."""
        self.offsets = offsets
        apart = self.qualities - self._weighed(self.theta, offsets)
        self.whitened = np.matmul(self.inverse, apart[:, :, None])[:, :, 0]
        late = np.arange(self.renewed_at, len(self))
        pivots = np.log(self.inverse[:, late, late])
        self.weights = (pivots - 0.5 * np.square(self.whitened[:, late])).sum(axis=1)

    def _append(self, row: Array, quality: float, offset: float) -> None:
        known = self.offsets
        super()._append(row, quality, self._weighed(self.theta, offset))  # type: ignore[arg-type]
        self.offsets = np.append(known, offset)

    def _factors(self, theta: Array, count: int) -> tuple[Array, Array, Array]:
        inverse, _, _ = super()._factors(theta, count)
        apart = self.qualities[:count] - self._weighed(theta, self.offsets[:count])
        whitened = np.matmul(inverse, apart[:, :, None])[:, :, 0]
        pivots = np.log(inverse[:, np.arange(count), np.arange(count)]).sum(axis=1)
        return inverse, whitened, pivots - 0.5 * np.square(whitened).sum(axis=1)

    def projected(
        self, rows: Array, particles: NDArray[np.int64], offsets: Array | float = MEAN
    ) -> tuple[Array, Array]:
        """Return means, shape (particles, rows), and rows whitened by what is known."""
        weighed = self._weighed(self.theta[particles], offsets)
        return super().projected(rows, particles, weighed if weighed.ndim == 2 else weighed[:, None])

    def state(self) -> dict[str, Any]:
        """Return plain data that `load` continues from, exactly."""
        plain = None if self.plain is None else self.plain.state()
        return super().state() | {"plain": plain, "odds": self.odds, "told": self.told}

    def load(self, state: dict[str, Any]) -> None:
        """Continue from a state of a model of the same space and settings."""
        self.odds, self.told = float(state["odds"]), int(state["told"])
        if state["plain"] is None:
            self.plain, self.trust = None, NEVER
        elif self.plain is not None:
            self.plain.load(state["plain"])
        super().load(state)


def fit(model: ParticleGP, row: Array, quality: float, offset: float) -> float:
    """Return the log density at which a model expects a quality."""
    means, variances = model.moments(row[None], model.all, offset)
    spread = variances[:, 0] + model.noise(model.all)
    density = np.exp(-0.5 * np.square(quality - means[:, 0]) / spread) / np.sqrt(2 * math.pi * spread)
    return math.log(float(model.chances() @ density) + 1e-12)


class GuidedTuner(Tuner):
    """A `Tuner` for a function that is like others: it takes their knowledge as a `Prior`, and unlearns it if need be.

    >>> from dana_learning import Parameter, Space
    >>> from dana_learning.sharing.knowledge import Knowledge
    >>> from dana_learning.sharing.priors import KnowledgePrior
    >>> space = Space([Parameter("x", 0.9, 0.0, 1.0)])
    >>> source = Tuner(space, seed=1)
    >>> for _ in range(20):
    ...     trial = source.suggest()
    ...     source.observe(trial.id, 1 - (trial.values["x"] - 0.3) ** 2)
    >>> prior = KnowledgePrior(space, [(Knowledge.of("fetch", source), 0.9)])
    >>> target = GuidedTuner(space, seed=2, prior=prior)
    >>> for _ in range(3):
    ...     trial = target.suggest()
    ...     target.observe(trial.id, 0.9 - (trial.values["x"] - 0.35) ** 2)
    >>> abs(target.decide()["x"] - 0.35) < 0.15
    True
    """

    prior: Prior
    _mind: Surrogate

    def __init__(
        self, space: Space | Iterable[Parameter | Choice | Structured], *, prior: Prior, seed: int = 0,
        settings: TunerSettings | None = None,
    ) -> None:  # fmt: skip
        super().__init__(space, seed=seed, settings=settings, prior=prior)
        self._mind.best = prior.best

    def _made_mind(self) -> Surrogate:
        return Surrogate(self.space, self.seed, self.settings, self.prior, make=self._made_model)

    def _made_model(self, names: tuple[str, ...]) -> ParticleGP:
        sizes = {"particles": self.settings.particles, "window": self.settings.window}
        return GuidedGP(self.space, self.seed, self.prior.trust, **sizes, names=names)

    def trust(self) -> float:
        """Return how far the prior is trusted now, 0 to 1."""
        model = self._mind.model
        return float(model.chances() @ model.trusted(model.theta)) if isinstance(model, GuidedGP) else 0.0
