"""Timeouts, retries and backoff of twelve simulated services: `python tests/benchmarks/bench_services.py [SEEDS] [NAME ...]`.

What is served and what looks best after 5, 10 and 25 executions: 0 is the start, 1 the optimum. No family has a form that
the learner knows.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from dana_learning import Tuner
from tests.benchmarks.learning_services import services
from tests.benchmarks.measure import row

if TYPE_CHECKING:
    from tests.benchmarks.learning_problems import Problem

STEPS = (5, 10, 25)


def tuned(problem: Problem, seed: int) -> list[float]:
    """Return the gaps closed by what is served at the steps, by what looks best, and by what was played on the mean."""
    rng, tuner = np.random.default_rng([seed, 5]), Tuner(problem.space, seed=seed)
    served, best, played = list[float](), list[float](), list[float]()
    for step in range(STEPS[-1]):
        trial = tuner.suggest()
        quality, attempts = problem.run(trial.values, rng, step)
        tuner.observe(trial.id, quality, attempts=attempts)
        played.append(problem.gap(trial.values, step))
        now = tuner.decide()
        if step + 1 in STEPS:
            served.append(problem.gap(now, step))
            best.append(problem.gap(tuner.best(), step))
    return [*served, *best, float(np.mean(played))]


def main() -> None:
    """Print one line for each family, and the mean of all."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    wanted = sys.argv[2:] or list(services())
    row("family", *(f"served @{step}" for step in STEPS), *(f"best @{step}" for step in STEPS), "played")
    means = []
    for name in wanted:
        problem = services()[name]
        means.append(np.mean([tuned(problem, seed) for seed in range(seeds)], axis=0))
        row(name, *(f"{one:.2f}" for one in means[-1]))
    row("mean", *(f"{one:.2f}" for one in np.mean(means, axis=0)))


if __name__ == "__main__":
    main()
