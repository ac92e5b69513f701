"""Events that were published and not written yet: a list, a thread that writes it in groups, and what failing does.

A group is written when it has `flush_events` events, or `flush_seconds` after its first one. The two are the loss
window of durability "batch". While the place cannot be written, events wait in memory up to `most_waiting`; one
warning says so, writing is tried again ever more seldom, and one more warning tells how many events did not fit.
"""

from __future__ import annotations

import atexit
import contextlib
import sys
import threading
import time
import warnings
from typing import TYPE_CHECKING
from weakref import WeakSet

from dana_poet import unwritable
from dana_poet.errors import EventStoreError, PoetWarning

if TYPE_CHECKING:
    from dana_poet.events.backend import Backend
    from dana_poet.events.event import Event

LONGEST_PAUSE = 5.0
GROUP_EVENTS = 4096
"""How many events are written at once at most, and from how many on a publisher that outruns the disk has to help."""


def warn(message: str) -> None:
    """Give a PoetWarning. Where the filters make it an error it is printed: a warning never fails the call."""
    try:
        warnings.warn(message, PoetWarning, stacklevel=2)
    except PoetWarning:
        sys.stderr.write(f"WARNING {message}\n")


_started: WeakSet[Buffer] = WeakSet()


def _write_at_exit() -> None:
    """Write what waits in stores that nobody closed."""
    for buffer in list(_started):
        with contextlib.suppress(EventStoreError):  # there was a warning
            if not buffer.closed:
                buffer.write()


class Buffer:
    """What waits to be written to one backend, and the thread that writes it. Made anew in a forked child."""

    def __init__(self, backend: Backend, *, flush_seconds: float, flush_events: int, most_waiting: int) -> None:
        self.backend = backend
        self.flush_seconds, self.flush_events, self.most_waiting = flush_seconds, flush_events, most_waiting
        self.events: list[Event] = []
        self.handled: set[str] = set()
        self.dropped = 0
        self.failure: Exception | None = None
        self.writing = threading.Lock()
        self._some, self._enough = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self.closed = False
        self.shared = False
        """Whether it is of a state folder, where versions and what was learned lie too."""

    def add(self, event: Event) -> bool:
        """Let an event wait; the caller holds the store's lock. False when there is no room for it."""
        waiting = len(self.events)
        if waiting >= self.most_waiting:
            self.dropped += 1
            return False
        self.events.append(event)
        if waiting == 0:
            if not self._some.is_set():
                self._some.set()
            if self._thread is None and not self.closed:
                self._start()
        elif waiting + 1 == self.flush_events:
            self._enough.set()
        return True

    def overfull(self) -> bool:
        """Whether the publisher should write, because the thread cannot keep up although writing works."""
        return len(self.events) > GROUP_EVENTS and self.failure is None

    def write(self) -> None:
        """Write everything that waits; EventStoreError when that fails, and then it goes on waiting."""
        with self.writing:
            while group := self.events[:GROUP_EVENTS]:
                self._write(group)
            try:
                self.backend.deliver()
            except self.backend.faults as error:
                raise self._failed(error) from error
            self.failure = None

    def write_up_to(self, event: Event) -> None:
        """Write until `event` is kept, together with what other threads published meanwhile."""
        with self.writing:
            while self.events and self.events[0].id <= event.id:
                self._write(self.events[:GROUP_EVENTS])

    def _write(self, group: list[Event]) -> None:
        try:
            self.backend.append(group, self.handled)
        except self.backend.faults as error:
            raise self._failed(error) from error
        self.failure = None
        del self.events[: len(group)]
        if self.handled:
            self.handled.difference_update(event.id for event in group)
        if self.dropped:
            lost, self.dropped = self.dropped, 0
            warn(f"{lost} events were not kept: {self.backend.url} could not be written and memory held no more")

    def _failed(self, error: Exception) -> EventStoreError:
        """Remember a fault, warn of the first one, and return what to raise."""
        begins, self.failure = self.failure is None, error
        url = self.backend.url
        message = f"events cannot be written to {url}: {unwritable.reason(error)}"
        if unwritable.first(url, error) and begins:
            folder = unwritable.state_folder(url)
            waits = f"{message}; they wait in memory, the calls that published them go on"
            warn(unwritable.message(folder, error) if self.shared else waits)
        return EventStoreError(message, hint=f"{len(self.events)} events wait in memory")

    # The thread

    def _start(self) -> None:
        if not _started:
            atexit.register(_write_at_exit)
        _started.add(self)
        thread = threading.Thread(target=self._run, name="dana-poet-events", daemon=True)
        with contextlib.suppress(RuntimeError):  # the interpreter ends, and starts no more threads: a flush writes it
            thread.start()
            self._thread = thread

    def _run(self) -> None:
        pause = self.flush_seconds
        while not self.closed:
            self._some.wait()
            if self.failure is None:
                self._enough.wait(self.flush_seconds)
            else:
                time.sleep(pause)
            self._some.clear()
            self._enough.clear()
            try:
                self.write()
                pause = self.flush_seconds
            except EventStoreError:
                self._some.set()
                pause = min(max(pause, 0.05) * 2, LONGEST_PAUSE)
            except Exception as error:  # noqa: BLE001 - the thread outlives what nobody thought of
                warn(f"events cannot be written to {self.backend.url}: {error!r}")

    def close(self) -> None:
        """End the thread; what waits stays in `events`."""
        self.closed = True
        self._some.set()
        self._enough.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=1.0 if self.failure is None else 0.0)
