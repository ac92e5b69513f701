"""What recorded calls say for or against other parameters: weights, and the probability that one set is better.

A verdict weighs as much as eight calls that nobody judged; those count as quiet. Calls with something put into them
weigh four verdicts all together: they keep a detector from going deaf where no verdict speaks for it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_poet.stages.replay.windows import Window

VERDICT, QUIET, INJECTED = 2.0, 0.25, 8.0
CONFIDENCE = 0.9
"""Probability of being better from which something else is served: the one that `dana_learning` asks for."""
PRIOR = 0.15
"""What both sides have before anything was seen, so that a single verdict decides where nothing speaks against it."""


class Case(NamedTuple):
    """One call that is replayed: what should come out, and how much it counts."""

    window: Window
    alarm: bool
    weight: float
    injected: str = ""


class Weighed(NamedTuple):
    """One set against another on the same cases: weights that speak for and against it, and its probability."""

    gained: float
    lost: float
    probability: float

    @property
    def gain(self) -> float:
        """Weight gained over all, which is positive for a better set."""
        return self.gained - self.lost


def judged(windows: Sequence[Window]) -> list[Case]:
    """Return the cases that windows make: verdicts, and quiet calls. An alarm that nobody judged says nothing."""
    cases = []
    for window in windows:
        if window.real is not None:
            cases.append(Case(window, window.real, VERDICT))
        elif not window.alarm:
            cases.append(Case(window, False, QUIET))
    return cases


def loss(cases: Sequence[Case], alarms: Sequence[bool | None]) -> float:
    """Return the weight of the cases that are wrong; one that cannot be replayed is wrong."""
    return math.fsum(case.weight for case, alarm in zip(cases, alarms, strict=True) if alarm is not case.alarm)


def weighed(cases: Sequence[Case], ours: Sequence[bool | None], theirs: Sequence[bool | None]) -> Weighed:
    """Compare two sets by the cases in which just one of them is right."""
    gained = lost = 0.0
    for case, one, other in zip(cases, ours, theirs, strict=True):
        if (one is case.alarm) != (other is case.alarm):
            gained += case.weight * (one is case.alarm)
            lost += case.weight * (other is case.alarm)
    return Weighed(gained, lost, above_half(gained + PRIOR, lost + PRIOR))


def above_half(a: float, b: float) -> float:
    """Return the probability that a share is above one half, when a and b are the weights seen for and against it.

    That is the upper half of the beta distribution; PoetOptionError never, for weights above 0.

    >>> above_half(1.0, 1.0), round(above_half(3.0, 1.0), 3)
    (0.5, 0.875)
    """
    if b > a:
        return 1.0 - above_half(b, a)
    total, term = 0.0, 1.0
    for n in range(200):  # the series of the lower half, by powers of one half
        total += term / (a + n)
        term *= (n + 1 - b) / (n + 1) * 0.5
    logs = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) - a * math.log(2.0)
    return 1.0 - min(1.0, math.exp(logs) * total)
