"""What a movement means: trends, changes, seasons as findings, and whether recent executions are worse than before."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dana_learning.batch.chance import NORMAL, deviate_beyond
from dana_learning.batch.findings import ChangePoint, Degradation, Season, Trend

if TYPE_CHECKING:
    from dana_learning.batch.movement import Movement

RECENT, SHARE = 20, 10
"""Recent are the last 20 executions, or a tenth of them if that is more (but at most 200)."""
ERROR = 0.003
"""Probability of calling executions worse that are not."""


def trend(movement: Movement) -> tuple[Trend, ...]:
    """Return the trend of a series, if it has one."""
    if not movement.slope_deviate:
        return ()
    series = movement.series
    change = movement.slope * float(series.times[-1] - series.times[0])
    count = len(series.values)
    return (
        Trend(
            evidence=count, name=series.name, change=change, slope=movement.slope, deviate=min(movement.slope_deviate, 99.0)
        ),
    )  # fmt: skip


def changes(movement: Movement) -> tuple[ChangePoint, ...]:
    """Return the places where a series moved to another level, in order."""
    series, steady = movement.series, movement.steady
    edges = [0, *movement.places, len(steady)]
    found = []
    for before, place, after in zip(edges, edges[1:], edges[2:], strict=False):
        means = float(steady[before:place].mean()), float(steady[place:after].mean())
        found.append(
            ChangePoint(
                evidence=after - before, name=series.name, position=int(series.rows[place]),
                time=float(series.times[place]), before=means[0], after=means[1],
            )
        )  # fmt: skip
    return tuple(found)


def seasons(movement: Movement) -> tuple[Season, ...]:
    """Return what comes back regularly, the widest first."""
    series = movement.series
    return tuple(
        Season(
            evidence=len(series.values), name=series.name, period=wave.period, amplitude=wave.amplitude,
            strength=wave.strength, timed=series.timed,
        )
        for wave in sorted(movement.waves, key=lambda one: -one.amplitude)
    )  # fmt: skip


def degradation(movement: Movement, least_drop: float) -> tuple[Degradation, ...]:
    """Return whether recent quality, its seasons taken out, is lower by `least_drop` of what it was, and surely so.

    The test is Welch's (1947), with the noise of neighbours that may depend on each other.
    """
    steady = movement.steady
    recent_count = min(max(RECENT, len(steady) // SHARE), 200)
    if len(steady) < 2 * recent_count:
        return ()
    recent, before = steady[-recent_count:], steady[:-recent_count]
    now, then = float(recent.mean()), float(before.mean())
    spread = max(movement.noise**2, float(np.var(movement.left)))
    own = max(spread, float(recent.var()))
    error = math.sqrt(own / recent_count + float(before.var()) / len(before))
    if then <= 0 or then - now < least_drop * then or (error > 0 and then - now < deviate_beyond(ERROR) * error):
        return ()
    chance = NORMAL.cdf((then - now) / error) if error > 0 else 1.0
    return (
        Degradation(evidence=len(steady), recent=now, historical=then, probability=chance, recent_count=recent_count),
    )
