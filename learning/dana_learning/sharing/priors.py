"""Knowledge of other functions as a prior mean for a target: rows are translated, several sources are pooled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dana_learning.errors import ParameterError
from dana_learning.kinds import Choice, Parameter
from dana_learning.observation import finite
from dana_learning.online.gaussian import MEAN
from dana_learning.online.geometry import Geometry
from dana_learning.parameter import Space
from dana_learning.sharing.similarity import matched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dana_learning.parameter import Leaf
    from dana_learning.sharing.knowledge import Knowledge

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Translation:
    """Rows of one space as rows of another: parameters that both have are matched, the others stay at a base row.

    Numbers of the same unit keep their value, those of different units their place between low and high.

    >>> from dana_learning import Parameter, Space
    >>> there = Space([Parameter("timeout", 5, 0, 50, unit="s"), Parameter("size", 1, 0, 4)])
    >>> here = Space([Parameter("timeout", 5, 0, 100, unit="s")])
    >>> Translation(here, there).rows(np.array([[0.25], [0.9]]), np.array([0.5, 0.0]))
    array([[0.5, 0.5],
           [0.5, 1. ]])
    """

    here: Space
    there: Space

    def rows(self, rows: Array, base: Array) -> Array:
        """Return rows of `there`."""
        found = np.tile(base, (len(rows), 1))
        ours = {leaf.path: leaf for leaf in self.here.leaves}
        theirs = {leaf.path: leaf for leaf in self.there.leaves}
        for our, their in matched(self.here, self.there).items():
            _translate(ours[our], theirs[their], rows, found)
        return found


def _translate(our: Leaf, their: Leaf, rows: Array, found: Array) -> None:
    match our.parameter, their.parameter:
        case Parameter() as one, Parameter() as other:
            units = rows[:, our.first]
            same = (one.low, one.high, one.scale) == (other.low, other.high, other.scale)
            if not same and one.unit == other.unit:
                units = np.clip(_to_unit(other, _from_unit(one, units)), 0.0, 1.0)
            found[:, their.first] = units
        case Choice() as one, Choice() as other:
            weights = np.zeros((len(one.options), len(other.options)))
            for place, option in enumerate(one.options):
                index = other.index(option)
                weights[place] = 1.0 / len(other.options) if index is None else np.eye(len(other.options))[index]
            found[:, their.first : their.last] = rows[:, our.first : our.last] @ weights
        case _:  # only what is of one kind is matched
            pass


def _from_unit(one: Parameter, units: Array) -> Array:
    result: Array = one.low + units * (one.high - one.low)
    return one.low * np.power(one.high / one.low, units) if one.scale == "log" else result


def _to_unit(one: Parameter, values: Array) -> Array:
    inside = np.clip(values, one.low, one.high)
    if one.scale == "log":
        found: Array = np.log(inside / one.low) / np.log(one.high / one.low)
        return found
    result: Array = (inside - one.low) / (one.high - one.low)
    return result


class KnowledgePrior:
    """The prior of a target from the knowledge of others, each with a weight (its similarity, 0 to 1).

    Sources are pooled by weight and by how many executions they stand for, each about its own level, so that a source
    that is better throughout does not outvote the shape that all agree on.
    """

    def __init__(self, space: Space, sources: Sequence[tuple[Knowledge, float]]) -> None:
        if not sources:
            raise ParameterError("a prior of no source", field="sources", expected="at least one")
        self.space = space
        self.sources = tuple((one, finite("weight", weight, 0.0, 1.0)) for one, weight in sources)
        self._moves = [Translation(space, one.space) for one, _ in self.sources]
        strength = np.array([weight * np.sqrt(one.count) for one, weight in self.sources])
        self._shares = strength / strength.sum() if strength.sum() else np.full(len(strength), 1.0 / len(strength))
        levels = [float(np.mean(one.means)) for one, _ in self.sources]
        self._levels = np.array(levels)
        self.trust = max(weight for _, weight in self.sources)
        self.best = self._found()

    def __call__(self, rows: Array) -> Array:
        """Return the quality expected at encoded rows of the target, 0 to 1."""
        total = np.full(len(rows), float(self._shares @ self._levels))
        parts = zip(self.sources, self._moves, self._shares, self._levels, strict=True)
        for (one, _), move, share, level in parts:
            total += share * (one.expected(move.rows(rows, one.best)) - level)
        result: Array = np.clip(total, 0.0, 1.0)
        return result

    def _found(self) -> Array:
        """Return the row where most is expected: of many from everywhere, then near the best of these."""
        geometry, rng, best = Geometry(self.space), np.random.default_rng(0), None
        options = geometry.all_options()
        if options is not None:
            found: Array = options[int(np.argmax(self(options)))]
            return found
        for _ in range(3):
            rows = geometry.candidates(rng, best, 200, 40)
            rows = rows if best is None else np.vstack([best, rows])
            best = rows[int(np.argmax(self(rows)))]
        return best if best is not None else np.full(self.space.width, MEAN)
