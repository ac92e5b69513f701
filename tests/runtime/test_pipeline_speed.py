"""A pipeline costs at most three times the calls it stands for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.runtime.pipeline import pipe
from tests.runtime.pipeline_helpers import pipeline

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS, ROUNDS, LIMIT = 10_000, 15, 3.0


def f(x: int) -> int:
    """Be the first stage."""
    return x + 1


def g(x: int) -> int:
    """Be the second stage."""
    return x * 2


def h(x: int) -> int:
    """Be the third stage."""
    return x - 3


def nested() -> None:
    """Make the calls by hand."""
    for value in range(CALLS):
        h(g(f(value)))


@pytest.mark.parametrize("made", [pipeline(f, g, h), pipe(f, g, h)], ids=["declared", "composed"])
def test_three_plain_stages_cost_at_most_three_times_nested_calls(made: Any) -> None:
    """CPU time, the smallest of rounds that alternate, so that a busy machine slows both."""

    def through() -> None:
        for value in range(CALLS):
            made(value)

    best: dict[Callable[[], None], float] = {}
    for _ in range(ROUNDS):
        for run in (nested, through):
            before = time.process_time()
            run()
            best[run] = min(best.get(run, float("inf")), time.process_time() - before)
    assert best[through] <= LIMIT * best[nested]
