"""Claiming, acknowledging and giving back in a file store: names that move between `new`, `cur` and `done`."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from dana_poet.events.file_place import CLAIMED, DONE, WAITING, Place, second_name
from dana_poet.events.file_state import NEVER, State
from dana_poet.events.slip import Slip, slip_of, type_bit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dana_poet.events.event import Event


def claim(
    place: Place, state: State, n: int, owner: str, lease_seconds: float, types: Collection[str] | None
) -> list[Event]:
    """Lease up to `n` events that wait, the oldest batch first; the caller holds the lock."""
    now = time.time()
    if state.earliest <= now * 1000:
        _expire(place, state, int(now * 1000))
    bits = [type_bit(kind) for kind in types] if types is not None else None
    until = int((now + lease_seconds) * 1000)
    found: list[Event] = []
    for path, slip in place.all_slips(WAITING):
        if bits is not None and not any(slip.types & bit for bit in bits):
            continue
        lines = _wanted(place, state, path, slip, n - len(found), types)
        if not lines:
            continue
        if not found:
            place.begin(state)
            state.earliest = min(state.earliest, until)
        taken = slip._replace(mask=sum(1 << line for line, _ in lines), until=until, token=_token(), owner=owner)
        _move(path, slip, place.path(CLAIMED, taken.name()), taken.mask)
        found += [replace(event, lease=f"{line}:{taken.name()}") for line, event in lines]
        with contextlib.suppress(OSError):  # only an empty folder goes
            os.rmdir(os.path.dirname(path))
        if len(found) >= n:
            break
    if found:
        place.end(state)
    return found


def _wanted(
    place: Place, state: State, path: str, slip: Slip, n: int, types: Collection[str] | None
) -> list[tuple[int, Event]]:
    """Return up to `n` lines of a waiting slip with their events."""
    found: list[tuple[int, Event]] = []
    whole, mask, events = 0, slip.mask, place.batch(slip, path)
    while mask and len(found) < n:
        line = (mask & -mask).bit_length() - 1
        mask &= mask - 1
        event = events[line]
        if event is not None:
            whole += 1
            if types is None or event.type in types:
                found.append((line, event))
    if not whole:
        place.begin(state)  # no line of it can be read
        place.put_aside(os.path.relpath(path, place.folder))
        state.pending -= slip.mask.bit_count()
        place.end(state)
    return found


def _token() -> str:
    return os.urandom(6).hex()


def _move(path: str, slip: Slip, target: str, mask: int) -> None:
    """Let `target` stand for the lines in `mask`, and `path` for the others of its slip."""
    if mask == slip.mask:
        os.rename(path, target)
    else:
        second_name(path, target)
        os.rename(path, os.path.join(os.path.dirname(path), slip._replace(mask=slip.mask & ~mask).name()))


def _expire(place: Place, state: State, now: int) -> None:
    """Let events wait again whose lease has ended."""
    place.begin(state)
    earliest = NEVER
    for path, slip in list(place.all_slips(CLAIMED)):
        if slip.until <= now:
            _wait_again(place, path, slip, slip.mask)
        else:
            earliest = min(earliest, slip.until)
    state.earliest = earliest
    place.end(state)


def ack(place: Place, state: State, events: Sequence[Event]) -> list[Event]:
    """Move what the events stand for to `done`; return those that are not theirs any more. The caller holds the lock."""
    lost: list[Event] = []
    place.begin(state)
    for lease, mine in _by_lease(events).items():
        path, slip = _held(place, lease)
        mask, late = _lines(slip, _found(place, slip, path, mine))
        lost += late
        if mask:
            _finish(place, path, slip, mask)
            state.pending -= mask.bit_count()
    place.end(state)
    return lost


def release(place: Place, state: State, events: Sequence[Event]) -> None:
    """Let events wait again that were claimed; those whose lease is lost are somebody else's already."""
    place.begin(state)
    for lease, mine in _by_lease(events).items():
        path, slip = _held(place, lease)
        mask, _ = _lines(slip, mine)
        if mask:
            _wait_again(place, path, slip, mask)
    place.end(state)


def reopen(place: Place, state: State, ids: Collection[str]) -> int:
    """Let acknowledged events wait again; return how many."""
    opened = 0
    place.begin(state)
    for path, slip in list(place.all_slips(DONE)):
        events = place.batch(slip, path)
        mask = slip.mask & sum(1 << n for n, event in enumerate(events) if event is not None and event.id in ids)
        if mask:
            place.finished.pop(slip.batch, None)
            _wait_again(place, path, slip, mask)
            opened += mask.bit_count()
    state.pending += opened
    place.end(state)
    return opened


def _wait_again(place: Place, path: str, slip: Slip, mask: int) -> None:
    """Let claimed lines wait again, under the name under which the other lines of the batch wait, if they do."""
    shard = place.make(WAITING, slip.shard())
    for name in place.slips(WAITING, slip.shard()):
        other = slip_of(name)
        if other is not None and other.batch == slip.batch:
            os.rename(os.path.join(shard, name), os.path.join(shard, other.free(other.mask | mask).name()))
            _drop(path, slip, mask)
            return
    _move(path, slip, os.path.join(shard, slip.free(mask).name()), mask)


def _drop(path: str, slip: Slip, mask: int) -> None:
    """Let a name stand for the lines in `mask` no more."""
    if mask == slip.mask:
        os.unlink(path)
    else:
        os.rename(path, os.path.join(os.path.dirname(path), slip._replace(mask=slip.mask & ~mask).name()))


NOWHERE = "", Slip(0, 0, 0, 0, 0, 0)


def _by_lease(events: Sequence[Event]) -> dict[str, list[tuple[int, Event]]]:
    """Return events with their lines by the name that they were claimed under; unclaimed ones by their id."""
    found: dict[str, list[tuple[int, Event]]] = {}
    for event in events:
        line, _, lease = (event.lease or f"-1::{event.id}").partition(":")
        found.setdefault(lease, []).append((int(line), event))
    return found


def _held(place: Place, lease: str) -> tuple[str, Slip]:
    """Return the path and slip of a lease, which stands for fewer lines when some are acknowledged already."""
    wanted = slip_of(lease)
    if wanted is None:
        return _unclaimed(place, lease.removeprefix(":"))
    path = place.path(CLAIMED, lease)
    if os.path.exists(path):
        return path, wanted
    for name in place.slips(CLAIMED):
        slip = slip_of(name)
        if slip is not None and (slip.batch, slip.token) == (wanted.batch, wanted.token):
            return place.path(CLAIMED, name), slip
    return NOWHERE


def _unclaimed(place: Place, identity: str) -> tuple[str, Slip]:
    """Return where an event waits that nobody has claimed, looking at the latest first; the slip stands for it alone."""
    for path, slip in reversed(list(place.all_slips(WAITING))):
        for line, event in enumerate(place.batch(slip, path)):
            if event is not None and event.id == identity and slip.mask >> line & 1:
                return path, slip
    return NOWHERE


def _found(place: Place, slip: Slip, path: str, mine: list[tuple[int, Event]]) -> list[tuple[int, Event]]:
    """Return events with their lines, also one that was never claimed."""
    if mine[0][0] >= 0 or not slip.batch:
        return mine
    events = place.batch(slip, path)
    return [
        (line, one) for _, one in mine for line, event in enumerate(events) if event is not None and event.id == one.id
    ]


def _lines(slip: Slip, mine: list[tuple[int, Event]]) -> tuple[int, list[Event]]:
    """Return the mask of the lines that a slip still stands for, and the events that it does not."""
    mask, late = 0, []
    for line, event in mine:
        if line >= 0 and slip.mask >> line & 1 and not mask >> line & 1:
            mask |= 1 << line
        else:
            late.append(event)
    return mask, late


def _finish(place: Place, path: str, slip: Slip, mask: int) -> None:
    """Let a name in `done` stand for the lines in `mask`: that of the batch which was there last, or a new one."""
    free = slip.free(mask)
    before = place.finished.get(slip.batch)
    if before is not None and _grown(place, before, mask):
        _drop(path, slip, mask)
        return
    _move(path, slip, os.path.join(place.make(DONE, slip.shard()), free.name()), mask)
    place.remember_finished(free)


def _grown(place: Place, before: Slip, mask: int) -> bool:
    """Let a name in `done` stand for more lines; False when it is not there any more."""
    after = before.free(before.mask | mask)
    folder = place.path(DONE, before.shard())
    try:
        os.rename(os.path.join(folder, before.name()), os.path.join(folder, after.name()))
    except FileNotFoundError:
        return False
    place.remember_finished(after)
    return True
