"""What every user of a store relies on, whatever the place: ids, buffers, forks, subscriptions, sessions, migration."""

from __future__ import annotations

import multiprocessing
import sqlite3
import subprocess
import sys
import threading
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.errors import PoetWarning, UsageError
from dana_poet.events import Event, EventStoreError, migrate, open_store, session_store
from dana_poet.events.event import Ids, event_of, line_of
from dana_poet.events.slip import MOST_LINES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dana_poet.events import EventStore


def test_ids_sort_although_the_clock_jumps_back() -> None:
    """A corrected clock does not put new events before old ones."""
    ids = Ids(clock=chain([100.0, 50.0, 50.0, 200.0], repeat(10.0)).__next__)
    made = [ids.next() for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000


def test_ids_of_a_later_process_sort_behind_although_the_clock_was_set_back(tmp_path: Path) -> None:
    """The store remembers the highest id; a clock that was days ahead is not followed."""
    from dana_poet.events.file_store import FileStore
    from dana_poet.events.store import EventStore

    def with_clock(now: float) -> EventStore:
        return EventStore(FileStore(str(tmp_path / "s"), durability="batch"), durability="batch", clock=lambda: now)

    with with_clock(1_700_000_000.0) as store:
        first = store.publish("t", {})
    with with_clock(1_699_996_400.0) as store:
        assert store.publish("t", {}).id > first.id
    with with_clock(1_600_000_000.0) as store:
        assert store.publish("t", {}).id < first.id


def test_an_event_is_the_same_after_a_line_of_json() -> None:
    """Half characters, newlines and long numbers survive."""
    event = Event("1", 't"\n', {"\ud800": ["\n", 2**70, 1e300, -0.0]}, 1.1, "k\ud800")
    assert event_of(line_of(event)) == event
    assert line_of(event).count(b"\n") == 1


@pytest.mark.parametrize("url", ["file:{}/x", "sqlite:{}/x.db"])
def test_opening_and_looking_creates_nothing(url: str, tmp_path: Path) -> None:
    """The first event creates the store, nothing else does."""
    with open_store(url.format(tmp_path / "deep")) as store:
        assert (store.pending(), store.query(), store.claim(owner="x"), store.oldest()) == (0, [], [], None)
        store.flush()
        store.prune(0)
        store.subscribe("*", print)
    assert list(tmp_path.iterdir()) == []


def test_importing_creates_nothing_and_loads_little(tmp_path: Path) -> None:
    """No folder, no thread, no sqlite, no redis."""
    code = (
        "import sys, threading, dana_poet.events; from dana_poet.events import open_store, session_store;"
        "print(sorted({'sqlite3', 'redis', 'rich', 'pydantic', 'asyncio'} & set(sys.modules)), threading.active_count())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "[] 1"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["", "here", "file:", "http://x", "redis"])
def test_a_url_that_makes_no_sense_is_refused(url: str) -> None:
    """The message lists what there is."""
    with pytest.raises(UsageError, match="is no event store"):
        open_store(url)


def test_a_durability_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    """The message lists what there is."""
    with pytest.raises(UsageError, match="durability 'fast' is unknown"):
        open_store(f"file:{tmp_path}", durability="fast")  # type: ignore[arg-type] # the point of the test


def test_events_are_written_in_the_background(place: Callable[..., EventStore]) -> None:
    """Nobody has to call flush: another view sees a group soon after it was published."""
    with place() as store, place() as other:
        event = store.publish("t", {})
        seen = threading.Event()
        while not seen.wait(0.01):
            if other.query() == [event]:
                seen.set()


@pytest.mark.parametrize("durability", ["event", "process"])
def test_a_published_event_outlives_its_process(durability: str, new_url: Callable[[], str]) -> None:
    """With these durabilities nothing waits in memory when `publish` returns."""
    url = new_url()
    code = (
        "import os, sys; from dana_poet.events import open_store;"
        "store = open_store(sys.argv[1], durability=sys.argv[2]);"
        "[store.publish('t', {'n': n}) for n in range(5)]; os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, url, durability], check=True)
    with open_store(url) as store:
        assert [event.payload["n"] for event in store.query()] == [0, 1, 2, 3, 4]
        assert store.pending() == 5


def test_a_session_writes_at_exit(tmp_path: Path) -> None:
    """What was published before the interpreter ends is kept."""
    code = "import sys; from dana_poet.events import session_store; session_store(sys.argv[1]).publish('t', {'n': 1})"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "state")], check=True)
    with open_store(f"file:{tmp_path}/state/events") as store:
        assert [event.payload for event in store.query()] == [{"n": 1}]


def test_a_store_that_nobody_closed_writes_at_exit(new_url: Callable[[], str]) -> None:
    """The loss window is for crashes, not for programs that end."""
    url = new_url()
    code = "import sys; from dana_poet.events import open_store; open_store(sys.argv[1]).publish('t', {'n': 1})"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code, url], check=True, capture_output=True, text=True)
    assert done.stderr == ""
    with open_store(url) as store:
        assert [event.payload for event in store.query()] == [{"n": 1}]


def test_a_session_is_shared_and_opened_again(tmp_path: Path) -> None:
    """One store for each folder, whatever it is spelt like."""
    store = session_store(tmp_path / "a")
    assert session_store(f"{tmp_path}/b/../a") is store
    assert session_store(tmp_path / "b") is not store
    store.close()
    assert session_store(tmp_path / "a") is not store
    assert list(tmp_path.iterdir()) == []


_FORK = """
import os, sys, warnings
from dana_poet.events import open_store
warnings.simplefilter("ignore")
store = open_store(sys.argv[1])
store.publish("parent", {"n": 1})
child = os.fork()
store.publish("child" if child == 0 else "parent", {"n": 2})
if child:
    os.waitpid(child, 0)
    store.publish("parent", {"n": 3})
store.close()
os._exit(0)
"""


def test_a_forked_child_publishes_its_own_events_only(new_url: Callable[[], str]) -> None:
    """What waited in the parent is written once, by the parent; both go on publishing."""
    url = new_url()
    subprocess.run([sys.executable, "-c", _FORK, url], check=True)
    with open_store(url) as store:
        assert [event.payload["n"] for event in store.query(type="parent")] == [1, 2, 3]
        assert [event.payload["n"] for event in store.query(type="child")] == [2]
        assert len({event.id for event in store.query()}) == 4


def _consume(url: str, number: int, answers: Any) -> None:
    with open_store(url) as store:
        mine: list[str] = []
        while events := store.claim(50, owner=f"consumer {number}"):
            store.ack(events)
            mine += [event.id for event in events]
    answers.put(mine)


def test_four_processes_share_the_work(new_url: Callable[[], str]) -> None:
    """None is lost, none acknowledged twice."""
    url = new_url()
    with open_store(url) as store:
        ids = [event.id for event in store.publish_many([("t", {"n": n}) for n in range(2000)])]
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    workers = [context.Process(target=_consume, args=(url, number, answers)) for number in range(4)]
    for worker in workers:
        worker.start()
    acknowledged = [one for _ in workers for one in answers.get()]
    for worker in workers:
        worker.join()
    assert sorted(acknowledged) == sorted(ids)
    with open_store(url) as store:
        assert store.pending() == 0


def test_a_failing_handler_leaves_its_event_waiting(place: Callable[..., EventStore]) -> None:
    """One warning tells; the publisher does not notice; the next replay brings the event."""
    with place() as store:
        seen: list[int] = []

        def handler(event: Event) -> None:
            seen.append(event.payload["n"])
            if seen.count(2) == 1 and event.payload["n"] == 2:
                raise RuntimeError("not today")

        store.subscribe("t", handler)
        store.publish("t", {"n": 1})
        with pytest.warns(PoetWarning, match="RuntimeError"):
            store.publish("t", {"n": 2})
        assert store.pending() == 1
        assert store.replay() == 1
        assert (seen, store.pending()) == ([1, 2, 2], 0)


def test_what_a_handler_publishes_comes_after_its_event(tmp_path: Path) -> None:
    """Handlers do not run inside each other."""
    with open_store(f"file:{tmp_path}/s") as store:
        seen: list[str] = []

        def handler(event: Event) -> None:
            if event.type == "first":
                store.publish("second", {})
            seen.append(event.type)

        store.subscribe("*", handler)
        store.publish("first", {})
        assert seen == ["first", "second"]


def test_a_looker_on_takes_nothing(place: Callable[..., EventStore]) -> None:
    """With `ack=False` consumers still get the event."""
    with place() as store:
        seen: list[Event] = []
        store.subscribe("a.*", seen.append, ack=False)
        events = [store.publish("a.b", {}), store.publish("b.a", {})]
        assert seen == events[:1]
        assert store.claim(9, owner="x") == events


@pytest.mark.parametrize("target", ["file", "sqlite", "redis"])
def test_a_migration_copies_everything_once(
    target: str, new_url: Callable[[], str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Ids, times, keys, order and what is acknowledged stay; an interrupted or repeated migration adds nothing twice."""
    goal = request.getfixturevalue("redis_server").url() if target == "redis" else f"{target}:{tmp_path}/target"
    source = new_url()
    with open_store(source) as store:
        events = store.publish_many([("ab"[n % 2], {"n": n}, f"k{n}") if n % 3 else ("c", {"n": n}) for n in range(90)])
        store.ack(store.claim(20, owner="x"))
        store.claim(5, owner="x")
        with open_store(goal) as other:
            other.take_over(events[:30], {event.id for event in events[:20]})
    assert migrate(source, goal) == 60
    assert migrate(source, goal) == 0
    with open_store(goal) as other:
        assert other.query() == events
        assert other.claim(99, owner="y") == events[20:]
        other.publish("a", {}, key="k1")
        assert len(other.query()) == 90


def test_a_migration_onto_itself_is_refused(tmp_path: Path) -> None:
    """It would do nothing, and is a mistake."""
    with pytest.raises(UsageError, match="the same store"):
        migrate(f"file:{tmp_path}/x", f"file:{tmp_path}/y/../x")


def test_a_closed_store_says_so(place: Callable[..., EventStore]) -> None:
    """Publishing into the void is an error of the program."""
    store = place()
    store.close()
    store.close()
    for use in (lambda: store.publish("t", {}), store.pending, lambda: store.claim(owner="x")):
        with pytest.raises(EventStoreError, match="is closed"):
            use()


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    """Payloads may hold what others must not read."""
    with open_store(f"file:{tmp_path}/f") as store, open_store(f"sqlite:{tmp_path}/s.db") as other:
        store.publish("t", {})
        other.publish("t", {})
    for path in [tmp_path / "s.db", tmp_path / "f", *(tmp_path / "f").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("execution", ["run-1f-2-7", "a1b2", 'quoted "run"', "back\\slash", "caf\u00e9-7"])
def test_looking_for_an_execution_reads_only_its_lines(
    execution: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every verdict looks for its execution: reading everything each time would make 100,000 calls slow to judge."""
    from dana_poet.events import file_place

    read: list[bytes | str] = []

    def noted(line: bytes | str) -> Event:
        read.append(line)
        return event_of(line)

    monkeypatch.setattr(file_place, "event_of", noted)
    with open_store(f"file:{tmp_path}/s") as store:
        store.publish_many(("ran", {"execution_id": f"run-1f-2-{number}0"}) for number in range(50))
        mine = store.publish("ran", {"execution_id": execution})
        store.flush()
        assert store.query(execution_id=execution) == [mine]
        assert store.query(execution_id="run-none") == []
    if execution.isascii() and not {'"', "\\"} & {*execution}:
        assert len(read) <= 2


@pytest.mark.parametrize("durability", ["batch", "process", "event"])
def test_any_number_may_be_published_at_once(durability: str, new_url: Callable[[], str]) -> None:
    """More than a file of the store holds, behind some that wait to be delivered, by whatever durability."""
    url = new_url()
    with open_store(url, durability=durability) as store:  # type: ignore[arg-type] # one of the three
        made = [store.publish("t", {"n": number}) for number in range(-300, 0)]
        made += store.publish_many(("t", {"n": number}) for number in range(1500))
        made.append(store.publish("t", {"n": 1500}))
    with open_store(url) as store:
        assert store.pending() == len(made)
        assert store.query() == made


def test_events_that_cannot_be_delivered_yet_are_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are safe in the open file; the next look delivers them."""
    from dana_poet.events import file_store

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with open_store(f"file:{tmp_path}/s", durability="process", flush_seconds=60) as store:
        with monkeypatch.context() as patched:
            patched.setattr(file_store, "_deliver", full)
            made = store.publish_many(("t", {"n": number}) for number in range(MOST_LINES))
        assert store.query() == made


def test_counting_what_waits_reads_an_index_alone(tmp_path: Path) -> None:
    """100,000 waiting events are counted in milliseconds; also in a file that an earlier release made."""
    path = tmp_path / "s.db"
    with open_store(f"sqlite:{path}") as store:
        store.publish_many(("t", {"n": n}) for n in range(5))
        store.ack(store.claim(2, owner="me"))
        counts = store.counts()
        assert (counts.waiting, counts.claimed, counts.done, len(store.unfinished())) == (3, 0, 2, 3)
    with sqlite3.connect(path) as database:
        query = "explain query plan select count(*) from events where state = 0"
        assert "USING COVERING INDEX" in database.execute(query).fetchone()[3]
        database.execute("drop index events_open")
        database.execute("create index events_waiting on events (id) where state = 0")
    database.close()
    with open_store(f"sqlite:{path}") as store:
        store.claim(1, owner="me")
    with sqlite3.connect(path) as database:
        names = {name for (name,) in database.execute("select name from sqlite_master where type = 'index'")}
    database.close()
    assert "events_open" in names
    assert "events_waiting" not in names
