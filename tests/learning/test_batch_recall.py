"""What was planted is found, and where nothing was planted nothing is found, over many seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from dana_learning import ExecutionFeedback
from dana_learning.batch import anomalies, clusters, forecast, importance, trends
from dana_learning.batch.movement import Movement, taken_apart
from dana_learning.batch.records import Records, Series

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[np.float64]
Rng = np.random.Generator
SEEDS = 60
COUNT = 1000
HOURS = np.arange(COUNT, dtype=float)


def apart(values: Array, times: Array | None = None) -> Movement:
    """Take hourly values apart."""
    hours = np.arange(len(values), dtype=float) if times is None else times
    return taken_apart(Series("quality", values, hours, np.arange(len(values)), timed=True))


def share(check: Callable[[Rng], object]) -> float:
    """Return in which share of the seeds a check holds."""
    return float(np.mean([bool(check(np.random.default_rng(seed))) for seed in range(SEEDS)]))


def has_day(movement: Movement) -> bool:
    """Whether a period of 24 hours, and no other, was found."""
    return len(movement.waves) == 1 and abs(movement.waves[0].period / 24 - 1) < 0.02


def test_a_season_is_found() -> None:
    """Half a standard deviation up and down every day, in six weeks."""
    wave = 0.5 * np.sin(HOURS * 2 * np.pi / 24)
    assert share(lambda rng: has_day(apart(wave + rng.normal(size=COUNT)))) >= 0.98


def test_a_season_is_found_among_executions_at_odd_times() -> None:
    """Executions come when they come."""

    def found(rng: Rng) -> bool:
        times = np.sort(rng.random(COUNT)) * COUNT
        return has_day(apart(0.7 * np.sin(times * 2 * np.pi / 24) + rng.normal(size=COUNT), times))

    assert share(found) >= 0.96


def test_a_change_of_level_is_found_where_it_is() -> None:
    """One standard deviation, anywhere but at the very ends."""

    def found(rng: Rng) -> bool:
        place = int(rng.integers(100, 900))
        movement = apart(rng.normal(size=COUNT) - (place <= HOURS))
        return len(movement.places) == 1 and abs(movement.places[0] - place) <= 25 and not movement.waves

    assert share(found) >= 0.98


def test_a_trend_is_a_trend_and_no_staircase() -> None:
    """One standard deviation over the whole time."""

    def found(rng: Rng) -> bool:
        movement = apart(rng.normal(size=COUNT) + HOURS / COUNT)
        return len(trends.trend(movement)) == 1 and not movement.places

    assert share(found) >= 0.98


def test_anomalies_are_found_and_only_they() -> None:
    """Three executions eight deviations away."""

    def found(rng: Rng) -> bool:
        values, odd = rng.normal(size=COUNT), rng.choice(COUNT, 3, replace=False)
        values[odd] += 8 * rng.choice([-1, 1], 3)
        seen = anomalies.anomalies(apart(values), tuple(map(str, range(COUNT))))
        return {int(one.execution_id) for one in seen} == set(odd.tolist())

    assert share(found) >= 0.95


def test_season_change_and_anomalies_do_not_hide_each_other() -> None:
    """All three in one series."""

    def found(rng: Rng) -> bool:
        values = rng.normal(size=COUNT) + 0.6 * np.sin(HOURS * 2 * np.pi / 24) - (HOURS >= 500)
        values[[100, 700]] += 9
        movement = apart(values)
        seen = anomalies.anomalies(movement, tuple(map(str, range(COUNT))))
        return has_day(movement) and len(movement.places) == 1 and len(seen) == 2

    assert share(found) >= 0.96


def test_degradation_is_found() -> None:
    """A tenth of the quality lost in the last tenth of the executions."""
    lost = 0.08 * (HOURS >= 900)
    assert share(lambda rng: trends.degradation(apart(0.8 + 0.1 * rng.normal(size=COUNT) - lost), 0.05)) >= 0.98


def test_a_small_drop_is_no_degradation() -> None:
    """However sure it is."""
    assert not trends.degradation(apart(np.where(HOURS < 900, 0.8, 0.79) + 1e-6 * np.sin(HOURS)), 0.05)


KINDS: dict[str, Callable[[Rng], Array]] = {
    "normal": lambda rng: 0.7 + 0.1 * rng.normal(size=COUNT),
    "yes and no": lambda rng: (rng.random(COUNT) < 0.8).astype(float),
    "mostly perfect": lambda rng: rng.beta(5, 1, COUNT),
    "waiting times": lambda rng: rng.exponential(size=COUNT),
}


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_few_false_alarms(kind: str) -> None:
    """Of 60 series without anything at most two have a trend, a change, a season or a degradation."""
    false = 0
    single = 0
    for seed in range(SEEDS):
        movement = apart(KINDS[kind](np.random.default_rng(seed)))
        found = (trends.trend(movement), trends.changes(movement), movement.waves, trends.degradation(movement, 0.05))
        false += any(found)
        single += len(anomalies.anomalies(movement, tuple(map(str, range(COUNT)))))
    assert false <= 2
    assert single / (SEEDS * COUNT) <= 0.001


def test_forecasts_cover_what_comes() -> None:
    """Nine of ten of the next executions are inside the limits, with a season and a change before."""
    inside = []
    for seed in range(SEEDS):
        hours = np.arange(COUNT + 20)
        rng = np.random.default_rng(seed)
        values = rng.normal(size=COUNT + 20) + np.sin(hours * 2 * np.pi / 24) - (hours >= 400)
        seen = forecast.forecast(apart(values[:COUNT]))
        at = np.interp(hours[COUNT:], seen.times, np.arange(len(seen.times)))
        lows, highs = (np.interp(at, np.arange(len(seen.times)), edge) for edge in (seen.lows, seen.highs))
        inside.append(np.mean((values[COUNT:] >= lows) & (values[COUNT:] <= highs)))
    assert 0.85 <= np.mean(inside) <= 0.97


def executions(rng: Rng, *, planted: bool) -> list[ExecutionFeedback]:
    """Six parameters; when planted two have effects and two only together."""
    rows = rng.random((400, 6))
    quality = 0.5 + 0.08 * rng.normal(size=400)
    if planted:
        quality += 0.15 * np.sin(3 * rows[:, 0]) - 0.5 * np.square(rows[:, 1] - 0.4)
        quality += 0.8 * (rows[:, 2] - 0.5) * (rows[:, 3] - 0.5)
    return [
        ExecutionFeedback(
            f"{n}", "f", "", float(np.clip(one, 0, 1)), values={f"p{at}": float(x) for at, x in enumerate(row)}
        )
        for n, (row, one) in enumerate(zip(rows, quality, strict=True))
    ]


def named(rng: Rng, *, planted: bool) -> set[str]:
    """Return what the model names: effects and interactions."""
    model = importance.fitted(Records.of(executions(rng, planted=planted)))
    assert model is not None
    effects, pairs = importance.effects(model)
    return {one.name for one in effects} | {"+".join(one.names) for one in pairs}


def test_planted_effects_are_named() -> None:
    """Both effects and the pair that matters only together."""
    assert share(lambda rng: named(rng, planted=True) >= {"p0", "p1", "p2+p3"}) >= 0.98


def test_no_effect_is_named_without_one() -> None:
    """One in a hundred analyses may err."""
    assert share(lambda rng: named(rng, planted=False)) <= 0.03


def told(loads: Array) -> Records:
    """Return records with nothing but a load."""
    feedback = [ExecutionFeedback(f"{n}", "f", "", 0.5, context={"load": float(one)}) for n, one in enumerate(loads)]
    return Records.of(feedback)


def clouds(rng: Rng) -> Array:
    """Return three clouds of loads."""
    return rng.normal(size=300) + 7.0 * rng.integers(0, 3, 300)


def test_clusters_are_found_only_where_there_are_some() -> None:
    """Three clouds are three clusters; a normal, an even and a long-tailed spread are none."""
    assert share(lambda rng: len(clusters.clusters(told(clouds(rng)))) == 3) >= 0.95
    assert share(lambda rng: clusters.clusters(told(rng.normal(size=300)))) <= 0.03
    assert share(lambda rng: clusters.clusters(told(rng.random(300)))) <= 0.03
