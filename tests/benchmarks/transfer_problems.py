"""Pairs of problems for transfer: variants that are shifted and scaled a little, and others that only share their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dana_learning import Choice
from tests.benchmarks.learning_problems import Problem, Run, held_out_problems, main_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Values = Mapping[str, Any]
    Move = Callable[[np.ndarray[Any, np.dtype[np.float64]]], np.ndarray[Any, np.dtype[np.float64]]]

PAIRS = ("quadratic", "branin", "mixed", "plateau", "four", "heavy", "two_and_two", "valley", "alarm")
"""Problems with one phase and at least one number, whose quality alone teaches a source within 40 executions."""


def _columns(problem: Problem) -> list[tuple[int, int, bool]]:
    return [(leaf.first, leaf.last, isinstance(leaf.parameter, Choice)) for leaf in problem.space.leaves]


def moved(problem: Problem, name: str, move: Move, *, scale: float = 1.0, level: float = 0.0) -> Problem:
    """Return the problem as it is where `move` leads, its quality scaled and lifted."""

    def elsewhere(values: Values) -> Values:
        return problem.space.decode(np.clip(move(problem.space.encode(values)), 0.0, 1.0))

    def execute(values: Values, rng: np.random.Generator, step: int) -> Run:
        quality, attempts = problem.execute(elsewhere(values), rng, step)
        return level + scale * quality, attempts

    def expected(values: Values, step: int) -> float:
        return level + scale * problem.expected(elsewhere(values), step)

    return Problem(name, problem.space, execute, expected, problem.phases)


def similar(problem: Problem, seed: int) -> Problem:
    """Return a variant: each number shifted by up to 6 percent of its range, quality scaled by .85 and lifted."""
    rng = np.random.default_rng(seed)
    shift = rng.uniform(-0.06, 0.06, problem.space.width)
    for first, last, choice in _columns(problem):
        if choice:
            shift[first:last] = 0.0
    return moved(problem, f"{problem.name}~", lambda row: row + shift, scale=0.85, level=0.05)


def unrelated(problem: Problem) -> Problem:
    """Return another problem of the same names and bounds: numbers mirrored, options rotated."""

    def move(row: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        found = 1.0 - row
        for first, last, choice in _columns(problem):
            if choice:
                found[first:last] = np.roll(row[first:last], 1)
        return found

    return moved(problem, f"{problem.name}!", move)


def problems() -> list[Problem]:
    """Return the problems that pairs are made of."""
    return [one for one in [*main_problems(), *held_out_problems()] if one.name in PAIRS]
