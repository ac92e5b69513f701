"""Tables in an append-only file that several programs may use at once: the whole engine behind one class.

Every read sees what was committed before it, by anybody. Every write is one batch: all of it or nothing survives.
"""

# Paths are plain texts here: pathlib costs more than the calls it wraps.
# ruff: noqa: PTH116

from __future__ import annotations

import atexit
import os
import threading
import time
import warnings
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from zlib import crc32

from dana_learning.appendlog.compaction import remove_leftover, rewrite
from dana_learning.appendlog.file import Handle, closed, lock, open_file, refused, unlock
from dana_learning.appendlog.framing import HEADER, Record, batches, frames
from dana_learning.appendlog.salvage import Damage, OpenReport, begin, put_aside, salvage
from dana_learning.appendlog.snapshot import Covered, checksum_of, read_snapshot, write_snapshot
from dana_learning.appendlog.state import Describe, Key, State, TableState, decode, encode
from dana_learning.appendlog.sync import Durability, Syncer
from dana_learning.errors import StoreDamaged, StoreError, StoreReadOnly

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

_START = len(HEADER)
_SNAPSHOT_RECORDS = 16_384
_CLOSE_RECORDS = 256
_TEND_RECORDS = 64
_UNKNOWN = 1 << 62
"""An end that no file reaches: it makes the next use read the file again."""
_open_logs: weakref.WeakSet[Log] = weakref.WeakSet()


class Log:
    """Tables of JSON documents in one file.

    `describe` says for some tables where a document belongs in their index; `lock_seconds` is how long to wait for
    other programs; `compact_bytes` is what must be dead, besides half of the file, before it is rewritten.
    """

    def __init__(
        self,
        path: str,
        *,
        describe: Mapping[str, Describe] | None = None,
        durability: Durability = "group",
        read_only: bool = False,
        lock_seconds: float = 5.0,
        compact_bytes: int = 1 << 16,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = path
        self.describe = describe or {}
        self.lock_seconds = lock_seconds
        self.compact_bytes = compact_bytes
        self.clock = clock
        self.report = OpenReport(path)
        self.end, self.checksum = 0, 0
        self._mutex = threading.RLock()
        self._depth = 0
        self._closed = self._forked = False
        self._indexed = self._untended = 0
        self._cancel = threading.Event()
        self._worker: threading.Thread | None = None
        self.handle, self.read_only = open_file(path, read_only=read_only)
        self.state = State(self.handle, self.describe)
        self._syncer = Syncer(durability, self._sync)
        self._load()
        _open_logs.add(self)

    # Opening and catching up

    def _load(self) -> None:
        """Read the file from its beginning: the snapshot when there is one that fits, then what came after it."""
        if self.handle.absent:
            return
        self._lock_current()
        try:
            damages = self._read_all()
            if damages and not self.read_only:
                self._put_right(damages)
        finally:
            unlock(self.handle)
        if not self.read_only:
            remove_leftover(self.path)
        if self.report.damaged:
            warnings.warn(StoreDamaged(str(self.report)), stacklevel=5)

    def _tell(self, damages: list[Damage], quarantine: str = "") -> None:
        """Say in the report what was found."""
        bad = [len(damage.data) for damage in damages if not damage.torn]
        torn = sum(len(damage.data) for damage in damages if damage.torn)
        self.report = OpenReport(self.path, self.state.records, len(bad), sum(bad), torn, quarantine)

    def _read_all(self) -> list[Damage]:
        fd, changes = self.handle.fd, self.state.changes + 1
        size = os.fstat(fd).st_size
        start = self.handle.read(0, _START)
        damages = list[Damage]()
        if start != HEADER:
            damages = begin(self.handle, start, size, read_only=self.read_only)
            size = max(size, _START)
        self.state = State(self.handle, self.describe, changes)
        covered = None if damages else read_snapshot(self.path, self.state)
        if covered is None or covered.end > size or checksum_of(fd, 0, covered.end) != covered.checksum:
            self.state = State(self.handle, self.describe, changes)
            covered = Covered(_START, checksum_of(fd, 0, _START), 0)
        self.end, self.checksum, self._indexed = covered.end, covered.checksum, covered.records
        tail = self.handle.read(self.end, size - self.end)
        damages += self._accept(tail, repair=True)
        self._tell(damages)
        return damages

    def _accept(self, tail: bytes, *, repair: bool) -> list[Damage]:
        """Apply the records of new bytes at the end; with `repair` also those behind damaged places, which are returned."""
        base = self.end
        whole, end = batches(tail, 0, base)
        self._apply(whole)
        damages = list[Damage]()
        if repair and end - base < len(tail):
            more, damages = salvage(tail, end - base, base)
            self._apply(more)
            last, end = damages[-1], base + len(tail)
            end = last.offset if last.offset + len(last.data) == end else end
        self.checksum = crc32(memoryview(tail)[: end - base], self.checksum)
        self.end = end
        return damages

    def _apply(self, found: list[Record]) -> None:
        for record in found:
            self.state.apply(decode(record.payload), record.offset, record.end - record.offset)

    def _put_right(self, damages: list[Damage]) -> None:
        """Put damaged bytes aside, cut what stands at the end, and write the rest anew when there was more."""
        try:
            name = put_aside(self.path, damages, self.clock())
        except OSError as cause:
            refused(self.path, cause, "putting damaged bytes aside")
        self._tell(damages, name)
        os.ftruncate(self.handle.fd, self.end)
        if any(damage.offset < self.end for damage in damages):
            rewrite(self, lambda: False, locked=True)

    def _lock_current(self) -> int:
        """Lock the file that stands under our path now, which another program may have replaced; return its size."""
        while True:
            lock(self.handle, self.lock_seconds, shared=self.read_only)
            try:
                found = os.stat(self.path)
                if found.st_ino == self.handle.inode:
                    return found.st_size
            except FileNotFoundError as cause:
                unlock(self.handle)
                hint = "put it back, or close the store and open a new one"
                raise StoreError(f"{self.path}: the file was removed", path=self.path, hint=hint) from cause
            unlock(self.handle)
            self.handle, self.read_only = open_file(self.path, read_only=self.read_only)

    def refresh(self) -> State:
        """Return the state with everything that was committed by now, by whomever. Hold the mutex while using it."""
        if self._closed:
            closed(self.path)
        if self._depth:
            return self.state  # locked: nobody else writes
        if self._forked:
            self._after_fork()
        try:
            now = os.stat(self.path)
        except FileNotFoundError:
            return self.state  # what was read stays readable
        if now.st_ino != self.handle.inode or now.st_size < self.end:
            self.handle, self.read_only = open_file(self.path, read_only=self.read_only)
            self._load()
        elif now.st_size > self.end:
            self._accept(self.handle.read(self.end, now.st_size - self.end), repair=False)
        return self.state

    # Reading

    def __contains__(self, name: str) -> bool:
        with self._mutex:
            return name in self.refresh().tables

    def table(self, name: str) -> TableState:
        """Return a table, an empty one when there is none of this name."""
        return self.refresh().tables.get(name) or TableState()

    def payload(self, name: str, key: Key) -> bytes | None:
        """Return the operation that put a document, None when there is no such document."""
        with self._mutex:
            offset = self.table(name).offsets.get(key)
            return None if offset is None else self.handle.payload(offset)

    def document(self, name: str, key: Key) -> dict[str, Any] | None:
        """Return a document, None when there is none."""
        payload = self.payload(name, key)
        return None if payload is None else decode(payload)[3]

    def payloads(self, name: str) -> list[tuple[Key, bytes]]:
        """Return the operations that put the documents of a table, in table order."""
        with self._mutex:
            offsets = self.table(name).offsets
            return list(zip(offsets, self.handle.payloads(list(offsets.values())), strict=True))

    @property
    def mutex(self) -> threading.RLock:
        """What to hold while looking at the state."""
        return self._mutex

    # Writing

    def __enter__(self) -> State:
        """Lock for writing; inside, the state is current and stays so. Locks nest."""
        self._mutex.acquire()
        try:
            if self._depth == 0:
                self._enter()
        except BaseException:
            self._mutex.release()
            raise
        self._depth += 1
        return self.state

    def _enter(self) -> None:
        if self._closed:
            closed(self.path)
        if self._forked:
            self._after_fork()
        if self.read_only:
            hint = "open it without read_only, or change the permissions of the file"
            raise StoreReadOnly(f"{self.path}: the store can only be read", path=self.path, hint=hint)
        self._syncer.raise_failure()
        if self.handle.absent:
            self.handle, self.read_only = open_file(self.path, read_only=False, make=True)
            self._load()
        before = self.handle
        size = self._lock_current()
        if size == self.end and self.handle is before:
            return
        try:
            if self.handle is not before or size < self.end:
                damages = self._read_all()
            else:
                damages = (
                    self._accept(self.handle.read(self.end, size - self.end), repair=True) if size > self.end else []
                )
            if damages:
                self._put_right(damages)
                if self.report.damaged:
                    warnings.warn(StoreDamaged(str(self.report)), stacklevel=5)
        except BaseException:
            unlock(self.handle)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._depth == 0:
            unlock(self.handle)
        self._mutex.release()

    def commit(self, operations: list[list[Any]]) -> None:
        """Write operations as one batch, and carry them out. TypeError, and nothing done, when one is not plain data."""
        if not operations:
            return
        parts = frames([encode(operation) for operation in operations])
        with self:
            data = b"".join(parts)
            self.handle.append(self.end, data)
            offset, self.end = self.end, _UNKNOWN  # when this is interrupted, the file says what happened
            for operation, part in zip(operations, parts, strict=True):
                self.state.apply(operation, offset, len(part))
                offset += len(part)
            self.checksum = crc32(data, self.checksum)
            self.end = offset
            self._syncer.wrote(len(parts))
            self._untended += len(parts)
            if self._untended >= _TEND_RECORDS or len(data) > self.compact_bytes:
                self._untended = 0
                self._tend()

    def _sync(self) -> None:
        self.handle.sync()

    def flush(self) -> None:
        """Make everything durable that was written."""
        if self._closed:
            closed(self.path)
        self._syncer.flush()

    # Tending

    def _tend(self) -> None:
        """Start in the background what keeps the file small and quick to open."""
        if self._worker is not None and self._worker.is_alive():
            return
        live = self.state.live
        dead = self.end - _START - live
        if dead > live and dead > self.compact_bytes:
            target: Callable[[], object] = self._compact_quietly
        elif self.state.records - self._indexed > max(_SNAPSHOT_RECORDS, self.state.records // 4):
            target = self.write_snapshot
        else:
            return
        self._worker = threading.Thread(target=target, name="dana-learning-tend", daemon=True)
        self._worker.start()

    def _compact_quietly(self) -> None:
        """Compact in the background: what stands in the way now, as a full disk, is tried again later."""
        try:
            rewrite(self, self._cancel.is_set)
        except (OSError, StoreError):
            remove_leftover(self.path)

    def compact(self) -> bool:
        """Rewrite the file without what is dead; False when another program is doing that."""
        with self._mutex:
            if self._closed:
                closed(self.path)
            worker = self._worker
        if worker is not None:
            worker.join()
        try:
            return rewrite(self, lambda: False)
        except OSError as cause:
            refused(self.path, cause, "compacting")

    def adopt(self, handle: Handle, state: State, end: int, checksum: int) -> None:
        """Go on with a rewritten file."""
        self.handle, self.state, self.end, self.checksum = handle, state, end, checksum

    def write_snapshot(self) -> None:
        """Write down the state beside the file, so that it opens quickly."""
        with self._mutex:
            if not self.read_only:
                self._indexed = self.state.records
                write_snapshot(self.path, self.state, Covered(self.end, self.checksum, self.state.records))

    def _after_fork(self) -> None:
        """Open the file again in a child: an inherited one would share its lock with the parent."""
        self._forked = False
        inode = self.handle.inode
        self.handle, self.read_only = open_file(self.path, read_only=self.read_only)
        self._syncer = Syncer(self._syncer.durability, self._sync)
        self._worker = None
        if self.handle.inode == inode:
            self.state.source = self.handle
        else:
            self._load()

    def forked(self) -> None:
        """Note, in a new process, that locks and threads of its parent are not its own."""
        self._mutex = threading.RLock()
        self._depth = 0
        self._forked = True

    def close(self) -> None:
        """Sync and close; what comes later raises StoreClosed. Closing twice is one time."""
        with self._mutex:
            if self._closed:
                return
            self._cancel.set()
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.join()
        with self._mutex:
            self._closed = True
            try:
                self._syncer.close()
            finally:
                if self.state.records - self._indexed >= _CLOSE_RECORDS:
                    self.write_snapshot()
                _open_logs.discard(self)


def _in_child() -> None:
    for log in list(_open_logs):
        log.forked()


def _at_exit() -> None:
    for log in list(_open_logs):
        with suppress(StoreError):
            log.flush()


os.register_at_fork(after_in_child=_in_child)
atexit.register(_at_exit)
