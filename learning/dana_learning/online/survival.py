"""How long an attempt takes, believed from attempts of which some were given up: smoothed Kaplan-Meier curves.

Each curve is one draw of a posterior. It weighs executions at random (the weighted likelihood bootstrap, Newton and
Raftery 1994) and follows a beta process (Hjort 1990): where many attempts were at risk it is the estimate of Kaplan and
Meier (1958), each answer smoothed over as far as its neighbours are; where few or none were, beyond all that was seen
above all, it follows a family of distributions with a share of attempts that never return, fitted to the censored
attempts by EM (Dempster, Laird and Rubin 1977). How many draws follow which family depends on how likely it makes
what was seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

CELLS = 120
SHORTEST = 1e-6
"""Seconds; shorter durations count as this."""
SIGMA, SIGMA_COUNT = 0.7, 2.0
"""Prior spread of log seconds, and how many attempts it counts for."""
STUCK, STUCK_COUNT = 0.15, 4.0
"""Prior share of attempts that never return, and how many attempts it counts for."""
NEAR, FAR = 0.08, 0.6
"""An answer is smoothed over at least so much of a logarithm, and at most over so much of the spread of all."""
FAMILIES = (0.4, 0.2, 0.2, 0.2)
"""How far log-normal, log-logistic, Frechet and Weibull are believed before."""
EULER = 0.5772156649
ROUNDS = 8


def normal_above(values: Array) -> Array:
    """Return the chance that a standard normal is above each value (Abramowitz and Stegun 7.1.26, error 1.5e-7).

    >>> normal_above(np.array([0.0, 1.96, -1.96])).round(4)
    array([0.5  , 0.025, 0.975])
    """
    size = np.abs(values) / np.sqrt(2.0)
    t = 1.0 / (1.0 + 0.3275911 * size)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    half = 0.5 * series * np.exp(-size * size)
    above: Array = np.where(values >= 0, half, 1.0 - half)
    return above


def _above(family: int, z: Array) -> Array:
    """Return the chance of being above z in a family, scaled to mean 0 and deviation 1."""
    if family == 0:
        return normal_above(z)
    if family == 1:
        return 1.0 / (1.0 + np.exp(np.clip(z * (math.pi / math.sqrt(3.0)), -60, 60)))
    reduced = np.clip(z * (math.pi / math.sqrt(6.0)), -60.0, 60.0)
    if family == 2:
        return -np.expm1(-np.exp(-reduced - EULER))
    return np.exp(-np.exp(reduced - EULER))


def _density(family: int, z: Array) -> Array:
    """Return the logarithm of the density at z in a family, scaled to mean 0 and deviation 1."""
    if family == 0:
        return -0.5 * z * z - 0.9189385332
    if family == 1:
        scale = math.pi / math.sqrt(3.0)
        size = np.abs(z) * scale
        return math.log(scale) - size - 2.0 * np.log1p(np.exp(-size))
    scale = math.pi / math.sqrt(6.0)
    reduced = np.clip(z * scale, -60.0, 60.0) * (1.0 if family == 2 else -1.0) + EULER
    return math.log(scale) - reduced - np.exp(-reduced)


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Random numbers that make one draw of the posterior differ from another; each has shape (draws,)."""

    spread: Array
    stuck: Array
    returned: Array
    trust: Array
    family: Array

    @classmethod
    def thrown(cls, rng: np.random.Generator, draws: int) -> Beliefs:
        """Draw the numbers."""
        even = (rng.permutation(draws) + 0.5) / draws
        trust = np.array([2.0, 5.0, 12.0])[rng.permutation(draws) % 3]
        return cls(
            SIGMA * np.exp(0.35 * rng.normal(size=draws)), STUCK * STUCK_COUNT * np.exp(0.6 * rng.normal(size=draws)),
            np.full(draws, (1 - STUCK) * STUCK_COUNT), trust, even,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds that an attempt takes: `edges` of cells in log seconds, and for each draw the share `above` each edge."""

    edges: Array
    above: Array

    def survival(self, seconds: Array) -> Array:
        """Return the share of attempts that take longer than each of `seconds`, on the mean of all draws."""
        found: Array = np.interp(np.log(np.maximum(seconds, 1e-12)), self.edges, self.above.mean(axis=0))
        return found

    def quantiles(self, shares: Array) -> Array:
        """Return the seconds within which shares (draws, ...) of attempts return; inf for those that never do."""
        found = np.empty_like(shares)
        for draw, above in enumerate(self.above):
            share, below = shares[draw], 1.0 - above
            logs = np.interp(share, below, self.edges)
            found[draw] = np.where(share < below[-1], np.exp(logs), np.inf)
        return found


def fit_latency(seconds: Array, returned: Mask, weights: Array, usual: float, beliefs: Beliefs) -> Latency:
    """Fit durations of attempts; those that have not `returned` took longer than their `seconds`.

    `weights` has shape (draws, attempts). `usual` is a first guess of the median, used while nothing has returned.

    >>> seconds, beliefs = np.array([0.5, 0.6, 0.8, 1.0, 1.2, 9.0]), Beliefs.thrown(np.random.default_rng(1), 16)
    >>> fit = fit_latency(seconds, seconds < 9, np.ones((16, 6)), 1.0, beliefs)
    >>> bool(fit.survival(np.array([2.0]))[0] > 0.1), bool(fit.survival(np.array([0.7]))[0] > 0.5)
    (True, True)
    """
    logs = np.log(np.maximum(seconds, SHORTEST))
    middle, spread, stuck = _tail(logs, returned, weights, float(np.log(usual)), beliefs)
    low = min(float(logs.min(initial=middle.min())), float((middle - 3.0 * spread).min())) - 0.5
    high = max(float(logs.max(initial=middle.max())), float((middle + 3.5 * spread).max())) + 0.5
    low, high = max(low, float(middle.mean()) - 20.0), min(high, float(middle.mean()) + 20.0)
    edges = np.linspace(low, high, CELLS + 1)
    seen, lost = logs[returned], logs[~returned]
    reach = _reach(seen)
    z = (edges[None, :] - seen[:, None]) / reach[:, None]
    gone = 1.0 - normal_above(z)
    gone[:, 0] = 0.0
    events = weights[:, returned] @ np.diff(gone, axis=1)
    at_risk = weights[:, returned] @ (1.0 - gone[:, :-1])
    # Smoothed as answers near them are, so that nothing is seen where nobody was at risk any more.
    order = np.argsort(seen)
    alike = np.interp(lost, seen[order], reach[order]) if len(seen) else np.full(len(lost), 0.5 * SIGMA)
    at_risk += weights[:, ~returned] @ normal_above((edges[None, :-1] - lost[:, None]) / alike[:, None])
    tail = np.empty((len(weights), CELLS + 1))
    families = _families(logs, returned, weights, middle, spread, stuck, beliefs)
    scaled = (edges - middle[:, None]) / spread[:, None]
    for family in np.unique(families):
        chosen = families == family
        tail[chosen] = _above(int(family), scaled[chosen])
    tail = stuck[:, None] + (1.0 - stuck[:, None]) * tail
    hazard = 1.0 - tail[:, 1:] / np.maximum(tail[:, :-1], 1e-12)
    trust = beliefs.trust[:, None]
    posterior = np.clip((trust * hazard + events) / (trust + np.maximum(at_risk, 0.0)), 0.0, 0.999)
    return Latency(edges, np.concatenate([np.ones((len(weights), 1)), np.cumprod(1.0 - posterior, axis=1)], axis=1))


def _reach(seen: Array) -> Array:
    """Return over how much of a logarithm each answer is smoothed: as far as its nearest neighbours are."""
    count = len(seen)
    if count < 2:
        return np.full(count, 0.5 * SIGMA)
    order = np.argsort(seen)
    sorted_ = seen[order]
    spread = math.sqrt((float(np.square(seen - seen.mean()).sum()) + 0.1) / (count + 1.0))
    near = max(1, round(0.7 * math.sqrt(count)))
    places = np.arange(count)
    first, last = np.maximum(places - near, 0), np.minimum(places + near, count - 1)
    gaps = (sorted_[last] - sorted_[first]) / np.maximum(last - first, 1) * near
    found = np.empty(count)
    found[order] = np.clip(0.6 * gaps, NEAR, max(NEAR, FAR * spread))
    return found


def _families(
    logs: Array, returned: Mask, weights: Array, middle: Array, spread: Array, stuck: Array, beliefs: Beliefs
) -> NDArray[np.int64]:
    """Return the family that each draw follows, as often as what was seen makes each probable."""
    weight, mean, deviation = weights.mean(axis=0), float(middle.mean()), float(spread.mean())
    share = float(stuck.mean())
    z = (logs - mean) / deviation
    fits = np.empty(len(FAMILIES))
    for family in range(len(FAMILIES)):
        late = np.log(share + (1.0 - share) * _above(family, z[~returned]) + 1e-12)
        fits[family] = float(weight[returned] @ _density(family, z[returned])) + float(weight[~returned] @ late)
    chances = np.array(FAMILIES) * np.exp(fits - fits.max())
    return np.minimum(np.searchsorted(np.cumsum(chances / chances.sum()), beliefs.family), len(FAMILIES) - 1)


def _tail(logs: Array, returned: Mask, weights: Array, usual: float, beliefs: Beliefs) -> tuple[Array, Array, Array]:
    """Return middle and spread of log seconds and the share that never returns, for each draw."""
    seen, seen_weights = logs[returned], weights[:, returned]
    lost, lost_weights = logs[~returned], weights[:, ~returned]
    count, total = seen_weights.sum(axis=1), weights.sum(axis=1)
    first, second = seen_weights @ seen, seen_weights @ np.square(seen)
    middle = (first + 0.05 * usual) / (count + 0.05)
    spread = beliefs.spread
    stuck = beliefs.stuck / (beliefs.stuck + beliefs.returned)
    for _ in range(ROUNDS if len(lost) else 1):
        hidden = hidden_first = hidden_second = np.zeros(len(weights))
        if len(lost):
            z = (lost - middle[:, None]) / spread[:, None]
            above = np.maximum(normal_above(z), 1e-12)
            late = (1.0 - stuck)[:, None] * above
            late = lost_weights * late / (stuck[:, None] + late)
            ratio = np.exp(-0.5 * z * z) / (2.5066282746 * above)
            mean = middle[:, None] + spread[:, None] * ratio
            square = (np.square(middle) + np.square(spread))[:, None] + spread[:, None] * ratio * (
                middle[:, None] + lost
            )
            hidden, hidden_first, hidden_second = (part.sum(axis=1) for part in (late, late * mean, late * square))
        all_ = count + hidden
        middle = (first + hidden_first + 0.05 * usual) / (all_ + 0.05)
        squares = np.maximum(second + hidden_second - 2 * middle * (first + hidden_first) + all_ * middle * middle, 0.0)
        spread = np.sqrt((squares + SIGMA_COUNT * beliefs.spread**2) / (all_ + SIGMA_COUNT))
        stuck = (total - all_ + beliefs.stuck) / (total + beliefs.stuck + beliefs.returned)
    return middle, spread, np.clip(stuck, 0.0, 0.999)
