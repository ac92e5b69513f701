"""Versions: `python tests/benchmarks/bench_versions.py [--kills N] [--runs N]`. Warm start, kills, errors of promotion."""

from __future__ import annotations

import argparse
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.promotion import PairedTest, Plan, Watch
from dana_poet.codegen.promotion_trial import Trial
from dana_poet.codegen.versions import VersionStore
from tests.benchmarks.measure import row, seconds
from tests.codegen.promotion_cases import served as traffic
from tests.codegen.promotion_cases import trial
from tests.codegen.version_cases import PASSED, candidate, original, served
from tests.codegen.version_kills import run_kills

if TYPE_CHECKING:
    from collections.abc import Callable

BASES = (0.05, 0.3, 0.5, 0.9, 0.99)


def main() -> None:
    """Measure and print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=1000, help="processes to kill (default: 1000)")
    options.add_argument("--runs", type=int, default=400, help="simulated trials of each kind (default: 400)")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warm_start(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        kills(Path(folder), given.kills)
    looked_at_always(given.runs)
    whole_trials(given.runs)
    after_promotion(given.runs)


def warm_start(folder: Path) -> None:
    """From a folder on disk to code that can be called, with few and with many versions; and in a fresh process."""
    row("warm start of a stored version", "CPU ms", "target")
    vars(os)["fsync"], kept = (lambda _handle: None), os.fsync
    for count in (1, 20, 200):
        history = VersionStore(folder).open(original())
        while (made := history.versions[-1].number if history.versions else 0) < count:
            served(history, str(made))
        took = seconds(lambda: compiled(folder), 50)
        row(f"  open, check, compile: {count} versions", f"{took * 1e3:.2f}", "<= 5")
    vars(os)["fsync"] = kept
    program = (
        "import time\nfrom dana_poet.codegen.versions import VersionStore\nstarted = time.process_time()\n"
        f"history, = VersionStore({str(folder)!r}).histories()\ncompile(history.current().source(), 'v', 'exec')\n"
        "took = time.process_time() - started\nimport sys\nprint(took, 'httpx' in sys.modules)"
    )
    told = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
            for _ in range(9)]  # fmt: skip
    row("  the same in a fresh process, 200", f"{min(float(one[0]) for one in told) * 1e3:.2f}", "<= 5")
    row("  model calls (a client was loaded)", sum(one[1] == "True" for one in told), "0")


def compiled(folder: Path) -> Any:
    """Load the current version as a new process does."""
    current = VersionStore(folder).open(original()).current()
    assert current is not None
    return compile(current.source(), "version", "exec")


def kills(folder: Path, count: int) -> None:
    """Kill and check; an AssertionError is a failure."""
    started = time.monotonic()
    changes = run_kills(folder, count, seed=3)
    took = time.monotonic() - started
    row("kill -9 at random", "lost or half", "target")
    row(f"  {count} kills, {changes} changes, {took:.0f} s", "0", "0")
    assert PASSED.accepted
    assert candidate().source


def looked_at_always(runs: int) -> None:
    """How often equal versions are told apart when one keeps looking: ours after each pair, the z-test at 30 peeks."""
    row("equal versions promoted, 3,000 pairs", "peeked z-test", "ours", "target")
    for base in BASES:
        chance = random.Random(1)  # noqa: S311 - nothing secret
        wrong = [alike(chance, lambda chance: float(chance.random() < base)) for _ in range(runs)]  # noqa: B023
        row(f"  rate {base}", *(f"{100 * sum(one) / runs:.1f}%" for one in zip(*wrong, strict=True)), "<= 5%")
    row("ten points worse: pairs until rollback", "median", "90%", "target")
    for base in (0.3, 0.5, 0.6, 0.9, 0.99):
        chance = random.Random(2)  # noqa: S311 - nothing secret
        took = sorted(until_rollback(chance, base) for _ in range(runs))
        row(f"  {base} to {base - 0.1:.2f}", f"{statistics.median(took):.0f}", took[runs * 9 // 10], "<= 200")


def alike(chance: random.Random, draw: Callable[[random.Random], float], pairs: int = 3000) -> tuple[bool, bool]:
    """Return whether the peeked z-test and ours promote one of two that are equal; both one-sided, z at 5 percent."""
    test, sums, squares, peeked = PairedTest(), [0.0, 0.0], [0.0, 0.0], False
    for pair in range(1, pairs + 1):
        outcomes = draw(chance), draw(chance)
        test.update(*outcomes)
        for side, value in enumerate(outcomes):
            sums[side] += value
            squares[side] += value * value
        if pair % (pairs // 30) == 0:
            spread = sum(square / pair - (total / pair) ** 2 for square, total in zip(squares, sums, strict=True))
            z = (sums[0] - sums[1]) / pair / math.sqrt(spread / pair) if spread > 0 else 0.0
            peeked = peeked or z > 1.644854
    return peeked, test.decision == "promote"


def until_rollback(chance: random.Random, base: float) -> int:
    """Return how many pairs it takes."""
    test = PairedTest()
    while test.decision == "undecided" and test.pairs < 20_000:
        test.update(float(chance.random() < base - 0.1), float(chance.random() < base))
    return test.pairs if test.decision == "rollback" else 20_000


def whole_trials(runs: int) -> None:
    """Every step of the canary: what becomes of equal, worse and better versions, and how many calls they serve."""
    runs = max(runs // 4, 1)
    row("whole trials: baseline -> candidate", "promoted", "taken back", "calls of it", "target")
    for base, rate in (
        (0.5, 0.5),
        (0.9, 0.9),
        (0.99, 0.99),
        (0.9, 0.87),
        (0.5, 0.4),
        (0.9, 0.8),
        (0.8, 0.9),
        (0.5, 0.6),
    ):
        ends, calls = [], []
        for seed in range(runs):
            promotion, _ = trial(Plan(maximum=1500))
            calls.append(traffic(promotion, rate, base, seed=seed))
            ends.append(promotion.stage)
        target = "<= 5%" if rate <= base else ""
        target += ", <= 200" if rate == base - 0.1 else ""
        shares = (f"{100 * ends.count(end) / runs:.0f}%" for end in ("active", "quarantined"))
        row(f"  {base} -> {rate}", *shares, f"{statistics.median(calls):.0f}", target)


def after_promotion(runs: int) -> None:
    """An active version that drops ten points below the baseline, whose rate 500 outcomes told."""
    runs = max(runs // 2, 1)
    row("a drop after promotion: calls until retired", "median", "false alarms", "target")
    for base, good in ((0.5, 0), (0.9, 0), (0.5, 2000), (0.9, 2000)):
        chance = random.Random(3)  # noqa: S311 - nothing secret
        found = [watched(chance, base, good) for _ in range(runs)]
        took = [calls for calls in found if calls]
        label = f"  {base}, {'at once' if not good else f'after {good} calls at {base + 0.05:.2f}'}"
        row(
            label,
            f"{statistics.median(took):.0f}",
            f"{100 * (runs - len(took)) / runs:.1f}%" if good else "-",
            "" if good else "<= 200",
        )


def watched(chance: random.Random, base: float, good: int) -> int:
    """Return how many calls it takes to find the drop, 0 when it was found before it came."""
    known = Trial(Plan())
    for _ in range(500):
        known.baseline(float(chance.random() < base))
    watch, least = Watch(), known.least(Plan().tolerance)
    for _ in range(good):
        watch.update(float(chance.random() < base + 0.05), least)
    if watch.breached:
        return 0
    for calls in range(1, 20_000):
        watch.update(float(chance.random() < base - 0.1), least)
        if bool(watch.breached):
            return calls
    return 20_000


if __name__ == "__main__":
    main()
