"""Evidence that may be looked at after every call: who is better of two, and whether one has become worse than it was.

Each is a gambler who bets against a hypothesis at odds that are fair while it holds: the chance that the capital ever
reaches 1/level is then at most `level` (Ville 1939), however often one looks. Bets are fixed shares, and the capital is
their weighed average, so that nothing has to be known about noise (Waudby-Smith and Ramdas 2024). `dana_learning.betting`
does the same for whole grids of hypotheses with numpy; here there is one, in the way of every call, and no numpy.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any, Literal

from dana_poet.errors import DanaValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Self

Decision = Literal["undecided", "promote", "rollback"]

_SHARES = (0.1, 0.25, 0.6)
_WEIGHTS = (0.2, 0.5, 0.3)
"""Of bets on the difference of a pair: small ones win on noisy outcomes, large ones on clear ones."""
_WATCH_SHARES = (0.05, 0.12, 0.3)
_WATCH_WEIGHTS = (0.3, 0.5, 0.2)
"""Of the largest bet that cannot ruin, on an outcome against a known rate."""
_FRESH = 0.3
"""The part of the watching gambler's capital that is put in later, a little at each outcome."""


def in_canary(key: str, percent: float, salt: str) -> bool:
    """Whether the call with this key belongs to the first `percent` of all keys. The same on every machine, always.

    Keys that are in at 5 percent are in at 25. Another salt, another choice.

    >>> sum(in_canary(f"user-{n}", 25, "v2") for n in range(10_000))
    2482
    """
    if not 0.0 <= percent <= 100.0:
        raise DanaValueError(f"percent is {percent!r}", hint="a number from 0 to 100")
    data = f"{len(salt)}:{salt}{key}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=7).digest(), "big") < percent / 100.0 * 2**56


class PairedTest:
    """Is the candidate better than the baseline? Takes pairs of outcomes (0 to 1, 1 is best) seen at the same time.

    "promote": better by more than `-margin` (default: strictly better); an equal or worse candidate gets there with a
    chance of at most `level`, and never before `minimum` pairs. "rollback": worse by more than `margin`; any other gets there with
    a chance of at most `harm`, which is larger because that error costs nothing but a gain. Decisions are final.

    >>> test = PairedTest()
    >>> for _ in range(60):
    ...     test.update(0.9, 0.7)
    >>> test.decision
    'promote'
    """

    __slots__ = ("_decision", "_down", "_up", "harm", "level", "margin", "minimum", "pairs", "sums")

    def __init__(self, *, level: float = 0.03, harm: float = 0.125, margin: float = 0.0, minimum: int = 50) -> None:
        for name, value in {"level": level, "harm": harm}.items():
            if isinstance(value, bool) or not 0.0 < value < 1.0:
                raise DanaValueError(f"{name} is {value!r}", hint="a number between 0 and 1")
        if isinstance(margin, bool) or not 0.0 <= margin < 1.0:
            raise DanaValueError(f"margin is {margin!r}", hint="a number from 0, below 1")
        self.level, self.harm, self.margin, self.minimum = level, harm, margin, minimum
        self.pairs = 0
        self.sums = [0.0, 0.0]
        self._up = [0.0] * len(_SHARES)
        self._down = [0.0] * len(_SHARES)
        self._decision: Decision = "undecided"

    def update(self, candidate: float, baseline: float) -> None:
        """Take one pair. DanaValueError for an outcome that is no number from 0 to 1."""
        difference = outcome("candidate", candidate) - outcome("baseline", baseline)
        self.pairs += 1
        self.sums[0] += candidate
        self.sums[1] += baseline
        gain = (difference + self.margin) / (1.0 + self.margin)
        for index, share in enumerate(_SHARES):
            self._up[index] += math.log1p(share * gain)
            self._down[index] += math.log1p(-share * gain)
        self._decide()

    def _decide(self) -> None:
        if self._decision != "undecided":
            return
        if _average(self._down) >= -math.log(self.harm):
            self._decision = "rollback"
        elif self.pairs >= self.minimum and _average(self._up) >= -math.log(self.level):
            self._decision = "promote"

    @property
    def decision(self) -> Decision:
        """What can be said by now."""
        return self._decision

    @property
    def difference(self) -> float:
        """Mean outcome of the candidate less that of the baseline; 0 before the first pair."""
        return (self.sums[0] - self.sums[1]) / self.pairs if self.pairs else 0.0

    def __str__(self) -> str:
        if not self.pairs:
            return "no pairs yet"
        candidate, baseline = (one / self.pairs for one in self.sums)
        better, worse = (math.exp(min(_average(logs), 50.0)) for logs in (self._up, self._down))
        odds = f"odds {better:.3g} of {1 / self.level:.0f} that it is better, {worse:.3g} of {1 / self.harm:.0f} that it is worse"
        return f"{candidate:.3f} against {baseline:.3f} in {self.pairs} pairs; {odds}"

    def state(self) -> dict[str, Any]:
        """Return plain data; `from_state` continues exactly. What `counts` holds may be added up over processes."""
        about = {"level": self.level, "harm": self.harm, "margin": self.margin, "minimum": self.minimum}
        return {"about": about, "decision": self._decision, "counts": self.counts()}

    def counts(self) -> dict[str, list[float]]:
        """Return the sums that the test stands on: those of two processes add up to the test of both."""
        return {"pairs": [self.pairs], "sums": [*self.sums], "up": [*self._up], "down": [*self._down]}

    def count(self, counts: Mapping[str, Iterable[float]]) -> None:
        """Take sums in place of its own, and decide by them."""
        sums, up, down = ([float(one) for one in counts[name]] for name in ("sums", "up", "down"))
        if (len(sums), len(up), len(down)) != (2, len(_SHARES), len(_SHARES)):
            raise DanaValueError("the state of a test has another length", hint="start a new test")
        self.pairs = round(next(iter(counts["pairs"])))
        self.sums, self._up, self._down = sums, up, down
        self._decision = "undecided"
        self._decide()

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Continue from a state."""
        test = cls(**state["about"])
        test.count(state["counts"])
        test._decision = state["decision"]
        return test


class Watch:
    """Has a rate that was fine become worse? Compares outcomes (0 to 1) with a rate known before each of them.

    While the mean stays at or above that rate the chance of ever being `breached` is at most `level`, however long it
    is watched. Most of the capital bets from the first outcome on; the rest is put in later, so that a drop after
    thousands of good calls is found as well, later than one at the start.

    >>> watch = Watch()
    >>> for n in range(40):
    ...     watch.update(float(n % 2), 0.9)
    >>> watch.breached
    True
    """

    __slots__ = ("_capital", "breached", "count", "level", "total")

    def __init__(self, *, level: float = 0.125) -> None:
        self.level = level
        self.count = 0
        self.total = 0.0
        self.breached = False
        self._capital = [(1.0 - _FRESH) * weight for weight in _WATCH_WEIGHTS]

    def update(self, value: float, rate: float) -> None:
        """Take one outcome; `rate` (above 0, below 1) is what its mean must not fall below."""
        if self.breached:
            return
        self.count += 1
        self.total += value
        loss = (rate - value) / (1.0 - rate)
        logarithm = math.log(self.count + 20.0)
        fresh = _FRESH * _LOG_20 / ((self.count + 20.0) * logarithm * logarithm)
        capital = self._capital
        for index, share in enumerate(_WATCH_SHARES):
            capital[index] = (capital[index] + fresh * _WATCH_WEIGHTS[index]) * (1.0 + share * loss)
        self.breached = sum(capital) >= 1.0 / self.level

    @property
    def mean(self) -> float:
        """The mean of all outcomes; 1 before the first."""
        return self.total / self.count if self.count else 1.0

    def state(self) -> dict[str, Any]:
        """Return plain data; `from_state` continues exactly."""
        return {"level": self.level, "count": self.count, "total": self.total, "capital": [*self._capital]}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Continue from a state."""
        watch = cls(level=float(state["level"]))
        watch.count, watch.total = int(state["count"]), float(state["total"])
        watch._capital = [float(one) for one in state["capital"]]
        if len(watch._capital) != len(_WATCH_SHARES):
            raise DanaValueError("the state of a watch has another length", hint="start a new one")
        watch.breached = sum(watch._capital) >= 1.0 / watch.level
        return watch


_LOG_20 = math.log(20.0)
"""Makes what is put in later sum to no more than `_FRESH`."""


def outcome(name: str, value: Any) -> float:
    """Return an outcome as it is; DanaValueError when it is no number from 0 to 1."""
    if not isinstance(value, (int, float)) or not 0.0 <= value <= 1.0:
        raise DanaValueError(f"the outcome of the {name} is {value!r}", hint="a number from 0 (failed) to 1 (best)")
    return float(value)


def _average(logs: list[float]) -> float:
    """Return the log of the capital: the weighed average over all shares."""
    top = max(logs)
    return top + math.log(sum(weight * math.exp(one - top) for weight, one in zip(_WEIGHTS, logs, strict=True)))
