"""What else happens when a call begins, now and then: who serves may have been changed in another process."""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.stages.poet import Poet

EVERY = 1.0
"""Seconds between two looks at what is stored: one `stat`."""
UNKEPT_EVERY = 5.0
"""Seconds between two attempts at a folder that could not be written."""

_waiting: weakref.WeakSet[Looking] = weakref.WeakSet()


class Looking:
    """Begins the calls of a function that has versions: takes their numbers, and looks at the folder now and then.

    `again` is called, and returns whether the folder can be written, while it cannot.
    """

    def __init__(self, poet: Poet, again: Callable[[], bool] | None = None) -> None:
        self._poet, self._number, self.again = poet, poet.begin, again
        self._next = time.monotonic() + (EVERY if again is None else UNKEPT_EVERY)
        self._lock = threading.Lock()
        if again is not None:
            if not _waiting:
                atexit.register(_at_exit)
            _waiting.add(self)

    def __call__(self) -> int:
        """Return the number of the call that begins."""
        if time.monotonic() >= self._next:
            self.look()
        return self._number()

    def look(self) -> None:
        """Look now; another call that does so already is enough."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            if self.again is None:
                self._news()
            elif self.again():
                self.again = None
                _waiting.discard(self)
            self._next = time.monotonic() + (EVERY if self.again is None else UNKEPT_EVERY)
        finally:
            self._lock.release()

    def _news(self) -> None:
        lifecycle: Any = self._poet.lifecycle
        built = self._poet.building
        if lifecycle is not None and lifecycle.look() and built is not None:
            built.trainer.version = lifecycle.number


def _at_exit() -> None:
    """Try once more to write what waits."""
    for one in list(_waiting):
        try:
            one.look()
        except (DanaError, OSError):
            continue  # a person was told of the folder
