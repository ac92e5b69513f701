"""What a place that keeps events must do; `EventStore` adds the buffer, the thread and the subscriptions to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dana_poet.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which events a query wants: since <= time < until in seconds, at most `limit`, the last ones when `newest`."""

    type: str | None = None
    since: float | None = None
    until: float | None = None
    execution_id: str | None = None
    limit: int | None = None
    newest: bool = False

    def takes(self, event: Event) -> bool:
        """Whether an event is wanted, its number aside."""
        return (
            (self.type is None or event.type == self.type)
            and (self.since is None or event.time >= self.since)
            and (self.until is None or event.time < self.until)
            and (self.execution_id is None or event.payload.get("execution_id") == self.execution_id)
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many events wait to be claimed, are claimed, and are acknowledged and still kept."""

    waiting: int
    claimed: int
    done: int


class Backend(Protocol):
    """Keeps events. Every method may raise one of `faults` when the place cannot be reached, and may be called again."""

    url: str
    faults: tuple[type[Exception], ...]

    def append(self, events: Sequence[Event], handled: Collection[str]) -> None:
        """Keep events as durably as the backend was opened for; those whose key is known already are left out.

        The ids in `handled` are acknowledged from the start.
        """

    def copy(self, events: Sequence[Event], handled: Collection[str]) -> None:
        """Keep events that another store made; the caller knows that they are not there."""

    def deliver(self) -> None:
        """Let other processes see everything that was appended."""

    def claim(self, n: int, owner: str, lease_seconds: float, types: Collection[str] | None) -> list[Event]:
        """Lease up to `n` events, the oldest first."""

    def ack(self, events: Sequence[Event]) -> list[Event]:
        """Acknowledge events; return those whose lease is lost."""

    def release(self, events: Sequence[Event]) -> None:
        """Let claimed events wait again."""

    def reopen(self, ids: Collection[str]) -> int:
        """Let acknowledged events wait again; return how many."""

    def query(self, wanted: Filter) -> list[Event]:
        """Return events in the order in which they were kept."""

    def pending(self) -> int:
        """Return how many events are not acknowledged."""

    def oldest(self) -> Event | None:
        """Return the oldest event that waits to be claimed."""

    def counts(self) -> Counts:
        """Return how many events are in which state."""

    def unfinished(self) -> set[str]:
        """Return the ids of events that are not acknowledged."""

    def newest_ms(self) -> int:
        """Return the milliseconds of the highest id that is kept, 0 when there is none."""

    def prune(self, before: float) -> int:
        """Forget acknowledged events from before a time in seconds; return how many."""

    def after_fork(self) -> None:
        """Give up, in a child process, what belongs to its parent."""

    def close(self) -> None:
        """Give back what is open."""
