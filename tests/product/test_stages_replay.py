"""Learning by replay: what is recorded, what weighs how much, what a verdict changes and what it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dana_poet import feedback, poet
from dana_poet.domains.ml_monitoring import calibrated_drift
from dana_poet.domains.ml_monitoring.rewriting import injected, rewritings
from dana_poet.errors import PoetOptionError, PoetValidationError
from dana_poet.stages.replay.weighing import above_half
from dana_poet.stages.replay.windows import Windows

if TYPE_CHECKING:
    from pathlib import Path


def test_recorded_calls_outlive_the_process_and_a_torn_line(tmp_path: Path) -> None:
    """A row that comes again is written once; what a killed process left half is passed over."""
    path = tmp_path / "f_calls.jsonl"
    windows = Windows(str(path))
    for day in range(3):
        history = [[float(one)] * 5 for one in range(day + 1)]
        windows.add(f"run-{day}", {"history": history}, {"limit": 2.0}, alarm=day == 2, version=1)
    windows.judge("run-2", real=False)
    path.write_text(path.read_text() + '{"judged": "run-1", "re')
    again = Windows(str(path))
    assert again.all() == windows.all()
    assert [len(one.inputs["history"]) for one in again.all()] == [1, 2, 3]
    assert path.read_text().count("2.0, 2.0, 2.0, 2.0, 2.0") == 1
    again.judge("run-0", real=True)
    assert [one.real for one in Windows(str(path)).all()] == [True, None, False]


def test_probabilities_are_those_of_the_beta_distribution() -> None:
    """Against closed forms: a uniform, a triangle, and symmetry."""
    assert above_half(1.0, 1.0) == pytest.approx(0.5)
    assert above_half(2.0, 1.0) == pytest.approx(0.75)
    assert above_half(0.4, 2.3) == pytest.approx(1.0 - above_half(2.3, 0.4))
    assert above_half(200.0, 100.0) > 0.999


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a function whose score is its argument, with a limit that starts at 1."""
    monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path))

    @poet(domain="ml_monitoring", learning="continuous")
    def watched(value: float, limit: float = 1.0) -> dict[str, Any]:
        return {"score": value, "limit": limit, "drift_detected": value > limit}

    return watched


def test_one_verdict_moves_the_limit_past_a_false_alarm(watch: Any) -> None:
    """And the next call uses it."""
    for value in (0.2, 0.4, 0.3):
        watch(value)
    feedback(watch(1.5), {"was_real_drift": False})
    assert watch(1.5)["drift_detected"] is False
    assert 1.5 < watch.poet.learned["limit"] <= 1.65


def test_a_missed_drift_that_is_reported_lowers_the_limit(watch: Any) -> None:
    """Quiet calls can be judged, too."""
    for value in (0.2, 0.4, 0.3):
        watch(value)
    feedback(watch(0.9), {"was_real_drift": True})
    assert watch(0.9)["drift_detected"] is True


def test_a_verdict_that_agrees_changes_nothing(watch: Any) -> None:
    """What is right stays."""
    feedback(watch(1.5), {"was_real_drift": True})
    feedback(watch(0.5), {"was_real_drift": False})
    assert watch(1.2)["limit"] == 1.0


def test_a_calibrated_detector_says_what_it_takes() -> None:
    """Names of detectors and empty windows are refused by name."""
    with pytest.raises(PoetOptionError, match="no detector 'wald'"):
        calibrated_drift([1.0], [[1.0]], "wald")
    with pytest.raises(PoetValidationError):
        calibrated_drift([], [[1.0]])
    assert calibrated_drift([9.0], [[1.0]] * 13)["score"] == 0.0


@pytest.mark.parametrize("detector", ["vote", "ks", "psi", "shift"])
def test_a_calibrated_detector_sees_a_moved_window_and_no_usual_one(detector: str) -> None:
    """Without a limit set by hand, also where windows differ in length."""
    history = [[float((day * 7 + hour * 3) % 11) for hour in range(24 + day % 2)] for day in range(28)]
    usual = calibrated_drift(history[5], history, detector, limit=3.0)
    moved = calibrated_drift([value + 30 for value in history[5]], history, detector, limit=3.0)
    assert (usual["drift_detected"], moved["drift_detected"]) == (False, True)


def test_every_rewriting_is_python_that_sees_what_is_put_into_it() -> None:
    """A cycle of seven with noise: the version that knows the season sees half a deviation, calm days stay calm."""
    history = [[float(day % 7 * 10 + hour + day * hour * 7 % 5) for hour in range(24)] for day in range(56)]
    found = [one.source for one in rewritings("f", "(today: list, history: list, limit: float = 4.0) -> dict", "dict")]
    assert len(found) == 4
    for source in found:
        names: dict[str, Any] = {}
        exec(source, names)  # noqa: S102 - what the rules wrote
        assert names["f"](history[49], history)["score"] >= 0.0
    names = {}
    exec(found[0], names)  # noqa: S102 - what the rules wrote
    calm = {"today": history[49], "history": history}
    assert names["f"](**calm)["drift_detected"] is False
    assert {name: names["f"](**changed)["drift_detected"] for name, changed in injected(calm)}["shifted"] is True
    assert list(rewritings("f", "(a, b)", "dict")) == []
    assert list(rewritings("f", "(today, history, limit=2.0)", "Decision")) == []
