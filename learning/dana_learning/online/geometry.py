"""Encoded vectors as a kernel sees them: squared distances per parameter, and random candidates to choose among."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dana_learning.kinds import Choice
from dana_learning.online import contexts as context_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dana_learning.parameter import Space

    Array = NDArray[np.float64]

LOCAL_SCALES = (0.2, 0.07, 0.02)
"""Standard deviations of local candidates around the best, in units of a parameter's whole range."""


class Geometry:
    """The parameters of a space as groups of columns; `size` counts them and, behind them, `contexts` names of contexts.

    >>> from dana_learning import Choice, Parameter, Space
    >>> geometry = Geometry(Space([Parameter("x", 0, 0, 1), Choice("kind", "a", ("a", "b"))]))
    >>> geometry.squares(np.array([[1.0, 0.0, 0.5]]), np.array([[0.0, 1.0, 0.2]])).round(2).ravel()
    array([1.  , 0.09])
    """

    __slots__ = ("choices", "contexts", "integers", "numbers", "size", "space", "width")

    def __init__(self, space: Space, contexts: int = 0) -> None:
        self.space = space
        self.contexts = contexts
        self.width = space.width + 2 * contexts
        self.numbers: list[tuple[int, int]] = []
        self.choices: list[tuple[int, int, int]] = []
        self.integers: list[tuple[int, tuple[float, float, bool]]] = []
        for place, leaf in enumerate(space.leaves):
            if isinstance(leaf.parameter, Choice):
                self.choices.append((place, leaf.first, leaf.last))
                continue
            self.numbers.append((place, leaf.first))
            if leaf.parameter.integer:
                number = leaf.parameter
                self.integers.append((leaf.first, (number.low, number.high, number.scale == "log")))
        self.size = len(space.leaves) + contexts

    @property
    def is_discrete(self) -> bool:
        """Whether there is nothing but choices."""
        return not self.numbers

    def squares(self, left: Array, right: Array) -> Array:
        """Return squared distances, shape (size, rows of left, rows of right); of two options 0 or 1."""
        found = np.empty((self.size, len(left), len(right)))
        for place, column in self.numbers:
            np.subtract.outer(left[:, column], right[:, column], out=found[place])
            np.square(found[place], out=found[place])
        for place, first, last in self.choices:
            np.subtract(1.0, left[:, first:last] @ right[:, first:last].T, out=found[place])
        if self.contexts:
            context_columns.squares(left, right, self.space.width, found[self.size - self.contexts :])
        return found

    def rounded(self, rows: Array) -> Array:
        """Move whole-number parameters to what they decode to, in place."""
        for column, (low, high, is_log) in self.integers:
            unit = rows[:, column]
            if is_log:
                spread = np.log(high / low)
                rows[:, column] = np.log(np.clip(np.rint(low * np.exp(unit * spread)), low, high) / low) / spread
            else:
                rows[:, column] = (np.clip(np.rint(low + unit * (high - low)), low, high) - low) / (high - low)
        return rows

    def candidates(
        self, rng: np.random.Generator, best: Array | None, spread: int, local: int, edge: float = 0.0
    ) -> Array:
        """Return `spread` random rows of the space without its `edge`, and `local` rows around `best` per scale."""
        width = self.space.width
        rows = [edge + (1.0 - 2.0 * edge) * rng.random((spread, width))]
        if best is not None:
            for scale in LOCAL_SCALES:
                moves = scale * rng.normal(size=(local, width)) * (rng.random((local, width)) < 0.7)
                rows.append(np.clip(best + moves, 0.0, 1.0))
        found = np.vstack(rows)
        for _, first, last in self.choices:
            options = np.argmax(found[:, first:last], axis=1)
            if best is not None:
                options[spread:] = int(np.argmax(best[first:last]))
                other = rng.random(len(found)) < 0.3
                other[:spread] = False
                options[other] = rng.integers(0, last - first, int(other.sum()))
            found[:, first:last] = np.eye(last - first)[options]
        return self.rounded(found)

    def all_options(self) -> Array | None:
        """Return every row of a discrete space when there are at most 64, else None."""
        if self.numbers:
            return None
        counts = [last - first for _, first, last in self.choices]
        if np.prod(counts) > 64:
            return None
        grid = np.indices(counts).reshape(len(counts), -1).T
        rows = np.zeros((len(grid), self.space.width))
        for (_, first, _), options in zip(self.choices, grid.T, strict=True):
            rows[np.arange(len(grid)), first + options] = 1.0
        return rows
