"""Events of a program: `dana_events.emit(type, payload)` and `dana_events.on(type, f)`; `poet_events` is the same bus.

Handlers run before `emit` returns. One that fails is reported on standard error and tried again by `flush` and at the
next start of the program. With `--state` events are kept in the state folder, without it they live in memory. What is kept is
also in the store of events of that folder, see `event_bridge`.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections import deque
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dana_poet import expected
from dana_poet.errors import DanaTypeError
from dana_poet.runtime import encoding, event_bridge, executions, place, state
from dana_poet.runtime.event_log import EventLog
from dana_poet.runtime.event_values import Event, FeedbackEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dana_poet.runtime.state import StateFolder

__all__ = [
    "DanaEvents", "Event", "EventBus", "FeedbackEvent", "bind_handler", "current_bus", "dana_events", "desk", "emit",
    "executions_of", "flush", "on", "on_feedback", "poet_events", "use_bus",
]  # fmt: skip

REMEMBERED = 10_000
"""How many events a bus keeps in memory for `query` and for feedback that nobody has asked for yet."""


class Subscription:
    """A handler and the types it is for. `identity` finds the same handler again in a later process."""

    __slots__ = ("function", "identity", "pattern")

    def __init__(self, pattern: str, function: Callable[[Event], object]) -> None:
        self.pattern, self.function = pattern, function
        # identity holds over processes: a lambda or a local function of the same place counts as the same handler
        name = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', repr(function))}"
        self.identity = f"on::{pattern}::{name}"

    def wants(self, kind: str) -> bool:
        """Whether events of type `kind` go to this handler: `*` takes all, `drift.*` those that begin with `drift.`."""
        if self.pattern.endswith("*"):
            return kind.startswith(self.pattern[:-1])
        return kind == self.pattern


class EventBus:
    """Carries events to handlers, and keeps what nobody has taken yet. Feedback is built on it in `feedback`."""

    def __init__(self) -> None:
        self.subscriptions: list[Subscription] = []
        self.recent: deque[Event] = deque(maxlen=REMEMBERED)
        self.emitted: deque[Event] = deque(maxlen=REMEMBERED)  # by this program, for the result of its run
        self.failed: dict[tuple[str, str], Event] = {}
        self.blocks: dict[str, Callable[..., object]] = {}  # the on_feedback_received blocks of the program, by key
        self.feedback: Any = None  # the FeedbackDesk of this bus, made when feedback is first used
        self._lock = threading.RLock()
        self._log: EventLog | None = None
        self._bridge: event_bridge.Bridge | None = None
        self._kept_in: StateFolder | None = None

    def emit(self, type: str, payload: Any = None) -> str:  # noqa: A002 - the name that Dana programs use
        """Announce an event and run its handlers; return its id. A failing handler does not fail the caller.

        A payload with `execution_id` or `execution_ids` also counts as feedback for those executions. EventError names
        the field that does not fit the type; StateError when events are kept and the payload is not plain data.
        """
        named: object = type
        if not isinstance(named, str) or not named:
            raise DanaTypeError(f"the type of an event is text, got {type!r}", hint='emit("drift.validation", {...})')
        event = Event(type, encoding.settled(payload))
        self._emit(event)
        return event.id

    def once(self, key: str, type: str, payload: Any = None) -> bool:  # noqa: A002 - as in emit
        """Announce an event unless one with this key was announced before, here or by another process; whether it was new."""
        event = Event(type, encoding.settled(payload), id=f"event-{key}")
        log = self.log()
        if log is not None:
            log.refresh()
        if any(known.id == event.id for known in self.recent):
            return False
        self._emit(event)
        return True

    def _emit(self, event: Event) -> None:
        event_bridge.check(event.type, event.payload)
        about = executions_of(event.payload)
        if self._keep(event):
            if self._bridge is not None:
                self._bridge.tell(event)
        elif about:
            from dana_poet.runtime import feedback_place

            feedback_place.tell(event, about)
        self.emitted.append(event)
        self.dispatch(event)

    def _keep(self, event: Event) -> bool:
        log = self.log()
        if log is not None:
            payload = encoding.encode(event.payload, f"the payload of event '{event.type}'")
            log.append({"event": event.id, "type": event.type, "time": encoding.encode(event.time), "payload": payload})
        return log is not None

    def on(self, type: str, handler: Callable[[Event], object]) -> Callable[[], None]:  # noqa: A002 - as in emit
        """Run `handler(event)` for every event of this type; `"drift.*"` and `"*"` match several. Return its undo."""
        if not callable(handler):
            raise DanaTypeError(f"on('{type}', ...) needs a function, got {handler!r}")
        expected.text("type", type)
        subscription = Subscription(type, handler)
        self.subscriptions.append(subscription)

        def stop() -> None:
            with contextlib.suppress(ValueError):
                self.subscriptions.remove(subscription)

        return stop

    def query(self, type: str = "*", days: float | None = None) -> list[Event]:  # noqa: A002 - as in emit
        """Return events of this type, oldest first, of the last `days` when given; at most 10,000."""
        self.log()
        if days is not None:
            days = expected.days("days", days, negative=True)
        since = datetime.now(UTC) - timedelta(days=days) if days is not None else None
        wanted = Subscription(type, print)
        return [event for event in self.recent if wanted.wants(event.type) and (since is None or event.time >= since)]

    def flush(self) -> int:
        """Try again what failed or could not be delivered, force the log to disk; return how much is still waiting."""
        log = self.log()
        with contextlib.ExitStack() as stack:
            if log is not None and os.path.exists(log.path):
                if not stack.enter_context(log.folder.locked("delivery", wait=False)):
                    return len(self.failed)  # another process is at it
                log.refresh()
                self._bring_news()
                log.sync()
            for (event_id, identity), event in list(self.failed.items()):
                for subscription in list(self.subscriptions):
                    if subscription.identity == identity and (event_id, identity) in self.failed:
                        self.deliver(event, identity, subscription.function, event)
            waiting = self.feedback.deliver_all() if self.feedback is not None else 0
        return len(self.failed) + waiting

    def executed(self, execution_id: str) -> None:
        """Put an execution that a program tracks into the store, so that feedback for it finds it; without one, nothing."""
        if self.log() is not None and self._bridge is not None:
            self._bridge.executed(execution_id)

    def tell_untold(self) -> bool:
        """See to it that the store has all events of the log, and return whether it has; handlers are not run."""
        self.log()
        if self._bridge is not None:
            self._bridge.settle()
        return self.is_told()

    def is_told(self) -> bool:
        """Whether the store has all events of the log, as far as this process has read it."""
        return self._bridge is None or self._bridge.is_told()

    def _bring_news(self) -> None:
        """Take over the feedback that others put into the store, and see to it that the store has ours."""
        if self._bridge is None:
            return
        self._bridge.settle()
        for event in self._bridge.news():
            self._keep(event)
            self.dispatch(event)

    def dispatch(self, event: Event) -> None:
        """Run the handlers for an event, in the order in which they were registered."""
        self.recent.append(event)
        for subscription in list(self.subscriptions):
            if subscription.wants(event.type):
                self.deliver(event, subscription.identity, subscription.function, event)
        if ids := executions_of(event.payload):
            for listener in executions.listeners:
                listener(ids, event)
            desk(self).arrived(event)

    def deliver(self, event: Event, identity: str, function: Callable[..., object], *args: object) -> bool:
        """Call a handler; keep the event for it when it fails. Return whether it succeeded."""
        key = (event.id, identity)
        try:
            function(*args)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is reported, and the event kept
            report(event, error)
            if identity.startswith("on::") and key not in self.failed:
                self.failed[key] = event
                self.write({"failed": event.id, "by": identity})
            return False
        if self.failed.pop(key, None) is not None or not identity.startswith("on::"):
            self.write({"done": event.id, "by": identity})
        return True

    def keep_in(self, folder: StateFolder) -> None:
        """Keep events in `folder` from now on: a persistent agent waits for feedback."""
        if self._kept_in is None:
            self._kept_in = folder

    def write(self, record: dict[str, Any]) -> None:
        """Add a record to the log, when there is one."""
        log = self.log()
        if log is not None:
            log.append(record)

    def log(self) -> EventLog | None:
        """Return the log of the folder in force, read up to now the first time; None when nothing is kept."""
        folder = state.durable() or self._kept_in
        if folder is None or not folder.keeps_events:
            return None
        with self._lock:
            if self._log is None or self._log.folder.path != folder.path:
                self._log = EventLog(folder, self._read)
                self._bridge = event_bridge.Bridge(self._log)
                self._log.refresh()
        return self._log

    def _read(self, record: dict[str, Any]) -> None:
        if "event" in record:
            time = encoding.decode(record["time"])
            event = Event(record["type"], encoding.decode(record["payload"]), id=record["event"], time=time)
            self.recent.append(event)
            if self._bridge is not None:
                self._bridge.known(event)
            if executions_of(event.payload):
                desk(self).known(event)
        elif "failed" in record:
            failed = next((event for event in self.recent if event.id == record["failed"]), None)
            if failed is not None:
                self.failed[failed.id, record["by"]] = failed
        elif "done" in record:
            self.failed.pop((record["done"], record["by"]), None)
            desk(self).done(record["done"], record["by"])
        elif "registration" in record:
            desk(self).read(record)
        elif self._bridge is not None:
            self._bridge.read(record)


def executions_of(payload: Any) -> tuple[str, ...]:
    """Return the ids of the executions that a payload is about: `execution_id`, and each of `execution_ids`."""
    if not isinstance(payload, dict):
        return ()
    several = payload.get("execution_ids")
    ids = [payload.get("execution_id"), *(several if isinstance(several, (list, tuple)) else ())]
    return tuple(dict.fromkeys(item for item in ids if isinstance(item, str) and item))


def report(event: Event, error: BaseException) -> None:
    """Say on standard error, in one line, that a handler failed."""
    message = " ".join(str(error).split())
    sys.stderr.write(
        f"ERROR a handler of event '{event.type}' ({event.id}) failed and will be tried again: "
        f"{type(error).__name__}: {message}\n"
    )
    sys.stderr.flush()


def desk(bus: EventBus) -> Any:
    """Return the feedback desk of a bus."""
    if bus.feedback is None:
        from dana_poet.runtime.feedback import FeedbackDesk

        bus.feedback = FeedbackDesk(bus)
    return bus.feedback


_bus: ContextVar[EventBus | None] = ContextVar("dana_event_bus", default=None)
_common = EventBus()


def current_bus() -> EventBus:
    """Return the bus of the program that runs here."""
    bus = _bus.get()
    here = place.current()
    return bus or _common if bus is not None or here is None else bus_of(here)


def bus_of(here: place.Place) -> EventBus:
    """Return the bus of one place, made when it is first asked for."""
    if "bus" not in here.belongings:
        here.belongings.setdefault("bus", EventBus())
    kept: EventBus = here.belongings["bus"]
    return kept


@contextlib.contextmanager
def use_bus(bus: EventBus | None = None) -> Iterator[EventBus]:
    """Give a program its own bus inside `with`, so that handlers of one do not hear another."""
    bus = EventBus() if bus is None else bus
    token = _bus.set(bus)
    try:
        yield bus
    finally:
        _bus.reset(token)


def emit(type: str, payload: Any = None) -> str:  # noqa: A002 - the name that Dana programs use
    """Announce an event on the current bus; see EventBus.emit."""
    return current_bus().emit(type, payload)


def on(type: str, handler: Callable[[Event], object]) -> Callable[[], None]:  # noqa: A002 - as in emit
    """Register a handler on the current bus; see EventBus.on."""
    return current_bus().on(type, handler)


def flush() -> int:
    """Try again what is waiting on the current bus; see EventBus.flush."""
    return current_bus().flush()


def bind_handler(key: str, function: Callable[..., Any]) -> None:
    """Make an `on_feedback_received` block known; see `feedback.bind_handler`."""
    from dana_poet.runtime import feedback

    feedback.bind_handler(key, function)


def on_feedback(execution_id: Any, key: str, names: dict[str, Any], owner: Any = None) -> None:
    """Let a block wait for feedback; see `feedback.on_feedback`."""
    from dana_poet.runtime import feedback

    feedback.on_feedback(execution_id, key, names, owner)


class DanaEvents:
    """`dana_events` in a program: the current bus."""

    __slots__ = ()

    def emit(self, type: str, payload: Any = None) -> str:  # noqa: A002 - the name that Dana programs use
        """Announce an event and return its id."""
        return current_bus().emit(type, payload)

    def on(self, type: str, handler: Callable[[Event], object]) -> Callable[[], None]:  # noqa: A002 - as in emit
        """Run `handler(event)` for every event of this type."""
        return current_bus().on(type, handler)

    def query(self, type: str = "*", days: float | None = None) -> list[Event]:  # noqa: A002 - as in emit
        """Return events of this type, oldest first."""
        return current_bus().query(type, days)

    def flush(self) -> int:
        """Try again what is waiting; return how much still is."""
        return current_bus().flush()

    def __repr__(self) -> str:
        return "dana_events"


dana_events = poet_events = DanaEvents()
