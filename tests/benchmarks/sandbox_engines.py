"""The engines that bench_sandbox.py compares, each as one function; run by the Python that has them installed.

`python -m tests.benchmarks.sandbox_engines times` and `... corpus ENGINE FOLDER` print JSON for the benchmark.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import io
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dana_sandbox.outcome import RunOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType

    from tests.sandbox.judge import Case, Judge

CLEAN = '''
def clean(rows):
    """Trim, check and sort the records of one batch."""
    out = []
    seen = set()
    for row in rows:
        name = " ".join(str(row.get("name", "")).split()).title()
        if not name:
            continue
        try:
            amount = float(str(row.get("amount", "0")).replace(",", ""))
        except ValueError:
            amount = None
        if amount is not None and amount < 0:
            amount = 0.0
        city = str(row.get("city") or "unknown").strip().lower()
        key = (name, city)
        if key in seen:
            continue
        seen.add(key)
        tags = sorted({t.strip() for t in row.get("tags", []) if t.strip()})
        out.append({"name": name, "amount": amount, "city": city, "tags": tags})
    total = sum(r["amount"] for r in out if r["amount"] is not None)
    for r in out:
        if r["amount"] is None or not total:
            r["share"] = 0.0
        else:
            r["share"] = round(r["amount"] / total, 4)
    out.sort(key=lambda r: (-r["share"], r["name"]))
    return {"rows": out, "total": round(total, 2), "dropped": len(rows) - len(out)}
'''
ROWS = [
    {"name": f"  person {n % 40}  x", "amount": f"{n},000.5" if n % 7 else "n/a", "city": " Bern ", "tags": ["a", " b"]}
    for n in range(50)
]
LOOP = "def loop(n):\n    total = 0\n    for i in range(n):\n        total = total + i * 2\n    return total\n"
TRIVIAL = "def trivial(x):\n    return x\n"
WORK: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "trivial call": (TRIVIAL, "trivial", {"x": 1}, 300),
    "50-record clean-up": (CLEAN, "clean", {"rows": ROWS}, 60),
    "loop of 1e5": (LOOP, "loop", {"n": 100_000}, 7),
}
"""Source, entry, inputs and how many calls to take the smallest of."""

MODULES = (
    "math json re statistics datetime random collections itertools functools string decimal fractions typing "
    "dataclasses enum copy operator time textwrap heapq bisect base64 uuid"
).split()


def smallest(function: Callable[[], object], runs: int) -> float:
    """Return the smallest wall time of `runs` calls, in seconds: what the machine can do when nobody disturbs it."""
    best = float("inf")
    for _ in range(runs):
        started = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - started)
    return best


def once(code: CodeType, inputs: Mapping[str, Any]) -> None:
    """Run compiled code with fresh globals."""
    exec(code, {"__name__": "__main__", **inputs})


def called(source: str, entry: str, inputs: Mapping[str, Any]) -> str:
    """Return the program with its call, for engines that know no entry."""
    return f"{source}\nresult = {entry}({', '.join(f'{name}={name}' for name in inputs)})\n"


# Engines: source and inputs to result, as a user of each would write it.

_LOADED = {
    "RestrictedPython": "RestrictedPython",
    "smolagents": "smolagents.local_python_executor",
    "pydantic-monty": "pydantic_monty",
}
_SECONDS = 30  # the time limit of engines that have one; 1 where attacks are run


def plain(source: str, inputs: Mapping[str, Any]) -> Any:
    """Python itself, without any protection."""
    names = {"__name__": "__main__", **inputs}
    exec(compile(source, "<untrusted>", "exec"), names)
    return names.get("result")


def restricted_names() -> dict[str, Any]:
    """Return the globals of a typical RestrictedPython policy, from its documentation."""
    from RestrictedPython import Eval, Guards
    from RestrictedPython.PrintCollector import PrintCollector
    from RestrictedPython.Utilities import utility_builtins

    more = (
        "all any bytearray bytes dict enumerate filter frozenset iter list map max min next reversed set sorted sum super tuple "
        "type zip"
    ).split()
    offered = {**utility_builtins, **Guards.safe_builtins, **{name: getattr(builtins, name) for name in more}}

    def import_(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] not in MODULES:
            raise ImportError(name)
        return __import__(name, *rest)

    def inplace(op: str, left: Any, right: Any) -> Any:
        return {"+=": lambda: left + right, "-=": lambda: left - right, "*=": lambda: left * right}[op]()

    return {
        "__builtins__": {**offered, "__import__": import_},
        "__name__": "__main__",
        "__metaclass__": type,
        "_getattr_": Guards.safer_getattr,
        "_getitem_": Eval.default_guarded_getitem,
        "_getiter_": Eval.default_guarded_getiter,
        "_iter_unpack_sequence_": Guards.guarded_iter_unpack_sequence,
        "_unpack_sequence_": Guards.guarded_unpack_sequence,
        "_write_": lambda obj: obj,
        "_print_": PrintCollector,
        "_inplacevar_": inplace,
        "_apply_": lambda function, *args, **named: function(*args, **named),
    }


def restricted(source: str, inputs: Mapping[str, Any]) -> Any:
    """RestrictedPython with a typical policy."""
    from RestrictedPython.compile import compile_restricted

    names = {**restricted_names(), **inputs}
    exec(compile_restricted(source, "<untrusted>", "exec"), names)
    return names.get("result")


def smolagents(source: str, inputs: Mapping[str, Any]) -> Any:
    """Smolagents' local executor with the same modules."""
    module: Any = importlib.import_module(_LOADED["smolagents"])
    executor = module.LocalPythonExecutor(MODULES, timeout_seconds=_SECONDS)
    executor.send_tools({})
    executor.send_variables(dict(inputs))
    executor(source)
    return executor.state.get("result")


_POOL: Any = None


def monty(source: str, inputs: Mapping[str, Any]) -> Any:
    """pydantic-monty from a warm pool, one checkout a call."""
    global _POOL  # noqa: PLW0603 - the pool is what stays warm
    if _POOL is None:
        module: Any = importlib.import_module(_LOADED["pydantic-monty"])
        _POOL = module.Monty().__enter__()
    limits = {"max_feed_duration_secs": float(_SECONDS), "max_memory": 128 << 20}
    with _POOL.checkout(limits=limits) as session:
        return session.feed_run(source + "\nresult", inputs=dict(inputs))


ENGINES: dict[str, Callable[[str, Mapping[str, Any]], Any]] = {
    "plain exec": plain,
    "RestrictedPython": restricted,
    "smolagents": smolagents,
    "pydantic-monty": monty,
}


def times(*, quick: bool) -> dict[str, dict[str, float]]:
    """Measure every engine on every piece of work."""
    found: dict[str, dict[str, float]] = {}
    for work, (source, entry, inputs, runs) in WORK.items():
        program = called(source, entry, inputs)
        wanted = plain(program, inputs)
        for name, engine in ENGINES.items():
            with contextlib.redirect_stdout(io.StringIO()):
                if engine(program, inputs) != wanted:
                    raise AssertionError(f"{name}: {work} has another value")
                count = max(3, runs // (10 if quick else 1) // (1 if name == "plain exec" else 2))
                found.setdefault(name, {})[work] = smallest(partial(engine, program, inputs), count)
        code = compile(program, "<untrusted>", "exec")
        found.setdefault("plain exec, compiled once", {})[work] = smallest(partial(once, code, inputs), max(5, runs))
        found.setdefault("RestrictedPython, compiled once", {})[work] = _restricted_once(program, inputs, runs)
    found["compile"] = _compile_times(20 if quick else 100)
    return found


def _restricted_once(program: str, inputs: Mapping[str, Any], runs: int) -> float:
    from RestrictedPython.compile import compile_restricted

    code, names = compile_restricted(program, "<untrusted>", "exec"), restricted_names()
    return smallest(lambda: exec(code, {**names, **inputs}), max(5, runs // 2))


def _compile_times(runs: int) -> dict[str, float]:
    from RestrictedPython.compile import compile_restricted

    return {
        "plain compile": smallest(lambda: compile(CLEAN, "<untrusted>", "exec"), runs),
        "compile_restricted": smallest(lambda: compile_restricted(CLEAN, "<untrusted>", "exec"), runs),
    }


# Corpora: each case in a process of its own, because most engines cannot hold one.


def as_run(engine: Callable[[str, Mapping[str, Any]], Any]) -> Callable[..., RunOutcome]:
    """Return an engine with the signature of `run_untrusted`, for the judge."""

    def run(source: Any, inputs: Mapping[str, Any], *, entry: str | None = None, **_rest: Any) -> RunOutcome:
        program = source if entry is None else called(source, entry, inputs)
        try:
            value = engine(program, inputs)
        except Exception:  # noqa: BLE001 - refused or failed, both of which held it
            return RunOutcome(status="rejected")
        return RunOutcome(status="ok", value=value)

    return run


def corpus(name: str, folder: Path, step: int, wall: float = 2.6) -> dict[str, str]:
    """Return the verdict of each case: UNCONTAINED when this harness had to end, cap or catch it."""
    from tests.sandbox.judge import Judge, read_corpus

    global _SECONDS  # noqa: PLW0603 - one process measures one thing
    _SECONDS = 1
    verdicts: dict[str, str] = {}
    importlib.import_module(_LOADED.get(name, "json"))  # once, not in every child
    with tempfile.TemporaryDirectory() as folder_of_canary:
        os.chdir(folder_of_canary)
        judge = Judge(Path(folder_of_canary), as_run(ENGINES[name]))
        for case in read_corpus(folder)[::step]:
            verdicts[case.name] = _alone(partial(_verdict, judge, case), wall)
            judge.canary.write_text("canary-content-93ab", encoding="utf-8")
        os.chdir("/")
    return verdicts


def _verdict(judge: Judge, case: Case) -> str:
    return judge.judge(case).verdict


def _alone(judge: Callable[[], str], wall: float) -> str:
    """Return what `judge` says in a forked process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        if inner := os.fork():  # a case may kill its parent, which must not be this process
            os.waitpid(inner, 0)
            os._exit(0)
        with contextlib.suppress(BaseException):
            quiet = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(quiet, stream)
            resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
            os.write(writing, judge().encode())
        os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], wall)
    verdict = os.read(reading, 100).decode() if ready else ""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    return verdict or "UNCONTAINED"


def main(arguments: list[str]) -> int:
    """Print one measurement as JSON."""
    if arguments[0] == "times":
        print(json.dumps(times(quick="--quick" in arguments)))
    else:
        print(json.dumps(corpus(arguments[1], Path(arguments[2]), int(arguments[3]))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
