"""Make recorded calls again: with other parameters, by other versions, and with something put into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dana_poet.stages.replay.weighing import INJECTED, Case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from dana_poet.domains.replay import Replay
    from dana_poet.stages.replay.windows import Window

EVERY, MOST = 5, 12
"""Something is put into every fifth quiet call, the newest twelve of these."""


class Outcome(NamedTuple):
    """What a call made again says: an alarm (None: it failed, or does not say), and the score behind it."""

    alarm: bool | None
    score: float | None


class Player:
    """Makes calls again and remembers what came out. `receiver` is what methods are called on, () for functions."""

    def __init__(self, replay: Replay, limited: bool) -> None:
        self.replay = replay
        self.limit = replay.limit if limited and replay.score is not None else ""
        self.receiver: tuple[Any, ...] = ()
        self._known: dict[Any, Outcome] = {}

    def alarms(
        self, function: Callable[..., Any], cases: Iterable[Case], values: Mapping[str, Any]
    ) -> list[bool | None]:
        """Return for each case whether the function raises an alarm with these parameters."""
        return [self._alarm(self.outcome(function, case, values), values) for case in cases]

    def scores(
        self, function: Callable[..., Any], cases: Iterable[Case], values: Mapping[str, Any]
    ) -> list[float | None]:
        """Return for each case the score that is compared with the limit; None where there is none."""
        return [self.outcome(function, case, values).score for case in cases]

    def power(self, function: Callable[..., Any], cases: Iterable[Case], values: Mapping[str, Any]) -> float:
        """Return the share of calls with something put into them that raise an alarm, 0 to 1."""
        found = self.alarms(function, [case for case in cases if case.injected], values)
        return sum(map(bool, found)) / len(found) if found else 0.0

    def outcome(self, function: Callable[..., Any], case: Case, values: Mapping[str, Any]) -> Outcome:
        """Return what comes of a case. The limit does not matter for its score, so that one call serves all limits."""
        others = tuple((name, value) for name, value in sorted(values.items()) if name != self.limit)
        key = (function, case.window.execution, case.injected, others)
        if key not in self._known:
            self._known[key] = self._made(function, case, values)
        return self._known[key]

    def _made(self, function: Callable[..., Any], case: Case, values: Mapping[str, Any]) -> Outcome:
        inputs = dict(case.window.inputs)
        if case.injected and self.replay.injected is not None:
            inputs = dict(self.replay.injected(inputs)).get(case.injected, inputs)
        try:
            result = function(*self.receiver, **inputs, **values)
            score = self.replay.score(result) if self.limit and self.replay.score is not None else None
            return Outcome(self.replay.alarm(result), score)
        except Exception:  # noqa: BLE001 - other parameters may break anything in a function; they are no good then
            return Outcome(None, None)

    def _alarm(self, outcome: Outcome, values: Mapping[str, Any]) -> bool | None:
        if self.limit and outcome.score is not None:
            return bool(outcome.score > values[self.limit])
        return outcome.alarm

    def forget(self, executions: set[str]) -> None:
        """Let go of what is known of calls that are not recorded any more."""
        self._known = {key: one for key, one in self._known.items() if key[1] in executions}

    def with_injected(self, cases: Sequence[Case]) -> list[Case]:
        """Return the cases, and after them some quiet ones with something put into them."""
        calm = [case.window for case in cases if not case.alarm and case.window.number % EVERY == 0][-MOST:]
        put = [(window, name) for window in calm for name in self._kinds(window)]
        return [*cases, *(Case(window, True, INJECTED / len(put), name) for window, name in put)]

    def _kinds(self, window: Window) -> list[str]:
        if self.replay.injected is None:
            return []
        return [name for name, _ in self.replay.injected(window.inputs)]
