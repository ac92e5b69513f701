"""Copying all events of one store into another: each once, acknowledged ones as acknowledged, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_poet.errors import UsageError
from dana_poet.events.opening import open_store

if TYPE_CHECKING:
    from dana_poet.events.store import EventStore

AT_ONCE = 500


def migrate(source_url: str, target_url: str) -> int:
    """Copy the events of a store into another and return how many were copied; the source stays as it is.

    A migration that was interrupted goes on where it stopped when it is called again: an event that the target has
    by its id or its key is not copied. Claimed events wait again in the target. Nothing should be published to or
    claimed from the source meanwhile. EventStoreError when one of the two cannot be used.
    """
    with open_store(source_url) as source, open_store(target_url) as target:
        if source.url == target.url:
            raise UsageError("source and target of a migration are the same store", hint=source.url)
        return _copy(source, target)


def _copy(source: EventStore, target: EventStore) -> int:
    there = {event.id for event in target.query()}
    unfinished = source.unfinished()
    missing = [event for event in source.query() if event.id not in there]
    before = target.counts()
    for start in range(0, len(missing), AT_ONCE):
        some = missing[start : start + AT_ONCE]
        target.take_over(some, {event.id for event in some if event.id not in unfinished})
    after = target.counts()
    return sum((after.waiting, after.claimed, after.done)) - sum((before.waiting, before.claimed, before.done))
