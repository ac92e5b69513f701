"""The laws of learning: bounds, invariance, rest, convergence, identity after a restart, honest tests; for all inputs.

Other files have the same laws for what is theirs: stores against a dict (`test_store`), tests that may be looked at
any time (`test_experiment`, `test_validation`, `test_rollback`), plugins (`test_plugins`), batch analyses (`test_batch`).
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dana_learning import (
    AdaptiveLearner,
    Choice,
    ExecutionFeedback,
    Experiment,
    KeptTuner,
    MemoryStore,
    OnlineLearner,
    Parameter,
    Space,
    Structured,
    Tuner,
    TunerUpdates,
    restore,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_learning.learner import Learner

    Make = Callable[[Space, int], Learner]

FUNCTION = "f"
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.text(max_size=4), st.integers(), st.floats(), st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.floats(), max_size=2),
)  # fmt: skip


def tuner(space: Space, seed: int) -> Learner:
    """The one-page door."""
    return TunerUpdates(Tuner(space, seed=seed))


def adaptive(space: Space, seed: int) -> Learner:
    """The tuner that chooses its strategy."""
    return TunerUpdates(AdaptiveLearner(space, seed=seed))


def online(space: Space, seed: int) -> Learner:
    """The learner of the hot path."""
    return OnlineLearner(space=space, seed=seed)


MAKERS = [tuner, adaptive, online]
any_learner = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)


@st.composite
def numbers(draw: st.DrawFn, name: str) -> Parameter:
    """Any parameter that is a number."""
    log, integer = draw(st.booleans()), draw(st.booleans())
    if integer:
        low = draw(st.integers(1 if log else -1000, 1000))
        high = low + draw(st.integers(1, 1000))
        start = draw(st.integers(low, high))
        return Parameter(name, start, low, high, scale="log" if log else "linear", integer=True)
    bottom = draw(st.floats(1e-3, 1e3) if log else st.floats(-1e3, 1e3))
    top = bottom + draw(st.floats(1e-3, 1e3))
    part = draw(st.floats(0, 1))
    return Parameter(
        name, min(max(bottom + part * (top - bottom), bottom), top), bottom, top, scale="log" if log else "linear"
    )


@st.composite
def spaces(draw: st.DrawFn) -> Space:
    """Any space of up to three parameters."""
    kinds = draw(st.lists(st.sampled_from(["number", "choice", "dict"]), min_size=1, max_size=3))
    parts: list[Any] = []
    for place, kind in enumerate(kinds):
        name = f"p{place}"
        if kind == "number":
            parts.append(draw(numbers(name)))
        elif kind == "choice":
            options = ("a", "b", "c")[: draw(st.integers(2, 3))]
            parts.append(Choice(name, draw(st.sampled_from(options)), options))
        else:
            parts.append(Structured(name, (draw(numbers("inner")), Choice("mode", True, (True, False)))))
    return Space(parts)


def fed(learner: Learner, space: Space, qualities: list[float], values: dict[str, Any] | None = None) -> list[Any]:
    """Tell qualities one after the other; return the parameters that came back."""
    now, found = space.defaults() if values is None else values, []
    for number, quality in enumerate(qualities):
        now = learner.update_parameters(ExecutionFeedback(f"run-{number}", FUNCTION, "", quality, values=now), now)
        found.append(now)
    return found


@any_learner
@given(space=spaces(), qualities=st.lists(st.floats(0, 1), min_size=1, max_size=12), seed=st.integers(0, 2**16))
@settings(max_examples=15, deadline=None)
def test_bounds_hold_under_any_feedback(make: Make, space: Space, qualities: list[float], seed: int) -> None:
    """In any space, for any sequence of qualities, at any seed."""
    for values in fed(make(space, seed), space, qualities):
        assert space.check(values) == values


@given(space=spaces(), edited=st.dictionaries(st.sampled_from(["p0", "p1", "p2", "other"]), ANYTHING, max_size=4))
@settings(max_examples=60, deadline=None)
def test_bounds_hold_whatever_somebody_put_into_the_store(space: Space, edited: dict[str, Any]) -> None:
    """A hand-edited set, values of another day, NaN: what is served fits, and so does what is tried."""
    with mock.patch.object(MemoryStore, "parameters", return_value=edited):
        space.check(restore(MemoryStore(), "f", space)[0])
    plain = {name: value for name, value in edited.items() if _is_plain(value)}
    other = MemoryStore()
    other.set_parameters("f", plain, confidence=1.0)
    tuned = KeptTuner(other, "f", space)
    for values in (tuned.served(), tuned.suggest()):
        assert space.check(values) == values


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(name and _is_plain(inner) for name, inner in value.items())
    return not isinstance(value, float) or math.isfinite(value)


@any_learner
@given(
    qualities=st.lists(st.floats(0, 1), min_size=1, max_size=10), seed=st.integers(0, 99),
    factor=st.sampled_from([1e-3, 1 / 60, 7.0, 1e4]), turn=st.integers(0, 2),
)  # fmt: skip
@settings(max_examples=10, deadline=None)
def test_names_in_another_order_and_other_units_change_nothing(
    make: Make, qualities: list[float], seed: int, factor: float, turn: int
) -> None:
    """The same points are tried, whatever they are called first and measured in."""
    parts: list[Parameter | Choice] = [
        Parameter("wait", 3.0, 0.5, 20.0, scale="log"),
        Choice("mode", "a", ("a", "b")),
        Parameter("share", 0.2, 0, 1),
    ]
    moved: list[Parameter | Choice] = [
        Parameter("wait", 3.0 * factor, 0.5 * factor, 20.0 * factor, scale="log"),
        *parts[1:],
    ]
    one, other = Space(parts), Space([*moved[turn:], *moved[:turn]])
    pairs = zip(fed(make(one, seed), one, qualities), fed(make(other, seed), other, qualities), strict=True)
    for first, second in pairs:
        assert second["wait"] == pytest.approx(first["wait"] * factor, rel=1e-6)
        assert second["share"] == pytest.approx(first["share"], rel=1e-6, abs=1e-9)
        assert second["mode"] == first["mode"]


@pytest.mark.parametrize("make", [Tuner, AdaptiveLearner], ids=lambda make: make.__name__)
@given(space=spaces(), level=st.floats(0, 1), seed=st.integers(0, 1000))
@settings(max_examples=12, deadline=None)
def test_a_constant_reward_leaves_what_is_served(make: type[Tuner], space: Space, level: float, seed: int) -> None:
    """Nothing is better, so nothing changes, in any space."""
    learner = make(space, seed=seed)
    for _ in range(12):
        learner.observe(learner.suggest().id, level)
        assert learner.decide() == space.defaults()


def concave(seed: int, size: int) -> tuple[Space, np.ndarray, Callable[[np.ndarray], float], float]:
    """Any concave objective: flat or steep, round or pointed, its top anywhere, up to a tenth of noise."""
    rng = np.random.default_rng([seed, size])
    top, start, weight = rng.random(size), rng.random(size), rng.uniform(0.5, 1.5, size)
    power, depth, noise = float(rng.choice([1.0, 1.5, 2.0])), rng.uniform(0.4, 0.9), rng.uniform(0.0, 0.1)
    scale = {1.0: 1.3, 1.5: 1.6, 2.0: 2.0}[power]

    def truth(where: np.ndarray) -> float:
        return 0.95 - depth * scale * float((weight * np.abs(where - top) ** power).sum() / weight.sum())

    return Space([Parameter(f"p{n}", float(one), 0, 1) for n, one in enumerate(start)]), top, truth, float(noise)


@pytest.mark.parametrize("make", [Tuner, AdaptiveLearner], ids=lambda make: make.__name__)
@pytest.mark.parametrize("size", [1, 2])
def test_what_is_served_is_near_the_top_of_a_concave_objective(make: type[Tuner], size: int) -> None:
    """After fifty executions within 0.2 of the range of every parameter, in 95% of objectives."""
    near = []
    for seed in range(40):
        space, top, truth, noise = concave(seed, size)
        learner, rng = make(space, seed=seed), np.random.default_rng([seed, 3])
        for _ in range(50):
            trial = learner.suggest()
            quality = truth(space.encode(trial.values)) + noise * float(rng.normal())
            learner.observe(trial.id, min(1.0, max(0.0, quality)))
        near.append(bool(np.abs(space.encode(learner.decide()) - top).max() <= 0.2))
    assert np.mean(near) >= 0.95


def test_the_hot_path_converges_as_well() -> None:
    """The same law for the learner that costs a twentieth, by what it holds to be best."""
    near = []
    for seed in range(40):
        space, top, truth, noise = concave(seed, 1)
        learner, rng, values = OnlineLearner(space=space, seed=seed), np.random.default_rng([seed, 3]), space.defaults()
        for number in range(50):
            quality = min(1.0, max(0.0, truth(space.encode(values)) + noise * float(rng.normal())))
            told = ExecutionFeedback(f"run-{number}", FUNCTION, "", quality, values=values)
            values = learner.update_parameters(told, values)
        near.append(bool(np.abs(space.encode(learner.best_parameters(FUNCTION)) - top).max() <= 0.2))
    assert np.mean(near) >= 0.95


@given(
    space=spaces(), seed=st.integers(0, 999), stop=st.integers(0, 14),
    qualities=st.lists(st.floats(0, 1), min_size=15, max_size=15),
)  # fmt: skip
@settings(max_examples=12, deadline=None)
@pytest.mark.parametrize("make", [Tuner, AdaptiveLearner], ids=lambda make: make.__name__)
def test_a_state_continues_identically(
    make: type[Tuner], space: Space, seed: int, stop: int, qualities: list[float]
) -> None:
    """In any space and wherever it stopped, through JSON, bit by bit."""
    learner = make(space, seed=seed)
    for quality in qualities[:stop]:
        learner.observe(learner.suggest().id, quality)
    again = make.from_state(json.loads(json.dumps(learner.state(), allow_nan=False)), space)
    for quality in qualities[stop:]:
        first, second = learner.suggest(), again.suggest()
        assert first == second
        learner.observe(first.id, quality)
        again.observe(second.id, quality)
    assert learner.decide() == again.decide()
    assert learner.state() == again.state()


def test_a_test_that_is_looked_at_after_every_execution_errs_at_most_at_its_level() -> None:
    """Three hundred comparisons of a set with itself, each looked at two hundred times."""
    space, wrong = Space([Parameter("x", 0.5, 0, 1)]), 0
    for seed in range(300):
        rng = np.random.default_rng([seed, 11])
        test = Experiment(space, {"x": 0.1}, {"x": 0.9}, salt=f"law-{seed}", level=0.1)
        for number in range(200):
            test.observe(f"unit-{number}", float(rng.beta(4, 2)))
            if test.verdict().outcome in {"better", "worse"}:
                wrong += 1
                break
    assert wrong <= 0.1 * 300
