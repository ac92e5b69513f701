"""What a running process sees of its folder: changes that others made, and that it can be written again."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet import poet, unwritable
from dana_poet.codegen.versions import History, VersionStore
from dana_poet.errors import EventStoreError, PoetWarning
from dana_poet.events import open_store, session_store
from dana_poet.learned import LearnedParameters
from dana_poet.stages import looking, train
from tests.codegen import test_poet_versions
from tests.codegen.test_lifecycle import Fixed
from tests.codegen.test_poet_versions import GOOD, closing, doubling, said, states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["closing"]


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep versions in a folder of the test."""
    monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path / "state"))


def test_what_a_full_folder_could_not_keep_is_written_when_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closing: Callable[..., Any]
) -> None:
    """Events wait in memory up to a bound, versions and learning begin then; one warning is all that is said."""
    folder = tmp_path / "state"
    folder.write_text("a file, not a folder")
    monkeypatch.setattr(looking, "UNKEPT_EVERY", 0.0)
    monkeypatch.setattr(train, "WAITING", 3)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        function = closing(doubling(GOOD, promotion="verified"), 5)
        assert [function(number) for number in range(5)] == [0, 2, 4, 6, 8]
        before = time.time()
        folder.unlink()
        assert function(4) == 8
        assert function.poet.lifecycle.wait(60)
        assert function(5) == 10
    assert len(told) == 1
    assert "until it can be" in str(told[0].message)
    assert states(function) == ["active"]
    session_store(folder).flush()
    kept = session_store(folder).query(type="poet.execution.completed")
    assert [event.payload["version"] for event in kept] == [None, None, None, 1, 2]
    assert [event.time <= before for event in kept] == [True, True, True, False, False], "they say when the calls were"


def test_what_another_process_pins_is_seen_in_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closing: Callable[..., Any]
) -> None:
    """By its next call after a second at most; what this process itself changed is no news."""
    monkeypatch.setattr(looking, "EVERY", 0.0)
    function = closing(doubling(GOOD, promotion="verified"), 3)
    before = function.poet.lifecycle.serving
    assert (function(1), before.number, function.poet.lifecycle.serving) == (2, 2, before)
    (there,) = VersionStore(tmp_path / "state").histories()
    there.rollback(0)
    assert function(1) == 2
    assert function.poet.lifecycle.serving is None
    there.pin(2)
    function(1)
    pinned: Any = function.poet.lifecycle.serving
    assert (pinned.number, pinned.pinned) == (2, True)
    there.unpin()
    assert function(1) == 2
    assert function.poet.lifecycle.serving is None


def test_a_look_costs_nothing_between(monkeypatch: pytest.MonkeyPatch, closing: Callable[..., Any]) -> None:
    """Calls within a second ask no file system, and a plain `@poet()` never does."""
    function = closing(doubling(GOOD, promotion="verified"), 1)
    seen: list[History] = []

    def stamp(history: History) -> tuple[int, ...]:
        seen.append(history)
        return ()

    monkeypatch.setattr(History, "stamp", stamp)
    assert [function(number) for number in range(50)] == [2 * number for number in range(50)]
    assert len(seen) <= 1
    plain = poet(said)
    plain()
    assert not isinstance(plain.poet.begin, looking.Looking)


@pytest.mark.parametrize("room", [0, 5000])
def test_a_disk_with_little_room_costs_one_warning(
    room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closing: Callable[..., Any]
) -> None:
    """Also where a small file still fits: nothing is begun that cannot be kept."""
    monkeypatch.setattr(looking, "UNKEPT_EVERY", 1e9)
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        try:
            function = closing(doubling(GOOD, promotion="verified"), 5)
            found = [function(number) for number in range(5)]
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (_soft, hard))
    assert found == [0, 2, 4, 6, 8]
    ours = [one for one in told if str(tmp_path) in str(one.message)]  # stores of other tests may write meanwhile
    assert [one.filename for one in ours] == [test_poet_versions.__file__]
    assert function.poet.options["generator"].requests == []
    assert [path.name for path in (tmp_path / "state").iterdir()] == []


@contextlib.contextmanager
def full() -> Iterator[None]:
    """Let no file grow, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Late(Fixed):
    """Answers when it is allowed to."""

    may = threading.Event()

    def generate(self, request: Any) -> Any:
        """Wait, and give the next source."""
        assert self.may.wait(60)
        return super().generate(request)


def test_a_disk_that_fills_later_is_one_warning_and_what_was_generated_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events and versions meet the same cause; both are written when there is room, and no model is asked again."""
    monkeypatch.setattr(looking, "EVERY", 0.0)
    monkeypatch.setattr(looking, "UNKEPT_EVERY", 0.0)
    monkeypatch.setattr(unwritable, "_met", {})
    generator = Late(GOOD)

    @test_poet_versions.under(generator=generator, promotion="verified")
    def double(n: int) -> int:
        return n * 2

    function: Any = double
    store = session_store(tmp_path / "state")
    assert function(0) == 0
    store.flush()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with full():
            assert function(1) == 2
            with contextlib.suppress(EventStoreError):
                store.flush()
            generator.may.set()
            assert function.poet.lifecycle.wait(60)
            assert [function(number) for number in range(5)] == [0, 2, 4, 6, 8]
            assert states(function) == []
        assert function(2) == 4
    assert len([one for one in told if str(tmp_path) in str(one.message) or "double" in str(one.message)]) == 1
    assert "events wait in memory and versions and learning pause" in str(told[0].message)
    assert states(function) == ["active"]
    assert len(generator.requests) == 1
    store.flush()
    assert len(store.query(type="poet.execution.completed")) == 8
    function.poet.lifecycle.close()


def test_what_waits_at_the_end_is_one_warning_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shared store of a folder does not repeat what was told; a store that somebody opened counts what is lost."""
    monkeypatch.setattr(unwritable, "_met", {})
    (tmp_path / "file").write_text("no folder")
    with pytest.warns(PoetWarning, match="what still waits when the process ends is lost") as told:  # noqa: PT031 - the thread may be the first to warn
        store = session_store(tmp_path / "file")
        store.publish("t", {})
        with pytest.raises(EventStoreError):
            store.flush()
        store.close()
    assert len(told) == 1


def test_the_same_cause_is_told_again_after_an_hour_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that flaps is one warning; one that is full again next week is another."""
    clock = [0.0]
    monkeypatch.setattr(unwritable, "_met", {})
    monkeypatch.setattr("dana_poet.unwritable.clock", lambda: clock[0])
    error = OSError(28, "No space left on device")
    found = []
    for now in (0, 3000, 6000, 9601, 9602):
        clock[0] = float(now)
        found.append(unwritable.first("/data/shop/.poet/events", error))
    assert found == [True, False, False, True, False]
    assert not unwritable.known("/data/other", error)


def test_what_learning_meets_is_the_same_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody was told of the folder it says so with what waits, and where somebody was nothing."""
    monkeypatch.setattr(unwritable, "_met", {})
    (tmp_path / "state").write_text("no folder")
    with pytest.warns(PoetWarning, match="what is learned is not kept: .*state cannot be written: .*; until it can be"):
        LearnedParameters(tmp_path / "state").store()
    again = LearnedParameters(tmp_path / "state")
    again.store()
    assert "is not kept" in again.problem


@pytest.mark.parametrize("late", [False, True])
def test_what_waits_is_written_when_the_process_ends(late: bool, tmp_path: Path) -> None:
    """Where the folder can be written by then: nothing is begun any more, and no event is lost."""
    place = tmp_path / "state"
    program = tmp_path / "program.py"
    program.write_text(ENDING)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(program), str(place), str(int(late))],
        env={**os.environ, "DANA_STATE_DIR": str(place)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    with open_store(f"file:{place}/events") as store:
        assert store.pending() == 3


ENDING = """
import os, sys
from dana_poet import poet, unwritable
place = sys.argv[1]
if sys.argv[2] == "0":
    open(place, "w").close()

@poet(domain="base", optimize_for="speed")
def double(n: int) -> int:
    return n * 2

for number in range(3):
    double(number)
if sys.argv[2] == "0":
    os.unlink(place)
"""
