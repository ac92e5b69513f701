"""One series taken apart: seasons, levels with changes, a trend if it is steadier than levels, and what is left."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from dana_learning.batch.chance import deviate_beyond, noise_of, student_deviate
from dana_learning.batch.changes import change_points, levels_of
from dana_learning.batch.records import Series
from dana_learning.batch.seasons import Wave, waves

if TYPE_CHECKING:
    from numpy.typing import NDArray


Array: TypeAlias = "NDArray[np.float64]"

TREND_ERROR = 0.003
"""Probability of finding a trend when there is none."""
BLOCKS = 24
"""The trend's error comes from how far this many block means are from it, so that neighbours may depend on each other."""


@dataclass(frozen=True, slots=True)
class Movement:
    """The parts of a series: values = seasonal + level + left, each of shape (n,). `slope` is that of the level."""

    series: Series
    waves: tuple[Wave, ...]
    places: list[int]
    """Where a new level begins."""
    level: Array
    left: Array
    slope: float
    slope_deviate: float
    noise: float

    @property
    def steady(self) -> Array:
        """The series without its seasons."""
        return self.level + self.left


def taken_apart(series: Series) -> Movement:
    """Return the parts of a series.

    >>> from dana_learning.batch.records import Series
    >>> values = np.arange(200) / 100 + np.random.default_rng(1).normal(size=200) / 10
    >>> found = taken_apart(Series("x", values, np.arange(200.0), np.arange(200), False))
    >>> round(found.slope, 2), found.places
    (0.01, [])
    """
    times, values = series.times, series.values
    seasons = waves(times, values)
    steady = values
    for wave in seasons:
        steady = steady - wave.at(times)
    noise = noise_of(steady)
    places = change_points(steady, noise)
    level = levels_of(steady, places)
    slope, line, deviate = _line(times, steady)
    if deviate > deviate_beyond(TREND_ERROR / 2):
        bent = change_points(steady - line, noise)
        both = line + levels_of(steady - line, bent)
        if _cost(steady - both, 2 * len(bent) + 1) < _cost(steady - level, 2 * len(places)):
            return Movement(series, seasons, bent, both, steady - both, slope, deviate, noise)
    return Movement(series, seasons, places, level, steady - level, 0.0, 0.0, noise)


def _line(times: Array, values: Array) -> tuple[float, Array, float]:
    """Return the slope, the line, and how far the slope is from none (a deviate, never negative)."""
    centred = times - times.mean()
    spread = float(centred @ centred)
    if spread <= 0 or len(values) < BLOCKS:
        return 0.0, np.full(len(values), values.mean()), 0.0
    slope = float(centred @ values) / spread
    line = values.mean() + slope * centred
    blocks = min(BLOCKS, len(values) // 2)
    whole = len(values) // blocks * blocks
    left = (values - line)[-whole:].reshape(blocks, -1).mean(axis=1)
    where = centred[-whole:].reshape(blocks, -1).mean(axis=1)
    error = math.sqrt(float(left @ left) / (blocks - 2) / max(float(where @ where), 1e-300))
    if error <= 0:
        return slope, line, math.inf if slope else 0.0
    return slope, line, student_deviate(abs(slope) / error, blocks - 2)


def _cost(left: Array, numbers: int) -> float:
    """Return the Bayesian information criterion (Schwarz 1978) of what a description leaves over."""
    count = len(left)
    return count * math.log(max(float(left @ left), 1e-300)) + numbers * math.log(count)
