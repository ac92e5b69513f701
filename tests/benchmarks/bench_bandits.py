"""Choosing between options and noticing changes, beside MABWiser and River: `python -m tests.benchmarks.bench_bandits [SEEDS]`.

`LEARNING_PEERS` names a Python that has `requirements-learning-peers.txt`; without it ours is measured alone. Served is
ours at a probability of 0.9, the peers' highest posterior mean: they have no rule of their own for that. "As peers serve"
is ours without that care.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.measure import row

ROOT = Path(__file__).parents[2]
STEPS = 50


def measured(seeds: int) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """Return what was measured in one process, by what it is, the case, and who did it."""
    python = os.environ.get("LEARNING_PEERS", "") or sys.executable
    path = os.pathsep.join([str(ROOT), str(ROOT / "learning")])
    env = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [python, "-W", "ignore", "-m", "tests.benchmarks.bandit_engines", str(seeds), str(STEPS)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env)
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for line in done.stdout.splitlines():
        one = json.loads(line)
        found[one["what"], one["case"], one["name"]].append(one)
    return found


def main() -> None:
    """Print both tables."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    found = measured(seeds)
    row("gap closed, one choice", "served @10", "@25", "@50", "played", "CPU us")
    for (what, case, name), runs in found.items():
        if what == "choose":
            gaps = np.mean([run["gaps"] for run in runs], axis=0)
            played, cost = (np.mean([run[key] for run in runs]) for key in ("played", "us"))
            row(f"{case}: {name}", *(f"{gaps[at - 1]:.2f}" for at in (10, 25, STEPS)), f"{played:.2f}", f"{cost:.0f}")
    print()
    row("a stream that moves after 200", "noticed in 50", "median delay", "false in 1,000", "CPU us")
    for (what, case, name), runs in found.items():
        if what == "notice":
            delays = [run["delay"] for run in runs if run["delay"] is not None]
            late = f"{np.median(delays):.0f}" if delays else "-"
            wrong, cost = np.mean([run["false"] for run in runs]) * 5, np.mean([run["us"] for run in runs])
            row(f"{case}: {name}", f"{len(delays) / len(runs):.0%}", late, f"{wrong:.1f}", f"{cost:.1f}")


if __name__ == "__main__":
    main()
