"""A circuit breaker: after enough failed calls in a row nothing is asked for a while, then one call may try."""

from __future__ import annotations

import threading
import time

from dana_poet.errors import PoetCircuitOpenError

monotonic = time.monotonic


class Breaker:
    """Closed, open or half-open. `failures` calls in a row that failed for good open it for `seconds`.

    >>> breaker = Breaker("fetch", failures=1, seconds=60)
    >>> breaker.failed(ConnectionError("gone"))
    >>> breaker.state
    'open'
    """

    __slots__ = ("_count", "_failures", "_lock", "_name", "_seconds", "_until", "last")

    def __init__(self, name: str, failures: int = 5, seconds: float = 30.0) -> None:
        self._name, self._failures, self._seconds = name, failures, seconds
        self._count = 0
        self._until = 0.0
        self._lock = threading.Lock()
        self.last: BaseException | None = None

    @property
    def state(self) -> str:
        """`closed`, `open`, or `half-open` when the next call may try."""
        if self._count < self._failures:
            return "closed"
        return "open" if monotonic() < self._until else "half-open"

    @property
    def troubled(self) -> bool:
        """Whether any call failed since the last one that succeeded."""
        return self._count > 0

    def admit(self) -> None:
        """Let a call through. PoetCircuitOpenError while the circuit is open, or while another call tries."""
        with self._lock:
            if self._count < self._failures:
                return
            wait = self._until - monotonic()
            if wait > 0:
                raise self._refusal(wait)
            # One call tries. Should it never come back, another one may after the same time.
            self._until = monotonic() + self._seconds

    def failed(self, error: BaseException) -> None:
        """Count a call that failed for good."""
        with self._lock:
            self._count += 1
            self.last = error
            if self._count >= self._failures:
                self._until = monotonic() + self._seconds

    def healed(self) -> None:
        """Note that the other side answered: the circuit is closed again."""
        with self._lock:
            self._count = 0
            self.last = None

    def _refusal(self, wait: float) -> PoetCircuitOpenError:
        error = PoetCircuitOpenError(
            f"{self._name} failed {self._count} times in a row and is left alone for {wait:.1f} s ({type(self.last).__name__})",
            wait=wait, hint="fallback= says what to return instead; circuit_breaker=False switches this off",
        )  # fmt: skip
        error.__cause__ = self.last
        return error
