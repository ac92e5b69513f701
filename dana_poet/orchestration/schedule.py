"""Passes of learning in the background: every so many seconds, or when so many events wait."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

from dana_poet import expected
from dana_poet.errors import DanaValueError

if TYPE_CHECKING:
    from dana_poet.orchestration.orchestrator import LearningOrchestrator

LONGEST_PAUSE = 3600.0
LOOK_SECONDS = 0.5
"""How often the number of waiting events is looked at."""


class Schedule:
    """A daemon thread that calls `process`. What a pass raises is said on standard error, and the next one comes."""

    def __init__(
        self, orchestrator: LearningOrchestrator, every_seconds: float | None, after_events: int | None
    ) -> None:
        if every_seconds is None and after_events is None:
            raise DanaValueError("when is it to process?", hint="start(every_seconds=3600) or start(after_events=100)")
        self._orchestrator = orchestrator
        self._every = None if every_seconds is None else expected.seconds("every_seconds", every_seconds)
        self._after = None if after_events is None else expected.whole("after_events", after_events)
        self._stopped = threading.Event()
        self._told: tuple[str, ...] = ()
        self._left = 0
        self._thread = threading.Thread(target=self._run, name="dana-poet learning", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; wait for a pass that is going on."""
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        last = time.monotonic()
        while not self._stopped.wait(self._pause(last)):
            if self._is_due(last):
                self._pass()
                last = time.monotonic()

    def _pause(self, last: float) -> float:
        left = self._every - (time.monotonic() - last) if self._every is not None else LOOK_SECONDS
        return max(min(left, LONGEST_PAUSE if self._after is None else LOOK_SECONDS), 0.0)

    def _is_due(self, last: float) -> bool:
        if self._every is not None and time.monotonic() - last >= self._every:
            return True
        return self._after is not None and self._pending() - self._left >= self._after

    def _pending(self) -> int:
        try:
            return int(self._orchestrator.store.pending())
        except Exception:  # noqa: BLE001 - a store that is away is asked again
            return 0

    def _pass(self) -> None:
        try:
            problems = self._orchestrator.process().problems
            for problem in problems:
                if problem not in self._told:
                    sys.stderr.write(f"WARNING learning: {' '.join(problem.split())}\n")
            self._told = problems
            self._left = self._pending()  # what was asked for waits for whoever does it
        except Exception as error:  # noqa: BLE001 - learning never ends the program
            message = " ".join(str(error).split())
            sys.stderr.write(f"WARNING learning failed and is tried again: {type(error).__name__}: {message}\n")
