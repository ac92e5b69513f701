"""What people write first works: shapes that the words of the design suggest, not only those that the code prefers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from dana_learning import (
    Attempt,
    BatchDataset,
    BatchLearner,
    Choice,
    CrossFunctionLearning,
    ExecutionFeedback,
    Experiment,
    FeatureFlags,
    HybridLearner,
    KeptTuner,
    LearningOptimizer,
    MemoryStore,
    ObservationError,
    OnlineFeedback,
    OnlineLearner,
    Parameter,
    ParameterError,
    ParameterHistory,
    PatternRecognitionEngine,
    PluginLearningStore,
    Space,
    StatisticalOnlineLearner,
    Structured,
    Tuner,
    Validation,
    ValuesError,
)
from dana_learning.online.surrogate import Surrogate

SPACE: list[Parameter | Choice] = [Parameter("level", 0.9, 0.0, 1.0), Choice("mode", "a", ("a", "b"))]


@pytest.mark.parametrize(
    "given",
    [
        Attempt(0.5, "TimeoutError"),
        Attempt(duration=0.5, error=TimeoutError("late")),
        {"duration": 0.5, "error": "TimeoutError"},
        {"seconds": 0.5, "error": TimeoutError},
        (0.5, "TimeoutError"),
    ],
)
def test_an_attempt_may_be_written_in_several_ways(given: Any) -> None:
    """An object, a dict with a duration or seconds, a pair; the error by name, as an error or its class."""
    feedback = ExecutionFeedback("run", "fetch", "", 0.5, attempts=[given, {"duration": 0.1, "error": None}])  # type: ignore[arg-type]
    assert feedback.attempts == (Attempt(0.5, "TimeoutError"), Attempt(0.1))
    assert feedback.attempts[0].duration == 0.5


def test_a_tuner_takes_attempts_as_dicts() -> None:
    """And refuses what is none, learning nothing of it."""
    tuner = Tuner(SPACE)
    trial = tuner.suggest()
    with pytest.raises(ObservationError):
        tuner.observe(trial.id, 0.5, attempts=[{"duration": -1.0}])
    tuner.observe(trial.id, 0.5, attempts=[{"duration": 1.0, "error": None}])


def test_a_space_may_be_one_parameter_or_a_dict() -> None:
    """And everything that is no parameter is refused by a typed error."""
    level = Parameter("level", 0.9, 0.0, 1.0)
    given: Any
    for given in (level, {"level": level}):
        assert Space(given) == Space([level])
    for wrong in ([3], 3, "level", {"other": level}):
        with pytest.raises(ParameterError):
            Space(wrong)  # type: ignore[arg-type]


def test_a_seed_or_parts_that_are_none_are_refused() -> None:
    """By typed errors; a dict of parts by name is taken."""
    wrong: Any
    for wrong in (-1, 1.5, "x", None):
        with pytest.raises(ParameterError, match="seed"):
            Tuner(SPACE, seed=wrong)
    parts: Any = {"level": SPACE[0]}
    assert Structured("both", parts) == Structured("both", (SPACE[0],))
    for wrong in (["level"], (3,)):
        with pytest.raises(ParameterError, match="parts"):
            Structured("both", wrong)


def test_every_door_takes_parameters_without_a_space() -> None:
    """As `Tuner` does."""
    store, values = MemoryStore(), {"level": 0.5, "mode": "a"}
    assert KeptTuner(store, "f", SPACE).served() == ParameterHistory(store, "f", SPACE).served()
    assert Experiment(SPACE, values, {**values, "mode": "b"}, salt="s").space == Validation(SPACE, salt="s").space


@pytest.mark.parametrize("spoiled", [None, {}, [], "x", {"version": 2}, {"version": 1}])
@pytest.mark.parametrize("kind", [Tuner, OnlineLearner])
def test_a_state_that_is_none_is_a_typed_error(kind: Any, spoiled: Any) -> None:
    """Whatever is in the file of somebody."""
    with pytest.raises(ValueError, match="expected") as caught:
        kind.from_state(spoiled)
    assert isinstance(caught.value, (ValuesError, ParameterError))


def test_a_state_with_something_missing_or_spoiled_is_a_typed_error() -> None:
    """Each entry in turn."""
    tuner = Tuner(SPACE)
    tuner.observe(tuner.suggest().id, 0.5)
    tuner.served()
    state = json.loads(json.dumps(tuner.state()))
    for name in state:
        with pytest.raises((ValuesError, ParameterError)):
            Tuner.from_state({other: value for other, value in state.items() if other != name})


def history(count: int) -> list[dict[str, Any]]:
    """Return executions as a log has them; the best level is 0.3."""
    chance, start = np.random.default_rng(0), datetime(2026, 1, 1, tzinfo=UTC)
    found = []
    for number in range(count):
        level = chance.random()
        found.append({
            "execution_id": f"run-{number}", "output_quality": 1 - (level - 0.3) ** 2, "level": level,
            "timestamp": start + timedelta(hours=number),
        })  # fmt: skip
    return found


def test_executions_may_be_dicts() -> None:
    """With the parameters under their own names, in a dict of them, or in a dataset of the design."""
    flat = history(100)
    nested = [{"quality": one["output_quality"], "parameters": {"level": one["level"]}} for one in flat]
    for executions in (flat, nested, BatchDataset(executions=flat, feedback_history=[])):
        found = BatchLearner().analyze_and_update(executions, {"level": 0.9})
        assert abs(found["level"] - 0.3) < 0.1
    feedback = [OnlineFeedback(one["execution_id"], "f", "", one["output_quality"]) for one in flat]
    both = BatchDataset(executions=flat, feedback_history=feedback, performance_trends={}, context_patterns=[])
    assert len(both.feedback_history) == 100
    assert both.feedback_history[0].values == {"level": flat[0]["level"]}
    with pytest.raises(ObservationError, match="output_quality"):
        BatchDataset(executions=[{"level": 0.5}])


def test_contexts_alone_are_grouped_and_columns_are_compared() -> None:
    """As the engine of the design was asked."""
    chance = np.random.default_rng(0)
    engine = PatternRecognitionEngine()
    groups = engine.context_clustering([{"size": float(chance.choice([1, 100])) + chance.random()} for _ in range(60)])
    assert sorted(round(one.centre["size"], -1) for one in groups) == [0, 100]
    levels = [chance.random() for _ in range(60)]
    effects = engine.performance_correlation_analysis({"level": levels, "other": levels[::-1]}, levels)
    assert effects[0].name == "level"
    with pytest.raises(ObservationError, match="columns"):
        engine.performance_correlation_analysis({"level": levels}, levels[1:])


def test_the_names_of_the_design_need_nothing_more() -> None:
    """No argument that only the code knows."""
    optimizer = LearningOptimizer(max_memory_mb=50, max_cpu_percent=5.0)
    assert (optimizer.max_memory_mb, optimizer.max_cpu_percent) == (50, 5.0)
    assert optimizer.learning_budget is optimizer.budget
    assert CrossFunctionLearning().compute_function_similarity("f(a: int)", "f(a: int)") == 1.0
    store = PluginLearningStore(MemoryStore())
    store.store_execution_feedback(OnlineFeedback("run", "f", "", 0.5))
    assert [one.execution_id for one in store.get_execution_history("f")] == ["run"]
    assert store.get_domain_performance_history("building") == []
    space = {"level": (0.0, 1.0), "count": (1, 9), "mode": ["a", "b"]}
    tried = StatisticalOnlineLearner().bayesian_optimization(space, [({"level": 0.5, "count": 2, "mode": "a"}, 0.5)])
    assert set(tried) == set(space)
    with pytest.raises(ParameterError, match="lern"):
        FeatureFlags().may("f", "lern")  # type: ignore[arg-type]


def test_an_attempt_may_only_say_that_it_failed() -> None:
    """Without a name of the error; with one, that is the name."""
    given = [
        {"seconds": 2.0, "success": False, "timeout": 2.0}, {"seconds": 1.0, "success": True, "error": None},
        {"duration": 1.0, "success": False, "error": TimeoutError}, {"seconds": 1.0, "success": False, "error": None},
    ]  # fmt: skip
    found = ExecutionFeedback("run", "f", "", 0.5, attempts=given).attempts  # type: ignore[arg-type]
    assert [one.succeeded for one in found] == [False, True, False, False]
    assert found[0].timed_out
    assert found[2].error == "TimeoutError"
    assert found[0] == found[0].from_dict(found[0].to_dict())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"seconds": 1.0, "eror": "TimeoutError"}, "did you mean 'error'"),
        ({"second": 1.0}, "did you mean 'seconds'"),
        ({"seconds": 1.0, "succes": False}, "did you mean 'success'"),
        ({"seconds": 1.0, "colour": "red"}, "some of"),
        ({"seconds": 1.0, 5: "red"}, "no 5"),
        ({"seconds": 1.0, "success": "no"}, "True or False"),
        ({"seconds": 1.0, "success": True, "error": "TimeoutError"}, "leave one of both out"),
    ],
)
def test_an_attempt_that_is_written_wrongly_is_refused(wrong: dict[Any, Any], says: str) -> None:
    """With the name that was meant; nothing is learned of it. What a newer version kept is read all the same."""
    tuner = Tuner(SPACE)
    with pytest.raises(ObservationError, match=says):
        tuner.observe({"level": 0.5, "mode": "a"}, 0.5, attempts=[wrong])
    assert tuner.explain().executions == 0
    kept = {"execution_id": "r", "function_name": "f", "input_signature": "", "output_quality": 0.5}
    newer = {**kept, "attempts": [{"seconds": 1.0, "later": 1}]}
    assert ExecutionFeedback.from_dict(newer).attempts == (Attempt(1.0),)


def test_a_first_value_that_is_nan_does_not_end_learning() -> None:
    """Nothing can stand in for it, which is said; the next one that can be learned from is learned from."""
    learner = OnlineLearner()
    told = OnlineFeedback("run", "f", "", 0.5)
    for odd in ({"level": float("nan")}, {"other": 0.5, "retry": {"wait": np.float32("nan")}}):
        with pytest.raises(ValuesError, match="no value of it is known"):
            learner.update_parameters(told, odd)
    learner.update_parameters(told, {"level": 0.5, "name": "x"})
    with pytest.raises(ValuesError) as caught:
        learner.update_parameters(told, {"level": 0.5, "name": float("nan")})
    assert caught.value.field == "name"
    assert learner.statistics("f").executions == 1


def test_nan_counts_as_what_is_served() -> None:
    """It teaches the same as the served value, and a value inside the bounds comes back; in dicts too."""
    space = Space([Structured("retry", (Parameter("wait", 5.0, 0.0, 10.0),)), Parameter("level", 0.9, 0.0, 1.0)])
    learners = [OnlineLearner(space), OnlineLearner(space)]
    values = space.defaults()
    for number in range(12):
        told = OnlineFeedback(f"run-{number}", "f", "", 1 - values["level"] / 2)
        values, _ = [one.update_parameters(told, values) for one in learners]
    served = learners[0].best_parameters("f")
    assert served["level"] < 0.5
    told = OnlineFeedback("odd", "f", "", 0.7)
    odd = {"retry": {"wait": float("nan")}, "level": float("nan")}
    found = [learners[0].update_parameters(told, odd), learners[1].update_parameters(told, served)]
    assert found[0] == found[1] == space.check(found[0])
    assert learners[0].state() == learners[1].state()


@pytest.mark.parametrize("given", [SPACE, Space(SPACE), SPACE[0], {one.name: one for one in SPACE}], ids=type)
def test_a_space_may_stand_first(given: Any) -> None:
    """Written in any of the ways a space can be written; the numbers of the design still stand there too."""
    told = OnlineFeedback("run", "f", "", 0.5)
    for learner in (OnlineLearner(given), OnlineLearner(space=given)):
        learner.update_parameters(told, {"level": 0.9, "mode": "a"})
        assert learner.best_parameters("f")["level"] <= 1.0
        again = OnlineLearner.from_state(json.loads(json.dumps(learner.state())), given)
        assert again.state() == learner.state()
    plain = OnlineLearner(learning_rate=0.1, decay_factor=0.95)
    assert (plain.learning_rate, plain.decay_factor, plain.space) == (0.1, 0.95, None)
    assert OnlineLearner(0.1, 0.95).learning_rate == 0.1
    for odd in ("level", ["level"], True):
        with pytest.raises(ParameterError):
            OnlineLearner(odd)  # type: ignore[arg-type]
    with pytest.raises(ParameterError):
        OnlineLearner(given, space=given)


def test_a_hybrid_learner_says_when_it_last_analysed() -> None:
    """None before the first analysis."""
    learner = HybridLearner(OnlineLearner(), BatchLearner(min_samples=20), clock=lambda: 86_400.0)
    values: dict[str, Any] = {"level": 0.5}
    assert learner.last_batch_update is None
    for number in range(20):
        values = learner.process_feedback(OnlineFeedback(f"run-{number}", "f", "", 0.5), values)
    assert learner.last_batch_update == datetime(1970, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("factor", [1000.0, 3.7])
def test_units_change_nothing_in_the_long_run(factor: float) -> None:
    """What one unit rounds otherwise than the other must not grow until other points are tried."""
    chance = np.random.default_rng(0)
    one = Tuner([Parameter("level", 1.0, 0.0, 10.0)], seed=1)
    other = Tuner([Parameter("level", factor, 0.0, 10.0 * factor)], seed=1)
    for _ in range(30):
        first, second = one.suggest(), other.suggest()
        assert second.values["level"] == pytest.approx(first.values["level"] * factor, rel=1e-9, abs=1e-9)
        quality = chance.random()
        one.observe(first.id, quality)
        other.observe(second.id, quality)


@pytest.mark.parametrize("told", [0, 6])
def test_restarts_change_nothing_where_attempts_are_told_now_and_then(told: int) -> None:
    """A function with a timeout may tell of its attempts never, or for a while only."""
    space, chance = [Parameter("timeout", 30.0, 0.1, 60.0, scale="log"), SPACE[0]], np.random.default_rng(0)
    tuner = Tuner(space, seed=1)
    for number in range(18):
        trial = tuner.suggest()
        attempts = [Attempt(chance.random())] if number < told else None
        tuner.observe(trial.id, chance.random(), attempts=attempts)
        tuner.served()
        if number >= 12:
            again = Tuner.from_state(json.loads(json.dumps(tuner.state())))
            kept, live = again._mind, tuner._mind
            assert isinstance(kept, Surrogate)
            assert isinstance(live, Surrogate)
            assert kept.model.whitened.tolist() == live.model.whitened.tolist()
