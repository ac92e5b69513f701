"""What would have come of other timeouts, retries and waits: many imagined executions, replayed for each candidate.

The imagined executions (worlds) are the same for all candidates, so that candidates differ by what they do and not by
luck. They come from several draws of what is believed, as many from each, so that it can be told how sure a difference
is. After an attempt was given up the next one may be a fresh draw, meet the same fate again (the request is what is
slow), or find the answer nearer by the time that went by (what was started goes on).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dana_learning.online.outages import Doubts
from dana_learning.online.survival import Beliefs

if TYPE_CHECKING:
    from dana_learning.online.outages import Outages
    from dana_learning.online.survival import Latency
    from dana_learning.online.utility import Utility

Array: TypeAlias = NDArray[np.float64]

DRAWS, EACH, BLOCK = 48, 32, 4
"""Draws of what is believed, worlds of each, and how many of these are looked at for a first impression."""
WORLDS = DRAWS * EACH
FEW = DRAWS * BLOCK
EXECUTIONS = 150
"""Executions that a draw weighs at random."""
FATES, FATES_SPREAD = np.array([8.0, 0.5, 0.5]), np.array([0.0, 0.8, 0.8])
"""Prior counts of attempts after one that was given up: a fresh draw, the same fate, and what was started goes on."""
MOST = 8
"""Attempts that are imagined; what has not succeeded by then has failed."""


@dataclass(frozen=True, slots=True)
class Dice:
    """Random numbers, drawn once for all functions: every fit is made of the same ones.

    Those of worlds have shape (DRAWS, EACH, ...) and are evenly spread within each block of a draw; `weights` of
    executions and `fates` (prior counts), `beliefs` and `doubts` are what a draw believes.
    """

    latency: Array
    error: Array
    error_seconds: Array
    outage: Array
    jitter: Array
    fate: Array
    weights: Array
    fates: Array
    beliefs: Beliefs
    doubts: Doubts


@lru_cache(maxsize=1)
def thrown() -> Dice:
    """Draw the numbers."""
    rng = np.random.default_rng(11)

    def even(columns: int) -> Array:
        order = np.argsort(rng.random((DRAWS, EACH // BLOCK, BLOCK, columns)), axis=2)
        found: Array = ((order + rng.random(order.shape)) / BLOCK).reshape(DRAWS, EACH, columns)
        return found

    fates = FATES * np.exp(FATES_SPREAD * rng.normal(size=(DRAWS, 3)))
    weights = rng.exponential(size=(DRAWS, EXECUTIONS))
    latency, error, error_seconds = (even(MOST) for _ in range(3))
    outage, jitter, fate = (even(1)[:, :, 0] for _ in range(3))
    beliefs, doubts = Beliefs.thrown(rng, DRAWS), Doubts.thrown(rng, DRAWS)
    return Dice(latency, error, error_seconds, outage, jitter, fate, weights, fates, beliefs, doubts)


@dataclass(frozen=True, slots=True)
class Worlds:
    """Fates of the attempts of imagined executions, shape (MOST, worlds), and of whole executions, shape (worlds,).

    Worlds of all draws take turns: the first `FEW` are a first impression of all draws.
    """

    seconds: Array
    failing: NDArray[np.bool_]
    error_seconds: Array
    down: Array
    longer: Array
    ready: Array

    @classmethod
    def imagined(cls, dice: Dice, latency: Latency, outages: Outages, fates: Array, errors: Array) -> Worlds:
        """Make worlds of what is known; `fates` are chances of fresh, same and continued, `errors` seen seconds."""
        seconds = latency.quantiles(dice.latency)
        same = dice.fate < fates[:, 1:2]
        going_on = ~same & (dice.fate < fates[:, 1:2] + fates[:, 2:])
        first = seconds[:, :, :1]
        seconds = np.where(same[:, :, None], first, np.where(going_on[:, :, None], np.minimum(seconds, first), seconds))
        ready = np.where(going_on, seconds[:, :, 0], -np.inf)
        places = (dice.error_seconds * len(errors)).astype(np.int64)
        down, longer = outages.sampled(dice.outage, dice.jitter)
        failing = dice.error < outages.single[:, None, None]
        return cls(
            *(_by_attempt(one) for one in (seconds, failing, errors[places])),
            *(one.T.ravel() for one in (down, longer, ready)),
        )  # fmt: skip

    def few(self) -> Worlds:
        """Return the first impression."""
        return Worlds(
            self.seconds[:, :FEW], self.failing[:, :FEW], self.error_seconds[:, :FEW], self.down[:FEW],
            self.longer[:FEW], self.ready[:FEW],
        )  # fmt: skip


def _by_attempt(values: NDArray[Any]) -> NDArray[Any]:
    """Return values (draws, worlds, attempts) by attempt, worlds of all draws taking turns."""
    return np.ascontiguousarray(values.transpose(2, 1, 0).reshape(MOST, -1))


def replayed(worlds: Worlds, utility: Utility, timeouts: Array, counts: Array, waits: Array) -> Array:
    """Return qualities in all worlds for each candidate, shape (n, worlds).

    `timeouts` and `counts` (of attempts) have shape (n,), `waits` (n, MOST): seconds before each attempt.
    """
    size = len(worlds.down)
    first, down = worlds.seconds[0], worlds.failing[0] | (worlds.down > 0)
    succeeded = (first <= timeouts[:, None]) & ~down
    found = np.where(succeeded, utility.of(np.minimum(first, 1e9)), utility.failure)
    place = np.flatnonzero(~succeeded)
    row, world = place // size, place % size
    limit = timeouts.take(row)
    clock = np.where(down.take(world), np.minimum(worlds.error_seconds[0].take(world), limit), limit)
    for tried in range(1, min(MOST, int(counts.max(initial=1)))):
        going = np.flatnonzero(counts.take(row) > tried)
        if not len(going):
            break
        place, row, world, clock = place.take(going), row.take(going), world.take(going), clock.take(going)
        clock += waits[:, tried].take(row)
        limit = timeouts.take(row)
        until = np.where(worlds.failing[tried], np.inf, worlds.down + tried * worlds.longer)
        refused = clock < until.take(world)
        seconds = np.maximum(worlds.ready.take(world) - clock, worlds.seconds[tried].take(world))
        is_done = (seconds <= limit) & ~refused
        done, left = np.flatnonzero(is_done), np.flatnonzero(~is_done)
        quality = utility.of(clock.take(done) + seconds.take(done)) - utility.cost * tried
        found.put(place.take(done), np.maximum(quality, utility.failure))
        took = np.where(refused, np.minimum(worlds.error_seconds[tried].take(world), limit), limit)
        clock += took
        place, row, world, clock = place.take(left), row.take(left), world.take(left), clock.take(left)
    return found
