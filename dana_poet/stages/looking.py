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

_looking: weakref.WeakSet[Looking] = weakref.WeakSet()


class Looking:
    """Begins the calls of a function that has versions: takes their numbers, and looks at the folder now and then.

    While the folder cannot be written, `again` is called with whether the process ends, and returns whether it can be:
    from the beginning, which is what `waits` says, or since something could not be stored.
    """

    def __init__(self, poet: Poet, again: Callable[[bool], bool], *, waits: bool) -> None:
        self._poet, self._number, self._again, self._waits = poet, poet.begin, again, waits
        self._next = time.monotonic() + (UNKEPT_EVERY if waits else EVERY)
        self._lock = threading.Lock()
        if not _looking:
            atexit.register(_at_exit)
        _looking.add(self)

    def __call__(self) -> int:
        """Return the number of the call that begins."""
        if time.monotonic() >= self._next:
            self.look()
        return self._number()

    @property
    def waits(self) -> bool:
        """Whether something is to be stored that could not be."""
        return self._waits or (self._poet.lifecycle is not None and self._poet.lifecycle.waits)

    def look(self, *, ending: bool = False) -> None:
        """Look now; another call that does so already is enough."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            if not self.waits:
                self._news()
            elif self._again(ending):
                self._waits = False
            self._next = time.monotonic() + (UNKEPT_EVERY if self.waits else EVERY)
        finally:
            self._lock.release()

    def _news(self) -> None:
        lifecycle: Any = self._poet.lifecycle
        built = self._poet.building
        if lifecycle is not None and lifecycle.look() and built is not None:
            built.trainer.version = lifecycle.number


def _at_exit() -> None:
    """Try once more to write what waits."""
    for one in [one for one in list(_looking) if one.waits]:
        try:
            one.look(ending=True)
        except (DanaError, OSError):
            continue  # a person was told of the folder
