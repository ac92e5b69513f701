"""Beliefs about a space of which attempts tell everything: timeouts, retries and backoff alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from dana_learning.online.attempts import roles_of
from dana_learning.online.foreseen import Foresight
from dana_learning.online.surrogate import Surrogate, knows_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from dana_learning.observation import Observation
    from dana_learning.online.attempts import AttemptModel
    from dana_learning.online.serving import Comparison, Expected
    from dana_learning.online.settings import TunerSettings
    from dana_learning.parameter import Space

    Array = NDArray[np.float64]
    Values = Mapping[str, Any]

RELIANCE = (0.01, 0.04, 0.03)
"""How much quality differs from what the attempts of an execution explain, how probably more, and how noisy it is."""
LEAST = 0.05
"""Less than this is no surprise in quality."""


def surrogate_for(space: Space, seed: int, settings: TunerSettings, prior: Expected | None = None) -> Surrogate:
    """Return beliefs that suit a space.

    >>> from dana_learning import Parameter, Space, TunerSettings
    >>> space = Space([Parameter("timeout", 30.0, 0.1, 60.0, unit="s", scale="log")])
    >>> type(surrogate_for(space, 0, TunerSettings())).__name__
    'Seer'
    """
    return (Seer if knows_all(space, roles_of(space)) else Surrogate)(space, seed, settings, prior)


class Seer(Surrogate):
    """Beliefs that choose by replay from the first attempts on, as long as there are no contexts."""

    attempts: AttemptModel

    def __init__(self, space: Space, seed: int, settings: TunerSettings, prior: Expected | None = None) -> None:
        self.reliance = RELIANCE
        super().__init__(space, seed, settings, prior)
        self.foresight = Foresight(self.attempts)

    @property
    def _sees(self) -> bool:
        return not (self.attempts.is_empty or self.model.contexts.names)

    def expected(self, rows: Array) -> Array:
        """Return the prior mean at rows: what attempts let expect, as soon as there are any."""
        return self.attempts.expected(rows) if self._sees else super().expected(rows)

    def meet(self, context: Values) -> None:
        """Look at the names of a context from now on; what attempts tell of all executions is less sure then."""
        if context and not self.model.contexts.names:
            self.reliance = Surrogate.reliance
        super().meet(context)

    def learn(self, seen: Observation) -> None:
        """Take one execution, and what its attempts explain of its quality."""
        self.meet(seen.context)
        if self.model.contexts.names or (self.attempts.is_empty and not seen.attempts):
            super().learn(seen)
            self.foresight.note(seen, len(self.model))
            return
        self._look_for_change(seen)
        row = self.model.placed(self.space.encode(seen.values)[None])[0]
        told = seen.attempts and not self.attempts.is_empty
        expected = self.foresight.explained(seen) if told else float(self.expected(row[None])[0])
        self.model.add(row, seen.quality, expected)
        self.foresight.note(seen, len(self.model))
        starts = self.attempts.is_empty
        self.attempts.observe(seen)
        offsets = self.foresight.offsets(self.model.tried)
        if starts:
            self._rely(relies=True)
            self.model.restart(offsets)
        else:
            self.model.expect(offsets)

    def _look_for_change(self, seen: Observation) -> None:
        """Forget what was before outcomes began to be worth something else."""
        if self.attempts.is_cold or not seen.attempts:
            return
        noise = math.sqrt(float(self.model.chances() @ self.model.noise(self.model.all)))
        surprise = (seen.quality - self.foresight.explained(seen)) / max(noise, LEAST)
        if since := self.watch.update(surprise):
            keep = min(since - 1, len(self.model), len(self.attempts.records))
            self.model.forget(keep)
            self.attempts.forget(keep)

    # What follows from it

    def try_next(self, context: Values, served: Values) -> tuple[dict[str, Any], str]:
        """Return values to try in a context, and why."""
        self.meet(context)
        if not self._sees:
            return super().try_next(context, served)
        if (patient := self.attempts.patient(served)) is not None:
            return patient, "to see an answer: none has come within any timeout yet"
        mean = float(self.expected(self.best[None])[0])
        return self.settled(), f"looks best by replay: quality {mean:.2f} expected"

    def settle(self, served: Values) -> dict[str, Any]:
        """Find what looks best on the whole; return it, or what is surely better than what is served."""
        if not self._sees:
            return super().settle(served)
        seer = self.foresight
        self.best = seer.settle(self.model, self.best, self.space.encode(served), self.settings.confidence)
        return self.settled() if seer.sure is None else self.space.decode(seer.sure)

    def compared(self, values: Values, other: Values, context: Values) -> Comparison:
        """Return how probably `values` are better than `other` in a context, in all that were seen when it is empty."""
        if not self._sees:
            return super().compared(values, other, context)
        return self.foresight.compared(self.model, self.space.encode(values), self.space.encode(other))

    # State

    def state(self) -> dict[str, Any]:
        """Return plain data that `load` continues from, exactly."""
        return {**super().state(), "foresight": self.foresight.state()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Continue from a state of the same space and settings."""
        if state["names"]:
            self.reliance = Surrogate.reliance
        super().load(state)
        self.foresight.load(state["foresight"])
