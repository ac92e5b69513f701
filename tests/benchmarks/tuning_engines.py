"""Tuners under one interface, for `bench_tuning`: ours, and Optuna's samplers where they are installed.

`python -m tests.benchmarks.tuning_engines ENGINE SEEDS STEPS PROBLEM...` prints one JSON line per problem and seed.
"""

from __future__ import annotations

import json
import math
import sys
import time
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from dana_learning import Choice, Parameter, Tuner
from dana_learning.online import serving
from dana_learning.online.gaussian import MEAN, ParticleGP
from tests.benchmarks.learning_problems import Problem, held_out_problems, main_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_learning import Attempt, Space

    Values = Mapping[str, Any]


class Engine(Protocol):
    """Suggests values, is told their quality, and recommends."""

    def suggest(self) -> Values:
        """Return values to try."""

    def observe(self, quality: float, attempts: tuple[Attempt, ...]) -> None:
        """Take the quality of what was suggested last."""

    def recommended(self) -> Values:
        """Return what would be served now."""

    def looks_best(self) -> Values:
        """Return what looks best now, whether or not that is sure enough to serve it."""


class Ours:
    """The tuner; what it recommends is what it serves."""

    def __init__(self, space: Space, seed: int) -> None:
        self.tuner = Tuner(space, seed=seed)

    def suggest(self) -> Values:
        """Ask the tuner."""
        self.last = self.tuner.suggest()
        return self.last.values

    def observe(self, quality: float, attempts: tuple[Attempt, ...]) -> None:
        """Tell the tuner."""
        self.tuner.observe(self.last.id, quality, attempts=attempts)

    def recommended(self) -> Values:
        """Return what is served."""
        return self.tuner.decide()

    def looks_best(self) -> Values:
        """Ask the tuner for what it does not serve yet."""
        return self.tuner.best()


class OptunaEngine:
    """An Optuna sampler; it recommends the best trial seen, as Optuna does, or by our rule."""

    def __init__(self, space: Space, seed: int, *, sampler: str, rule: bool) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        made = {"tpe": optuna.samplers.TPESampler, "gp": optuna.samplers.GPSampler}[sampler]
        self.study = optuna.create_study(direction="maximize", sampler=made(seed=seed))
        self.study.enqueue_trial(_flat(space.defaults()))
        self.space = space
        self.model = ParticleGP(space, seed, particles=24) if rule else None
        self.best = space.encode(space.defaults())

    def suggest(self) -> Values:
        """Ask a new trial for each parameter."""
        self.trial = self.study.ask()
        found: dict[str, Any] = {}
        for leaf in self.space.leaves:
            match leaf.parameter:
                case Choice() as choice:
                    found[leaf.path] = self.trial.suggest_categorical(leaf.path, list(choice.options))
                case Parameter(integer=True) as number:
                    low, high, log = int(number.low), int(number.high), number.scale == "log"
                    found[leaf.path] = self.trial.suggest_int(leaf.path, low, high, log=log)
                case Parameter() as number:
                    log = number.scale == "log"
                    found[leaf.path] = self.trial.suggest_float(leaf.path, number.low, number.high, log=log)
        self.values = found
        return found

    def observe(self, quality: float, attempts: tuple[Attempt, ...]) -> None:
        """Tell the trial."""
        del attempts
        self.study.tell(self.trial, quality)
        if self.model is not None:
            self.model.add(self.space.encode(self.values), quality)

    def recommended(self) -> Values:
        """Return the best trial's values, or the best posterior mean."""
        if self.model is None:
            return dict(self.study.best_params)
        self.best = serving.best_row(self.model, self.best, lambda rows: np.full(len(rows), MEAN), 0.3)
        return self.space.decode(self.best)

    def looks_best(self) -> Values:
        """Return the same: nothing is careful here."""
        return self.recommended()


def _flat(values: Values) -> dict[str, Any]:
    return dict(values)


def engine(name: str, space: Space, seed: int) -> Engine:
    """Return the engine of that name."""
    if name == "ours":
        return Ours(space, seed)
    sampler, _, rule = name.removeprefix("optuna-").partition("+")
    return OptunaEngine(space, seed, sampler=sampler, rule=bool(rule))


def run(name: str, problem: Problem, seed: int, steps: int) -> dict[str, Any]:
    """Tune once; return the gaps closed after each execution and CPU times in milliseconds."""
    rng = np.random.default_rng([seed, 99])
    tuner = engine(name, problem.space, seed)
    gaps, best, played, asking, changes = [], [], [], [], []
    served: Values = problem.space.defaults()
    for step in range(steps):
        started = time.process_time()
        values = tuner.suggest()
        asking.append((time.process_time() - started) * 1000)
        quality, attempts = problem.run(values, rng, step)
        tuner.observe(quality, attempts)
        played.append(problem.gap(values, step))
        before, served = served, tuner.recommended()
        gaps.append(problem.gap(served, step))
        best.append(problem.gap(tuner.looks_best(), step) if name == "ours" else gaps[-1])
        if served != before:
            changes.append([problem.gap(before, step), gaps[-1]])
    return {
        "problem": problem.name, "seed": seed, "gaps": [round(gap, 4) for gap in gaps],
        "best": best, "changes": changes,
        "played": float(np.mean(played)), "ask": float(np.median(asking)), "ask_p99": float(np.quantile(asking, 0.99)),
    }  # fmt: skip


def stable_from(gaps: list[float], level: float = 0.8) -> float:
    """Return the execution from which the gap closed stays above `level`; inf when it does not."""
    below = [step for step, gap in enumerate(gaps, 1) if gap < level]
    if not below:
        return 1
    return math.inf if below[-1] == len(gaps) else below[-1] + 1


def main() -> None:
    """Run what the command line asks for."""
    name, seeds, steps, wanted = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    for problem in [*main_problems(), *held_out_problems()]:
        if not wanted or problem.name in wanted:
            for seed in range(seeds):
                print(json.dumps(run(name, problem, seed, steps)), flush=True)


if __name__ == "__main__":
    main()
