"""What an author grants a program beside plain data: host functions, called with checked arguments, so often and no more."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from dana_sandbox.argument_types import Arguments

if TYPE_CHECKING:
    from collections.abc import Callable


class Capability:
    """A host function that a program may call: at most `max_calls` times a run and `per_second` times a second.

    Arguments arrive as plain data and are checked against the function's signature and its annotations of plain
    types. The result must be plain data. What the function raises reaches the program as an exception of the same
    builtin class. TypeError for a coroutine function or what cannot be called, ValueError for limits that make no sense.

    >>> Capability(len, max_calls=3).max_calls
    3
    """

    def __init__(self, fn: Callable[..., object], *, max_calls: int = 100, per_second: float | None = None) -> None:
        if isinstance(max_calls, bool) or not isinstance(max_calls, int):
            raise TypeError(f"max_calls must be a whole number, got {max_calls!r}")
        if max_calls < 0:
            raise ValueError(f"max_calls must be at least 0, got {max_calls}")
        if per_second is not None and not per_second > 0:
            raise ValueError(f"per_second must be above 0, got {per_second}")
        self.fn, self.max_calls, self.per_second = fn, max_calls, per_second
        self._arguments = Arguments(fn)
        self._lock = threading.Lock()
        self._allowance, self._last = max(1.0, per_second or 1.0), time.monotonic()

    def __repr__(self) -> str:
        name = getattr(self.fn, "__qualname__", type(self.fn).__name__)
        return f"Capability({name}, max_calls={self.max_calls}, per_second={self.per_second})"

    def check(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Raise the TypeError that a program sees when it calls with the wrong arguments."""
        self._arguments.check(name, args, kwargs)

    def take_turn(self) -> bool:
        """Whether another call is allowed now; the rate holds over all runs and threads."""
        if self.per_second is None:
            return True
        with self._lock:
            now = time.monotonic()
            most = max(1.0, self.per_second)
            self._allowance = min(most, self._allowance + (now - self._last) * self.per_second)
            self._last = now
            if self._allowance < 1:
                return False
            self._allowance -= 1
            return True
