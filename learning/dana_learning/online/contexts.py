"""Contexts as columns beside a row: for each name a number by its rank among those seen, and a code of its text.

Ranks make the unit and the scale of a number in a context irrelevant: seconds, bytes or their logarithm are the same.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from dana_learning.observation import plain_dict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NAMES = 6
"""Names of contexts that a model looks at, the first that it met; each is one more dimension to learn."""
MISSING = -1.0
"""The code of a name that a context does not have."""
HALF = 0.25
"""Squared distance of a name that is there from one that is not: between the same text and another one."""


def checked(context: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what of a context can be learned from, by sorted name: finite numbers, texts, booleans.

    >>> checked({"size": 3, "kind": "pdf", "tags": ["a"]})
    {'kind': 'pdf', 'size': 3}
    """
    given = plain_dict("context", context)
    return {name: given[name] for name in sorted(given) if isinstance(given[name], (str, bool, int, float))}


class ContextColumns:
    """Two columns for each name: where a number lies among those that were seen (0..1), and a code of a text.

    >>> columns = ContextColumns(("kind", "size"))
    >>> for size in (1, 10, 100):
    ...     columns.seen.append({"kind": "pdf", "size": size})
    >>> columns.rank()
    >>> columns.encode({"size": 10}).tolist()
    [0.5, -1.0, 0.5, 0.0]
    """

    __slots__ = ("_ranks", "names", "seen")

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)[:NAMES]
        self.seen: list[Mapping[str, Any]] = []
        self._ranks: dict[str, list[float]] = {}

    def rank(self, count: int | None = None) -> None:
        """Take the first `count` of the contexts that were seen as the measure of numbers from now on."""
        known = self.seen[:count]
        for name in self.names:
            numbers = [_number(one.get(name)) for one in known]
            self._ranks[name] = sorted(one for one in numbers if one is not None)

    def encode(self, context: Mapping[str, Any]) -> Array:
        """Return the columns of a context."""
        found: list[float] = []
        for name in self.names:
            value = context.get(name)
            number = _number(value)
            if number is not None:
                found += (self._unit(name, number), 0.0)
            else:
                found += (0.5, MISSING if value is None else float(zlib.crc32(str(value).encode()) + 1))
        return np.array(found)

    def encoded(self) -> Array:
        """Return the columns of all contexts that were seen, one row for each."""
        return np.array([self.encode(one) for one in self.seen]).reshape(len(self.seen), 2 * len(self.names))

    def _unit(self, name: str, number: float) -> float:
        """Return the share of the numbers seen that lie below, those that are equal counted half."""
        from bisect import bisect_left, bisect_right

        ranks = self._ranks.get(name)
        if not ranks:
            return 0.5
        return (bisect_left(ranks, number) + bisect_right(ranks, number)) / (2 * len(ranks))


def squares(left: Array, right: Array, first: int, found: Array) -> None:
    """Fill `found`, shape (names, rows of left, rows of right), with squared distances of columns from `first` on."""
    for place in range(len(found)):
        column = first + 2 * place
        np.subtract.outer(left[:, column], right[:, column], out=found[place])
        np.square(found[place], out=found[place])
        one, other = left[:, column + 1, None], right[None, :, column + 1]
        gone = (one == MISSING) | (other == MISSING)
        found[place] = np.where(one == other, found[place], np.where(gone, HALF, 1.0))


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < 1e150 else None
