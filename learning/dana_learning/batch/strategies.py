"""How well each option of a choice does: means that few executions pull towards the common one, and who is best.

Source: Efron and Morris, Stein's estimation rule and its competitors (1973), for the pull.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from dana_learning.batch.chance import chances_of_best, interval_deviate
from dana_learning.batch.findings import StrategyEffect
from dana_learning.batch.records import OptionColumn, Records

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"

LEVEL = 0.95
LEAST = 3
"""Executions below which nothing is said of an option."""


def strategies(records: Records, steady: Array) -> tuple[StrategyEffect, ...]:
    """Return every option of every choice among the parameters, and of a context named "strategy", the best first.

    `steady` is quality without its seasons and changes of level, so that an option is not blamed for its time.
    """
    found = list[StrategyEffect]()
    for column in (*records.parameters, *records.contexts):
        if isinstance(column, OptionColumn) and (column in records.parameters or column.name == "strategy"):
            found += _compared(column, steady)
    return tuple(found)


def _compared(column: OptionColumn, quality: Array) -> list[StrategyEffect]:
    counts = np.bincount(column.codes, minlength=len(column.options))
    enough = np.flatnonzero(counts >= LEAST)
    if len(enough) < 2:
        return []
    sums = np.bincount(column.codes, quality, minlength=len(column.options))
    squares = np.bincount(column.codes, np.square(quality), minlength=len(column.options))
    sizes = counts[enough].astype(float)
    means = sums[enough] / sizes
    within = np.maximum(squares[enough] - sizes * np.square(means), 0.0)
    common = float(within.sum() / max(sizes.sum() - len(enough), 1.0))
    # The spread of an option with few executions is mostly that of all.
    errors = (within + 5.0 * common) / (sizes + 4.0) / sizes
    middle = float(np.average(means, weights=1.0 / np.maximum(errors, 1e-12)))
    between = max(float(np.square(means - middle).mean() - errors.mean()), float(errors.min()) / 4.0, 1e-12)
    pull = errors / (errors + between)
    pulled, deviations = means + pull * (middle - means), np.sqrt(errors * (1.0 - pull))
    chances = chances_of_best(pulled, deviations)
    width = interval_deviate(LEVEL)
    effects = [
        StrategyEffect(
            evidence=int(counts[code]), name=column.name, option=column.options[code], quality=float(pulled[at]),
            low=float(pulled[at] - width * deviations[at]), high=float(pulled[at] + width * deviations[at]),
            probability=float(chances[at]),
        )
        for at, code in enumerate(enough.tolist())
    ]  # fmt: skip
    return sorted(effects, key=lambda one: -one.quality)
