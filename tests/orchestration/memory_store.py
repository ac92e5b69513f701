"""A store of events in memory with the interface of `dana_poet.events`, and short ways to say what happened."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from dana_poet.orchestration.reading import EXECUTION

_numbers = itertools.count(1)


@dataclass
class Told:
    """One event."""

    type: str
    payload: dict[str, Any]
    time: float
    key: str | None = None
    id: str = field(default_factory=lambda: f"e{next(_numbers):06d}")


class MemoryStore:
    """Keeps events in a list."""

    def __init__(self) -> None:
        self.events: list[Told] = []
        self.acknowledged: set[str] = set()
        self.leased: set[str] = set()
        self.now = 1000.0

    def publish(self, type: str, payload: dict[str, Any], *, key: str | None = None) -> Told:  # noqa: A002 - as the stores have it
        """Add an event, once for each key."""
        known = next((one for one in self.events if key is not None and one.key == key), None)
        if known is None:
            self.now += 1
            known = Told(type, payload, self.now, key)
            self.events.append(known)
        return known

    def publish_many(self, triples: list[Any]) -> list[Told]:
        """Add several events with their keys."""
        return [self.publish(kind, payload, key=key) for kind, payload, key in triples]

    def query(self, type: str | None = None, since: float | None = None, **_: Any) -> list[Told]:  # noqa: A002 - as the stores have it
        """Return events."""
        return [
            one for one in self.events if type in {None, one.type} and (since is None or one.time >= since)
        ]  # fmt: skip

    def claim(self, n: int = 1, **_: Any) -> list[Told]:
        """Return what is not acknowledged and nobody has."""
        found = [one for one in self.events if one.id not in self.acknowledged | self.leased][:n]
        self.leased |= {one.id for one in found}
        return found

    def release(self, events: list[Told]) -> None:
        """Give back what was claimed."""
        self.leased -= {one.id for one in events}

    def ack(self, events: list[Told]) -> int:
        """Acknowledge events."""
        self.acknowledged |= {one.id for one in events}
        return len(events)

    def pending(self) -> int:
        """Return how many events are not acknowledged."""
        return len(self.events) - len(self.acknowledged)

    def flush(self) -> None:
        """Do nothing: all is there."""

    # Short ways

    def ran(self, execution: str, function: str = "detect", version: Any = 1, **more: Any) -> Told:
        """Say that a call ended."""
        told = {"execution_id": execution, "function": function, "version": version, "success": True, "seconds": 0.1}
        return self.publish(EXECUTION, {**told, **more}, key=execution)

    def judge(self, execution: str, real: bool, **more: Any) -> Told:
        """Say that an alarm was right or wrong."""
        return self.publish("drift.validation", {"execution_id": execution, "was_real_drift": real, **more})

    def history(self, right: int, wrong: int, *, function: str = "detect", version: Any = 1, **more: Any) -> None:
        """Say that so many alarms were right and so many wrong, mixed."""
        verdicts = [True] * right + [False] * wrong
        for number, real in enumerate(sorted(verdicts, key=lambda real: (right * 7919, real))):
            name = f"{function}-{version}-{number}-{next(_numbers)}"
            self.ran(name, function, version, **more)
            self.judge(name, real)
