"""What would have come of other timeouts, retries and waits: many imagined executions, replayed for each candidate.

The imagined executions (worlds) are the same for all candidates, so that candidates differ by what they do and not by
luck. After an attempt was given up the next one may be a fresh draw, meet the same fate again (the request is what is
slow), or find the answer nearer by the time that went by (what was started goes on).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from dana_learning.online.outages import Outages
    from dana_learning.online.survival import Latency
    from dana_learning.online.utility import Utility

Array: TypeAlias = NDArray[np.float64]

WORLDS = 192
MOST = 12
"""Attempts that are imagined; what has not succeeded by then has failed."""


@dataclass(frozen=True, slots=True)
class Dice:
    """Uniform numbers, drawn once: every fit is made of the same ones. Each column is evenly spread."""

    latency: Array
    error: Array
    outage: Array
    jitter: Array
    fate: Array
    error_seconds: Array

    @classmethod
    def thrown(cls, seed: int) -> Dice:
        """Draw the numbers for all worlds."""
        rng = np.random.default_rng(seed)

        def even(columns: int) -> Array:
            order = np.argsort(rng.random((WORLDS, columns)), axis=0)
            found: Array = (order + rng.random((WORLDS, columns))) / WORLDS
            return found

        outage, jitter, fate = (even(1)[:, 0] for _ in range(3))
        return cls(even(MOST), even(MOST), outage, jitter, fate, even(MOST))


@dataclass(frozen=True, slots=True)
class Worlds:
    """Fates of the attempts of imagined executions, shape (WORLDS, MOST), and of whole executions, shape (WORLDS,)."""

    seconds: Array
    failing: NDArray[np.bool_]
    error_seconds: Array
    down: Array
    longer: Array
    ready: Array

    @classmethod
    def imagined(cls, dice: Dice, latency: Latency, outages: Outages, fates: Array, errors: Array) -> Worlds:
        """Make worlds of what is known; `fates` are the chances of fresh, same and continued; `errors` seen seconds."""
        seconds = latency.quantiles(dice.latency)
        same = dice.fate < fates[1]
        going_on = ~same & (dice.fate < fates[1] + fates[2])
        seconds[same] = seconds[same, :1]
        ready = np.where(going_on, seconds[:, 0], -np.inf)
        seconds[going_on] = np.minimum(seconds[going_on], seconds[going_on, :1])
        places = (dice.error_seconds * len(errors)).astype(np.int64)
        down, longer = outages.sampled(dice.outage, dice.jitter)
        return cls(seconds, dice.error < outages.single, errors[places], down, longer, ready)


def replayed(worlds: Worlds, utility: Utility, timeouts: Array, counts: Array, waits: Array) -> tuple[Array, Array]:
    """Return means and standard deviations of quality over the worlds, for each candidate.

    `timeouts` and `counts` (of attempts) have shape (n,), `waits` (n, MOST): seconds before each attempt.
    """
    first, down = worlds.seconds[:, 0], worlds.failing[:, 0] | (worlds.down > 0)
    succeeded = (first <= timeouts[:, None]) & ~down
    found = np.where(succeeded, utility.of(np.minimum(first, 1e9)), utility.failure)
    place = np.flatnonzero(~succeeded)
    row, world = place // WORLDS, place % WORLDS
    limit = timeouts.take(row)
    clock = np.where(down.take(world), np.minimum(worlds.error_seconds[:, 0].take(world), limit), limit)
    for tried in range(1, min(MOST, int(counts.max(initial=1)))):
        going = np.flatnonzero(counts.take(row) > tried)
        if not len(going):
            break
        place, row, world, clock = place.take(going), row.take(going), world.take(going), clock.take(going)
        clock += waits[:, tried].take(row)
        limit = timeouts.take(row)
        until = np.where(worlds.failing[:, tried], np.inf, worlds.down + tried * worlds.longer)
        refused = clock < until.take(world)
        seconds = np.maximum(worlds.ready.take(world) - clock, worlds.seconds[:, tried].take(world))
        is_done = (seconds <= limit) & ~refused
        done, left = np.flatnonzero(is_done), np.flatnonzero(~is_done)
        quality = utility.of(clock.take(done) + seconds.take(done)) - utility.cost * tried
        found.put(place.take(done), np.maximum(quality, utility.failure))
        took = np.where(refused, np.minimum(worlds.error_seconds[:, tried].take(world), limit), limit)
        clock += took
        place, row, world, clock = place.take(left), row.take(left), world.take(left), clock.take(left)
    means: Array = found.mean(axis=1)
    spread = np.square(found).mean(axis=1) - np.square(means)
    return means, np.sqrt(np.maximum(spread, 0.0))
