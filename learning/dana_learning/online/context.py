"""Learning which option is best for which context: linear Thompson sampling, weights shared and of each option.

Source: Agrawal and Goyal (2013), Thompson sampling for contextual bandits with linear payoffs; the shared part follows the
hybrid model of Li et al. (2010). Options are drawn independently, each from what is believed of its own worth.
"""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from dana_learning.observation import finite
from dana_learning.online.changes import Cusum
from dana_learning.online.choices import SURE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from dana_learning.kinds import Choice, Option

    Array = NDArray[np.float64]

WIDTH = 16
"""Features at most, the constant one among them; names beyond share a feature with another."""
SHARED, OWN = 0.2, 0.25
"""Prior deviations of weights that options share and of each option's own."""
NOISE, NOISE_COUNT = 0.2, 4.0
MEMORY = 0.05
"""How much one context counts against all before it in what is the middle of contexts."""
BOLDNESS = 0.6
"""How much of the uncertainty is drawn: less wastes less where there are many features."""
LIMIT = 10.0
FAR = 3.0
"""Deviations from the mean beyond which a number counts as this far."""


class Features:
    """Turns a context, a dict of numbers and texts, into a vector: numbers standardised by what was seen, texts one-hot.

    Each name has its feature for good, from when it was first learned from. What is neither a finite number nor a text
    or boolean says nothing.

    >>> features = Features()
    >>> for size in (1.0, 2.0, 3.0):
    ...     features.learn({"size": size, "kind": "pdf"})
    >>> features.vector({"size": 2.0, "kind": "pdf"})[:3].tolist()
    [1.0, 1.0, 0.0]
    """

    __slots__ = ("moments", "places")

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.moments: dict[str, list[float]] = {}

    def learn(self, context: Mapping[str, Any]) -> None:
        """Give new names their features and take the numbers into means and spreads."""
        for name, value in sorted(context.items()):
            number = _number(value)
            key = _key(name, value)
            if key is not None and key not in self.places:
                used = len(self.places) + 1
                self.places[key] = used if used < WIDTH else 1 + zlib.crc32(key.encode()) % (WIDTH - 1)
            if number is not None:
                count, mean, squares = self.moments.get(name, (0.0, 0.0, 0.0))
                count += 1.0
                moved = mean + (number - mean) / count
                self.moments[name] = [count, moved, squares + (number - mean) * (number - moved)]

    def vector(self, context: Mapping[str, Any]) -> Array:
        """Return the features, shape (WIDTH,); names that were never learned from say nothing."""
        found = [1.0] + [0.0] * (WIDTH - 1)
        for name, value in context.items():
            key = _key(name, value)
            if key is None or (place := self.places.get(key)) is None:
                continue
            number = _number(value)
            found[place] += 1.0 if number is None else self._standard(name, number)
        return np.array(found)

    def _standard(self, name: str, number: float) -> float:
        count, mean, squares = self.moments[name]
        spread = math.sqrt(squares / count)
        return min(FAR, max(-FAR, (number - mean) / spread)) if spread > 1e-12 * abs(mean) else 0.0


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < 1e150 else None


def _key(name: str, value: Any) -> str | None:
    # Quoted, so that no name of a number can read like a name with its text.
    if isinstance(value, (str, bool)):
        return f"{name!r}={value!r}"
    return repr(name) if _number(value) is not None else None


class LinTS:
    """Learns the best option for each context.

    >>> from dana_learning import Choice
    >>> learner = LinTS(Choice("parser", "quick", ("quick", "thorough")), seed=1)
    >>> for number in range(80):
    ...     context = {"kind": "pdf" if number % 2 else "text"}
    ...     option = learner.suggest(context)
    ...     learner.observe(option, 0.9 if (option == "thorough") == (number % 2 == 1) else 0.3, context)
    >>> learner.served({"kind": "pdf"}), learner.served({"kind": "text"})
    ('thorough', 'quick')
    """

    def __init__(self, choice: Choice, seed: int = 0) -> None:
        self.choice = choice
        self.options = sorted(choice.options, key=lambda option: (type(option).__name__, repr(option)))
        self.rng = np.random.default_rng(seed)
        self.features = Features()
        size = len(self.options)
        deviations = np.repeat([SHARED, *[OWN] * size], WIDTH)
        self.prior = np.square(deviations)
        self.weights = np.zeros(len(deviations))
        self.covariance = np.diag(self.prior)
        self.count, self.mean, self.squares = 0.0, 0.5, 0.0
        self.watch = Cusum(limit=LIMIT)
        self.middle = np.array([1.0] + [0.0] * (WIDTH - 1))

    def suggest(self, context: Mapping[str, Any] | None = None) -> Option:
        """Return the option to try next in a context."""
        means, deviations = self._beliefs(self.features.vector(context or {}))
        draws = means + BOLDNESS * deviations * self.rng.normal(size=len(self.options))
        return self.options[int(np.argmax(draws))]

    def served(self, context: Mapping[str, Any] | None = None) -> Option:
        """Return the option to use in a context: the start unless another one is better with a probability of 0.9."""
        best = self.best(context or {})
        return best if self.compared(best, self.choice.start, context or {})[0] >= SURE else self.choice.start

    def best(self, context: Mapping[str, Any] | None = None) -> Option:
        """Return the option that is believed to be worth most in a context, on the whole when there is none."""
        return self.options[int(np.argmax(self._beliefs(self._vector(context))[0]))]

    def belief(self, option: Any, context: Mapping[str, Any] | None = None) -> tuple[float, float]:
        """Return what an option is believed to be worth in a context, and the deviation of that belief."""
        place = self._index(option)
        means, deviations = self._beliefs(self._vector(context))
        return float(self.mean + means[place]), float(deviations[place])

    def compared(
        self, option: Any, other: Any, context: Mapping[str, Any] | None = None
    ) -> tuple[float, float, float, float]:
        """Return the probability that `option` is better than `other`, the gain, and mean and deviation of `other`."""
        one, two = self._index(option), self._index(other)
        vector = self._vector(context)
        means, deviations = self._beliefs(vector)
        apart = self._row(vector, one) - self._row(vector, two)
        spread = math.sqrt(max(float(apart @ self.covariance @ apart), 1e-6))
        gain = float(means[one] - means[two])
        chance = 0.5 * math.erfc(-gain / spread / math.sqrt(2.0)) if one != two else 0.5
        return chance, gain, float(self.mean + means[two]), float(deviations[two])

    def _vector(self, context: Mapping[str, Any] | None) -> Array:
        return self.middle if context is None else self.features.vector(context)

    def observe(self, option: Any, quality: float, context: Mapping[str, Any] | None = None) -> None:
        """Learn how good an option was in a context, 0 to 1; ValuesError when it is no option."""
        place, value = self._index(option), finite("quality", quality, 0.0, 1.0)
        self.features.learn(context or {})
        self.count += 1.0
        self.mean += (value - self.mean) / self.count
        vector = self.features.vector(context or {})
        self.middle = self.middle + max(MEMORY, 1.0 / self.count) * (vector - self.middle)
        row = self._row(vector, place)
        noise = self._noise()
        gains = self.covariance @ row
        total = float(row @ gains) + noise
        missed = value - self.mean - float(self.weights @ row)
        self.squares += missed * missed * noise / total
        self.weights += gains * (missed / total)
        self.covariance -= np.outer(gains, gains) / total
        if self.count > 10 and self.watch.update(missed / math.sqrt(total)):
            # What was learned stays the best guess; how sure it is begins anew.
            self.covariance = np.diag(self.prior)

    def _index(self, option: Any) -> int:
        return self.options.index(self.choice.check(option))

    def _noise(self) -> float:
        """Return the variance of qualities around what is expected of them."""
        return max((self.squares + NOISE_COUNT * NOISE**2) / (self.count + NOISE_COUNT), 1e-4)

    def _row(self, vector: Array, place: int) -> Array:
        """Return the features of an option: the shared ones, and its own."""
        row = np.zeros(len(self.weights))
        row[:WIDTH] = vector
        row[(place + 1) * WIDTH : (place + 2) * WIDTH] = vector
        return row

    def _beliefs(self, vector: Array) -> tuple[Array, Array]:
        """Return what each option is believed to be worth beyond the mean, and the deviations of that."""
        size = len(self.options) + 1
        means = self.weights.reshape(size, WIDTH) @ vector
        blocks = self.covariance.reshape(size, WIDTH, size, WIDTH)
        table = np.tensordot(np.tensordot(blocks, vector, (3, 0)), vector, (1, 0))
        variances = table[0, 0] + 2.0 * table[0, 1:] + np.diagonal(table)[1:]
        return means[0] + means[1:], np.sqrt(np.maximum(variances, 0.0))

    def state(self) -> dict[str, Any]:
        """Return plain data that `load` continues from, exactly."""
        moments = {name: list(one) for name, one in self.features.moments.items()}
        used = self._used()
        return {
            "options": [repr(option) for option in self.options], "weights": self.weights[used].tolist(),
            "covariance": self.covariance[np.ix_(used, used)].tolist(), "middle": self.middle.tolist(), "sums": [self.count, self.mean, self.squares],
            "places": dict(self.features.places), "moments": moments, "watch": self.watch.state(),
            "rng": self.rng.bit_generator.state,
        }  # fmt: skip

    def _used(self) -> NDArray[np.int64]:
        """Return the places of weights that were learned from; all others are as they were in the beginning."""
        features = np.unique([0, *self.features.places.values()])
        places: NDArray[np.int64] = (WIDTH * np.arange(len(self.options) + 1)[:, None] + features).ravel()
        return places

    def load(self, state: Mapping[str, Any]) -> None:
        """Continue from a state of a learner of the same options; SpaceChanged when they are others."""
        from dana_learning.errors import SpaceChanged

        options = [repr(option) for option in self.options]
        if state["options"] != options:
            hint = "begin anew, or give the options back"
            message = f"the options were {', '.join(state['options'])}"
            raise SpaceChanged(message, field=self.choice.name, expected=", ".join(options), hint=hint)
        self.count, self.mean, self.squares = (float(one) for one in state["sums"])
        self.features.places = {str(name): int(place) for name, place in state["places"].items()}
        self.features.moments = {str(name): [float(one) for one in part] for name, part in state["moments"].items()}
        used = self._used()
        self.weights, self.covariance = np.zeros(len(self.prior)), np.diag(self.prior)
        self.weights[used] = state["weights"]
        self.covariance[np.ix_(used, used)] = state["covariance"]
        self.middle = np.array(state["middle"], dtype=np.float64)
        self.watch = Cusum(**state["watch"])
        self.rng.bit_generator.state = state["rng"]
