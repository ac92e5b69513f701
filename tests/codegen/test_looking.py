"""What a running process sees of its folder: changes that others made, and that it can be written again."""

from __future__ import annotations

import resource
import time
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet import poet
from dana_poet.codegen.versions import History, VersionStore
from dana_poet.events import session_store
from dana_poet.stages import looking, train
from tests.codegen import test_poet_versions
from tests.codegen.test_poet_versions import GOOD, closing, doubling, said, states

if TYPE_CHECKING:
    from collections.abc import Callable
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
