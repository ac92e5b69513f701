"""Events that outlive the process: publish, claim, acknowledge, look back. Start at `open_store`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dana_poet.errors import EventError, EventStoreError, LeaseLostError
    from dana_poet.events.backend import Counts
    from dana_poet.events.event import Event
    from dana_poet.events.event_types import register_type
    from dana_poet.events.migrate import migrate
    from dana_poet.events.opening import open_store, session_store
    from dana_poet.events.store import EventStore

_PLACES = {
    **dict.fromkeys(("EventError", "EventStoreError", "LeaseLostError"), "dana_poet.errors"),
    **dict.fromkeys(("open_store", "session_store"), "dana_poet.events.opening"),
    "Counts": "dana_poet.events.backend",
    "Event": "dana_poet.events.event",
    "EventStore": "dana_poet.events.store",
    "migrate": "dana_poet.events.migrate",
    "register_type": "dana_poet.events.event_types",
}

__all__ = [
    "Counts",
    "Event",
    "EventError",
    "EventStore",
    "EventStoreError",
    "LeaseLostError",
    "migrate",
    "open_store",
    "register_type",
    "session_store",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'dana_poet.events' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
