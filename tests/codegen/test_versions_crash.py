"""kill -9 anywhere, death at every system call, several processes at once: the current version always loads."""

from __future__ import annotations

import functools
import json
import os
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.codegen.version_files import locked
from dana_poet.codegen.versions import VersionStore
from tests.codegen.version_cases import PASSED, candidate, original, served
from tests.codegen.version_kills import check, in_child, run_kills

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_current_version_loads_after_kills_at_random(tmp_path: Path) -> None:
    """Sixty deaths while versions are written, promoted, rolled back, pinned and removed."""
    assert run_kills(tmp_path, 60) > 0  # on a busy machine few changes end before the kill


@pytest.mark.slow
def test_the_current_version_loads_after_a_thousand_kills(tmp_path: Path) -> None:
    """The same, a thousand times."""
    run_kills(tmp_path, int(os.environ.get("KILLS", "1000")), seed=2)


CALLS = ("write", "fsync", "replace", "symlink", "unlink", "open")


def dies_at(count: int, work: Callable[[], None]) -> bool:
    """Run `work` in a child that dies at its system call number `count`, a write half done; whether it came so far."""

    def doomed() -> None:
        left = [count]

        def counted(name: str, real: Any) -> Any:
            def call(*given: Any, **named: Any) -> Any:
                left[0] -= 1
                if left[0] == 0:
                    if name == "write":
                        real(given[0], bytes(given[1])[: len(given[1]) // 2])
                    os._exit(9)
                return None if name == "fsync" else real(*given, **named)

            return call

        for name in CALLS:
            setattr(os, name, counted(name, getattr(os, name)))
        work()

    _, status = os.waitpid(in_child(doomed), 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, 9}
    return code == 9


def test_dying_at_any_system_call_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before and within each one of storing, promoting, pinning, rolling back and removing."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    first, folder = tmp_path / "first", tmp_path / "folder"
    for number in range(4):
        served(VersionStore(first).open(original()), f"{number}")

    def work() -> None:
        history = VersionStore(folder).open(original())
        served(history, "n + 1")
        history.pin(2)
        history.unpin()
        history.rollback()
        history.collect(keep=1)

    for count in range(1, 200):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(first, folder, symlinks=True)
        died = dies_at(count, work)
        check(folder, 4, 8)
        history = VersionStore(folder).open(original())
        before = len(history.audit())
        history.unpin()
        served(history, "n + 2")  # and it can go on
        check(folder, 5, before + 1)
        current = history.current()
        assert current is not None
        assert current.source() == candidate("n + 2").source
        assert not [path for path in folder.iterdir() if path.name.startswith("score_v") and path.suffix == ".tmp"]
        if not died:
            assert count > 40
            return
    pytest.fail("it never came to its end")


def test_processes_that_change_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each version of each process is there, under a number of its own."""

    def work(mine: int) -> None:
        vars(os)["fsync"] = lambda _handle: None
        history = VersionStore(tmp_path).open(original())
        for number in range(12):
            history.move(history.add(candidate(f"{mine * 100 + number}"), PASSED), "active", "a race")

    children = [in_child(functools.partial(work, mine)) for mine in range(4)]
    for child in children:
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
    history = VersionStore(tmp_path).open(original())
    assert [one.number for one in history.versions] == list(range(1, 49))
    assert sum(one.state == "active" for one in history.versions) == 1
    check(tmp_path, 48, 48)


def test_processes_that_generate_the_same_at_once_store_it_once(tmp_path: Path) -> None:
    """Nobody waits for the other, and nobody's is lost."""
    children = [in_child(lambda: _stored(tmp_path)) for _ in range(4)]
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
    assert [one.state for one in VersionStore(tmp_path).open(original()).versions] == ["active"]


def _stored(folder: Path) -> None:
    served(VersionStore(folder).open(original()), "n + 1")


def test_readers_beside_a_writer_always_see_a_whole_version(tmp_path: Path) -> None:
    """While versions are made active and old texts are removed."""
    history = VersionStore(tmp_path).open(original())
    served(history, "0")

    def work() -> None:
        vars(os)["fsync"] = lambda _handle: None
        mine = VersionStore(tmp_path).open(original())
        for number in range(1, 60):
            served(mine, str(number))
            mine.collect(keep=1)

    child = in_child(work)
    seen = set()
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        reader = VersionStore(tmp_path).open(original())
        current = reader.current()
        assert (current is not None, reader.problem) == (True, "")
        assert current is not None
        seen.add(current.number)
    assert len(seen) > 1


def test_no_lock_is_left_behind(tmp_path: Path) -> None:
    """Neither by a holder that was killed, nor by a child that was forked while it was held."""
    with locked(str(tmp_path)):
        child = in_child(lambda: time.sleep(30))
    started = time.monotonic()
    served(VersionStore(tmp_path).open(original()), "n + 1")
    assert time.monotonic() - started < 25
    os.kill(child, 9)
    os.waitpid(child, 0)


def test_a_stopped_holder_is_told_not_waited_for(tmp_path: Path) -> None:
    """A process in a debugger must not stop the others for ever."""
    import threading

    from dana_poet.errors import StateError

    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(str(tmp_path)):
            entered.set()
            leave.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(30)
    with pytest.raises(StateError, match="another process holds"), locked(str(tmp_path), 0.01):
        pass
    leave.set()
    holder.join()


def test_a_change_that_was_not_told_is_told_later(tmp_path: Path) -> None:
    """Death between the list and the trail: the next reader knows, the next writer writes it."""
    history = VersionStore(tmp_path).open(original())
    served(history, "n + 1")
    trail = tmp_path / "score_audit.jsonl"
    whole, lines = history.audit(), trail.read_bytes().splitlines(keepends=True)
    trail.write_bytes(b"".join(lines[:-1]))
    assert VersionStore(tmp_path).open(original()).audit() == whole
    history.pin(1)
    assert [json.loads(line)["sequence"] for line in trail.read_bytes().splitlines()] == [1, 2, 3]
