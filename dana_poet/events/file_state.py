"""The small shared memory of a file store: numbers that would be slow to count, and the keys that were seen.

Both can be made again from the events themselves (`file_heal`). `state` is one record of fixed size, written under the
store's lock; `dirty` in it says that a change was begun, so that the next one repairs what a killed process left.
`keys` holds 8 bytes for each key; when it is full it becomes `keys.old`, so at least the last 100,000 keys are known.
"""

from __future__ import annotations

import os
import struct
from array import array
from dataclasses import dataclass
from hashlib import blake2b

MOST_KEYS = 100_000
"""After this many keys the file of keys turns; a key is known until it has turned twice."""
_MAGIC = b"danaevt1"
_RECORD = struct.Struct("<8s16sI4xQQQqQQ")
NEVER = (1 << 62) - 1


@dataclass(slots=True)
class State:
    """Numbers of a store. `keyed` is the last batch whose keys were noted, `earliest` when the next lease may end."""

    boot: bytes = bytes(16)
    dirty: int = 1
    next: int = 1
    keyed: int = 0
    pending: int = 0
    earliest: int = NEVER
    newest_ms: int = 0
    turns: int = 0

    def packed(self) -> bytes:
        """Return the record."""
        return _RECORD.pack(
            _MAGIC,
            self.boot,
            self.dirty,
            self.next,
            self.keyed,
            self.pending,
            self.earliest,
            self.newest_ms,
            self.turns,
        )


def state_of(content: bytes) -> State:
    """Read a record; what is none is a state that has to be made again."""
    if len(content) != _RECORD.size or content[:8] != _MAGIC:
        return State()
    return State(*_RECORD.unpack(content)[1:])


def boot_id() -> bytes:
    """Return what changes whenever the machine starts, zeros where that is not known.

    After a start the two files may be older than the events: they are not flushed to disk, the events are.
    """
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb") as stream:
            return bytes.fromhex(stream.read().strip().replace(b"-", b"").decode())
    except (OSError, ValueError):
        return bytes(16)


def key_hash(key: str) -> int:
    """Return 64 bits of a key; never 0."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


class Keys:
    """The keys that a store has seen lately. The caller holds the store's lock, except in `known`."""

    def __init__(self, folder: str) -> None:
        self._path = os.path.join(folder, "keys")
        self._now: set[int] = set()
        self._before: set[int] = set()
        self._read = 0
        self._turns = -1

    def known(self, hashed: int) -> bool:
        """Whether a key was known when `refresh` was called last."""
        return hashed in self._now or hashed in self._before

    def refresh(self, state: State) -> None:
        """Read what other processes noted since the last look."""
        if self._turns != state.turns:
            self._before = _hashes(f"{self._path}.old", 0)
            self._now, self._read, self._turns = set(), 0, state.turns
        new = _hashes(self._path, self._read)
        if new:
            self._now |= new
            self._read = os.path.getsize(self._path) // 8 * 8

    def note(self, hashes: list[int], state: State) -> None:
        """Note keys, and turn the file when it is full."""
        if self._read >= MOST_KEYS * 8:
            os.replace(self._path, f"{self._path}.old")
            state.turns += 1
            self._before, self._now, self._read, self._turns = self._now, set(), 0, state.turns
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(handle, array("Q", hashes).tobytes(), self._read)
        finally:
            os.close(handle)
        self._now.update(hashes)
        self._read += 8 * len(hashes)


def _hashes(path: str, start: int) -> set[int]:
    """Return the hashes in a file from an offset on; zeros are what a power cut leaves."""
    try:
        with open(path, "rb") as stream:
            if os.fstat(stream.fileno()).st_size - start < 8:
                return set()
            stream.seek(start)
            content = stream.read()
    except FileNotFoundError:
        return set()
    found = array("Q", content[: len(content) // 8 * 8])
    return set(found) - {0}
