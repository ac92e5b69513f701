"""Learning by replay: what is recorded, what weighs how much, what a verdict changes and what it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dana_poet import feedback, poet
from dana_poet.domains.ml_monitoring import calibrated_drift
from dana_poet.domains.ml_monitoring.rewriting import injected, rewritings
from dana_poet.errors import PoetOptionError, PoetValidationError
from dana_poet.stages.learning import known
from dana_poet.stages.replay import ReplayLearning, versions
from dana_poet.stages.replay import windows as module
from dana_poet.stages.replay.weighing import CONFIDENCE, above_half
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


def test_the_file_of_recorded_calls_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written anew with the calls that count, their rows, their verdicts, and the numbers that they had."""
    monkeypatch.setattr(module, "KEPT", 10)
    path = tmp_path / "f_calls.jsonl"
    windows = Windows(str(path))
    for day in range(200):
        history = [[float(one), 0.5] for one in range(day, day + 3)]
        windows.add(f"run-{day}", {"today": history[0], "history": history}, {"limit": 2.0}, alarm=False, version=1)
        if day % 3 == 0:
            windows.judge(f"run-{day}", real=True)
    assert len(path.read_text().splitlines()) < 120
    again = Windows(str(path))
    assert again.all() == windows.all()
    assert [one.number for one in again.all()] == [*range(190, 200)]
    assert again.add("run-200", {}, {}, alarm=False, version=1).number == 200
    assert len(windows._rows) < 60


def test_processes_may_record_calls_of_one_function_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row means the same whoever wrote it, also when the other one has written the file anew."""
    monkeypatch.setattr(module, "KEPT", 10)
    path = str(tmp_path / "f_calls.jsonl")
    one, other = Windows(path), Windows(path)
    for day in range(40):
        row = [float(day)] * 3
        one.add(f"one-{day}", {"today": row}, {}, alarm=False, version=1)
        other.add(f"other-{day}", {"today": [7.0], "history": [row, [8.0]]}, {}, alarm=False, version=1)
    found = Windows(path).all()
    assert [window.execution for window in found] == [
        f"{who}-{day}" for day in range(35, 40) for who in ("one", "other")
    ]
    assert found[-1].inputs == {"today": [7.0], "history": [[39.0] * 3, [8.0]]}


def test_replay_asks_for_the_certainty_that_a_tuner_asks_for() -> None:
    """One rule for what is served, whichever evidence speaks for it."""
    from dana_learning.online.settings import TunerSettings

    assert TunerSettings().confidence == CONFIDENCE


DEAF = """
def detect(today, history, limit=1.0):
    return {"detector": "deaf", "score": 0.0, "limit": limit, "drift_detected": False}
"""


@pytest.fixture
def detector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a detector that version 2 has taken over from: a version that hears nothing."""
    monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path))

    @poet(domain="ml_monitoring", learning="continuous")
    def detect(today: list[float], history: list[list[float]], limit: float = 1.0) -> dict[str, Any]:
        score = abs(today[0] - history[-1][0])
        return {"detector": "own", "score": score, "limit": limit, "drift_detected": score > limit}

    for value in (0.1, 0.3, 0.2):
        detect([value], [[0.0]])
    learning = next(one for one in known() if isinstance(one, ReplayLearning) and one.name.endswith(".detect"))
    trial = versions.Trial("deaf", DEAF, versions.loaded(DEAF, "detect"), dict(learning.served), 0, 0, 1.0, True)
    checked = versions.verification(trial, versions.Evidence(0, 1, 0.0), 1.0)
    assert "version 2 (deaf): a test" in learning._promoted(trial, checked, "a test", [])
    assert detect([5.0], [[0.0]])["detector"] == "deaf"
    return detect


def test_a_version_is_taken_back_when_verdicts_show_that_it_was_worse(detector: Any) -> None:
    """By itself, after three verdicts: the author's own function serves again, and the history says why."""
    for value in (4.0, 5.0):
        feedback(detector([value], [[0.0]]), {"was_real_drift": True})
        assert detector([0.2], [[0.0]])["detector"] == "deaf"
    feedback(detector([6.0], [[0.0]]), {"was_real_drift": True})
    assert detector([5.0], [[0.0]]) == {"detector": "own", "score": 5.0, "limit": 1.0, "drift_detected": True}
    gone = next(one for one in detector.poet.versions if one.number == 2)
    assert gone.state == "retired"
    told = [one.reason for one in detector.poet.lifecycle.history.audit() if one.version == 2]
    assert "the author's own function would have got 3 of 3 verdicts" in told[-1]
    assert "(better with probability 1.00)" in told[-1]


def test_a_version_that_verdicts_agree_with_stays(detector: Any) -> None:
    """Also when there are many of them."""
    for value in (4.0, 5.0, 6.0, 7.0):
        feedback(detector([value], [[0.0]]), {"was_real_drift": False})
    assert detector([5.0], [[0.0]])["detector"] == "deaf"


def test_a_version_that_a_person_pinned_stays(detector: Any) -> None:
    """Whatever verdicts say."""
    detector.poet.lifecycle.history.pin(2)
    for value in (4.0, 5.0, 6.0, 7.0):
        feedback(detector([value], [[0.0]]), {"was_real_drift": True})
    assert detector([5.0], [[0.0]])["detector"] == "deaf"
