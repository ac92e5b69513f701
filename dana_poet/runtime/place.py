"""Where a run keeps its belongings: the state folder's path, its event bus, its resources. Costs nothing to load.

The executor enters a `Place` for each run or session. What hangs on it is made when the program first uses it, so a
program without agents, events or resources never loads their modules.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from contextvars import Token
    from weakref import ref

    from dana_poet.runtime.execute import Program

_current: ContextVar[Place | None] = ContextVar("dana_place", default=None)
_latest: ref[Place] | None = None
_made: list[bool] = []
"""Not empty once there was a place: without any, nobody looks for one among the callers."""


class Place:
    """One run's belongings. `explicit` is true when the user named the folder (`--state DIR`).

    Without `explicit` the folder is only used by agents that are persistent by themselves. `with Place(...):` makes
    it the current one; leaving it tries waiting feedback once more and stops the resources.
    """

    __slots__ = ("__weakref__", "_token", "belongings", "explicit", "path", "program")

    def __init__(self, path: str | None, *, explicit: bool = False, program: Program | None = None) -> None:
        self.path = path
        self.explicit = explicit
        self.program = program
        self.belongings: dict[str, Any] = {}
        self._token: Token[Place | None] | None = None
        _made[:] = [True]

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.finish()
        finally:
            if self._token is not None:
                _current.reset(self._token)

    def kept(self) -> Kept:
        """Return a context in which this place is the current one, and that leaves everything running."""
        return Kept(self)

    def loaded(self) -> int:
        """Deliver feedback that arrived while the program was not there; to be called when its modules are loaded.

        Return how much is still waiting. Does nothing for a program without events.
        """
        bus = self.belongings.get("bus")
        return bus.flush() if bus is not None else 0

    def finish(self) -> int:
        """Try waiting feedback once more and stop the resources; return how much feedback is still waiting."""
        resources = self.belongings.pop("resources", None)
        try:
            return self.loaded()
        finally:
            if resources is not None:
                resources.stop_all()


class Kept:
    """`with place.kept():` makes a place current for one of several runs that share it."""

    __slots__ = ("_place", "_token")

    def __init__(self, place: Place) -> None:
        self._place = place
        self._token: Token[Place | None] | None = None

    def __enter__(self) -> Place:
        self._token = _current.set(self._place)
        return self._place

    def __exit__(self, *error: object) -> None:
        if self._token is not None:
            _current.reset(self._token)


def current() -> Place | None:
    """Return the place of the run that is going on here, or of the program whose function Python has called."""
    return _current.get() or (_of_caller() if _made else None)


def keep(otherwise: Place | None = None) -> Place | None:
    """Make what `current` finds, or `otherwise`, the current place of this context, and return it: a thread has other callers."""
    here = _current.get()
    if here is None:
        here = _of_caller() or otherwise
        _current.set(here)
    return here


def kept_for_later(here: Place) -> None:
    """Say that Python code will call functions of the program of this place when its run is over."""
    global _latest  # noqa: PLW0603 - what belongs to no program goes to the one that was loaded last
    from weakref import ref

    _latest = ref(here)


def latest() -> Place | None:
    """Return the place of the program that Python loaded last, while anything still holds that program."""
    return _latest() if _latest is not None else None


def _of_caller() -> Place | None:
    """Return the place of the program that the nearest Dana function belongs to."""
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to the caller, without loading `inspect`
    caller: Any = frame
    while caller is not None:
        here = caller.f_globals.get("_dana_here")
        if here is not None:
            found: Place | None = here.program.place
            return found
        caller = caller.f_back
    return None
