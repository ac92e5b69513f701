"""Look for an answer for a moment before sleeping: to wake a sleeping process takes longer than a short call."""

from __future__ import annotations

import os
import select
import time

_LOOK = 0.00006  # seconds of looking
_FIRST, _LONGEST = 2, 64  # waits without looking after a look in vain; doubled each time
# With one processor the other side cannot answer while this one looks.
_SEVERAL = len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) > 1


class Glance:
    """Waits until a descriptor can be read.

    It looks before it sleeps as long as that is not in vain: on a busy machine the other side needs this processor.
    """

    __slots__ = ("_pause", "_poll", "_until_look")

    def __init__(self, fd: int) -> None:
        events = select.poll()
        events.register(fd, select.POLLIN)
        self._poll = events.poll
        self._pause = _FIRST
        self._until_look = _FIRST

    def wait(self, milliseconds: int | None = None) -> bool:
        """Whether there is something to read, or nobody left to write it, before the time is over."""
        if self._until_look:
            self._until_look -= 1
        elif _SEVERAL and self._look():
            return True
        return bool(self._poll(milliseconds))

    def _look(self) -> bool:
        end = time.monotonic() + _LOOK
        while True:
            if self._poll(0):
                self._pause = _FIRST
                return True
            if time.monotonic() > end:
                self._pause = self._until_look = min(2 * self._pause, _LONGEST)
                return False


def glance_at(fd: int) -> Glance | None:
    """Return what waits for `fd`, None on systems where that cannot be asked."""
    return Glance(fd) if hasattr(select, "poll") else None
