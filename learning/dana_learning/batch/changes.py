"""When a measure moved from one level to another: binary segmentation of its cumulative sums.

Sources: Scott and Knott (1974) for the splitting; Fryzlewicz, Wild binary segmentation (2014), for the threshold in
units of a noise that is estimated without the levels. Every change is looked at again between its final neighbours.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"

CALM = 1.15
"""Added to the height that the largest of many deviates reaches by chance: one false change in some hundred series."""
SHORTEST = 10
MOST = 24
"""Changes of one series at most; the clearest stay."""


def change_points(values: Array, noise: float) -> list[int]:
    """Return where a new level begins, in order; `noise` is the standard deviation around the levels.

    >>> series = np.repeat([0.0, 5.0, 1.0], 60) + np.random.default_rng(1).normal(size=180)
    >>> change_points(series, 1.0)
    [60, 120]
    """
    count = len(values)
    least = max(SHORTEST, count // 100)
    if noise <= 0 or count < 2 * least:
        return []
    limit = noise * (math.sqrt(2 * math.log(count)) + CALM)
    sums = np.concatenate([[0.0], np.cumsum(np.clip(values, *_usual(values, noise)))])
    found, open_parts = list[int](), [(0, count)]
    while open_parts and len(found) < MOST:
        first, last = open_parts.pop(0)
        place, height = _split(sums, first, last, least)
        if height > limit:
            found.append(place)
            open_parts += [(first, place), (place, last)]
    return _settled(sums, sorted(found), least, limit)


def _usual(values: Array, noise: float) -> tuple[float, float]:
    count = len(values) - 1
    places = (round(0.03 * count), round(0.97 * count))
    low, high = np.partition(values, places)[[*places]].tolist()
    return low - 3 * noise, high + 3 * noise


def _split(sums: Array, first: int, last: int, least: int) -> tuple[int, float]:
    """Return the best place to split executions first to last (exclusive), and how far apart the two means are."""
    count = last - first
    if count < 2 * least:
        return first, 0.0
    left = np.arange(least, count - least + 1)
    total = sums[last] - sums[first]
    apart = np.abs(sums[first + least : last - least + 1] - sums[first] - total * (left / count))
    apart /= np.sqrt(left * (1.0 - left / count))
    place = int(np.argmax(apart))
    return first + least + place, float(apart[place])


def _settled(sums: Array, found: list[int], least: int, limit: float) -> list[int]:
    """Move each change to the best place between its neighbours, and drop those that are none any more."""
    count = len(sums) - 1
    for _ in range(2):
        at = 0
        while at < len(found):
            first = found[at - 1] if at else 0
            last = found[at + 1] if at + 1 < len(found) else count
            place, height = _split(sums, first, last, least)
            if height > limit:
                found[at] = place
                at += 1
            else:
                del found[at]
    return found


def levels_of(values: Array, places: list[int]) -> Array:
    """Return the mean of each part between changes, by execution.

    >>> levels_of(np.array([1.0, 3.0, 7.0]), [2])
    array([2., 2., 7.])
    """
    edges = [0, *places, len(values)]
    parts = itertools.pairwise(edges)
    return np.concatenate([np.full(last - first, values[first:last].mean()) for first, last in parts])
