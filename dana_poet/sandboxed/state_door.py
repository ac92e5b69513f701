"""The host's answers about saved agents: single records of the one folder that the user named, as text, under limits.

Nothing that a program wrote is decoded here. A record is taken when it is the JSON text that a run without the sandbox
would have written, and it is written by the same code.
"""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Any

from dana_poet.runtime.state import FORMAT, StateFolder, file_name, parsed, written
from dana_poet.sandboxed.limits import MOST_RECORD_BYTES
from dana_sandbox.service import Ended

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = re.compile(r"[A-Za-z0-9_%-][A-Za-z0-9_%.~-]{0,199}", re.ASCII)
"""What files of agents are called, without `.json`: no separators, and no dot in front."""
MOST_WRITES = 10_000
MOST_WRITTEN_BYTES = 64 * 1024 * 1024
MOST_DEPTH = 200


class Unusable(Exception):  # noqa: N818 - what the record is
    """This record is not read or written; the message says why, and names no path."""


class StateDoor:
    """Reads and writes the records of one state folder for one program. `seconds` bounds the time that takes in a run."""

    def __init__(self, folder: str | os.PathLike[str], *, seconds: float) -> None:
        self._folder = StateFolder(folder)
        self._root = os.path.realpath(self._folder.path).rstrip("/")
        self._most_seconds = seconds
        self._looked_at: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """Count anew: a run begins."""
        self._writes, self._bytes, self._seconds = MOST_WRITES, MOST_WRITTEN_BYTES, self._most_seconds

    def capabilities(self) -> dict[str, Callable[[Any], object]]:
        """Return what the program may ask, by name."""
        questions = {"state_read": self._read, "state_write": self._write, "state_put_aside": self._put_aside}
        return {name: self._timed(function) for name, function in questions.items()}

    def _timed(self, function: Callable[[Any], dict[str, Any]]) -> Callable[[Any], object]:
        """Return `function` so that the time it takes is the program's, and that what fails is an answer."""

        def answered(question: Any) -> dict[str, Any]:
            started = time.monotonic()
            try:
                return function(question)
            except OSError as error:
                return {"error": error.strerror or type(error).__name__}
            except Unusable as reason:
                return {"error": str(reason)}
            finally:
                self._seconds -= time.monotonic() - started
                if self._seconds < 0:
                    raise Ended("timeout", "")

        return answered

    def _read(self, name: object) -> dict[str, Any]:
        return {"content": self._content(self._known(name))}

    def _write(self, question: object) -> dict[str, Any]:
        match question:
            case [name, bytes() as content]:
                known = self._known(name)
            case _:
                raise Ended("crashed", "what it saves is no record")
        self._writes -= 1
        self._bytes -= len(content)
        if self._writes < 0:
            raise Unusable(f"a run in the sandbox saves at most {MOST_WRITES:,} times")
        if self._bytes < 0:
            raise Unusable(f"a run in the sandbox saves at most {MOST_WRITTEN_BYTES:,} bytes")
        _check(known, content)
        if known not in self._looked_at:
            self._refuse_what_must_stay(known)
        self._folder.replace(known, content)
        return {}

    def _put_aside(self, name: object) -> dict[str, Any]:
        known = self._known(name)
        content = self._content(known)
        if content is None or parsed(content) is not None:
            raise Ended("crashed", "it sets aside what is not damaged")
        return {"name": os.path.basename(self._folder.put_aside(known))}

    def _known(self, name: object) -> str:
        """Return a name that may be one of an agent's file. Ended for any other: only an attack asks for that."""
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise Ended("crashed", "it asks for state by what is no name of a record")
        file = self._folder.file_at(name)
        if not os.path.realpath(file).startswith(f"{self._root}/"):
            raise Unusable("it lies outside of the state folder")
        if os.path.lexists(file) and not os.path.isfile(file):
            raise Unusable("it is no file")
        return name

    def _content(self, name: str) -> bytes | None:
        file = self._folder.file_at(name)
        if os.path.isfile(file) and os.path.getsize(file) > MOST_RECORD_BYTES:
            raise Unusable(f"it is larger than the {MOST_RECORD_BYTES:,} bytes that the sandbox takes")
        return self._folder.content(name)

    def _refuse_what_must_stay(self, name: str) -> None:
        """Raise Unusable where a record is there that this version cannot read; it is looked at once."""
        content = self._content(name)
        record = parsed(content) if content is not None else None
        if content is not None and (record is None or record["format"] > FORMAT):
            raise Unusable("what is there cannot be read by this version")
        self._looked_at.add(name)


def _check(name: str, content: bytes) -> None:
    """Raise Ended for what is no record of this name, in the one way in which records are written."""
    record = parsed(content) if len(content) <= MOST_RECORD_BYTES else None
    if record is None or type(record["format"]) is not int or record["format"] != FORMAT:
        raise Ended("crashed", "what it saves is no record")
    if not isinstance(record.get("id"), str) or file_name(record["id"]) != name:
        raise Ended("crashed", "it saves a record under the name of another one")
    if _is_deeper(record, MOST_DEPTH):
        raise Unusable(f"it is nested more than {MOST_DEPTH} levels deep")
    try:
        same = written(record) == content
    except ValueError:  # half of a surrogate pair, or a number that JSON does not have
        same = False
    if not same:
        raise Ended("crashed", "what it saves is no record as records are written")


def _is_deeper(data: object, levels: int) -> bool:
    """Whether containers stand inside each other in more than so many levels."""
    level: list[object] = [data]
    for _ in range(levels + 1):
        level = [
            item
            for one in level
            if isinstance(one, (list, dict))
            for item in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
