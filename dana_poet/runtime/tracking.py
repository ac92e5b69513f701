"""Which result came out of which execution, and which program knows the execution."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from dana_poet.runtime import encoding, executions
from dana_poet.runtime.event_values import new_id
from dana_poet.runtime.executions import RESULTS

if TYPE_CHECKING:
    from dana_poet.runtime.events import EventBus

current_execution = executions.running
"""The `@poet` call that runs here; `track_execution` gives its id to the first result tracked inside."""

TRACKED = 10_000
"""How many results are remembered, newest first."""

WITHOUT_IDENTITY = (type(None), bool, int, float, complex, str, bytes, tuple, frozenset, range)
"""Values of these types may be one object in many executions, so each tracking gives a new id."""


class Tracked:
    """Which result belongs to which execution: by identity, of the newest results."""

    def __init__(self) -> None:
        self._ids: OrderedDict[tuple[type, object], tuple[object, str, bool, str | None]] = OrderedDict()
        self._given: set[str] = set()
        self._results: deque[tuple[type, object]] = deque()
        self._buses: OrderedDict[str, EventBus] = OrderedDict()
        self._lock = threading.Lock()

    def bind(self, result: object, execution_id: str, *, fresh: bool = False, within: str | None = None) -> None:
        """Remember that `result` came out of an execution; `within` is the one whose code asked to track it."""
        with self._lock:
            key = _key(result)
            self._ids.pop(key, None)
            self._ids[key] = (result, execution_id, fresh, within)
            while len(self._ids) > TRACKED:
                self._ids.popitem(last=False)

    def executed(self, result: object, execution_id: str) -> None:
        """Remember the result of a `@poet` call, for a while: it may be large, and nobody asked to track it.

        What the call itself tracked, and then returned, keeps the id that its blocks wait for.
        """
        known = self._ids.get(_key(result))
        if known is not None and not known[2] and known[3] == execution_id:
            return
        self.bind(result, execution_id, fresh=True)
        with self._lock:
            self._results.append(_key(result))
            oldest = self._results.popleft() if len(self._results) > RESULTS else None
            if oldest is not None and oldest not in self._results and self._ids.get(oldest, (None, "", False, None))[2]:
                del self._ids[oldest]

    def take_up(self) -> None:
        """Take up what `@poet` calls returned since the last time. Waiting for a promise is the caller's business."""
        waiting = executions.recent
        while waiting:
            try:
                result, execution = waiting.popleft()
            except IndexError:
                return  # another thread was faster
            if not encoding.is_promise(result):
                self.executed(result, executions.text(execution))

    def belongs(self, execution_id: str, bus: EventBus) -> None:
        """Remember in which program an execution is known, for feedback that comes from Python code outside of it."""
        with self._lock:
            self._buses[execution_id] = bus
            while len(self._buses) > TRACKED:
                self._buses.popitem(last=False)

    def bus_of(self, execution_id: str) -> EventBus | None:
        """Return the bus of the program in which an execution is known."""
        return self._buses.get(execution_id)

    def find(self, result: object) -> str | None:
        """Return the id of the execution that `result` came out of, the latest when there are several."""
        self.take_up()
        found = self._ids.get(_key(result))
        return found[1] if found is not None else None

    def track(self, result: object) -> str:
        """Return the id for `result`, a new one when it has none."""
        self.take_up()
        found = self._ids.get(_key(result))
        here = current_execution.get()
        running = None if here is None else executions.text(here)
        if found is not None and (found[2] or not isinstance(result, WITHOUT_IDENTITY)):
            self.bind(result, found[1], within=running)
            return found[1]
        with self._lock:
            execution_id = running if running is not None and running not in self._given else new_id("run")
            if running is not None:
                self._given.add(running)
            if len(self._given) > TRACKED:
                self._given.clear()
        self.bind(result, execution_id, within=running)
        return execution_id


def _key(result: object) -> tuple[type, object]:
    plain = isinstance(result, WITHOUT_IDENTITY) and not isinstance(result, (tuple, frozenset))
    return (type(result), result if plain else id(result))
