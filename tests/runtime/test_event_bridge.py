"""A program's log and the store of events beside it agree: told once, brought back once, whatever is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.errors import EventError
from dana_poet.events import open_store, session_store
from dana_poet.events.opening import close_sessions
from dana_poet.runtime import state
from dana_poet.runtime.events import EventBus, emit, on, use_bus
from dana_poet.runtime.feedback import bind_handler, feedback, on_feedback, track_execution
from dana_poet.runtime.state import StateFolder
from dana_poet.runtime.tracking import current_execution

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "monitor.na::Monitor.watch.1"


@pytest.fixture(autouse=True)
def bus() -> Iterator[Any]:
    """A bus of its own for each test."""
    with use_bus() as fresh:
        yield fresh


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[StateFolder]:
    """A folder that the user named, in force."""
    with state.use(StateFolder(tmp_path / "s")) as current:
        assert current is not None
        yield current
        close_sessions()


def stored(folder: StateFolder) -> list[tuple[str, dict[str, Any]]]:
    """Return what the store of a folder has, as another process sees it."""
    session_store(folder.path).flush()
    with open_store(f"file:{folder.path}/events") as store:
        return [(event.type, event.payload) for event in store.query()]


def collector() -> list[Any]:
    """Return a list that the block puts what it gets into."""
    got: list[Any] = []
    bind_handler(KEY, lambda _owner, event, _names: got.append(event.payload))
    return got


def test_what_a_program_says_is_in_the_store(folder: StateFolder) -> None:
    """Events and feedback, in order, each once, as plain JSON."""
    emit("window.closed", {"pair": (1, 2)})
    feedback("run-1", {"useful": True})
    emit("door opened", "text")
    assert stored(folder) == [
        ("window.closed", {"pair": {"$tuple": [1, 2]}}),
        ("feedback", {"useful": True, "execution_id": "run-1"}),
        ("door_opened", {"value": "text"}),
    ]


def test_settling_again_and_again_tells_nothing_twice(folder: StateFolder, bus: EventBus) -> None:
    """Not by this program, and not by the next."""
    emit("a")
    bus.flush()
    emit("b")
    with use_bus(EventBus()) as later:
        later.query()
        later.flush()
        later.flush()
    assert [kind for kind, _ in stored(folder)] == ["a", "b"]


def test_what_a_killed_program_had_not_told_is_told_by_the_next(folder: StateFolder) -> None:
    """It is in the log: the store gets it once."""
    emit("a")
    log = Path(folder.events_file())
    told = json.loads(log.read_text().splitlines()[-1])
    with log.open("a") as stream:
        stream.write(json.dumps({**told, "event": "event-killed", "type": "b"}) + "\n")
    for _ in range(2):
        with use_bus(EventBus()) as later:
            later.query()
            later.flush()
    assert [kind for kind, _ in stored(folder)] == ["a", "b"]


def test_feedback_that_others_put_into_the_store_reaches_the_block(folder: StateFolder) -> None:
    """At the next start, once, with the id of the execution."""
    collector()
    on_feedback("run-1", KEY, {}, None)
    with open_store(f"file:{folder.path}/events") as store:
        store.publish("drift.validation", {"execution_id": "run-1", "was_real_drift": False}, key="mlflow:7")
        store.publish("poet.execution.completed", {"execution_id": "run-1"})
        store.publish("weather", {"rain": True})
    seen = []
    for _ in range(3):
        with use_bus(EventBus()) as later:
            heard: list[Any] = []
            on("*", heard.append)
            got = collector()
            later.flush()
            seen.append((got, [event.type for event in heard]))
    expected = {"execution_id": "run-1", "was_real_drift": False}
    assert seen == [([expected], ["drift.validation"]), ([], []), ([], [])]


def test_a_payload_that_does_not_fit_is_refused_with_its_field(tmp_path: Path) -> None:
    """With a folder and without; nobody hears of it."""
    heard: list[Any] = []
    on("*", heard.append)
    for current in (None, StateFolder(tmp_path / "s")):
        with state.use(current), pytest.raises(EventError, match=r"payload\.was_real_drift: true or false"):
            emit("drift.validation", {"execution_id": "run-1", "was_real_drift": "perhaps"})
    assert heard == []
    assert not (tmp_path / "s").exists()


def test_a_store_that_cannot_be_written_does_not_fail_the_program(
    folder: StateFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log has the event; one warning says so; it is told when the store works again."""
    log = Path(folder.events_file())
    emit("first")
    session_store(folder.path).flush()
    blocked = log.parent / "tmp"
    aside = blocked.rename(log.parent / "aside")
    blocked.write_text("in the way")
    heard: list[Any] = []
    on("a", heard.append)
    emit("a")
    with use_bus(EventBus()) as later:
        later.query()
        later.flush()
    assert len(heard) == 1
    assert capsys.readouterr().err.count("WARNING") == 1
    blocked.unlink()
    aside.rename(blocked)
    with use_bus(EventBus()) as later:
        later.query()
        later.flush()
    assert [kind for kind, _ in stored(folder)] == ["first", "a"]


def test_a_tracked_result_is_an_execution_of_the_function_that_tracks_it(folder: StateFolder) -> None:
    """Once; a result that has an id keeps it, and one of a `@poet` call is told by that call."""
    result: list[int] = []
    execution_id = track_execution(result)
    assert track_execution(result) == execution_id
    token = current_execution.set("call-1")
    try:
        assert track_execution({}) == "call-1"
    finally:
        current_execution.reset(token)
    ((kind, payload),) = stored(folder)
    assert (kind, payload["execution_id"]) == ("poet.execution.completed", execution_id)
    assert payload["function"].endswith("test_a_tracked_result_is_an_execution_of_the_function_that_tracks_it")


def test_once_is_once_in_all_processes(folder: StateFolder) -> None:
    """By its key."""
    with use_bus(EventBus()) as first:
        assert first.once("k", "a", {"n": 1})
        assert not first.once("k", "a", {"n": 2})
    with use_bus(EventBus()) as second:
        assert not second.once("k", "a", {"n": 3})
    assert stored(folder) == [("a", {"n": 1})]


def test_programs_that_are_killed_while_they_speak_tell_everything_once(folder: StateFolder) -> None:
    """What the log has is in the store when the next program has begun, from several programs at once."""
    code = """
        import sys
        from dana_poet.runtime import state
        from dana_poet.runtime.events import current_bus, emit
        with state.use(state.StateFolder(sys.argv[1])):
            for n in range(100_000):
                emit("x", {"by": sys.argv[2], "n": n})
                if n % 7 == 0:
                    current_bus().flush()
                print(n, flush=True)
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for turn in range(2):
        command = [sys.executable, "-c", textwrap.dedent(code), folder.path]
        programs = [
            subprocess.Popen([*command, f"{turn}{name}"], env=environment, stdout=subprocess.PIPE) for name in "ab"
        ]
        for number, program in enumerate(programs):
            assert program.stdout is not None
            for _ in range(20 + 7 * number):
                program.stdout.readline()
            program.kill()
            program.communicate()
    with use_bus(EventBus()) as later:
        logged = [event.payload for event in later.query("x")]
        later.flush()
    assert len(logged) >= 4 * 20
    told = [payload for _, payload in stored(folder)]
    assert sorted(told, key=str) == sorted(logged, key=str)
