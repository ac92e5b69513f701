"""What to try next: the row whose outcome is expected to improve the best mean most (knowledge gradient).

The first few executions go to the row that is itself expected to be better (Jones, Schonlau and Welch 1998): while little
is known that finds good values sooner, later it looks too little around. Nor do they go to the edges of the space, of which
least is known and which teach least (Siivola and others 2018). Source: Frazier, Powell and Dayanik, The knowledge-gradient
policy for correlated normal beliefs (2009); here over a screened set of candidates and a few particles of the model. Where
attempts tell of all values, every trial teaches alike, and only what looks best is worth trying. Spaces of choices alone
use joint Thompson sampling (Thompson 1933), which wastes less on options that are known to be poor.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dana_learning.batch.chance import normal_cdf
from dana_learning.matrices import product
from dana_learning.online import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from dana_learning.online.gaussian import ParticleGP

    Array = NDArray[np.float64]
    Expected = Callable[[Array], Array]

SPREAD, LOCAL, JUDGES = 96, 8, 5
"""Random candidates, local candidates per scale, and particles that judge them."""
FAR = 64
"""Random candidates where all particles judge."""
OPTIMISM = (0.0, 0.7, 1.5, 3.0)
ANY = 16
"""Random candidates that are judged whatever is expected of them: those that teach most are seldom the boldest."""
EDGE, NARROW = 0.1, 10
"""So wide is the edge of each parameter's range in which nothing is tried at random in the first so many executions."""
OUTCOMES = np.array([-2.6, -1.5, -0.7, 0.0, 0.7, 1.5, 2.6])
"""Outcomes of a trial, in deviations; the rare ones are what makes a trial far below the best worth while."""
CHANCES = np.array([0.0146, 0.1202, 0.2288, 0.2728, 0.2288, 0.1202, 0.0146])


def next_row(
    model: ParticleGP, best: Array | None, expected: Expected, context: Mapping[str, Any] | None = None
) -> Array:
    """Return the encoded row to try next; `best` is where the mean is highest so far, `expected` the prior mean."""
    geometry = model.geometry
    options = geometry.all_options()
    if options is None:
        rows = _candidates(model, best, SPREAD)
        if len(model):
            rows = np.vstack([rows, model.tried[-24:]])
    else:
        rows = options
    judges = model.drawn(JUDGES)
    placed = model.placed(rows, context)
    means, known = model.projected(placed, judges, expected(placed))
    if geometry.is_discrete:
        place = _sampled(model, placed, judges[:1], means[:1], known[:1])
    else:
        place = _knowledge_gradient(model, placed, judges, means, known)
    found: Array = rows[place]
    return found


def improving_row(
    model: ParticleGP, best: Array, expected: Expected, context: Mapping[str, Any] | None = None
) -> Array:
    """Return the candidate that is expected to beat the best known mean most (expected improvement)."""
    rows = np.vstack([best, near_and_far(model, best)])
    mean, deviation = serving.mixture(model, model.placed(rows, context), expected)
    above = mean - mean[0]
    z = above / deviation
    gains = above * normal_cdf(z) + deviation * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    gains[0] = 0.0
    found: Array = rows[int(np.argmax(gains))]
    return found


def near_and_far(model: ParticleGP, best: Array) -> Array:
    """Return candidates from everywhere and around the best row, and the last that were tried; all where there are few."""
    options = model.geometry.all_options()
    if options is not None:
        return options
    return np.vstack([_candidates(model, best, FAR), model.tried[-12:]])


def _candidates(model: ParticleGP, best: Array | None, spread: int) -> Array:
    """Return `spread` random candidates, away from the edges as long as little is known, and some around the best."""
    edge = EDGE if len(model) < NARROW and not model.is_told else 0.0
    return model.geometry.candidates(model.rng, best, spread, LOCAL, edge)


def _sampled(model: ParticleGP, rows: Array, judge: NDArray[np.int64], means: Array, known: Array) -> int:
    """Return the best row of one joint sample of the posterior."""
    covariance = model.covariance(rows, judge, known)[0]
    values, vectors = np.linalg.eigh(covariance)
    draw = vectors @ (np.sqrt(np.maximum(values, 0.0)) * model.rng.normal(size=len(rows)))
    return int(np.argmax(means[0] + draw))


def _knowledge_gradient(model: ParticleGP, rows: Array, judges: NDArray[np.int64], means: Array, known: Array) -> int:
    theta = model.theta[judges]
    prior = np.exp(2.0 * theta[:, -2]) + model.own
    deviations = np.sqrt(np.maximum(prior[:, None] - np.square(known).sum(axis=1), 1e-9))
    tried, judged = _screened(means, deviations, 0 if model.is_told else ANY)
    cross = model.kernel(theta, model.geometry.squares(rows[judged], rows[tried]))
    cross -= product(known[:, :, judged].transpose(0, 2, 1), known[:, :, tried])
    total = np.square(deviations[:, tried]) + model.noise(judges)[:, None]
    effect = cross / np.sqrt(total)[:, None, :]
    gains = np.zeros(len(tried))
    likely = slice(1, -1) if model.is_told else slice(None)
    for outcome, chance in zip(OUTCOMES[likely], CHANCES[likely], strict=True):
        gains += chance * (means[:, judged, None] + outcome * effect).max(axis=1).sum(axis=0)
    gains += 1e-9 * model.rng.random(len(tried))
    return int(tried[np.argmax(gains)])


def _screened(means: Array, deviations: Array, some: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows worth trying (the first `some`, and the best for some optimism), and those that may be the best."""
    found = [np.argmax(means + optimism * deviations, axis=1) for optimism in OPTIMISM]
    mean, deviation = means.mean(axis=0), deviations.mean(axis=0)
    found += [np.argsort(-(mean + optimism * deviation))[:5] for optimism in (0.0, 0.5, 1.0, 2.0)]
    tried = np.unique(np.concatenate([*found, np.arange(some)]))
    return tried, np.unique(np.concatenate([tried, np.argsort(-mean)[:24]]))
