"""Where a program's agents and events live between runs: one folder, one JSON file per agent, crash-safe.

A save writes a temporary file, flushes it to disk and renames it over the old one, so a reader sees one complete
version whatever happens. Nothing is created before the first save. Loaded only by programs that keep state.
"""

from __future__ import annotations

import contextlib
import os
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from dana_poet.errors import StateError
from dana_poet.runtime import place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

FORMAT = 1
"""The version of the file layout. A file with a higher one is refused and left alone."""


class StateFolder:
    """A folder that keeps agent state and events. `explicit` is true when the user named it (`--state DIR`).

    Files and folders are readable by their owner only. Two processes may use one folder: each save is whole, and
    the last one that completes wins.
    """

    __slots__ = ("_known", "explicit", "path")
    keeps_events = True
    """Whether events and registrations for feedback are kept beside the agents."""

    def __init__(self, path: str | os.PathLike[str], *, explicit: bool = True) -> None:
        self.path = os.path.abspath(os.fspath(path))
        self.explicit = explicit
        self._known: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return f"StateFolder({self.path!r})"

    def load(self, agent_id: str) -> dict[str, Any] | None:
        """Return the saved record of an agent, None when there is none.

        A file that is not complete JSON is set aside as `.corrupt` with a warning. StateError for a file of a newer
        dana-poet or one that cannot be read.
        """
        name, file = file_name(agent_id), self.file_of(agent_id)
        try:
            content = self.content(name)
        except OSError as error:
            raise StateError(f"cannot read the state of agent {agent_id}: {_reason(error)} ({file})") from error
        record = parsed(content) if content is not None else None
        if content is not None and record is None:
            self._set_aside(agent_id, name)
        if content is None or record is None:
            self._known[agent_id] = b""
            return None
        if record["format"] > FORMAT:
            raise StateError(
                f"{file} was written by a newer dana-poet (format {record['format']}, this one reads {FORMAT})",
                hint="update dana-poet, or use another folder with --state DIR",
            )
        self._known[agent_id] = content
        return record

    def save(self, agent_id: str, record: dict[str, Any]) -> None:
        """Replace the saved record of an agent; StateError when that fails, and then the old one is kept."""
        if agent_id not in self._known:
            self.load(agent_id)  # never overwrite a file that this version cannot read
        content = written({"format": FORMAT, "id": agent_id, **record})
        if content == self._known[agent_id]:
            return
        try:
            self.replace(file_name(agent_id), content)
        except OSError as error:
            raise StateError(
                f"cannot save the state of agent {agent_id}: {_reason(error)}",
                hint=f"the state saved before is kept; look at {self.path}",
            ) from error
        self._known[agent_id] = content

    # What touches files: names are those of `file_name`. A program in the sandbox asks its host for the same.

    def content(self, name: str) -> bytes | None:
        """Return what is in the file of this name, None when there is none. OSError when it cannot be read."""
        try:
            with open(self.file_at(name), "rb") as stream:
                return stream.read()
        except FileNotFoundError:
            return None

    def replace(self, name: str, content: bytes) -> None:
        """Put `content` in place of the file of this name. OSError when that fails, and then the old one is kept."""
        make_private(os.path.join(self.path, "agents"))
        with self.locked():
            replace_file(self.file_at(name), content)

    def put_aside(self, name: str) -> str:
        """Rename a damaged file and return what it is called now. OSError when that fails."""
        file = self.file_at(name)
        aside = f"{file}.corrupt"
        number = 1
        while os.path.lexists(aside):
            number += 1
            aside = f"{file}.corrupt-{number}"
        os.rename(file, aside)
        return aside

    def agents(self) -> tuple[str, ...]:
        """Return the ids of all agents with saved state, sorted."""
        try:
            names = os.listdir(os.path.join(self.path, "agents"))
        except FileNotFoundError:
            return ()
        return tuple(sorted(_unquoted(name[:-5]) for name in names if name.endswith(".json")))

    def file_of(self, agent_id: str) -> str:
        """Return the path of an agent's file."""
        return self.file_at(file_name(agent_id))

    def file_at(self, name: str) -> str:
        """Return the path of the file of this name."""
        return os.path.join(self.path, "agents", f"{name}.json")

    def events_file(self) -> str:
        """Return the path of the event log."""
        return os.path.join(self.path, "events", "log.jsonl")

    def locked(self, name: str = "lock", *, wait: bool = True) -> FolderLock:
        """Return a lock that processes of this machine share: `with folder.locked(): ...`.

        With `wait=False` entering gives False instead of waiting for another process.
        """
        return FolderLock(os.path.join(self.path, f".{name}"), wait=wait)

    def _set_aside(self, agent_id: str, name: str) -> None:
        try:
            aside = self.put_aside(name)
        except OSError as error:
            raise StateError(f"the state of agent {agent_id} is damaged: {self.file_at(name)}") from error
        sys.stderr.write(f"WARNING the saved state of agent {agent_id} was damaged; it is kept as {aside}\n")


class FolderLock:
    """An advisory file lock, held while entered. Where the system has none, saves are still whole."""

    __slots__ = ("_handle", "path", "wait")

    def __init__(self, path: str, *, wait: bool) -> None:
        self.path, self.wait = path, wait
        self._handle = -1

    def __enter__(self) -> bool:
        try:
            import fcntl
        except ImportError:  # pragma: no cover - Windows
            return True
        make_private(os.path.dirname(self.path))
        self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX if self.wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._close()
            return False
        except BaseException:
            self._close()
            raise
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


_current: ContextVar[StateFolder | None] = ContextVar("dana_state_folder", default=None)


def current(otherwise: place.Place | None = None) -> StateFolder | None:
    """Return the folder of the program that runs here, else that of the place `otherwise`, None when it has none."""
    return _current.get() or _of_place(place.current() or otherwise)


@contextlib.contextmanager
def use(folder: StateFolder | None) -> Iterator[StateFolder | None]:
    """Make `folder` the current one inside `with`; None means that everything stays in memory."""
    token = _current.set(folder)
    try:
        yield folder
    finally:
        _current.reset(token)


def durable() -> StateFolder | None:
    """Return the folder that everything is kept in because the user named it, None otherwise."""
    folder = current()
    return folder if folder is not None and folder.explicit else None


def _of_place(here: place.Place | None) -> StateFolder | None:
    if here is None or here.path is None:
        return None
    folder: StateFolder | None = here.belongings.get("folder")
    if folder is None:
        folder = here.belongings["folder"] = StateFolder(here.path, explicit=here.explicit)
    return folder


def make_private(folder: str) -> None:
    """Create `folder` and what is missing above it, open to its owner only."""
    if os.path.isdir(folder or os.curdir):
        return
    parent = os.path.dirname(folder)
    if parent != folder:
        make_private(parent)
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)


def replace_file(file: str, content: bytes) -> None:
    """Put `content` in place of `file` so that a crash leaves the old or the new content, never a mixture.

    The caller holds the folder's lock: the temporary name is fixed, so a killed process leaves nothing to sweep.
    """
    temporary = f"{file}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(temporary, flags, 0o600)
    try:
        try:
            write_all(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(temporary, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(os.path.dirname(file))


def write_all(handle: int, content: bytes) -> None:
    """Write all of `content`; a system may take less at once."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def sync_folder(folder: str) -> None:
    """Make a rename or a new file in `folder` survive a power failure, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def parsed(content: bytes) -> dict[str, Any] | None:
    """Return what a file says, as JSON has it; None when it is damaged."""
    import json

    try:
        record = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and isinstance(record.get("format"), int) else None


def written(record: dict[str, Any]) -> bytes:
    """Return the one way in which a record stands in a file."""
    import json

    return json.dumps(record, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def file_name(agent_id: str) -> str:
    """Return the name of an agent's file, without `.json`: letters, digits, `_`, `-` and `.` inside stay, other bytes become `%xx`."""
    safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
    parts = [
        character if character in safe or (character == "." and index) else "".join(f"%{byte:02x}" for byte in _bytes(character))
        for index, character in enumerate(agent_id)
    ]  # fmt: skip
    name = "".join(parts)
    if len(name) <= 200:
        return name
    import hashlib

    return f"{name[:160]}~{hashlib.sha256(_bytes(agent_id)).hexdigest()[:24]}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _unquoted(name: str) -> str:
    from urllib.parse import unquote

    return unquote(name, errors="surrogatepass")
