"""Events: handlers, failures that are tried again, the log that processes share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dana_poet.errors import DanaAttributeError, DanaTypeError, StateError
from dana_poet.runtime import place, state
from dana_poet.runtime.events import EventBus, dana_events, emit, flush, on, poet_events, use_bus
from dana_poet.runtime.members import member
from dana_poet.runtime.state import StateFolder


@pytest.fixture(autouse=True)
def bus() -> Any:
    """A bus of its own for each test."""
    with use_bus() as fresh:
        yield fresh


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    """A folder that the user named, in force."""
    with state.use(StateFolder(tmp_path / "s")) as current:
        yield current


def again() -> Any:
    """Return the context of a program that is started again."""
    return use_bus(EventBus())


def test_handlers_get_the_event_before_emit_returns() -> None:
    """With type, payload, id, time; payload keys read as attributes."""
    got: list[Any] = []
    on("drift.found", got.append)
    event_id = dana_events.emit("drift.found", {"feature": "age", "type": "mine"})
    (event,) = got
    assert (event.type, event.payload["feature"], event.feature, event.id) == ("drift.found", "age", "age", event_id)
    assert event.payload["type"] == "mine"
    assert abs(event.time - datetime.now(UTC)) < timedelta(minutes=1)
    assert ("feature" in event, event["feature"], event.get("no", 3), list(event.keys())) == (
        True,
        "age",
        3,
        ["feature", "type"],
    )
    with pytest.raises(DanaAttributeError) as caught:
        member(event, "featur")
    assert caught.value.hint == "did you mean 'feature'?"


def test_poet_events_is_the_same_bus() -> None:
    """Two names, one bus."""
    got: list[Any] = []
    poet_events.on("x", got.append)
    dana_events.emit("x")
    assert len(got) == 1


def test_patterns_take_several_types() -> None:
    """`drift.*` and `*`; the handler can be taken away again."""
    got: list[str] = []
    stop = on("drift.*", lambda event: got.append(event.type))
    on("*", lambda _event: got.append("any"))
    for kind in ("drift.a", "drift", "driftx"):
        emit(kind)
    stop()
    emit("drift.b")
    assert got == ["drift.a", "any", "any", "any", "any"]


def test_wrong_use_is_a_clear_error() -> None:
    """The type is text, the handler a function."""
    with pytest.raises(DanaTypeError, match="the type of an event is text"):
        emit(3)  # type: ignore[arg-type]
    with pytest.raises(DanaTypeError, match="needs a function"):
        on("x", 3)  # type: ignore[arg-type]


def test_a_failing_handler_is_reported_in_one_line_and_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    """Other handlers run, emit goes on, flush tries again until it succeeds."""
    tries: list[int] = []

    def handler(_event: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise ValueError("two\nlines")

    on("x", handler)
    others: list[Any] = []
    on("x", others.append)
    emit("x")
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "ValueError: two lines" in err
    assert len(others) == 1
    assert (flush(), flush(), flush()) == (1, 0, 0)
    assert (len(tries), len(others)) == (3, 1)


@pytest.mark.usefixtures("folder")
def test_a_failed_event_is_tried_again_at_the_next_start(capsys: pytest.CaptureFixture[str]) -> None:
    """By the handler of the same name; once it succeeded it is over."""
    works = False
    got: list[str] = []

    def start() -> None:
        def handler(event: Any) -> None:
            if not works:
                raise ValueError("no")
            got.append(event.thing)

        on("x", handler)

    start()
    emit("x", {"thing": "a"})
    works = True
    with again():
        start()
        assert flush() == 0
        assert got == ["a"]
    with again():
        start()
        assert flush() == 0
    assert got == ["a"]
    assert capsys.readouterr().err.count("failed") == 1


@pytest.mark.usefixtures("folder")
def test_events_are_kept_with_a_folder() -> None:
    """`query` reads them in a later run, by type and age."""
    emit("a.x", {"n": (1, 2)})
    emit("b")
    with again():
        assert [event.payload for event in dana_events.query("a.*")] == [{"n": (1, 2)}]
        assert len(dana_events.query(days=1)) == 2
        assert dana_events.query(days=-1) == []


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    """Not even with a default folder."""
    with place.Place(str(tmp_path / "s")):
        emit("x")
        assert len(dana_events.query()) == 1
        flush()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("folder")
def test_a_payload_that_cannot_be_kept_is_refused() -> None:
    """Before anyone hears of it."""
    got: list[Any] = []
    on("x", got.append)
    with pytest.raises(StateError, match="the payload of event 'x'"):
        emit("x", {"f": print})
    assert got == []


def test_a_torn_last_line_is_skipped_and_ended(folder: StateFolder) -> None:
    """A process was killed while it wrote; what comes after is whole."""
    emit("a")
    log = Path(folder.events_file())
    with log.open("ab") as stream:
        stream.write(b'{"event": "event-torn", "type": "b", "ti')
    with again():
        assert [event.type for event in dana_events.query()] == ["a"]
        emit("c")
    with again():
        assert [event.type for event in dana_events.query()] == ["a", "c"]
    assert (log.stat().st_mode & 0o777) == 0o600


def test_a_log_of_a_newer_version_is_refused(folder: StateFolder) -> None:
    """And left alone."""
    log = Path(folder.events_file())
    log.parent.mkdir(parents=True)
    log.write_text('{"format": 9}\n')
    with pytest.raises(StateError, match="newer dana-poet"):
        emit("x")
    assert log.read_text() == '{"format": 9}\n'


def test_records_of_a_later_version_do_not_stop_a_program(
    folder: StateFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unknown records are passed over, unusable ones reported."""
    emit("a")
    with Path(folder.events_file()).open("ab") as stream:
        stream.write(b'{"news": 1}\n{"event": "e"}\n[1]\n')
    with again():
        assert len(dana_events.query()) == 1
    assert "cannot be used" in capsys.readouterr().err


def test_processes_that_write_at_once_lose_nothing(folder: StateFolder) -> None:
    """Appends do not interleave, and each process sees the others' records."""
    code = """
        import sys
        from dana_poet.runtime import state
        from dana_poet.runtime.events import emit
        with state.use(state.StateFolder(sys.argv[1])):
            for n in range(100):
                emit("x", {"by": sys.argv[2], "n": n, "filler": "y" * 500})
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", textwrap.dedent(code), folder.path]
    processes = [subprocess.Popen([*command, name], env=environment) for name in "ab"]
    assert [process.wait() for process in processes] == [0, 0]
    lines = [json.loads(line) for line in Path(folder.events_file()).read_bytes().splitlines()]
    assert lines[0] == {"format": 1}
    for name in "ab":
        assert [line["payload"]["n"] for line in lines[1:] if line["payload"]["by"] == name] == list(range(100))


def test_a_run_has_its_own_bus(tmp_path: Path) -> None:
    """Handlers of one program do not hear another; leaving a place tries once more."""
    got: list[Any] = []
    fails = [True]

    def handler(event: Any) -> None:
        if fails.pop() if fails else False:
            raise ValueError("first")
        got.append(event)

    with use_bus(None), place.Place(str(tmp_path)):
        pass
    from dana_poet.runtime import events

    token = events._bus.set(None)
    try:
        with place.Place(str(tmp_path)):
            on("x", handler)
            emit("x")
            assert got == []
        assert len(got) == 1
        with place.Place(str(tmp_path)):
            emit("x")
        assert len(got) == 1
    finally:
        events._bus.reset(token)
