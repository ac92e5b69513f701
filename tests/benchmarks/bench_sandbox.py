"""The sandbox beside plain exec and its peers: `python tests/benchmarks/bench_sandbox.py [--quick] [--only PART] [FOLDER ...]`.

Peers need `SANDBOX_PEERS` to name a Python that has `requirements-sandbox-peers.txt`; without it ours is measured
alone. Times are the smallest of many calls, ratios to plain exec compiled once in the same process. FOLDERs are
corpora beside our own. Parts: times, compile, hostile, corpus.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from dana_sandbox.policy import SandboxPolicy
from dana_sandbox.pool import shutdown
from dana_sandbox.run import compile_untrusted, run_untrusted
from tests.benchmarks.measure import row
from tests.benchmarks.sandbox_engines import CLEAN, WORK, called, once, smallest

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "corpus" / "sandbox"
ONCE = "plain exec, compiled once"
REUSED = SandboxPolicy(wall_seconds=5.0, calls_per_worker=100_000)
FRESH = SandboxPolicy(wall_seconds=5.0)
HOSTILE = [
    "import os\nos.system('true')",
    "result = ().__class__.__base__.__subclasses__()",
    "raise ValueError('x' * 100000)",
    "x = []\nfor _ in range(5000):\n    x = [x]\nresult = x",
    "def f(n):\n    return f(n + 1)\nresult = f(0)",
    "result = 'x' * (5 << 20)",
    "result = (i for i in range(3))",
    "print('spam ' * 300000)",
    "raise SystemExit(0)",
    "result = [0] * 10 ** 10",
]


def peers(*arguments: str) -> Any:
    """Return what the peers' Python measured; None where there is none."""
    python = os.environ.get("SANDBOX_PEERS")
    if not python:
        return None
    path = os.pathsep.join([str(ROOT), str(ROOT / "sandbox")])
    command = [python, "-W", "ignore", "-m", "tests.benchmarks.sandbox_engines", *arguments]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}
    )
    if done.returncode:
        raise SystemExit(f"{arguments} ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def our_times(*, quick: bool) -> dict[str, dict[str, float]]:
    """Measure ours, and plain exec in the same process."""
    found: dict[str, dict[str, float]] = {}
    for work, (source, entry, inputs, runs) in WORK.items():
        runs = max(5, runs // (5 if quick else 1))  # noqa: PLW2901 - fewer, when asked
        code = compile(called(source, entry, inputs), "<untrusted>", "exec")
        found.setdefault(ONCE, {})[work] = smallest(partial(once, code, inputs), runs)
        expected = dict(inputs)
        exec(code, expected)
        for name, policy in (("ours, reused child", REUSED), ("ours, fresh child", FRESH)):
            with compile_untrusted(source, entry=entry, policy=policy) as program:
                outcome = program.run(inputs)
                if outcome.value != expected["result"]:
                    raise AssertionError(f"{name}: {work}: {outcome}")
                found.setdefault(name, {})[work] = smallest(partial(program.run, inputs), runs)
        found.setdefault("ours, run_untrusted", {})[work] = smallest(
            partial(run_untrusted, source, inputs, entry=entry, policy=FRESH), max(5, runs // 3)
        )
    return found


def show_times(*, quick: bool) -> None:
    """Print times of one call and how they compare with plain exec."""
    row("one call, smallest of many", *WORK)
    ours = our_times(quick=quick)
    theirs = peers("times", *(["--quick"] if quick else [])) or {}
    for table in (ours, theirs):
        base = table.get(ONCE, {})
        for name, cells in table.items():
            if name != "compile" and not (table is theirs and name == ONCE):
                row(name, *(f"{_shown(cells[w])} x{cells[w] / base[w]:.1f}" for w in WORK))
    over = ours["ours, reused child"]["trivial call"] - ours[ONCE]["trivial call"]
    print(f"a trivial call on a reused child costs {over * 1e6:.0f} us more than plain exec")


def show_compile(*, quick: bool) -> None:
    """Print what check and compilation of the 30-line function take."""
    from dana_sandbox.facades import exports
    from dana_sandbox.python_check import Rules, check, parse
    from dana_sandbox.restricted import compile_program

    rules, runs = Rules(modules=FRESH.modules, exports=exports), 20 if quick else 200
    tree = parse(CLEAN)
    row(f"a function of {len(CLEAN.strip().splitlines())} lines", "seconds")
    row("parse", _shown(smallest(lambda: parse(CLEAN), runs)))
    row("check", _shown(smallest(lambda: check(tree, rules), runs)))  # type: ignore[arg-type] # it parsed
    row("ours: parse, check, compile", _shown(smallest(lambda: compile_program(CLEAN, rules), runs)))
    for name, seconds in (peers("times", "--quick") or {}).get("compile", {}).items():
        row(name, _shown(seconds))


def show_hostile(*, quick: bool) -> None:
    """Print what 1,000 hostile calls leave behind: memory of the host, children, files."""
    calls = 100 if quick else 1000
    policy = SandboxPolicy(wall_seconds=1.0, memory_mib=128, retries=0)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for source in HOSTILE:
            run_untrusted(source, policy=policy)
        first, statuses = _resident(), dict[str, int]()
        for n in range(calls):
            status = run_untrusted(HOSTILE[n % len(HOSTILE)], policy=policy).status
            statuses[status] = statuses.get(status, 0) + 1
        grown, files = _resident() - first, os.listdir(folder)
        os.chdir(ROOT)
    shutdown()
    row(f"{calls} hostile calls", f"host grew {grown >> 10} KiB", f"{len(_children())} children", f"{len(files)} files")
    print(f"  {statuses}")


def show_corpus(folders: list[Path], *, quick: bool) -> None:
    """Print the verdicts of every engine on every corpus."""
    from tests.sandbox.judge import Judge, read_corpus

    step = 8 if quick else 1
    for folder in folders:
        ours: dict[str, str] = {}
        with tempfile.TemporaryDirectory() as place:
            os.chdir(place)
            judge = Judge(Path(place), run_untrusted)
            run_untrusted("result = 1")
            for case in read_corpus(folder)[::step]:
                ours[case.name] = judge.judge(case).verdict
            os.chdir(ROOT)
        kinds = ("OK", "RAN", "ESCAPE", "LEAK", "LIVE", "STATE", "UNCONTAINED")
        row(f"{folder.name}, attacks", *kinds)
        engines = {"ours": ours}
        for name in ("plain exec", "RestrictedPython", "smolagents", "pydantic-monty"):
            if (found := peers("corpus", name, str(folder), str(step))) is not None:
                engines[name] = found
        for name, verdicts in engines.items():
            attacks = [verdict for case, verdict in verdicts.items() if not case.startswith("legit_")]
            benign = [verdict for case, verdict in verdicts.items() if case.startswith("legit_")]
            good = f"benign {benign.count('OK')} of {len(benign)}"
            wrong = f"{benign.count('WRONG') + benign.count('UNCONTAINED')} wrong"
            row(f"{name} ({good}, {wrong})", *(attacks.count(kind) for kind in kinds))


def _shown(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} us" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def _children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer calls, every eighth case")
    parser.add_argument("--only", choices=("times", "compile", "hostile", "corpus"))
    parser.add_argument("folders", nargs="*", type=Path)
    asked = parser.parse_args()
    if not os.environ.get("SANDBOX_PEERS"):
        print("SANDBOX_PEERS names no Python with requirements-sandbox-peers.txt: ours alone")
    if asked.only in {None, "times"}:
        show_times(quick=asked.quick)
    if asked.only in {None, "compile"}:
        show_compile(quick=asked.quick)
    if asked.only in {None, "corpus"}:
        show_corpus([CORPUS, *(folder.resolve() for folder in asked.folders)], quick=asked.quick)
    if asked.only in {None, "hostile"}:
        show_hostile(quick=asked.quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
