"""What comes next: the last level with its trend and seasons, and the limits between which executions will be.

Limits grow with time as levels moved before; trends are damped (Gardner and McKenzie 1985), for few go on for ever.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dana_learning.batch.chance import interval_deviate
from dana_learning.batch.findings import Forecast

if TYPE_CHECKING:
    from dana_learning.batch.movement import Movement

LEVEL = 0.9
POINTS = 10
LEAST, MOST = 20, 200
"""Executions to look ahead: a tenth of those seen, within these."""


def forecast(movement: Movement, *, low: float = -math.inf, high: float = math.inf) -> Forecast:
    """Return what is expected of the next executions of a series, within what is possible at all."""
    series, left = movement.series, movement.left
    count = len(left)
    ahead = min(max(LEAST, count // 10), MOST)
    steps = np.linspace(1, ahead, POINTS)
    apart = float(series.times[-1] - series.times[0]) / max(count - 1, 1)
    times = series.times[-1] + steps * apart
    last = movement.places[-1] if movement.places else 0
    damping = 1.0 - np.square(steps / count) / 2.0
    means = movement.level[-1] + movement.slope * apart * steps * damping
    for wave in movement.waves:
        means = means + wave.at(times)
    ranked = np.sort(left)
    tail = (1.0 - LEVEL) / 2.0
    edges = ranked[[round(tail * (count - 1)), round((1.0 - tail) * (count - 1))]]
    unsure = _unsure(movement, count - last, steps)
    spread = max(float(left.std()), 1e-12)
    wider = interval_deviate(LEVEL) * (np.sqrt(np.square(spread) + np.square(unsure)) - spread)
    clipped = [np.clip(one, low, high) for one in (means, means + edges[0] - wider, means + edges[1] + wider)]
    lists = [tuple(one.tolist()) for one in (times, *clipped)]
    return Forecast(
        evidence=count, name=series.name, times=lists[0], means=lists[1], lows=lists[2], highs=lists[3], level=LEVEL
    )


def _unsure(movement: Movement, known: int, steps: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float64]:
    """Return the standard deviation of the level at each step: how well it is known, and how it used to move."""
    count = len(movement.left)
    jumps = np.diff(movement.level[[0, *movement.places]]) if movement.places else np.zeros(1)
    walk = float(np.square(jumps).sum()) / count
    slope = movement.slope * float(movement.series.times[-1] - movement.series.times[0]) / count
    deviate = max(movement.slope_deviate, interval_deviate(LEVEL))
    drift = np.square(slope * steps / deviate) + (movement.noise**2 * 4.0 / known if slope else 0.0)
    result: np.typing.NDArray[np.float64] = np.sqrt(movement.noise**2 / known + walk * steps + drift)
    return result
