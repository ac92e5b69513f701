"""Ways to choose what to try next, on one model: each takes the model, the best row and the prior mean, and gives a row.

Sources: Frazier and others, The knowledge-gradient policy (2009); Thompson (1933); Jones, Schonlau and Welch, Efficient
global optimization (1998), for expected improvement; Hooke and Jeeves (1961) for steps along each parameter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dana_learning.online import acquisition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray

    from dana_learning.online.gaussian import ParticleGP

    Array = NDArray[np.float64]
    Expected = Callable[[Array], Array]
    Context: TypeAlias = Mapping[str, Any] | None
    Strategy: TypeAlias = Callable[[ParticleGP, Array, Expected, Context], Array]

KNOWLEDGE, THOMPSON, IMPROVEMENT, GRID = "knowledge gradient", "Thompson", "expected improvement", "local grid"
STEPS = (0.25, 0.1, 0.03)
"""Steps of the local grid, in units of a parameter's whole range."""
WIDTH = 0.15
"""How near executions have to be to count for the local grid."""


def thompson(model: ParticleGP, best: Array, expected: Expected, context: Context = None) -> Array:
    """Return the best candidate of one joint sample of what is believed."""
    rows = acquisition.near_and_far(model, best)
    judge, placed = model.drawn(1), model.placed(rows, context)
    means, known = model.projected(placed, judge, expected(placed))
    covariance = model.covariance(placed, judge, known)[0]
    covariance[np.diag_indices(len(rows))] += 1e-8 + 1e-6 * float(covariance.diagonal().max())
    draw = means[0] + np.linalg.cholesky(covariance) @ model.rng.normal(size=len(rows))
    found: Array = rows[int(np.argmax(draw))]
    return found


def local_grid(model: ParticleGP, best: Array, expected: Expected, context: Context = None) -> Array:
    """Return the neighbour of the best row, one parameter away, that its own neighbours speak for or that has none."""
    rows = [best]
    for _, column in model.geometry.numbers:
        for step in STEPS:
            for moved in (best[column] - step, best[column] + step):
                row = best.copy()
                row[column] = min(max(moved, 0.0), 1.0)
                rows.append(row)
    for _, first, last in model.geometry.choices:
        for option in range(first, last):
            row = best.copy()
            row[first:last] = 0.0
            row[option] = 1.0
            rows.append(row)
    grid = model.geometry.rounded(np.array(rows))
    mean, deviation = neighbours(model, model.placed(grid, context), expected)
    found: Array = grid[int(np.argmax(mean + deviation))]
    return found


STRATEGIES: Mapping[str, Strategy] = {
    KNOWLEDGE: acquisition.next_row, THOMPSON: thompson, IMPROVEMENT: acquisition.improving_row, GRID: local_grid,
}  # fmt: skip


def neighbours(model: ParticleGP, rows: Array, expected: Expected) -> tuple[Array, Array]:
    """Return mean and standard deviation of quality at rows from the executions near them alone (Nadaraya 1964)."""
    if not len(model):
        return expected(rows), np.full(len(rows), 0.3)
    distances = model.geometry.squares(rows, model.rows).sum(axis=0)
    weights = np.exp(-0.5 * distances / WIDTH**2)
    # One execution's worth of what was expected before there were any, or of the common level.
    total = weights.sum(axis=1) + 0.5
    level = float(model.qualities.mean())
    means = (weights @ model.qualities + 0.5 * level) / total
    spread = max(float(model.qualities.std()), 0.05)
    return means, spread / np.sqrt(total)
