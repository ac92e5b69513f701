"""Learning which option is best: Thompson sampling with a prior that options share, and a restart when the world changes.

Sources: Thompson (1933), On the likelihood that one unknown probability exceeds another; Russo et al. (2018), A tutorial
on Thompson sampling; the shared prior is the empirical Bayes of Efron and Morris (1973).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dana_learning.observation import finite
from dana_learning.online.changes import Cusum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from dana_learning.kinds import Choice, Option

    Array = NDArray[np.float64]

SHARED = 1.0
"""What the options have in common counts as much as this many outcomes of each."""
SPREAD, SPREAD_COUNT = 0.2, 2.0
"""Prior spread of qualities of one option, and how many outcomes it counts for."""
BOLDNESS = 0.7
"""How much of the uncertainty is drawn: less wastes less on options that are hardly worse."""
LIMIT = 8.0
"""Sum of surprises that is a change: about one false alarm in a thousand outcomes."""
KEPT = 2.0
"""After a change, what an option is known by counts at most as much as this many outcomes."""
WARM = 5
"""Outcomes of an option before its surprises count."""
SURE = 0.9
"""How probably better an option must be to be served instead of another."""


class ThompsonChoice:
    """Learns the best option of a choice. The order in which options are listed changes nothing.

    Qualities that are all 0 or 1 are learned as chances (Beta), others as means with a spread (normal-inverse-gamma).

    >>> from dana_learning import Choice
    >>> learner = ThompsonChoice(Choice("model", "small", ("small", "large")), seed=1)
    >>> for _ in range(40):
    ...     option = learner.suggest()
    ...     learner.observe(option, 0.9 if option == "large" else 0.2)
    >>> learner.served()
    'large'
    """

    def __init__(self, choice: Choice, seed: int = 0) -> None:
        self.choice = choice
        self.options = sorted(choice.options, key=lambda option: (type(option).__name__, repr(option)))
        self.rng = np.random.default_rng(seed)
        size = len(self.options)
        self.counts, self.sums, self.squares = np.zeros(size), np.zeros(size), np.zeros(size)
        self.is_binary = True
        self.watch = [Cusum(limit=LIMIT) for _ in self.options]
        self._served = self._index(choice.start)

    def _index(self, option: Any) -> int:
        return self.options.index(self.choice.check(option))

    def suggest(self) -> Option:
        """Return the option to try next: the best of one draw of what each may be worth."""
        means, deviations, freedom = self._beliefs()
        if self.is_binary:
            strength = (self.counts + SHARED) / BOLDNESS**2
            draws = self.rng.beta(means * strength + 1e-3, (1.0 - means) * strength + 1e-3)
        else:
            draws = means + BOLDNESS * deviations * self.rng.standard_t(freedom)
        return self.options[int(np.argmax(draws))]

    def observe(self, option: Any, quality: float) -> None:
        """Learn how good an option was, 0 to 1; ValuesError when it is no option."""
        place, value = self._index(option), finite("quality", quality, 0.0, 1.0)
        self.is_binary &= value in {0.0, 1.0}
        self._notice(place, value)
        self.counts[place] += 1.0
        self.sums[place] += value
        self.squares[place] += value * value
        self._reconsider()

    def served(self) -> Option:
        """Return the option to use: the start until another one is better with a probability of 0.9, and so on."""
        return self.options[self._served]

    def best(self) -> Option:
        """Return the option that is believed to be worth most."""
        return self.options[int(np.argmax(self._beliefs()[0]))]

    def count(self, option: Any) -> float:
        """Return how many outcomes an option is known by; those before a change count less."""
        return float(self.counts[self._index(option)])

    def belief(self, option: Any) -> tuple[float, float]:
        """Return what an option is believed to be worth, and the deviation of that belief."""
        place = self._index(option)
        means, deviations, _ = self._beliefs()
        return float(means[place]), float(deviations[place])

    def compared(self, option: Any, other: Any) -> tuple[float, float, float, float]:
        """Return the probability that `option` is better than `other`, the gain, and mean and deviation of `other`."""
        one, two = self._index(option), self._index(other)
        means, deviations, _ = self._beliefs()
        gain = float(means[one] - means[two])
        spread = max(math.hypot(float(deviations[one]), float(deviations[two])), 1e-3)
        chance = 0.5 * math.erfc(-gain / spread / math.sqrt(2.0)) if one != two else 0.5
        return chance, gain, float(means[two]), float(deviations[two])

    def _notice(self, place: int, value: float) -> None:
        """Look for a change of one option; it makes what is known of all of them old."""
        if self.counts[place] < WARM or not self.watch[place].update(self._surprise(place, value)):
            return
        old = KEPT / np.maximum(self.counts, KEPT)
        self.counts, self.sums, self.squares = self.counts * old, self.sums * old, self.squares * old
        self.watch = [Cusum(limit=LIMIT) for _ in self.options]

    def _surprise(self, place: int, value: float) -> float:
        """Return how far a quality is from what the option had so far, in deviations."""
        count, total = float(self.counts[place]), float(self.sums[place])
        if self.is_binary:
            mean = (total + 1.0) / (count + 2.0)
            return (value - mean) / math.sqrt(mean * (1.0 - mean))
        return (value - total / count) / max(self._spread() * math.sqrt(1.0 + 1.0 / count), 0.02)

    def _spread(self) -> float:
        """Return the spread of qualities around the means of their options."""
        inner = float((self.squares - np.square(self.sums) / np.maximum(self.counts, 1e-9)).sum())
        total = float(self.counts.sum())
        return math.sqrt((max(inner, 0.0) + SPREAD_COUNT * SPREAD**2) / (total + SPREAD_COUNT))

    def _beliefs(self) -> tuple[Array, Array, Array]:
        """Return what each option is believed to be worth, the deviation of that belief, and degrees of freedom."""
        total = float(self.counts.sum())
        common = (float(self.sums.sum()) + 0.5) / (total + 1.0)
        strength = self.counts + SHARED
        means = (self.sums + SHARED * common) / strength
        if self.is_binary:
            return means, np.sqrt(means * (1.0 - means) / (strength + 1.0)), strength
        return means, self._spread() / np.sqrt(strength), np.maximum(self.counts + SPREAD_COUNT, 3.0)

    def _reconsider(self) -> None:
        best = self.best()
        if self.compared(best, self.served())[0] >= SURE:
            self._served = self._index(best)

    def state(self) -> dict[str, Any]:
        """Return plain data that `load` continues from, exactly."""
        return {
            "counts": self._named(self.counts), "sums": self._named(self.sums), "squares": self._named(self.squares),
            "binary": self.is_binary, "served": self.served(), "rng": self.rng.bit_generator.state,
            "watch": {repr(one): watch.state() for one, watch in zip(self.options, self.watch, strict=True)},
        }  # fmt: skip

    def _named(self, values: Array) -> dict[str, float]:
        return {repr(option): float(value) for option, value in zip(self.options, values, strict=True)}

    def load(self, state: Mapping[str, Any]) -> None:
        """Continue from a state; options that are new begin without knowledge, those that are gone are left out."""
        keys = [repr(option) for option in self.options]
        self.counts, self.sums, self.squares = (
            np.array([float(state[part].get(key, 0.0)) for key in keys]) for part in ("counts", "sums", "squares")
        )
        self.is_binary = bool(state["binary"])
        self.watch = [Cusum(**state["watch"].get(key, {"limit": LIMIT})) for key in keys]
        self._served = self._index(self.choice.clip(state["served"]))
        self.rng.bit_generator.state = state["rng"]
