"""Choosing and noticing under one interface, for `bench_bandits`: ours, MABWiser's and River's where they are installed.

`python -m tests.benchmarks.bandit_engines SEEDS STEPS` prints one JSON line per measurement.
"""

from __future__ import annotations

import functools
import json
import sys
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from dana_learning import Tuner
from dana_learning.online.changes import Cusum
from tests.benchmarks.learning_problems import Problem, held_out_problems, main_problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_learning import Choice


class Chooser(Protocol):
    """Chooses an option, is told how good it was, and says which one it would serve."""

    def choose(self) -> Any:
        """Return an option to try."""

    def tell(self, option: Any, quality: float) -> None:
        """Take the quality of an option."""

    def best(self) -> Any:
        """Return what is served."""


class Ours:
    """The tuner; what is best is what it serves."""

    def __init__(self, choice: Choice, seed: int) -> None:
        self.name, self.tuner = choice.name, Tuner([choice], seed=seed)

    def choose(self) -> Any:
        """Ask the tuner."""
        self.last = self.tuner.suggest()
        return self.last.values[self.name]

    def tell(self, option: Any, quality: float) -> None:
        """Tell the tuner."""
        del option
        self.tuner.observe(self.last.id, quality)

    def best(self) -> Any:
        """Return what is served."""
        return self.tuner.served()[self.name]


class OursUncareful(Ours):
    """The tuner; what is best is what looks best, however sure."""

    def best(self) -> Any:
        """Return what looks best."""
        return self.tuner.best()[self.name]


class Peer:
    """A peer's policy; the best is the highest posterior mean of a uniform prior, the same for every peer."""

    def __init__(self, choice: Choice, pull: Callable[[], Any], update: Callable[[Any, float], None]) -> None:
        self.options, self.pull, self.update = list(choice.options), pull, update
        self.told: dict[Any, list[float]] = defaultdict(list)

    def choose(self) -> Any:
        """Ask the policy."""
        return self.pull()

    def tell(self, option: Any, quality: float) -> None:
        """Tell the policy."""
        self.told[option].append(quality)
        self.update(option, quality)

    def best(self) -> Any:
        """Return the option with the highest mean of what was seen and one good and one bad execution."""
        return max(self.options, key=lambda one: (1.0 + sum(self.told[one])) / (2.0 + len(self.told[one])))


def of_mabwiser(choice: Choice, seed: int, policy: str) -> Chooser:
    """Return a policy of MABWiser; it wants one execution before it can choose, which is the start."""
    from mabwiser.mab import MAB, LearningPolicy

    draws = np.random.default_rng(seed)
    made = {
        # Its Thompson sampling takes successes: a quality counts as one with that probability (Agrawal and Goyal 2012).
        "thompson": LearningPolicy.ThompsonSampling(lambda _arm, reward: int(draws.random() < reward)),
        "ucb1": LearningPolicy.UCB1(alpha=1.0),
    }[policy]
    bandit, state = MAB(list(choice.options), made, seed=seed), {"fitted": False}

    def update(option: Any, quality: float) -> None:
        (bandit.partial_fit if state["fitted"] else bandit.fit)([option], [quality])
        state["fitted"] = True

    return Peer(choice, lambda: bandit.predict() if state["fitted"] else choice.start, update)


def of_river(choice: Choice, seed: int, policy: str) -> Chooser:
    """Return a policy of River."""
    from river import bandit, proba

    draws = np.random.default_rng(seed)
    options = list(choice.options)
    if policy == "thompson":
        sampling = bandit.ThompsonSampling(reward_obj=proba.Beta(), seed=seed)
        return Peer(
            choice, lambda: sampling.pull(options),
            lambda option, quality: sampling.update(option, bool(draws.random() < quality)),
        )  # fmt: skip
    made = bandit.UCB(delta=1.0, seed=seed)
    return Peer(choice, lambda: made.pull(options), made.update)


def choosers() -> dict[str, Callable[[Choice, int], Chooser]]:
    """Return those that can be made here, by name."""
    found: dict[str, Callable[[Choice, int], Chooser]] = {"ours": Ours, "ours, as peers serve": OursUncareful}
    try:
        import mabwiser.mab  # noqa: F401 - whether it is there
        import river.bandit  # noqa: F401
    except ImportError:
        return found
    for policy in ("thompson", "ucb1"):
        found[f"mabwiser {policy}"] = functools.partial(of_mabwiser, policy=policy)
    for policy in ("thompson", "ucb"):
        found[f"river {policy}"] = functools.partial(of_river, policy=policy)
    return found


def chosen(make: Callable[[Choice, int], Chooser], problem: Problem, seed: int, steps: int) -> dict[str, Any]:
    """Return the gaps closed by what is served, by what was played, and the CPU microseconds of a choice and its result."""
    choice: Any = problem.space.parameters[0]
    rng, chooser = np.random.default_rng([seed, 7]), make(choice, seed)
    gaps, played, taken = [], [], []
    for step in range(steps):
        started = time.thread_time_ns()
        option = chooser.choose()
        spent = time.thread_time_ns() - started
        quality, _ = problem.run({choice.name: option}, rng, step)
        started = time.thread_time_ns()
        chooser.tell(option, quality)
        taken.append((spent + time.thread_time_ns() - started) / 1e3)
        played.append(problem.gap({choice.name: option}, step))
        gaps.append(problem.gap({choice.name: chooser.best()}, step))
    return {"gaps": gaps, "played": float(np.mean(played)), "us": float(np.median(taken))}


def detectors() -> dict[str, Callable[[], Callable[[float], bool]]]:
    """Return what notices that a standardised stream has moved, by name: a maker of a function of the next number."""

    def ours() -> Callable[[float], bool]:
        watch = Cusum()
        return lambda value: watch.update(value) > 0

    found: dict[str, Callable[[], Callable[[float], bool]]] = {"ours": ours}
    try:
        from river import drift
    except ImportError:
        return found

    def rivers(kind: Any) -> Callable[[float], bool]:
        detector = kind()

        def noticed(value: float) -> bool:
            detector.update(value)
            return bool(detector.drift_detected)

        return noticed

    for kind in (drift.ADWIN, drift.PageHinkley, drift.KSWIN):
        found[f"river {kind.__name__}"] = functools.partial(rivers, kind)
    return found


def noticed(
    make: Callable[[], Callable[[float], bool]], shift: float, seed: int, calm: int, after: int
) -> dict[str, Any]:
    """Return alarms while all is calm, the delay after a shift (None: not noticed), and CPU microseconds an outcome."""
    rng, detector = np.random.default_rng([seed, 11]), make()
    values = [*rng.normal(size=calm).tolist(), *(shift + rng.normal(size=after)).tolist()]
    started = time.thread_time_ns()
    alarms = [step for step, value in enumerate(values) if detector(value)]
    spent = (time.thread_time_ns() - started) / 1e3 / len(values)
    late = [step - calm + 1 for step in alarms if step >= calm]
    return {"false": len([step for step in alarms if step < calm]), "delay": late[0] if late else None, "us": spent}


def main() -> None:
    """Measure everything that can be made here."""
    seeds, steps = int(sys.argv[1]), int(sys.argv[2])
    problems = [one for one in [*main_problems(), *held_out_problems()] if one.name in {"arms", "prompts"}]
    for name, make in choosers().items():
        for problem in problems:
            for seed in range(seeds):
                found = chosen(make, problem, seed, steps)
                print(json.dumps({"what": "choose", "name": name, "case": problem.name, **found}), flush=True)
    for name, detector in detectors().items():
        for shift in (1.0, 2.0, 3.0):
            for seed in range(seeds):
                found = noticed(detector, shift, seed, 200, 50)
                print(json.dumps({"what": "notice", "name": name, "case": f"{shift:g} sd", **found}), flush=True)


if __name__ == "__main__":
    main()
