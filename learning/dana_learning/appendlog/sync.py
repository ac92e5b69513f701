"""When written bytes are made durable: at once, in groups, or when the store is flushed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Literal, TypeAlias

from dana_learning.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

Durability: TypeAlias = Literal["always", "group", "process"]
"""What survives the death of the machine: every record at once; all but the last 5 ms or 64 records; what was flushed.

The death of the process costs nothing in any of them: records go to the operating system before a call returns.
"""

GROUP_SECONDS = 0.005
GROUP_RECORDS = 64


class Syncer:
    """Calls `sync` as the durability asks. Group commit has a thread of its own for the last records of a burst."""

    def __init__(self, durability: Durability, sync: Callable[[], None]) -> None:
        self.durability = durability
        self._sync = sync
        self._pending = 0
        self._armed = False
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._failed: StoreError | None = None

    def wrote(self, records: int) -> None:
        """Note that records were written."""
        if self.durability == "always":
            self._sync()
            return
        self._pending += records
        if self.durability == "process":
            return
        if self._pending >= GROUP_RECORDS:
            self.flush()
        elif not self._armed:
            self._armed = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="dana-learning-sync", daemon=True)
                self._thread.start()
            self._wake.set()

    def flush(self) -> None:
        """Make all that was written durable; StoreError when an earlier attempt in the background failed."""
        self.raise_failure()
        if self._pending:
            self._pending = 0
            self._sync()

    def raise_failure(self) -> None:
        """Raise what a sync in the background met."""
        if self._failed is not None:
            failed, self._failed = self._failed, None
            raise failed

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait()
            self._wake.clear()
            self._stop.wait(GROUP_SECONDS)
            # In this order: what is written from now on arms again or is part of this sync.
            self._armed = False
            try:
                if self._pending:
                    self._pending = 0
                    self._sync()
            except StoreError as failure:
                self._failed = failure

    def close(self) -> None:
        """Flush and end the thread."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._thread = None
        self.flush()
