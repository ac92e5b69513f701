"""Encoded values as features of a linear model: random waves for any smooth shape, lines and bows for the common one.

Source: Rahimi and Recht, Random features for large-scale kernel machines (2007); frequencies as of a Matérn kernel.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dana_learning.kinds import Choice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dana_learning.parameter import Space

    Array = NDArray[np.float64]

WAVES = 48
LENGTHS = (0.25, 0.9)
"""Shortest and longest length of a wave, in units of a parameter's whole range."""
CURVED = 6
"""Of more numbers than this the products are left out."""
LEVEL, LINE = 1.0, 0.5
"""How large the common level, and lines, bows and products, are against the waves."""


class Features:
    """Turns encoded rows of a space into features; the same seed gives the same features.

    >>> from dana_learning import Parameter, Space
    >>> Features(Space([Parameter("x", 0.0, 0.0, 1.0)])).of(np.array([0.5])).shape
    (51,)
    """

    __slots__ = ("lines", "numbers", "one", "other", "phases", "turns", "width")

    def __init__(self, space: Space, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        places = [leaf.first for leaf in space.leaves if not isinstance(leaf.parameter, Choice)]
        low, high = np.log(LENGTHS)
        lengths = np.exp(rng.uniform(low, high, WAVES))
        heavy = np.sqrt(5.0 / rng.chisquare(5.0, WAVES))
        self.turns: Array = rng.normal(size=(space.width, WAVES)) * (heavy / lengths)
        self.phases: Array = rng.uniform(0.0, 2.0 * math.pi, WAVES)
        self.numbers = np.array(places, dtype=np.int64)
        many = len(places) > CURVED
        pairs = [
            (n, n) if many else (n, m) for n in range(len(places)) for m in ([n] if many else range(n, len(places)))
        ]
        self.one, self.other = self.numbers[np.array(pairs, dtype=np.int64).reshape(-1, 2).T]
        self.lines = space.width
        self.width = WAVES + 1 + space.width + len(pairs)

    def of(self, rows: Array) -> Array:
        """Return the features of rows, shape (..., width)."""
        found = np.empty((*rows.shape[:-1], self.width))
        waves = rows @ self.turns
        waves += self.phases
        np.cos(waves, out=waves)
        np.multiply(waves, math.sqrt(2.0 / WAVES), out=found[..., :WAVES])
        found[..., WAVES] = LEVEL
        centred = rows * (2.0 * LINE)
        centred -= LINE
        last = WAVES + 1 + self.lines
        found[..., WAVES + 1 : last] = centred
        products = centred.take(self.one, axis=-1)
        products *= centred.take(self.other, axis=-1)
        np.multiply(products, 1.0 / LINE, out=found[..., last:])
        return found
