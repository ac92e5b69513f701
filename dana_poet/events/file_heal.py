"""Putting a file store right after a process was killed in the middle of a change, or after the machine was.

Every change is a few renames and links in an order that never loses a line and may leave one under two names. Which
name counts: done before claimed before waiting.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dana_poet.events.event import id_ms
from dana_poet.events.file_place import CLAIMED, DONE, WAITING, Place
from dana_poet.events.file_state import NEVER, State, key_hash

if TYPE_CHECKING:
    from dana_poet.events.slip import Slip


def heal(place: Place, state: State) -> None:
    """Make the names agree, count again, and note keys that were not noted; the caller holds the lock."""
    place.begin(state)
    done = _masks(place, DONE, {})
    claimed = _masks(place, CLAIMED, done)
    waiting = _masks(place, WAITING, _union(done, claimed))
    state.pending = sum(mask.bit_count() for masks in (claimed, waiting) for mask in masks.values())
    state.earliest = min((slip.until for _, slip in place.all_slips(CLAIMED)), default=NEVER)
    everything = _union(_union(done, claimed), waiting)
    state.next = max(state.next, max(everything, default=0) + 1)
    _note_keys(place, state, everything)
    state.keyed = state.next - 1
    place.end(state)


def _masks(place: Place, part: str, taken: dict[int, int]) -> dict[int, int]:
    """Return the lines of each batch that names in `part` stand for, after taking away what others stand for."""
    found: dict[int, int] = {}
    for path, slip in list(place.all_slips(part)):
        twice = slip.mask & (taken.get(slip.batch, 0) | found.get(slip.batch, 0))
        if twice == slip.mask:
            os.unlink(path)
            continue
        if twice:
            os.rename(path, os.path.join(os.path.dirname(path), slip._replace(mask=slip.mask & ~twice).name()))
        found[slip.batch] = found.get(slip.batch, 0) | (slip.mask & ~twice)
    return found


def _union(one: dict[int, int], other: dict[int, int]) -> dict[int, int]:
    return {batch: one.get(batch, 0) | other.get(batch, 0) for batch in {*one, *other}}


def _note_keys(place: Place, state: State, batches: dict[int, int]) -> None:
    """Note the keys of batches that came after the last noted one; of all batches when the machine was started since."""
    place.keys.refresh(state)
    start = state.keyed if state.boot == place.boot else 0
    if max(batches, default=0) <= start:
        return
    paths: dict[int, tuple[str, Slip]] = {}
    for part in (WAITING, CLAIMED, DONE):
        paths |= {slip.batch: (path, slip) for path, slip in place.all_slips(part) if slip.batch > start}
    for _, (path, slip) in sorted(paths.items()):
        events = [event for event in place.batch(slip, path) if event is not None]
        place.forget(slip.batch)
        hashes = [key_hash(event.key) for event in events if event.key is not None]
        fresh = [one for one in hashes if not place.keys.known(one)]
        if fresh:
            place.keys.note(fresh, state)
        state.newest_ms = max(state.newest_ms, max((id_ms(event.id) for event in events), default=0))
