"""Our prompt search beside GEPA's: `python tests/benchmarks/bench_prompts.py [--seeds FIRST LAST] [--others]`.

Same task, same splits, same proposer, same noise. `PROMPTS_PEERS` names a Python that has
`requirements-prompts-peers.txt`; without it ours is measured alone. Calls are calls of the metric; a proposal is what
would be one call of a reflecting model.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PEERS = ("gepa", "gepa@465", "gepa pareto")


def measured(python: str, engine: str, world: str, seeds: range) -> list[dict[str, Any]]:
    """Return what one engine does, in a process of its own."""
    path = os.pathsep.join([str(ROOT), *(str(ROOT / part) for part in ("grammar", "sandbox", "learning"))])
    env = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
    command = [python, "-W", "ignore", "-m", "tests.benchmarks.prompt_engines", engine, world, *map(str, seeds)]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT, env=env
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def show(name: str, runs: list[dict[str, Any]]) -> None:
    """Print one line of the table."""
    hits = [run["reached"] for run in runs if run["reached"]]
    finals = [run["final"] for run in runs]

    def mean(field: str) -> float:
        return float(statistics.mean(run[field] for run in runs))

    median = f"{statistics.median(hits):.0f}" if hits else "-"
    print(
        f"{name:14} {len(hits):2}/{len(runs):<3} {median:>7} {statistics.mean(finals):8.3f} {min(finals):7.3f} {mean('calls'):7.0f}"
        f" {mean('proposals'):10.0f} {mean('seconds'):7.2f}",
        flush=True,
    )


def main() -> None:
    """Measure and print a table for each task."""
    from tests.benchmarks.prompt_task import OTHERS, REPORTED

    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, nargs=2, default=(REPORTED.start, REPORTED.stop))
    parser.add_argument("--others", action="store_true", help="the tasks for tuning too")
    asked = parser.parse_args()
    peers = os.environ.get("PROMPTS_PEERS", "")
    for world in ("main", *(OTHERS if asked.others else ())):
        head = (
            f"{'':14} {'reach':>6} {'median':>7} {'final':>8} {'worst':>7} {'calls':>7} {'proposals':>10} {'CPU s':>7}"
        )
        print(f"\n{world}\n{head}")
        for engine in ("ours", *(PEERS if peers else ())):
            show(engine, measured(sys.executable if engine == "ours" else peers, engine, world, range(*asked.seeds)))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
