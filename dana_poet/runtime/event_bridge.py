"""Between a program's log and the store of events of its folder: what a program says is in the store, once, and back.

The store is the one source of what happened: the command line, learning and other processes read it. The log beside it
is the program's own journal: exact Dana values, which block waits for what, and who has dealt with what. An event goes
to the journal first and then to the store with its id as the key, so a process that is killed in between loses nothing
and tells nothing twice: the next one that opens the journal tells what is missing. What others put into the store
comes back into the journal when it is feedback.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections import OrderedDict
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dana_poet.runtime import encoding
from dana_poet.runtime.event_values import Event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_poet.runtime.event_log import EventLog

STORE = "dana_poet.events"
CHECKS = "dana_poet.events.event_types"
EXECUTION = "poet.execution.completed"
GIVEN = "given:"
"""What the key of an event begins with that is in no journal: its giver keeps none, so every journal takes it over."""
OVERLAP = 120.0
"""Seconds that are looked through again for feedback that became visible late."""
MOST_UNTOLD = 1000
"""After how many events the journal notes that the store has them."""


class Bridge:
    """What one process knows of how far the journal and the store of a folder agree."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._untold: OrderedDict[str, Event] = OrderedDict()
        self._brought: set[str] = set()
        self._looked_until = 0.0

    @property
    def store(self) -> Any:
        """The store of the folder, which this process shares."""
        return import_module(STORE).session_store(self._log.folder.path)

    # From the journal to the store

    def read(self, record: Mapping[str, Any]) -> None:
        """Note what the journal says of the store."""
        if "stored" in record:
            self._forget_up_to(record["stored"])
        elif "looked" in record:
            self._looked_until = max(self._looked_until, float(record["looked"]))

    def known(self, event: Event) -> None:
        """Note an event of the journal that the store may not have yet, or has already given."""
        if event.id.startswith("event-from-"):
            self._brought.add(event.id)
        else:
            self._untold[event.id] = event

    def tell(self, event: Event) -> None:
        """Put an event of this program into the store; what the place refuses waits in memory, and in the journal."""
        self._publish(event)
        self._untold[event.id] = event
        if len(self._untold) >= MOST_UNTOLD:
            self.settle()

    def executed(self, execution_id: str) -> None:
        """Put an execution into the store that is no `@poet` call: what a program tracks, by the function that does."""
        told = {"execution_id": execution_id, "function": _caller(), "version": None, "success": True, "seconds": 0.0}
        self.store.publish(EXECUTION, told, key=execution_id)

    def settle(self) -> None:
        """Tell the store what it may not know, see to it that it keeps it, and note that in the journal."""
        if not self._untold:
            return
        events = list(self._untold.values())
        for event in events:
            self._publish(event)
        try:
            self.store.flush()
        except OSError:
            return
        except Exception as error:
            if type(error).__name__ == "EventStoreError":
                return  # it has warned; the next settling tries again
            raise
        self._log.append({"stored": events[-1].id})
        self._forget_up_to(events[-1].id)

    def is_told(self) -> bool:
        """Whether the store has everything that is known here."""
        return not self._untold

    def _publish(self, event: Event) -> None:
        self.store.publish(name_of(event.type), payload_of(event.payload), key=event.id)

    def _forget_up_to(self, event_id: str) -> None:
        if event_id in self._untold:
            while self._untold.popitem(last=False)[0] != event_id:
                pass

    # From the store to the journal

    def news(self) -> list[Event]:
        """Return the feedback that others put into the store, oldest first, and note how far was looked."""
        started = time.time()
        try:
            found = self.store.query(since=self._looked_until - OVERLAP)
        except Exception as error:
            if type(error).__name__ == "EventStoreError":
                return []  # what cannot be read now is read next time
            raise
        new = [event_from(one) for one in found if _is_feedback(one)]
        new = [event for event in new if event.id not in self._brought]
        if new:
            self._log.append({"looked": started})
        self._looked_until = started
        self._brought.update(event.id for event in new)
        return new


def tell_untold(folder: str) -> None:
    """See to it that the store of a state folder has what programs said that were killed before they could tell it."""
    from dana_poet.runtime import state
    from dana_poet.runtime.events import EventBus

    kept = state.StateFolder(folder)
    if os.path.exists(kept.events_file()):
        with state.use(kept):
            EventBus().tell_untold()


def _caller() -> str:
    """Return the name of the nearest function outside of this package, with that of its file."""
    ours = os.path.dirname(os.path.dirname(__file__)) + os.sep
    frame: Any = sys._getframe(1)  # noqa: SLF001 - the documented way to the caller, without loading `inspect`
    while frame is not None and frame.f_code.co_filename.startswith(ours):
        frame = frame.f_back
    if frame is None:
        return "unknown"
    file = os.path.splitext(os.path.basename(frame.f_code.co_filename))[0]
    name = frame.f_code.co_qualname.replace("<locals>.", "")
    return file if name == "<module>" else f"{file}.{name}"


def _is_feedback(one: Any) -> bool:
    return one.type != EXECUTION and not (one.key or "").startswith("event-") and _names_execution(one.payload)


def _names_execution(payload: dict[str, Any]) -> bool:
    return bool(payload.get("execution_id") or payload.get("execution_ids"))


def event_from(one: Any) -> Event:
    """Return an event of the store as programs see it. The same one has the same id each time."""
    when = datetime.fromtimestamp(one.time, UTC)
    return Event(one.type, encoding.decode(one.payload), id=f"event-from-{one.id}", time=when)


def check(kind: str, payload: Any) -> None:
    """Refuse a payload that does not fit its type of event: EventError, which names the field."""
    if isinstance(payload, dict):
        import_module(CHECKS).check_payload(kind, payload)
    elif payload is not None:
        import_module(CHECKS).check_none(kind, payload)


def name_of(kind: str) -> str:
    """Return the type of an event as a store takes it: at most 200 characters, none of them a space.

    >>> name_of("door opened")
    'door_opened'
    """
    return re.sub(r"\s|[^\w.:/*+-]", "_", kind)[:200]


def payload_of(payload: Any) -> dict[str, Any]:
    """Return a payload as a store keeps it: plain JSON, a dict.

    >>> payload_of({"pair": (1, 2)}), payload_of("text")
    ({'pair': {'$tuple': [1, 2]}}, {'value': 'text'})
    """
    plain = encoding.encode(payload, "the payload of an event")
    return plain if isinstance(plain, dict) and isinstance(payload, dict) else {"value": plain}
