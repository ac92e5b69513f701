"""What is flushed event by event has its length in advance; no reader ever takes the rest for events."""

from __future__ import annotations

import multiprocessing
import os
import resource
from typing import TYPE_CHECKING

from dana_poet.events import open_store

if TYPE_CHECKING:
    from pathlib import Path


def test_publishing_one_by_one_does_not_change_the_length_of_the_file(tmp_path: Path) -> None:
    """A length that changes is flushed too."""
    with open_store(f"file:{tmp_path}/store", durability="event", flush_seconds=60) as store:
        store.publish("t", {"n": 0})
        path = next((tmp_path / "store" / "tmp").iterdir())
        length = path.stat().st_size
        for n in range(1, 20):
            store.publish("t", {"n": n})
        assert path.stat().st_size == length
        assert path.read_bytes().rstrip(b"\0").count(b"\n") == 20


def test_a_delivered_file_ends_with_its_last_event(tmp_path: Path) -> None:
    """Zeros are neither kept on disk nor read again."""
    with open_store(f"file:{tmp_path}/store", durability="event") as store:
        made = [store.publish("t", {"n": n}) for n in range(3)]
        store.flush()
        content = next((tmp_path / "store" / "new").rglob("*.jsonl")).read_bytes()
        assert content.endswith(b"}\n")
        assert store.query() == made


def test_a_file_that_could_not_be_cut_reads_the_same(tmp_path: Path) -> None:
    """After a power cut the zeros may be there again, behind the last line."""
    with open_store(f"file:{tmp_path}/store", durability="event") as store:
        made = [store.publish("t", {"n": n}) for n in range(3)]
    path = next((tmp_path / "store" / "new").rglob("*.jsonl"))
    os.truncate(path, path.stat().st_size + 5000)
    with open_store(f"file:{tmp_path}/store") as store:
        assert store.query() == made
        assert store.claim(9, owner="x") == made


def test_what_a_killed_process_left_is_delivered_without_the_rest(tmp_path: Path) -> None:
    """Its zeros go, and half a line before them too."""
    context = multiprocessing.get_context("fork")
    worker = context.Process(target=_publish_and_die, args=(f"file:{tmp_path}/store",))
    worker.start()
    worker.join()
    path = next((tmp_path / "store" / "tmp").iterdir())
    end = len(path.read_bytes().rstrip(b"\0"))
    with path.open("r+b") as stream:
        stream.seek(end)
        stream.write(b'{"id": "1", "ty')
    with open_store(f"file:{tmp_path}/store") as store:
        assert [event.payload["n"] for event in store.claim(9, owner="x")] == [0, 1, 2]
    assert not list((tmp_path / "store" / "tmp").iterdir())


def _publish_and_die(url: str) -> None:
    store = open_store(url, durability="event", flush_seconds=60)
    for n in range(3):
        store.publish("t", {"n": n})
    os._exit(9)


def test_the_log_of_a_database_has_its_length_in_advance(tmp_path: Path) -> None:
    """The same for SQLite; what follows its last frame is no event, for whoever opens it next, a copy included."""
    log = tmp_path / "store.db-wal"
    with open_store(f"sqlite:{tmp_path}/store.db", durability="event") as store:
        made = [store.publish("t", {"n": 0})]
        length = log.stat().st_size
        made += [store.publish("t", {"n": n}) for n in range(1, 9)]
        assert log.stat().st_size == length
        assert log.read_bytes().endswith(bytes(1000))
        for tail in ("", "-wal"):
            (tmp_path / f"copy.db{tail}").write_bytes((tmp_path / f"store.db{tail}").read_bytes())
    with open_store(f"sqlite:{tmp_path}/copy.db") as copy:
        assert copy.query() == made


def test_a_log_that_finds_no_room_stays_as_long_as_it_is(tmp_path: Path) -> None:
    """Half of the zeros would be room that nobody else has."""
    from dana_poet.events.sqlite_log import Log

    (tmp_path / "a-wal").write_bytes(b"frames")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, before[1]))
    try:
        Log(str(tmp_path / "a")).make_room()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (tmp_path / "a-wal").read_bytes() == b"frames"
