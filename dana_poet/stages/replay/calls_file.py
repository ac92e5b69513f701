"""The file of recorded calls: JSON lines that processes append to in turn, and that is written anew when it is too long.

A list of numbers, such as a day of a history that comes again in every later call, is written once, under the hash of
its content, so that it means the same whoever wrote it. The file holds twice the calls that count at most; then those
that count no more go, with their rows and verdicts. Its first line says how many went.
"""

from __future__ import annotations

import contextlib
import json
import os
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from dana_poet.errors import StateError
from dana_poet.runtime.state import FolderLock, make_private, sync_folder, write_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Row = list[float]


class CallsFile:
    """One file; the path "" is no file. StateError when it cannot be written or read."""

    def __init__(self, path: str, keeps: int) -> None:
        self.path = path
        self._keeps = keeps
        self._calls = 0
        self._rows: set[str] = set()
        self._file = (0, 0)

    def append(self, record: Mapping[str, Any], rows: Mapping[str, Row] | None = None) -> None:
        """Add a record, and before it those of its rows that the file does not hold."""
        if not self.path:
            return
        line = json.dumps(record, allow_nan=False) + "\n"
        with self._locked():
            self._look()
            fresh = {name: row for name, row in (rows or {}).items() if name not in self._rows}
            text = "".join(_row_line(*one) for one in fresh.items()) + line
            self._write(text)
            self._look()
            self._rows |= fresh.keys()
            self._calls += "call" in record
            if self._calls > 2 * self._keeps:
                self._shorten()

    def read(self) -> Iterator[Any]:
        """Yield all records; a line that a killed process left half written is passed over."""
        records = list(_records(self._content())) if self.path else []
        self._calls = sum("call" in one for one in records)
        yield from records

    def _write(self, text: str) -> None:
        with open(self.path, "ab+") as stream:
            end = stream.seek(0, os.SEEK_END)
            stream.seek(max(end - 1, 0))
            torn = stream.read(1) not in {b"", b"\n"}  # by a process that was killed
            stream.write(b"\n" * torn + text.encode())

    def _content(self) -> str:
        try:
            with open(self.path, encoding="utf-8") as stream:
                return stream.read()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise StateError(f"recorded calls cannot be read: {error} ({self.path})") from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            make_private(os.path.dirname(self.path))
            with FolderLock(os.path.join(os.path.dirname(self.path), ".calls"), wait=True):
                yield
        except OSError as error:
            raise StateError(f"calls cannot be recorded: {error.strerror or error} ({self.path})") from error

    def _look(self) -> None:
        """Forget which rows the file holds when it is another one than before."""
        with contextlib.suppress(FileNotFoundError):
            found = os.stat(self.path)
            if self._file != (found.st_dev, found.st_ino):
                self._file, self._rows = (found.st_dev, found.st_ino), set()

    def _shorten(self) -> None:
        """Write the file anew with the calls that count; the caller holds the lock."""
        records = list(_records(self._content()))
        calls = [one for one in records if "call" in one]
        self._calls = len(calls)
        if len(calls) <= 2 * self._keeps:
            return
        kept = calls[-self._keeps :]
        text = _shortened(records, kept, len(calls) - len(kept))
        handle = os.open(f"{self.path}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            write_all(handle, text.encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(f"{self.path}.new", self.path)
        sync_folder(os.path.dirname(self.path))
        self._calls = len(kept)


def _records(content: str) -> Iterator[dict[str, Any]]:
    for line in content.splitlines():
        with contextlib.suppress(ValueError, RecursionError):
            record = json.loads(line)
            if isinstance(record, dict):
                yield record


def _shortened(records: list[dict[str, Any]], kept: list[dict[str, Any]], gone: int) -> str:
    """Return the text of a file with some of the calls, their rows and what was said of them."""
    ids = {one["call"] for one in kept}
    used = {name for one in kept for told in one.get("inputs", {}).values() for name in _named(told)}
    rows = {one["row"]: one["is"] for one in records if "row" in one and one["row"] in used}
    judged = {one["judged"]: one for one in records if "judged" in one and one["judged"] in ids}
    before = sum(one.get("passed", 0) for one in records if "call" not in one)
    head = json.dumps({"passed": before + gone}) + "\n"
    told = "".join(json.dumps(one) + "\n" for one in (*kept, *judged.values()))
    return head + "".join(_row_line(*one) for one in rows.items()) + told


def _row_line(name: str, row: Row) -> str:
    return json.dumps({"row": name, "is": row}, allow_nan=False) + "\n"


def _named(told: Any) -> list[str]:
    """Return the names of the rows that a value of a recorded call consists of."""
    if not isinstance(told, dict):
        return []
    return [told["row"]] if "row" in told else list(told.get("rows", ()))


def row_name(row: Row) -> str:
    """Return the name of a row, by its content."""
    return blake2b(json.dumps(row).encode(), digest_size=8).hexdigest()
