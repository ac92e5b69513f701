"""Scores, patterns and decisions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_learning import (
    AdaptiveDecisionEngine,
    Attempt,
    BatchLearner,
    ExecutionFeedback,
    ObservationError,
    Outcome,
    ParameterError,
    PatternAnalyzer,
    PerformanceScorer,
)

shares = st.floats(0, 1)
outcomes = st.builds(
    Outcome, seconds=st.floats(0, 1e6), baseline=st.floats(1e-6, 1e6), checks_passed=st.just(3), checks=st.integers(3, 9),
    complexity=st.sampled_from(["simple", "moderate", "complex", "very complex"]), goal=shares, alignment=shares,
    succeeded=st.integers(0, 9), failed=st.integers(0, 9), retries=st.integers(0, 9), complete=st.booleans(),
    feedback=st.none() | shares, impact=shares,
)  # fmt: skip


@given(outcomes)
def test_scores_are_always_between_0_and_1(outcome: Outcome) -> None:
    """Whatever is measured."""
    scores = PerformanceScorer().score(outcome)
    for one in (scores.speed, scores.quality, scores.success, scores.usefulness, scores.overall):
        assert 0.0 <= one <= 1.0


@given(st.floats(0.01, 100), st.floats(1.01, 10))
def test_slower_is_never_better(seconds: float, factor: float) -> None:
    """And a harder task may take longer."""
    scorer = PerformanceScorer()
    quick, slow = (scorer.score(Outcome(seconds=one, baseline=1.0)) for one in (seconds, seconds * factor))
    assert slow.speed <= quick.speed
    assert scorer.score(Outcome(seconds=seconds, baseline=1.0, complexity="complex")).speed >= quick.speed


def test_a_retry_and_a_failure_cost_success() -> None:
    """A failure more than a retry."""
    scorer = PerformanceScorer()
    clean, again, half = (
        scorer.score(Outcome(seconds=1.0, baseline=1.0, retries=retries, failed=failed)).success
        for retries, failed in ((0, 0), (1, 0), (0, 1))
    )
    assert clean == 1.0
    assert again == pytest.approx(0.9)
    assert half == 0.5


def test_one_and_many_agree() -> None:
    """The vectorised formula is the same formula."""
    rng = np.random.default_rng(1)
    scorer = PerformanceScorer()
    seconds = rng.exponential(size=50)
    quality = np.sqrt(rng.random(50))
    many = scorer.score_many(seconds, 1.0, quality, np.ones(50), 0.7 * 1.0 + 0.3 * 0.5)
    for place in range(50):
        one = scorer.score(Outcome(seconds=float(seconds[place]), baseline=1.0, goal=float(quality[place]) ** 2))
        assert one.overall == pytest.approx(many[place], abs=1e-12)


def test_a_gap_among_many_is_0() -> None:
    """One NaN does not spoil a sum."""
    many = PerformanceScorer().score_many(np.array([1.0, math.nan]), 1.0, np.ones(2), np.ones(2), 1.0)
    assert many.tolist() == [pytest.approx(0.97), 0.0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"seconds": -1.0}, {"seconds": math.nan}, {"baseline": 0.0}, {"goal": 1.5}, {"complexity": "odd"}, {"checks_passed": 2},
        {"retries": -1}, {"feedback": math.nan},
    ],
)  # fmt: skip
def test_what_cannot_be_true_is_refused(wrong: dict[str, Any]) -> None:
    """When the outcome is made."""
    with pytest.raises(ObservationError):
        Outcome(**{"seconds": 1.0, "baseline": 1.0, **wrong})


@pytest.mark.parametrize(
    "weights", [{}, {"speed": 1.0}, dict.fromkeys(("success", "quality", "speed", "usefulness"), 0.0)]
)
def test_weights_that_make_no_sense_are_refused(weights: dict[str, float]) -> None:
    """All four, none negative, not all 0."""
    with pytest.raises(ParameterError):
        PerformanceScorer(weights)


def history(count: int) -> list[ExecutionFeedback]:
    """Executions of two modes; those of a slow host fail the same way."""
    rng = np.random.default_rng(2)
    told = []
    for number in range(count):
        mode, host = ("fast", "careful")[number % 2], ("a", "b", "slow")[int(rng.integers(3))]
        bad = host == "slow" and rng.random() < 0.4
        attempts = (Attempt(1.0, "TimeoutError"), Attempt(0.1, "ConnectionError")) if bad else (Attempt(0.5),)
        quality = 0.2 if bad else 0.6 + 0.2 * (mode == "careful") + 0.05 * rng.normal()
        told.append(
            ExecutionFeedback(
                f"{number}", "fetch", "", float(np.clip(quality, 0, 1)), attempts=attempts,
                values={"mode": mode}, context={"host": host},
            )
        )  # fmt: skip
    return told


def test_failures_that_come_back_are_found_with_their_place() -> None:
    """The chain of errors, how often, and what these executions share."""
    found = PatternAnalyzer().detect_failure_patterns(history(120))
    assert found[0].errors == ("TimeoutError", "ConnectionError")
    assert found[0].where == {"host": "slow"}
    assert found[0].failed == found[0].occurrences
    assert "host=slow" in found[0].text
    assert PatternAnalyzer().detect_failure_patterns(history(120), min_occurrences=1000) == ()


def test_strategies_and_opportunities() -> None:
    """The careful mode is better, by enough."""
    analyzer = PatternAnalyzer(BatchLearner(50))
    told = [one for one in history(200) if len(one.attempts) == 1]
    patterns = analyzer.analyze_strategy_patterns(told)
    advised = AdaptiveDecisionEngine().recommend_strategy(patterns)
    assert (advised.option, advised.probability > 0.99) == ("careful", True)
    fast = [one for one in told if one.values["mode"] == "fast"][-1:]
    (opportunity,) = analyzer.identify_optimization_opportunities([*told, *fast])
    assert opportunity.suggested == "careful"
    assert analyzer.identify_optimization_opportunities([*told, *fast], threshold_improvement=0.9) == ()
    assert analyzer.identify_optimization_opportunities(told[:3]) == ()
    after = AdaptiveDecisionEngine().optimize_parameters({"mode": "fast"}, told)
    assert after.values == {"mode": "careful"}
    assert "mode" in after.reasons


def test_a_course_is_changed_only_when_it_is_surely_worse() -> None:
    """One bad execution is no reason; several are."""
    engine = AdaptiveDecisionEngine()
    assert not engine.should_adapt_workflow([0.7], expected=0.8).adapt
    assert engine.should_adapt_workflow([0.55] * 8, expected=0.8).adapt
    assert not engine.should_adapt_workflow([0.79] * 50, expected=0.8).adapt
    with pytest.raises(ObservationError):
        engine.should_adapt_workflow([], expected=0.8)
    with pytest.raises(ObservationError):
        engine.recommend_strategy([])
