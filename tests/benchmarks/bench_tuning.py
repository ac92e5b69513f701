"""Our tuner beside Optuna's: `python tests/benchmarks/bench_tuning.py [--seeds N] [--steps N] [PROBLEM ...]`.

Peers need `LEARNING_PEERS` to name a Python that has `requirements-learning-peers.txt`; without it ours is measured
alone. `+rule` recommends as ours does (posterior mean over what was visited) from that sampler's trials.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.learning_problems import main_problems
from tests.benchmarks.tuning_engines import stable_from

ROOT = Path(__file__).parents[2]
PEERS = ("optuna-tpe", "optuna-tpe+rule", "optuna-gp+rule")


def measured(python: str, engine: str, seeds: int, steps: int, problems: list[str]) -> list[dict[str, Any]]:
    """Return what one engine does in a process of its own, on one core."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "learning")])
    env = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    module = "tests.benchmarks.tuning_engines"
    command = [python, "-W", "ignore", "-m", module, engine, str(seeds), str(steps), *problems]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=env)
    return [json.loads(line) for line in done.stdout.splitlines()]


def summary(runs: list[dict[str, Any]]) -> list[float]:
    """Return gaps at 10, 25 and the end, played, share stable, median execution of stability, ask ms and its p99."""
    by_problem: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for run in runs:
        by_problem[run["problem"]].append(run)

    def mean(of: Any) -> float:
        return float(np.mean([np.mean([of(run) for run in group]) for group in by_problem.values()]))

    steady = [stable_from(run["gaps"]) for run in runs if run["problem"] != "jump"]
    return [
        mean(lambda run: run["gaps"][min(9, len(run["gaps"]) - 1)]),
        mean(lambda run: run["gaps"][min(24, len(run["gaps"]) - 1)]),
        mean(lambda run: run["gaps"][-1]), mean(lambda run: run["played"]),
        float(np.mean(np.isfinite(steady))) if steady else 1.0, float(np.median(steady)) if steady else 1.0,
        mean(lambda run: run["ask"]), mean(lambda run: run["ask_p99"]),
    ]  # fmt: skip


def show(name: str, runs: list[dict[str, Any]]) -> None:
    """Print one line of the table."""
    if runs:
        at10, at25, end, played, share, when, ask, late = summary(runs)
        print(
            f"{name:18} {at10:6.2f} {at25:6.2f} {end:6.2f} {played:7.2f} {share:7.0%} {when:7.0f} {ask:8.2f} {late:8.2f}"
        )


def show_care(title: str, runs: list[dict[str, Any]]) -> None:
    """Print how many changes of what is served helped, and what being careful costs: the best believed less the served."""
    changes = [change for run in runs for change in run["changes"]]
    if not changes:
        return
    helped, harmed = (float(np.mean([sign * (after - before) > 0 for before, after in changes])) for sign in (1, -1))
    at25, end = (
        float(np.mean([run["best"][at] - run["gaps"][at] for run in runs]))
        for at in (min(24, len(runs[0]["gaps"]) - 1), -1)
    )
    print(
        f"{title}: {helped:.0%} of {len(changes)} changes helped, {harmed:.0%} harmed; lost by care {at25:.3f} @25, {end:.3f} at the end"
    )


def main() -> None:
    """Measure, and print a table for the main problems, for those held out, and per problem of ours."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("problems", nargs="*")
    asked = parser.parse_args()
    peers = os.environ.get("LEARNING_PEERS", "")
    known = {problem.name for problem in main_problems()}
    found = {"ours": measured(peers or sys.executable, "ours", asked.seeds, asked.steps, asked.problems)}
    for peer in PEERS if peers else ():
        found[peer] = measured(peers, peer, asked.seeds, asked.steps, asked.problems)
    head = f"{'':18} {'@10':>6} {'@25':>6} {'end':>6} {'played':>7} {'stable':>7} {'median':>7} {'ask ms':>8} {'p99 ms':>8}"
    for title, inside in (("ten problems", True), ("held out", False)):
        print(f"\n{title}\n{head}")
        for engine, runs in found.items():
            show(engine, [run for run in runs if (run["problem"] in known) is inside])
    print("\nours, being careful")
    for title, inside in (("ten problems", True), ("held out", False)):
        show_care(title, [run for run in found["ours"] if (run["problem"] in known) is inside])
    again = sorted(stable_from(run["gaps"][25:]) for run in found["ours"] if run["problem"] == "jump")
    if again and asked.steps > 25:
        print(f"executions after the jump until served stably over 0.8 again: {again}")
    print(f"\nours, by problem\n{head}")
    for problem in dict.fromkeys(run["problem"] for run in found["ours"]):
        show(problem, [run for run in found["ours"] if run["problem"] == problem])


if __name__ == "__main__":
    main()
