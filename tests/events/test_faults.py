"""Disks fill, folders are read-only, files are damaged, servers go away: the call goes on, one warning says so."""

from __future__ import annotations

import contextlib
import resource
import signal
import sqlite3
import subprocess
import warnings
from typing import TYPE_CHECKING

import pytest

from dana_poet.errors import PoetWarning
from dana_poet.events import EventStoreError, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.events.conftest import RedisServer


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 256 KiB, where that is allowed."""
    folder = tmp_path / "small"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    try:
        subprocess.run(words, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a file system cannot be mounted here (needs root)")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def _no_file_may_grow() -> Iterator[None]:
    """Let every write to a file fail as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("kind", ["file", "sqlite"])
@pytest.mark.parametrize("durability", ["batch", "event"])
def test_a_full_disk_stops_no_call_and_loses_nothing(kind: str, durability: str, small_disk: Path) -> None:
    """Events wait in memory, one warning says so, and all are there once there is room."""
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(100_000))
    with open_store(f"{kind}:{small_disk}/store", durability=durability) as store:  # type: ignore[arg-type] # one of three
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            events = [store.publish("t", {"n": n, "text": "x" * 900}) for n in range(200)]
            with pytest.raises(EventStoreError, match="cannot be written"):
                store.flush()
        assert [one.category for one in caught] == [PoetWarning]
        assert "wait in memory" in str(caught[0].message)
        subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
        store.flush()
        assert store.query() == events
        assert store.pending() == 200
        assert store.claim(500, owner="x") == events


def test_what_does_not_fit_into_memory_is_counted(tmp_path: Path) -> None:
    """A bound is a bound; the warning afterwards says how many events there are not."""
    with open_store(f"file:{tmp_path}/store", most_waiting=10) as store:
        store.publish("t", {"n": -1})
        store.flush()
        with _no_file_may_grow(), pytest.warns(PoetWarning, match="wait in memory"):  # noqa: PT031 - the thread may be the first to warn
            for n in range(25):
                store.publish("t", {"n": n})
            with pytest.raises(EventStoreError):
                store.flush()
        with pytest.warns(PoetWarning, match="15 events were not kept"):
            store.flush()
        assert [event.payload["n"] for event in store.query()] == [-1, *range(10)]


@pytest.mark.parametrize("kind", ["file", "sqlite"])
def test_a_place_that_cannot_be_made_stops_no_call(kind: str, tmp_path: Path) -> None:
    """A file where the folder should be: publishing works, flushing says why not, closing tells what is lost."""
    (tmp_path / "in_the_way").write_text("")
    store = open_store(f"{kind}:{tmp_path}/in_the_way/store")
    with pytest.warns(PoetWarning, match="cannot be written"):  # noqa: PT031 - the thread may be the first to warn
        store.publish("t", {"n": 1})
        with pytest.raises(EventStoreError):
            store.flush()
        with pytest.warns(PoetWarning, match="1 events were never written"):
            store.close()


@pytest.mark.parametrize("kind", ["file", "sqlite"])
def test_a_read_only_folder_stops_no_call(kind: str, small_disk: Path) -> None:
    """The same for a disk that was mounted to be read; what was kept before can still be written behind."""
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    store = open_store(f"{kind}:{small_disk}/store")
    with pytest.warns(PoetWarning, match="Read-only|unable to open"):  # noqa: PT031 - the thread may be the first to warn
        store.publish("t", {})
        with pytest.raises(EventStoreError):
            store.flush()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    store.flush()
    assert store.pending() == 1
    store.close()


@pytest.mark.parametrize("kind", ["file", "sqlite"])
def test_what_is_in_a_read_only_folder_can_be_looked_at(kind: str, small_disk: Path) -> None:
    """An archive, a snapshot, a disk that failed over: reading needs no writing, and changing says why it cannot be."""
    with open_store(f"{kind}:{small_disk}/store") as store:
        made = store.publish_many(("t", {"n": number}) for number in range(5))
        store.ack(store.claim(2, owner="me"))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with open_store(f"{kind}:{small_disk}/store") as store:
        assert store.query() == made
        assert (store.pending(), store.counts().done, store.oldest()) == (3, 2, made[2])
        assert len(store.unfinished()) == 3
        with pytest.raises(EventStoreError, match=r"(?i)read-?only|unable to open"):
            store.claim(1, owner="me")
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
        assert store.claim(1, owner="me") == made[2:3]


def test_foreign_and_torn_files_are_put_aside(tmp_path: Path) -> None:
    """They are told once, kept in `odd`, and never in the way."""
    with open_store(f"file:{tmp_path}/store") as store:
        store.publish("t", {"n": 1})
        store.flush()
        shard = next((tmp_path / "store" / "new").iterdir())
        (shard / "notes.txt").write_text("mine")
        (tmp_path / "store" / "tmp" / "torn.jsonl").write_bytes(b'{"id": "1", "ty')
        with pytest.warns(PoetWarning, match=r"holds no events and was moved to odd: notes\.txt"):
            assert [event.payload["n"] for event in store.claim(9, owner="x")] == [1]
        assert (tmp_path / "store" / "odd" / "notes.txt").read_text() == "mine"
    with open_store(f"file:{tmp_path}/store") as store:
        assert store.pending() == 1
        assert not (tmp_path / "store" / "tmp" / "torn.jsonl").exists()


def test_a_damaged_batch_costs_its_damaged_lines_only(tmp_path: Path) -> None:
    """The other events are delivered; the damage is told once."""
    with open_store(f"file:{tmp_path}/store") as store:
        store.publish_many([("t", {"n": n}) for n in range(5)])
    path = next((tmp_path / "store" / "new").rglob("*.jsonl"))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"\x00\xff garbage\n" + b"".join(lines[2:4]) + lines[4][:10])
    with open_store(f"file:{tmp_path}/store") as store:
        with pytest.warns(PoetWarning, match="some events in batch 1 .* are damaged"):
            claimed = store.claim(9, owner="x")
        assert [event.payload["n"] for event in claimed] == [0, 2, 3]
        store.ack(claimed)
        with pytest.warns(PoetWarning, match="moved to odd"):
            assert store.claim(9, owner="x") == []
        assert store.pending() == 0


@pytest.mark.parametrize("name", ["state", "keys"])
def test_lost_or_damaged_numbers_are_made_again(name: str, tmp_path: Path) -> None:
    """The events are the truth: counts and keys follow from them."""
    for damage in (b"", b"garbage" * 40, None):
        folder = tmp_path / str(damage)[:4]
        with open_store(f"file:{folder}") as store:
            store.publish_many([("t", {"n": n}, f"k{n}") for n in range(9)])
            store.ack(store.claim(4, owner="x"))
        if damage is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(damage)
        if name == "keys":
            (folder / "state").unlink()
        with open_store(f"file:{folder}") as store:
            assert store.pending() == 5
            store.publish("t", {}, key="k3")
            assert len(store.query()) == 9
            assert len(store.claim(9, owner="y")) == 5


def test_a_removed_folder_is_made_again(tmp_path: Path) -> None:
    """Somebody cleans up while a process runs: the next events have a place again."""
    import shutil

    with open_store(f"file:{tmp_path}/store") as store:
        store.publish("t", {"n": 1}, key="k")
        store.flush()
        shutil.rmtree(tmp_path / "store")
        store.publish("t", {"n": 2})
        store.flush()
        assert [event.payload["n"] for event in store.query()] == [2]


def test_a_damaged_database_is_put_aside(tmp_path: Path) -> None:
    """One warning names the copy; events go to a new file."""
    path = tmp_path / "events.db"
    path.write_bytes(b"this is no database" * 500)
    with open_store(f"sqlite:{path}") as store:
        with pytest.warns(PoetWarning, match="is damaged .* kept as .*corrupt-1"):  # noqa: PT031 - the thread may be the first to warn
            store.publish("t", {"n": 1})
            store.flush()
        assert [event.payload["n"] for event in store.query()] == [1]
    assert (tmp_path / "events.db.corrupt-1").read_bytes().startswith(b"this is no database")


def test_a_locked_database_stops_no_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's transaction: events wait, and are there when it ends."""
    monkeypatch.setattr("dana_poet.events.sqlite_store.LOCK_SECONDS", 0.05)
    with open_store(f"sqlite:{tmp_path}/events.db") as store:
        store.publish("t", {"n": 0})
        store.flush()
        other = sqlite3.connect(tmp_path / "events.db", isolation_level=None)
        other.execute("begin exclusive")
        with pytest.warns(PoetWarning, match="locked"):  # noqa: PT031 - the thread may be the first to warn
            store.publish("t", {"n": 1})
            with pytest.raises(EventStoreError, match="locked"):
                store.flush()
        other.execute("rollback")
        other.close()
        assert store.pending() == 2


def test_a_redis_that_goes_away_and_comes_back_loses_nothing(redis_server: RedisServer) -> None:
    """Publishing never fails, one warning says so, and all events are there once, in order."""
    with open_store(redis_server.url(), durability="event") as store:
        events = [store.publish("t", {"n": n}, key=f"k{n}") for n in range(5)]
        redis_server.kill()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            events += [store.publish("t", {"n": n}, key=f"k{n}") for n in range(5, 20)]
            with pytest.raises(EventStoreError, match="cannot be written"):
                store.flush()
            with pytest.raises(EventStoreError, match="cannot claim"):
                store.claim(owner="x")
        assert [one.category for one in caught] == [PoetWarning]
        redis_server.start()
        store.flush()
        assert store.query() == events
        assert store.claim(99, owner="x") == events


def test_a_redis_that_never_was_stops_no_call() -> None:
    """A wrong port is a place that cannot be written."""
    pytest.importorskip("redis")
    store = open_store("redis://127.0.0.1:1/0")
    with pytest.warns(PoetWarning, match="cannot be written"):  # noqa: PT031 - the thread may be the first to warn
        store.publish("t", {})
        with pytest.raises(EventStoreError):
            store.flush()
        with pytest.warns(PoetWarning, match="never written"):
            store.close()
