"""What was acknowledged survives: kill -9 at random, death at every single system call, a write torn at every byte."""

from __future__ import annotations

import os
import random
import shutil
import signal
import struct
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dana_learning.appendlog import compaction
from dana_learning.appendlog.framing import HEADER
from dana_learning.appendlog.state import State
from dana_learning.conformance import full_execution
from dana_learning.journal import open_database
from dana_learning.tinydb_store import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable

ACKNOWLEDGED = struct.Struct("<q")


def in_child(work: Callable[[], None]) -> int:
    """Run `work` in a forked process that ends at once, without any closing; return its process id."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - the exit code says it
            os._exit(1)
        os._exit(0)
    return child


def writes_until_killed(path: Path, start: int, pipe: int, durability: Any) -> None:
    """Keep executions, states and parameters, and say each time that it was acknowledged."""
    store = TinyStore(path, durability=durability)
    store._log.compact_bytes = 4096  # so that compaction happens again and again
    number = start
    while True:
        store.add_execution(full_execution(number, moment=float(number)))
        store.save_state("learner", {"n": number, "padding": "x" * 300})
        if number % 5 == 0:
            store.set_parameters("fetch", {"n": number})
        os.write(pipe, ACKNOWLEDGED.pack(number))
        number += 1


def killed_once(path: Path, start: int, seconds: float, durability: str, *, at_once: bool) -> int:
    """Let a child write for a while, kill it, and return the last number that it acknowledged.

    The while begins with its first acknowledgement, however busy the machine is, or `at_once`, before the file is open.
    """
    reading, writing = os.pipe()
    child = in_child(lambda: writes_until_killed(path, start, writing, durability))
    os.close(writing)
    said = b"" if at_once else os.read(reading, ACKNOWLEDGED.size)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while part := os.read(reading, 1 << 16):
        said += part
    os.close(reading)
    return start - 1 if not said else ACKNOWLEDGED.unpack(said[-8:])[0]


def run_kills(folder: Path, kills: int, seed: int = 1) -> int:
    """Kill again and again, each time checking everything; return how many records were acknowledged."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    path = folder / "store.db"
    total, start, floor = 0, 0, 0
    for turn in range(kills):
        durability = ("process", "group", "always")[turn % 3]
        last = killed_once(path, start, 0.004 + chance.random() * 0.03, durability, at_once=turn % 4 == 3)
        total += last + 1 - start
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            store = TinyStore(path, durability="process")
        with store:
            found = [int(one.execution_id[4:]) for one in store.executions("fetch")]
            assert found[:1] in ([], [floor])
            assert found == list(range(floor, floor + len(found)))
            assert last < floor + len(found) <= last + 2
            following = floor + len(found)
            if last >= start:  # this child acknowledged something
                assert store.executions("fetch")[-1] == full_execution(found[-1], moment=float(found[-1]))
                state = store.load_state("learner")
                assert state is not None
                assert state["n"] in {last, last + 1}
                if last - last % 5 >= start:
                    assert last - last % 5 <= store.parameters("fetch")["n"] <= last + 1
            if turn % 10 == 9:
                store.retain(keep=1)
                floor = following - 1 if found else floor
            start = following
    return total


def test_kill_loses_nothing(tmp_path: Path) -> None:
    """A few dozen deaths, with compaction going on all the time."""
    assert run_kills(tmp_path, 30) > 20


@pytest.mark.slow
def test_kill_loses_nothing_many_times(tmp_path: Path) -> None:
    """The same, often."""
    run_kills(tmp_path, int(os.environ.get("KILLS", "300")), seed=2)


CALLS = ("pwrite", "fsync", "fdatasync", "rename", "replace", "ftruncate", "write", "unlink", "open")


def dies_at(count: int, work: Callable[[], None]) -> bool:
    """Run `work` in a child that dies at its system call number `count`, a write half done; whether it came so far."""

    def doomed() -> None:
        left = [count]

        def counted(name: str, real: Any) -> Any:
            def call(*given: Any, **named: Any) -> Any:
                left[0] -= 1
                if left[0] == 0:
                    if name == "pwrite":
                        half = bytes(given[1])
                        real(given[0], half[: len(half) // 2], given[2])
                    os._exit(9)
                return real(*given, **named)

            return call

        for name in CALLS:
            setattr(os, name, counted(name, getattr(os, name)))
        work()

    _, status = os.waitpid(in_child(doomed), 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, 9}
    return code == 9


def test_dying_at_any_call_loses_nothing(tmp_path: Path) -> None:
    """Before and within every system call of opening, writing, compacting and closing."""
    first = tmp_path / "first.db"
    with TinyStore(first, durability="process") as store:
        for number in range(300):
            store.add_execution(full_execution(number, moment=1.0))
            store.save_state("learner", {"n": number})
    path = tmp_path / "store.db"

    def work() -> None:
        with TinyStore(path, durability="always") as store:
            store.add_execution(full_execution(300, moment=1.0))
            store.compact()
            store.add_executions([full_execution(301, moment=1.0), full_execution(302, moment=1.0)])

    for count in range(1, 200):
        for beside in tmp_path.glob("store.db*"):
            beside.unlink()
        shutil.copy(first, path)
        died = dies_at(count, work)
        with TinyStore(path) as store:
            found = [one.execution_id for one in store.executions("fetch")]
            assert len(found) in {300, 301, 303}
            assert found == [f"run-{number}" for number in range(len(found))]
            assert store.load_state("learner") == {"n": 299}
            store.compact()
            assert len(store.executions("fetch")) == len(found)
        assert not Path(compaction.copy_path(str(path))).exists()
        if not died:
            assert count > 10
            return
    pytest.fail("it never came to its end")


def test_torn_at_every_byte(tmp_path: Path) -> None:
    """A last write of which only a part arrived is cut off; whole batches stay, parts of a batch do not."""
    whole = tmp_path / "whole.db"
    ends = [0]
    with open_database(whole, durability="process") as db:
        for number in range(3):
            db.insert({"n": number})
            ends.append(whole.stat().st_size)
        db.insert_multiple([{"n": 3}, {"n": 4}, {"n": 5}])
        ends.append(whole.stat().st_size)
    data = whole.read_bytes()
    rows = [0, 1, 2, 3, 6]
    path = tmp_path / "torn.db"
    for size in range(len(data) + 1):
        path.write_bytes(data[:size])
        with open_database(path) as db:
            expected = rows[max(place for place, end in enumerate(ends) if end <= size)]
            assert [one["n"] for one in db] == list(range(expected))
            assert db.insert({"n": "more"}) == expected + 1  # and it can go on
        with open_database(path) as db:
            assert len(db) == expected + 1


def test_zeros_after_a_power_cut_are_a_torn_tail(tmp_path: Path) -> None:
    """Some file systems keep the new length and not the bytes."""
    path = tmp_path / "db"
    with open_database(path) as db:
        db.insert({"n": 1})
    with path.open("ab") as file:
        file.write(bytes(5000))
    with open_database(path) as db:
        assert len(db) == 1
        report = db.storage.report
        assert (report.damaged, report.torn_bytes) == (0, 5000)
        assert "unfinished last write" in str(report)


def test_an_interrupt_in_the_middle_of_a_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C after the bytes were written and before they were counted: the file says what happened."""
    with TinyStore(tmp_path / "store.db") as store:
        store.add_execution(full_execution(0, moment=1.0))
        real = State.apply

        def interrupted(state: State, operation: list[Any], offset: int, size: int) -> None:
            real(state, operation, offset, size)
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(State, "apply", interrupted)
            with pytest.raises(KeyboardInterrupt):
                store.add_executions([full_execution(1, "new", 1.0), full_execution(2, "new", 1.0)])
        store.add_execution(full_execution(3, "new", moment=1.0))
        assert [one.execution_id for one in store.executions("new")] == ["run-1", "run-2", "run-3"]
        assert store.functions() == ["fetch", "new"]


def test_a_leftover_copy_is_removed(tmp_path: Path) -> None:
    """What a compaction left behind when it died, and only that."""
    path = str(tmp_path / "db")
    Path(compaction.copy_path(path)).write_bytes(b"half a copy")
    with open_database(path):
        assert not Path(compaction.copy_path(path)).exists()
    assert Path(path).read_bytes() == HEADER
