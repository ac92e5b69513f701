"""What the methods of a store are given, read in the forms that it may have; EventError names what cannot be one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from dana_poet.errors import EventError
from dana_poet.events.event import Event

if TYPE_CHECKING:
    from collections.abc import Collection


def pair(one: Any) -> tuple[Any, ...]:
    """Return a pair or triple of what is published."""
    if not isinstance(one, (tuple, list)) or len(one) not in {2, 3}:
        raise EventError(f"pairs: (type, payload) or (type, payload, key) is expected, not {one!r}")
    return tuple(one)


def several(events: Any) -> list[Event]:
    """Return one event or many as a list.

    >>> several("a1b2")
    Traceback (most recent call last):
    ...
    dana_poet.errors.EventError: events: what claim() returned is expected, not 'a1b2'
    """
    if isinstance(events, Event):
        return [events]
    listed: list[Any] = list(events) if hasattr(events, "__iter__") and not isinstance(events, str) else [events]
    wrong = [one for one in listed if not isinstance(one, Event)]
    if wrong:
        raise EventError(f"events: what claim() returned is expected, not {wrong[0]!r}")
    return listed


def types(wanted: Collection[str] | str | None) -> frozenset[str] | None:
    """Return one type or many as a set, None for all."""
    if wanted is None:
        return None
    if not isinstance(wanted, (str, list, tuple, set, frozenset)):
        raise EventError(f"types: a type of events, or a list of them, is expected, not {wanted!r}")
    return frozenset((wanted,) if isinstance(wanted, str) else wanted)


def moment(field: str, given: float | datetime | None) -> float | None:
    """Return a moment in seconds since 1970."""
    if given is None or (isinstance(given, (int, float)) and not isinstance(given, bool)):
        return given
    if not isinstance(given, datetime):
        raise EventError(f"{field}: seconds since 1970 or a datetime is expected, not {given!r}")
    return given.timestamp()
