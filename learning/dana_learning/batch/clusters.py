"""Groups of executions in similar contexts: k-means with k by silhouette, kept only if plain noise would not do as well.

Sources: Arthur and Vassilvitskii, k-means++ (2007); Rousseeuw, Silhouettes (1987), in their simplified form with
centres; Liu and others, Statistical significance of clustering (2008), for the comparison with one normal cloud.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from dana_learning.batch.chance import NORMAL, middle
from dana_learning.batch.findings import ContextCluster
from dana_learning.batch.records import Column, NumberColumn, OptionColumn, Records

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"
Codes: TypeAlias = "NDArray[np.int64]"

LARGEST = 5
"""Clusters at most."""
SAMPLE = 200
"""Executions on which the number of clusters is chosen; centres are found on twenty times as many."""
MARGIN = 0.1
"""How much clearer than in a normal cloud the clusters have to be."""
ROUNDS = 8
SMALLEST = 10
"""Executions that a cluster has at least."""


def clusters(records: Records, seed: int = 0) -> tuple[ContextCluster, ...]:
    """Return groups of similar contexts and how quality differs between them, the best quality first."""
    used = [
        column for column in records.contexts if isinstance(column, NumberColumn) or len(column.options) <= LARGEST + 1
    ]
    if not used or len(records) < 2 * SMALLEST:
        return ()
    rows = _scaled(used)
    rng = np.random.default_rng(seed)
    numbers = sum(isinstance(column, NumberColumn) for column in used)
    # At random, for evenly spaced executions may all be of one kind.
    some = rng.choice(len(rows), min(SAMPLE, len(rows)), replace=False)
    count = _count(rows[some], numbers, rng)
    if count < 2:
        return ()
    many = rng.choice(len(rows), min(20 * SAMPLE, len(rows)), replace=False)
    centres = _centres(rows[many], count, rng)
    codes = _distances(rows, centres).argmin(axis=1)
    sizes = np.bincount(codes, minlength=count)
    if sizes.min() < SMALLEST:
        return ()
    found = [_described(records, used, codes == code) for code in range(count)]
    return tuple(sorted(found, key=lambda one: -one.quality))


def _scaled(columns: list[Column]) -> Array:
    """Return one row for each execution: numbers over their spread, then options as indicators of about the same spread."""
    numbers = [column for column in columns if isinstance(column, NumberColumn)]
    parts = [(column.unit / max(float(column.unit.std()), 1e-9))[:, None] for column in numbers]
    options = [column for column in columns if isinstance(column, OptionColumn)]
    parts += [1.4 * np.equal.outer(column.codes, np.arange(len(column.options))) for column in options]
    rows = np.hstack(parts)
    result: Array = rows - rows.mean(axis=0)
    return result


def _distances(rows: Array, centres: Array) -> Array:
    """Return squared distances of rows to centres, each less that of its row to the middle."""
    found: Array = rows @ (-2.0 * centres.T)
    found += np.square(centres).sum(axis=1)
    return found


def _centres(rows: Array, count: int, rng: np.random.Generator, rounds: int = ROUNDS) -> Array:
    """Return the centres of k-means, started far from each other."""
    chosen = [rows[int(rng.integers(len(rows)))]]
    nearest = np.square(rows - chosen[0]).sum(axis=1)
    while len(chosen) < count:
        sums = np.cumsum(nearest)
        place = min(int(np.searchsorted(sums, rng.random() * sums[-1])), len(rows) - 1)
        chosen.append(rows[place])
        nearest = np.minimum(nearest, np.square(rows - rows[place]).sum(axis=1))
    centres, before = np.array(chosen), np.full(len(rows), -1)
    for _ in range(rounds):
        codes = _distances(rows, centres).argmin(axis=1)
        if (codes == before).all():
            break
        before = codes
        member = np.equal.outer(np.arange(count), codes).astype(float)
        sizes = member.sum(axis=1)
        centres = np.where(sizes[:, None] > 0, (member @ rows) / np.maximum(sizes, 1.0)[:, None], centres)
    return centres


def _silhouette(rows: Array, count: int, rng: np.random.Generator) -> float:
    """Return how much nearer rows are to their own centre than to the next, between 0 and 1."""
    apart = _distances(rows, _centres(rows, count, rng, 3)) + np.square(rows).sum(axis=1)[:, None]
    near = np.sqrt(np.maximum(np.partition(apart, 1, axis=1)[:, :2], 0.0))
    return float((1.0 - near[:, 0] / np.maximum(near[:, 1], 1e-12)).mean())


def _count(rows: Array, numbers: int, rng: np.random.Generator) -> int:
    """Return the number of clusters, 1 when rows without any look as clear.

    Without any: the first columns, which are numbers, from one normal cloud, the others from other executions.
    """
    clear = list[float]()
    for count in range(2, LARGEST + 1):
        clear.append(_silhouette(rows, count, rng))
        if len(clear) - int(np.argmax(clear)) > 2:
            break
    best = int(np.argmax(clear))
    plain = rows[rng.permutation(len(rows))]
    if numbers:
        covariance = np.atleast_2d(np.cov(rows[:, :numbers].T)) + np.eye(numbers) * 1e-9
        plain[:, :numbers] = rng.normal(size=(len(rows), numbers)) @ np.linalg.cholesky(covariance).T
    return best + 2 if clear[best] > _silhouette(plain, best + 2, rng) + MARGIN else 1


def _described(records: Records, columns: list[Column], inside: NDArray[np.bool_]) -> ContextCluster:
    quality, others = records.quality[inside], records.quality[~inside]
    difference = float(quality.mean() - others.mean())
    error = math.sqrt(float(quality.var()) / len(quality) + float(others.var()) / len(others))
    size = len(quality)
    good = np.flatnonzero(inside)[np.argsort(-quality, kind="stable")[: max(size // 3, 1)]]
    return ContextCluster(
        evidence=size, share=size / len(records), quality=float(quality.mean()), difference=difference,
        probability=NORMAL.cdf(abs(difference) / error) if error > 0 else float(difference != 0),
        centre={column.name: _typical(column, np.flatnonzero(inside)) for column in columns},
        good_values={column.name: _typical(column, good) for column in records.parameters},
    )  # fmt: skip


def _typical(column: Column, rows: Codes) -> Any:
    """Return the middle of numbers, the most frequent of options."""
    match column:
        case NumberColumn():
            return column.value(middle(column.unit[rows]))
        case OptionColumn():
            return column.options[int(np.bincount(column.codes[rows]).argmax())]
