"""Probabilities and robust spreads without scipy: what the findings' tests stand on."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NORMAL = NormalDist()
MAD_TO_SIGMA = 1.4826
"""A normal distribution's standard deviation in units of its median absolute deviation."""


def normal_cdf(values: Array) -> Array:
    """Return the standard normal distribution function, to 2e-7 (Abramowitz and Stegun 1964, 7.1.26).

    >>> normal_cdf(np.array([-1.96, 0.0, 1.96])).round(4)
    array([0.025, 0.5  , 0.975])
    """
    size = np.abs(values) * math.sqrt(0.5)
    t = 1.0 / (1.0 + 0.3275911 * size)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    tail: Array = 0.5 * series * np.exp(-np.square(size))
    return np.where(values < 0, tail, 1.0 - tail)


def student_deviate(t: float, degrees: float) -> float:
    """Return the normal deviate that is as unlikely as Student's t (Wallace 1959).

    >>> round(student_deviate(2.228, 10), 2)
    1.96
    """
    size = (8 * degrees + 1) / (8 * degrees + 3) * math.sqrt(degrees * math.log1p(t * t / degrees))
    return math.copysign(size, t)


def chi_deviate(statistic: float, degrees: int) -> float:
    """Return the normal deviate that is as unlikely as a chi-square (Wilson and Hilferty 1931).

    >>> round(chi_deviate(18.31, 10), 2)
    1.65
    """
    spread = 2.0 / (9.0 * degrees)
    return (math.cbrt(max(statistic, 0.0) / degrees) - (1.0 - spread)) / math.sqrt(spread)


def deviate_beyond(chance: float) -> float:
    """Return the deviate that a standard normal variable exceeds with a (small) probability.

    >>> round(deviate_beyond(0.025), 2)
    1.96
    """
    return -NORMAL.inv_cdf(chance)


def interval_deviate(level: float) -> float:
    """Return the half width of the interval that holds a share of a standard normal variable."""
    return NORMAL.inv_cdf(0.5 + 0.5 * level)


def middle(values: Array) -> float:
    """Return the median, of an even number the higher of the two in the middle."""
    place = len(values) // 2
    return float(np.partition(values, place)[place])


def noise_of(values: Array) -> float:
    """Return the standard deviation of a series around a level that may jump, from differences of neighbours.

    Outliers count little. Dependence between neighbours is allowed for by differences of block means.

    >>> 0.8 < noise_of(np.random.default_rng(1).normal(size=500) + 5 * (np.arange(500) > 250)) < 1.3
    True
    """
    if len(values) < 4:
        return float(np.std(values)) if len(values) else 0.0
    near = _difference_noise(values)
    width = max(2, round(len(values) ** (1 / 3)))
    whole = len(values) // width * width
    if whole // width < 12:
        return near
    block = _difference_noise(values[:whole].reshape(-1, width).mean(axis=1)) * math.sqrt(width)
    # Block means know the noise less well; only a clear excess over that of neighbours says dependence.
    return max(near, 0.8 * block)


def _difference_noise(values: Array) -> float:
    steps = np.diff(values)
    size = np.abs(steps)
    usual = middle(size) * MAD_TO_SIGMA
    limit = 4.0 * usual if usual > 0 else float(size.max())
    return math.sqrt(float(np.square(np.minimum(size, limit)).mean()) / 2.0)


def chances_of_best(means: Array, deviations: Array) -> Array:
    """Return for each of several independent normal variables the probability that it is the largest.

    >>> chances_of_best(np.array([0.0, 0.0]), np.array([1.0, 1.0])).round(3)
    array([0.5, 0.5])
    """
    spread = np.maximum(deviations, 1e-12)
    nodes = np.linspace(-4.0, 4.0, 65)
    weights = np.exp(-0.5 * np.square(nodes))
    points = means[:, None] + spread[:, None] * nodes
    below = normal_cdf((points[:, :, None] - means) / spread)
    own = np.arange(len(means))
    below[own, :, own] = 1.0
    raw = below.prod(axis=2) @ weights
    result: Array = raw / raw.sum()
    return result
