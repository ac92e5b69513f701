"""A Gaussian process of quality over encoded parameters, whose hyper-parameters are a population, never optimised.

Each particle holds length scales, signal and noise; particles are weighed by how well they predicted each observation,
and renewed by resampling with random-walk steps (sequential Monte Carlo, Chopin 2002). Between renewals an
observation costs one row of each inverse factor. Renewals happen at fixed counts, so that a state that is loaded
again repeats exactly the same arithmetic.

Sources: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), chapters 2 and 5; Snoek, Larochelle and
Adams, Practical Bayesian Optimization (2012), for integrating over hyper-parameters.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dana_learning.matrices import inverse_factors, lower_product, product
from dana_learning.online.contexts import ContextColumns
from dana_learning.online.geometry import Geometry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from dana_learning.parameter import Space

    Array = NDArray[np.float64]

MEAN = 0.5
BIAS = 0.09
"""Prior variance of the level of quality around its mean."""
SIGNAL = 0.25
"""How much quality is believed to vary over a space, unseen (a standard deviation)."""
NOISE = 0.1
"""How much the quality of the same values is believed to vary (a standard deviation)."""
LEVEL = 0.04
"""Prior variance of how much contexts move the level of quality, whatever the parameters are."""
APART = 0.5
"""Over which part of its range one name of a context moves the level."""
COMMON = 0.3
"""Share of the signal that is the same in all contexts, however far apart."""
PRIORS = {
    "length": (math.log(0.45), 0.7), "context": (math.log(1.0), 0.8), "signal": (math.log(SIGNAL), 0.5),
    "noise": (math.log(NOISE), 0.7),
}  # fmt: skip
"""Log-normal priors: the middle and the spread of the logarithm, for encoded parameters and qualities in 0..1."""
SURE = 0.25
"""Spread of the logarithm of what is left of the signal where a prior mean knows the rest."""
FEW, MANY = 30, 60
"""With this many observations hyper-parameters are known better, and two thirds, then a third of the particles do."""
DROPPED = 4
"""One in this many of the oldest observations is dropped when the window is full."""


def _renewals(window: int) -> frozenset[int]:
    """Return the counts of observations at which particles are renewed: often early, rarely late."""
    early = [*range(2, 12), *range(12, 40, 4), *range(40, 100, 10)]
    return frozenset(count for count in [*early, *range(100, window + 1, 25)])


class ParticleGP:
    """The model. `add` one observation at a time; ask for `moments` of rows of encoded vectors.

    >>> from dana_learning import Parameter, Space
    >>> model = ParticleGP(Space([Parameter("x", 0.0, 0.0, 1.0)]), seed=1)
    >>> for x in (0.0, 0.25, 0.5, 0.75, 1.0):
    ...     model.add(np.array([x]), 1 - abs(x - 0.5))
    >>> mean, _ = model.moments(np.array([[0.5], [0.0]]), model.all)
    >>> bool(mean.mean(axis=0)[0] > mean.mean(axis=0)[1])
    True
    """

    def __init__(
        self, space: Space, seed: int = 0, *, particles: int = 16, window: int = 200, names: tuple[str, ...] = ()
    ) -> None:
        self.contexts = ContextColumns(names)
        self.geometry = Geometry(space, len(self.contexts.names))
        self.own = BIAS + (LEVEL if names else 0.0)
        self.signal, self.doubt, self.usual_noise = SIGNAL, 1.0, NOISE
        self.rng = np.random.default_rng(seed)
        self.count = particles
        self.window = window
        self.renewals = _renewals(window)
        self.sizes = ((particles, FEW), (max(4, 2 * particles // 3), MANY), (max(4, particles // 3), window + 2))
        self.theta = self._drawn(particles)
        self.weights = np.zeros(particles)
        self.rows = np.empty((0, self.geometry.width))
        self.qualities = np.empty(0)
        self.offsets = np.empty(0)
        self.renewed_at = 0
        self.inverse: Array = np.empty((particles, 0, 0))
        self.whitened: Array = np.empty((particles, 0))
        self._make_factors()

    @property
    def all(self) -> NDArray[np.int64]:
        """The indices of all particles."""
        return np.arange(self.count)

    @property
    def is_told(self) -> bool:
        """Whether a prior mean is relied on, so that there is little to learn by trying what looks worse."""
        return self.doubt < 1.0

    def __len__(self) -> int:
        return len(self.qualities)

    # Hyper-parameters

    def _drawn(self, count: int) -> Array:
        middles, spreads = self._prior()
        theta: Array = middles + spreads * self.rng.normal(size=(count, len(middles)))
        if self.doubt < 1.0:
            sure = round((1.0 - self.doubt) * count)
            theta[:sure, -2] = math.log(self.signal) + SURE * self.rng.normal(size=sure)
        return theta

    def _prior(self) -> tuple[Array, Array]:
        contexts = self.geometry.contexts
        kinds = ["length"] * (self.geometry.size - contexts) + ["context"] * contexts + ["signal", "noise"]
        middles = np.array([PRIORS[kind][0] for kind in kinds])
        middles[-1] = math.log(self.usual_noise)
        return middles, np.array([PRIORS[kind][1] for kind in kinds])

    def _log_prior(self, theta: Array) -> Array:
        middles, spreads = self._prior()
        apart = np.square((theta - middles) / spreads)
        result: Array = -0.5 * apart.sum(axis=1)
        if self.doubt < 1.0:
            # Either the prior mean is right up to a small remainder, or it says little: evidence decides between both.
            sure = -0.5 * np.square((theta[:, -2] - math.log(self.signal)) / SURE) - math.log(SURE)
            unsure = -0.5 * apart[:, -2] - math.log(spreads[-2])
            both = np.logaddexp(math.log(1.0 - self.doubt) + sure, math.log(self.doubt) + unsure)
            result += 0.5 * apart[:, -2] + both
        return result

    def kernel(self, theta: Array, squares: Array) -> Array:
        """Return Matérn 5/2 covariances, shape (particles, rows, rows), the common level included."""
        scales = np.exp(-2.0 * theta[:, : self.geometry.size])
        inner = self.geometry.size - self.geometry.contexts
        values = _matern(scales[:, :inner], squares[:inner])
        values *= np.exp(2.0 * theta[:, -2])[:, None]
        if self.geometry.contexts:
            shared = _matern(scales[:, inner:], squares[inner:])
            shared *= 1.0 - COMMON
            shared += COMMON
            values *= shared
            values += LEVEL * np.exp((-0.5 / APART**2) * squares[inner:]).mean(axis=0).ravel()
        values += BIAS
        result: Array = values.reshape(len(theta), *squares.shape[1:])
        return result

    def placed(self, rows: Array, context: Mapping[str, Any] | None = None) -> Array:
        """Return rows of parameters with the columns of a context, in the middle of all contexts when it is empty."""
        if not self.geometry.contexts:
            return rows
        columns = self.contexts.encode(context or {})
        return np.hstack([rows, np.broadcast_to(columns, (len(rows), len(columns)))])

    @property
    def tried(self) -> Array:
        """The rows of all observations, without their contexts."""
        return self.rows[:, : self.geometry.space.width]

    # Observations

    def add(self, row: Array, quality: float, offset: float = MEAN, context: Mapping[str, Any] | None = None) -> None:
        """Learn one observation; `offset` is what was expected of it before there were any (the prior mean).

        `row` is one of `placed`, `context` what it was placed in.
        """
        if self.geometry.contexts:
            self.contexts.seen.append(context or {})
        self._append(row, quality, offset)
        if len(self) in self.renewals:
            self._renew()
        elif len(self) > self.window:
            self.forget(len(self) - self.window // DROPPED)

    def forget(self, keep: int) -> None:
        """Keep the last `keep` observations only."""
        first = len(self) - keep
        del self.contexts.seen[:first]
        self.rows, self.qualities = self.rows[first:], self.qualities[first:]
        self.offsets = self.offsets[first:]
        self._rank()
        self.renewed_at = keep
        self.weights = np.zeros(self.count)
        self._make_factors()

    def _rank(self) -> None:
        """Measure the contexts of all observations that are kept anew."""
        if self.geometry.contexts:
            self.contexts.rank()
            self.rows = np.hstack([self.tried, self.contexts.encoded()])

    def expect(self, offsets: Array) -> None:
        """Replace what was expected of all observations before there were any: a prior mean that has learned itself."""
        self.offsets = offsets
        self.whitened = np.matmul(self.inverse, self.qualities - offsets)
        late = np.arange(self.renewed_at, len(self))
        pivots = self.inverse[:, late, late]
        self.weights = (np.log(pivots) - 0.5 * np.square(self.whitened[:, late])).sum(axis=1)

    def rely(self, signal: float, doubt: float, noise: float) -> None:
        """Believe from the next `restart` on that a prior mean knows all but `signal`, but for a chance of `doubt`."""
        self.signal, self.doubt, self.usual_noise = signal, doubt, noise

    def restart(self, offsets: Array) -> None:
        """Draw new particles, and weigh them by all observations with a prior mean that is only now of use."""
        self.offsets = offsets
        self.count = self.sizes[0][0]
        self.theta = self._drawn(self.count)
        self.renewed_at = 0
        self.weights = np.zeros(self.count)
        self._make_factors()

    def _append(self, row: Array, quality: float, offset: float) -> None:
        """Extend each inverse factor by one row, and weigh the particles by what they expected."""
        squares = self.geometry.squares(self.rows, row[None])
        column = self.kernel(self.theta, squares)
        solved = np.matmul(self.inverse, column)[:, :, 0]
        noise = np.exp(2.0 * self.theta[:, -1])
        own = np.exp(2.0 * self.theta[:, -2]) + self.own + noise
        pivot = np.sqrt(np.maximum(own - np.square(solved).sum(axis=1), 1e-6))
        residual = (quality - offset - (solved * self.whitened).sum(axis=1)) / pivot
        last = -np.matmul(solved[:, None, :], self.inverse)[:, 0] / pivot[:, None]
        size = len(self) + 1
        grown = np.zeros((self.count, size, size))
        grown[:, :-1, :-1] = self.inverse
        grown[:, -1, :-1] = last
        grown[:, -1, -1] = 1.0 / pivot
        self.inverse = grown
        self.whitened = np.concatenate([self.whitened, residual[:, None]], axis=1)
        self.weights = self.weights - 0.5 * np.square(residual) - np.log(pivot)
        self.rows = np.vstack([self.rows, row])
        self.qualities = np.append(self.qualities, quality)
        self.offsets = np.append(self.offsets, offset)

    def _factors(self, theta: Array, count: int) -> tuple[Array, Array, Array]:
        """Return inverse Cholesky factors, whitened residuals and log likelihoods of the first `count` observations."""
        covariance = self.kernel(theta, self._squares[:, :count, :count])
        diagonal = np.arange(count)
        covariance[:, diagonal, diagonal] += np.exp(2.0 * theta[:, -1])[:, None] + 1e-9
        inverse = inverse_factors(covariance)
        whitened = inverse @ (self.qualities[:count] - self.offsets[:count])
        pivots = inverse[:, diagonal, diagonal]
        return inverse, whitened, -0.5 * np.square(whitened).sum(axis=1) + np.log(pivots).sum(axis=1)

    def _make_factors(self) -> None:
        """Compute everything anew from what was renewed last, then append what came after, as it was done first."""
        rows, qualities, offsets = self.rows, self.qualities, self.offsets
        self._squares = self.geometry.squares(rows[: self.renewed_at], rows[: self.renewed_at])
        self.inverse, self.whitened, _ = self._factors(self.theta, self.renewed_at)
        self.rows, self.qualities = rows[: self.renewed_at], qualities[: self.renewed_at]
        self.offsets = offsets[: self.renewed_at]
        weights = self.weights
        for place in range(self.renewed_at, len(qualities)):
            self._append(rows[place], float(qualities[place]), float(offsets[place]))
        if len(qualities) == self.renewed_at:
            self.weights = weights

    def _renew(self) -> None:
        """Resample particles by weight, move each by random steps along the population, and weigh them equal again."""
        self._rank()
        self._squares = self.geometry.squares(self.rows, self.rows)
        count = len(self)
        wanted = next(size for size, until in self.sizes if count < until)
        self.theta = self.theta[self.drawn(wanted)]
        self.count = wanted
        moving = self.all if count <= 60 else np.sort(self.rng.choice(self.count, 4, replace=False))
        inverse, whitened, fit = self._factors(self.theta, count)
        proposal = self._proposed(moving)
        new_inverse, new_whitened, new_fit = self._factors(proposal, count)
        gain = new_fit + self._log_prior(proposal) - fit[moving] - self._log_prior(self.theta[moving])
        taken = np.log(self.rng.random(len(moving))) < gain
        place = moving[taken]
        self.theta[place] = proposal[taken]
        inverse[place], whitened[place] = new_inverse[taken], new_whitened[taken]
        self.inverse, self.whitened = inverse, whitened
        self.weights = np.zeros(self.count)
        self.renewed_at = count

    def _proposed(self, moving: NDArray[np.int64]) -> Array:
        """Return steps along differences of two other particles (ter Braak 2006), with a little noise of their own."""
        size = len(moving)
        one, other = self.rng.integers(0, self.count, size), self.rng.integers(0, self.count, size)
        some = self.rng.random((size, self.theta.shape[1])) < 0.8
        step = 0.7 * (self.theta[one] - self.theta[other]) * some
        proposal: Array = self.theta[moving] + step + 0.08 * self.rng.normal(size=self.theta[moving].shape)
        return proposal

    # Answers

    def chances(self) -> Array:
        """Return the weights of the particles, summing to 1."""
        raw = np.exp(self.weights - self.weights.max())
        result: Array = raw / raw.sum()
        return result

    def drawn(self, count: int) -> NDArray[np.int64]:
        """Return `count` particles drawn by weight, evenly spread."""
        places = (self.rng.random() + np.arange(count)) / count
        return np.minimum(np.searchsorted(np.cumsum(self.chances()), places), self.count - 1)

    def projected(
        self, rows: Array, particles: NDArray[np.int64], offsets: Array | float = MEAN
    ) -> tuple[Array, Array]:
        """Return means, shape (particles, rows), and rows whitened by what is known, for covariances."""
        theta = self.theta[particles]
        cross = self.kernel(theta, self.geometry.squares(self.rows, rows))
        known = lower_product(self.inverse[particles], cross)
        means = np.matmul(self.whitened[particles][:, None, :], known)[:, 0] + offsets
        return means, known

    def moments(self, rows: Array, particles: NDArray[np.int64], offsets: Array | float = MEAN) -> tuple[Array, Array]:
        """Return means and variances of quality (without noise) at rows, each of shape (particles, rows)."""
        means, known = self.projected(rows, particles, offsets)
        prior = np.exp(2.0 * self.theta[particles, -2]) + self.own
        return means, np.maximum(prior[:, None] - np.square(known).sum(axis=1), 1e-9)

    def covariance(self, rows: Array, particles: NDArray[np.int64], known: Array) -> Array:
        """Return covariances between rows, shape (particles, rows, rows), given `known` of `projected`."""
        prior = self.kernel(self.theta[particles], self.geometry.squares(rows, rows))
        result: Array = prior - product(known.transpose(0, 2, 1), known)
        return result

    def noise(self, particles: NDArray[np.int64]) -> Array:
        """Return the noise variances of particles."""
        result: Array = np.exp(2.0 * self.theta[particles, -1])
        return result

    def surprise(self, row: Array, quality: float, offset: float = MEAN) -> tuple[float, bool]:
        """Return how far a quality is from what was expected at a row, in standard deviations, and whether that is known.

        It is known when one outcome varies more than what is believed of the mean there.
        """
        means, variances = self.moments(row[None], self.all, offset)
        chances = self.chances()
        mean = float(chances @ means[:, 0])
        unknown = float(chances @ (variances[:, 0] + np.square(means[:, 0] - mean)))
        noise = float(chances @ self.noise(self.all))
        return (quality - mean) / math.sqrt(unknown + noise), unknown < noise

    # State

    def state(self) -> dict[str, Any]:
        """Return plain data that `load` continues from, exactly."""
        return {
            "theta": self.theta.tolist(), "rows": self.rows.tolist(), "qualities": self.qualities.tolist(),
            "offsets": self.offsets.tolist(), "renewed_at": self.renewed_at, "rng": self.rng.bit_generator.state,
            "contexts": list(self.contexts.seen),
        }  # fmt: skip

    def load(self, state: dict[str, Any]) -> None:
        """Continue from a state of a model of the same space and settings."""
        width = self.rows.shape[1]
        self.theta = np.array(state["theta"], dtype=float)
        self.count = len(self.theta)
        self.rows = np.array(state["rows"], dtype=float).reshape(-1, width)
        self.qualities = np.array(state["qualities"], dtype=float)
        self.offsets = np.array(state["offsets"], dtype=float)
        self.renewed_at = int(state["renewed_at"])
        self.rng.bit_generator.state = state["rng"]
        self.contexts.seen = list(state["contexts"])
        self.contexts.rank(self.renewed_at)
        self.weights = np.zeros(self.count)
        self._make_factors()


def _matern(scales: Array, squares: Array) -> Array:
    """Return Matérn 5/2 correlations, shape (particles, all pairs); done in place, because this is the hot spot."""
    radius = product(5.0 * scales, squares.reshape(len(squares), -1))
    radius += 1e-12
    np.sqrt(radius, out=radius)
    values = radius * (1.0 / 3.0)
    values += 1.0
    values *= radius
    values += 1.0
    np.negative(radius, out=radius)
    values *= np.exp(radius, out=radius)
    return values
