"""What handlers get: an event, or feedback for one execution. Keys of the payload read as attributes."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dana_poet.runtime import encoding

if TYPE_CHECKING:
    from collections.abc import Iterator


class Payload:
    """What an event and feedback share: the keys of their payload read like those of a dict."""

    __slots__ = ("payload",)

    payload: Any

    def __getitem__(self, key: Any) -> Any:
        return self.payload[key]

    def __contains__(self, key: object) -> bool:
        return key in self.payload

    def __iter__(self) -> Iterator[Any]:
        return iter(self.payload)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return a value of the payload, `default` when the key is not there."""
        return self.payload.get(key, default) if isinstance(self.payload, dict) else default

    def keys(self) -> Any:
        """Return the keys of the payload."""
        return self.payload.keys()

    def values(self) -> Any:
        """Return the values of the payload."""
        return self.payload.values()

    def items(self) -> Any:
        """Return the pairs of the payload."""
        return self.payload.items()


class Event(Payload):
    """One thing that happened: `type`, `payload`, `id`, `time` (UTC). Keys of the payload read as attributes."""

    __slots__ = ("id", "time", "type")

    def __init__(self, type: str, payload: Any = None, *, id: str = "", time: datetime | None = None) -> None:  # noqa: A002 - the names that Dana programs read
        self.type = type
        self.payload = {} if payload is None else payload
        self.id = id or new_id("event")
        self.time = time or datetime.now(UTC)

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        keys = self.payload if isinstance(self.payload, dict) else {}
        if name in keys:
            return keys[name]
        raise AttributeError(f"event '{self.type}' has no '{name}'", name=name, obj=self)

    def __dir__(self) -> list[str]:
        return ["id", "payload", "time", "type", *(map(str, self.payload) if isinstance(self.payload, dict) else ())]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Event) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Event('{self.type}', {self.payload!r})"


class FeedbackEvent(Payload):
    """What came back about an execution: keys of the payload as attributes, `execution_id` and `received_at` (UTC)."""

    __slots__ = ("_id", "_type", "execution_id", "received_at")

    def __init__(
        self, payload: Any = None, *, execution_id: str = "", received_at: datetime | None = None, **keys: Any
    ) -> None:
        self.payload = {**(payload or {}), **keys} if payload is None or isinstance(payload, dict) else payload
        self.execution_id = execution_id
        self.received_at = received_at or datetime.now(UTC)
        self._type = "feedback"
        self._id = ""

    @classmethod
    def of(cls, event: Event, execution_id: str) -> FeedbackEvent:
        """Return an event as feedback for one execution."""
        feedback = cls(event.payload, execution_id=execution_id, received_at=event.time)
        feedback._type, feedback._id = event.type, event.id
        return feedback

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        if isinstance(self.payload, dict) and name in self.payload:
            return self.payload[name]
        if name in {"type", "id"}:
            return self._type if name == "type" else self._id
        raise AttributeError(f"this feedback has no '{name}'", name=name, obj=self)

    def __dir__(self) -> list[str]:
        keys = map(str, self.payload) if isinstance(self.payload, dict) else ()
        return ["execution_id", "received_at", "payload", "type", *keys]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FeedbackEvent) and self._plain() == other._plain()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"FeedbackEvent({self.payload!r}, execution_id={self.execution_id!r})"

    def _plain(self) -> list[Any]:
        return [self.payload, self.execution_id, self.received_at, self._type, self._id]

    @classmethod
    def _read(cls, plain: Any) -> FeedbackEvent:
        payload, execution_id, received_at, kind, event_id = plain
        feedback = cls(payload, execution_id=execution_id, received_at=received_at)
        feedback._type, feedback._id = kind, event_id
        return feedback


encoding.register(FeedbackEvent, "feedback", FeedbackEvent._plain, FeedbackEvent._read)  # noqa: SLF001 - its own module


def new_id(prefix: str) -> str:
    """Return an id that no other process gives: `prefix` and 16 hexadecimal digits."""
    return f"{prefix}-{os.urandom(8).hex()}"
