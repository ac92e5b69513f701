"""What is served: changed only when the model is sure enough that another setting is better, taken back the same way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from dana_learning.online.gaussian import ParticleGP

    Array = NDArray[np.float64]
    Expected = Callable[[Array], Array]
    Values = Mapping[str, Any]

VISITED, SPREAD, LOCAL = 40, 24, 8
JUDGES, FINALISTS = 5, 6
MANY = 6
"""Contexts over which what is best on the whole is averaged."""


Comparison: TypeAlias = tuple[float, float, float, float]
"""The probability that one setting is better than another, the expected gain, and mean and deviation of the other."""


def mixture(model: ParticleGP, rows: Array, expected: Expected) -> tuple[Array, Array]:
    """Return mean and standard deviation of quality at rows over all particles."""
    means, variances = model.moments(rows, model.all, expected(rows))
    chances = model.chances()
    mean = chances @ means
    return mean, np.sqrt(chances @ (variances + np.square(means - mean)))


def best_row(
    model: ParticleGP, best: Array | None, expected: Expected, caution: float, context: Mapping[str, Any] | None = None
) -> Array:
    """Return the row with the highest mean less `caution` deviations: visited ones, near ones and some of everywhere.

    A few particles choose the finalists, all of them the winner. Without a context the winner is the best on the whole.
    """
    rows = model.geometry.all_options()
    if rows is None:
        rows = np.vstack([model.tried[-VISITED:], model.geometry.candidates(model.rng, best, SPREAD, LOCAL)])
        if best is not None:
            rows = np.vstack([best, rows])
        judges = model.drawn(JUDGES)
        placed = model.placed(rows, context)
        means, variances = model.moments(placed, judges, expected(placed))
        scores = means.mean(axis=0) - caution * np.sqrt(variances.mean(axis=0))
        finalists = np.argsort(-scores)[:FINALISTS]
        rows = rows[np.append(finalists, 0)]
    found: Array = rows[int(np.argmax(_scores(model, rows, expected, caution, context)))]
    return found


def _scores(model: ParticleGP, rows: Array, expected: Expected, caution: float, context: Values | None) -> Array:
    """Return mean less `caution` deviations at rows, in a context or averaged over those that were seen."""
    contexts = _contexts(model, context)
    placed = np.vstack([model.placed(rows, one) for one in contexts])
    mean, deviation = mixture(model, placed, expected)
    scores: Array = (mean - caution * deviation).reshape(len(contexts), -1).mean(axis=0)
    return scores


def _contexts(model: ParticleGP, context: Values | None) -> Sequence[Values]:
    """Return the context alone, or without one some that were seen: the last ones, each as often as it came."""
    seen = model.contexts.seen
    if context or not seen:
        return [context or {}]
    return seen[-MANY:]


def compared(
    model: ParticleGP, row: Array, other: Array, expected: Expected, context: Mapping[str, Any] | None = None
) -> Comparison:
    """Return the probability that `row` is better than `other`, the expected gain, and the moments of `other`.

    The two are compared within each particle, with their covariance: what is unknown of both alike does not count.
    Without a context their averages over contexts that were seen are compared.
    """
    pair, contexts = np.vstack([row, other]), _contexts(model, context)
    rows = np.vstack([model.placed(pair, one) for one in contexts])
    share = np.tile(np.eye(2), len(contexts)) / len(contexts)
    means, known = model.projected(rows, model.all, expected(rows))
    covariance = share @ model.covariance(rows, model.all, known) @ share.T
    means = means @ share.T
    chances = model.chances()
    gain = means[:, 0] - means[:, 1]
    spread = np.sqrt(np.maximum(covariance[:, 0, 0] + covariance[:, 1, 1] - 2 * covariance[:, 0, 1], 1e-12))
    better = np.array([0.5 * (1.0 + math.erf(value / math.sqrt(2.0))) for value in gain / spread])
    mean = float(chances @ means[:, 1])
    variance = float(chances @ (covariance[:, 1, 1] + np.square(means[:, 1] - mean)))
    return float(chances @ better), float(chances @ gain), mean, math.sqrt(max(variance, 0.0))
