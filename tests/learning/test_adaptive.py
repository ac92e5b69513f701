"""The learner that learns how to learn: credit, choice, prediction, state."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dana_learning import (
    AdaptiveLearner,
    Choice,
    Experience,
    FunctionContext,
    ObservationError,
    Parameter,
    ParameterError,
    Space,
    ValuesError,
)
from dana_learning.adaptive_strategies import STRATEGIES
from dana_learning.experience import problem_class

SPACE: list[Parameter | Choice] = [
    Parameter("seconds", 30.0, 0.1, 60.0, unit="s", scale="log"), Parameter("count", 2, 0, 6, integer=True),
    Choice("kind", "x", ("x", "y")),
]  # fmt: skip


def run(learner: AdaptiveLearner, count: int, seed: int = 0, noise: float = 0.03) -> list[object]:
    """Learn; the best is at three seconds and kind y. Return what was suggested."""
    rng = np.random.default_rng(seed)
    tried: list[object] = []
    for _ in range(count):
        trial = learner.suggest()
        values = trial.values
        truth = 0.8 - 0.1 * np.log(values["seconds"] / 3.0) ** 2 + 0.1 * (values["kind"] == "y")
        learner.observe(trial.id, float(np.clip(truth + noise * rng.normal(), 0, 1)))
        tried.append(dict(values))
    learner.decide()
    return tried


def test_it_finds_the_optimum_and_says_which_strategy_chose() -> None:
    """What is served is decided as the tuner decides."""
    learner = AdaptiveLearner(SPACE, seed=3)
    run(learner, 40)
    assert 1.5 < learner.served()["seconds"] < 6.0
    assert learner.suggest().reason.split(":")[0] in STRATEGIES
    chosen = learner.select_learning_strategy()
    assert sum(chosen.probabilities.values()) == pytest.approx(1.0)
    assert chosen.evidence > 20
    assert chosen.name in str(chosen)


def test_a_strategy_that_was_worth_most_is_chosen_for_its_class_only() -> None:
    """Experience of one class says nothing about another."""
    experience = Experience()
    learner = AdaptiveLearner(SPACE, seed=1, experience=experience)
    kind = learner.problem()
    for _ in range(60):
        experience.credit(kind, "Thompson", 0.3)
        experience.credit(kind, "expected improvement", 0.0)
    assert learner.select_learning_strategy().name == "Thompson"
    drawn = [learner.suggest().reason.split(":")[0] for _ in range(1)]
    learner.observe({"seconds": 3.0, "count": 2, "kind": "x"}, 0.8)
    drawn = [learner.suggest().reason.split(":")[0] for _ in range(10)]
    assert drawn.count("Thompson") >= 9
    other = AdaptiveLearner([Parameter("x", 0.5, 0.0, 1.0)], experience=experience)
    assert other.select_learning_strategy().name != "Thompson"


def test_classes_tell_shape_and_noise() -> None:
    """Names and bounds do not matter."""
    space = AdaptiveLearner(SPACE).space
    assert problem_class(space, 0.01) == "2 numbers, 1 choices, quiet"
    assert problem_class(space, 0.3) == "2 numbers, 1 choices, very noisy"


@given(seed=st.integers(0, 2**16), qualities=st.lists(st.floats(0, 1), min_size=1, max_size=15))
@settings(max_examples=15, deadline=None)
def test_bounds_hold_under_any_feedback(seed: int, qualities: list[float]) -> None:
    """For every strategy, in what is tried and in what is served."""
    for name in STRATEGIES:
        experience = Experience()
        learner = AdaptiveLearner(SPACE, seed=seed, experience=experience)
        for level in ("quiet", "noisy", "very noisy"):
            for _ in range(100):
                experience.credit(f"2 numbers, 1 choices, {level}", name, 1.0)
        for quality in qualities:
            trial = learner.suggest()
            learner.space.check(trial.values)
            learner.observe(trial.id, quality)
        learner.space.check(learner.decide())


def test_a_constant_reward_leaves_what_is_served() -> None:
    """Nothing is better, so nothing changes."""
    learner = AdaptiveLearner(SPACE, seed=5)
    for _ in range(15):
        learner.observe(learner.suggest().id, 0.6)
    assert learner.decide() == learner.space.defaults()


def test_a_restarted_learner_goes_on_identically() -> None:
    """The model, the open suggestions and the experience."""
    learner = AdaptiveLearner(SPACE, seed=7)
    run(learner, 12)
    learner.suggest()
    again = AdaptiveLearner.from_state(json.loads(json.dumps(learner.state())), SPACE)
    assert run(learner, 8, 3) == run(again, 8, 3)
    assert learner.state() == again.state()


@pytest.mark.parametrize("noise", [0.02, 0.1])
def test_predictions_cover_what_is_served(noise: float) -> None:
    """Nine of ten executions are inside, and the possible gain is small after many."""
    rng = np.random.default_rng(1)
    inside = []
    for seed in range(6):
        learner = AdaptiveLearner(SPACE, seed=seed)
        run(learner, 35, seed, noise)
        seen = learner.predict_performance()
        served = learner.served()
        truth = 0.8 - 0.1 * np.log(served["seconds"] / 3.0) ** 2 + 0.1 * (served["kind"] == "y")
        inside.append(
            np.mean(
                np.abs(truth + noise * rng.normal(size=200) - (seen.low + seen.high) / 2) < (seen.high - seen.low) / 2
            )
        )
        assert seen.possible_gain < 0.15
    assert np.mean(inside) > 0.8
    with pytest.raises(ParameterError, match="level"):
        learner.predict_performance(1.0)


def test_without_a_space_bounds_are_guessed_from_what_is_told() -> None:
    """A text is left out; a restart goes on bit by bit; the next values are kept inside."""
    learner = AdaptiveLearner(seed=1)
    values: dict[str, Any] = {"timeout": 30.0, "name": "fast", "share": 0.9}
    for _ in range(12):
        learner.observe(values, 1 - (values["share"] - 0.3) ** 2)
        values = {**values, **learner.suggest().values}
    assert set(learner.served()) == {"timeout", "share"}
    assert 3.0 <= learner.suggest().values["timeout"] <= 300.0
    again = AdaptiveLearner.from_state(json.loads(json.dumps(learner.state())))
    for one in (learner, again):
        one.observe({**values, "timeout": 1e9, "share": 0.25}, 0.9)
    assert again.suggest() == learner.suggest()
    assert again.state() == learner.state()
    with pytest.raises(ValuesError, match="share"):
        learner.observe({"timeout": 10.0}, 0.5)


def test_without_a_space_nothing_is_suggested_before_something_is_told() -> None:
    """The error says what to give, and nothing is begun by what cannot be; strategies of others are chosen all the same."""
    learner = AdaptiveLearner()
    asked = (learner.suggest, learner.served, learner.state, learner.explain, learner.predict_performance,
             learner.select_learning_strategy, lambda: learner.observe("id", 0.5),
             lambda: learner.observe({"name": "fast"}, 0.5))  # fmt: skip
    for ask in asked:
        with pytest.raises(ParameterError) as caught:
            ask()
        assert caught.value.field == "space"
    with pytest.raises(ObservationError):
        learner.observe({"level": 0.5}, 2.0)
    with pytest.raises(ParameterError, match="nothing says"):
        learner.suggest()
    assert not hasattr(learner, "unknown")
    other = FunctionContext(Space([Parameter("level", 0.9, 0.0, 1.0)]))
    assert learner.select_learning_strategy(other).problem == "1 numbers, 0 choices, noisy"
    with pytest.raises(ParameterError, match="seed"):
        AdaptiveLearner(seed=-1)
