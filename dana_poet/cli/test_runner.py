"""`dana-poet test`: run `test_*.na` files and the `test_` functions in them, with a summary like pytest's."""

from __future__ import annotations

import os
import sys
from time import perf_counter
from typing import TYPE_CHECKING, Any

from dana_poet.errors import UsageError
from dana_poet.runtime import execute
from dana_poet.runtime.policy import Policy
from dana_poet.runtime.session import Output, new_program, opened_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Outcome:
    """What became of one test: passed, or failed with an error and what it printed."""

    __slots__ = ("error", "name", "output", "seconds")

    def __init__(self, name: str, error: BaseException | None, output: str, seconds: float) -> None:
        self.name, self.error, self.output, self.seconds = name, error, output, seconds


def run_tests(paths: list[str], *, select: str = "", stop: bool = False, as_json: bool = False) -> int:
    """Run the tests under `paths` and return the exit code: 0 all passed, 1 some failed, 2 there were none."""
    started = perf_counter()
    outcomes: list[Outcome] = []
    for file in sorted(set(test_files(paths))):
        for outcome in run_file(file, select):
            outcomes.append(outcome)
            if not as_json:
                _dot(outcome)
            if stop and outcome.error is not None:
                break
        if stop and outcomes and outcomes[-1].error is not None:
            break
    seconds = perf_counter() - started
    if as_json:
        _print_json(outcomes, seconds)
    else:
        _print_summary(outcomes, seconds)
    if not outcomes:
        return 2
    return 1 if any(outcome.error is not None for outcome in outcomes) else 0


def test_files(paths: list[str]) -> Iterator[str]:
    """Yield the files to test: a file that is named, and `test_*.na` in folders."""
    for path in paths:
        if os.path.isfile(path):
            yield path
        elif os.path.isdir(path):
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
                for name in sorted(names):
                    if name.startswith("test_") and name.endswith(".na"):
                        yield os.path.join(folder, name)
        else:
            raise UsageError(f"there is no file or folder {path}")


def run_file(file: str, select: str) -> Iterator[Outcome]:
    """Run a file's top level, then its tests, each after the other in one program; yield what became of them."""
    path = os.path.abspath(file)
    program = new_program(os.path.dirname(path), Policy(), None)
    output = Output(program.namespace)
    names = program.module_globals("__test__", path)
    shown = os.path.relpath(path)

    def top_level() -> Any:
        return program.execute(execute.code_of_file(path, cached=execute.is_cached_code_allowed()), names)

    with opened_state(program, path):
        loaded = program.within(_measured, shown, top_level, output)
        tests = [name for name, value in names.items() if name.startswith("test_") and callable(value)]
        if loaded.error is not None or not tests:
            if select in shown:
                yield loaded
            return
        for name in tests:
            if select in f"{shown}::{name}":
                yield program.within(_measured, f"{shown}::{name}", names[name], output)


def _measured(name: str, call: Callable[[], Any], output: Output) -> Outcome:
    started = perf_counter()
    error: BaseException | None = None
    try:
        call()
    except Exception as caught:  # noqa: BLE001 - whatever a test raises is its outcome
        error = caught
    return Outcome(name, error, output.taken(), perf_counter() - started)


def _dot(outcome: Outcome) -> None:
    word = "PASSED" if outcome.error is None else "FAILED"
    print(f"{outcome.name} {word}")


def _print_summary(outcomes: list[Outcome], seconds: float) -> None:
    from dana_poet.runtime.tracebacks import report

    failed = [outcome for outcome in outcomes if outcome.error is not None]
    for outcome in failed:
        print(f"\n___ {outcome.name} ___")
        assert outcome.error is not None
        print(report(outcome.error, color=sys.stdout.isatty()))
        if outcome.output:
            print("--- it printed ---\n" + outcome.output.rstrip("\n"))
    passed = len(outcomes) - len(failed)
    if not outcomes:
        print("no tests found: they are functions named test_... in files named test_*.na")
        return
    counts = f"{passed} passed" if not failed else f"{len(failed)} failed, {passed} passed"
    print(f"\n{counts} in {seconds:.2f}s")


def _print_json(outcomes: list[Outcome], seconds: float) -> None:
    import json

    from dana_grammar.show_error import to_json
    from dana_poet.runtime.tracebacks import diagnostics_of

    tests = []
    for outcome in outcomes:
        found = () if outcome.error is None else diagnostics_of(outcome.error)
        tests.append({
            "name": outcome.name, "passed": outcome.error is None, "seconds": round(outcome.seconds, 6),
            "output": outcome.output, "diagnostics": [to_json(one) for one in found],
        })  # fmt: skip
    print(json.dumps({"tests": tests, "seconds": round(seconds, 6)}, ensure_ascii=False))
