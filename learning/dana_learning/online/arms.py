"""What a tuner believes of a single choice: Thompson sampling, and linear Thompson sampling once there are contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_learning.online.choices import ThompsonChoice
from dana_learning.online.context import LinTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_learning.kinds import Choice, Option
    from dana_learning.observation import Observation
    from dana_learning.online.gaussian import ParticleGP
    from dana_learning.online.serving import Comparison
    from dana_learning.online.settings import TunerSettings
    from dana_learning.parameter import Space

    Values = Mapping[str, Any]

REMEMBERED = 200
"""Executions that are learned again when the first context comes, or when knowledge is shared."""
RIVAL = 1.0
"""What is served is known well enough by this share of the executions of what looks better: none is the weaker side."""


class Arms:
    """Beliefs about the options of one choice; knows the same questions as `Surrogate`.

    >>> from dana_learning import Choice, Observation
    >>> arms = Arms(Choice("model", "small", ("small", "large")), seed=1)
    >>> for number, option in enumerate(["small", "large"] * 10):
    ...     arms.learn(Observation(f"run-{number}", {"model": option}, 0.9 if option == "large" else 0.3))
    >>> arms.settled(), arms.compared({"model": "large"}, {"model": "small"}, {})[0] > 0.99
    ({'model': 'large'}, True)
    """

    def __init__(self, choice: Choice, seed: int) -> None:
        self.choice = choice
        self.seed = seed
        self.plain = ThompsonChoice(choice, seed)
        self.linear: LinTS | None = None
        self.told: list[tuple[Option, float, dict[str, Any]]] = []

    def __len__(self) -> int:
        return len(self.told)

    def learn(self, seen: Observation) -> None:
        """Take one execution."""
        option, context = seen.values[self.choice.name], dict(seen.context)
        self.told = [*self.told[1 - REMEMBERED :], (option, seen.quality, context)]
        self.plain.observe(option, seen.quality)
        if self.linear is None and context:
            self.linear = LinTS(self.choice, self.seed + 1)
            for one in self.told[:-1]:
                self.linear.observe(*one)
        if self.linear is not None:
            self.linear.observe(option, seen.quality, context)

    def try_next(self, context: Values, served: Values) -> tuple[dict[str, Any], str]:
        """Return the option to try in a context, and why.

        What is served is tried as well while too little is known of it to be replaced by what looks better.
        """
        option = self.linear.suggest(context) if self.linear is not None else self.plain.suggest()
        best, rival = self._best(context), served[self.choice.name]
        mean, deviation = self._belief(option, context)
        if self.linear is None and best != rival and self.plain.count(rival) < RIVAL * self.plain.count(best):
            return self._named(rival), "to be sure: it is served, and something else looks better"
        if option == best:
            return self._named(option), f"looks best: quality {mean:.2f} +- {deviation:.2f} expected"
        at_best = self._belief(best, context)[0]
        expected = f"quality {mean:.2f} +- {deviation:.2f} expected, {at_best:.2f} at the best known"
        return self._named(option), f"to learn: {expected}"

    def settle(self, served: Values) -> dict[str, Any]:
        """Return the option that looks best on the whole, whatever is served."""
        del served
        return self._named(self._best({}))

    def settled(self) -> dict[str, Any]:
        """Return the same: options are compared without a search."""
        return self._named(self._best({}))

    def best_in(self, context: Values) -> dict[str, Any]:
        """Return the option that looks best in a context."""
        return self._named(self._best(context))

    def compared(self, values: Values, other: Values, context: Values) -> Comparison:
        """Return how probably an option is better than another in a context, in all that were seen when it is empty."""
        one, two = values[self.choice.name], other[self.choice.name]
        if self.linear is None:
            return self.plain.compared(one, two)
        return self.linear.compared(one, two, context or None)

    def _best(self, context: Values) -> Option:
        return self.plain.best() if self.linear is None else self.linear.best(context or None)

    def _belief(self, option: Option, context: Values) -> tuple[float, float]:
        if self.linear is None:
            return self.plain.belief(option)
        return self.linear.belief(option, context or None)

    def _named(self, option: Option) -> dict[str, Any]:
        return {self.choice.name: option}

    def copied(self, space: Space, settings: TunerSettings) -> ParticleGP:
        """Return a model of the executions that are remembered."""
        from dana_learning.online.gaussian import ParticleGP

        model = ParticleGP(space, self.seed, particles=settings.particles, window=settings.window)
        for option, quality, _ in self.told:
            model.add(space.encode(self._named(option)), quality)
        return model

    def state(self) -> dict[str, Any]:
        """Return plain data that `load` continues from, exactly."""
        linear = None if self.linear is None else self.linear.state()
        return {"plain": self.plain.state(), "linear": linear, "told": [list(one) for one in self.told]}

    def load(self, state: Mapping[str, Any]) -> None:
        """Continue from a state of the same options."""
        self.plain.load(state["plain"])
        if state["linear"] is not None:
            self.linear = LinTS(self.choice, self.seed + 1)
            self.linear.load(state["linear"])
        self.told = [(option, float(quality), dict(context)) for option, quality, context in state["told"]]
