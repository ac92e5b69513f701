"""Events: what recording one costs, how fast they are written beside other queues, what 100,000 waiting ones cost.

    python -m tests.benchmarks.bench_events [--quick] [calls] [publishing] [backlog] [consumers]

EVENTS_PEERS names an interpreter with requirements-events-peers.txt; without it ours stand alone. EVENTS_REDIS is the
URL of a Redis server to measure too. All queues write the same event (about 450 bytes) on the same disk, one after
the other in every round. On a shared machine medians move; the best round and the CPU time move less. Where others use
the processors, `chrt -f 10 python -m ...` keeps what waits for the disk from waiting for a processor too, for all alike.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dana_poet.events import open_store
from tests.benchmarks.events_peers import SMALL
from tests.benchmarks.measure import row

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
QUICK = "--quick" in sys.argv
PEERS = os.environ.get("EVENTS_PEERS", "")
REDIS = os.environ.get("EVENTS_REDIS", "")
DISK = os.environ.get("EVENTS_DISK", str(Path.home()))
OTHERS = ("litequeue", "persist-queue", "huey")
LEVELS = {"event": "power cut, each event", "process": "process end, each event", "group": "power cut, 100 at once"}


def run(queue: str, what: str, count: int) -> str:
    """Run one measurement in a process of its own, on an empty folder."""
    folder = tempfile.mkdtemp(dir=DISK, prefix=".bench_events")
    other = queue in OTHERS
    address = f"{REDIS}?prefix=bench{time.time_ns()}" if queue == "redis" else queue
    words = [PEERS if other else sys.executable, str(HERE / "events_peers.py"), address, what, str(count), folder]
    patience = 600 if what == "oldest" else 150  # 100,000 groups of one event take their time
    environment = dict(os.environ) if other else {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=patience, env=environment)
    except subprocess.TimeoutExpired:
        return ""
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if done.returncode:
        sys.stderr.write(done.stderr[-2000:])
    return done.stdout.strip()


def queues() -> list[str]:
    """Return what can be measured here, ours first."""
    return ["file", "sqlite", *(["redis"] if REDIS else []), *(OTHERS if PEERS else ())]


def calls() -> None:
    """What one recorded call costs: in the call, and with the thread that writes."""
    count = 5_000 if QUICK else 30_000
    row("one event recorded, file, batch", "CPU us", "in publish us", "wall us")
    for keyed in (False, True):
        best = [float("inf")] * 3
        for _ in range(5):
            folder = tempfile.mkdtemp(dir=DISK, prefix=".bench_events")
            with open_store(f"file:{folder}/store") as store:
                store.publish("poet.execution.completed", SMALL)
                store.flush()
                keys = [f"a1b2c3-{number}" if keyed else None for number in range(count)]
                wall, cpu, thread = time.perf_counter(), time.process_time(), time.thread_time()
                for key in keys:
                    store.publish("poet.execution.completed", SMALL, key=key)
                inside = time.thread_time() - thread
                store.flush()
                seen = (time.process_time() - cpu, inside, time.perf_counter() - wall)
            best = [min(pair) for pair in zip(best, seen, strict=True)]
            shutil.rmtree(folder)
        row("with a key" if keyed else "without a key", *(f"{seconds / count * 1e6:.1f}" for seconds in best))


def publishing() -> None:
    """Events per second at three durabilities."""
    rounds = 1 if QUICK else 5
    row("published per second", *queues())
    for level, about in LEVELS.items():
        count = {"event": 300, "process": 20_000, "group": 10_000}[level] // (5 if QUICK else 1)
        seen: dict[str, list[list[float]]] = {name: [] for name in queues()}
        for _ in range(rounds):
            for name in queues():
                slow = name in {"persist-queue", "huey"} and level == "group"  # they have no groups: fewer, one by one
                seen[name].append(
                    [float(one) for one in (run(name, level, 300 if slow else count) or "nan nan").split()]
                )
        row(about, *(f"{statistics.median(rate for rate, _ in rates):,.0f}" for rates in seen.values()))
        row("  the best of the rounds", *(f"{max(rate for rate, _ in rates):,.0f}" for rates in seen.values()))
        row("  us of CPU for each", *(f"{min(cpu for _, cpu in rates):.0f}" for rates in seen.values()))


def backlog() -> None:
    """What 100,000 waiting events cost a process that has just started."""
    count = 5_000 if QUICK else 100_000
    row(f"{count:,} waiting, ms", "open and count", "count", "oldest, first", "oldest", "claim one")
    for name in ["file", "file1", *queues()[1:]]:
        answer = run(name, "oldest", count)
        first, *times = json.loads(answer) if answer else [0, *[float("nan")] * 5]
        shown = "file, one event a group" if name == "file1" else name
        row(f"{shown} ({first:,})", *(f"{one:.2f}" for one in times))


def consumers() -> None:
    """Four processes on one queue."""
    count = 2_000 if QUICK else 20_000
    row(f"{count:,} events, 4 consumers", "handled", "different", "lost", "per second")
    for name in queues():
        answer = run(name, "share", count)
        handled, different, lost, rate = json.loads(answer) if answer else (0, 0, 0, float("nan"))
        row(name, handled, different, lost, f"{rate:,.0f}")


if __name__ == "__main__":
    for part in (calls, publishing, backlog, consumers):
        if part.__name__ in sys.argv or not {*sys.argv[1:]} - {"--quick"}:
            part()
            print(flush=True)
