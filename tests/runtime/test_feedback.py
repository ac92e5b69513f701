"""Feedback: ids of executions, blocks that wait, delivery in this run or a later one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.errors import DanaAttributeError, DanaValueError, StateError
from dana_poet.runtime import feedback as fb
from dana_poet.runtime import state
from dana_poet.runtime.agents import define_agent
from dana_poet.runtime.events import EventBus, FeedbackEvent, current_bus, dana_events, emit, use_bus
from dana_poet.runtime.feedback import bind_handler, deliver_pending, feedback, on_feedback, track_execution
from dana_poet.runtime.members import member
from dana_poet.runtime.promise import spawn
from dana_poet.runtime.state import StateFolder
from dana_poet.runtime.tracking import current_execution

if TYPE_CHECKING:
    from pathlib import Path

KEY = "monitor.na::SmartMonitor.monitoring.1"


@pytest.fixture(autouse=True)
def bus() -> Any:
    """A bus and handlers of its own for each test."""
    with use_bus() as fresh:
        yield fresh


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    """A folder that the user named, in force."""
    with state.use(StateFolder(tmp_path / "s")) as current:
        yield current


def collector() -> tuple[list[Any], Any]:
    """Return a list and a block that puts what it gets there."""
    got: list[Any] = []

    def block(owner: Any, event: FeedbackEvent, names: dict[str, Any]) -> None:
        got.append((owner, event, names))

    bind_handler(KEY, block)
    return got, block


def handle(self: Any, event: FeedbackEvent, names: dict[str, Any]) -> None:
    """Do what the block of SmartMonitor does; a module-level function, as the transpiler writes it."""
    if event.get("fail"):
        raise ValueError("cannot use this")
    self.feedback_buffer.append(event)
    self.seen = [*self.seen, names["result"]["drift"]]


def smart_monitor(**options: Any) -> Any:
    """Return SmartMonitor as a program that is started again defines it."""

    def monitoring(self: Any, drift: float) -> str:
        result = {"drift": drift}
        tracking_id = track_execution(result)
        on_feedback(tracking_id, KEY, {"result": result}, self)
        return tracking_id

    bind_handler(KEY, handle)
    made = define_agent(
        "SmartMonitor",
        state=(("feedback_buffer", lambda: list[FeedbackEvent], None), ("seen", lambda: list, None)),
        methods={"monitoring": monitoring},
        **options,
    )
    globals()["SmartMonitor"] = made  # the module of the handler is where the agent is found again
    return made


def test_a_result_has_one_id_and_ids_are_unique() -> None:
    """The same object gives the same id; an equal one another."""
    one, other = {"a": 1}, {"a": 1}
    assert track_execution(one) == track_execution(one)
    assert track_execution(one) != track_execution(other)
    ids = {track_execution([]) for _ in range(1000)}
    assert len(ids) == 1000


@pytest.mark.parametrize("result", [True, None, 3, "drift", (1, 2), 2.5])
def test_values_without_identity_get_an_id_for_each_execution(result: object) -> None:
    """`True` is one object in every run of a pipeline; feedback for the value goes to the latest."""
    first, second = track_execution(result), track_execution(result)
    assert first != second
    got, _ = collector()
    on_feedback(second, KEY, {}, None)
    feedback(result, {"ok": 1})
    assert len(got) == 1


def test_results_of_poet_calls_have_the_id_of_the_call() -> None:
    """`executed` binds a result; inside a call the first tracked result takes the call's id."""
    result = [1]
    fb.executed(result, "call-7")
    assert track_execution(result) == "call-7"
    fb.executed(True, "call-8")
    assert track_execution(True) == "call-8"
    assert track_execution(True) != "call-8"
    token = current_execution.set("call-9")
    try:
        inner: list[int] = []
        assert track_execution(inner) == "call-9"
        assert track_execution([2]) != "call-9"
        assert track_execution(inner) == "call-9"
    finally:
        current_execution.reset(token)


def test_a_promised_result_is_tracked_as_its_value() -> None:
    """The promise and what it holds are one execution."""
    value = {"a": 1}
    assert track_execution(spawn(lambda: value)) == track_execution(value)


def test_feedback_runs_the_block_each_time() -> None:
    """With the owner, the payload as attributes, and the pipeline's names."""
    got, _ = collector()
    result = {"drift": 0.4}
    tracking_id = track_execution(result)
    on_feedback(tracking_id, KEY, {"threshold": 3}, "me")
    feedback(result, {"was_real_drift": False, "type": "note"})
    feedback(tracking_id, "plain text")
    feedback(tracking_id, useful=True)
    (owner, event, names), (_, second, _), (_, third, _) = got
    assert (owner, names, event.was_real_drift, event.execution_id, event.type) == (
        "me",
        {"threshold": 3},
        False,
        tracking_id,
        "note",
    )
    assert (second.value, third.useful, second.type) == ("plain text", True, "feedback")
    assert (datetime.now(UTC) - event.received_at).total_seconds() < 60
    assert "was_real_drift" in event
    with pytest.raises(DanaAttributeError) as caught:
        member(event, "was_real_drif")
    assert caught.value.hint == "did you mean 'was_real_drift'?"


def test_events_with_an_execution_id_are_feedback_too() -> None:
    """`drift.validation` and batches with `execution_ids`, as well as other handlers of the type."""
    got, _ = collector()
    heard: list[Any] = []
    dana_events.on("drift.validation", heard.append)
    for name in ("run-1", "run-2"):
        on_feedback(name, KEY, {}, name)
    emit("drift.validation", {"execution_id": "run-1", "was_real_drift": True})
    emit("alert.batch_dismissed", {"execution_ids": ["run-1", "run-2", "run-1"], "reason": "noise"})
    emit("drift.validation", {"execution_id": "other"})
    emit("drift.validation", {"execution_id": 3})
    assert [(owner, event.type) for owner, event, _ in got] == [
        ("run-1", "drift.validation"), ("run-1", "alert.batch_dismissed"), ("run-2", "alert.batch_dismissed"),
    ]  # fmt: skip
    assert len(heard) == 3


def test_feedback_that_comes_before_the_registration_is_not_lost() -> None:
    """An answer may be faster than the pipeline."""
    got, _ = collector()
    feedback("run-early", {"n": 1})
    on_feedback("run-early", KEY, {}, None)
    on_feedback("run-early", KEY, {}, None)
    assert [event.n for _, event, _ in got] == [1]


def test_feedback_for_what_was_never_tracked_is_an_error() -> None:
    """The message shows the value."""
    with pytest.raises(DanaValueError, match=r"feedback for \{'a': 1\}: it was not tracked"):
        feedback({"a": 1}, {})


def test_a_block_that_fails_is_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    """The caller goes on; flush runs it again; success ends it."""
    tries: list[int] = []

    def block(_owner: Any, _event: Any, _names: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("first time")

    bind_handler(KEY, block)
    on_feedback("run-1", KEY, {}, None)
    feedback("run-1", {})
    assert capsys.readouterr().err.count("ValueError: first time") == 1
    assert (deliver_pending(), deliver_pending(), len(tries)) == (0, 0, 2)


def test_a_block_may_give_feedback_itself() -> None:
    """No deadlock, no endless delivery of the same event."""
    seen: list[Any] = []

    def block(_owner: Any, event: Any, _names: Any) -> None:
        seen.append(event.n)
        if event.n < 3:
            feedback("run-1", {"n": event.n + 1})

    bind_handler(KEY, block)
    on_feedback("run-1", KEY, {}, None)
    feedback("run-1", {"n": 1})
    assert seen == [1, 2, 3]


def test_threads_may_give_feedback_at_once() -> None:
    """Each event runs the block once."""
    got, _ = collector()
    on_feedback("run-1", KEY, {}, None)
    bus = current_bus()

    def give(number: int) -> None:
        with use_bus(bus):
            feedback("run-1", {"n": number})

    threads = [threading.Thread(target=give, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(event.n for _, event, _ in got) == list(range(30))


@pytest.mark.usefixtures("folder")
def test_feedback_reaches_the_agent_in_a_later_run() -> None:
    """Registration, names and state were kept; the block runs when the program is there again."""
    tracking_id = smart_monitor().monitoring(0.7)
    with use_bus(EventBus()):  # `dana-poet feedback ID`: the program is not loaded
        feedback(tracking_id, {"was_real_drift": True})
    with use_bus(EventBus()):
        monitor = smart_monitor()
        assert monitor.feedback_buffer == []
        assert deliver_pending() == 0
        assert [event.was_real_drift for event in monitor.feedback_buffer] == [True]
        assert monitor.seen == [0.7]
        feedback(tracking_id, {"was_real_drift": False})
    with use_bus(EventBus()):
        monitor = smart_monitor()
        assert deliver_pending() == 0
        assert [event.was_real_drift for event in monitor.feedback_buffer] == [True, False]


@pytest.mark.usefixtures("folder")
def test_a_failed_block_waits_for_a_later_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Unacknowledged until it succeeds; the agent is not saved by a failure."""
    tracking_id = smart_monitor().monitoring(0.7)
    feedback(tracking_id, {"fail": True})
    assert capsys.readouterr().err.count("cannot use this") == 1
    with use_bus(EventBus()):
        smart_monitor()
        assert deliver_pending() == 1
    with use_bus(EventBus()):
        got, _ = collector()
        assert deliver_pending() == 0
        assert len(got) == 1


@pytest.mark.usefixtures("folder")
def test_other_instances_get_their_own_feedback() -> None:
    """An agent made by `N(...)` is brought back, and the program's own call gives the same one."""
    first = smart_monitor()(name="east")
    tracking_id = first.monitoring(0.2)
    with use_bus(EventBus()):
        monitors = smart_monitor()
        feedback(tracking_id, {"n": 1})
        assert deliver_pending() == 0
        east = monitors(name="east")
        assert len(east.feedback_buffer) == 1
        assert monitors.feedback_buffer == []
        east.monitoring(0.3)
    assert len(smart_monitor()(name="east").feedback_buffer) == 1


def test_a_persistent_agent_waits_without_state_dir(tmp_path: Path) -> None:
    """`@poet(state="persistent")` keeps registrations and events in the default folder."""
    with state.use(StateFolder(tmp_path / "s", explicit=False)):
        tracking_id = smart_monitor(options={"state": "persistent"}).monitoring(0.5)
    with state.use(StateFolder(tmp_path / "s")), use_bus(EventBus()):
        monitor = smart_monitor(options={"state": "persistent"})
        feedback(tracking_id, {"n": 1})
        assert len(monitor.feedback_buffer) == 1


@pytest.mark.usefixtures("folder")
def test_names_that_cannot_be_kept_are_refused() -> None:
    """At the registration, by name."""
    collector()
    with pytest.raises(StateError, match="'helper', which an on_feedback_received block uses"):
        on_feedback("run-1", KEY, {"helper": print}, None)


def test_a_process_killed_in_the_block_runs_it_again(tmp_path: Path) -> None:
    """At least once: the event was not acknowledged."""
    code = """
        import os, sys
        from dana_poet.runtime import state
        from dana_poet.runtime.feedback import bind_handler, deliver_pending, feedback, on_feedback

        def block(owner, event, names):
            if sys.argv[2] == "first":
                os.kill(os.getpid(), 9)
            print(event.n, names["x"])

        with state.use(state.StateFolder(sys.argv[1])):
            bind_handler("k", block)
            if sys.argv[2] == "first":
                on_feedback("run-1", "k", {"x": (1,)}, None)
                feedback("run-1", {"n": 5})
            deliver_pending()
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    def start(which: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path), which]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert start("first").returncode == -signal.SIGKILL
    assert start("second").stdout == "5 (1,)\n"
    assert not start("third").stdout


def test_learning_sums_up_and_announces() -> None:
    """Counts, rates, and an event that learners take up."""
    heard: list[Any] = []
    dana_events.on("poet.learning", heard.append)
    events = [
        FeedbackEvent({"was_real_drift": True}, execution_id="a"),
        FeedbackEvent({"useful": "no"}, execution_id="a"),
        FeedbackEvent({"note": 1}, execution_id="b"),
        {"accepted": True, "execution_id": "c"},
        {"action_taken": "ignored"},
    ]
    summary = fb.poet_learn_from_feedback(events)
    assert summary == {
        "count": 5, "executions": 3, "by_type": {"feedback": 5}, "accepted": 2, "rejected": 2, "undecided": 1,
        "accept_rate": 0.5, "reject_rate": 0.5, "changes": [],
    }  # fmt: skip
    assert {**heard[0].summary, "changes": []} == summary
    assert fb.poet_learn_from_feedback([])["accept_rate"] is None


def test_feedback_events_can_be_made_and_read() -> None:
    """Tests of programs make them by hand."""
    event = FeedbackEvent(useful=False, execution_id="run-1")
    assert (event.useful, event.execution_id, event["useful"], list(event)) == (False, "run-1", False, ["useful"])
    assert repr(event) == "FeedbackEvent({'useful': False}, execution_id='run-1')"
    assert FeedbackEvent("text").payload == "text"
