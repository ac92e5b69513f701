"""The one-page door: ask for values to try, say how good they were, read what should be served and why."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from dana_learning.errors import ParameterError, SpaceChanged, ValuesError
from dana_learning.observation import Attempt, Observation
from dana_learning.online import acquisition, serving
from dana_learning.online.attempts import AttemptModel, Roles, roles_of
from dana_learning.online.changes import Cusum
from dana_learning.online.gaussian import MEAN, SIGNAL, ParticleGP
from dana_learning.online.serving import Change
from dana_learning.parameter import Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dana_learning.kinds import Choice, Parameter, Structured
    from dana_learning.online.serving import Expected

    Array = NDArray[np.float64]

RESIDUAL = 0.06
"""How much quality is believed to differ from what the attempts of a call let expect."""
WARM = 8
"""Executions before surprises can count as a change."""
PENDING = 1000
"""How many suggestions are remembered by id until their quality is told; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TunerSettings:
    """How a tuner learns. ParameterError when a setting makes no sense.

    `confidence` is the probability of being better at which what is served changes; `caution` how many standard
    deviations a setting's uncertainty counts against it; `particles` and `window` size the model (more of them cost
    time); `change_limit` is the height of the change detector.
    """

    confidence: float = 0.9
    caution: float = 0.3
    particles: int = 24
    window: int = 200
    change_limit: float = 8.0

    def __post_init__(self) -> None:
        bounds = {
            "confidence": (0.5, 1.0), "caution": (0.0, 10.0), "particles": (4, 200), "window": (20, 2000),
            "change_limit": (1.0, math.inf),
        }  # fmt: skip
        for name, (low, high) in bounds.items():
            given = getattr(self, name)
            if isinstance(given, bool) or not isinstance(given, (int, float)) or not low <= given <= high:
                raise ParameterError(f"{name} is {given!r}", field=name, expected=f"a number from {low} to {high}")


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
    changes: tuple[Change, ...] = field(default=())

    def __str__(self) -> str:
        head = f"serving {dict(self.served)} after {self.executions} executions"
        if not self.changes:
            return f"{head}; nothing else was better with enough probability yet"
        return "\n".join([head, *(str(change) for change in self.changes)])

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        changes = [change.to_dict() for change in self.changes]
        return {"served": dict(self.served), "executions": self.executions, "changes": changes}


class Tuner:
    """Tunes the parameters of one function.

    What is tried (`suggest`) and what is served (`served`) are two decisions. Both are made when `suggest` or
    `decide` is called, so that `observe` and `served` cost next to nothing. The same seed, settings and observations
    give the same suggestions, also across `state` and `from_state`.

    `prior` gives the quality (0 to 1) to expect at encoded rows before anything was observed, 0.5 without it. It is no
    part of the state: give the same again to `from_state`.

    >>> from dana_learning import Parameter
    >>> tuner = Tuner([Parameter("threshold", 0.9, 0.0, 1.0)], seed=1)
    >>> for _ in range(20):
    ...     trial = tuner.suggest()
    ...     tuner.observe(trial.id, 1 - (trial.values["threshold"] - 0.3) ** 2)
    >>> abs(tuner.decide()["threshold"] - 0.3) < 0.1
    True
    """

    def __init__(
        self, space: Space | Iterable[Parameter | Choice | Structured], *, seed: int = 0,
        settings: TunerSettings | None = None, prior: Expected | None = None,
    ) -> None:  # fmt: skip
        self.prior = prior
        self.space = space if isinstance(space, Space) else Space(space)
        self.seed = seed
        self.settings = settings or TunerSettings()
        roles = roles_of(self.space)
        self._attempts = AttemptModel(self.space, roles, seed) if roles is not None else None
        self._model = ParticleGP(
            self.space, seed, particles=self.settings.particles, window=self.settings.window,
            signal=RESIDUAL if self._knows_all(roles) else SIGNAL,
        )  # fmt: skip
        self._watch = Cusum(limit=self.settings.change_limit)
        self._best = self.space.encode(self.space.defaults())
        self._served = self.space.defaults()
        self._changes: list[Change] = []
        self._told: list[Observation] = []
        self._pending: dict[str, dict[str, Any]] = {}
        self._asked = 0
        self._step = 0
        self._held = False

    def _knows_all(self, roles: Roles | None) -> bool:
        """Whether attempts tell of every parameter."""
        known = () if roles is None else (roles.timeout, roles.retries, roles.backoff)
        return sum(role is not None for role in known) == len(self.space.leaves)

    # What is tried

    def suggest(self, context: Mapping[str, Any] | None = None) -> Suggestion:
        """Return values for the next execution; the first are the starts of all parameters.

        `context` is kept with the observation; it does not change what is suggested.
        """
        del context
        self.decide()
        self._asked += 1
        name = f"{self.seed}-{self._asked}"
        if self._step == 0:
            values, reason = self.space.defaults(), "the start: everything is compared with it"
        else:
            row = acquisition.next_row(self._model, self._best, self._expected)
            values = self.space.decode(row)
            reason = self._reason(row)
        self._pending[name] = values
        if len(self._pending) > PENDING:
            del self._pending[next(iter(self._pending))]
        return Suggestion(name, values, reason)

    def _reason(self, row: Array) -> str:
        judge = self._model.drawn(1)
        rows = np.vstack([row, self._best])
        means, variances = self._model.moments(rows, judge, self._expected(rows))
        mean, best, deviation = float(means[0, 0]), float(means[0, 1]), math.sqrt(float(variances[0, 0]))
        if mean >= best - 0.01:
            return f"looks best: quality {mean:.2f} +- {deviation:.2f} expected"
        return f"to learn: quality {mean:.2f} +- {deviation:.2f} expected, {best:.2f} at the best known"

    def observe(
        self, id_or_values: str | Mapping[str, Any], quality: float, *, metrics: Mapping[str, float] | None = None,
        attempts: Sequence[Attempt] | None = None,
    ) -> None:  # fmt: skip
        """Say how good (0 to 1) an execution was: of a suggestion by its id, or of values that somebody else chose.

        ObservationError or ValuesError names what cannot be; nothing is learned then.
        """
        if isinstance(id_or_values, str):
            if id_or_values not in self._pending:
                hint = "each suggestion can be observed once; give the values instead of an id that is gone"
                raise ValuesError(f"no suggestion {id_or_values!r} waits", field="id", expected="an open id", hint=hint)
            values = self._pending[id_or_values]
        else:
            values = self.space.check(id_or_values)
        name = id_or_values if isinstance(id_or_values, str) else "given"
        seen = Observation(name, values, quality, metrics or {}, tuple(attempts or ()))
        self._pending.pop(name, None)
        self._told.append(seen)

    # What is served

    def served(self) -> dict[str, Any]:
        """Return the values to use in production, as of the last decision."""
        return dict(self._served)

    def decide(self) -> dict[str, Any]:
        """Learn from what was observed, change what is served if that is better with enough probability; return it."""
        told, self._told = self._told, []
        for seen in told:
            self._learn(seen)
        if told:
            self._decide()
        return self.served()

    def _learn(self, seen: Observation) -> None:
        self._step += 1
        row = self.space.encode(seen.values)
        expected = float(self._expected(row[None])[0])
        if len(self._model) >= WARM:
            ago = self._watch.update(self._model.surprise(row, seen.quality, expected))
            if ago:
                self._model.forget(min(ago - 1, len(self._model)))
        self._model.add(row, seen.quality, expected)
        if self._attempts is not None and seen.attempts:
            self._attempts.observe(seen)
            self._model.expect(self._expected(self._model.rows))

    def _decide(self) -> None:
        self._best = serving.best_row(self._model, self._best, self._expected, self.settings.caution)
        now = self.space.encode(self._served)
        if self._held or np.array_equal(self._best, now):
            return
        chance, gain, mean, deviation = serving.compared(self._model, self._best, now, self._expected)
        if chance >= self.settings.confidence:
            why = f"the new setting is expected to give quality {float(mean) + gain:.3f} instead of {float(mean):.3f}"
            self._change(self.space.decode(self._best), why, gain, chance, (float(mean), float(deviation)))

    def _change(self, after: dict[str, Any], why: str, gain: float, chance: float, stayed: tuple[float, float]) -> None:
        number = len(self._changes) + 1
        before, self._served = self._served, after
        known = len(self._model)
        self._changes.append(Change(number, self._step, before, dict(after), why, gain, chance, known, stayed))

    def revert(self, number: int) -> dict[str, Any]:
        """Serve again what was served before change `number`, and hold it until `release`; return it."""
        known = {change.number: change for change in self._changes}
        if number not in known:
            wanted = f"one of {sorted(known)}" if known else "a change, and there was none yet"
            raise ValuesError(f"there is no change {number!r}", field="number", expected=wanted)
        rows = np.vstack([self.space.encode(known[number].before), self.space.encode(self._served)])
        if len(self._model):
            found = serving.compared(self._model, rows[0], rows[1], self._expected)
            chance, gain, stayed = found[0], found[1], (float(found[2]), float(found[3]))
        else:
            chance, gain, stayed = 0.5, 0.0, (MEAN, 0.0)
        self._change(dict(known[number].before), f"change {number} was reverted by hand", gain, chance, stayed)
        self._held = True
        return self.served()

    def release(self) -> None:
        """Let what is served change again after `revert`."""
        self._held = False

    def explain(self) -> Explanation:
        """Return what is served and every change that led there, with its reasons."""
        return Explanation(self.served(), self._step, tuple(self._changes))

    def _expected(self, rows: Array) -> Array:
        """Return the prior mean at rows: what attempts let expect, else what the caller's prior says, else a half."""
        if self._attempts is not None and not self._attempts.is_cold:
            return self._attempts.expected(rows)[0]
        return np.full(len(rows), MEAN) if self.prior is None else self.prior(rows)

    # State

    def state(self) -> dict[str, Any]:
        """Return plain JSON-able data; `from_state` continues with bit-identical suggestions."""
        return {
            "version": 1, "seed": self.seed, "space": self.space.signature(), "settings": asdict(self.settings),
            "model": self._model.state(), "watch": self._watch.state(), "best": self._best.tolist(),
            "served": self._served, "changes": [change.to_dict() for change in self._changes],
            "told": [seen.to_dict() for seen in self._told],
            "attempts": None if self._attempts is None else self._attempts.state(), "pending": self._pending,
            "asked": self._asked, "step": self._step, "held": self._held,
        }  # fmt: skip

    @classmethod
    def from_state(
        cls, space: Space | Iterable[Parameter | Choice | Structured], state: Mapping[str, Any], *,
        prior: Expected | None = None,
    ) -> Self:  # fmt: skip
        """Continue from a state. SpaceChanged when it was learned for other names, bounds or options."""
        tuner = cls(space, seed=int(state["seed"]), settings=TunerSettings(**state["settings"]), prior=prior)
        if differences := tuner.space.differences(state["space"]):
            raise SpaceChanged(
                "the state was learned for another space", field="space", expected="; ".join(differences),
                hint="start a new tuner and tell it old observations that still fit",
            )  # fmt: skip
        tuner._model.load(state["model"])
        tuner._watch = Cusum(**state["watch"])
        tuner._best = np.array(state["best"], dtype=float)
        tuner._served, _ = tuner.space.clip(state["served"])
        tuner._changes = [Change.from_dict(change) for change in state["changes"]]
        tuner._told = [Observation.from_dict(seen) for seen in state["told"]]
        if tuner._attempts is not None:
            tuner._attempts.load(state["attempts"])
            tuner._model.expect(tuner._model.offsets)
        tuner._pending = {name: tuner.space.clip(values)[0] for name, values in state["pending"].items()}
        tuner._asked, tuner._step, tuner._held = int(state["asked"]), int(state["step"]), bool(state["held"])
        return tuner
