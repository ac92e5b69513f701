"""What a store for learning can do, as protocols, and the store that forgets when the program ends.

`dana_learning.tinydb_store` keeps the same in a file; `dana_learning.conformance` checks any implementation.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, Self

from dana_learning.errors import StoreClosed, StoreError
from dana_learning.observation import ExecutionFeedback, finite, named, plain_dict
from dana_learning.records import (
    Aggregate,
    ParameterSet,
    Pattern,
    aggregated,
    checked_values,
    confidences,
    exact_text,
    same_space,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import TracebackType

    from dana_learning.parameter import Repair, Space


class ParameterStore(Protocol):
    """Keeps the parameters of functions, and every set that they ever had."""

    def set_parameters(
        self,
        function: str,
        values: Mapping[str, Any],
        *,
        confidence: float | Mapping[str, float] = 0.5,
        reason: str = "",
        signature: str = "",
    ) -> ParameterSet:
        """Keep a new set of parameters, with one confidence (0 to 1) or one for each name; return it."""

    def parameters(self, function: str, *, min_confidence: float = 0.3) -> dict[str, Any]:
        """Return the newest values that have at least this confidence, {} when there are none."""

    def parameter_sets(self, function: str, *, limit: int | None = None) -> list[ParameterSet]:
        """Return the newest `limit` sets, oldest first."""

    def rollback(self, function: str, version: int) -> ParameterSet:
        """Set the parameters of an earlier version again, as a new version; StoreError when there is no such version."""


class LearningStore(ParameterStore, Protocol):
    """Keeps all that learning needs: parameters, executions, patterns, states of learners, aggregates."""

    def functions(self) -> list[str]:
        """Return the sorted names of all functions that have parameters, executions or aggregates."""

    def add_execution(self, feedback: ExecutionFeedback) -> None:
        """Keep an execution; the same id of the same function again replaces it in its place.

        Without a timestamp it gets the time of the store's clock.
        """

    def add_executions(self, feedback: Iterable[ExecutionFeedback]) -> int:
        """Keep many executions, all or none; return how many."""

    def executions(
        self, function: str, *, since: float | None = None, until: float | None = None, limit: int | None = None
    ) -> Sequence[ExecutionFeedback]:
        """Return executions in the order in which they were added: of those with since <= time < until the last `limit`.

        The order is that of adding, because a clock may jump.
        """

    def add_pattern(self, kind: str, data: Mapping[str, Any], *, effectiveness: float = 0.0) -> Pattern:
        """Keep a pattern; return it with its id."""

    def use_pattern(self, pattern: int, *, effectiveness: float | None = None) -> Pattern:
        """Count one more use of a pattern, with a new effectiveness when one is given."""

    def patterns(self, kind: str | None = None, *, min_effectiveness: float = 0.0) -> list[Pattern]:
        """Return patterns, the most effective first."""

    def save_state(self, name: str, state: Mapping[str, Any], *, signature: str = "") -> None:
        """Keep the state of a learner in place of the one before; it is read back exactly, or refused now."""

    def load_state(self, name: str, *, signature: str = "") -> dict[str, Any] | None:
        """Return a state, None when there is none; SpaceChanged when it was kept for another signature."""

    def state_names(self) -> list[str]:
        """Return the sorted names of all states."""

    def state_signature(self, name: str) -> str:
        """Return the signature that a state was kept with, "" when there is none."""

    def retain(self, *, keep: int = 1000, max_age: float | None = None) -> int:
        """Let executions go into aggregates; return how many.

        The last `keep` of each function always stay, whatever the clock says; of the others those go that are older
        than `max_age` seconds (all when None).
        """

    def aggregates(self, function: str) -> list[Aggregate]:
        """Return what was kept of executions that were let go, one for each day, by day."""

    def add_aggregate(self, aggregate: Aggregate) -> None:
        """Add what another store kept of executions; those of the same function and day become one."""

    def flush(self) -> None:
        """Make everything durable."""

    def close(self) -> None:
        """Flush and close; using the store later raises StoreClosed."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def restore(
    store: ParameterStore, function: str, space: Space, *, min_confidence: float = 0.3
) -> tuple[dict[str, Any], tuple[Repair, ...]]:
    """Return values for every parameter of a space, and what had to be repaired to get them.

    Whatever the store holds - nothing, values for other bounds, a hand-edited import - the values are inside the bounds.

    >>> from dana_learning.parameter import Parameter, Space
    >>> store = MemoryStore()
    >>> _ = store.set_parameters("fetch", {"timeout": 500.0}, confidence=0.9)
    >>> restore(store, "fetch", Space([Parameter("timeout", 10, 1, 60)]))[0]
    {'timeout': 60.0}
    """
    return space.clip({**space.defaults(), **store.parameters(function, min_confidence=min_confidence)})


class MemoryStore:
    """A LearningStore for tests and single runs.

    >>> store = MemoryStore()
    >>> store.set_parameters("fetch", {"timeout": 5.0}, confidence=0.8).version
    1
    >>> store.parameters("fetch"), store.parameters("fetch", min_confidence=0.9)
    ({'timeout': 5.0}, {})
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._sets: dict[str, list[ParameterSet]] = {}
        self._executions: dict[str, dict[str, ExecutionFeedback]] = {}
        self._patterns: dict[int, Pattern] = {}
        self._states: dict[str, tuple[str, str]] = {}
        self._aggregates: dict[tuple[str, int], Aggregate] = {}
        self._closed = False

    def _open(self) -> None:
        if self._closed:
            raise StoreClosed("the store is closed", hint="make a new one")

    def set_parameters(
        self,
        function: str,
        values: Mapping[str, Any],
        *,
        confidence: float | Mapping[str, float] = 0.5,
        reason: str = "",
        signature: str = "",
    ) -> ParameterSet:
        """Keep a new set of parameters."""
        self._open()
        plain = checked_values(function, values)
        sure = confidences(plain, confidence)
        sets = self._sets.setdefault(function, [])
        found = ParameterSet(function, len(sets) + 1, plain, sure, self._clock(), reason, signature)
        sets.append(found)
        return found

    def parameters(self, function: str, *, min_confidence: float = 0.3) -> dict[str, Any]:
        """Return the newest values that have at least this confidence."""
        sets = self.parameter_sets(function, limit=1)
        return sets[0].confident(min_confidence) if sets else {}

    def parameter_sets(self, function: str, *, limit: int | None = None) -> list[ParameterSet]:
        """Return the newest `limit` sets, oldest first."""
        self._open()
        sets = self._sets.get(function, [])
        newest = sets if limit is None else sets[max(len(sets) - limit, 0) :]
        return [replace(one, values=plain_dict("values", one.values)) for one in newest]

    def rollback(self, function: str, version: int) -> ParameterSet:
        """Set the parameters of an earlier version again."""
        for one in self.parameter_sets(function):
            if one.version == version:
                reason = f"rollback to version {version}"
                sure = one.confidence
                return self.set_parameters(
                    function, one.values, confidence=sure, reason=reason, signature=one.signature
                )
        raise no_version(function, version)

    def functions(self) -> list[str]:
        """Return the names of all functions."""
        self._open()
        kept = {name for name, found in self._executions.items() if found}
        return sorted({*self._sets, *kept, *(name for name, _ in self._aggregates)})

    def add_execution(self, feedback: ExecutionFeedback) -> None:
        """Keep an execution."""
        self.add_executions([feedback])

    def add_executions(self, feedback: Iterable[ExecutionFeedback]) -> int:
        """Keep many executions."""
        self._open()
        added = [one if one.timestamp is not None else replace(one, timestamp=self._clock()) for one in feedback]
        for one in added:
            self._executions.setdefault(one.function_name, {})[one.execution_id] = replace(one)
        return len(added)

    def executions(
        self, function: str, *, since: float | None = None, until: float | None = None, limit: int | None = None
    ) -> Sequence[ExecutionFeedback]:
        """Return executions in the order in which they were added."""
        self._open()
        found = [
            replace(one)
            for one in self._executions.get(function, {}).values()
            if (since is None or since <= (one.timestamp or 0.0)) and (until is None or (one.timestamp or 0.0) < until)
        ]
        return found if limit is None else found[max(len(found) - limit, 0) :]

    def add_pattern(self, kind: str, data: Mapping[str, Any], *, effectiveness: float = 0.0) -> Pattern:
        """Keep a pattern."""
        self._open()
        number = max(self._patterns, default=0) + 1
        good = finite("effectiveness", effectiveness, 0.0, 1.0)
        found = Pattern(number, named("kind", kind), plain_dict("data", data), good, 0, self._clock())
        self._patterns[number] = found
        return replace(found, data=plain_dict("data", found.data))

    def use_pattern(self, pattern: int, *, effectiveness: float | None = None) -> Pattern:
        """Count one more use of a pattern."""
        self._open()
        if pattern not in self._patterns:
            raise no_pattern(pattern)
        old = self._patterns[pattern]
        good = old.effectiveness if effectiveness is None else finite("effectiveness", effectiveness, 0.0, 1.0)
        self._patterns[pattern] = replace(old, uses=old.uses + 1, effectiveness=good)
        return replace(self._patterns[pattern], data=plain_dict("data", old.data))

    def patterns(self, kind: str | None = None, *, min_effectiveness: float = 0.0) -> list[Pattern]:
        """Return patterns, the most effective first."""
        self._open()
        found = [
            one
            for one in self._patterns.values()
            if kind in {None, one.kind} and one.effectiveness >= min_effectiveness
        ]
        copies = [replace(one, data=plain_dict("data", one.data)) for one in found]
        return sorted(copies, key=lambda one: (-one.effectiveness, one.id))

    def save_state(self, name: str, state: Mapping[str, Any], *, signature: str = "") -> None:
        """Keep the state of a learner."""
        self._open()
        self._states[name] = (exact_text(name, state), signature)

    def load_state(self, name: str, *, signature: str = "") -> dict[str, Any] | None:
        """Return a state."""
        self._open()
        if name not in self._states:
            return None
        text, kept = self._states[name]
        same_space(name, kept, signature)
        state: dict[str, Any] = json.loads(text)
        return state

    def state_signature(self, name: str) -> str:
        """Return the signature that a state was kept with."""
        self._open()
        return self._states.get(name, ("", ""))[1]

    def state_names(self) -> list[str]:
        """Return the names of all states."""
        self._open()
        return sorted(self._states)

    def retain(self, *, keep: int = 1000, max_age: float | None = None) -> int:
        """Let executions go into aggregates."""
        self._open()
        limit = None if max_age is None else self._clock() - finite("max_age", max_age, 0.0)
        going = list[ExecutionFeedback]()
        for kept in self._executions.values():
            old = list(kept.values())[: max(len(kept) - max(keep, 0), 0)]
            gone = [one for one in old if limit is None or (one.timestamp or 0.0) < limit]
            for one in gone:
                del kept[one.execution_id]
            going += gone
        for fresh in aggregated(going):
            self.add_aggregate(fresh)
        return len(going)

    def add_aggregate(self, aggregate: Aggregate) -> None:
        """Add what another store kept of executions."""
        self._open()
        known = self._aggregates.get((aggregate.function, aggregate.day))
        self._aggregates[aggregate.function, aggregate.day] = known.merged(aggregate) if known else aggregate

    def aggregates(self, function: str) -> list[Aggregate]:
        """Return what was kept of executions that were let go."""
        self._open()
        return sorted((one for one in self._aggregates.values() if one.function == function), key=lambda one: one.day)

    def flush(self) -> None:
        """Do nothing: memory is all there is."""
        self._open()

    def close(self) -> None:
        """Close; closing twice is one time."""
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def no_version(function: str, version: int) -> StoreError:
    """Return the error for a version that there is not."""
    hint = "parameter_sets() lists the versions there are"
    return StoreError(f"{function!r} has no parameter set of version {version}", field="version", hint=hint)


def no_pattern(pattern: int) -> StoreError:
    """Return the error for a pattern that there is not."""
    return StoreError(f"there is no pattern {pattern}", field="pattern", hint="patterns() lists those there are")
