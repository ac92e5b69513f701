"""CPU time per call of `@poet` beside what people compose by hand: retries, checks in and out, a counter, a breaker.

    pip install -r tests/benchmarks/requirements-poet-peers.txt
    python -m tests.benchmarks.bench_poet

Times are microseconds of CPU per call of a function of two ints, hinted in and out; the plain call is part of each.
"""

from __future__ import annotations

import importlib.util
import inspect
import itertools
import os
import tempfile
import textwrap
import time
from typing import TYPE_CHECKING, Any

from dana_poet import poet
from dana_poet.codegen.generator import GenerationRequest
from dana_poet.codegen.original import Original
from dana_poet.codegen.template_generator import TemplateGenerator
from tests.benchmarks.measure import row

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS, ROUNDS = 20_000, 15


def add(a: int, b: int) -> int:
    """Return the sum: as little work as a function can do."""
    return a + b


def per_call(functions: dict[str, Callable[[int, int], int]]) -> dict[str, float]:
    """Return the smallest CPU microseconds per call of each, measured in turns so that all see the same machine."""
    best = dict.fromkeys(functions, float("inf"))
    for _ in range(ROUNDS):
        for name, function in functions.items():
            started = time.process_time()
            for _ in itertools.repeat(None, CALLS):
                function(3, 4)
            best[name] = min(best[name], time.process_time() - started)
    return {name: seconds / CALLS * 1e6 for name, seconds in best.items()}


def ours() -> dict[str, Callable[[int, int], int]]:
    """Return `@poet` at its levels; none of these publishes events."""
    return {
        "@poet()": poet(retries=2)(add),
        "@poet(circuit_breaker=True)": poet(retries=2, circuit_breaker=True)(add),
        "@poet(domain='base')": poet(domain="base", learning="off")(add),
        "@poet(constraints={...})": poet(constraints={"small": lambda result: result < 100})(add),
    }


def peers() -> dict[str, Callable[[int, int], int]]:
    """Return what people compose of libraries."""
    from pydantic import validate_call
    from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

    checked = validate_call(validate_return=True)(add)
    again = retry(
        stop=stop_after_attempt(3), wait=wait_random_exponential(max=5), retry=retry_if_exception_type(ConnectionError)
    )
    found: dict[str, Callable[[int, int], int]] = {"validate_call(return)": checked, "tenacity": again(add)}
    found["tenacity + validate_call"] = again(checked)
    if importlib.util.find_spec("stamina") is not None:
        import stamina

        found["stamina + validate_call"] = stamina.retry(on=ConnectionError, attempts=3)(checked)
    return found


def generation() -> float:
    """Return the CPU milliseconds that the template generator needs for a function, reading its source included."""
    functions: list[Callable[..., Any]] = [
        textwrap.dedent,
        textwrap.fill,
        inspect.getsource,
        inspect.cleandoc,
        textwrap.indent,
    ]
    best = float("inf")
    for _ in range(5):
        started = time.process_time()
        for function in functions:
            TemplateGenerator().generate(GenerationRequest(Original.of(function), domain="api"))
        best = min(best, (time.process_time() - started) / len(functions))
    return best * 1e3


def first_call() -> float:
    """Return the CPU milliseconds of a function's first call, in which its stages are made."""
    best = float("inf")
    for _ in range(20):
        fresh: Any = poet(retries=2)(add)
        started = time.process_time()
        fresh(3, 4)
        best = min(best, time.process_time() - started)
    return best * 1e3


def main() -> None:
    """Print the table. What functions with a domain keep goes with it."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DANA_STATE_DIR"] = folder
        measured = per_call({"plain": add, **ours(), **peers()})
    plain, base = measured["plain"], measured["@poet()"]
    row("function of two ints", "us per call", "overhead", "of @poet()")
    for name, microseconds in measured.items():
        row(
            name,
            f"{microseconds:.2f}",
            f"{microseconds - plain:.2f}",
            f"{(microseconds - plain) / (base - plain):.1f} x",
        )
    row("template generator, per function", f"{generation():.2f} ms")
    row("first call", f"{first_call():.2f} ms")


if __name__ == "__main__":
    main()
