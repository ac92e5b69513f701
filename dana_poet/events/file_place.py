"""The folder of a file store: its lock, its shared numbers, its listings, and the batches that were read lately."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import threading
from typing import TYPE_CHECKING

from dana_poet.events.buffer import warn
from dana_poet.events.event import Event, event_of
from dana_poet.events.file_state import Keys, State, boot_id, state_of
from dana_poet.events.slip import Slip, slip_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READ_BATCHES = 64
READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
WAITING, CLAIMED, DONE, ODD, MAKING = "new", "cur", "done", "odd", "tmp"


class Place:
    """One folder. Nothing is created before `create`; all that changes files holds `locked`."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.abspath(folder)
        self.boot = boot_id()
        self.keys = Keys(self.folder)
        self._batches: dict[int, Batch] = {}
        self.finished: dict[int, Slip] = {}
        """The names in `done` that this process gave last, by batch, so that they can grow."""
        self._told: set[str] = set()
        self._made: set[str] = set()
        self.renew()

    def renew(self) -> None:
        """Take a new lock and new descriptors: those that a child inherits are its parent's."""
        self._thread_lock = threading.Lock()
        self._lock = self._state = -1
        self.unwritable: OSError | None = None
        """Why nothing can be changed here while the lock is held: the folder can only be read."""

    def close(self) -> None:
        """Close the descriptors."""
        with self._thread_lock:
            self._let_go()

    def _let_go(self) -> None:
        for handle in (self._lock, self._state):
            if handle >= 0:
                os.close(handle)
        self._lock = self._state = -1
        self.unwritable = None

    def path(self, *parts: str) -> str:
        """Return a path in the folder."""
        return os.path.join(self.folder, *parts)

    def exists(self) -> bool:
        """Whether anything was ever written here."""
        return os.path.isdir(self.path(WAITING))

    def create(self) -> None:
        """Create the folder and its parts, open to their owner only, and see to it that they outlive a power cut."""
        for part in (MAKING, CLAIMED, DONE, WAITING):
            self.make(part)

    def make(self, *parts: str) -> str:
        """Create a folder in the folder where it is missing; return its path."""
        path = self.path(*parts)
        if path not in self._made or not os.path.isdir(path):
            missing = path
            while not os.path.isdir(os.path.dirname(missing)):
                missing = os.path.dirname(missing)
            make_private(path)
            sync_folder(os.path.dirname(missing))
            self._made.add(path)
        return path

    # The lock and the numbers

    @contextlib.contextmanager
    def locked(self) -> Iterator[State]:
        """Hold the lock that all processes share, and give the numbers as they are now."""
        with self._thread_lock:
            self._take()
            try:
                yield self._read_state()
            finally:
                unlock(self._lock)
                if self.unwritable is not None:
                    self._let_go()  # the next time it may be otherwise

    def _take(self) -> None:
        path = self.path("lock")
        while True:
            if self._lock < 0:
                self._lock = self._opened(path)
            lock(self._lock)
            with contextlib.suppress(FileNotFoundError):
                if os.stat(path).st_ino == os.fstat(self._lock).st_ino:
                    return
            self._forget()  # somebody removed the folder; what is there now is another store

    def _forget(self) -> None:
        self._let_go()
        self.keys = Keys(self.folder)
        self._batches.clear()
        self._made.clear()
        self.create()

    def _read_state(self) -> State:
        if self._state < 0:
            self._state = self._opened(self.path("state"))
        return state_of(os.pread(self._state, 256, 0))

    def _opened(self, path: str) -> int:
        """Open a file to change it, or to read it where it is in a folder that can only be read."""
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if error.errno not in READ_ONLY or not os.path.exists(path):
                raise
            self.unwritable = error
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def peek(self) -> State:
        """Return the numbers without the lock, for a look."""
        try:
            with open(self.path("state"), "rb") as stream:
                return state_of(stream.read())
        except OSError:
            return State()

    def begin(self, state: State) -> None:
        """Say that a change begins; the caller holds the lock."""
        if self.unwritable is not None:
            raise self.unwritable
        state.dirty = 1
        os.pwrite(self._state, state.packed(), 0)

    def end(self, state: State) -> None:
        """Say that the change is complete."""
        state.dirty = 0
        state.boot = self.boot
        os.pwrite(self._state, state.packed(), 0)

    # Listings

    def shards(self, part: str) -> list[str]:
        """Return the folders below `new` or `done`, oldest first."""
        try:
            return sorted(os.listdir(self.path(part)))
        except FileNotFoundError:
            return []

    def slips(self, part: str, shard: str = "") -> list[str]:
        """Return the names in one folder, oldest first."""
        try:
            return sorted(os.listdir(self.path(part, shard)))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def all_slips(self, part: str) -> Iterator[tuple[str, Slip]]:
        """Yield the paths and slips of `new`, `cur` or `done`, oldest first; what is not ours is put aside."""
        for shard in self.shards(part) if part != CLAIMED else [""]:
            for name in self.slips(part, shard):
                slip = slip_of(name)
                if slip is None:
                    self.put_aside(part, shard, name)
                else:
                    yield self.path(part, shard, name), slip

    def put_aside(self, *parts: str) -> None:
        """Move a file that is not ours to `odd`, and say so once."""
        with contextlib.suppress(OSError):
            if not os.path.isfile(self.path(*parts)):
                return
            number, target = 1, os.path.join(self.make(ODD), parts[-1])
            while os.path.lexists(target):
                number += 1
                target = os.path.join(self.path(ODD), f"{number}.{parts[-1]}")
            os.rename(self.path(*parts), target)
        self.tell(f"a file in {self.folder} holds no events and was moved to {ODD}: {parts[-1]}")

    def tell(self, message: str) -> None:
        """Warn, once for each message."""
        if message not in self._told:
            self._told.add(message)
            warn(message)

    # Batches

    def batch(self, slip: Slip, path: str) -> Batch:
        """Return the events of a batch by line, None where a line is damaged. OSError when the file cannot be read."""
        found = self._batches.get(slip.batch)
        if found is None:
            with open(path, "rb") as stream:
                content = stream.read()
            found = self.parsed(slip, content)
            if len(self._batches) >= READ_BATCHES:
                with contextlib.suppress(KeyError, RuntimeError, StopIteration):
                    del self._batches[next(iter(self._batches))]
            self._batches[slip.batch] = found
        return found

    def remember_finished(self, slip: Slip) -> None:
        """Remember a name in `done`."""
        self.finished.pop(slip.batch, None)
        if len(self.finished) >= READ_BATCHES:
            del self.finished[next(iter(self.finished))]
        self.finished[slip.batch] = slip

    def forget(self, batch: int) -> None:
        """Forget a batch that was read."""
        self._batches.pop(batch, None)

    def parsed(self, slip: Slip, content: bytes) -> Batch:
        """Return the batch that a file's content is."""
        lines = content.split(b"\n")[: slip.lines]
        return Batch(lines + [b""] * (slip.lines - len(lines)), lambda: self._tell_damaged(slip))

    def _tell_damaged(self, slip: Slip) -> None:
        self.tell(f"some events in batch {slip.batch} of {self.folder} are damaged and left out")


class Batch:
    """The events of a batch by line, None where a line is damaged; each is read when it is asked for."""

    __slots__ = ("_damaged", "_lines")

    def __init__(self, lines: list[bytes], damaged: Callable[[], None]) -> None:
        self._lines: list[bytes | Event | None] = [*lines]
        self._damaged = damaged

    def __getitem__(self, line: int) -> Event | None:
        found = self._lines[line]
        if isinstance(found, bytes):
            found = self._lines[line] = _event_or_none(found)
            if found is None:
                self._damaged()
        return found

    def __iter__(self) -> Iterator[Event | None]:
        return map(self.__getitem__, range(len(self._lines)))

    def holding(self, text: bytes) -> Iterator[Event | None]:
        """Yield the events whose lines, not read yet, hold a text."""
        return (self[line] for line, found in enumerate(self._lines) if isinstance(found, bytes) and text in found)


def _event_or_none(line: bytes) -> Event | None:
    try:
        return event_of(line)
    except ValueError:
        return None


def lock(handle: int) -> None:
    """Wait for the exclusive lock on an open file."""
    fcntl.flock(handle, fcntl.LOCK_EX)


def try_lock(handle: int) -> bool:
    """Take the exclusive lock on an open file unless somebody has it; whether it was taken."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(handle: int) -> None:
    """Give the lock back."""
    if handle >= 0:
        fcntl.flock(handle, fcntl.LOCK_UN)


def make_private(folder: str) -> None:
    """Create a folder and what is missing above it, open to its owner only."""
    if os.path.isdir(folder or os.curdir):
        return
    make_private(os.path.dirname(folder))
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)


def sync_folder(folder: str) -> None:
    """Make the names in a folder outlive a power cut, where the file system can."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # some file systems refuse this for folders; names are then in their hands
            os.fsync(handle)
    finally:
        os.close(handle)


def second_name(path: str, name: str) -> None:
    """Give a file a second name; a copy where the file system has no hard links."""
    try:
        os.link(path, name)
    except FileExistsError:
        return
    except OSError:
        import shutil

        shutil.copyfile(path, f"{name}~")
        os.rename(f"{name}~", name)
