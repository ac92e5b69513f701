"""The learning loop: what it decides, why, once, and what it leaves alone."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from dana_learning import Choice, Parameter
from dana_learning import MemoryStore as Parameters
from dana_poet.errors import DanaValueError, StateError
from dana_poet.learned import LearnedParameters
from dana_poet.orchestration.decisions import Rules
from dana_poet.orchestration.orchestrator import LearningOrchestrator
from dana_poet.orchestration.parameters import TunerLearner
from dana_poet.orchestration.patterns import Patterns, Thresholds
from dana_poet.orchestration.report import Report
from tests.orchestration.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@pytest.fixture
def store() -> MemoryStore:
    """A store without events."""
    return MemoryStore()


def actions(orchestrator: LearningOrchestrator) -> list[str]:
    """Return what one pass decides."""
    return [one.action for one in orchestrator.process().decisions]


def test_too_many_false_alarms_ask_for_new_code(store: MemoryStore) -> None:
    """The seam gets the function and its patterns; the decision names rate, count and bounds."""
    asked: list[tuple[str, Patterns]] = []
    store.history(10, 30)
    for event in store.events[1:40:2]:
        store.publish("feedback", {"execution_id": event.payload["execution_id"], "reason": "weekend"})
    orchestrator = LearningOrchestrator(store, regenerate=lambda *given: asked.append(given))
    (decision,) = orchestrator.process().decisions
    ((function, patterns),) = asked
    assert (function, decision.action, decision.status, decision.evidence) == ("detect", "regenerate", "done", 40)
    assert patterns["false_positive_rate"] == 0.75
    assert patterns["false_positive_reasons"] == ["weekend"]
    assert decision.low is not None
    assert decision.low > 0.3
    assert "75% of the judged results were wrong" in decision.explain()
    assert any("weekend" in text for text in patterns.sentences())


def test_nothing_is_decided_twice(store: MemoryStore) -> None:
    """Neither by another pass, nor by a verdict that comes again, nor by one for an execution that was counted."""
    asked: list[str] = []
    store.history(10, 30)
    orchestrator = LearningOrchestrator(store, regenerate=lambda function, _: asked.append(function))
    assert actions(orchestrator) == ["regenerate"]
    assert actions(orchestrator) == []
    store.judge(store.events[0].payload["execution_id"], False)
    assert "regenerate" not in actions(orchestrator)
    assert asked == ["detect"]
    assert [event.type for event in store.events].count("poet.regeneration.required") == 1
    assert store.pending() == 0


def test_noise_changes_nothing(store: MemoryStore) -> None:
    """A rate beyond its threshold that could be chance is named, and waited for."""
    store.history(6, 4)
    (decision,) = LearningOrchestrator(store).process().decisions
    assert decision.action == "keep"
    assert "not sure yet: 40%" in decision.reason


def test_few_verdicts_never_decide(store: MemoryStore) -> None:
    """Nine false alarms of nine are fewer than the minimum."""
    store.history(0, 9)
    assert actions(LearningOrchestrator(store)) == ["keep"]
    store.history(0, 1)
    assert actions(LearningOrchestrator(store)) == ["regenerate"]


@pytest.mark.parametrize(
    ("rate", "happens"),
    [
        ("missed_drift_rate", [("drift.missed", {})]),
        ("alert_fatigue_score", [("alert.created", {}), ("alert.dismissed", {})]),
        ("cost_efficiency", [("execution.cost_measured", {"cost_usd": 2.0}), ("feedback", {"useful": False})]),
    ],
)
def test_every_rate_can_ask_for_a_change(store: MemoryStore, rate: str, happens: list[Any]) -> None:
    """Missed drift, alerts nobody heeds, money that buys nothing."""
    for number in range(60):
        store.ran(f"x{number}")
        for kind, payload in happens:
            store.publish(kind, {"execution_id": f"x{number}", **payload})
    thresholds = Thresholds(false_positive_rate=0.999)
    report = LearningOrchestrator(store, thresholds=thresholds).process()
    assert [one.name for one in report.findings[0].patterns.breached] == [rate]
    assert report.decisions[0].action == "regenerate"


def test_failing_calls_ask_for_a_change(store: MemoryStore) -> None:
    """With what they fail with."""
    for number in range(40):
        store.ran(f"x{number}", success=number % 2 == 0, error="" if number % 2 == 0 else "TimeoutError")
    (decision,) = LearningOrchestrator(store).process().decisions
    assert (decision.action, decision.feedback[-1]) == ("regenerate", '20 calls failed with "TimeoutError"')


def test_a_version_that_is_worse_than_the_one_before_is_rolled_back(store: MemoryStore) -> None:
    """To the one that was better beyond doubt."""
    rolled: list[tuple[Any, ...]] = []
    store.history(38, 2, version=1)
    store.history(5, 35, version=2)
    (decision,) = LearningOrchestrator(store, roll_back=lambda *given: rolled.append(given)).process().decisions
    assert (decision.action, decision.version, decision.to) == ("rollback", 2, 1)
    assert rolled == [("detect", 1, decision.reason)]


def test_feedback_for_a_replaced_version_leaves_the_new_one_alone(store: MemoryStore) -> None:
    """It is joined to the old one."""
    store.history(0, 40, version=1)
    store.ran("now", version=2)
    orchestrator = LearningOrchestrator(store)
    assert actions(orchestrator) == ["keep"]
    old, new = orchestrator.aggregates()["detect"]
    assert (old.version, old.refuted, new.version, new.refuted) == (1, 40, 2, 0)


def test_parameters_are_learned_before_code_is_asked_for(store: MemoryStore) -> None:
    """Twice; when the complaint stands after that, the code is."""
    parameters = Parameters()
    orchestrator = LearningOrchestrator(store, rules=Rules(patience=2))
    orchestrator._learner = TunerLearner(orchestrator._opened(), lambda: NoClose(parameters))
    orchestrator.tune("detect", [Parameter("threshold", 0.5, 0, 1), Choice("test", "ks", ("ks", "psi"))])
    taken = []
    for _ in range(3):
        store.history(5, 35, params=parameters.parameters("detect", min_confidence=0))
        (decision,) = orchestrator.process().decisions
        taken.append(decision.action)
    assert taken == ["learn", "learn", "regenerate"]
    first, second = parameters.parameter_sets("detect")
    assert first.values != second.values
    assert "->" in orchestrator.decisions()[0].detail


def test_a_replay_finds_values_that_are_measured_to_be_better(store: MemoryStore) -> None:
    """They are taken; where none is better, none are."""
    orchestrator = LearningOrchestrator(store)
    orchestrator.tune("detect", [Parameter("threshold", 0.1, 0, 1)], replay=peak)
    orchestrator.tune("other", [Parameter("threshold", 0.1, 0, 1)], replay=lambda _: 0.4)
    store.history(5, 35)
    store.history(5, 35, function="other")
    first, second = orchestrator.process().decisions
    assert "instead of 0.640 on recorded data" in first.detail
    assert second.detail == "no better parameters are known"


def test_spaces_of_parameters_are_known_in_a_later_process(tmp_path: Path, store: MemoryStore) -> None:
    """`dana-poet learn run` learns what the program declared."""
    with LearningOrchestrator(store, folder=tmp_path) as orchestrator:
        orchestrator.tune("detect", [Parameter("threshold", 0.5, 0, 1), Choice("test", "ks", ("ks", "psi"))])
    store.history(5, 35)
    with LearningOrchestrator(store, folder=tmp_path) as orchestrator:
        assert actions(orchestrator) == ["learn"]
    assert (tmp_path / "learning.json").exists()


def test_parameters_that_a_function_learns_already_are_learned_here_too(tmp_path: Path, store: MemoryStore) -> None:
    """The function's own tuner hears each verdict once, and serves by its own test."""
    specs = [Parameter("level", 0.9, 0, 1)]
    with LearnedParameters(tmp_path) as learned:
        learned.record("detect", learned.parameters_for("detect", specs), 0.5)
    for _ in range(5):
        store.history(1, 7, params={"level": 0.9})
        store.history(7, 1, params={"level": 0.2})
    with LearningOrchestrator(store, folder=tmp_path) as orchestrator:
        (decision,) = orchestrator.process().decisions
        assert decision.action == "learn"
        assert orchestrator.learner.learn("detect", []) is None
    with LearnedParameters(tmp_path) as learned:
        assert learned.served("detect", specs)["level"] < 0.6
        assert len(learned.store().executions("detect")) == 81


def test_parameters_that_cannot_be_read_are_a_problem_in_the_report(tmp_path: Path, store: MemoryStore) -> None:
    """The pass goes on without them."""
    (tmp_path / "learning.json").mkdir()
    store.history(5, 35)
    with LearningOrchestrator(store, folder=tmp_path) as orchestrator:
        report = orchestrator.process()
    assert [one.action for one in report.decisions] == ["regenerate"]
    assert report.problems[0].startswith("the parameters of detect could not be read")


def test_a_function_without_parameters_gets_no_store_of_them(tmp_path: Path, store: MemoryStore) -> None:
    """Looking creates nothing."""
    store.history(5, 35)
    with LearningOrchestrator(store, folder=tmp_path) as orchestrator:
        assert actions(orchestrator) == ["regenerate"]
    assert not (tmp_path / "learning.json").exists()


def test_a_seam_that_fails_is_tried_again_and_then_given_up(store: MemoryStore) -> None:
    """Each time with its reason; learning goes on."""

    def broken(_function: str, _patterns: Patterns) -> None:
        raise ValueError("no model\nhere")

    store.history(10, 30)
    orchestrator = LearningOrchestrator(store, regenerate=broken)
    told = [orchestrator.process().decisions for _ in range(4)]
    assert [[one.status for one in decisions] for decisions in told] == [["failed"], ["failed"], ["given up"], []]
    assert told[0][0].detail == "ValueError: no model here"


def test_new_code_that_does_not_help_is_left_to_people_in_the_end(store: MemoryStore) -> None:
    """After three attempts for one version."""
    orchestrator = LearningOrchestrator(store)
    taken = []
    for _ in range(4):
        store.history(10, 30)
        taken += actions(orchestrator)
    assert taken == ["regenerate"] * 3 + ["keep"]


def test_feedback_nobody_can_place_is_reported_in_time(store: MemoryStore) -> None:
    """Not before the time that was set."""
    store.judge("nowhere", False)
    given = store.events[0].time
    early = LearningOrchestrator(store, report_after=60, clock=lambda: given + 59).process()
    late = LearningOrchestrator(store, report_after=60, clock=lambda: given + 61).process()
    assert (early.waiting, early.unmatched) == (1, ())
    assert [(one.execution_id, one.since) for one in late.unmatched] == [("nowhere", given)]
    assert "nobody knows this execution" in str(late)


def test_a_store_that_is_away_is_a_problem_in_the_report(store: MemoryStore) -> None:
    """And not an error; the next pass goes on."""
    store.history(10, 30)
    orchestrator = LearningOrchestrator(store)
    working, store.claim = store.claim, away  # type: ignore[method-assign]
    report = orchestrator.process()
    assert report.problems == ("not all events could be read: redis is away",)
    store.claim = working  # type: ignore[method-assign]
    assert orchestrator.process().problems == ()


@pytest.mark.parametrize("trouble", ["a file", "a damaged ledger"])
def test_a_folder_that_cannot_be_used_is_a_problem_in_the_report(
    tmp_path: Path, store: MemoryStore, trouble: str
) -> None:
    """And the next pass, where it can, has everything."""
    folder = tmp_path / "s"
    store.history(10, 30)
    if trouble == "a file":
        folder.write_text("in the way")
    else:
        with LearningOrchestrator(store, folder=folder) as first:
            first.process()
        ledger = folder / "events" / "ledger.sqlite"
        content = bytearray(ledger.read_bytes())
        content[4096:] = b"x" * (len(content) - 4096)
        ledger.write_bytes(bytes(content))
    with LearningOrchestrator(store, folder=folder) as orchestrator:
        problems = orchestrator.process().problems
    if trouble == "a file":
        folder.unlink()
    with LearningOrchestrator(store, folder=folder) as orchestrator:
        report = orchestrator.process()
        (one,) = orchestrator.aggregates()["detect"]
    assert len(problems) == 1
    assert ("Not a directory" if trouble == "a file" else "was damaged") in problems[0]
    assert (one.executions, one.judged, report.problems) == (40, 40, ())


def test_a_pass_is_plain_data_too(store: MemoryStore) -> None:
    """For `--json`."""
    import json

    store.history(10, 30)
    report = json.loads(json.dumps(LearningOrchestrator(store).process().to_json()))
    assert report["decisions"][0]["action"] == "regenerate"
    assert report["findings"][0]["patterns"]["false_positive_rate"] == 0.75


def test_passes_in_the_background_begin_when_enough_events_wait(store: MemoryStore) -> None:
    """A daemon thread; stopping waits for the pass that goes on."""
    asked = threading.Event()
    orchestrator = LearningOrchestrator(store, regenerate=lambda *_: asked.set())
    orchestrator.start(after_events=80)
    store.history(10, 30)
    assert asked.wait(30)
    orchestrator.stop()
    assert store.pending() == 0


def test_what_was_asked_for_begins_no_further_pass(store: MemoryStore) -> None:
    """It waits in the store for whoever does it."""
    passes: list[int] = []
    with LearningOrchestrator(store) as orchestrator:
        before = orchestrator._process

        def counted() -> Report:
            report = before()
            passes.append(report.events)
            return report

        orchestrator._process = counted  # type: ignore[method-assign]
        orchestrator.start(after_events=1)
        store.history(0, 30)
        while not any(event.type == "poet.regeneration.required" for event in store.events):
            pass
        settled = threading.Event()
        settled.wait(1.2)
        assert store.pending() == 1
    assert len(passes) <= 3


def test_passes_in_the_background_come_by_the_clock(store: MemoryStore, capsys: pytest.CaptureFixture[str]) -> None:
    """One that fails says so, and the next one comes; a problem that stays is said once."""
    asked = threading.Event()
    fails = [StateError("disk full")]

    def process() -> Report:
        if fails:
            raise fails.pop()
        asked.set()
        return Report(0, problems=("redis is away",))

    with LearningOrchestrator(store) as orchestrator:
        orchestrator.process = process  # type: ignore[method-assign]
        orchestrator.start(every_seconds=0.01)
        assert asked.wait(30)
        for _ in range(2):
            asked.clear()
            assert asked.wait(30)
    assert capsys.readouterr().err.splitlines() == [
        "WARNING learning failed and is tried again: StateError: disk full",
        "WARNING learning: redis is away",
    ]


@pytest.mark.parametrize("words", [{}, {"every_seconds": 0}, {"after_events": -1}])
def test_a_schedule_that_makes_no_sense_is_refused(store: MemoryStore, words: dict[str, Any]) -> None:
    """With what to write instead."""
    with pytest.raises(DanaValueError):
        LearningOrchestrator(store).start(**words)


@pytest.mark.parametrize("words", [{"false_positive_rate": 2}, {"min_samples": 0}, {"confidence": 1}])
def test_thresholds_that_make_no_sense_are_refused(words: dict[str, Any]) -> None:
    """The message names the field."""
    with pytest.raises(DanaValueError, match=next(iter(words))):
        Thresholds(**words)


def peak(values: Mapping[str, Any]) -> float:
    """Return a quality that is best at 0.7."""
    return float(1 - (values["threshold"] - 0.7) ** 2)


def away(*_: Any, **__: Any) -> list[Any]:
    """Fail as a store does that cannot be reached."""
    raise StateError("redis is away")


class NoClose:
    """Lends a store that stays open."""

    def __init__(self, store: Parameters) -> None:
        self.store = store

    def __enter__(self) -> Parameters:
        return self.store

    def __exit__(self, *_: object) -> None:
        pass
