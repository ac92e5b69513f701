"""Feedback for executions: `track_execution`, `feedback`, `on_feedback_received` blocks, learning summaries.

An execution has an id. Whatever arrives with that id, in this run or in a later one, runs the blocks registered for
it. A block is done with an event when it succeeded; after a crash in between it may run once more.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaValueError, StateError
from dana_poet.runtime import encoding, executions, place, state
from dana_poet.runtime.event_values import Event, FeedbackEvent
from dana_poet.runtime.events import REMEMBERED, EventBus, bus_of, current_bus, desk, executions_of
from dana_poet.runtime.tracking import Tracked, current_execution
from dana_poet.runtime.verdicts import quality, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Handler = Callable[[Any, FeedbackEvent, dict[str, Any]], object]

__all__ = [
    "FeedbackDesk", "Registration", "bind_handler", "deliver_pending", "executed", "feedback", "on_feedback",
    "poet_learn_from_feedback", "quality", "track_execution", "verdict",
]  # fmt: skip


def bind_handler(key: str, function: Handler) -> None:
    """Make a block known to its program under its key, `file::pipeline::n`: feedback for an earlier run finds it."""
    bus = current_bus()
    bus.blocks[key] = function
    folder = state.current()
    if folder is not None and folder.keeps_events and os.path.exists(folder.events_file()):
        bus.keep_in(folder)  # an agent of an earlier run may wait for feedback


def on_feedback(execution_id: Any, key: str, names: dict[str, Any], owner: Any = None) -> None:
    """Run the block bound to `key` for all feedback that arrives for `execution_id`, now and later.

    It is called as `function(owner, feedback, names)`; `owner` is the agent whose pipeline registers it, or None. The
    registration is kept when the agent is persistent, or the program runs with `--state`: then `names` must be plain
    data. Without an agent and with plain data it is also kept where the program's executions are.
    """
    bus = current_bus()
    registration = Registration(str(encoding.settled(execution_id)), key, owner, dict(names))
    folder = getattr(getattr(owner, "__dana_agent__", None), "folder", None)
    if owner is None:
        folder = _recording(registration)
    if folder is not None:
        bus.keep_in(folder)
    _tracked.belongs(registration.execution_id, bus)
    desk(bus).register(registration)


def _recording(registration: Registration) -> state.StateFolder | None:
    """Return the folder where this run records executions: feedback for them is given there, in later processes."""
    folder = state.current()
    if folder is None or not folder.keeps_events:
        return None
    from dana_poet.runtime import feedback_place  # not there in the sandbox, where nothing is kept

    if not feedback_place.in_use(folder.path):
        return None
    try:
        registration.record()
    except StateError:
        return None
    return folder


def deliver_pending() -> int:
    """Run the blocks for feedback that arrived while the program was not there; return how many are still waiting.

    To be called when a program's modules are loaded, and again before it ends.
    """
    return current_bus().flush()


class Registration:
    """One `on_feedback_received` block that waits for one execution."""

    __slots__ = ("agent_id", "agent_type", "execution_id", "identity", "key", "names", "owner", "saved_names")

    def __init__(self, execution_id: str, key: str, owner: Any, names: dict[str, Any] | None) -> None:
        self.execution_id, self.key, self.owner, self.names = execution_id, key, owner, names
        self.agent_id = owner.__dana_agent__.id if hasattr(owner, "__dana_agent__") else ""
        self.agent_type = type(owner).__name__ if self.agent_id else ""
        self.saved_names: Any = {}
        self.identity = f"{key}::{execution_id}::{self.agent_id}"

    def record(self) -> dict[str, Any]:
        """Return what is written to the log. StateError when a local name is not plain data."""
        saved = {
            name: encoding.encode(value, f"'{name}', which an on_feedback_received block uses,")
            for name, value in (self.names or {}).items()
        }
        return {
            "registration": self.execution_id, "key": self.key, "agent": self.agent_id, "agent_type": self.agent_type,
            "names": saved,
        }  # fmt: skip

    @classmethod
    def read(cls, record: dict[str, Any]) -> Registration:
        """Return a registration of an earlier run."""
        registration = cls(record["registration"], record["key"], None, None)
        registration.agent_id, registration.agent_type = record["agent"], record["agent_type"]
        registration.saved_names = record["names"]
        registration.identity = f"{registration.key}::{registration.execution_id}::{registration.agent_id}"
        return registration

    def run(self, function: Handler, event: Event) -> None:
        """Run the block for an event; a persistent agent is saved when it succeeds."""
        namespace = getattr(function, "__globals__", {})
        if self.names is None:
            self.names = {name: encoding.decode(data, namespace.get) for name, data in self.saved_names.items()}
        if self.owner is None and self.agent_id:
            self.owner = self._find_owner(namespace)
        feedback = FeedbackEvent.of(event, self.execution_id)
        core = getattr(self.owner, "__dana_agent__", None)
        if core is None:
            function(self.owner, feedback, self.names)
        else:
            core.run(function, (self.owner, feedback, self.names), {})

    def _find_owner(self, namespace: dict[str, Any]) -> Any:
        from dana_poet.runtime.agents import Agent, AgentType, revive

        named = namespace.get(self.agent_type)
        kind = type(named) if not isinstance(named, type) and isinstance(named, Agent) else named
        found = revive(kind, self.agent_id) if type(kind) is AgentType else None
        if found is None:
            raise StateError(
                f"feedback for {self.execution_id} belongs to agent {self.agent_id}, which the program does not have",
                hint="run the program with the state folder that the agent was saved in",
            )
        return found


class FeedbackDesk:
    """Brings feedback and registrations of one bus together, whichever comes first."""

    def __init__(self, bus: EventBus) -> None:
        self.bus = bus
        self._lock = threading.RLock()
        self._registrations: dict[str, dict[str, Registration]] = {}
        self._owed: dict[str, dict[str, Registration]] = {}  # event id -> the blocks that have not dealt with it
        self._waiting: OrderedDict[str, Event] = OrderedDict()  # events that are owed, or that nobody asked for yet
        self._of_execution: dict[str, dict[str, Event]] = {}  # the same events by execution
        self._running: set[tuple[str, str]] = set()

    def register(self, registration: Registration) -> None:
        """Take a registration; feedback that came before it, and that no block has taken, is delivered now."""
        log = self.bus.log()
        if log is not None:
            log.append(registration.record())
        for event in self._take(registration):
            self._deliver(event, registration)

    def arrived(self, event: Event) -> None:
        """Run the blocks that wait for the executions of an event; keep the event when there is none."""
        self.known(event)
        for registration in list(self._owed.get(event.id, {}).values()):
            self._deliver(event, registration)

    def deliver_all(self) -> int:
        """Run every block that is still owed an event; return how many remain."""
        with self._lock:
            owed = [(self._waiting[event_id], list(blocks.values())) for event_id, blocks in self._owed.items()]
        for event, blocks in owed:
            for registration in blocks:
                self._deliver(event, registration)
        return sum(map(len, self._owed.values()))

    def known(self, event: Event) -> None:
        """Note an event and which blocks it is owed to."""
        with self._lock:
            self._waiting[event.id] = event
            for execution_id in executions_of(event.payload):
                self._of_execution.setdefault(execution_id, {})[event.id] = event
                blocks = self._registrations.get(execution_id)
                if blocks:
                    self._owed.setdefault(event.id, {}).update(blocks)
            if len(self._waiting) > REMEMBERED:
                self._drop(next(iter(self._waiting)))

    def read(self, record: dict[str, Any]) -> None:
        """Note a registration of another run."""
        self._take(Registration.read(record))

    def done(self, event_id: str, identity: str) -> None:
        """Note that a block has dealt with an event."""
        with self._lock:
            blocks = self._owed.get(event_id, {})
            blocks.pop(identity, None)
            if not blocks:
                self._drop(event_id)

    def owed(self) -> dict[str, tuple[str, ...]]:
        """Return by event the blocks that have still to deal with it."""
        with self._lock:
            return {event_id: tuple(blocks) for event_id, blocks in self._owed.items() if blocks}

    def _drop(self, event_id: str) -> None:
        self._owed.pop(event_id, None)
        event = self._waiting.pop(event_id, None)
        for execution_id in executions_of(event.payload) if event is not None else ():
            events = self._of_execution.get(execution_id, {})
            events.pop(event_id, None)
            if not events:
                self._of_execution.pop(execution_id, None)

    def _take(self, registration: Registration) -> list[Event]:
        """Note a registration; return the events that it is owed: its own, and those that nobody asked for yet."""
        with self._lock:
            self._registrations.setdefault(registration.execution_id, {})[registration.identity] = registration
            owed = []
            for event in self._of_execution.get(registration.execution_id, {}).values():
                blocks = self._owed.setdefault(event.id, {})
                if not blocks or registration.identity in blocks:
                    blocks[registration.identity] = registration
                    owed.append(event)
            return owed

    def _deliver(self, event: Event, registration: Registration) -> None:
        function = self.bus.blocks.get(registration.key)
        key = (event.id, registration.identity)
        with self._lock:
            if function is None or key in self._running or registration.identity not in self._owed.get(event.id, {}):
                return  # not loaded here, or being delivered by another thread, or done
            self._running.add(key)
        try:
            if self.bus.deliver(event, registration.identity, registration.run, function, event):
                self.done(*key)
        finally:
            self._running.discard(key)


_tracked = Tracked()


def executed(result: object, execution_id: str) -> None:
    """Say that `result` is what the `@poet` call with this id returned: `track_execution` gives that id."""
    if not encoding.is_promise(result):  # waiting for it is the caller's business
        _tracked.executed(result, execution_id)


def track_execution(result: Any) -> str:
    """Return the id of the execution that gave `result`: the same for the same object, unique among all executions.

    >>> answer = {"drift": True}
    >>> track_execution(answer) == track_execution(answer)
    True
    """
    value = encoding.settled(result)
    before, running = _tracked.find(value), current_execution.get()
    execution_id = _tracked.track(value)
    bus = current_bus()
    _tracked.belongs(execution_id, bus)
    if execution_id != before and (running is None or execution_id != executions.text(running)):
        bus.executed(execution_id)
    return execution_id


def feedback(result_or_id: Any, payload: Any = None, *, amend: bool = False, retract: bool = False, **keys: Any) -> str:
    """Report back on an execution, named by its id or by its result; the blocks that wait for it run now.

    It may come at any time and in any process, also before the execution is known. The latest verdict counts; with
    `amend` what is said completes what was said before, `retract` takes all of that back. Return the id of the event.
    DanaValueError for a result that was never tracked, EventError for a payload that does not fit.

    >>> event_id = feedback("run-1", {"was_real_drift": False, "reason": "holiday"})
    >>> event_id = feedback("run-1", retract=True)
    """
    if amend and retract:
        raise DanaValueError(
            "amend and retract exclude each other", hint="an amendment completes, a retraction takes back"
        )
    target = encoding.settled(result_or_id)
    text = target if isinstance(target, str) else ""
    execution_id = text if _tracked.bus_of(text) is not None else _tracked.find(target) or text
    if not execution_id:
        raise DanaValueError(
            f"feedback for {_shown(target)}: it was not tracked",
            hint="call track_execution(result) where it is made, or give its execution id",
        )
    body = payload if isinstance(payload, dict) else {} if payload is None else {"value": payload}
    said = {**body, **keys, **({"amends": True} if amend else {}), **({"retracts": True} if retract else {})}
    return _bus_for(execution_id).emit("feedback", {**said, "execution_id": execution_id})


def _bus_for(execution_id: str) -> EventBus:
    """Return the bus of the program here; for Python code outside of any, that of the program whose execution it is."""
    latest = place.latest()
    if place.current() is not None or latest is None:
        return current_bus()
    return _tracked.bus_of(execution_id) or bus_of(latest)


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def poet_learn_from_feedback(events: Iterable[Any]) -> dict[str, Any]:
    """Sum up feedback and announce it as a `poet.learning` event, which learners take up. Return the summary.

    The summary has `count`, `executions`, `by_type`, `accepted`, `rejected`, `undecided`, and `accept_rate` and
    `reject_rate` (0 to 1 of those that say either; null when none does), and `changes`: in words, what was learned now.
    """
    listed = list(events)
    verdicts = [verdict(event) for event in listed]
    accepted, rejected = verdicts.count(True), verdicts.count(False)
    decided = accepted + rejected
    about = {text for text in (_execution_of(event) for event in listed) if text}
    summary: dict[str, Any] = {
        "count": len(listed),
        "executions": len(about),
        "by_type": _by_type(listed),
        "accepted": accepted,
        "rejected": rejected,
        "undecided": len(listed) - decided,
        "accept_rate": accepted / decided if decided else None,
        "reject_rate": rejected / decided if decided else None,
    }
    current_bus().emit("poet.learning", {"summary": summary, "learned_from": sorted(about)})
    changes = [change for learner in executions.learners for change in learner(tuple(about))]
    return {**summary, "changes": changes}


def _by_type(events: list[Any]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for event in events:
        kind = str(getattr(event, "type", "feedback"))
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def _execution_of(event: Any) -> str:
    found = event.get("execution_id") if isinstance(event, dict) else getattr(event, "execution_id", "")
    return found if isinstance(found, str) else ""
