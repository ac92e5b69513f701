"""What a person is told of one function: each problem once, and of its folder once for all that is kept there."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from dana_poet import unwritable
from dana_poet.errors import PoetWarning, warn

if TYPE_CHECKING:
    from collections.abc import Callable


class Teller:
    """Warns about one function at its line. `unkept` is not empty while its folder is known to keep nothing."""

    def __init__(self, name: str, function: Callable[..., Any], folder: str) -> None:
        self.name, self.function, self.folder = name, function, folder
        self._said: set[str] = set()

    def say(self, problem: str, then: str = "; the original serves", *, unkept: str = "") -> None:
        """Tell of a problem, unless it was told before."""
        told = unkept and not os.access(self.folder, os.R_OK | os.X_OK)  # of the folder
        if problem not in self._said and not told:
            self._said.add(problem)
            self._warn(f"{self.name}: {problem}{then}")

    def refused(self, error: BaseException) -> bool:
        """Return whether an error says that the folder cannot be written; if so, tell it if nobody has."""
        if unwritable.refusal(self.folder, error) is None:
            return False
        if unwritable.first(self.folder, error):
            self._warn(f"{self.name}: {unwritable.message(self.folder, error)}")
        return True

    def _warn(self, text: str) -> None:
        try:
            warn(text, self.function)
        except PoetWarning:  # where warnings are errors; in a thread of ours nobody could catch it
            if not threading.current_thread().name.startswith("poet-"):
                raise
