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
from typing import TYPE_CHECKING

from dana_poet.events.backend import Counts, Filter
from dana_poet.events.event import Event, id_ms, line_of
from dana_poet.events.file_claims import ack, claim, release
from dana_poet.events.file_heal import heal
from dana_poet.events.file_place import CLAIMED, DONE, MAKING, WAITING, Place, second_name, sync_folder
from dana_poet.events.file_state import key_hash
from dana_poet.events.slip import MOST_LINES, Slip, type_bit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from dana_poet.events.file_state import State


class FileStore:
    """The backend `file:DIR`."""

    faults: tuple[type[Exception], ...] = (OSError,)

    def __init__(self, folder: str, *, durability: str) -> None:
        self.place = Place(folder)
        self.url = f"file:{self.place.folder}"
        self._sync = durability != "process"

    # Writing

    def append(self, events: Sequence[Event], handled: Collection[str]) -> None:
        """Write events as batches. All are kept or none is."""
        self.place.create()
        keyed = any(event.key is not None for event in events)
        fresh = self._unknown(events) if keyed else list(events)
        chunks = [fresh[start : start + MOST_LINES] for start in range(0, len(fresh), MOST_LINES)]
        made: list[str] = []
        try:
            made += [self._write(chunk) for chunk in chunks]
            with self._state() as state:
                if keyed:
                    self._drop_known(chunks, made, state)
                folders = self._commit(chunks, made, handled, state)
        except BaseException:
            for path in made:
                with contextlib.suppress(OSError):
                    os.unlink(path)
            raise
        if self._sync:
            for folder in folders:
                sync_folder(folder)

    def _unknown(self, events: Sequence[Event]) -> list[Event]:
        """Leave out events whose key came before, here or - as far as this process knows - in the store."""
        found: dict[str, Event] = {}
        for event in events:
            if event.key is None or not self.place.keys.seems_known(event.key):
                found.setdefault(f"k{event.key}" if event.key is not None else event.id, event)
        return list(found.values())

    def _write(self, events: list[Event]) -> str:
        path = self.place.path(MAKING, f"{os.urandom(8).hex()}.jsonl")
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            content = b"".join(map(line_of, events))
            view = memoryview(content)
            while view:
                view = view[os.write(handle, view) :]
            if self._sync:
                os.fsync(handle)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(path)
            raise
        finally:
            os.close(handle)
        return path

    def _drop_known(self, chunks: list[list[Event]], made: list[str], state: State) -> None:
        """Write those chunks again that hold a key which another process has published meanwhile."""
        keys = self.place.keys
        keys.refresh(state)
        for number, chunk in enumerate(chunks):
            kept = [event for event in chunk if event.key is None or not keys.known(key_hash(event.key))]
            if len(kept) < len(chunk):
                os.unlink(made[number])
                chunks[number] = kept
                made[number] = self._write(kept) if kept else ""

    def _commit(self, chunks: list[list[Event]], made: list[str], handled: Collection[str], state: State) -> set[str]:
        """Deliver written chunks; return the folders that got names. The caller holds the lock."""
        place = self.place
        folders: set[str] = set()
        names: list[str] = []
        ready = [(path, chunk) for path, chunk in zip(made, chunks, strict=True) if chunk]
        if not ready:
            return folders
        first = state.next
        state.next += len(ready)
        place.begin(state)
        try:
            for number, (path, chunk) in enumerate(ready, first):
                names += _deliver(place, path, _slip(number, chunk), _mask(chunk, handled))
        except OSError:
            for name in names:
                os.unlink(name)
            raise
        folders.update(map(os.path.dirname, names))
        with contextlib.suppress(OSError):  # the events are in; what is not noted now is noted by `heal`
            self._noted([event for _, chunk in ready for event in chunk], handled, state)
        return folders

    def _noted(self, events: list[Event], handled: Collection[str], state: State) -> None:
        hashes = [key_hash(event.key) for event in events if event.key is not None]
        if hashes:
            self.place.keys.note(hashes, state)
        state.keyed = state.next - 1
        state.pending += sum(event.id not in handled for event in events) if handled else len(events)
        state.newest_ms = max(state.newest_ms, id_ms(events[-1].id))
        self.place.end(state)

    def deliver(self) -> None:
        """Nothing: what is appended is delivered."""

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
        with self._state() as state:
            return ack(self.place, state, events)

    def release(self, events: Sequence[Event]) -> None:
        """Move what the events stand for back to `new`."""
        with self._state() as state:
            release(self.place, state, events)

    @contextlib.contextmanager
    def _state(self) -> Iterator[State]:
        """Hold the lock, with numbers that can be relied on."""
        with self.place.locked() as state:
            if state.dirty or state.boot != self.place.boot:
                heal(self.place, state)
            yield state

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
        needle = wanted.execution_id.encode() if wanted.execution_id and wanted.execution_id.isalnum() else b""
        for place in (path, ""):
            try:
                with open(place or self._moved(slip), "rb") as stream:
                    content = stream.read()
                break
            except FileNotFoundError:
                content = b""  # pruned, when it is found nowhere
        if content and needle in content:
            yield from (event for event in self.place.parsed(slip, content) if event is not None)

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
                for line, event in enumerate(self.place.batch(slip, path)):
                    if event is not None and slip.mask >> line & 1:
                        return event
        return None

    def counts(self) -> Counts:
        """Count names."""
        if not self.place.exists():
            return Counts(0, 0, 0)
        with self._state() as state:
            claimed = sum(slip.mask.bit_count() for _, slip in self.place.all_slips(CLAIMED))
            done = sum(slip.mask.bit_count() for _, slip in self.place.all_slips(DONE))
            return Counts(state.pending - claimed, claimed, done)

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
        """Open the lock anew."""
        self.place.renew()

    def close(self) -> None:
        """Close the lock."""
        self.place.close()


def _slip(number: int, events: list[Event]) -> Slip:
    types = 0
    for kind in {event.type for event in events}:
        types |= type_bit(kind)
    times = [event.time for event in events]
    first, last = max(int(min(times) * 1000), 0), max(int(max(times) * 1000), 0)
    return Slip(number, len(events), types, first, last, (1 << len(events)) - 1)


def _mask(events: list[Event], ids: Collection[str]) -> int:
    return sum(1 << line for line, event in enumerate(events) if event.id in ids) if ids else 0


def _deliver(place: Place, path: str, slip: Slip, done: int) -> list[str]:
    """Give a written batch its names; return them."""
    waiting, names = slip.mask & ~done, []
    if waiting:
        names.append(os.path.join(place.make(WAITING, slip.shard()), slip.free(waiting).name()))
    if done:
        names.append(os.path.join(place.make(DONE, slip.shard()), slip.free(done).name()))
    if len(names) > 1:
        second_name(path, names[1])
    os.rename(path, names[0])
    return names


def _in_time(slip: Slip, wanted: Filter) -> bool:
    return (wanted.since is None or slip.last + 1 >= wanted.since * 1000) and (
        wanted.until is None or slip.first < wanted.until * 1000
    )
