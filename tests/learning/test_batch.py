"""The batch learner as a whole: its findings, its laws, and what it does with little or odd data."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dana_learning import (
    BatchDataset,
    BatchLearner,
    Choice,
    ExecutionFeedback,
    ObservationError,
    Parameter,
    ParameterError,
    PatternRecognitionEngine,
    Space,
)
from dana_learning.batch.records import Records

SPACE = Space([
    Parameter("level", 0.9, 0.0, 1.0), Parameter("wait", 30.0, 0.1, 60.0, unit="s", scale="log"),
    Parameter("count", 2, 0, 6, integer=True), Choice("kind", "x", ("x", "y", "z")),
])  # fmt: skip


def history(count: int, seed: int = 0, noise: float = 0.05) -> list[ExecutionFeedback]:
    """Executions at random values: best at level 0.3 and kind y; wait and count do nothing."""
    rng = np.random.default_rng(seed)
    told = []
    for number in range(count):
        values = SPACE.decode(rng.random(SPACE.width))
        quality = 0.7 - (values["level"] - 0.3) ** 2 + 0.1 * (values["kind"] == "y") + noise * rng.normal()
        load, seconds = float(rng.normal() + 8 * (number % 2)), float(rng.lognormal())
        told.append(
            ExecutionFeedback(
                f"run-{number:05}", "fetch", "", float(np.clip(quality, 0, 1)), {"seconds": seconds},
                values=values, context={"load": load}, timestamp=1e9 + 60.0 * number,
            )
        )  # fmt: skip
    return told


def test_it_finds_what_matters_and_advises_it() -> None:
    """Effects are named, those that are none are not, and the advice moves to where quality is best."""
    told = history(600)
    learner = BatchLearner(space=SPACE)
    current = SPACE.defaults()
    insights = learner.analyze(told, current)
    assert {one.name for one in insights.effects} == {"level", "kind"}
    assert insights.explained > 0.5
    merged = learner.merge(current, insights)
    assert abs(merged.values["level"] - 0.3) < 0.15
    assert merged.values["kind"] == "y"
    assert (merged.values["wait"], merged.values["count"]) == (30.0, 2)
    assert set(merged.reasons) == {"level", "kind"}
    assert "expected gain" in merged.reasons["level"]


def test_every_finding_is_a_value_a_text_and_an_evidence_count() -> None:
    """And all of it is plain data on request."""
    insights = BatchLearner(space=SPACE).analyze(history(400))
    found = list(insights)
    assert {one.kind for one in found} >= {"effect", "strategy", "cluster", "forecast", "advice"}
    for one in found:
        assert math.isfinite(one.value)
        assert one.text
        assert one.evidence > 0
    assert json.loads(json.dumps(insights.to_dict()))["executions"] == 400
    assert str(insights).count("\n") == len(found)


def test_too_few_executions_say_nothing() -> None:
    """Below `min_samples` the parameters stay as they are."""
    learner = BatchLearner(min_samples=50)
    insights = learner.analyze(history(49))
    assert not insights.enough
    assert list(insights) == []
    assert learner.analyze_and_update(history(49), {"level": 0.9}) == {"level": 0.9}


def test_the_order_of_executions_does_not_matter() -> None:
    """They are sorted by time, and by id where times are equal."""
    told = history(300)
    mixed = [told[place] for place in np.random.default_rng(1).permutation(len(told))]
    learner = BatchLearner(space=SPACE)
    assert learner.analyze(told, {}).to_dict() == learner.analyze(mixed, {}).to_dict()


def test_units_and_names_in_another_order_do_not_matter() -> None:
    """Milliseconds in place of seconds give the same shares, probabilities and places."""
    told = history(300)
    scaled = [
        ExecutionFeedback(
            one.execution_id, one.function_name, "", one.output_quality, one.performance_metrics,
            values=dict(reversed([*{**one.values, "level": one.values["level"] * 1000.0}.items()])),
            context=one.context, timestamp=one.timestamp,
        )
        for one in told
    ]  # fmt: skip
    first, second = BatchLearner().analyze(told), BatchLearner().analyze(scaled)
    for one, other in zip(first.effects, second.effects, strict=True):
        assert one.name == other.name
        assert one.share == pytest.approx(other.share, rel=1e-6)
    assert second.effects[0].best == pytest.approx(1000.0 * float(first.effects[0].best), rel=1e-6)


@given(
    qualities=st.lists(st.floats(0, 1), min_size=30, max_size=80), seed=st.integers(0, 1000),
    current=st.dictionaries(st.sampled_from(SPACE.names), st.none() | st.floats() | st.text(max_size=3)),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_bounds_hold_whatever_was_told(qualities: list[float], seed: int, current: dict[str, Any]) -> None:
    """Neither odd feedback nor odd current values lead out of the space."""
    rng = np.random.default_rng(seed)
    told = [
        ExecutionFeedback(f"{n}", "f", "", quality, values=SPACE.decode(rng.random(SPACE.width)))
        for n, quality in enumerate(qualities)
    ]
    learner = BatchLearner(30, space=SPACE, confidence=0.5)
    given_values = {**SPACE.defaults(), **current}
    merged = learner.merge(given_values, learner.analyze(told, given_values))
    SPACE.check({name: merged.values[name] for name in SPACE.names})


def test_a_constant_quality_leaves_the_parameters() -> None:
    """Nothing is better, so nothing is advised."""
    told = [ExecutionFeedback(f"{n}", "f", "", 0.7, values={"x": n / 99}) for n in range(100)]
    assert BatchLearner().analyze_and_update(told, {"x": 0.2}) == {"x": 0.2}


def test_structured_parameters_and_missing_values() -> None:
    """Parts are analysed under dotted names and put back where they belong; whole numbers stay whole."""
    rng = np.random.default_rng(1)
    told = []
    for number in range(200):
        tries = int(rng.integers(0, 9))
        values: dict[str, Any] = {"retry": {"tries": tries, "mode": "flat" if number % 3 else "double"}}
        if number % 7 == 0:
            values["extra"] = 1.0
        quality = float(np.clip(0.5 + 0.05 * tries + 0.02 * rng.normal(), 0, 1))
        told.append(ExecutionFeedback(f"{number}", "f", "", quality, values=values))
    current = {"retry": {"tries": 1, "mode": "flat"}}
    after = BatchLearner().analyze_and_update(told, current)
    assert after["retry"]["tries"] == 8
    assert type(after["retry"]["tries"]) is int
    assert current == {"retry": {"tries": 1, "mode": "flat"}}


def test_strategies_are_ranked_with_probabilities() -> None:
    """The best option comes first, and the probabilities of all options sum to 1."""
    found = BatchLearner(space=SPACE).analyze(history(500)).strategies
    assert found[0].option == "y"
    assert found[0].probability > 0.95
    assert sum(one.probability for one in found) == pytest.approx(1.0)


def test_contexts_are_clustered() -> None:
    """Two loads that lie far apart are two clusters, with what their best executions had in common."""
    found = BatchLearner(space=SPACE).analyze(history(400)).clusters
    assert len(found) == 2
    assert sorted(round(one.centre["load"] / 8) for one in found) == [0, 1]
    assert all(one.good_values["kind"] == "y" for one in found)


def test_a_dataset_shows_its_views() -> None:
    """Executions, trends and contexts as they are read by people."""
    dataset = BatchDataset(tuple(history(60)))
    assert len(dataset.executions) == len(dataset.performance_trends["seconds"]) == len(dataset.context_patterns) == 60
    assert BatchLearner(space=SPACE).analyze(dataset).executions == 60


@pytest.mark.parametrize(
    ("settings_given", "field"),
    [({"min_samples": 0}, "min_samples"), ({"analysis_frequency": "never"}, "analysis_frequency"), ({"confidence": 2.0}, "confidence")],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(settings_given: dict[str, Any], field: str) -> None:
    """The error names the setting."""
    with pytest.raises(ParameterError) as caught:
        BatchLearner(**settings_given)
    assert caught.value.field == field


def test_values_outside_the_bounds_of_today_are_read_as_the_nearest() -> None:
    """Executions of a time with wider bounds still count."""
    told = [ExecutionFeedback(f"{n}", "f", "", n / 100, values={"x": float(n)}) for n in range(100)]
    records = Records.of(told, Space([Parameter("x", 5.0, 0.0, 50.0)]))
    column = records.parameters[0]
    assert column.unit.max() == 1.0  # type: ignore[union-attr]


def test_trees_cross_check_a_step() -> None:
    """What is not smooth is explained by trees as well; without scikit-learn the error says what to install."""
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(3)
    told = []
    for number in range(300):
        x = float(rng.random())
        told.append(
            ExecutionFeedback(f"{number}", "f", "", 0.3 + 0.4 * (x > 0.5), values={"x": x, "y": float(rng.random())})
        )
    insights = BatchLearner(cross_check=True).analyze(told)
    assert insights.cross_check is not None
    assert insights.cross_check > 0.9


def test_an_analysis_loads_no_scikit_learn() -> None:
    """It is an extra, and slow to load."""
    code = (
        "import sys\nfrom dana_learning import BatchLearner, ExecutionFeedback\n"
        "told = [ExecutionFeedback(str(n), 'f', '', n % 7 / 7, values={'x': n % 7}) for n in range(80)]\n"
        "assert BatchLearner().analyze(told).effects\nassert 'sklearn' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_single_questions_have_single_answers() -> None:
    """The same findings, one kind at a time."""
    engine, told = PatternRecognitionEngine(SPACE), history(400)
    assert len(engine.context_clustering(told)) == 2
    assert {one.name for one in engine.performance_correlation_analysis(told)} == {"level", "kind"}
    hours = [3600.0 * n for n in range(300)]
    seen = engine.temporal_pattern_detection(
        [math.sin(n * math.pi / 12) + 0.1 * math.sin(n * n) for n in range(300)], hours
    )
    assert round(seen.seasons[0].period / 3600) == 24
    assert engine.temporal_pattern_detection([]).changes == ()
    assert engine.performance_correlation_analysis([]) == ()
    with pytest.raises(ObservationError):
        engine.temporal_pattern_detection([0.5, math.nan])
