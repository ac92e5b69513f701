"""Evidence that stays valid however often one looks: a gambler who bets against a hypothesis about a bounded mean.

While the hypothesis holds the gambler's capital is expected not to grow, so the chance that it ever reaches 1/level is
at most `level` (Ville 1939). Bets are fixed shares of the largest that cannot ruin, and the capital is the average over
all shares, so that nothing has to be known about noise.

Sources: Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting (2024); Orabona and Jun,
Tight concentrations and confidence sequences from the regret of universal portfolio (2024), for the average of shares.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SHARES = np.array([0.03, 0.1, 0.3, 0.9])
"""Of the largest bet that cannot ruin: small ones win on noisy data, large ones on clear data."""
RANK_SHARES = np.array([0.4, 0.97])


class Capital:
    """Log capitals of bets that a mean is above (`side` 1) or below (-1) each of several candidates.

    >>> capital = Capital(np.array([0.5]), side=1)
    >>> for _ in range(20):
    ...     capital.bet(0.9, 0.0, 1.0)
    >>> bool(capital.evidence()[0] > math.log(100))
    True
    """

    __slots__ = ("candidates", "logs", "side")

    def __init__(self, candidates: Array, *, side: int) -> None:
        self.candidates = candidates
        self.side = side
        self.logs: Array = np.zeros((len(candidates), len(SHARES)))

    def bet(self, outcome: float, low: float, high: float) -> None:
        """Take one outcome, of which it was known before that it lies within low and high."""
        loss = self.candidates - low if self.side > 0 else high - self.candidates
        win = self.side * (outcome - self.candidates)
        self.logs += np.log1p(SHARES * (win / np.maximum(loss, 1e-9)).clip(-1.0)[:, None])

    def evidence(self) -> Array:
        """Return the log of the capital against each candidate, averaged over all shares."""
        top = self.logs.max(axis=1)
        result: Array = top + np.log(np.exp(self.logs - top[:, None]).mean(axis=1))
        return result

    def state(self) -> dict[str, Any]:
        """Return plain data."""
        return {"candidates": self.candidates.tolist(), "side": self.side, "logs": self.logs.tolist()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Continue from a state."""
        capital = cls(np.array(state["candidates"], dtype=float), side=int(state["side"]))
        capital.logs = np.array(state["logs"], dtype=float)
        return capital


class Ranks:
    """Evidence that the qualities of a suspect are lower than those of a reference, from their ranks alone.

    While both come from the same distribution, whichever, the rank of each new quality among all so far is even, and
    a bet on it is fair; of a suspect the gambler bets that it ranks low, of a reference that it ranks high. A few
    executions can be enough, where bets on means need many. Source: Vovk, Gammerman and Shafer, Algorithmic Learning in
    a Random World (2022), part III.

    >>> ranks = Ranks()
    >>> for quality in (0.8, 0.82, 0.79, 0.85, 0.81, 0.78, 0.83, 0.8, 0.84, 0.77):
    ...     ranks.reference(quality)
    >>> for quality in (0.6, 0.65, 0.58, 0.61, 0.63, 0.66, 0.59):
    ...     ranks.suspect(quality)
    >>> ranks.worse() < 0.1
    True
    """

    __slots__ = ("_logs", "_seen")

    def __init__(self) -> None:
        self._seen: list[float] = []
        self._logs: Array = np.zeros(len(RANK_SHARES))

    def __len__(self) -> int:
        return len(self._seen)

    def reference(self, quality: float) -> None:
        """Take a quality of what is known to be good enough."""
        self._bet(quality, 1.0)

    def suspect(self, quality: float) -> None:
        """Take a quality of what may be worse."""
        self._bet(quality, -1.0)

    def _bet(self, quality: float, side: float) -> None:
        under = sum(one < quality for one in self._seen) - sum(one > quality for one in self._seen)
        self._seen.append(quality)
        if (side < 0.0) or self._logs.any():
            self._logs += np.log1p(RANK_SHARES * side * under / len(self._seen))

    def worse(self) -> float:
        """Return an anytime-valid p value (1 to 0) against "the suspect is as good"."""
        top = float(self._logs.max())
        return math.exp(-max(top + math.log(float(np.exp(self._logs - top).mean())), 0.0))

    def state(self) -> dict[str, Any]:
        """Return plain data."""
        return {"seen": list(self._seen), "logs": self._logs.tolist()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Continue from a state."""
        ranks = cls()
        ranks._seen, ranks._logs = [float(one) for one in state["seen"]], np.array(state["logs"], dtype=float)
        return ranks
