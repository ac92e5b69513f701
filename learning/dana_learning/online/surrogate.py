"""What a tuner believes of a space with numbers: a particle model, what attempts tell, and whether the world has changed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dana_learning.online import acquisition, serving
from dana_learning.online.attempts import AttemptModel, Roles, roles_of
from dana_learning.online.changes import Cusum
from dana_learning.online.contexts import NAMES
from dana_learning.online.doubts import FAR, Doubts
from dana_learning.online.gaussian import MEAN, NOISE, SIGNAL, ParticleGP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from dana_learning.observation import Observation
    from dana_learning.online.serving import Comparison, Expected
    from dana_learning.online.settings import TunerSettings
    from dana_learning.parameter import Space

    Array = NDArray[np.float64]
    Values = Mapping[str, Any]
    Make = Callable[[tuple[str, ...]], ParticleGP]

RESIDUAL, DOUBT = 0.03, 0.1
"""How much quality is believed to differ from what the attempts of a call let expect, and how probably that is wrong."""
CHANCY = 0.2
"""How much the quality of a call that is tried again and again is believed to vary: it succeeds, late, or not at all."""
EARLY = 5
"""Executions, since the start or a change, in which is tried what may be better by itself, before what teaches most."""
WARM = 8
"""Executions before surprises can count as a change."""


class Surrogate:
    """Beliefs about quality over all values of a space; `best` is the encoded row that looks best on the whole.

    `prior` gives the quality to expect at encoded rows before anything was observed. `make` makes the model for the
    names of contexts that it is to look at; there are none until the first context is met.
    """

    reliance = (RESIDUAL, DOUBT, CHANCY)

    def __init__(
        self, space: Space, seed: int, settings: TunerSettings, prior: Expected | None = None, *,
        make: Make | None = None,
    ) -> None:  # fmt: skip
        self.space = space
        self.settings = settings
        self.prior = prior
        roles = roles_of(space)
        self.attempts = AttemptModel(space, roles) if roles is not None else None
        self._knows = make is None and knows_all(space, roles)
        self._make: Make = make or (lambda names: ParticleGP(
            space, seed, particles=settings.particles, window=settings.window, names=names
        ))  # fmt: skip
        self.relies = self._knows
        self.model = self._made(())
        self.watch = Cusum(limit=settings.change_limit)
        self.best = space.encode(space.defaults())
        self.doubts = Doubts()
        self.fresh = 0

    def __len__(self) -> int:
        return len(self.model)

    def expected(self, rows: Array) -> Array:
        """Return the prior mean at rows: what attempts let expect, else what the caller's prior says, else a half."""
        plain = rows[:, : self.space.width]
        if self.attempts is not None and not self.attempts.is_cold:
            return self.attempts.expected(plain)
        return np.full(len(rows), MEAN) if self.prior is None else self.prior(plain)

    def _made(self, names: tuple[str, ...]) -> ParticleGP:
        """Return a new model, which relies on attempts where they tell all."""
        model = self._make(names)
        if self.relies:
            model.rely(*self.reliance)
            model.restart(model.offsets)
        return model

    def _rely(self, *, relies: bool) -> None:
        """Rely on attempts from now on, or not: executions are told with or without them."""
        self.relies = relies
        self.model.rely(*(self.reliance if relies else (SIGNAL, 1.0, NOISE)))

    # What was observed

    def meet(self, context: Values) -> None:
        """Look at the names of a context from now on, as far as there is room; what is known is learned again with them."""
        names = self.model.contexts.names
        fresh = tuple(name for name in context if name not in names)[: NAMES - len(names)]
        if not fresh:
            return
        old, self.model = self.model, self._made(names + fresh)
        self.model.rng.bit_generator.state = old.rng.bit_generator.state
        contexts = old.contexts.seen or [{}] * len(old)
        for row, quality, offset, one in zip(old.tried, old.qualities, old.offsets, contexts, strict=True):
            self.model.add(self.model.placed(row[None], one)[0], float(quality), float(offset), one)

    def learn(self, seen: Observation) -> None:
        """Take one execution; after a change of the world forget what was before it."""
        self.fresh += 1
        self.meet(seen.context)
        if self._doubted(seen):
            return
        self._take(seen)
        if self.attempts is not None and seen.attempts:
            was_cold = self.attempts.is_cold
            self.attempts.observe(seen)
            offsets = self.expected(self.model.rows)
            if was_cold and not self.attempts.is_cold:
                if self._knows:
                    self._rely(relies=True)
                self.model.restart(offsets)
            else:
                self.model.expect(offsets)
        elif self.relies and self.attempts is not None and self.attempts.is_cold:
            self._rely(relies=False)
            self.model.restart(self.model.offsets)
        elif self.attempts is not None:
            # As `load` finds it, bit by bit.
            self.model.expect(self.model.offsets)

    def _placed(self, seen: Observation) -> tuple[Array, float]:
        """Return the row of an execution, and the quality that is expected there before any was seen."""
        row = self.model.placed(self.space.encode(seen.values)[None], seen.context)
        return row[0], float(self.expected(row)[0])

    def _doubted(self, seen: Observation) -> bool:
        """Hold an execution back that is far from what is well known, until another one tells whether the world changed.

        Attempts tell more than that, so that nothing is doubted where there are some.
        """
        if len(self.model) < WARM or self.attempts is not None:
            return False
        row, expected = self._placed(seen)
        surprise, is_known = self.model.surprise(row, seen.quality, expected)
        is_far = is_known and abs(surprise) > FAR
        if is_far and not self.doubts.hold(seen, len(self.model)):
            return True
        if is_far:
            self._forget(0)
        elif self.doubts.held and (is_known or self.doubts.pass_by()):
            self.doubts.outliers += len(self.doubts.held)
        else:
            return False
        for one in self.doubts.released():
            self._take(one)
        return is_far

    def _take(self, seen: Observation) -> None:
        """Learn one execution; forget what was before it when surprises add up to a change."""
        row, expected = self._placed(seen)
        if len(self.model) >= WARM:
            ago = self.watch.update(self.model.surprise(row, seen.quality, expected)[0])
            if ago:
                self._forget(min(ago - 1, len(self.model)))
                row, expected = self._placed(seen)
        self.model.add(row, seen.quality, expected, seen.context)

    def _forget(self, keep: int) -> None:
        """Forget all but the last executions: the world is another one, and is explored as in the beginning."""
        self.model.forget(keep)
        self.watch = Cusum(limit=self.settings.change_limit)
        self.fresh = 1

    # What follows from it

    def try_next(self, context: Values, served: Values) -> tuple[dict[str, Any], str]:
        """Return values to try in a context, and why."""
        del served
        self.meet(context)
        if self.doubts.held:
            return dict(self.doubts.held[-1].values), "to be sure: the last quality was far from what was expected"
        best = self.best_row(context) if context else self.best
        is_early = self.fresh < EARLY and self.attempts is None and not self.model.geometry.is_discrete
        choose = acquisition.improving_row if is_early else acquisition.next_row
        row = choose(self.model, best, self.expected, context)
        return self.space.decode(row), self.reason(row, context)

    def reason(self, row: Array, context: Values) -> str:
        """Return in words why a row is tried."""
        judge = self.model.drawn(1)
        rows = self.model.placed(np.vstack([row, self.best]), context)
        means, variances = self.model.moments(rows, judge, self.expected(rows))
        mean, best, deviation = float(means[0, 0]), float(means[0, 1]), math.sqrt(float(variances[0, 0]))
        if mean >= best - 0.01:
            return f"looks best: quality {mean:.2f} +- {deviation:.2f} expected"
        return f"to learn: quality {mean:.2f} +- {deviation:.2f} expected, {best:.2f} at the best known"

    def best_row(self, context: Values) -> Array:
        """Return the row that looks best in a context."""
        return serving.best_row(self.model, self.best, self.expected, self.settings.caution, context)

    def settle(self, served: Values) -> dict[str, Any]:
        """Find what looks best on the whole, and return it, whatever is served."""
        del served
        self.best = serving.best_row(self.model, self.best, self.expected, self.settings.caution)
        return self.settled()

    def settled(self) -> dict[str, Any]:
        """Return what looked best on the whole at the last decision."""
        return self.space.decode(self.best)

    def best_in(self, context: Values) -> dict[str, Any]:
        """Return the values that look best in a context."""
        return self.space.decode(self.best_row(context))

    def compared(self, values: Values, other: Values, context: Values) -> Comparison:
        """Return how probably `values` are better than `other` in a context, in all that were seen when it is empty."""
        rows = self.space.encode(values), self.space.encode(other)
        return serving.compared(self.model, *rows, self.expected, context)

    def copied(self, space: Space, settings: TunerSettings) -> ParticleGP:
        """Return a copy of the model."""
        del space, settings
        model = self._made(self.model.contexts.names)
        model.load(self.model.state())
        return model

    # State

    def state(self) -> dict[str, Any]:
        """Return plain data that `load` continues from, exactly."""
        return {
            "model": self.model.state(), "names": list(self.model.contexts.names), "watch": self.watch.state(),
            "best": self.best.tolist(), "fresh": self.fresh, "doubts": self.doubts.state(),
            "relies": self.relies, "attempts": None if self.attempts is None else self.attempts.state(),
        }  # fmt: skip

    def load(self, state: Mapping[str, Any]) -> None:
        """Continue from a state of the same space and settings."""
        if self.attempts is not None:
            self.attempts.load(state["attempts"])
        self.relies = bool(state["relies"])
        self.model = self._made(tuple(state["names"]))
        self._rely(relies=self.relies)
        self.model.load(state["model"])
        self.watch = Cusum(**state["watch"])
        self.best = np.array(state["best"], dtype=float)
        self.fresh = int(state.get("fresh", state.get("learned", EARLY)))
        self.doubts = Doubts.from_state(state.get("doubts", {}))
        if self.attempts is not None:
            self.model.expect(self.model.offsets)


def knows_all(space: Space, roles: Roles | None) -> bool:
    """Whether attempts tell of every parameter."""
    known = () if roles is None else (roles.timeout, roles.retries, roles.backoff)
    return sum(role is not None for role in known) == len(space.leaves)
