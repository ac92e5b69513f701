"""Transfer between functions: `python tests/benchmarks/bench_transfer.py [--seeds N] [PROBLEM ...]`.

For each pair: a source is tuned for 40 executions; the target is tuned cold, from the source's knowledge, and by
copying the source's values. Printed: the share of runs stably over a gap of .8, the median execution from which they
are, and mean gaps at 1, 3, 5, 10, 25 and the end.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from dana_learning import Tuner
from dana_learning.sharing.guided import GuidedTuner
from dana_learning.sharing.knowledge import Knowledge
from dana_learning.sharing.priors import KnowledgePrior
from tests.benchmarks.transfer_problems import problems, similar, unrelated
from tests.benchmarks.tuning_engines import stable_from

if TYPE_CHECKING:
    from tests.benchmarks.learning_problems import Problem

SHOWN = (1, 3, 5, 10, 25)


def tuned(tuner: Tuner, problem: Problem, seed: int, steps: int) -> list[float]:
    """Tune, and return the gap that is closed by what is served after each execution."""
    rng, gaps = np.random.default_rng(seed), []
    for step in range(steps):
        trial = tuner.suggest()
        tuner.observe(trial.id, problem.run(trial.values, rng, step)[0])
        gaps.append(problem.gap(tuner.decide(), step))
    return gaps


def pair(source: Problem, target: Problem, seed: int, steps: int, weight: float) -> dict[str, list[float]]:
    """Return the gaps of one pair: cold, guided, copied."""
    teacher = Tuner(source.space, seed=seed)
    tuned(teacher, source, seed, 40)
    prior = KnowledgePrior(target.space, [(Knowledge.of(source.name, teacher), weight)])
    cold = tuned(Tuner(target.space, seed=seed + 500), target, seed + 500, steps)
    guided = tuned(GuidedTuner(target.space, seed=seed + 500, prior=prior), target, seed + 500, steps)
    return {"cold": cold, "guided": guided, "copied": [target.gap(teacher.served(), 0)] * steps}


def show(title: str, found: dict[str, list[list[float]]]) -> None:
    """Print one table."""
    print(f"{title:22} stable  median " + " ".join(f"@{at:<4}" for at in SHOWN) + " end")
    for way, runs in found.items():
        steady = [stable_from(run) for run in runs]
        gaps = np.mean(runs, axis=0)
        row = " ".join(f"{gaps[min(at, len(gaps)) - 1]:.2f} " for at in SHOWN)
        print(f"{way:22} {np.mean(np.isfinite(steady)):5.0%} {np.median(steady):7.0f}  {row} {gaps[-1]:.2f}")


def main() -> None:
    """Measure similar and unrelated pairs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--weight", type=float, default=0.9)
    parser.add_argument("--each", action="store_true")
    parser.add_argument("problems", nargs="*")
    asked = parser.parse_args()
    chosen = [one for one in problems() if not asked.problems or one.name in asked.problems]
    for title in ("similar", "unrelated"):
        every: dict[str, list[list[float]]] = defaultdict(list)
        for problem in chosen:
            found: dict[str, list[list[float]]] = defaultdict(list)
            for seed in range(asked.seeds):
                target = similar(problem, seed) if title == "similar" else unrelated(problem)
                for way, gaps in pair(problem, target, seed, asked.steps, asked.weight).items():
                    found[way].append(gaps)
                    every[way].append(gaps)
            if asked.each:
                show(f"{title} {problem.name}", found)
        show(title, every)


if __name__ == "__main__":
    main()
