"""The hot path: it learns, stays in bounds, forgets what changed, and goes on where it stopped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dana_learning import (
    Choice,
    ObservationError,
    OnlineFeedback,
    OnlineLearner,
    Parameter,
    ParameterError,
    Space,
    SpaceChanged,
    StatisticalOnlineLearner,
    Structured,
    ValuesError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SPACE = Space([
    Parameter("level", 0.9, 0.0, 1.0), Parameter("seconds", 30.0, 0.1, 60.0, unit="s", scale="log"),
    Structured("retry", (Parameter("count", 2, 0, 6, integer=True), Choice("wait", "flat", ("flat", "double")))),
])  # fmt: skip


def truth(values: dict[str, Any]) -> float:
    """Best at level 0.3, about three seconds, doubled waits."""
    seconds = np.log(values["seconds"] / 3.0) / 3.0
    return float(0.75 - (values["level"] - 0.3) ** 2 - 0.2 * seconds**2 + 0.1 * (values["retry"]["wait"] == "double"))


def told(quality: float, number: int = 0) -> OnlineFeedback:
    """Return feedback of one execution."""
    return OnlineFeedback(f"run-{number}", "fetch", "", min(1.0, max(0.0, quality)))


def run(
    learner: OnlineLearner, count: int, seed: int = 0, of: Callable[[dict[str, Any]], float] = truth,
    values: dict[str, Any] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Learn for `count` executions and return the parameters of each."""
    rng = np.random.default_rng(seed)
    current = values or (SPACE.defaults() if learner.space is not None else {"level": 0.9})
    played = []
    for number in range(count):
        current = learner.update_parameters(told(of(current) + 0.03 * rng.normal(), number), current)
        played.append(current)
    return played


@pytest.mark.parametrize("seed", range(4))
def test_it_closes_most_of_the_gap_in_fifty_executions(seed: int) -> None:
    """Of numbers, structured parts and choices together."""
    learner = OnlineLearner(space=SPACE, seed=seed)
    run(learner, 50, seed)
    start, best = truth(SPACE.defaults()), 0.85
    assert (truth(learner.best_parameters("fetch")) - start) / (best - start) > 0.75


def test_what_is_played_gets_better() -> None:
    """The last executions are better than the first ones, for all that is still tried."""
    played = run(OnlineLearner(space=SPACE, seed=1), 60)
    assert np.mean([truth(one) for one in played[-15:]]) > np.mean([truth(one) for one in played[:5]]) + 0.1


def test_it_follows_an_optimum_that_jumps() -> None:
    """What was learned before is forgotten within some executions."""
    space = Space([Parameter("level", 0.5, 0.0, 1.0)])
    recovered = []
    for seed in range(6):
        learner = OnlineLearner(space=space, seed=seed)
        values = run(learner, 25, seed, lambda one: 0.9 - abs(one["level"] - 0.2), {"level": 0.5})[-1]
        run(learner, 25, seed + 100, lambda one: 0.9 - abs(one["level"] - 0.8), values)
        recovered.append(abs(learner.best_parameters("fetch")["level"] - 0.8) < 0.15)
    assert sum(recovered) >= 5


@given(
    qualities=st.lists(st.floats(0, 1), min_size=1, max_size=30), seed=st.integers(0, 2**16),
    odd=st.dictionaries(st.sampled_from(["level", "seconds", "retry", "other"]), st.none() | st.floats() | st.text(max_size=3)),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_bounds_hold_under_any_feedback(qualities: list[float], seed: int, odd: dict[str, Any]) -> None:
    """Even when the current parameters are nonsense."""
    learner = OnlineLearner(space=SPACE, seed=seed)
    for quality in qualities:
        fresh = learner.update_parameters(told(quality), {**SPACE.defaults(), **odd})
        if not isinstance(odd.get("retry", {}), dict):
            assert SPACE.clip(fresh)[0] == {name: fresh[name] for name in SPACE.names}
        SPACE.check({name: fresh[name] for name in SPACE.names})
    SPACE.check(learner.best_parameters("fetch"))


def test_a_restarted_learner_goes_on_bit_identically() -> None:
    """The state is plain JSON, and nothing is lost in it."""
    learner = OnlineLearner(space=SPACE, seed=3)
    values = run(learner, 17)[-1]
    again = OnlineLearner.from_state(json.loads(json.dumps(learner.state())), SPACE)
    assert run(learner, 20, 9, values=values) == run(again, 20, 9, values=values)


def test_a_state_of_another_space_is_refused() -> None:
    """The error says what is different."""
    learner = OnlineLearner(space=SPACE)
    run(learner, 3)
    with pytest.raises(SpaceChanged, match="level"):
        OnlineLearner.from_state(learner.state(), Space([Parameter("level", 0.9, 0.0, 2.0)]))


def test_order_of_names_and_units_do_not_matter() -> None:
    """The same numbers in milliseconds, written down in another order, are tried."""
    other = Space([
        SPACE.parameters[2], Parameter("seconds", 30_000.0, 100.0, 60_000.0, unit="ms", scale="log"), SPACE.parameters[0],
    ])  # fmt: skip
    first, second = OnlineLearner(space=SPACE, seed=5), OnlineLearner(space=other, seed=5)
    mine, theirs = SPACE.defaults(), other.defaults()
    for number in range(15):
        quality = truth(mine)
        mine, theirs = (
            first.update_parameters(told(quality, number), mine),
            second.update_parameters(told(quality), theirs),
        )
        assert mine["level"] == pytest.approx(theirs["level"], abs=1e-9)
        assert mine["seconds"] * 1000 == pytest.approx(theirs["seconds"], rel=1e-6)
        assert mine["retry"] == theirs["retry"]


def test_without_a_space_bounds_are_guessed_and_unknown_kinds_stay() -> None:
    """Texts, None and what is not finite cannot be learned without more knowledge."""
    current = {
        "timeout": 10.0,
        "tries": 3,
        "share": 0.5,
        "flag": True,
        "name": "fast",
        "none": None,
        "endless": float("inf"),
    }
    learner = OnlineLearner(seed=2)
    fresh: dict[str, Any] = current
    for number in range(20):
        fresh = learner.update_parameters(told(0.5, number), fresh)
        assert 1.0 <= fresh["timeout"] <= 100.0
        assert 0 <= fresh["tries"] <= 30
        assert type(fresh["tries"]) is int
        assert 0.0 <= fresh["share"] <= 1.0
        assert type(fresh["flag"]) is bool
        assert (fresh["name"], fresh["none"], fresh["endless"]) == ("fast", None, float("inf"))
    again = OnlineLearner.from_state(json.loads(json.dumps(learner.state())))
    assert again.update_parameters(told(0.5), fresh) == learner.update_parameters(told(0.5), fresh)


def test_nothing_to_learn_gives_the_parameters_back() -> None:
    """As a new dict."""
    current = {"name": "fast"}
    learner = OnlineLearner()
    assert learner.update_parameters(told(0.5), current) == current
    assert learner.update_parameters(told(0.5), current) is not current
    with pytest.raises(ObservationError, match="fetch"):
        learner.statistics("fetch")


def test_statistics_say_how_it_goes() -> None:
    """The average follows quality, intervals get narrow, the noise is found, and learning converges."""
    space = Space([Parameter("level", 0.9, 0.0, 1.0)])
    learner = OnlineLearner(space=space, seed=1)
    run(learner, 3, of=lambda one: 0.8 - (one["level"] - 0.4) ** 2, values=space.defaults())
    early = learner.statistics("fetch")
    run(learner, 120, of=lambda one: 0.8 - (one["level"] - 0.4) ** 2, values=space.defaults())
    late = learner.statistics("fetch")
    assert not early.converged
    assert late.converged
    assert late.rate < early.rate
    assert late.interval[1] - late.interval[0] < early.interval[1] - early.interval[0]
    assert late.interval[0] < 0.8 < late.interval[1] + 0.02
    assert 0.015 < late.noise < 0.06
    assert abs(late.average - 0.79) < 0.05
    assert learner.confidence_interval("fetch", {"level": 0.9})[1] < 0.7


def test_feedback_may_say_which_values_were_used() -> None:
    """Then the current ones do not count as tried."""
    learner = OnlineLearner(space=Space([Parameter("level", 0.9, 0.0, 1.0)]))
    for number in range(30):
        level = number / 29
        feedback = OnlineFeedback("run", "fetch", "", 1 - (level - 0.6) ** 2, values={"level": level})
        learner.update_parameters(feedback, {"level": 0.9})
    assert learner.best_parameters("fetch")["level"] == pytest.approx(0.6, abs=0.1)


def test_functions_have_spaces_of_their_own() -> None:
    """What one learns does not touch the other."""
    spaces = {"one": Space([Parameter("x", 0.5, 0.0, 1.0)]), "two": Space([Parameter("y", 5.0, 0.0, 10.0)])}
    learner = OnlineLearner(space=spaces)
    learner.update_parameters(OnlineFeedback("a", "one", "", 0.4), {"x": 0.5})
    learner.update_parameters(OnlineFeedback("b", "two", "", 0.6), {"y": 5.0})
    assert set(learner.best_parameters("one")) == {"x"}
    assert set(learner.best_parameters("two")) == {"y"}


def test_long_runs_stay_sound() -> None:
    """Rounding does not add up: after thousands of executions the numbers are still numbers."""
    learner = OnlineLearner(space=SPACE, seed=4)
    run(learner, 4000, of=lambda _: 0.5)
    statistics = learner.statistics("fetch")
    assert np.isfinite([statistics.average, statistics.noise, *statistics.interval]).all()


@pytest.mark.parametrize(
    "given_settings", [{"learning_rate": -1.0}, {"decay_factor": 0.1}, {"decay_factor": float("nan")}]
)
def test_settings_that_make_no_sense_are_refused(given_settings: dict[str, Any]) -> None:
    """The error names the setting."""
    with pytest.raises(ParameterError, match=next(iter(given_settings))):
        OnlineLearner(**given_settings)


def test_single_methods_by_name() -> None:
    """Moving average, Thompson sampling and Bayesian optimisation stand on their own as well."""
    single = StatisticalOnlineLearner(seed=1)
    assert single.exponential_weighted_moving_average("wait", 4.0, 0.0) == 4.0
    assert single.exponential_weighted_moving_average("wait", 9.0, 0.0) == 4.0
    for _ in range(60):
        model = single.thompson_sampling("model", ["small", "large"])
        single.observe("model", model, 0.9 if model == "large" else 0.3)
    assert [single.thompson_sampling("model", ["small", "large"]) for _ in range(10)].count("large") >= 9
    space = Space([Parameter("level", 0.9, 0.0, 1.0)])
    tried = [({"level": n / 9}, 1 - (n / 9 - 0.3) ** 2) for n in range(10)]
    assert abs(single.bayesian_optimization(space, tried)["level"] - 0.3) < 0.25
    with pytest.raises(ValuesError, match="other"):
        single.observe("other", 1, 0.5)
    with pytest.raises(ParameterError, match="learning_rate"):
        StatisticalOnlineLearner(0.0)
