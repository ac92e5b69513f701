"""Run the members of a parallel list at the same time. Loaded when a pipeline has a list of two or more.

Every list has its own threads, so a list inside a list never waits for a thread that waits for it. The caller's
thread takes members too. After the first error no further member is started; those that run are waited for.
"""

from __future__ import annotations

import contextvars
import threading
from typing import TYPE_CHECKING

from dana_poet.runtime.pipeline_stages import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_poet.runtime.pipeline_stages import Captured, Stage

MOST_THREADS = 32
"""How many members of one list run at the same time; the others wait for one to finish."""


class Team:
    """The threads that work on one list, what they have done, and the first error that one of them met."""

    def __init__(self, members: tuple[Stage, ...], captured: Captured, values: tuple[object, ...]) -> None:
        self._members = members
        self._captured = captured
        self._values = values
        self._named: Mapping[str, object] = {}
        self._lock = threading.Lock()
        self._next = 0
        self.results: list[object] = [None] * len(members)
        self.error: BaseException | None = None

    def with_names(self, named: Mapping[str, object]) -> Team:
        """Hand `named` to every member, beside the values."""
        self._named = named
        return self

    def _take(self) -> int | None:
        with self._lock:
            if self.error is not None or self._next == len(self._members):
                return None
            self._next += 1
            return self._next - 1

    def work(self) -> None:
        """Run members until none is left or one has failed."""
        while (index := self._take()) is not None:
            try:
                self.results[index] = self._run(index)
            except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
                self._fail(index, error)

    def _run(self, index: int) -> object:
        member = self._members[index]
        return plain(member.run(self._captured, *self._values, **self._named))

    def _fail(self, index: int, error: BaseException) -> None:
        error.add_note(f"in parallel member {index + 1} '{self._members[index].label}'")
        with self._lock:
            self.error = self.error or error

    def stop(self) -> None:
        """Start no further member."""
        with self._lock:
            self._next = len(self._members)


def together(
    members: tuple[Stage, ...], captured: Captured, values: tuple[object, ...], named: Mapping[str, object]
) -> list[object]:
    """Return the members' results in the order of the members. The first error is raised with a note."""
    team = Team(members, captured, values).with_names(named)
    helpers = _started(team, min(len(members), MOST_THREADS) - 1)
    try:
        contextvars.copy_context().run(team.work)
        for helper in helpers:
            helper.join()
    finally:
        team.stop()
    if team.error is not None:
        raise team.error
    return team.results


def _started(team: Team, count: int) -> list[threading.Thread]:
    helpers = []
    for number in range(count):
        context = contextvars.copy_context()
        name = f"parallel-{number + 1}"
        helper = threading.Thread(target=context.run, args=(team.work,), name=name, daemon=True)
        try:
            helper.start()
        except RuntimeError:
            break  # the system gives no more threads: those that run, at least the caller's, do all the work
        helpers.append(helper)
    return helpers
