"""Every parameter set that was ever served, the way back to each, and going back by itself when a new one is worse."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Self

from dana_learning.betting import Ranks
from dana_learning.errors import ParameterError, reading
from dana_learning.explain import Explained
from dana_learning.observation import finite
from dana_learning.parameter import Space

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dana_learning.kinds import Choice, Parameter, Structured
    from dana_learning.records import ParameterSet
    from dana_learning.store import ParameterStore


WATCHED = 200
"""Qualities compared, of a new set and of the start, after which a probation is over; `Validation` goes on."""


class ParameterHistory:
    """The parameter sets of one function in a store. Version 1 is the start; whatever is read is inside the bounds.

    >>> from dana_learning import MemoryStore, Parameter, Space
    >>> history = ParameterHistory(MemoryStore(), "fetch", Space([Parameter("timeout", 10, 0, 60)]))
    >>> _ = history.serve({"timeout": 20}, reason="calls take longer")
    >>> history.served(), history.rollback(1).after, [one.version for one in history.versions()]
    ({'timeout': 20.0}, {'timeout': 10.0}, [1, 2, 3])
    """

    def __init__(
        self, store: ParameterStore, function: str, space: Space | Iterable[Parameter | Choice | Structured]
    ) -> None:
        self.store = store
        self.function = function
        self.space = space = Space.of(space)
        newest = store.parameter_sets(function, limit=1)
        if not newest:
            newest = [self._kept(space.defaults(), 1.0, "the start")]
        self._newest = newest[0]
        self._start = min(store.parameter_sets(function), key=lambda one: one.version)

    def _kept(self, values: Mapping[str, Any], confidence: float, reason: str) -> ParameterSet:
        signature = self.space.signature()
        return self.store.set_parameters(
            self.function, values, confidence=confidence, reason=reason, signature=signature
        )

    @property
    def version(self) -> int:
        """The version that is served."""
        return self._newest.version

    def start(self) -> dict[str, Any]:
        """Return the values that everything is compared with."""
        return self._fitting(self._start.values)

    def served(self) -> dict[str, Any]:
        """Return the values that are served."""
        return self._fitting(self._newest.values)

    def versions(self) -> list[ParameterSet]:
        """Return all sets, oldest first."""
        return self.store.parameter_sets(self.function)

    def serve(self, values: Mapping[str, Any], *, reason: str, confidence: float = 0.9) -> ParameterSet:
        """Serve values from now on; ValuesError when they do not fit."""
        self._newest = self._kept(self.space.check(values), confidence, reason)
        return self._newest

    def rollback(self, version: int, *, why: str = "asked for by hand") -> Explained:
        """Serve an earlier version again, as a new version; StoreError when there is no such version.

        Values of an earlier day that left today's bounds are clipped, and it is said.
        """
        before, leaving = self.served(), self._newest.version
        self._newest = self.store.rollback(self.function, version)
        values, repairs = self.space.clip({**self.space.defaults(), **self._newest.values})
        if values != self._newest.values:
            said = "; ".join(f"{one.name} {one.reason}" for one in repairs) or "filled with starts"
            self._newest = self._kept(values, min(self._newest.confidence.values()), f"version {version}: {said}")
        return Explained(
            learner="rollback", function=self.function, before=before, after=values, why=f"{why}: back to version {version}",
            expected_gain=0.0, probability=0.5, evidence=0, counterfactual=f"version {leaving} would be served on",
            revert=f"rollback({leaving})", step=self._newest.version,
        )  # fmt: skip

    def _fitting(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return self.space.clip({**self.space.defaults(), **values})[0]


class Guard:
    """Goes back to the start when what is served turns out worse, by ranks (`betting.Ranks`), within few executions.

    `level` is the chance that a set as good as the start is ever taken back; `memory` is how many of the newest
    qualities of the start are compared with. A set is on probation for its first executions; a level of quality that
    falls for another reason takes it back as well, to what is known.

    >>> from dana_learning import MemoryStore, Parameter, Space
    >>> history = ParameterHistory(MemoryStore(), "fetch", Space([Parameter("timeout", 10, 0, 60)]))
    >>> guard = Guard(history)
    >>> for quality in (0.8, 0.82, 0.79, 0.85, 0.81, 0.78, 0.83, 0.8, 0.84, 0.77):
    ...     _ = guard.observe({"timeout": 10}, quality)
    >>> _ = history.serve({"timeout": 20}, reason="a guess")
    >>> changes = [guard.observe({"timeout": 20}, quality) for quality in (0.6, 0.65, 0.58, 0.61, 0.63, 0.66, 0.59)]
    >>> history.served()
    {'timeout': 10.0}
    """

    def __init__(self, history: ParameterHistory, *, level: float = 0.1, memory: int = 60) -> None:
        if isinstance(level, bool) or not 0.0 < level < 1.0:
            raise ParameterError(f"level is {level!r}", field="level", expected="a number between 0 and 1")
        self.history = history
        self.level = level
        self._good: deque[float] = deque(maxlen=memory)
        self._suspect: deque[float] = deque(maxlen=memory)
        self._begin()

    def _begin(self) -> None:
        self._version = self.history.version
        self._suspect.clear()
        self._ranks = Ranks()
        for quality in self._good:
            self._ranks.reference(quality)

    def observe(self, values: Mapping[str, Any], quality: float) -> Explained | None:
        """Take an execution; return what was done about it. Values that are neither served nor the start do not count."""
        told = finite("quality", quality, 0.0, 1.0)
        if self._version != self.history.version:
            self._begin()
        used, start, served = self.history.space.check(values), self.history.start(), self.history.served()
        if used == start:
            self._good.append(told)
            if len(self._ranks) < WATCHED:
                self._ranks.reference(told)
        elif used == served and len(self._ranks) < WATCHED:
            self._suspect.append(told)
            self._ranks.suspect(told)
        return self._reverted() if served != start and self._ranks.worse() <= self.level else None

    def _reverted(self) -> Explained | None:
        good, bad = sum(self._good) / len(self._good), sum(self._suspect) / max(len(self._suspect), 1)
        if bad >= good:
            return None
        chance, leaving, before = self._ranks.worse(), self._version, self.history.served()
        seen = f"{len(self._suspect)} executions had a mean quality of {bad:.3f}, {len(self._good)} of the start {good:.3f}"
        why = f"it is worse than the start: {seen}"
        self.history.serve(self.history.start(), reason=why, confidence=1.0 - chance)
        found = Explained(
            learner="guard", function=self.history.function, before=before, after=self.history.start(), why=why,
            expected_gain=good - bad, probability=1.0 - chance, evidence=len(self._suspect) + len(self._good),
            counterfactual=f"a quality of {bad:.3f} as with version {leaving}", revert=f"rollback({leaving})",
            step=self.history.version,
        )  # fmt: skip
        self._begin()
        return found

    def state(self) -> dict[str, Any]:
        """Return plain JSON-able data; `from_state` continues exactly."""
        kept = {"good": list(self._good), "suspect": list(self._suspect), "memory": self._good.maxlen}
        return kept | {"version": self._version, "level": self.level, "ranks": self._ranks.state()}

    @classmethod
    @reading("a Guard")
    def from_state(cls, history: ParameterHistory, state: Mapping[str, Any]) -> Self:
        """Continue from a state."""
        guard = cls(history, level=state["level"], memory=state["memory"])
        guard._good.extend(state["good"])
        guard._suspect.extend(state["suspect"])
        guard._version, guard._ranks = state["version"], Ranks.from_state(state["ranks"])
        return guard
