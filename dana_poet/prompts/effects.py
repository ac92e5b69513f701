"""What each edit of a prompt does, by all scores of all prompts: which examples need it, which suffer, how much.

A score is how well an example can be done, times what is left for each edit that the example needs and the prompt
lacks (or has, and the example suffers from it), times what each edit of the prompt does everywhere, and noise. Few
examples need an instruction and need it badly: a low score on one of them says more than a mean of many. What is not
known is drawn from its posterior by Gibbs sampling, which goes on from draw to draw while scores come in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

NEWEST = 600
"""Scores that count."""
WINDOW = 40
"""Draws that are kept."""
SWEEPS = 3
"""Sweeps over all edits for each draw that is asked for."""
LEFT = np.array([0.2, 0.35, 0.5, 0.65, 0.8, 0.92])
"""What may be left of a score where an edit is missing that is needed."""
SHARES = np.array([0.04, 0.08, 0.13, 0.19, 0.27, 0.37, 0.5, 0.7, 0.95])
"""Shares of examples that may need an edit."""
HARMS = -3.0
"""Log odds that an edit is one from which some examples suffer badly, before any score."""
EVERYWHERE = (-0.005, 0.08)
"""Mean and standard deviation of what an edit does to every score, as a share of it."""
BELIEVED = 0.02
"""What is added to that mean for each unit of the log odds that the edit is needed."""
TOP = (0.75, 0.3)
"""Mean and standard deviation of how well examples can be done."""
APART = (0.06, 10)
"""How far examples are apart, as a standard deviation, and how many examples this guess is worth."""
NOISE = (0.3, 10)
"""Standard deviation of a repeated score, and how many scores this guess is worth."""


FIRST_NOISE = 0.45
"""Where the noise begins: high, so that scores are not explained by needs before they must be."""


class Draw(NamedTuple):
    """One draw of all that is unknown about the edits and examples; an edit or example by its number."""

    sign: NDArray[Any]
    """1: some examples need the edit; -1: some suffer from it; 0: neither."""
    hit: NDArray[Any]
    """Whether an example (row) is one of them, for an edit (column)."""
    left: NDArray[Any]
    """What is left of their score then."""
    everywhere: NDArray[Any]
    level: NDArray[Any]
    """How well each example can be done."""
    common: tuple[float, float, float]
    """The mean of the levels, how far they are apart, and the noise of a score."""

    @property
    def worth(self) -> NDArray[Any]:
        """What the mean score gains by each edit, the others being as they should."""
        found: NDArray[Any] = self.common[0] * (self.sign * self.hit.mean(0) * (1 - self.left) + self.everywhere)
        return found

    def expected(self, chosen: Sequence[int]) -> NDArray[Any]:
        """The score of a prompt with these edits on each example, without noise."""
        has = np.zeros(len(self.sign), dtype=bool)
        has[[at for at in chosen if at < len(has)]] = True
        struck = self.hit & np.where(self.sign > 0, ~has, has)
        found: NDArray[Any] = self.level * np.where(struck, self.left, 1.0).prod(1) * (1 + self.everywhere @ has)
        return found

    def widened(self, edits: int) -> Draw:
        """The same with edits that came later, of which nothing is known."""
        new = edits - len(self.sign)
        sign, everywhere = (np.concatenate([one, np.zeros(new, one.dtype)]) for one in (self.sign, self.everywhere))
        hit = np.concatenate([self.hit, np.zeros((len(self.hit), new), bool)], axis=1)
        return self._replace(sign=sign, everywhere=everywhere, hit=hit, left=np.concatenate([self.left, np.ones(new)]))

    def state(self) -> dict[str, Any]:
        """Return it as plain data."""
        plain = {name: getattr(self, name).tolist() for name in ("sign", "left", "everywhere", "level")}
        return {**plain, "hit": ["".join("01"[bit] for bit in row) for row in self.hit.astype(int).tolist()],
                "common": list(self.common)}  # fmt: skip

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Draw:
        """Return what `state` gave."""
        hit = np.array([[bit == "1" for bit in row] for row in state["hit"]], dtype=bool)
        left, everywhere, level = (np.array(state[name], dtype=float) for name in ("left", "everywhere", "level"))
        sign = np.array(state["sign"], dtype=int)
        return cls(sign, hit.reshape(len(level), len(sign)), left, everywhere, level, tuple(state["common"]))


class EffectPool:
    """Keeps scores on a number of examples, and draws what they tell about edits.

    >>> pool, rng = EffectPool(8), np.random.default_rng(1)
    >>> for example in range(8):
    ...     pool.add((), example, 0.4)
    ...     pool.add((0,), example, 0.8)
    >>> pool.settle([0.0], rng, 40)
    >>> bool(pool.worth(1)[0] > 0.2)
    True
    """

    def __init__(self, examples: int) -> None:
        self.examples = examples
        self.rows: list[tuple[tuple[int, ...], int, float]] = []
        self.draws: list[Draw] = []

    def add(self, edits: Sequence[int], example: int, score: float) -> None:
        """Take in the score of a prompt with these edits on an example."""
        self.rows.append((tuple(edits), example, score))

    def settle(self, odds: Sequence[float], rng: np.random.Generator, sweeps: int = SWEEPS) -> None:
        """Draw anew, `odds` being the log odds before any score that some examples need an edit."""
        if not self.rows:
            return
        scores = Scored.of(self.rows[-NEWEST:], self.examples, len(odds))
        draw = self.draws[-1] if self.draws else self._first()
        draw = draw.widened(len(odds))
        for _ in range(sweeps):
            draw = scores.swept(draw, odds, rng)
            self.draws.append(draw)
        del self.draws[:-WINDOW]

    def _first(self) -> Draw:
        none = np.zeros(0)
        level = np.full(self.examples, TOP[0])
        return Draw(
            none.astype(int), np.zeros((self.examples, 0), bool), none, none, level, (TOP[0], APART[0], NOISE[0])
        )

    def worth(self, edits: int) -> NDArray[Any]:
        """Return what each edit is worth, as the mean of the draws; nothing before there are any."""
        found: NDArray[Any] = np.zeros(edits)
        for draw in self.draws:
            found[: len(draw.sign)] += draw.worth / len(self.draws)
        return found

    def needed(self, edits: int) -> NDArray[Any]:
        """Return how certain it is of each edit that some examples need it, from 0 to 1."""
        found: NDArray[Any] = np.zeros(edits)
        for draw in self.draws:
            found[: len(draw.sign)] += (draw.sign > 0) / len(self.draws)
        return found

    def doubt(self, chosen: Sequence[int]) -> NDArray[Any]:
        """Return how unsure the score of a prompt is on each example, as a variance."""
        if len(self.draws) < 2:
            return np.ones(self.examples)
        found: NDArray[Any] = np.var([draw.expected(chosen) for draw in self.draws[-WINDOW // 2 :]], axis=0)
        return found


class Scored(NamedTuple):
    """Scores as arrays, a row for each."""

    has: NDArray[Any]
    example: NDArray[Any]
    score: NDArray[Any]
    on: NDArray[Any]
    """1 where a row is of an example (column)."""

    @classmethod
    def of(cls, rows: Sequence[tuple[tuple[int, ...], int, float]], examples: int, edits: int) -> Scored:
        """Return rows of edits, example and score as arrays."""
        has, on = np.zeros((len(rows), edits), dtype=bool), np.zeros((len(rows), examples))
        for at, (chosen, example, _) in enumerate(rows):
            has[at, list(chosen)] = True
            on[at, example] = 1.0
        return cls(has, np.array([row[1] for row in rows]), np.array([row[2] for row in rows], dtype=float), on)

    def swept(self, draw: Draw, odds: Sequence[float], rng: np.random.Generator) -> Draw:
        """Draw everything once, each given all the rest."""
        sign, hit, left = draw.sign.copy(), draw.hit.copy(), draw.left.copy()
        lost = np.array([self._lost(at, sign, hit, left) for at in range(len(sign))]).reshape(
            len(sign), len(self.score)
        )
        whole = draw.level[self.example] * (1 + self.has @ draw.everywhere)
        total = lost.sum(0)
        for at in rng.permutation(len(sign)):
            total -= lost[at]
            sign[at], left[at], hit[:, at] = self._needed(at, whole * np.exp(total), draw.common[2], odds[at], rng)
            total += self._lost(at, sign, hit, left)
        return self._rest(draw._replace(sign=sign, hit=hit, left=left), np.exp(total), odds, rng)

    def _lost(self, at: int, sign: NDArray[Any], hit: NDArray[Any], left: NDArray[Any]) -> NDArray[Any]:
        """Return the logarithm of what is left for one edit in each row."""
        struck = hit[self.example, at] & (~self.has[:, at] if sign[at] > 0 else self.has[:, at])
        found: NDArray[Any] = np.where(struck, np.log(left[at]), 0.0)
        return found

    def _needed(
        self, at: int, without: NDArray[Any], noise: float, odds: float, rng: np.random.Generator
    ) -> tuple[int, float, NDArray[Any]]:
        """Draw whether examples need an edit or suffer from it, how badly, and which; shares are summed over."""
        gain = ((self.score - without) ** 2 - (self.score - LEFT[:, None] * without) ** 2) / (2 * noise**2)
        has = self.has[:, at]
        told = np.stack([(gain * ~has) @ self.on, (gain * has) @ self.on])
        likelier = np.expm1(np.minimum(told, 600.0))[:, :, None, :]
        mixed = np.log1p(SHARES[:, None] * likelier).sum(-1)
        mixed += np.array([odds, HARMS])[:, None, None] - np.log(LEFT.size * SHARES.size)
        highest = max(0.0, float(mixed.max()))
        weights, none = np.exp(mixed - highest), np.exp(-highest)
        point = rng.random() * (weights.sum() + none) - none
        if point < 0:
            return 0, 1.0, np.zeros(self.on.shape[1], dtype=bool)
        place = min(int(np.searchsorted(np.cumsum(weights), point)), weights.size - 1)
        kind, loss, share = np.unravel_index(place, weights.shape)
        logit = told[kind, loss] + np.log(SHARES[share]) - np.log1p(-SHARES[share])
        chance = 1 / (1 + np.exp(-np.clip(logit, -50, 50)))
        return 1 - 2 * int(kind), float(LEFT[loss]), rng.random(len(chance)) < chance

    def _rest(self, draw: Draw, share: NDArray[Any], odds: Sequence[float], rng: np.random.Generator) -> Draw:
        """Draw what edits do everywhere, the levels of the examples, and the spreads."""
        top, apart, noise = draw.common
        everywhere = self._everywhere(draw.level[self.example] * share, noise, odds, rng)
        share = share * (1 + self.has @ everywhere)
        sure = (share**2 @ self.on) / noise**2 + 1 / apart**2
        mean = ((share * self.score) @ self.on / noise**2 + top / apart**2) / sure
        level = mean + rng.standard_normal(len(sure)) / np.sqrt(sure)
        certain = len(level) / apart**2 + 1 / TOP[1] ** 2
        top = (level.sum() / apart**2 + TOP[0] / TOP[1] ** 2) / certain + rng.standard_normal() / np.sqrt(certain)
        apart = float(np.clip(_spread(level - top, APART, rng), 0.03, 0.3))
        noise = max(0.05, _spread(self.score - level[self.example] * share, NOISE, rng))
        return draw._replace(everywhere=everywhere, level=level, common=(float(top), apart, noise))

    def _everywhere(
        self, without: NDArray[Any], noise: float, odds: Sequence[float], rng: np.random.Generator
    ) -> NDArray[Any]:
        parts = without[:, None] * self.has
        mean, spread = EVERYWHERE[0] + BELIEVED * np.asarray(odds), EVERYWHERE[1]
        covariance = np.linalg.inv(parts.T @ parts / noise**2 + np.eye(parts.shape[1]) / spread**2)
        middle = covariance @ (parts.T @ (self.score - without) / noise**2 + mean / spread**2)
        root = np.linalg.cholesky((covariance + covariance.T) / 2)
        found: NDArray[Any] = np.clip(middle + root @ rng.standard_normal(len(middle)), -0.5, 0.5)
        return found


def _spread(rest: NDArray[Any], guess: tuple[float, int], rng: np.random.Generator) -> float:
    """Draw a standard deviation, with a guess that is worth so many values."""
    return float(np.sqrt(((rest**2).sum() + guess[1] * guess[0] ** 2) / rng.chisquare(len(rest) + guess[1])))
