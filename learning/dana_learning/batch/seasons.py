"""What comes back regularly: peaks of the periodogram of a series whose slow movements were taken out.

Executions need not be evenly spaced: they are summed into even bins (Schuster 1898). A peak counts when it stands out
of its neighbourhood in frequency more than any of that many would by chance (Fisher 1929), so that noise with a
memory is no season.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from dana_learning.batch.chance import middle

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"

LEAST = 100
"""Fewer executions are not searched."""
CYCLES = 6
"""A season must have been there this many times."""
ERROR = 0.0003
"""Probability of finding a season when there is none, if the neighbourhood were known; it is estimated, which doubles it."""
BINS = 16_384
MOST = 3
"""Seasons of one series at most."""
BLOCK = 40
"""Frequencies that make a neighbourhood, at least."""


@dataclass(frozen=True, slots=True)
class Wave:
    """One season: period in units of time, half its range, its power against its neighbours', and its shape."""

    period: float
    amplitude: float
    strength: float
    weights: Array
    """Of the cosines and sines of its harmonics."""
    start: float

    def at(self, times: Array) -> Array:
        """Return its part of the series at times."""
        return _harmonics(times - self.start, self.period, len(self.weights) // 2) @ self.weights


def waves(times: Array, values: Array) -> tuple[Wave, ...]:
    """Return the seasons of a series that is sorted by time, the strongest first.

    >>> hours = np.arange(500.0)
    >>> noise = np.random.default_rng(1).normal(size=500)
    >>> [round(wave.period) for wave in waves(hours, np.sin(hours * 2 * np.pi / 24) + noise)]
    [24]
    """
    count = len(values)
    span = float(times[-1] - times[0]) if count else 0.0
    if count < LEAST or span <= 0:
        return ()
    left = values - _slow(values)
    found = list[Wave]()
    bins = min(count, BINS)
    places = np.rint((times - times[0]) * ((bins - 1) / span)).astype(np.int64)
    even = count <= BINS and bool((places == np.arange(count)).all())
    while len(found) < MOST:
        sums = left if even else np.bincount(places, left, minlength=bins).astype(float)
        peak = _peak(sums)
        if peak is None:
            break
        period = span * bins / (bins - 1) / peak[0]
        wave = _fitted(times, left, period, peak[1])
        if wave is None:
            break
        left = left - wave.at(times)
        found.append(wave)
    return tuple(found)


def _slow(values: Array) -> Array:
    """Return the moving average over a fifth of the series, shorter at its ends."""
    count = len(values)
    half = max(count // 10, 4)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    first = np.maximum(np.arange(count) - half, 0)
    last = np.minimum(np.arange(count) + half + 1, count)
    result: Array = (sums[last] - sums[first]) / (last - first)
    return result


def _peak(sums: Array) -> tuple[float, float] | None:
    """Return the frequency (in cycles per whole) and strength of the highest peak, None when chance explains it."""
    # Half steps of frequency, so that no season falls between two of them.
    power = np.square(np.abs(np.fft.rfft(sums, 2 * len(sums))))[2 * CYCLES :]
    if len(power) < BLOCK or power.max() <= 1e-18 * max(float(np.square(sums).sum()), 1e-300):
        return None
    ratio = power / _background(power)
    place = int(np.argmax(ratio))
    strength = float(ratio[place])
    if strength < math.log(len(power) / ERROR):
        return None
    return CYCLES + _refined(power, place) / 2, strength


def _background(power: Array) -> Array:
    """Return the mean power to expect at each frequency: from medians of blocks that grow with the frequency."""
    edges = [0]
    while edges[-1] < len(power):
        edges.append(edges[-1] + max(BLOCK, edges[-1] // 2))
    if len(power) - edges[-2] < BLOCK and len(edges) > 2:
        del edges[-2]
    edges[-1] = len(power)
    levels = [middle(power[first:last]) for first, last in itertools.pairwise(edges)]
    centres = [(first + last) / 2 for first, last in itertools.pairwise(edges)]
    # The median of an exponential variable is log 2 of its mean.
    result: Array = np.interp(np.arange(len(power)), centres, levels) / math.log(2)
    return np.maximum(result, 1e-300)


def _refined(power: Array, place: int) -> float:
    """Return where the power is highest near a place: the top of a parabola through three neighbours."""
    if not 0 < place < len(power) - 1:
        return float(place)
    low, top, high = np.sqrt(power[place - 1 : place + 2]).tolist()
    bend = low - 2 * top + high
    return place + (0.5 * (low - high) / bend if bend < 0 else 0.0)


def _harmonics(times: Array, period: float, count: int) -> Array:
    turn = np.exp(times * (2j * math.pi / period))
    found, power = np.empty((len(times), 2 * count)), turn
    for harmonic in range(count):
        found[:, 2 * harmonic] = power.real
        found[:, 2 * harmonic + 1] = power.imag
        power = power * turn
    return found


def _fitted(times: Array, values: Array, period: float, strength: float) -> Wave | None:
    # A bow besides the wave, where there are enough executions in a period to see one.
    apart = float(times[-1] - times[0]) / (len(times) - 1)
    harmonics = 2 if period > 6 * apart else 1
    start = float(times[0])
    rows = _harmonics(times - start, period, harmonics)
    gram = rows.T @ rows + np.eye(2 * harmonics) * 1e-9
    weights = np.linalg.solve(gram, rows.T @ values).astype(float)
    shape = _harmonics(np.linspace(0, period, 49), period, harmonics) @ weights
    amplitude = float(shape.max() - shape.min()) / 2
    return Wave(period, amplitude, strength, weights, start) if amplitude > 0 else None
