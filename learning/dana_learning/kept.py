"""A tuner that lives in a store: every execution, its state and each set that it ever served, for several programs at once.

Executions are the truth: whoever opens the store learns those that its state has not seen yet, its own and those of
others, so that a crash loses nothing and two programs teach each other.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from dana_learning.errors import LearningError, ParameterError, SpaceChanged
from dana_learning.explain import Explained
from dana_learning.observation import ExecutionFeedback
from dana_learning.online.tuner import Tuner
from dana_learning.parameter import Space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from dana_learning.kinds import Choice, Parameter, Structured
    from dana_learning.observation import Attempt
    from dana_learning.online.settings import TunerSettings
    from dana_learning.records import ParameterSet
    from dana_learning.store import LearningStore

STATE = "tuner/"
"""How names of tuners begin in a store."""
START, BY_HAND, RELEASED = "the start", "rollback to version", "released by hand"
"""How reasons of parameter sets begin that no learner made."""
SAVED_EVERY = 20
"""Executions after which the state is saved; those after it are learned again when the store is opened."""
LOOKED_EVERY = 1.0
"""Seconds after which is looked for what other programs recorded."""
REMEMBERED = 100
"""Changes whose reasons are kept."""


class KeptTuner:
    """The tuner of one function in a store.

    `suggest` gives values for the next execution, `record` says how good they were, `served` what production should use.
    A state for other bounds or options, or one that cannot be read, is not used: what was recorded and still fits is
    learned again, and `repaired` says so.

    >>> from dana_learning import MemoryStore, Parameter
    >>> store, space = MemoryStore(), Space([Parameter("level", 0.9, 0.0, 1.0)])
    >>> tuner = KeptTuner(store, "mix", space)
    >>> for _ in range(25):
    ...     values = tuner.suggest()
    ...     tuner.record(values, 1 - (values["level"] - 0.3) ** 2)
    >>> tuner.save()
    >>> abs(KeptTuner(store, "mix", space).served()["level"] - 0.3) < 0.1
    True
    """

    def __init__(
        self, store: LearningStore, function: str, space: Space | Iterable[Parameter | Choice | Structured], *, seed: int = 0,
        settings: TunerSettings | None = None, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.store = store
        self.function = function
        self.space = Space.of(space)
        self.repaired = ""
        self.changes: list[Explained] = []
        self._clock = clock
        self._own: set[str] = set()
        self._cursor = 0
        self._version = self._before = 0
        self._unsaved = 0
        self._looked = -LOOKED_EVERY
        self.tuner = self._loaded() or Tuner(space, seed=seed, settings=settings)
        self.look(now=True)

    @classmethod
    def of(cls, store: LearningStore, function: str) -> Self:
        """Open the tuner of a function with the parameters that it was kept with; ParameterError when there is none."""
        state = store.load_state(STATE + function)
        if state is None:
            known = sorted(name.removeprefix(STATE) for name in store.state_names() if name.startswith(STATE))
            wanted = f"one of {known}" if known else "a function that has learned, and none has"
            raise ParameterError(f"{function!r} has learned nothing", field="function", expected=wanted)
        return cls(store, function, Space.from_dict(state["space"]))

    def _loaded(self) -> Tuner | None:
        """Return the tuner as it was saved; None when there is none that can be used."""
        try:
            state = self.store.load_state(STATE + self.function, signature=self.space.signature())
            if state is None:
                return None
            tuner = Tuner.from_state(state["tuner"], self.space)
            changes = [Explained.from_dict(one) for one in state["changes"]]
            self._cursor, self._version, self.changes = int(state["cursor"]), int(state["parameters"]), changes
        except SpaceChanged as error:
            self.repaired = f"{error}: what still fits is learned again"
        except (LearningError, KeyError, TypeError, ValueError, IndexError) as error:
            self.repaired = f"the state cannot be read ({type(error).__name__}: {error}): it is learned again"
        else:
            return tuner
        return None

    # One execution after the other

    def suggest(self, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return values to use in the next execution: now and then others than those served, or nothing would be learned."""
        self.look()
        trial = self.tuner.suggest(context)
        self.tuner.cancel(trial.id)
        self._publish()
        return dict(trial.values)

    def served(self, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the values to use where nothing may be tried."""
        self.look()
        self.tuner.decide()
        self._publish()
        return self.tuner.served(context)

    def record(
        self, values: Mapping[str, Any], quality: float, *, execution_id: str = "",
        context: Mapping[str, Any] | None = None, attempts: Sequence[Attempt] = (),
        metrics: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        """Keep how good (0 to 1) an execution with these values was, and learn from it.

        ObservationError or ValuesError names what cannot be; nothing is kept then.
        """
        name = execution_id or uuid.uuid4().hex
        checked = self.space.check(values)
        seen = ExecutionFeedback(
            name, self.function, "", quality, metrics or {}, attempts=tuple(attempts), values=checked, context=context or {}
        )  # fmt: skip
        self._teach(seen)
        self._own.add(name)
        self.store.add_execution(seen)
        self._unsaved += 1
        if self._unsaved >= SAVED_EVERY:
            self.save()

    def _teach(self, seen: ExecutionFeedback) -> None:
        told = seen.performance_metrics
        self.tuner.observe(seen.values, seen.output_quality, metrics=told, attempts=seen.attempts, context=seen.context)

    def adopt(self, change: Explained) -> Explained | None:
        """Serve what was shown to be better in another way, such as by replay; return the change as it is kept.

        None when a person holds what is served: then nothing changes. ValuesError when the values do not fit.
        """
        self.look(now=True)
        if self.tuner.held or dict(change.after) == self.tuner.served():
            return None
        self.tuner.serve(change.after, why=change.why, hold=False)
        self._before, number = self._version, len(self.tuner.explain().changes)
        self._version = self._kept(change.after, change.probability, change.why).version
        details = {**change.details, "number": number, "version": self._version, "back_to": self._before}
        kept = replace(change, function=self.function, revert=f"rollback({self._before})", details=details)
        self.changes = [*self.changes[1 - REMEMBERED :], kept]
        self.save()
        return kept

    # What the store has

    def look(self, *, now: bool = False) -> int:
        """Learn what was recorded by others, and serve what somebody set by hand; return how many executions were new.

        Without `now` the store is looked at once a second at most.
        """
        if not now and self._clock() - self._looked < LOOKED_EVERY:
            return 0
        self._looked = self._clock()
        count = self._catch_up()
        if count:
            self.tuner.decide()
        self._publish()
        return count

    def _catch_up(self) -> int:
        self._adopt()
        count = 0
        for one in self._fresh():
            try:
                self._teach(one)
            except LearningError:
                continue  # recorded with other bounds than those of today
            count += 1
        self._unsaved += count
        return count

    def _fresh(self) -> list[ExecutionFeedback]:
        """Return executions that were not learned from yet; retention moves old ones into aggregates, which count too."""
        gone = sum(one.count for one in self.store.aggregates(self.function))
        found = self.store.executions(self.function)
        total = gone + len(found)
        unseen, self._cursor = min(total - self._cursor, len(found)), total
        if unseen <= 0:
            return []
        own, self._own = self._own, set()
        return [one for one in found[len(found) - unseen :] if one.execution_id not in own]

    def _adopt(self) -> None:
        """Serve what the newest parameter set says when another program or a person made it."""
        newest = self.store.parameter_sets(self.function, limit=1)
        if not newest:
            self._version = self._kept(self.tuner.served(), 1.0, START).version
            return
        if newest[0].version == self._version:
            return
        one = newest[0]
        self._before, self._version = self._version or max(one.version - 1, 1), one.version
        if one.reason == RELEASED:
            self.tuner.release()
        values, _ = self.space.clip({**self.space.defaults(), **one.values})
        held = one.reason.startswith(BY_HAND)
        self.tuner.serve(values, why=one.reason or "set in the store", hold=held)

    def _publish(self) -> None:
        """Keep what is served as a new parameter set when it has changed."""
        told = self.tuner.explain().changes
        if not told or told[-1].details.get("number", 0) <= self._published():
            return
        change = told[-1]
        newest = self.store.parameter_sets(self.function, limit=1)
        if not newest or newest[0].values != change.after:
            self._before = self._version
            self._version = self._kept(change.after, change.probability, change.why).version
        details = {**change.details, "version": self._version, "back_to": self._before}
        explained = replace(change, function=self.function, revert=f"rollback({self._before})", details=details)
        self.changes = [*self.changes[1 - REMEMBERED :], explained]
        self.save()

    def _published(self) -> int:
        return int(self.changes[-1].details.get("number", 0)) if self.changes else 0

    def _kept(self, values: Mapping[str, Any], confidence: float, reason: str) -> ParameterSet:
        signature = self.space.signature()
        return self.store.set_parameters(
            self.function, values, confidence=confidence, reason=reason, signature=signature
        )

    def save(self) -> None:
        """Keep the state now. It also happens every twenty executions and when what is served changes."""
        self._catch_up()
        self.tuner.decide()
        state = {
            "version": 1, "space": self.space.to_dict(), "cursor": self._cursor, "parameters": self._version,
            "changes": [one.to_dict() for one in self.changes], "tuner": self.tuner.state(),
        }  # fmt: skip
        self.store.save_state(STATE + self.function, state, signature=self.space.signature())
        self._unsaved = 0

    def close(self) -> None:
        """Keep everything; the store stays open."""
        self.look(now=True)
        if self._unsaved:
            self.save()

    # By hand

    def rollback(self, version: int | None = None) -> Explained:
        """Serve an earlier set (the one before this one when None) and hold it until `release`, in every program.

        StoreError when there is no such version, ParameterError when nothing else was ever served.
        """
        self.look(now=True)
        sets = self.store.parameter_sets(self.function)
        earlier = [one.version for one in sets if one.values != sets[-1].values]
        if version is None and not earlier:
            message = f"{self.function!r} never served anything else"
            raise ParameterError(message, field="version", expected="an earlier change")
        self.store.rollback(self.function, earlier[-1] if version is None else version)
        before = len(self.changes)
        self.look(now=True)
        self.save()
        if len(self.changes) > before:
            return self.changes[-1]
        message = f"version {version} of {self.function!r} is what is served already; it is held now"
        raise ParameterError(message, field="version", expected="another version", hint="release() lets it change")

    def release(self) -> None:
        """Let learning change again what is served, in every program."""
        self.look(now=True)
        self._kept(self.tuner.served(), 0.5, RELEASED)
        self.look(now=True)
        self.save()
