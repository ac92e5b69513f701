"""The log of a state folder's programs is pruned with its store: what is old and dealt with goes, what waits stays."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dana_poet.events import session_store
from dana_poet.runtime import state
from dana_poet.runtime.event_log_prune import prune_in
from dana_poet.runtime.events import EventBus, desk, use_bus
from dana_poet.runtime.feedback import Registration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest


@contextmanager
def program(folder: Path, **blocks: Any) -> Iterator[EventBus]:
    """Be a program with a state folder, and on_feedback_received blocks by name."""
    with use_bus() as bus, state.use(state.StateFolder(folder)):
        bus.blocks.update(blocks)
        yield bus


def waits(bus: EventBus, execution: str, block: str) -> None:
    """Let a block wait for feedback about an execution."""
    desk(bus).register(Registration(execution, block, None, {}))


def heard_by(seen: list[str]) -> Any:
    """Return a block that notes what it hears."""
    return lambda _owner, feedback, _names: seen.append(feedback.payload["reason"])


def says(bus: EventBus, execution: str, reason: str) -> None:
    """Give feedback."""
    bus.emit("feedback", {"execution_id": execution, "reason": reason})


def size(folder: Path) -> int:
    """Return how long the log is."""
    return (folder / "events" / "log.jsonl").stat().st_size


def test_what_is_old_and_dealt_with_goes_and_what_waits_stays(tmp_path: Path) -> None:
    """A block hears what came for it while it was not there, after the pruning as before; nothing is heard twice."""
    seen: list[str] = []
    with program(tmp_path, a=heard_by(seen)) as bus:
        for number in range(50):
            waits(bus, f"run-{number}", "a")
            says(bus, f"run-{number}", f"served {number}")
        waits(bus, "run-x", "absent")
        waits(bus, "run-y", "a")
        says(bus, "run-x", "nobody was there")
        bus.flush()
    before, heard = size(tmp_path), len(seen)
    assert prune_in(str(tmp_path), time.time() + 1) == 50
    assert size(tmp_path) < before / 10
    with program(tmp_path, a=heard_by(seen), absent=heard_by(seen)) as bus:
        bus.flush()
        says(bus, "run-y", "late")
        says(bus, "run-1", "again")
        assert seen[heard:] == ["nobody was there", "late"]
        assert [event.payload["reason"] for event in bus.query("feedback")] == ["nobody was there", "late", "again"]
    assert prune_in(str(tmp_path), time.time() - 60) == 0


def test_programs_that_are_running_go_on_where_they_were(tmp_path: Path) -> None:
    """Nothing is read twice and nothing is left out, over two prunings, also by one that had not read all of it."""
    with program(tmp_path) as first:
        other = EventBus()
        for number in range(30):
            first.emit("tick", {"n": number})
        assert len(other.query("tick")) == 30
        for number in range(30, 33):
            first.emit("tick", {"n": number})
        assert prune_in(str(tmp_path), time.time() + 1) == 33
        first.emit("tick", {"n": 33})
        log = other.log()
        assert log is not None
        log.refresh()
        assert [event.payload["n"] for event in other.recent] == [*range(30), 33]
        first.emit("tick", {"n": 34})
        assert prune_in(str(tmp_path), time.time() + 1) == 2
        other.emit("tick", {"n": 35})
        first.query("tick")
        log = first.log()
        assert log is not None
        log.refresh()
        assert [event.payload["n"] for event in first.recent] == [*range(36)]
    assert [event.payload["n"] for event in session_store(tmp_path).query("tick")] == [*range(36)]


def test_only_what_is_old_goes(tmp_path: Path) -> None:
    """The rest of the log stays byte for byte."""
    with program(tmp_path) as bus:
        bus.emit("old", {})
        middle = time.time()
        bus.emit("new", {})
        bus.tell_untold()
    log = tmp_path / "events" / "log.jsonl"
    kept = log.read_bytes().splitlines(keepends=True)[2:]
    assert prune_in(str(tmp_path), middle) == 1
    assert log.read_bytes().splitlines(keepends=True)[1:] == kept
    assert prune_in(str(tmp_path), middle) == 0


def test_nothing_goes_while_the_store_cannot_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is then the only place where an event is."""
    with program(tmp_path) as bus:
        bus.emit("tick", {})
    monkeypatch.setattr(EventBus, "tell_untold", lambda _: False)
    assert prune_in(str(tmp_path), time.time() + 1) == 0


def test_a_folder_without_a_log_stays_as_it_is(tmp_path: Path) -> None:
    """Pruning makes nothing."""
    assert prune_in(str(tmp_path / "none"), time.time()) == 0
    assert not (tmp_path / "none").exists()
