"""Errors that last: how often an execution begins in an outage, and how long outages are, from which attempts failed.

Each execution began in an outage of unknown length (none among them) and met single errors besides. The chances of the
lengths, on a grid without any assumed form, and of single errors are learned by EM with weak priors; an attempt that
failed says the outage may have lasted until it began, one that was answered says that it had ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LENGTHS, SHORT, LONG = 24, 0.03, 300.0
"""How many lengths are told apart, and from where to where, in typical times."""
LONGER = ((0.0, 0.7), (0.4, 0.15), (1.2, 0.15))
"""By how much a refused attempt may make an outage longer, in typical times, and how far each is believed before."""
NONE, SOME, ENDLESS = 4.0, 0.8, 0.1
"""Prior counts of executions without an outage, with one of any length, and with one that outlasts the execution."""
SINGLE, ANSWERED = 0.15, 3.0
"""Prior counts of attempts with a single error and without."""
ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Doubts:
    """Random prior counts of one draw of the posterior each: `single` (draws, 2), and factors of outages (draws, lengths)."""

    single: Array
    outages: Array

    @classmethod
    def thrown(cls, rng: np.random.Generator, draws: int) -> Doubts:
        """Draw the counts."""
        lengths, _, prior = _grid(1.0)
        single = np.stack([SINGLE * np.exp(0.7 * rng.normal(size=draws)), np.full(draws, ANSWERED)], axis=1)
        logs = np.log(lengths[1:-1])
        middles = rng.uniform(logs[0], logs[-1], size=(draws, 1))
        shape = 0.3 + 2.0 * np.exp(-0.5 * np.square((logs - middles) / 1.5))
        shape *= np.repeat(np.exp(0.7 * rng.normal(size=(draws, len(LONGER)))), LENGTHS, axis=1)
        counts = np.tile(prior, (draws, 1))
        counts[:, 1:-1] *= shape
        counts[:, 1:-1] *= (SOME * np.exp(0.5 * rng.normal(size=draws)) / counts[:, 1:-1].sum(axis=1))[:, None]
        counts[:, -1] *= np.exp(0.7 * rng.normal(size=draws))
        return cls(single, counts)


@dataclass(frozen=True, slots=True)
class Outages:
    """For each draw the chance of a `single` error, and of each of the lengths of outages.

    `lengths` are seconds, 0 for none and inf for endless; each refused attempt makes them `longer` by so many seconds.
    """

    single: Array
    lengths: Array
    longer: Array
    chances: Array

    def sampled(self, shares: Array, jitter: Array) -> tuple[Array, Array]:
        """Return length and lengthening for shares (draws, worlds) of executions; `jitter` (0 to 1) spreads lengths within a cell."""
        below = np.cumsum(self.chances, axis=1)
        cells = np.stack([np.searchsorted(one, share, side="right") for one, share in zip(below, shares, strict=True)])
        cells = np.minimum(cells, len(self.lengths) - 1)
        step = self.lengths[2] / self.lengths[1]
        return self.lengths[cells] * step ** (jitter - 0.5), self.longer[cells]


def fit_outages(
    starts: Sequence[Array], errors: Sequence[Array], weights: Array, scale: float, doubts: Doubts
) -> Outages:
    """Fit executions: when their attempts started (seconds), which of them failed (1 or 0), and their weights.

    `weights` has shape (draws, executions). `scale` is a typical time, around which lengths are looked for.

    >>> starts = [np.array([0.0, 1.0, 3.0])] * 8 + [np.zeros(1)] * 12
    >>> errors = [np.array([1.0, 1.0, 0.0])] * 8 + [np.zeros(1)] * 12
    >>> doubts = Doubts.thrown(np.random.default_rng(1), 16)
    >>> fit = fit_outages(starts, errors, np.ones((16, 20)), 1.0, doubts)
    >>> bool(fit.single.max() < 0.1), bool(0.3 < 1 - fit.chances[:, 0].mean() < 0.5)
    (True, True)
    """
    lengths, longer, _ = _grid(scale)
    failing = [place for place, one in enumerate(errors) if one.any()]
    clean = np.ones(len(errors), dtype=bool)
    clean[failing] = False
    clean_attempts = weights[:, clean] @ np.array([len(one) for one in errors], dtype=np.float64)[clean]
    base = doubts.outages.copy()
    base[:, 0] += weights[:, clean].sum(axis=1)
    bad0, good0 = doubts.single.T
    if not failing:
        return Outages(bad0 / (bad0 + good0 + clean_attempts), lengths, longer, base / base.sum(axis=1)[:, None])
    counts, own = base, weights[:, failing]
    tables = [_table(starts[place], errors[place], lengths, longer) for place in failing]
    possible, failed, answered = (np.array(part) for part in zip(*tables, strict=True))
    single = np.full(len(weights), SINGLE / (SINGLE + ANSWERED))
    for _ in range(ROUNDS):
        fit = np.log(single)[:, None, None] * failed + np.log1p(-single)[:, None, None] * answered
        share = possible * np.exp(fit) * (counts / counts.sum(axis=1)[:, None])[:, None, :]
        share *= (own / np.maximum(share.sum(axis=2), 1e-300))[:, :, None]
        counts = base + share.sum(axis=1)
        flat = share.reshape(len(share), -1)
        bad, good = flat @ failed.ravel() + bad0, flat @ answered.ravel() + good0
        single = np.clip(bad / (bad + good + clean_attempts), 1e-9, 1 - 1e-9)
    return Outages(single, lengths, longer, counts / counts.sum(axis=1)[:, None])


def _grid(scale: float) -> tuple[Array, Array, Array]:
    """Return lengths, what a refused attempt adds to them, and prior counts, for every kind of outage."""
    some = scale * np.geomspace(SHORT, LONG, LENGTHS)
    added, believed = np.array(LONGER).T
    lengths = np.concatenate([[0.0], np.tile(some, len(added)), [np.inf]])
    longer = np.concatenate([[0.0], np.repeat(scale * added, LENGTHS), [0.0]])
    prior = np.concatenate([[NONE], np.repeat(believed * SOME / LENGTHS, LENGTHS), [ENDLESS]])
    return lengths, longer, prior


def _table(starts: Array, errors: Array, lengths: Array, longer: Array) -> tuple[Array, Array, Array]:
    """Return for each length whether it is possible, and how many attempts after it failed and were answered."""
    later = starts[:, None] - np.outer(np.arange(len(starts)), longer) >= lengths
    failed, answered = errors @ later, (1.0 - errors) @ later
    possible = ((1.0 - errors) @ ~later) == 0
    return possible.astype(np.float64), failed, answered
