"""Print what a call through a pipeline costs, as a multiple of the nested calls it stands for.

Run: python tests/benchmarks/bench_pipeline.py. CPU time, the best of several rounds; the target is 3 or less.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from dana_poet.runtime.pipeline import Stage, call_stage, declared, pipe, stage

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS, ROUNDS = 10_000, 25
NO_SPAN = (0, 0, 0, 0)


def f(x: int) -> int:
    """Be the first stage."""
    return x + 1


def g(x: int) -> int:
    """Be the second stage."""
    return x * 2


def h(x: int) -> int:
    """Be the third stage."""
    return x - 3


def scale(x: int, k: int) -> int:
    """Be a stage with an argument."""
    return x * k


def _signature(x: int) -> None:
    pass


def _named(function: Callable[[int], int]) -> Stage:
    return stage(lambda: function, function.__name__, NO_SPAN)


def _scaled() -> Stage:
    return call_stage(lambda: scale, lambda _v, _c: ((2,), {}), "scale", NO_SPAN, placeholder=False, names=())


def _best(run: Callable[[], None]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        before = time.process_time()
        run()
        best = min(best, time.process_time() - before)
    return best


def _calls(function: Any) -> Callable[[], None]:
    def run() -> None:
        for value in range(CALLS):
            function(value)

    return run


def _nested() -> None:
    for value in range(CALLS):
        h(g(f(value)))


def _nested_nine() -> None:
    for value in range(CALLS):
        h(g(f(h(g(f(h(g(f(value)))))))))


def main() -> None:
    """Measure and print one line for each kind of pipeline."""
    base = _best(_nested)
    print(f"nested calls h(g(f(x))): {base / CALLS * 1e9:.0f} ns")
    cases = {
        "declared p(x) = f | g | h": declared("p", _signature, (_named(f), _named(g), _named(h))),
        "composed f | g | h": pipe(f, g, h),
        "composed f | scale(2) | h": pipe(f, _scaled(), h),
    }
    for name, made in cases.items():
        print(f"{name}: {_best(_calls(made)) / base:.2f} x")
    longer, nine = _best(_calls(pipe(*(f, g, h) * 3))), _best(_nested_nine)
    print(f"composed of nine: {longer / nine:.2f} x nine nested calls")


if __name__ == "__main__":
    main()
