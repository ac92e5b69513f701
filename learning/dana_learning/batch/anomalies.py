"""Single executions far from what was expected of them, in deviations that fit the tail on their own side.

Sources: Hampel, The influence curve (1974), for the median absolute deviation; here each side has the spread and the
thickness of its own tail (from its quantiles), so that long-tailed times are not all called anomalies.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from dana_learning.batch.chance import NORMAL, deviate_beyond
from dana_learning.batch.findings import Anomaly

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dana_learning.batch.movement import Movement

Array: TypeAlias = "NDArray[np.float64]"

ERROR = 0.01
"""Probability of calling any usual execution of a series an anomaly."""
NEAR, FAR = 0.75, 0.95
"""The quantiles (and their mirrors) that a tail is measured by."""
RARE = 0.005
"""Where nearly all are the same, others are anomalies when they are rarer than this."""
MOST = 100
"""The farthest are reported."""
CERTAIN = 99.0


def scores(left: Array) -> Array:
    """Return how far each value is from the median, in deviations of a normal variable as unlikely.

    >>> values = np.random.default_rng(1).exponential(size=2000)
    >>> bool(np.abs(scores(values)).max() < 5.5), bool(scores(np.append(values, 60.0))[-1] > 9)
    (True, True)
    """
    ranked = np.sort(left)
    middle = _at(ranked, 0.5)
    found = np.zeros(len(left))
    apart = left - middle
    for side in (1.0, -1.0):
        # On the lower side the quantiles are mirrored.
        near, far = (side * (_at(ranked, 0.5 + side * (share - 0.5)) - middle) for share in (NEAR, FAR))
        here = side * apart > max(far, 0.0)
        found[here] = side * _deviates(side * apart[here], near, far, len(left))
    return found


def _deviates(distances: Array, near: float, far: float, count: int) -> Array:
    """Return deviates of distances by a tail d = a * deviate ** b through its two quantiles, b at least 1."""
    if far <= 0:
        return np.full(len(distances), CERTAIN if 0 < len(distances) <= RARE * count else 0.0)
    near_deviate, far_deviate = NORMAL.inv_cdf(NEAR), NORMAL.inv_cdf(FAR)
    bend = math.log(far / near) / math.log(far_deviate / near_deviate) if near > 0 else 4.0
    # Quantiles of few executions are uncertain: the tail is taken to be a little thicker than it looks.
    bend = min(max(bend, 1.0) + 2.0 / math.sqrt(count), 4.0)
    result: Array = np.minimum(far_deviate * (distances / far) ** (1.0 / bend), CERTAIN)
    return result


def _at(ranked: Array, share: float) -> float:
    return float(ranked[round(share * (len(ranked) - 1))])


def anomalies(movement: Movement, ids: tuple[str, ...]) -> tuple[Anomaly, ...]:
    """Return executions that are farther from what was expected than any of that many would be, the farthest first."""
    series = movement.series
    left = movement.left
    if len(left) < 20 or float(left.max() - left.min()) < 1e-12:
        return ()
    found = scores(left)
    limit = deviate_beyond(ERROR / 2 / len(left))
    far = np.flatnonzero(np.abs(found) > limit)
    far = far[np.argsort(-np.abs(found[far]), kind="stable")][:MOST]
    return tuple(
        Anomaly(
            evidence=len(left), name=series.name, execution_id=ids[int(series.rows[place])],
            time=float(series.times[place]), measured=float(series.values[place]),
            expected=float(series.values[place] - left[place]), score=float(found[place]),
        )
        for place in far
    )  # fmt: skip
