"""`use("timer")`: call a function later or again and again, while the program runs."""

from __future__ import annotations

import contextvars
import sys
import threading
from typing import TYPE_CHECKING, Any, ClassVar

from dana_poet.errors import DanaValueError
from dana_poet.runtime.resources.base import ShippedResource, field, fields_of, operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.runtime.fields import FieldTable

LONGEST = 7 * 24 * 3600 * 1000
"""Milliseconds: a week."""


class TimerResource(ShippedResource):
    """Times are in milliseconds. At most `max_timers` at once; stopping the resource cancels all of them."""

    __slots__ = ("_count", "_lock", "_timers")
    __dana_table__: ClassVar[FieldTable] = fields_of("timer", "timer", field("max_timers", int, 100))
    __dana_type_text__ = "Resource[timer]"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lock = threading.Lock()
        self._timers: dict[str, threading.Event] = {}
        self._count = 0

    def delay(self, milliseconds: float) -> bool:
        """Wait. Return true."""
        self._running()
        threading.Event().wait(_seconds(milliseconds))
        return True

    def after(self, milliseconds: float, function: Callable[[], object]) -> str:
        """Call `function` once, later, in a thread of its own. Return an id for `cancel`."""
        return self._launch(milliseconds, function, again=False)

    def every(self, milliseconds: float, function: Callable[[], object]) -> str:
        """Call `function` again and again; the next wait begins when it has ended. Return an id for `cancel`."""
        return self._launch(milliseconds, function, again=True)

    def cancel(self, timer_id: str) -> bool:
        """End a timer. Return whether it was still waiting."""
        with self._lock:
            ended = self._timers.pop(timer_id, None)
        if ended is not None:
            ended.set()
        return ended is not None

    def list(self) -> list[str]:
        """Return the ids of the timers that are waiting."""
        with self._lock:
            return list(self._timers)

    def query(self, request: Any = None, **_options: Any) -> Any:
        """Answer `delay:milliseconds`, `stop:id`, `list`."""
        verb, given = operation(request, ("delay", "stop", "list"))
        if verb == "list":
            return self.list()
        if not given:
            raise DanaValueError(f"request {str(request)!r} is not complete", hint="delay:milliseconds or stop:id")
        return self.delay(_number(given[0])) if verb == "delay" else self.cancel(given[0])

    def _close(self) -> None:
        for timer_id in self.list():
            self.cancel(timer_id)

    def _launch(self, milliseconds: float, function: Callable[[], object], *, again: bool) -> str:
        self._running()
        seconds = _seconds(milliseconds)
        if not callable(function):
            raise DanaValueError(f"a timer calls a function without parameters, got {function!r}")
        ended = threading.Event()
        with self._lock:
            if len(self._timers) >= self.max_timers:
                raise DanaValueError(f"{self._title()} has {self.max_timers} timers already")
            self._count += 1
            timer_id = f"timer-{self._count}"
            self._timers[timer_id] = ended
        context = contextvars.copy_context()
        thread = threading.Thread(
            target=context.run, args=(self._wait, timer_id, ended, seconds, function, again), name=timer_id, daemon=True
        )
        thread.start()
        return timer_id

    def _wait(
        self, timer_id: str, ended: threading.Event, seconds: float, function: Callable[[], object], again: bool
    ) -> None:
        while not ended.wait(seconds):
            if not again:
                with self._lock:
                    self._timers.pop(timer_id, None)
            try:
                function()
            except Exception as error:  # noqa: BLE001 - nobody waits for a timer, so the error is said here
                sys.stderr.write(f"ERROR {timer_id} failed: {type(error).__name__}: {error}\n")
            if not again:
                return


def _seconds(milliseconds: float) -> float:
    given: object = milliseconds
    if not isinstance(given, (int, float)) or not 0 <= given <= LONGEST:
        raise DanaValueError(f"a timer takes milliseconds from 0 to a week, got {given!r}")
    return given / 1000


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise DanaValueError(f"{text!r} is not a number of milliseconds") from error
