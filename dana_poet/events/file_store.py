"""Events in a folder: batches of JSON lines that are delivered, claimed and acknowledged by renaming them.

The layout is maildir's, with one change: a file holds the events of one group commit, not one event. One file for
each event costs a flush to disk for each (7 ms where a batch of 100 costs the same once), 4 KiB of disk for 450 bytes,
and a quarter of a second to find the oldest of 100,000. What a name stands for can be less than the file: it carries a
mask of lines (see `slip`), and where only some of them are claimed the file gets a second name, a hard link. So the
content of a batch is written once, flushed once and never changed; claiming and acknowledging only move names:

    tmp/<token>.jsonl                  being written
    new/000000000/<slip>.jsonl         waiting, 256 batches in a folder
    cur/<slip>~<lease>.jsonl           claimed, with the end of the lease and the owner in the name
    done/000000000/<slip>.jsonl        acknowledged, kept for `query` until `prune`
    odd/                               what was found and is no event
    lock, state, keys                  see `file_place` and `file_state`

Meant for the processes of one machine and about 100,000 waiting events; `migrate` moves to SQLite or Redis.
"""

from __future__ import annotations

import contextlib
import os
from time import monotonic
from typing import TYPE_CHECKING

from dana_poet.events.backend import Counts, Filter
from dana_poet.events.event import Event, id_ms
from dana_poet.events.file_claims import ack, claim, release, reopen
from dana_poet.events.file_heal import heal
from dana_poet.events.file_place import CLAIMED, DONE, WAITING, Place, second_name, sync_folder
from dana_poet.events.file_state import key_hash
from dana_poet.events.segment import Segment, orphans
from dana_poet.events.slip import MOST_LINES, Slip, type_bit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from dana_poet.events.file_state import State


LOOK_SECONDS = 1.0
"""How often a store looks for what processes left that are gone."""


class FileStore:
    """The backend `file:DIR`."""

    faults: tuple[type[Exception], ...] = (OSError,)

    def __init__(self, folder: str, *, durability: str) -> None:
        self.place = Place(folder)
        self.url = f"file:{self.place.folder}"
        self._sync = durability != "process"
        self._each = durability != "batch"
        self._open: Segment | None = None
        self._looked = -LOOK_SECONDS

    # Writing

    def append(self, events: Sequence[Event], handled: Collection[str]) -> None:
        """Write events, all or none: into the open file when each has to be kept at once, else as batches."""
        if self._open is not None and len(self._open.events) + len(events) > MOST_LINES:
            self.deliver()
        if not self._each or len(events) > MOST_LINES:
            self.place.create()
            self._deliver(self._written(events, handled), events)
            return
        if self._open is None or not self._open.is_there():
            self.place.create()
            self._open = Segment.new(self.place)
        self._open.write(events, sync=self._sync, names=True)
        self._open.handled.update(handled)
        if self._open.full():
            with contextlib.suppress(OSError):  # they are kept; whoever writes or looks next tries again
                self.deliver()

    def copy(self, events: Sequence[Event], handled: Collection[str]) -> None:
        """Write events of another store."""
        self.append(events, handled)

    def deliver(self) -> None:
        """Make a batch of the file that is being filled."""
        segment = self._open
        if segment is not None and segment.events:
            self._deliver([segment], segment.events, keep=True)
            self._open = None

    def _written(self, events: Sequence[Event], handled: Collection[str]) -> list[Segment]:
        """Write events in files of their own."""
        made: list[Segment] = []
        try:
            for start in range(0, len(events), MOST_LINES):
                made.append(Segment.new(self.place))
                made[-1].write(events[start : start + MOST_LINES], sync=self._sync)
                made[-1].handled.update(handled)
        except BaseException:
            for one in made:
                one.discard()
            raise
        return made

    def _deliver(self, segments: list[Segment], events: Sequence[Event], *, keep: bool = False) -> None:
        """Give written files their names; on failure they are removed unless they are to be kept."""
        hashes = {event.id: key_hash(event.key) for event in events if event.key is not None}
        try:
            with self._state() as state:
                folders = self._commit(segments, hashes, state)
        except BaseException:
            for one in [] if keep else segments:
                one.discard()
            raise
        if self._sync and not keep:  # a file that is kept has a name in `tmp` that outlives a power cut, too
            self._sync_names(folders)

    def _sync_names(self, folders: set[str]) -> None:
        """Make names outlive a power cut; a folder that is gone was emptied by somebody who claimed it all."""
        for folder in folders:
            try:
                sync_folder(folder)
            except FileNotFoundError:
                for part in (CLAIMED, DONE):
                    sync_folder(self.place.path(part))

    def _commit(self, segments: list[Segment], hashes: dict[str, int], state: State) -> set[str]:
        """Deliver written files; return the folders that got names. The caller holds the lock."""
        if hashes:
            self._drop_known(segments, hashes, state)
        ready = [one for one in segments if one.events]
        first = state.next
        names: list[str] = []
        state.next += len(ready)
        self.place.begin(state)
        try:
            for number, one in enumerate(ready, first):
                one.cut()
                names += _deliver(self.place, one, _slip(number, one.events))
        except OSError:
            for name in names:
                os.unlink(name)
            raise
        for one in ready:
            one.release()
        with contextlib.suppress(OSError):  # the events are in; what is not noted now is noted by `heal`
            self._noted(ready, hashes, state)
        return set(map(os.path.dirname, names))

    def _drop_known(self, segments: list[Segment], hashes: dict[str, int], state: State) -> None:
        """Write those files again that hold a key which was published before."""
        keys = self.place.keys
        seen: set[int] = set()
        keys.refresh(state)
        for number, one in enumerate(segments):
            twice = set()
            for event in one.events:
                hashed = hashes.get(event.id)
                if hashed is not None and (hashed in seen or keys.known(hashed)):
                    twice.add(event.id)
                elif hashed is not None:
                    seen.add(hashed)
            if twice:
                segments[number] = one.without(twice, sync=self._sync)
                if self._open is one:
                    self._open = segments[number]
        for one in segments:
            if not one.events:
                one.discard()

    def _noted(self, segments: list[Segment], hashes: dict[str, int], state: State) -> None:
        events = [event for one in segments for event in one.events]
        if hashes:
            self.place.keys.note([hashes[event.id] for event in events if event.id in hashes], state)
        state.keyed = state.next - 1
        state.pending += sum(len(one.events) - _mask(one).bit_count() for one in segments)
        state.newest_ms = max([state.newest_ms, *(id_ms(one.events[-1].id) for one in segments)])
        self.place.end(state)

    # Claiming

    def claim(self, n: int, owner: str, lease_seconds: float, types: Collection[str] | None) -> list[Event]:
        """Lease events, batch after batch."""
        if not self.place.exists():
            return []
        with self._state() as state:
            return claim(self.place, state, n, owner, lease_seconds, types)

    def ack(self, events: Sequence[Event]) -> list[Event]:
        """Move what the events stand for to `done`."""
        if not self.place.exists():
            return list(events)
        if self._open is not None:
            self.deliver()
        with self._state() as state:
            return ack(self.place, state, events)

    def release(self, events: Sequence[Event]) -> None:
        """Move what the events stand for back to `new`."""
        with self._state() as state:
            release(self.place, state, events)

    def reopen(self, ids: Collection[str]) -> int:
        """Move what acknowledged events stand for back to `new`."""
        if not self.place.exists():
            return 0
        with self._state() as state:
            return reopen(self.place, state, ids)

    @contextlib.contextmanager
    def _state(self) -> Iterator[State]:
        """Hold the lock, with numbers that can be relied on and with what processes left that are gone."""
        with self.place.locked() as state:
            if self.place.unwritable is not None:
                yield state
                return
            if state.dirty or state.boot != self.place.boot:
                heal(self.place, state)
            if monotonic() - self._looked >= LOOK_SECONDS:
                self._looked = monotonic()
                self._adopt(state)
            yield state

    def _adopt(self, state: State) -> None:
        found = orphans(self.place)
        if found:
            events = [event for one in found for event in one.events]
            hashes = {event.id: key_hash(event.key) for event in events if event.key is not None}
            self._commit(found, hashes, state)

    # Looking

    def query(self, wanted: Filter) -> list[Event]:
        """Return events of all states, batch after batch."""
        found: list[Event] = []
        for slip, path in self._batches(wanted):
            events = [event for event in self._read(slip, path, wanted) if wanted.takes(event)]
            found += reversed(events) if wanted.newest else events
            if wanted.limit is not None and len(found) >= wanted.limit:
                del found[wanted.limit :]
                break
        return found[::-1] if wanted.newest else found

    def _batches(self, wanted: Filter) -> list[tuple[Slip, str]]:
        """Return one name of every batch that may hold what is wanted, in the order in which they are to be read."""
        if not self.place.exists():
            return []
        bit = type_bit(wanted.type) if wanted.type is not None else 0
        found: dict[int, tuple[Slip, str]] = {}
        with self._state():
            for part in (WAITING, CLAIMED, DONE):
                for path, slip in self.place.all_slips(part):
                    if slip.types & bit == bit and _in_time(slip, wanted):
                        found[slip.batch] = slip, path
        return [found[batch] for batch in sorted(found, reverse=wanted.newest)]

    def _read(self, slip: Slip, path: str, wanted: Filter) -> Iterator[Event]:
        """Yield the events of a batch, none where its text shows that nothing is wanted. A name may have moved."""
        needle = _as_written(wanted.execution_id)
        for place in (path, ""):
            try:
                with open(place or self._moved(slip), "rb") as stream:
                    content = stream.read()
                break
            except FileNotFoundError:
                content = b""  # pruned, when it is found nowhere
        if content and needle in content:
            parsed = self.place.parsed(slip, content)
            yield from (event for event in (parsed.holding(needle) if needle else parsed) if event is not None)

    def _moved(self, slip: Slip) -> str:
        with self._state():
            for part in (DONE, CLAIMED, WAITING):
                shard = slip.shard() if part != CLAIMED else ""
                for name in self.place.slips(part, shard):
                    if name.startswith(f"{slip.batch:012d}."):
                        return self.place.path(part, shard, name)
        return ""

    def pending(self) -> int:
        """Return how many events are not acknowledged."""
        if not self.place.exists():
            return 0
        with self._state() as state:
            return state.pending

    def oldest(self) -> Event | None:
        """Return the oldest event that waits."""
        if not self.place.exists():
            return None
        with self._state():
            for path, slip in self.place.all_slips(WAITING):
                events, mask = self.place.batch(slip, path), slip.mask
                while mask:
                    event = events[(mask & -mask).bit_length() - 1]
                    if event is not None:
                        return event
                    mask &= mask - 1
        return None

    def counts(self) -> Counts:
        """Count names."""
        if not self.place.exists():
            return Counts(0, 0, 0)
        with self._state() as state:
            claimed = sum(slip.mask.bit_count() for _, slip in self.place.all_slips(CLAIMED))
            done = sum(slip.mask.bit_count() for _, slip in self.place.all_slips(DONE))
            return Counts(state.pending - claimed, claimed, done)

    def unfinished(self) -> set[str]:
        """Return the ids of events that wait or are claimed."""
        if not self.place.exists():
            return set()
        found: set[str] = set()
        with self._state():
            for part in (WAITING, CLAIMED):
                for path, slip in self.place.all_slips(part):
                    events = self.place.batch(slip, path)
                    found |= {one.id for line, one in enumerate(events) if one is not None and slip.mask >> line & 1}
        return found

    def newest_ms(self) -> int:
        """Return what the numbers say."""
        return self.place.peek().newest_ms

    def prune(self, before: float) -> int:
        """Remove batches of which everything is acknowledged and older than `before`."""
        if not self.place.exists():
            return 0
        gone, limit = 0, int(before * 1000)
        with self._state():
            held = {slip.batch for part in (WAITING, CLAIMED) for _, slip in self.place.all_slips(part)}
            for path, slip in list(self.place.all_slips(DONE)):
                if slip.last < limit and slip.batch not in held:
                    os.unlink(path)
                    gone += slip.mask.bit_count()
            for shard in self.place.shards(DONE):
                with contextlib.suppress(OSError):  # only an empty one can be removed
                    os.rmdir(self.place.path(DONE, shard))
        return gone

    def after_fork(self) -> None:
        """Open the lock anew; the file that is being filled is the parent's."""
        self.place.renew()
        if self._open is not None:
            self._open.release()
            self._open = None

    def close(self) -> None:
        """Close the lock."""
        self.place.close()


def _as_written(execution_id: str | None) -> bytes:
    """Return the text that every line of this execution holds; none where JSON may write the id in several ways."""
    plain = execution_id is not None and execution_id.isascii() and execution_id.isprintable()
    return execution_id.encode() if execution_id and plain and not {'"', "\\"} & {*execution_id} else b""


def _slip(number: int, events: list[Event]) -> Slip:
    types = 0
    for kind in {event.type for event in events}:
        types |= type_bit(kind)
    times = [event.time for event in events]
    first, last = max(int(min(times) * 1000), 0), max(int(max(times) * 1000), 0)
    return Slip(number, len(events), types, first, last, (1 << len(events)) - 1)


def _mask(one: Segment) -> int:
    """Return the mask of the events that were handled before they were delivered."""
    return sum(1 << line for line, event in enumerate(one.events) if event.id in one.handled) if one.handled else 0


def _deliver(place: Place, one: Segment, slip: Slip) -> list[str]:
    """Give a written file the names of a batch; return them."""
    done, names = _mask(one), []
    waiting = slip.mask & ~done
    if waiting:
        names.append(os.path.join(place.make(WAITING, slip.shard()), slip.free(waiting).name()))
    if done:
        names.append(os.path.join(place.make(DONE, slip.shard()), slip.free(done).name()))
    if len(names) > 1:
        second_name(one.path, names[1])
    os.rename(one.path, names[0])
    return names


def _in_time(slip: Slip, wanted: Filter) -> bool:
    return (wanted.since is None or slip.last + 1 >= wanted.since * 1000) and (
        wanted.until is None or slip.first < wanted.until * 1000
    )
