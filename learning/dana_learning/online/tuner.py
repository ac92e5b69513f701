"""The one-page door: ask for values to try, say how good they were, read what should be served and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from dana_learning.errors import ParameterError, SpaceChanged, ValuesError, reading, whole
from dana_learning.explain import Explained, told
from dana_learning.kinds import Choice
from dana_learning.observation import Attempt, Observation, tried
from dana_learning.online.arms import Arms
from dana_learning.online.contexts import checked
from dana_learning.online.seer import surrogate_for
from dana_learning.online.settings import TunerSettings
from dana_learning.parameter import Space

if TYPE_CHECKING:
    from dana_learning.kinds import Parameter, Structured
    from dana_learning.online.gaussian import ParticleGP
    from dana_learning.online.serving import Comparison, Expected
    from dana_learning.online.surrogate import Surrogate

    Values = Mapping[str, Any]

PENDING = 1000
"""How many suggestions are remembered by id until their quality is told; the oldest are forgotten first."""


def whole_seed(seed: Any) -> int:
    """Return a seed; ParameterError when it is not a whole number from 0."""
    if not hasattr(seed, "__index__") or seed < 0:
        raise ParameterError(f"seed is {seed!r}", field="seed", expected="a whole number, at least 0")
    return int(seed)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Values to try in one execution; give its `id` back with the quality."""

    id: str
    values: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is served and every change that led there, newest last. `str()` is for people, `to_dict()` is data."""

    served: Mapping[str, Any]
    executions: int
    changes: tuple[Explained, ...] = field(default=())

    def __str__(self) -> str:
        head = f"serving {dict(self.served)} after {self.executions} executions"
        if not self.changes:
            return f"{head}; nothing else was better with enough probability yet"
        return f"{head}\n{told(self.changes)}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        changes = [change.to_dict() for change in self.changes]
        return {"served": dict(self.served), "executions": self.executions, "changes": changes}


class Tuner:
    """Tunes the parameters of one function.

    What is tried (`suggest`) and what is served (`served`) are two decisions. `observe` only notes what was seen; it is
    learned from when somebody asks next. The same seed, settings and observations give the same suggestions, also across
    `state` and `from_state`.

    A `context` says what is known before an execution: numbers, texts and booleans by name (size of the input, kind of
    file). With it values are tried and served that suit it; without it those that are best on the whole.

    `prior` gives the quality (0 to 1) to expect at encoded rows before anything was observed, 0.5 without it. It is no
    part of the state: give the same again to `from_state`.

    >>> from dana_learning import Parameter
    >>> tuner = Tuner([Parameter("threshold", 0.9, 0.0, 1.0)], seed=1)
    >>> for _ in range(20):
    ...     trial = tuner.suggest()
    ...     tuner.observe(trial.id, 1 - (trial.values["threshold"] - 0.3) ** 2)
    >>> abs(tuner.served()["threshold"] - 0.3) < 0.1
    True
    """

    def __init__(
        self, space: Space | Iterable[Parameter | Choice | Structured], *, seed: int = 0,
        settings: TunerSettings | None = None, prior: Expected | None = None,
    ) -> None:  # fmt: skip
        self.prior = prior
        self.space = Space.of(space)
        self.seed = whole_seed(seed)
        self.settings = settings or TunerSettings()
        self._mind: Surrogate | Arms = self._made_mind()
        self._served = self.space.defaults()
        self._served_in: dict[str, dict[str, Any]] = {}
        self._changes: list[Explained] = []
        self._told: list[Observation] = []
        self._pending: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._asked = 0
        self._step = 0
        self._held = False

    def _made_mind(self) -> Surrogate | Arms:
        """Return what believes: a bandit for one choice alone, else a model of the whole space."""
        only = self.space.parameters[0]
        if len(self.space.parameters) == 1 and isinstance(only, Choice) and self.prior is None:
            return Arms(only, self.seed)
        return surrogate_for(self.space, self.seed, self.settings, self.prior)

    # What is tried

    def suggest(self, context: Mapping[str, Any] | None = None) -> Suggestion:
        """Return values for the next execution, for a context where one is given; the first are the starts.

        ObservationError when a context is no plain data, or holds NaN or infinity.
        """
        where = checked(context)
        self.decide()
        self._asked += 1
        name = f"{self.seed}-{self._asked}"
        if self._step == 0:
            values, reason = self.space.defaults(), "the start: everything is compared with it"
        else:
            values, reason = self._tried(name, where)
        self._pending[name] = values, where
        if len(self._pending) > PENDING:
            self._forget(next(iter(self._pending)))
        return Suggestion(name, values, reason)

    def _tried(self, name: str, context: Values) -> tuple[dict[str, Any], str]:
        """Return values to try in a context, and why; `name` is the id of the suggestion."""
        del name
        return self._mind.try_next(context, self._served)

    def _forget(self, name: str) -> None:
        del self._pending[name]

    def observe(
        self, id_or_values: str | Mapping[str, Any], quality: float, *, metrics: Mapping[str, float] | None = None,
        attempts: Sequence[Attempt | Mapping[str, Any]] | None = None, context: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Say how good (0 to 1) an execution was: of a suggestion by its id, or of values that somebody else chose.

        `context` is for values; a suggestion has its own. ObservationError or ValuesError names what cannot be; nothing
        is learned then.
        """
        if isinstance(id_or_values, str):
            if id_or_values not in self._pending:
                hint = "each suggestion can be observed once; give the values instead of an id that is gone"
                raise ValuesError(f"no suggestion {id_or_values!r} waits", field="id", expected="an open id", hint=hint)
            name, (values, where) = id_or_values, self._pending[id_or_values]
        else:
            name, values, where = "given", self.space.check(id_or_values), checked(context)
        seen = Observation(name, values, quality, metrics or {}, tried(attempts or ()), where)
        if isinstance(id_or_values, str):
            del self._pending[id_or_values]
        self._told.append(seen)

    def cancel(self, name: str) -> None:
        """Forget a suggestion that will not be observed by its id; one that is gone already is no error."""
        if name in self._pending:
            self._forget(name)

    # What is served

    def served(self, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the values to use in production, decided on all that was observed.

        The first call after an observation learns from it (milliseconds), the others only look it up. In a context these
        are other values than on the whole when they are better there with enough probability.
        """
        self.decide()
        if not context or self._held:
            return dict(self._served)
        where = checked(context)
        key = json.dumps(where)
        if key not in self._served_in:
            if len(self._served_in) >= PENDING:
                self._served_in.clear()
            self._served_in[key] = self._better_in(where)
        return dict(self._served_in[key])

    def best(self, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the values that look best, whether or not that is sure enough to serve them."""
        self.decide()
        if not len(self._mind):
            return self.space.defaults()
        return self._mind.best_in(checked(context)) if context else self._mind.settled()

    def _better_in(self, context: Values) -> dict[str, Any]:
        """Return what is served in a context: what looks best there, if that is sure to beat what would be served else.

        That is what is served on the whole, or the start where the one on the whole does not look better than the best.
        """
        if not len(self._mind):
            return self._served
        best = self._mind.best_in(context)
        chance, gain, _, _ = self._mind.compared(best, self._served, context)
        if gain > 0.0 and chance < self.settings.confidence:
            chance = self._mind.compared(best, self.space.defaults(), context)[0]
        return best if chance >= self.settings.confidence else self._served

    def decide(self) -> dict[str, Any]:
        """Learn from what was observed, change what is served if that is better with enough probability; return it."""
        if self._told:
            told, self._told = self._told, []
            for seen in told:
                self._step += 1
                self._mind.learn(seen)
            self._served_in.clear()
            self._decide()
        return dict(self._served)

    def _decide(self) -> None:
        best = self._mind.settle(self._served)
        if self._held or best == self._served:
            return
        found = self._mind.compared(best, self._served, {})
        if found[0] >= self.settings.confidence:
            _, gain, mean, _ = found
            why = f"the new setting is expected to give quality {mean + gain:.3f} instead of {mean:.3f}"
            self._changes.append(self._explained(best, why, found))
            self._served = best

    def _explained(self, after: dict[str, Any], why: str, found: Comparison) -> Explained:
        chance, gain, mean, deviation = found
        number = len(self._changes) + 1
        return Explained(
            learner="tuner", before=self._served, after=after, why=why, expected_gain=min(max(gain, -1.0), 1.0),
            probability=min(max(chance, 0.0), 1.0), evidence=len(self._mind), step=self._step, revert=f"revert({number})",
            counterfactual=f"a quality of {mean:.3f} +- {deviation:.3f} had nothing been changed",
            details={"number": number, "stayed": [mean, deviation]},
        )  # fmt: skip

    def revert(self, number: int) -> dict[str, Any]:
        """Serve again what was served before change `number`, and hold it until `release`; return it."""
        if number not in range(1, len(self._changes) + 1):
            wanted = f"1 to {len(self._changes)}" if self._changes else "a change, and there was none yet"
            raise ValuesError(f"there is no change {number!r}", field="number", expected=wanted)
        return self.serve(self._changes[number - 1].before, why=f"change {number} was reverted by hand")

    def serve(self, values: Mapping[str, Any], *, why: str, hold: bool = True) -> dict[str, Any]:
        """Serve these values from now on, held until `release` unless `hold` is False; return them.

        ValuesError when they do not fit.
        """
        wanted = self.space.check(values)
        self.decide()
        if wanted != self._served:
            found = self._mind.compared(wanted, self._served, {}) if len(self._mind) else (0.5, 0.0, 0.5, 0.0)
            self._changes.append(self._explained(wanted, why, found))
            self._served = wanted
            self._served_in.clear()
        self._held = hold
        return self.served()

    @property
    def held(self) -> bool:
        """Whether what is served stays as it is until `release`."""
        return self._held

    def release(self) -> None:
        """Let what is served change again after `revert`."""
        self._held = False

    def explain(self, context: Mapping[str, Any] | None = None) -> Explanation:
        """Return what is served (in a context) and every change that led there, with its reasons."""
        served = self.served(context)
        changes = tuple(self._changes)
        if context and served != self._served:
            why = f"in the context {json.dumps(checked(context))} this is better than what is served on the whole"
            changes += (self._explained(served, why, self._mind.compared(served, self._served, checked(context))),)
        return Explanation(served, self._step, changes)

    def model(self) -> ParticleGP:
        """Return a copy of the model of quality, to ask it what is expected where."""
        self.decide()
        return self._mind.copied(self.space, self.settings)

    # State

    def state(self) -> dict[str, Any]:
        """Return plain JSON-able data; `from_state` continues with bit-identical suggestions."""
        return {
            "version": 1, "seed": self.seed, "space": self.space.signature(), **self.space.to_dict(), "settings": asdict(self.settings),
            "mind": self._mind.state(), "served": self._served, "changes": [one.to_dict() for one in self._changes],
            "told": [seen.to_dict() for seen in self._told],
            "pending": {name: list(both) for name, both in self._pending.items()},
            "asked": self._asked, "step": self._step, "held": self._held,
        }  # fmt: skip

    @classmethod
    @reading("a Tuner")
    def from_state(
        cls, state: Mapping[str, Any], space: Space | Iterable[Parameter | Choice | Structured] | None = None, *,
        prior: Expected | None = None,
    ) -> Self:  # fmt: skip
        """Continue from a state, in its own space where none is given.

        SpaceChanged when it was learned for other names, bounds or options.
        """
        whole(state)
        tuner = cls(
            Space.from_dict(state) if space is None else space,
            seed=int(state["seed"]),
            settings=TunerSettings(**state["settings"]),
            prior=prior,
        )
        if differences := tuner.space.differences(state["space"]):
            raise SpaceChanged(
                "the state was learned for another space", field="space", expected="; ".join(differences),
                hint="start a new tuner and tell it old observations that still fit",
            )  # fmt: skip
        tuner._mind.load(state["mind"])
        tuner._served, _ = tuner.space.clip(state["served"])
        tuner._changes = [Explained.from_dict(change) for change in state["changes"]]
        tuner._told = [Observation.from_dict(seen) for seen in state["told"]]
        tuner._pending = {name: (tuner.space.clip(one)[0], where) for name, (one, where) in state["pending"].items()}
        tuner._asked, tuner._step, tuner._held = int(state["asked"]), int(state["step"]), bool(state["held"])
        return tuner
