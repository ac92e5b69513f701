"""Watched models: samples that can say something, tests for drift, alerts that belong together."""

from __future__ import annotations

import random
from typing import Any

import pytest

from dana_poet.domains import Call, get
from dana_poet.domains.drift import THRESHOLDS, drift, group_alerts, kl, ks_test, psi, window_for
from dana_poet.errors import PoetOptionError, PoetValidationError, PoetWarning

DOMAIN = get("ml_monitoring")


def prepared(arguments: dict[str, Any], **options: Any) -> Any:
    """Return which arguments the domain changes."""
    assert DOMAIN.prepare is not None
    return DOMAIN.prepare(Call("watch", arguments, DOMAIN.settings(options)))


def sample(seed: int, size: int, mean: float = 0.0) -> list[float]:
    """Return normal numbers."""
    source = random.Random(seed)  # noqa: S311 - samples, not secrets
    return [source.gauss(mean, 1.0) for _ in range(size)]


def test_samples_that_say_nothing_are_refused() -> None:
    """Fewer values than the user says; missing ones; infinite ones. Where nothing is said, a small one gets a warning."""
    good = sample(1, 30)
    assert prepared({"reference_data": good, "current_data": good}) == {}
    with pytest.raises(PoetValidationError, match="'current_data' takes at least 30 values, got 29"):
        prepared({"reference_data": good, "current_data": good[1:]}, min_samples=30)
    with pytest.warns(PoetWarning, match="watch: fewer than 30 values say little about drift"):
        assert prepared({"reference_data": good, "current_data": good[1:]}) == {}
    with pytest.raises(PoetValidationError, match="'current_data' takes at least 2 values, got 1"):
        prepared({"current_data": good[:1]})
    assert prepared({"current": [1.0, 2.0]}, min_samples=2) == {}
    for wrong in (None, float("nan"), float("inf")):
        with pytest.raises(PoetValidationError, match="got 1 of 31"):
            prepared({"current": [*good, wrong]})
        assert prepared({"current": [*good, wrong]}, missing="drop") == {"current": good}
    with pytest.raises(PoetValidationError, match="got 29"):
        prepared({"current": [*good[1:], None]}, missing="drop", min_samples=30)


def test_large_samples_are_thinned_where_asked_and_after_a_time_out() -> None:
    """Evenly, so that the same data gives the same answer."""
    assert prepared({"current": list(range(1000))}, max_samples=100) == {"current": list(range(0, 1000, 10))}
    assert DOMAIN.recover is not None
    call = Call("watch", {"current": list(range(20_000))})
    assert DOMAIN.recover(ValueError(), call) is None
    assert DOMAIN.recover(TimeoutError(), call) == {"current": list(range(0, 20_000, 10))}


def test_results_agree_with_themselves() -> None:
    """p-values, scores, verdicts."""
    assert DOMAIN.enforce is not None
    call = Call("watch")
    good = {"p_value": 0.01, "threshold": 0.05, "drift_detected": True}
    assert DOMAIN.enforce(good, call) is good
    for wrong in (
        {"p_value": 1.2},
        {"p_value": float("nan")},
        {"drift_score": float("inf")},
        {"psi": -0.1},
        {**good, "p_value": 0.5},
    ):
        with pytest.raises(PoetValidationError):
            DOMAIN.enforce(wrong, call)


@pytest.mark.parametrize("test", ["ks", "psi", "kl", "auto"])
def test_drift_is_found_and_no_drift_is_not(test: str) -> None:
    """A shift of one deviation in 500 values; and the same distribution, over several seeds."""
    shifted = [drift(sample(i, 500), sample(100 + i, 500, 1.0), test)["drift_detected"] for i in range(10)]
    same = [drift(sample(i, 500), sample(100 + i, 500), test)["drift_detected"] for i in range(10)]
    assert all(shifted)
    assert sum(same) <= 2


def test_the_tests_agree_with_known_values() -> None:
    """Worked by hand: ks of two points, psi and kl of halves against quarters without smoothing to speak of."""
    distance, p = ks_test([1.0] * 50 + [2.0] * 50, [1.0] * 100)
    assert distance == pytest.approx(0.5)
    assert p < 1e-9
    half, quarter = ["a", "b"] * 50_000, ["a"] * 25_000 + ["b"] * 75_000
    assert psi(half, quarter) == pytest.approx(0.27465, abs=1e-4)
    assert kl(half, quarter) == pytest.approx(0.13081, abs=1e-4)
    assert kl(half, half) == 0.0


def test_a_test_that_there_is_not_is_refused() -> None:
    """And so is an empty sample."""
    with pytest.raises(PoetOptionError, match="no drift test 'wald'"):
        drift([1.0], [2.0], "wald")
    with pytest.raises(PoetValidationError):
        drift([], [1.0])


def test_alerts_of_one_cause_that_come_close_are_one() -> None:
    """Order of arrival does not matter; another cause is another group; a long pause too."""
    alerts = [{"time": t, "cause": c} for t, c in ((7200, "a"), (0, "a"), (100, "b"), (3000, "a"), (9000, "b"))]
    groups = [[(one["time"], one["cause"]) for one in group] for group in group_alerts(alerts, within=3600)]
    assert groups == [[(0, "a"), (3000, "a")], [(100, "b")], [(7200, "a")], [(9000, "b")]]
    assert group_alerts([]) == []


def test_windows_follow_the_data() -> None:
    """Bounded by what memory holds."""
    assert window_for(1e9) == 45_000
    assert window_for(1.0, stable=True) == 10_000


def test_what_can_be_learned_is_what_is_used() -> None:
    """Threshold, window and test choice, with the thresholds of the tests as start."""
    learnable = {one.name: one for one in DOMAIN.parameters}
    assert {"test", "threshold", "window", "group_within"} <= set(learnable)
    assert (learnable["threshold"].start, learnable["psi_threshold"].start) == (THRESHOLDS["ks"], THRESHOLDS["psi"])
    assert learnable["test"].choices == ("auto", "ks", "psi", "kl")
    assert DOMAIN.settings(learned={"threshold": 0.01})["threshold"] == 0.01


def test_samples_stand_in_events_by_their_size() -> None:
    """Data of users stays out of events."""
    assert DOMAIN.redact is not None
    assert DOMAIN.redact({"current": [1.0] * 40, "feature": "age"}) == {"current": 40, "feature": "age"}
