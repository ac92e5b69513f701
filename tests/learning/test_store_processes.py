"""Several programs on one file: nobody's records are lost, nobody reads half a record, a held lock is an error."""

from __future__ import annotations

import fcntl
import os
import threading
from typing import TYPE_CHECKING

import pytest

from dana_learning.conformance import full_execution
from dana_learning.errors import StoreLocked
from dana_learning.journal import open_database
from dana_learning.tinydb_store import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WRITERS = 4
EACH = 60


def started(work: Callable[[], None]) -> int:
    """Run `work` in a forked process; return its id."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def succeeded(child: int) -> bool:
    """Wait for a process."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def fill(store: TinyStore, writer: int) -> None:
    """Write what one program has to say."""
    for number in range(EACH):
        store.add_execution(full_execution(number, f"f{writer}", moment=float(number)))
        store.save_state(f"f{writer}", {"n": number})
        store.add_pattern("all", {"writer": writer, "n": number})


def check_filled(store: TinyStore) -> None:
    """All of all writers is there."""
    for writer in range(WRITERS):
        expected = [full_execution(number, f"f{writer}", moment=float(number)) for number in range(EACH)]
        assert list(store.executions(f"f{writer}")) == expected
        assert store.load_state(f"f{writer}") == {"n": EACH - 1}
    found = store.patterns("all")
    assert len({one.id for one in found}) == len(found) == WRITERS * EACH


@pytest.mark.parametrize("compacting", [False, True])
def test_several_programs_write_at_once(tmp_path: Path, compacting: bool) -> None:
    """Also while each of them, and this one, compacts the file."""
    path = tmp_path / "store.db"

    def work(writer: int) -> None:
        with TinyStore(path, lock_seconds=60.0) as store:
            store._log.compact_bytes = 2000 if compacting else 1 << 30
            fill(store, writer)

    children = [started(lambda writer=writer: work(writer)) for writer in range(WRITERS)]  # type: ignore[misc]
    seen = 0
    with TinyStore(path, lock_seconds=60.0) as store:
        for _ in range(50):  # reading goes on all the time, and never sees half a record
            if compacting:
                store.compact()
            names = store.functions()
            count = sum(len(list(store.executions(name))) for name in names)
            assert count >= seen
            seen = count
        ended = [succeeded(child) for child in children]
        assert all(ended)
        check_filled(store)
    with TinyStore(path) as store:
        assert store.report.clean
        check_filled(store)


def test_several_threads_use_one_store(tmp_path: Path) -> None:
    """One store object, many threads."""
    with TinyStore(tmp_path / "store.db") as store:
        store._log.compact_bytes = 2000
        threads = [threading.Thread(target=fill, args=(store, writer)) for writer in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check_filled(store)


def test_a_store_goes_on_in_a_child(tmp_path: Path) -> None:
    """After a fork parent and child both write with what they inherited."""
    with TinyStore(tmp_path / "store.db") as store:
        store.add_execution(full_execution(0, moment=1.0))

        def work() -> None:
            for number in range(1, 50):
                store.add_execution(full_execution(number, moment=1.0))
            assert store.executions("fetch", limit=1)[0] is not None
            store.close()

        child = started(work)
        for number in range(50, 100):
            store.add_execution(full_execution(number, moment=1.0))
        assert succeeded(child)
        assert {one.execution_id for one in store.executions("fetch")} == {f"run-{number}" for number in range(100)}


def test_a_lock_that_is_held_is_an_error(tmp_path: Path) -> None:
    """Writing gives up after the time that was set; reading does not need the lock."""
    path = tmp_path / "store.db"
    with TinyStore(path, lock_seconds=0.05) as store:
        store.set_parameters("fetch", {"timeout": 5.0})
        with path.open("rb") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with pytest.raises(StoreLocked, match=r"held its lock for 0\.05 s"):
                store.set_parameters("fetch", {"timeout": 6.0})
            assert store.parameters("fetch") == {"timeout": 5.0}
        store.set_parameters("fetch", {"timeout": 6.0})
        assert store.parameters("fetch") == {"timeout": 6.0}


def test_half_a_record_is_not_read(tmp_path: Path) -> None:
    """While another program is writing, a reader sees what is whole, and the rest when it is whole."""
    path = tmp_path / "db"
    with open_database(path) as reader, open_database(path) as writer:
        writer.insert({"n": 1})
        before = path.read_bytes()
        writer.insert_multiple([{"n": 2}, {"n": 3}])
        after = path.read_bytes()
        for size in range(len(before), len(after) + 1, 5):
            copy = tmp_path / "copy"
            copy.write_bytes(before)
            with open_database(copy, read_only=True) as other:
                assert len(other) == 1
                with copy.open("ab") as file:
                    file.write(after[len(before) : size])
                assert len(other) == 1 or size == len(after)
                with copy.open("ab") as file:
                    file.write(after[size:])
                assert len(other) == 3
        assert len(reader) == 3


def test_compaction_in_the_background(tmp_path: Path) -> None:
    """What no longer counts goes by itself; writing and reading go on meanwhile."""
    path = tmp_path / "store.db"
    with TinyStore(path, durability="process") as store:
        for number in range(3000):
            store.save_state("learner", {"n": number, "padding": "x" * 200})
            assert number % 500 or store.load_state("learner") is not None
        if store._log._worker is not None:
            store._log._worker.join()
        assert store.load_state("learner") == {"n": 2999, "padding": "x" * 200}
        assert path.stat().st_size < 3000 * 200
    with TinyStore(path) as store:
        assert store.load_state("learner") == {"n": 2999, "padding": "x" * 200}
