"""What an outcome is worth: quality of a success by its seconds, falling and otherwise of any form, and of a failure.

A Gaussian process (Rasmussen and Williams 2006, section 2.7) around a falling line, for a success of its seconds; where
nothing was seen it follows the line, and it is made to fall everywhere. Each further attempt may cost something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

POINTS = 2048
BEND, REACH = 0.12, 0.8
"""How far quality leaves the line, and over which ratio of seconds (as a logarithm)."""
NOISE = 0.03
LEVEL, COST = 0.15, 0.01
"""Prior deviations of the quality of an immediate success from 1, and of the cost of an attempt from 0."""
FAILURE_COUNT = 0.3
"""The quality of a failure is held to be 0 as firmly as by this many failures."""
MOST = 100
"""Only the last so many successes are looked at."""


@dataclass(frozen=True, slots=True)
class Utility:
    """Quality of a success at equal steps of `step` seconds, of a failure, and what each attempt after the first costs."""

    step: float
    qualities: Array
    failure: float
    cost: float

    def of(self, seconds: Array) -> Array:
        """Return the quality of a success after `seconds`, attempts not counted."""
        places = np.minimum(seconds * (1.0 / self.step) + 0.5, float(POINTS - 1)).astype(np.int64)
        return self.qualities[places]


def fit_utility(
    seconds: Array, retries: Array, qualities: Array, succeeded: NDArray[np.bool_], patience: float
) -> Utility:
    """Fit outcomes; unseen, quality is believed to be gone after `patience` seconds.

    >>> seconds = np.array([1.0, 2.0, 3.0, 4.0])
    >>> fit = fit_utility(seconds, np.zeros(4), 1 - seconds / 10, np.ones(4, dtype=bool), 20.0)
    >>> fit.of(np.array([0.5, 5.0, 15.0])).round(1)
    array([0.9, 0.5, 0. ])
    """
    failed = qualities[~succeeded][-MOST:]
    failure = float(failed.sum()) / (len(failed) + FAILURE_COUNT)
    times, tries, found = (part[succeeded][-MOST:] for part in (seconds, retries, qualities))
    horizon = max(patience, 3.0 * float(times.max(initial=0.0)))
    step = horizon / (POINTS - 1)
    knots = np.concatenate([[0.0], np.geomspace(horizon / 400.0, horizon, 40)])
    slope = 1.0 / patience
    level, cost = np.clip(1.0 - slope * knots, 0.0, 1.0), 0.0
    if len(found):
        # Most calls may take no time that a clock sees; much below the longest one the numbers would drown the noise.
        scale = max(float(np.median(times)), 1e-6 * float(times.max())) + 1e-9
        own = _covariance(times, times, scale, slope) + COST**2 * np.outer(tries, tries)
        own[np.diag_indices(len(own))] += NOISE**2
        solved = np.linalg.solve(own, found - (1.0 - slope * times))
        level = 1.0 - slope * knots + _covariance(knots, times, scale, slope) @ solved
        cost = max(0.0, -float(COST**2 * tries @ solved))
    falling = np.clip(np.minimum.accumulate(level), failure, 1.0)
    return Utility(step, np.interp(np.arange(POINTS) * step, knots, falling), failure, cost)


def _covariance(left: Array, right: Array, scale: float, slope: float) -> Array:
    """Return prior covariances of quality: of the level, of the slope (up to some ten times as steep), of bends."""
    apart = np.subtract.outer(np.log1p(left / scale), np.log1p(right / scale)) / REACH
    steep = max(slope, 0.3 / scale)
    bends = BEND**2 * np.exp(-0.5 * apart * apart)
    return LEVEL**2 + steep * steep * np.outer(left, right) + bends
