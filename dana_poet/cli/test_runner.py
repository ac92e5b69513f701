"""`dana-poet test`: run `test_*.na` files and the `test_` functions in them, with a summary like pytest's."""

from __future__ import annotations

import os
import sys
from time import perf_counter
from typing import TYPE_CHECKING, Any

from dana_poet.errors import UsageError
from dana_poet.runtime import execute
from dana_poet.runtime.place import Place
from dana_poet.runtime.policy import Policy
from dana_poet.runtime.session import Output, new_program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Outcome:
    """What became of one test: passed, or failed with an error and what it printed. `kind` is `passed`, `failed`, `error`.

    An error is what keeps tests from being run: a file that cannot be read or loaded.
    """

    __slots__ = ("error", "kind", "name", "output", "seconds")

    def __init__(self, name: str, error: BaseException | None, output: str, seconds: float, *, loading: bool) -> None:
        self.name, self.error, self.output, self.seconds = name, error, output, seconds
        self.kind = "passed" if error is None else "error" if loading else "failed"


def run_tests(paths: list[str], *, select: str = "", stop: bool = False, as_json: bool = False) -> int:
    """Run the tests under `paths` and return the exit code: 0 all passed, 1 some failed, 2 there were none."""
    started = perf_counter()
    outcomes: list[Outcome] = []
    for outcome in _all_outcomes(paths, select):
        outcomes.append(outcome)
        if not as_json:
            print(f"{outcome.name} {outcome.kind.upper()}", flush=True)
        if stop and outcome.error is not None:
            break
    seconds = perf_counter() - started
    if as_json:
        _print_json(outcomes, seconds)
    else:
        _print_summary(outcomes, seconds)
    if not outcomes:
        return 2
    return 1 if any(outcome.error is not None for outcome in outcomes) else 0


def _all_outcomes(paths: list[str], select: str) -> Iterator[Outcome]:
    for file in dict.fromkeys(test_files([path.partition("::")[0] for path in paths])):
        names = {path.partition("::")[2] for path in paths if path.partition("::")[0] == file}
        yield from run_file(file, select, frozenset() if "" in names else frozenset(names))


def test_files(paths: list[str]) -> Iterator[str]:
    """Yield the files to test: a file that is named, and `test_*.na` in folders."""
    for path in paths:
        if os.path.isdir(path):
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
                for name in sorted(names):
                    if name.startswith("test_") and name.endswith(".na"):
                        yield os.path.join(folder, name)
        elif not os.path.exists(path):
            raise UsageError(f"there is no file or folder {path}")
        elif not path.endswith(".na"):
            raise UsageError(f"{path} is not a .na file")
        else:
            yield path


def run_file(file: str, select: str, wanted: frozenset[str] = frozenset()) -> Iterator[Outcome]:
    """Run a file's top level, then its tests, each after the other in one program; yield what became of them.

    `wanted` are the names of the functions to run, empty for all. State that agents keep goes into a folder that is
    thrown away, so that no test finds what an earlier run has left.
    """
    from tempfile import TemporaryDirectory

    path = os.path.abspath(file)
    program = new_program(os.path.dirname(path), Policy(), None)
    output = Output(program.namespace)
    names = program.module_globals("__test__", path)
    shown = os.path.relpath(path)

    def top_level() -> Any:
        return program.execute(execute.code_of_file(path, cached=execute.is_cached_code_allowed()), names)

    with TemporaryDirectory(prefix="dana-test-") as state:
        program.place = Place(state)
        with program.place:
            loaded = program.within(_measured, shown, top_level, output, True)
            tests = [name for name, value in names.items() if name.startswith("test_") and callable(value)]
            if loaded.error is not None or not tests:
                if select in shown:
                    yield loaded
                return
            for name in [name for name in tests if not wanted or name in wanted]:
                if select in f"{shown}::{name}":
                    yield program.within(_measured, f"{shown}::{name}", _without_arguments(names[name]), output)
            for name in sorted(wanted.difference(tests)):
                raise UsageError(f"{shown} has no test {name}")


def _without_arguments(test: Any) -> Callable[[], Any]:
    """Return a test as it is called. One that takes parameters fails where it is defined."""
    code: Any = getattr(test, "__code__", None)
    required = code.co_argcount - len(test.__defaults__ or ()) if code is not None else 0
    if not required:
        function: Callable[[], Any] = test
        return function

    def refuse() -> None:
        from dana_grammar.span import Span
        from dana_poet.errors import DanaCallError

        line = code.co_firstlineno
        names = ", ".join(code.co_varnames[:required])
        raise DanaCallError(
            f"a test is called without arguments, but this one needs {names}", hint="give its parameters defaults",
            span=Span(line, 1, line, 1 + len("def")), file=code.co_filename,
        )  # fmt: skip

    return refuse


def _measured(name: str, call: Callable[[], Any], output: Output, loading: bool = False) -> Outcome:
    """Run a test; a promise that it leaves behind and that fails is its failure too."""
    started = perf_counter()
    error: BaseException | None = None
    running = execute.Running()
    try:
        call()
    except Exception as caught:  # noqa: BLE001 - whatever a test raises is its outcome
        error = caught
    unseen = running.finish()
    error = error or (unseen[0][1] if unseen else None)
    return Outcome(name, error, output.taken(), perf_counter() - started, loading=loading)


def _print_summary(outcomes: list[Outcome], seconds: float) -> None:
    from dana_poet.runtime.tracebacks import report

    failed = [outcome for outcome in outcomes if outcome.error is not None]
    for outcome in failed:
        print(f"\n___ {outcome.name} ___" if outcome.kind == "failed" else f"\n___ {outcome.name} (not run) ___")
        assert outcome.error is not None
        print(report(outcome.error, color=sys.stdout.isatty()))
        if outcome.output:
            print("--- it printed ---\n" + outcome.output.rstrip("\n"))
    passed = len(outcomes) - len(failed)
    if not outcomes:
        print("no tests found: they are functions named test_... in files named test_*.na")
        return
    broken = sum(outcome.kind == "error" for outcome in outcomes)
    counts = [(len(failed) - broken, "failed"), (broken, "error" if broken == 1 else "errors"), (passed, "passed")]
    print(f"\n{', '.join(f'{count} {word}' for count, word in counts if count)} in {seconds:.2f}s")


def _print_json(outcomes: list[Outcome], seconds: float) -> None:
    import json

    from dana_poet.runtime.tracebacks import Failure

    tests = []
    for outcome in outcomes:
        error = None if outcome.error is None else Failure(outcome.error).data()
        tests.append({
            "name": outcome.name, "outcome": outcome.kind, "seconds": round(outcome.seconds, 6),
            "output": outcome.output, "diagnostics": error["diagnostics"] if error else [], "error": error,
        })  # fmt: skip
    print(json.dumps({"tests": tests, "seconds": round(seconds, 6)}, ensure_ascii=False))
