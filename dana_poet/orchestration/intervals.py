"""How far a measured rate can be trusted, at every look: bounds that stay valid however often somebody looks."""

from __future__ import annotations

import math
from typing import NamedTuple

STEPS = 60
"""Halvings of a bisection: more than a float has digits."""


class Interval(NamedTuple):
    """A rate, from how much evidence, and the bounds that hold it with the confidence asked for.

    >>> Interval(0.5, 10, 0.2, 0.8)
    0.50 of 10 [0.20, 0.80]
    """

    rate: float
    cases: float
    low: float
    high: float

    def __repr__(self) -> str:
        return f"{self.rate:.2f} of {self.cases:g} [{self.low:.2f}, {self.high:.2f}]"


def interval(hits: float, count: float, *, confidence: float = 0.95) -> Interval | None:
    """Return the rate of `hits` in `count` with its bounds, None without evidence.

    The bounds are a confidence sequence: the probability that the true rate is ever outside of them, at any of all the
    looks while evidence comes in, is at most 1 - confidence. Looking every hour therefore needs no correction.
    `hits` and `count` may be fractions, for evidence that is weighted.

    >>> interval(8, 10)
    0.80 of 10 [0.35, 0.99]
    >>> interval(0, 0) is None
    True
    """
    if count <= 0:
        return None
    hits = min(max(hits, 0.0), count)
    rate = hits / count
    limit = -math.log1p(-confidence)
    low = 0.0 if hits <= 0 else _bound(hits, count, limit, outside=0.0, inside=rate)
    high = 1.0 if hits >= count else _bound(hits, count, limit, outside=1.0, inside=rate)
    return Interval(rate, count, low, high)


def _bound(hits: float, count: float, limit: float, *, outside: float, inside: float) -> float:
    """Return where the evidence against a rate reaches the limit, between one that is refused and one that is not."""
    for _ in range(STEPS):
        middle = (outside + inside) / 2
        if _evidence(hits, count, middle) >= limit:
            outside = middle
        else:
            inside = middle
    return outside


def _evidence(hits: float, count: float, rate: float) -> float:
    """Return the logarithm of the mixture likelihood ratio against `rate`: a martingale where `rate` is the true one."""
    missed = count - hits
    mixture = math.lgamma(hits + 1) + math.lgamma(missed + 1) - math.lgamma(count + 2)
    return mixture - _times_log(hits, rate) - _times_log(missed, 1 - rate)


def _times_log(count: float, rate: float) -> float:
    if not count:
        return 0.0
    return count * math.log(rate) if rate > 0 else -math.inf
