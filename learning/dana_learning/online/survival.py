"""How long an attempt takes, learned from attempts of which some were given up: a smoothed Kaplan-Meier curve.

The curve is the posterior mean of a beta process (Hjort 1990): where many attempts were at risk it is the estimate of
Kaplan and Meier (1958), with events smoothed in log time; where few or none were, beyond all that was seen above all,
it follows a log-normal with a share of attempts that never return, fitted to the censored attempts by EM
(Dempster, Laird and Rubin 1977).
"""

from __future__ import annotations

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
BELIEF = 5.0
"""The fitted tail counts as much as this many attempts at risk."""
SIGMA, SIGMA_COUNT = 0.7, 2.0
"""Prior spread of log seconds, and how many attempts it counts for."""
STUCK, STUCK_COUNT = 0.15, 4.0
"""Prior share of attempts that never return, and how many attempts it counts for."""
WIDTH = 0.6
"""Smoothing of events: this times their spread, divided by the fifth root of their number."""
ROUNDS = 12


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


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds that an attempt takes: `edges` of cells in log seconds, and the share `above` each edge."""

    edges: Array
    above: Array

    def survival(self, seconds: Array) -> Array:
        """Return the share of attempts that take longer than each of `seconds`."""
        return np.interp(np.log(np.maximum(seconds, 1e-12)), self.edges, self.above)

    def quantiles(self, shares: Array) -> Array:
        """Return the seconds within which each share (0 to 1) of attempts returns; inf for those that never do."""
        logs = np.interp(shares, 1.0 - self.above, self.edges)
        return np.where(shares < 1.0 - self.above[-1], np.exp(logs), np.inf)


def fit_latency(seconds: Array, returned: Mask, weights: Array, usual: float) -> Latency:
    """Fit durations of attempts; those that have not `returned` took longer than their `seconds`.

    `usual` is a first guess of the median, used while nothing has returned.

    >>> seconds = np.array([0.5, 0.6, 0.8, 1.0, 1.2, 9.0])
    >>> fit = fit_latency(seconds, seconds < 9, np.ones(6), 1.0)
    >>> bool(fit.survival(np.array([2.0]))[0] > 0.1), bool(fit.survival(np.array([0.7]))[0] > 0.5)
    (True, True)
    """
    logs = np.log(np.maximum(seconds, SHORTEST))
    middle, spread, stuck = _tail(logs, returned, weights, np.log(usual))
    low = min(float(logs.min(initial=middle)), middle - 3.0 * spread) - 0.5
    high = max(float(logs.max(initial=middle)), middle + 3.5 * spread) + 0.5
    edges = np.linspace(low, high, CELLS + 1)
    width = (high - low) / CELLS
    events = _binned(logs[returned], weights[returned], low, width)
    lost = _binned(logs[~returned] + 0.5 * width, weights[~returned], low, width)
    at_risk = weights.sum() - np.concatenate([[0.0], np.cumsum(events + lost)[:-1]])
    kernel = _kernel(logs[returned], weights[returned], width)
    # Both alike, so that nothing is seen where nobody was at risk any more.
    events, at_risk = np.convolve(events, kernel, "same"), np.convolve(at_risk, kernel, "same")
    tail = stuck + (1.0 - stuck) * normal_above((edges - middle) / spread)
    hazard = 1.0 - tail[1:] / tail[:-1]
    posterior = np.clip((BELIEF * hazard + events) / (BELIEF + np.maximum(at_risk, 0.0)), 0.0, 0.999)
    return Latency(edges, np.concatenate([[1.0], np.cumprod(1.0 - posterior)]))


def _binned(logs: Array, weights: Array, low: float, width: float) -> Array:
    cells = np.clip(((logs - low) / width).astype(np.int64), 0, CELLS - 1)
    return np.bincount(cells, weights, CELLS).astype(np.float64)


def _kernel(logs: Array, weights: Array, width: float) -> Array:
    """Return weights of neighbouring cells, an odd number of them; wider where few events are spread far."""
    total = float(weights.sum())
    if total <= 0:
        return np.ones(1)
    mean = float(weights @ logs) / total
    variance = (float(weights @ np.square(logs - mean)) + 0.1) / (total + 1.0)
    reach = WIDTH * variance**0.5 * total**-0.2 / width
    side = min(int(3 * reach) + 1, CELLS // 3)
    raw = np.exp(-0.5 * np.square(np.arange(-side, side + 1) / reach))
    kernel: Array = raw / raw.sum()
    return kernel


def _tail(logs: Array, returned: Mask, weights: Array, usual: float) -> tuple[float, float, float]:
    """Return middle and spread of log seconds and the share that never returns."""
    seen, seen_weights = logs[returned], weights[returned]
    lost, lost_weights = logs[~returned], weights[~returned]
    count, total = float(seen_weights.sum()), float(weights.sum())
    first, second = float(seen_weights @ seen), float(seen_weights @ np.square(seen))
    middle = (first + 0.05 * usual) / (count + 0.05)
    spread, stuck = SIGMA, STUCK
    for _ in range(ROUNDS if len(lost) else 1):
        hidden, hidden_first, hidden_second = 0.0, 0.0, 0.0
        if len(lost):
            z = (lost - middle) / spread
            above = np.maximum(normal_above(z), 1e-12)
            late = lost_weights * (1.0 - stuck) * above / (stuck + (1.0 - stuck) * above)
            ratio = np.exp(-0.5 * z * z) / (2.5066282746 * above)
            mean = middle + spread * ratio
            square = middle * middle + spread * spread + spread * ratio * (middle + lost)
            hidden, hidden_first, hidden_second = float(late.sum()), float(late @ mean), float(late @ square)
        all_ = count + hidden
        middle = (first + hidden_first + 0.05 * usual) / (all_ + 0.05)
        squares = max(second + hidden_second - 2 * middle * (first + hidden_first) + all_ * middle * middle, 0.0)
        spread = float(np.sqrt((squares + SIGMA_COUNT * SIGMA**2) / (all_ + SIGMA_COUNT)))
        stuck = (total - all_ + STUCK * STUCK_COUNT) / (total + STUCK_COUNT)
    return middle, spread, stuck
