"""What each change of a prompt is worth, from all scores of all prompts together: one Bayesian model with all evidence.

A score is the sum of a start, of what each edit of the prompt is worth in general and on this example, of how hard the
example is, and of noise. All are normal with given spreads, so that the posterior has a closed form.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NEWEST = 600
"""Scores that count: the effort of a fit grows with the third power."""
NOISES = (0.22, 0.32, 0.45)
"""Spreads of a repeated score among which the likeliest is taken; a smaller one would trust a few scores too much."""
AGAIN = 40
"""New scores after which the spread is estimated anew."""


class Spreads(NamedTuple):
    """Standard deviations: of the mean score, an edit's worth, its worth on one example, examples, and noise."""

    start: float = 0.5
    edit: float = 0.1
    on_example: float = 0.12
    example: float = 0.12
    noise: float = 0.22


class Effects(NamedTuple):
    """What edits are worth: posterior means and covariance, in units of the score."""

    mean: NDArray[Any]
    covariance: NDArray[Any]

    @property
    def spread(self) -> NDArray[Any]:
        """The standard deviation of each worth."""
        found: NDArray[Any] = np.sqrt(np.maximum(np.diag(self.covariance), 0.0))
        return found

    def drawn(self, rng: np.random.Generator, spread: float) -> NDArray[Any]:
        """Draw worths from the posterior, with `spread` times its standard deviation."""
        size = len(self.mean)
        root = np.linalg.cholesky(self.covariance + 1e-9 * np.eye(size))
        found: NDArray[Any] = self.mean + spread * root @ rng.standard_normal(size)
        return found


class EffectPool:
    """Keeps scores, and says what they tell about edits; edits and examples are numbers.

    >>> pool = EffectPool()
    >>> for example in range(8):
    ...     pool.add((), example, 0.4)
    ...     pool.add((0,), example, 0.8)
    >>> bool(pool.effects([0.0]).mean[0] > 0.1)
    True
    """

    def __init__(self, spreads: Spreads | None = None) -> None:
        self.spreads = spreads or Spreads()
        self._fixed = spreads is not None
        self.rows: list[tuple[tuple[int, ...], int, float]] = []
        self._estimated = 0

    def add(self, edits: Sequence[int], example: int, score: float) -> None:
        """Take in the score of a prompt with these edits on an example."""
        self.rows.append((tuple(edits), example, score))

    def state(self) -> list[float]:
        """Return what was estimated, as plain data; the scores are in `rows`."""
        return [self.spreads.noise, self._estimated]

    def restore(self, state: Sequence[float]) -> None:
        """Take over what `state` gave."""
        self.spreads, self._estimated = self.spreads._replace(noise=state[0]), int(state[1])

    def effects(self, expected: Sequence[float]) -> Effects:
        """Return what edits are worth, where `expected` is what each was thought to be worth before any score."""
        prior, rows = np.asarray(expected, dtype=float), self.rows[-NEWEST:]
        size = len(prior)
        if not rows:
            return Effects(prior, self.spreads.edit**2 * np.eye(size))
        if not self._fixed and len(self.rows) >= self._estimated + AGAIN:
            self._estimate(rows, prior)
        has, covariance, residual = self._system(rows, prior)
        root = np.linalg.cholesky(covariance)
        shared = np.linalg.solve(root, has * self.spreads.edit**2)
        mean = prior + shared.T @ np.linalg.solve(root, residual)
        return Effects(mean, self.spreads.edit**2 * np.eye(size) - shared.T @ shared)

    def _system(
        self, rows: list[tuple[tuple[int, ...], int, float]], prior: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        has = np.zeros((len(rows), len(prior)))
        for at, (edits, _, _) in enumerate(rows):
            has[at, list(edits)] = 1.0
        example = np.array([row[1] for row in rows])
        scores = np.array([row[2] for row in rows])
        same, common = (example[:, None] == example[None, :]).astype(float), has @ has.T
        one = self.spreads
        covariance = one.start**2 + one.edit**2 * common + same * (one.example**2 + one.on_example**2 * common)
        return has, covariance + one.noise**2 * np.eye(len(rows)), scores - 0.5 - has @ prior

    def _estimate(self, rows: list[tuple[tuple[int, ...], int, float]], prior: NDArray[Any]) -> None:
        """Take the spread of the noise under which the scores are likeliest."""
        self._estimated = len(self.rows)
        kept, best = self.spreads, (-math.inf, self.spreads)
        for noise in NOISES:
            self.spreads = kept._replace(noise=noise)
            _, covariance, residual = self._system(rows, prior)
            root = np.linalg.cholesky(covariance)
            part = np.linalg.solve(root, residual)
            best = max(best, (-0.5 * float(part @ part) - float(np.log(np.diag(root)).sum()), self.spreads))
        self.spreads = best[1]
