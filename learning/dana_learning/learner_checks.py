"""Checks that any learner must pass: run them on your own implementation.

Each check takes a function that makes a learner of a space with a seed, from a state where one is given. A check raises
AssertionError when the learner breaks its rule, which is its first line.

>>> from dana_learning import OnlineLearner
>>> check_learner(lambda space, seed, state=None: (
...     OnlineLearner(space=space, seed=seed) if state is None else OnlineLearner.from_state(state, space)
... ))
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from dana_learning.kinds import Choice, Parameter, Structured
from dana_learning.observation import ExecutionFeedback
from dana_learning.parameter import Space

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_learning.learner import Learner

    Quality = Callable[[Mapping[str, Any]], float]


class Maker(Protocol):
    """Makes a learner of a space, or continues one from its state."""

    def __call__(self, space: Space, seed: int, state: Mapping[str, Any] | None = None) -> Learner:
        """Return the learner."""


FUNCTION = "checked"
MIXED = Space([
    Parameter("seconds", 30.0, 0.1, 60.0, unit="s", scale="log"),
    Choice("kind", "x", ("x", "y")),
    Structured("inner", (Parameter("count", 2, 0, 6, integer=True), Parameter("share", 0.5, 0.0, 1.0))),
])  # fmt: skip
HILL = Space([Parameter("level", 0.9, 0.0, 1.0)])


def feedback(number: int, values: Mapping[str, Any], quality: float) -> ExecutionFeedback:
    """Return the feedback of one execution, an hour after the one before."""
    return ExecutionFeedback(f"run-{number}", FUNCTION, "", quality, values=values, timestamp=1e9 + 3600.0 * number)


def run(learner: Learner, space: Space, quality: Quality, count: int, first: int = 0) -> list[dict[str, Any]]:
    """Execute `count` times; return the parameters that the learner gave."""
    values, found = space.defaults(), []
    for number in range(first, first + count):
        told = min(1.0, max(0.0, quality(values)))
        values = learner.update_parameters(feedback(number, values, told), values)
        found.append(values)
    return found


def check_values_are_inside_their_bounds(make: Maker) -> None:
    """Whatever is told, every parameter stays inside its bounds."""
    rng = np.random.default_rng(0)
    for extreme in (lambda: 0.0, lambda: 1.0, lambda: float(rng.random()), lambda: float(rng.random() < 0.5)):
        for values in run(make(MIXED, 1), MIXED, lambda _, told=extreme: told(), 25):  # type: ignore[misc]
            assert MIXED.check(values) == values, values


def check_other_names_stay(make: Maker) -> None:
    """What is not learned keeps its value."""
    learner, values = make(HILL, 1), {"level": 0.9, "other": "kept"}
    for number in range(5):
        values = learner.update_parameters(feedback(number, {"level": values["level"]}, 0.5), values)
        assert values["other"] == "kept"


def check_the_arguments_are_not_changed(make: Maker) -> None:
    """A new dict comes back; the one that was given is as it was."""
    learner, values = make(HILL, 1), {"level": 0.9}
    for number in range(5):
        learner.update_parameters(feedback(number, values, 0.5), values)
        assert values == {"level": 0.9}


def check_a_hill_is_climbed(make: Maker) -> None:
    """After sixty executions of a noisy hill what is used is near its top, in most of ten runs."""
    near = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        tried = run(make(HILL, seed), HILL, lambda values, rng=rng: _hill(values) + 0.05 * float(rng.normal()), 60)  # type: ignore[misc]
        near += abs(float(np.median([values["level"] for values in tried[-20:]])) - 0.3) < 0.2
    assert near >= 9, f"{near} of 10 runs"


def _hill(values: Mapping[str, Any]) -> float:
    return 0.9 - 1.2 * (float(values["level"]) - 0.3) ** 2


def check_a_state_goes_on_identically(make: Maker) -> None:
    """Through JSON and in a new learner, bit by bit."""
    for stop in (0, 1, 4, 13):
        rng = np.random.default_rng(stop)
        learner = make(MIXED, 3)
        run(learner, MIXED, lambda _, rng=rng: float(rng.random()), stop)  # type: ignore[misc]
        again = make(MIXED, 3, json.loads(json.dumps(learner.state(), allow_nan=False)))
        found = []
        for each in (learner, again):
            later = np.random.default_rng(9)
            found.append(run(each, MIXED, lambda _, rng=later: float(rng.random()), 8, first=stop))  # type: ignore[misc]
        assert found[0] == found[1], f"after {stop} executions"
        assert learner.state() == again.state()


def check_the_same_seed_gives_the_same(make: Maker) -> None:
    """Nothing but the seed and what is told decides."""
    one, other = (run(make(MIXED, 5), MIXED, lambda values: values["inner"]["share"], 15) for _ in range(2))
    assert one == other


def check_order_and_units_do_not_matter(make: Maker) -> None:
    """The same problem in minutes, its names the other way round, is learned through the same points."""
    parts = (Parameter("share", 0.5, 0.0, 1.0), Parameter("count", 2, 0, 6, integer=True))
    minutes = Parameter("seconds", 0.5, 0.1 / 60, 1.0, unit="min", scale="log")
    other = Space([Structured("inner", parts), Choice("kind", "x", ("x", "y")), minutes])

    def told(values: Mapping[str, Any]) -> float:
        return float(0.5 + 0.3 * values["inner"]["share"] - 0.2 * (values["kind"] == "x"))

    pairs = zip(run(make(MIXED, 2), MIXED, told, 12), run(make(other, 2), other, told, 12), strict=True)
    for first, second in pairs:
        assert math.isclose(first["seconds"], 60 * second["seconds"], rel_tol=1e-6), (first, second)
        assert first["kind"] == second["kind"]
        assert math.isclose(first["inner"]["share"], second["inner"]["share"], rel_tol=1e-6, abs_tol=1e-9)


LEARNER_CHECKS: tuple[Callable[[Maker], None], ...] = (
    check_values_are_inside_their_bounds,
    check_other_names_stay,
    check_the_arguments_are_not_changed,
    check_a_hill_is_climbed,
    check_a_state_goes_on_identically,
    check_the_same_seed_gives_the_same,
    check_order_and_units_do_not_matter,
)
"""The rules of every learner."""


def check_learner(make: Maker) -> None:
    """Run every check; AssertionError says which rule is broken."""
    for check in LEARNER_CHECKS:
        check(make)
