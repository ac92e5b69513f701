"""Opening a store by its URL, and the one store of a folder that all of a process shares."""

from __future__ import annotations

import atexit
import os
import threading
from typing import TYPE_CHECKING, Literal

from dana_poet import expected
from dana_poet.errors import UsageError
from dana_poet.events.store import EventStore

if TYPE_CHECKING:
    from dana_poet.events.backend import Backend

DURABILITIES = ("batch", "event", "process")
KINDS = ("file:DIR", "sqlite:PATH", "redis://HOST:PORT/DB")


def open_store(
    url: str,
    *,
    durability: Literal["batch", "event", "process"] = "batch",
    flush_seconds: float = 0.05,
    flush_events: int = 100,
    most_waiting: int = 100_000,
) -> EventStore:
    """Open the store at `file:DIR`, `sqlite:PATH` or `redis://HOST:PORT/DB`. Nothing is created before the first event.

    What a published event survives: with "event" a power cut, with "process" the end of this process, as soon as
    `publish` returns; with "batch" both, once its group is written: `flush_events` events or `flush_seconds` after
    the group's first one, whichever comes first. While the place cannot be written, up to `most_waiting` events wait
    in memory. UsageError for a URL or durability that makes no sense.
    """
    if durability not in DURABILITIES:
        raise UsageError(f"durability {durability!r} is unknown", hint=f"choose from {', '.join(DURABILITIES)}")
    expected.seconds("flush_seconds", flush_seconds, zero=True, error=UsageError)
    expected.whole("flush_events", flush_events, error=UsageError)
    expected.whole("most_waiting", most_waiting, error=UsageError)
    return EventStore(
        _backend(url, durability),
        durability=durability,
        flush_seconds=flush_seconds,
        flush_events=flush_events,
        most_waiting=most_waiting,
    )


def _backend(url: str, durability: str) -> Backend:
    kind, colon, rest = str(url).partition(":")
    if kind in {"redis", "rediss", "unix"} and colon:
        from dana_poet.events.redis_store import RedisStore

        return RedisStore(url)
    path = rest.removeprefix("//") if rest.startswith("///") else rest
    if kind == "file" and path:
        from dana_poet.events.file_store import FileStore

        return FileStore(path, durability=durability)
    if kind == "sqlite" and path:
        from dana_poet.events.sqlite_store import SqliteStore

        return SqliteStore(path, durability=durability)
    raise UsageError(f"{url!r} is no event store", hint=f"write {', '.join(KINDS)}")


_sessions: dict[str, EventStore] = {}
_lock = threading.Lock()


def session_store(folder: str | os.PathLike[str]) -> EventStore:
    """Return the store in `folder`/events that this process shares: events are written in groups and at exit.

    Nothing is created before the first event. It needs no closing; a store that was closed is opened again.
    """
    path = os.path.join(os.path.abspath(os.fspath(folder)), "events")
    store = _sessions.get(path)
    if store is None or store.closed:
        with _lock:
            store = _sessions.get(path)
            if store is None or store.closed:
                if not _sessions:
                    atexit.register(close_sessions)
                store = _sessions[path] = open_store(f"file:{path}").share()
    return store


def close_sessions() -> None:
    """Close the stores that `session_store` gave; events that wait are written."""
    while _sessions:
        _sessions.popitem()[1].close()


def _after_fork() -> None:
    """Give a child a lock that no thread of its parent holds."""
    global _lock  # noqa: PLW0603 - a lock cannot be reset
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
