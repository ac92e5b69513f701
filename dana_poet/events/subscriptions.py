"""Who wants to hear of which events in this process, and how they get them: in the order of publishing, one at a time."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from dana_poet import expected
from dana_poet.errors import EventError, EventStoreError
from dana_poet.events.buffer import warn
from dana_poet.events.event_types import check_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dana_poet.events.event import Event
    from dana_poet.events.store import EventStore

AT_ONCE = 100


class Subscription(NamedTuple):
    """One handler, the types it wants, and whether its return acknowledges an event."""

    pattern: str
    handler: Callable[[Event], object]
    ack: bool

    def wants(self, kind: str) -> bool:
        """Whether the handler gets events of this type."""
        return kind == self.pattern or (self.pattern.endswith("*") and kind.startswith(self.pattern[:-1]))


class Subscriptions:
    """The handlers of one store."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._all: list[Subscription] = []
        self._here = threading.local()

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, pattern: str, handler: Callable[[Event], object], *, ack: bool) -> Callable[[], None]:
        """Give the handler what waits, and from then on what is published; return what ends the subscription."""
        check_name(pattern)
        expected.function("handler", handler, error=EventError)
        one = Subscription(pattern, handler, ack)
        self._all.append(one)
        if ack:
            with contextlib.suppress(EventStoreError):  # a place that cannot be read has nothing to replay
                self._replay([one], 60.0)

        def end() -> None:
            with contextlib.suppress(ValueError):
                self._all.remove(one)

        return end

    def published(self, events: Sequence[Event]) -> None:
        """Give new events to those who want them. What a handler publishes comes after the event it is handling."""
        waiting: deque[Event] | None = getattr(self._here, "waiting", None)
        if waiting is not None:
            waiting.extend(events)
            return
        waiting = self._here.waiting = deque(events)
        try:
            while waiting:
                self._deliver(waiting.popleft())
        finally:
            self._here.waiting = None

    def _deliver(self, event: Event) -> None:
        wanting = [one for one in self._all if one.wants(event.type)]
        fine = [_handled(one, event) for one in wanting]
        if all(fine) and any(one.ack for one in wanting):
            self._store.handled(event)

    def replay(self, lease_seconds: float) -> int:
        """Give what waits to all handlers that acknowledge; return how many events they took."""
        return self._replay([one for one in self._all if one.ack], lease_seconds)

    def _replay(self, to: list[Subscription], lease_seconds: float) -> int:
        """Claim what waits and hand it over. What failed stays leased meanwhile, so no event comes twice in one replay."""
        exact = None if any(one.pattern.endswith("*") for one in to) else {one.pattern for one in to}
        taken, failed = 0, []
        while to and (events := self._claim(lease_seconds, exact)):
            for event in events:
                fine = [_handled(one, event) for one in to if one.wants(event.type)]
                if fine and all(fine):
                    self._store.ack(event)
                    taken += 1
                else:
                    failed.append(event)
        if failed:
            self._store.release(failed)
        return taken

    def _claim(self, lease_seconds: float, types: set[str] | None) -> list[Event]:
        owner = f"subscriber-{os.getpid()}"
        return self._store.claim(AT_ONCE, owner=owner, lease_seconds=lease_seconds, types=types)

    def after_fork(self) -> None:
        """Forget what this thread was delivering when it was copied; a child keeps its parent's handlers."""
        self._here = threading.local()


def _handled(one: Subscription, event: Event) -> bool:
    """Call a handler; whether it returned. What it raises is its own and does not reach the publisher."""
    try:
        one.handler(event)
    except Exception as error:  # noqa: BLE001 - a handler is anybody's code
        name = getattr(one.handler, "__qualname__", repr(one.handler))
        warn(f"the handler {name} of {event.type} failed: {error!r}; the event goes on waiting")
        return False
    return True
