"""A store of events: publish from anywhere, claim and acknowledge, look back, subscribe. `open_store` makes one."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakSet

from dana_poet import expected, unwritable
from dana_poet.errors import EventError, EventStoreError, LeaseLostError
from dana_poet.events import given
from dana_poet.events.backend import Filter
from dana_poet.events.buffer import GROUP_EVENTS, Buffer, warn
from dana_poet.events.event import Event, Ids
from dana_poet.events.event_types import check_name, check_payload
from dana_poet.events.payload import plain_payload
from dana_poet.events.subscriptions import Subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import datetime
    from types import TracebackType

    from dana_poet.events.backend import Backend, Counts

MOST_KEY = 500
RECENT_KEYS = 5000
DELIVERED_SELDOM = 10
"""How much longer it takes until other processes see an event that was safe when it was published."""

_stores: WeakSet[EventStore] = WeakSet()
_listing = threading.Lock()


class EventStore:
    """Events in one place. Threads may share a store; a forked child gets its own buffer and forgets its parent's.

    Publishing never fails for the place: what cannot be written waits in memory (see `buffer`). EventError for a
    type or payload that makes no sense; EventStoreError from the other methods when the place cannot be used.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        durability: str,
        flush_seconds: float = 0.05,
        flush_events: int = 100,
        most_waiting: int = 100_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.backend, self.durability, self.clock = backend, durability, clock
        if durability != "batch":
            flush_seconds *= DELIVERED_SELDOM  # everything is safe already; the thread only lets others see it
        self._limits = {"flush_seconds": flush_seconds, "flush_events": flush_events, "most_waiting": most_waiting}
        self._subscriptions = Subscriptions(self)
        self._closed = self._shared = False
        self._begin()
        with _listing:
            _stores.add(self)

    def __repr__(self) -> str:
        return f"EventStore({self.url!r}, durability={self.durability!r})"

    @property
    def url(self) -> str:
        """Where the events are, as `open_store` takes it."""
        return self.backend.url

    @property
    def closed(self) -> bool:
        """Whether the store was closed."""
        return self._closed

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._ids: Ids | None = None
        self._keys: dict[str, Event] = {}
        self._older_keys: dict[str, Event] = {}
        self._buffer = Buffer(self.backend, **self._limits)  # type: ignore[arg-type] # the three limits by their names
        self._buffer.shared = self._shared

    def share(self) -> EventStore:
        """Say that it is the store of a state folder, where versions and learning meet the same faults; return it."""
        self._shared = self._buffer.shared = True
        return self

    # Publishing

    def publish(self, type: str, payload: dict[str, Any], *, key: str | None = None) -> Event:  # noqa: A002 - its name in the format too
        """Publish an event and return it. The payload is copied; EventError names the field that does not fit.

        With a `key` that was published before, nothing is added; if this store knows the earlier event, that one is
        returned. Subscribed handlers run before this returns.
        """
        copy = self._checked(type, payload, key)
        with self._lock:
            event, new = self._add(type, copy, key)
        if new:
            self._added(event)
        return event

    def record(self, type: str, payload: dict[str, Any], at: float | None = None) -> None:  # noqa: A002 - its name in the format too
        """Publish what this program itself makes many of: plain data that nobody else holds, neither checked nor copied.

        `at` is when it happened, for what had to wait elsewhere; else it happens now.
        """
        if self._closed:
            raise EventStoreError(f"the store {self.url} is closed", hint="open it again")
        with self._lock:
            now = self.clock() if at is None else at
            event = Event((self._ids or self._first_ids()).at(now), type, payload, now)
            kept = self._buffer.add(event)
        if kept and (self._subscriptions or self.durability != "batch" or len(self._buffer.events) > GROUP_EVENTS):
            self._added(event)

    def publish_many(self, pairs: Iterable[tuple[Any, ...]]) -> list[Event]:
        """Publish (type, payload) pairs, or (type, payload, key) triples, in one go; return the events.

        All payloads are checked before the first event is added.
        """
        made = [(kind, self._checked(kind, payload, *key), *key) for kind, payload, *key in map(given.pair, pairs)]
        with self._lock:
            added = [self._add(*one) for one in made]
        new = [event for event, fresh in added if fresh]
        if new:
            self._added(*new)
        return [event for event, _ in added]

    def _checked(self, kind: str, payload: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        if self._closed:
            raise EventStoreError(f"the store {self.url} is closed", hint="open it again")
        check_name(kind)
        if key is not None and (type(key) is not str or not 0 < len(key) <= MOST_KEY):
            raise EventError(f"key: text of 1 to {MOST_KEY} characters is expected, not {key!r}")
        copy = plain_payload(payload)
        check_payload(kind, copy)
        return copy

    def _add(self, kind: str, payload: dict[str, Any], key: str | None = None) -> tuple[Event, bool]:
        """Number an event and let it wait; return it, and whether it is new. The caller holds the lock."""
        if key is not None:
            known = self._keys.get(key) or self._older_keys.get(key)
            if known is not None:
                return known, False
        now = self.clock()
        event = Event((self._ids or self._first_ids()).at(now), kind, payload, now, key)
        kept = self._buffer.add(event)
        if key is not None and kept:
            if len(self._keys) >= RECENT_KEYS:
                self._older_keys, self._keys = self._keys, {}
            self._keys[key] = event
        return event, kept

    def _first_ids(self) -> Ids:
        self._ids = Ids(self.clock)
        with contextlib.suppress(EventStoreError), self._told("read"):
            self._ids.follow(self.backend.newest_ms() + 1)
        return self._ids

    def _added(self, *events: Event) -> None:
        if self.durability != "batch" and self._buffer.failure is None:
            with contextlib.suppress(EventStoreError):  # the buffer has warned, and the events wait in it
                self._buffer.write_up_to(events[-1])
        elif self._buffer.overfull():
            with contextlib.suppress(EventStoreError):
                self._buffer.write()
        if self._subscriptions:
            self._subscriptions.published(events)

    # Working on events

    def claim(
        self, n: int = 1, *, owner: str, lease_seconds: float = 60.0, types: Collection[str] | str | None = None
    ) -> list[Event]:
        """Lease up to `n` events to `owner`, the oldest first; [] when there are none.

        Nobody else gets them for `lease_seconds`; after that they are claimed again. `types` are exact names.
        """
        expected.whole("n", n, error=EventError)
        expected.seconds("lease_seconds", lease_seconds, error=EventError)
        expected.text("owner", owner, error=EventError)
        wanted = given.types(types)
        self._write_quietly()
        with self._told("claim"):
            return self.backend.claim(n, owner, lease_seconds, wanted)

    def ack(self, events: Event | Iterable[Event]) -> int:
        """Acknowledge events that were claimed, so that nobody claims them again; return how many.

        LeaseLostError, after the others are acknowledged, when somebody else has claimed some meanwhile or they are
        acknowledged already; its `events` are those. An event that was never claimed is taken as it is.
        """
        several = given.several(events)
        self._write_quietly()
        with self._told("ack"):
            lost = self.backend.ack(several) if several else []
        if lost:
            raise _lease_lost(lost)
        return len(several)

    def release(self, events: Event | Iterable[Event]) -> None:
        """Give claimed events back before their lease ends: they wait again."""
        with self._told("give back"):
            self.backend.release(given.several(events))

    def handled(self, event: Event) -> None:
        """Note that handlers took an event of this store's own: it is acknowledged with, or after, its writing."""
        buffer = self._buffer
        with buffer.writing:
            if buffer.events and buffer.events[0].id <= event.id:
                buffer.handled.add(event.id)
                return
        with contextlib.suppress(EventStoreError), self._told("ack"):
            self.backend.ack([event])

    def pending(self) -> int:
        """Return how many events are not acknowledged: waiting, claimed, and those that are still in memory."""
        self._write_quietly()
        with self._told("count"):
            return self.backend.pending() + len(self._buffer.events)

    def oldest(self) -> Event | None:
        """Return the oldest event that waits to be claimed, None when there is none."""
        self._write_quietly()
        with self._told("read"):
            return self.backend.oldest()

    def counts(self) -> Counts:
        """Return how many events wait, are claimed, and are acknowledged and still kept."""
        self._write_quietly()
        with self._told("count"):
            return self.backend.counts()

    def query(
        self,
        type: str | None = None,  # noqa: A002 - its name in the format too
        since: float | datetime | None = None,
        until: float | datetime | None = None,
        execution_id: str | None = None,
        limit: int | None = None,
        *,
        newest: bool = False,
    ) -> list[Event]:
        """Return events in the order in which they were kept, acknowledged ones too until they are pruned.

        since <= time < until, in seconds since 1970 or as datetimes. At most `limit`: the first ones, with `newest`
        the last ones.
        """
        if limit is not None:
            expected.whole("limit", limit, least=0, error=EventError)
        wanted = Filter(
            type=type,
            since=given.moment("since", since),
            until=given.moment("until", until),
            execution_id=execution_id,
            limit=limit,
            newest=newest,
        )
        self._write_quietly()
        with self._told("read"):
            return self.backend.query(wanted) if limit is None or limit > 0 else []

    def subscribe(self, type: str, handler: Callable[[Event], object], *, ack: bool = True) -> Callable[[], None]:  # noqa: A002 - its name in the format too
        """Call `handler` with every event of `type` ("*" for all, "poet.*" for some); return what ends it.

        First come the events that wait, in this call; then those that this store publishes, in `publish`. What
        other processes publish comes with `replay`. An event is acknowledged when its handlers return; when one
        raises, a warning says so and the event goes on waiting. With `ack=False` the handler only looks on: it gets
        events as they are published, and nothing is replayed or acknowledged for it.
        """
        return self._subscriptions.add(type, handler, ack=ack)

    def replay(self, *, lease_seconds: float = 60.0) -> int:
        """Give the events that wait to the subscribed handlers; return how many they took."""
        return self._subscriptions.replay(lease_seconds)

    def reopen(self, events: Iterable[Event | str]) -> int:
        """Let acknowledged events wait again, given as events or ids, so that they are handled again; return how many."""
        ids = {event if isinstance(event, str) else event.id for event in events}
        self._write_quietly()
        with self._told("replay"):
            return self.backend.reopen(ids)

    def prune(self, older_than_seconds: float) -> int:
        """Forget acknowledged events that are older than this; return how many."""
        if isinstance(older_than_seconds, bool) or not isinstance(older_than_seconds, (int, float)):
            raise EventError(f"older_than_seconds: a number of seconds is expected, not {older_than_seconds!r}")
        self._write_quietly()
        with self._told("prune"):
            return self.backend.prune(self.clock() - older_than_seconds)

    # Moving

    def unfinished(self) -> set[str]:
        """Return the ids of events that are not acknowledged."""
        self._write_quietly()
        with self._told("read"):
            return self.backend.unfinished()

    def take_over(self, events: Sequence[Event], handled: Collection[str]) -> None:
        """Keep events of another store with their ids and times; those in `handled` are acknowledged already."""
        with self._told("write"), self._buffer.writing:
            self.backend.copy([replace(event, lease=None) for event in events], handled)
            self.backend.deliver()

    # Ends

    def flush(self) -> None:
        """Write what waits in memory: when this returns, it is kept as `durability` says. EventStoreError otherwise."""
        with self._told("write"):
            self._buffer.write()

    def close(self) -> None:
        """Flush and close. What could not be written is lost; one warning says how much. Closing twice is fine."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(EventStoreError):
            self.flush()
        self._buffer.close()
        waiting = len(self._buffer.events)
        told = self._shared and unwritable.known(self.url, self._buffer.failure)  # also what becomes of them
        if waiting and not told:
            warn(f"{waiting} events were never written: {self.url} cannot be used ({self._buffer.failure})")
        with contextlib.suppress(*self.backend.faults):
            self.backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write_quietly(self) -> None:
        """Let the backend see what waits in this process; when it cannot be written, what is there can still be used.

        Other stores of the same place count: what a function has just recorded is there for who opens its store.
        """
        if self._closed:
            raise EventStoreError(f"the store {self.url} is closed", hint="open it again")
        with _listing:
            here = [one for one in _stores if one.url == self.url and not one.closed]
        for store in here:
            with contextlib.suppress(EventStoreError):
                store.flush()

    @contextlib.contextmanager
    def _told(self, verb: str) -> Iterator[None]:
        """Turn the faults of the place into EventStoreError."""
        try:
            yield
        except EventStoreError:
            raise
        except self.backend.faults as error:
            reason = getattr(error, "strerror", None) or error
            raise EventStoreError(f"cannot {verb} events of {self.url}: {reason}") from error

    def after_fork(self) -> None:
        """Start with an empty buffer in a child process: what waits belongs to the parent, which writes it."""
        self._begin()
        self._subscriptions.after_fork()
        with contextlib.suppress(*self.backend.faults):
            self.backend.after_fork()


def _lease_lost(lost: list[Event]) -> LeaseLostError:
    shown = ", ".join(event.id for event in lost[:3]) + (", ..." if len(lost) > 3 else "")
    error = LeaseLostError(
        f"{len(lost)} event{'s were' if len(lost) > 1 else ' was'} not acknowledged: "
        f"claimed by somebody else meanwhile, or acknowledged already ({shown})",
        hint="claim fewer at once, or with a longer lease_seconds",
    )
    error.events = tuple(lost)
    return error


def _after_fork() -> None:
    global _listing  # noqa: PLW0603 - a lock cannot be reset
    _listing = threading.Lock()
    for store in list(_stores):
        store.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
