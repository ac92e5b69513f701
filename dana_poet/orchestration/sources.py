"""The interface by which services outside tell what happened: each event with a key, so that telling it twice is telling it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class SourceEvent(NamedTuple):
    """What a source tells: the type of the event, its payload, and a key that is the same whenever it is told again."""

    type: str
    payload: dict[str, Any]
    key: str


@runtime_checkable
class FeedbackSource(Protocol):
    """Something that knows what people did with results: an alert service, a tracker of experiments, a bill.

    Both methods give everything they know since whenever they like; the store keeps each key once. A source that is
    only polled, or only pushed to, has just that method: `collect` and `receive` ask for what they need.
    """

    name: str

    def poll(self) -> Iterable[SourceEvent]:
        """Return what is new, or more than that. Returns soon; raises what it likes when the service is away."""


@runtime_checkable
class PushedSource(Protocol):
    """A source that a service calls: a webhook."""

    name: str

    def push(self, message: Mapping[str, Any]) -> Iterable[SourceEvent]:
        """Return what a message says, [] for one that says nothing. ValueError for one that cannot be right."""


def collect(source: FeedbackSource, store: Any) -> int:
    """Publish what a source tells; return how many events it told. What it told before is not published again."""
    return _publish(source.name, source.poll(), store)


def receive(source: PushedSource, message: Mapping[str, Any], store: Any) -> int:
    """Publish what a message to a source says; return how many events that are."""
    return _publish(source.name, source.push(message), store)


def _publish(name: str, events: Iterable[SourceEvent], store: Any) -> int:
    told = list(events)
    store.publish_many([(event.type, event.payload, f"{name}:{event.key}"[:500]) for event in told])
    return len(told)
