"""Columns as rows of numbers for linear models: cubic B-splines of numbers, indicators of options, products of pairs.

Source: Eilers and Marx, Flexible smoothing with B-splines and penalties (1996); splines on equal knots in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dana_learning.batch.records import Column, NumberColumn

Array: TypeAlias = "NDArray[np.float64]"

FEW, MANY = 120, 250
"""Below the first number of executions numbers have one cubic, from the second on the finer splines."""
TERMS, PAIRED = 16, 8
"""At most this many columns are modelled, and this many of them in pairs: those that say most on their own."""
INDICATORS = 3
"""A choice is paired by this many of its options."""


def splines(unit: Array, pieces: int) -> Array:
    """Return cubic B-splines at numbers from 0 to 1, shape (..., pieces + 2, n); one is left out, for the others sum with it.

    >>> splines(np.array([0.0, 0.5, 1.0]), 2).round(2)
    array([[0.67, 0.17, 0.  ],
           [0.17, 0.67, 0.17],
           [0.  , 0.17, 0.67],
           [0.  , 0.  , 0.17]])
    """
    *many, count = unit.shape
    scaled = unit.reshape(-1, count) * pieces
    place = np.minimum(scaled.astype(np.int64), pieces - 1)
    t = scaled - place
    u = 1.0 - t
    t2, u2 = t * t, u * u
    found = np.zeros((len(t), pieces + 3, count))
    flat = found.reshape(-1)
    where = place * count + np.arange(count) + (np.arange(len(t)) * ((pieces + 3) * count))[:, None]
    flat[where] = u2 * u / 6.0
    flat[where + count] = 2.0 / 3.0 - t2 * (1.0 - 0.5 * t)
    flat[where + 2 * count] = 2.0 / 3.0 - u2 * (1.0 - 0.5 * u)
    flat[where + 3 * count] = t2 * t / 6.0
    return found[:, 1:].reshape(*many, pieces + 2, count)


@dataclass(frozen=True, slots=True)
class Term:
    """How one column enters: its columns `first` to `last` (exclusive) in the design."""

    column: Column
    role: str
    first: int
    last: int
    low: float
    high: float

    @property
    def name(self) -> str:
        """The name of the column."""
        return self.column.name

    @property
    def is_number(self) -> bool:
        """Whether it is a number rather than a choice."""
        return isinstance(self.column, NumberColumn)

    @property
    def data(self) -> Array:
        """Numbers from 0 to 1 or codes of options, as floats."""
        return self.column.unit if isinstance(self.column, NumberColumn) else self.column.codes.astype(float)

    def main(self, data: Array, pieces: int) -> Array:
        """Return its main columns as rows, shape (last - first, n)."""
        if self.is_number:
            return splines(np.clip((data - self.low) / (self.high - self.low), 0.0, 1.0), pieces)
        found: Array = np.equal.outer(np.arange(1.0, self.last - self.first + 1), data).astype(float)
        return found

    @property
    def few(self) -> int:
        """How many columns go into products: a line of a number, the indicators of some options."""
        return 1 if self.is_number else min(INDICATORS, self.last - self.first)

    def grid(self, count: int) -> Array:
        """Return values to look at: evenly spaced over what was seen, or every option."""
        if self.is_number:
            return np.linspace(self.low, self.high, count)
        return np.arange(float(self.last - self.first + 1))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two terms (places in the design's list) and the columns of their products."""

    one: int
    other: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Design:
    """All terms (numbers first), which of them are paired (numbers first again), and where the products stand."""

    terms: tuple[Term, ...]
    pairs: tuple[Pair, ...]
    pieces: int
    width: int
    lines: NDArray[np.int64]
    """Pairs of numbers: two rows of places."""

    @classmethod
    def of(cls, columns: list[tuple[Column, str]], quality: Array) -> Design:
        """Lay out terms for columns with their roles; the time of the executions goes in as a role "time"."""
        pieces = 5 if len(quality) >= MANY else 2 if len(quality) >= FEW else 1
        scored = [(marginal(column, quality), column, role) for column, role in columns]
        scored = [
            one for one in scored if not isinstance(one[1], NumberColumn) or one[1].unit.min() < one[1].unit.max()
        ]
        scored = sorted(scored, key=lambda one: -one[0])[:TERMS]
        scored.sort(key=lambda one: (not isinstance(one[1], NumberColumn), one[2], one[1].name))
        terms = list[Term]()
        for _, column, role in scored:
            terms.append(_term(column, role, terms[-1].last if terms else 0, pieces))
        strong = sorted(range(len(terms)), key=lambda at: -scored[at][0])
        strong = sorted([at for at in strong if terms[at].role != "time"][:PAIRED])
        chosen = sorted(combinations(strong, 2), key=lambda pair: not terms[pair[1]].is_number)
        pairs, first = list[Pair](), terms[-1].last if terms else 0
        for one, other in chosen:
            pairs.append(Pair(one, other, first, first + terms[one].few * terms[other].few))
            first = pairs[-1].last
        plain = [(pair.one, pair.other) for pair in pairs if terms[pair.other].is_number]
        lines = np.array(plain, dtype=np.int64).reshape(-1, 2).T
        return cls(tuple(terms), tuple(pairs), pieces, first, lines)

    def groups(self) -> list[tuple[int, int]]:
        """Return first and last column of each term, then of each pair."""
        mains = [(term.first, term.last) for term in self.terms]
        return mains + [(pair.first, pair.last) for pair in self.pairs]

    def table(self, data: list[Array]) -> Array:
        """Return the design, shape (width, n), for one array of data for each term."""
        count = len(data[0])
        found = np.empty((self.width, count))
        numbers = [term for term in self.terms if term.is_number]
        few = dict[int, Array]()
        if numbers:
            low, wide = np.array([[term.low, term.high - term.low] for term in numbers]).T[:, :, None]
            unit = (np.array(data[: len(numbers)]) - low) / wide
            unit = np.minimum(np.maximum(unit, 0.0, out=unit), 1.0, out=unit)
            found[: numbers[-1].last] = splines(unit, self.pieces).reshape(-1, count)
            line = 2.0 * unit - 1.0
            first = self.pairs[0].first if self.pairs else 0
            np.multiply(line[self.lines[0]], line[self.lines[1]], out=found[first : first + self.lines.shape[1]])
            few = {at: line[at : at + 1] for at in range(len(numbers))}
        for at, term in enumerate(self.terms[len(numbers) :], len(numbers)):
            found[term.first : term.last] = term.main(data[at], self.pieces)
            few[at] = found[term.first : term.first + term.few]
        for pair in self.pairs[self.lines.shape[1] :]:
            products = few[pair.one][:, None, :] * few[pair.other][None, :, :]
            found[pair.first : pair.last] = products.reshape(-1, count)
        return found


def _term(column: Column, role: str, first: int, pieces: int) -> Term:
    if isinstance(column, NumberColumn):
        return Term(column, role, first, first + pieces + 2, float(column.unit.min()), float(column.unit.max()))
    return Term(column, role, first, first + len(column.options) - 1, 0.0, 1.0)


def marginal(column: Column, quality: Array) -> float:
    """Return how much of the spread of quality ten bins of a column (or its options) explain, less what chance would."""
    codes = np.minimum((column.unit * 10).astype(np.int64), 9) if isinstance(column, NumberColumn) else column.codes
    counts = np.bincount(codes)
    sums = np.bincount(codes, quality - quality.mean())
    filled = counts > 0
    between = float((np.square(sums[filled]) / counts[filled]).sum())
    return between / max(len(quality) * float(quality.var()), 1e-30) - (int(filled.sum()) - 1) / len(quality)
