"""Analyses of many executions, scores, and the hot path, beside the usual tools: CPU time, smallest of several runs.

scikit-learn comes with the extra `knowledge`; ruptures, where it is installed as well, adds PELT. Run with one thread
(OMP_NUM_THREADS=1) to compare arithmetic rather than cores.
"""

from __future__ import annotations

import time
from functools import partial
from importlib.util import find_spec

import numpy as np

from dana_learning import (
    BatchLearner,
    Choice,
    ExecutionFeedback,
    OnlineFeedback,
    OnlineLearner,
    Outcome,
    Parameter,
    PerformanceScorer,
    Space,
)
from dana_learning.batch.records import NumberColumn, Records
from tests.benchmarks.measure import row, seconds

SPACE = Space([*(Parameter(f"p{n}", 0.5, 0.0, 1.0) for n in range(6)), Choice("kind", "x", ("x", "y", "z"))])


def history(count: int, seed: int = 1) -> list[ExecutionFeedback]:
    """Executions with two effects, one interaction, a season, a change and some anomalies."""
    rng = np.random.default_rng(seed)
    rows, kinds = rng.random((count, 6)), rng.integers(0, 3, count)
    hours = np.arange(count)
    quality = 0.5 + 0.2 * np.sin(3 * rows[:, 0]) - 0.6 * np.square(rows[:, 1] - 0.4) + 0.05 * (kinds == 1)
    quality += 0.5 * (rows[:, 2] - 0.5) * (rows[:, 3] - 0.5) + 0.05 * np.sin(hours * 2 * np.pi / 24)
    quality += 0.08 * rng.normal(size=count) - 0.1 * (hours > 0.7 * count)
    load, slow = rng.normal(size=count) + 7.0 * (hours % 2), rng.lognormal(size=count)
    return [
        ExecutionFeedback(
            f"run-{n}", "fetch", "", float(np.clip(quality[n], 0, 1)), {"seconds": float(slow[n])},
            values={**{f"p{at}": float(x) for at, x in enumerate(rows[n])}, "kind": "xyz"[kinds[n]]},
            context={"load": float(load[n])}, timestamp=1e9 + 3600.0 * n,
        )
        for n in range(count)
    ]  # fmt: skip


def analyses() -> None:
    """Print what an analysis takes, whole and beside single tools on the same columns."""
    row("analysis", "1,000 ms", "100,000 ms")
    learner, found = BatchLearner(space=SPACE), {count: history(count) for count in (1000, 100_000)}
    runs = {1000: 60, 100_000: 5}
    taken = [1e3 * seconds(partial(learner.analyze, one), runs[count]) for count, one in found.items()]
    row("everything, from feedback to insights", *(f"{one:.2f}" for one in taken))
    columns = {count: Records.of(one, SPACE) for count, one in found.items()}
    taken = [1e3 * seconds(partial(Records.of, one, SPACE), 5) for one in found.values()]
    row("  of these: feedback to columns", *(f"{one:.2f}" for one in taken))
    insights = learner.analyze(found[1000])
    row("  found in 1,000", f"{len(insights.effects)} effects", f"{len(insights.interactions)} pair",
        f"{len(insights.seasons)} season", f"{len(insights.changes)} change", f"{len(insights.clusters)} clusters")  # fmt: skip
    numbers = [one for one in columns[1000].parameters if isinstance(one, NumberColumn)]
    peers(np.column_stack([one.unit for one in numbers]), columns[1000].quality)


def peers(rows: np.ndarray, quality: np.ndarray) -> None:
    """Print what single tools take on 1,000 executions."""
    if find_spec("sklearn"):
        from sklearn.cluster import KMeans
        from sklearn.ensemble import IsolationForest, RandomForestRegressor

        forest, trees = RandomForestRegressor(100, random_state=0), IsolationForest(random_state=0)
        means = KMeans(4, n_init=10, random_state=0)
        row("RandomForest(100), importance alone", f"{1e3 * seconds(lambda: forest.fit(rows, quality), 3):.1f}")
        row("IsolationForest, anomalies alone", f"{1e3 * seconds(lambda: trees.fit_predict(quality[:, None]), 3):.1f}")
        row("KMeans(4, n_init=10), contexts alone", f"{1e3 * seconds(lambda: means.fit(rows), 3):.1f}")
    if find_spec("ruptures"):
        from ruptures import Pelt

        pelt = Pelt(model="l2", min_size=10)
        row("ruptures PELT, changes alone", f"{1e3 * seconds(lambda: pelt.fit_predict(quality, 0.1), 3):.1f}")


def hot_path() -> None:
    """Print what one execution costs: update, scores."""
    space = Space([Parameter("x", 0.9, 0.0, 1.0), Parameter("y", 10.0, 0.0, 100.0)])
    learner, values, rng, taken = OnlineLearner(space=space), space.defaults(), np.random.default_rng(0), list[int]()
    for _ in range(5000):
        quality = float(np.clip(0.85 - (values["x"] - 0.35) ** 2 + 0.05 * rng.normal(), 0, 1))
        told = OnlineFeedback("run", "f", "", quality)
        started = time.thread_time_ns()
        values = learner.update_parameters(told, values)
        taken.append(time.thread_time_ns() - started)
    row(
        "update_parameters us: p50, p90, p99", *(f"{one / 1e3:.0f}" for one in np.percentile(taken[100:], [50, 90, 99]))
    )
    scorer, outcome = PerformanceScorer(), Outcome(seconds=2.0, baseline=3.0, checks_passed=9, checks=10)
    one = seconds(lambda: [scorer.score(outcome) for _ in range(1000)]) / 1000
    many = [rng.random(1_000_000) for _ in range(3)]
    rate = 1.0 / seconds(lambda: scorer.score_many(many[0], 0.5, many[1], many[2], 0.5))
    row("scores: us for one, million a second", f"{one * 1e6:.1f}", f"{rate:.0f}")


if __name__ == "__main__":
    analyses()
    hot_path()
