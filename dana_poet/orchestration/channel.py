"""Where signals go and where they are looked up again: a store of events, or the events of the program that runs."""

from __future__ import annotations

import hashlib
import os
import sys
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaTypeError
from dana_poet.orchestration.reading import moment
from dana_poet.runtime import events as program
from dana_poet.runtime import feedback_place
from dana_poet.runtime.event_bridge import GIVEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_poet.orchestration.reading import AnyEvent

Where = Any
"""A store of `dana_poet.events`, the path of a state folder, or None for the events of the program that runs."""


class Channel:
    """Publishes and looks up. A key makes publishing happen once, in all processes.

    >>> channel = Channel(None)
    >>> channel.tell("door.opened", {"door": 4}, key="door 4")
    True
    >>> channel.tell("door.opened", {"door": 4}, key="door 4")
    False
    """

    def __init__(self, where: Where) -> None:
        if where is not None and not isinstance(where, (str, os.PathLike)) and not hasattr(where, "publish"):
            shown = f"a store of events, the path of a state folder or None is expected, not {where!r}"
            raise DanaTypeError(f"where: {shown}", hint='open_store("file:events"), or ".poet"')
        self._where = where

    def tell(self, kind: str, payload: Mapping[str, Any], *, key: str) -> bool:
        """Publish an event; return False where that is known to have happened before."""
        store = self._store()
        if store is None:
            return _tell_program(kind, dict(payload), key)
        known = any(event.key == key for event in store.query(type=kind))
        store.publish(kind, dict(payload), key=key)
        return not known

    def say(self, kind: str, payload: Mapping[str, Any], *, key: str) -> None:
        """Publish an event, once for each key, without looking whether it was new: that would read all of its type."""
        store = self._store()
        if store is None:
            _say_in_program(kind, dict(payload), key)
        else:
            store.publish(kind, dict(payload), key=key)

    def offer(self, kind: str, payload: Mapping[str, Any], *, key: str) -> None:
        """Publish an event, and never fail: what goes wrong is said on standard error. For code that wraps other code."""
        try:
            self.say(kind, payload, key=key)
        except Exception as error:  # noqa: BLE001 - a signal never fails what it watches
            complain(f"'{kind}' could not be published", error)

    def find(self, kind: str) -> list[AnyEvent]:
        """Return the events of a type, oldest first by the time in which they happened."""
        store = self._store()
        return sorted(_known_here(kind) if store is None else store.query(type=kind), key=moment)

    def everything(self) -> list[AnyEvent]:
        """Return all events."""
        store = self._store()
        return _known_here(None) if store is None else list(store.query())

    def _store(self) -> Any:
        if isinstance(self._where, (str, os.PathLike)):
            from dana_poet.events import session_store

            return session_store(self._where)
        return self._where


def _tell_program(kind: str, payload: dict[str, Any], key: str) -> bool:
    """Announce an event in the program that runs. A program that keeps none leaves it in the nearest store there is."""
    bus = program.current_bus()
    beside = _beside() if bus.log() is None else None
    identity = f"event-{key}"
    if beside is not None and any(event.key == identity for event in beside.query(type=kind)):
        return False
    return _say_in_program(kind, payload, key)


def _say_in_program(kind: str, payload: dict[str, Any], key: str) -> bool:
    """Announce an event in the program that runs, and in the store beside it; whether the program had not heard it."""
    bus = program.current_bus()
    new = bus.once(key, kind, payload)
    beside = _beside() if new and bus.log() is None else None
    if beside is not None:
        beside.publish(kind, payload, key=f"event-{key}")
    return new


def _known_here(kind: str | None) -> list[Any]:
    """Return the events of the program that runs, and those that others left in its store."""
    bus = program.current_bus()
    found: list[Any] = bus.query(kind or "*")
    names = {event.id for event in found}
    log = bus.log()
    store = _beside() if log is None else feedback_place.store_in(log.folder.path)
    others = store.query(type=kind) if store is not None else []
    return found + [one for one in others if names.isdisjoint((one.key or "", _given(one), f"event-from-{one.id}"))]


def _given(one: Any) -> str:
    return (one.key or "").removeprefix(GIVEN)


def _beside() -> Any:
    folder = feedback_place.nearest()
    return None if folder is None else feedback_place.store_in(folder)


def complain(what: str, error: BaseException) -> None:
    """Say in one line on standard error what a signal could not do."""
    sys.stderr.write(f"WARNING {what}: {type(error).__name__}: {' '.join(str(error).split())}\n")


def named(*parts: object) -> str:
    """Return a key that is the same for the same parts in every process.

    >>> named("alert", 7) == named("alert", 7), named("alert", 7) == named("alert", 8)
    (True, False)
    """
    return f"{parts[0]}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"
