"""In the worker: the files that a program's imports see, which the host looks up and reads."""

from __future__ import annotations

import linecache
from typing import TYPE_CHECKING

from dana_poet.errors import UsageError

if TYPE_CHECKING:
    from dana_sandbox.handling import Host

FILE, FOLDER = "file", "folder"


class AskedFiles:
    """Asks the host once for each path and remembers the answer."""

    def __init__(self, host: Host) -> None:
        self._ask = host.ask
        self._kinds: dict[str, str] = {}
        self._names: dict[str, list[str]] = {}
        self._texts: dict[str, str] = {}

    def is_file(self, path: str) -> bool:
        """Whether the host has this file and hands it out."""
        return self._kind(path) == FILE

    def is_folder(self, path: str) -> bool:
        """Whether the host has this folder and tells what is in it."""
        return self._kind(path) == FOLDER

    def _kind(self, path: str) -> str:
        if path not in self._kinds:
            self._kinds[path] = self._ask("look", path)
        return self._kinds[path]

    def names(self, folder: str) -> list[str]:
        """Return the names of modules and folders in a folder."""
        if folder not in self._names:
            self._names[folder] = self._ask("names", folder)
        return self._names[folder]

    def text(self, path: str) -> str:
        """Return the text of a file. UsageError when the host does not hand it out."""
        if path not in self._texts:
            found = self._ask("read", path)
            if found is None:
                raise UsageError(f"cannot read {path}")
            self.know(path, found)
        return self._texts[path]

    def know(self, path: str, text: str) -> None:
        """Take the text of a file that the host has handed over, for imports, traces and messages."""
        self._texts[path] = text
        self._kinds[path] = FILE
        remember(path, text)


def remember(path: str, text: str) -> None:
    """Let traces show the lines of a text that is in no file here."""
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
