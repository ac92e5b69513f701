"""The tuner: what is tried, what is served, why, and that it goes on where it stopped."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dana_learning import Attempt, Choice, ObservationError, Parameter, SpaceChanged, Tuner, ValuesError

SPACE: list[Parameter | Choice] = [
    Parameter("seconds", 30.0, 0.1, 60.0, unit="s", scale="log"),
    Parameter("count", 2, 0, 6, integer=True),
    Choice("kind", "x", ("x", "y")),
]


def quality(values: dict[str, object], rng: np.random.Generator) -> float:
    """A smooth truth with noise."""
    seconds, count = float(values["seconds"]), float(values["count"])  # type: ignore[arg-type]
    truth = 0.8 * math.exp(-(math.log(seconds / 3) ** 2)) + 0.1 * count / 6 + 0.1 * (values["kind"] == "y")
    return float(np.clip(truth + 0.03 * rng.normal(), 0.0, 1.0))


def run(tuner: Tuner, count: int, seed: int = 0) -> Tuner:
    """Tune for `count` executions."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        trial = tuner.suggest()
        tuner.observe(trial.id, quality(dict(trial.values), rng))
    tuner.decide()
    return tuner


def test_the_first_suggestion_is_the_start() -> None:
    """Everything is compared with what was served before learning."""
    tuner = Tuner(SPACE)
    assert tuner.suggest().values == {"seconds": 30.0, "count": 2, "kind": "x"} == tuner.served()


def test_it_finds_the_optimum_and_says_why() -> None:
    """Every change carries its numbers."""
    tuner = run(Tuner(SPACE, seed=4), 40)
    served = tuner.served()
    assert 2.0 < served["seconds"] < 4.5
    assert served["kind"] == "y"
    story = tuner.explain()
    assert story.changes
    for change in story.changes:
        assert change.probability >= 0.9
        assert change.evidence > 0
        assert "revert" in str(change)
    assert json.loads(json.dumps(story.to_dict()))["executions"] == 40


@given(seed=st.integers(0, 2**16), qualities=st.lists(st.floats(0, 1), min_size=1, max_size=25))
@settings(max_examples=25, deadline=None)
def test_bounds_hold_under_any_feedback(seed: int, qualities: list[float]) -> None:
    """Neither what is tried nor what is served ever leaves its bounds."""
    tuner = Tuner(SPACE, seed=seed)
    for one in qualities:
        trial = tuner.suggest()
        tuner.space.check(trial.values)
        tuner.observe(trial.id, one)
        tuner.space.check(tuner.decide())


@given(level=st.floats(0, 1), seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_a_constant_reward_leaves_what_is_served(level: float, seed: int) -> None:
    """Nothing is better, so nothing changes."""
    tuner = Tuner(SPACE, seed=seed)
    for _ in range(15):
        tuner.observe(tuner.suggest().id, level)
    assert tuner.decide() == tuner.space.defaults()


def test_order_of_names_and_units_do_not_matter() -> None:
    """The same problem in minutes, its parameters the other way round, is tuned through the same points."""
    minutes: list[Parameter | Choice] = [
        SPACE[2],
        SPACE[1],
        Parameter("seconds", 0.5, 0.1 / 60, 1.0, unit="min", scale="log"),
    ]
    one, other = Tuner(SPACE, seed=2), Tuner(minutes, seed=2)
    rng = np.random.default_rng(0)
    for _ in range(12):
        first, second = one.suggest(), other.suggest()
        assert first.values["seconds"] == pytest.approx(second.values["seconds"] * 60, rel=1e-6)
        assert first.values["kind"] == second.values["kind"]
        told = quality(dict(first.values), rng)
        one.observe(first.id, told)
        other.observe(second.id, told)


@pytest.mark.parametrize("stop", [0, 1, 7, 33])
def test_a_state_continues_the_same_sequence(stop: int) -> None:
    """Bit for bit, through JSON, with open suggestions and untold observations on board."""
    tuner = run(Tuner(SPACE, seed=9), stop)
    open_one = tuner.suggest()
    tuner.observe({"seconds": 3.0, "count": 1, "kind": "x"}, 0.5)
    again = Tuner.from_state(json.loads(json.dumps(tuner.state())), SPACE)
    for one in (tuner, again):
        one.observe(open_one.id, 0.25)
    for _ in range(5):
        first, second = tuner.suggest(), again.suggest()
        assert first == second
        for one in (tuner, again):
            one.observe(first.id, 0.5)
    assert tuner.state() == again.state()


def test_a_jump_is_noticed_and_followed() -> None:
    """What is served follows an optimum that moves."""
    tuner = Tuner([Parameter("level", 0.5, 0.0, 1.0)], seed=3)
    rng = np.random.default_rng(3)
    for step in range(60):
        centre = 0.2 if step < 30 else 0.8
        trial = tuner.suggest()
        told = 0.9 - abs(trial.values["level"] - centre) + 0.03 * float(rng.normal())
        tuner.observe(trial.id, min(1.0, max(0.0, told)))
    assert abs(tuner.decide()["level"] - 0.8) < 0.15


def test_a_change_can_be_taken_back_and_is_held() -> None:
    """By hand, until it is released."""
    tuner = run(Tuner(SPACE, seed=4), 30)
    assert tuner.revert(1) == tuner.space.defaults()
    run(tuner, 5, seed=1)
    assert tuner.served() == tuner.space.defaults()
    tuner.release()
    run(tuner, 5, seed=2)
    assert tuner.served() != tuner.space.defaults()


def test_what_cannot_be_is_refused_and_costs_nothing() -> None:
    """A typed error that names the field; the tuner goes on as before."""
    tuner = run(Tuner(SPACE, seed=5), 5)
    before = tuner.state()
    trial = tuner.suggest()
    for wrong in (math.nan, math.inf, -0.1, 1.1, "good"):
        with pytest.raises(ObservationError):
            tuner.observe(trial.id, wrong)  # type: ignore[arg-type]
    with pytest.raises(ValuesError, match="speed"):
        tuner.observe({"speed": 1}, 0.5)
    with pytest.raises(ValuesError, match="no suggestion"):
        tuner.observe("never", 0.5)
    with pytest.raises(ValuesError, match="no change"):
        tuner.revert(99)
    tuner.observe(trial.id, 0.5)
    assert tuner.state()["step"] == before["step"]
    tuner.decide()
    assert tuner.state()["step"] == before["step"] + 1


def test_a_state_of_another_space_is_refused() -> None:
    """It says what differs."""
    state = Tuner(SPACE).state()
    with pytest.raises(SpaceChanged, match="high was"):
        Tuner.from_state(state, [Parameter("seconds", 1.0, 0.1, 30.0, scale="log"), *SPACE[1:]])


def test_attempts_teach_a_timeout() -> None:
    """Answers take a second or never come: what is served no longer waits half a minute."""
    space = [Parameter("timeout", 30.0, 0.1, 60.0, unit="s", scale="log")]
    tuner = Tuner(space, seed=2)
    rng = np.random.default_rng(2)
    for _ in range(30):
        trial = tuner.suggest()
        limit = trial.values["timeout"]
        clock, attempts = 0.0, []
        for _ in range(3):
            takes = 1000.0 if rng.random() < 0.3 else float(rng.lognormal(0.0, 0.3))
            attempts.append(Attempt(min(takes, limit), "" if takes <= limit else "TimeoutError", limit))
            clock += attempts[-1].seconds
            if takes <= limit:
                break
        told = max(0.0, 1.0 - clock / 10.0) if attempts[-1].succeeded else 0.0
        tuner.observe(trial.id, told, attempts=attempts)
    assert 1.0 < tuner.decide()["timeout"] < 6.0
    again = Tuner.from_state(json.loads(json.dumps(tuner.state())), space)
    assert [again.suggest() for _ in range(3)] == [tuner.suggest() for _ in range(3)]


def test_what_was_observed_counts_at_once() -> None:
    """Whether or not anything was suggested before or is asked for again, in a state too."""
    tuner = Tuner([Parameter("x", 0.9, 0.0, 1.0)], seed=1)
    for number in range(25):
        tuner.observe({"x": number % 5 / 4}, 1.0 - abs(number % 5 / 4 - 0.25))
    again = Tuner.from_state(json.loads(json.dumps(tuner.state())))
    assert tuner.explain().executions == 25
    assert abs(tuner.served()["x"] - 0.25) < 0.2
    assert abs(tuner.best()["x"] - 0.25) < 0.2
    assert (again.served(), again.suggest()) == (tuner.served(), tuner.suggest())
