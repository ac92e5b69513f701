"""How a trial goes: the steps of the canary, the samples asked for, the errors allowed. Data only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from dana_poet.errors import PoetOptionError


@dataclass(frozen=True, slots=True)
class Plan:
    """How a version is tried before it becomes active. Numbers of outcomes, shares in percent, times in seconds.

    `rule` "better": the candidate must be shown to be better. "not worse": by no more than `margin` worse, and better
    in the objective that `gain` names, whose values are told with each outcome.

    >>> Plan(steps=(10, 50)).steps
    (10, 50)
    >>> Plan(rule="not worse")
    Traceback (most recent call last):
    dana_poet.errors.PoetOptionError: a version that is only not worse needs a gain (name the objective that gets better, such as gain="latency")
    """

    rule: Literal["better", "not worse"] = "better"
    margin: float = 0.02
    gain: str = ""
    shadow: int = 50
    """Pairs in shadow, where both run and the baseline's value is used."""
    steps: tuple[float, ...] = (5.0, 25.0, 50.0, 100.0)
    """Shares of the canary. The last but one is where the decision is made, the last where it is confirmed."""
    per_step: int = 20
    """Outcomes of the candidate in each step before the next."""
    minimum: int = 50
    """Pairs before a promotion, at least."""
    maximum: int = 4000
    """Pairs after which a candidate that is not shown to be better is retired."""
    held_out: int = 200
    """Pairs after the decision that have to confirm it: they chose nothing."""
    confirm: int = 100
    """Outcomes of the candidate in the last step."""
    holdout: float = 10.0
    """Share of calls that keep the baseline in the last step."""
    level: float = 0.03
    """Chance of promoting an equal or worse version."""
    harm: float = 0.125
    """Chance of taking back an equal version."""
    tolerance: float = 0.01
    """How far a rate of success may be below the baseline's before it counts as worse, when calls are not paired."""
    slower: float = 1.5
    """How many times the baseline's time, at its 90th percentile, a call may take."""
    seconds: float | None = None
    """The time that 95 of 100 calls have to keep, in place of `slower`."""
    cooldown: int = 500
    """Outcomes after a rollback before the next trial; twice as many after each further one in a row."""

    def __post_init__(self) -> None:
        if self.rule not in {"better", "not worse"}:
            raise PoetOptionError(f"rule is {self.rule!r}", hint='"better" or "not worse"')
        if self.rule == "not worse" and not self.gain.strip():
            hint = 'name the objective that gets better, such as gain="latency"'
            raise PoetOptionError("a version that is only not worse needs a gain", hint=hint)
        if not self.steps or any(not 0 < one <= 100 for one in self.steps) or list(self.steps) != sorted(self.steps):
            raise PoetOptionError(f"steps is {self.steps!r}", hint="rising percentages, such as (5, 25, 50, 100)")
        for name in ("shadow", "per_step", "minimum", "maximum", "held_out", "confirm", "cooldown"):
            if isinstance(value := getattr(self, name), bool) or not isinstance(value, int) or value < 0:
                raise PoetOptionError(f"{name} is {value!r}", hint="a number of outcomes, 0 or more")
        for name in ("level", "harm", "margin", "tolerance"):
            if not 0.0 < (number := float(getattr(self, name))) < 1.0 or not math.isfinite(number):
                raise PoetOptionError(f"{name} is {number!r}", hint="a number between 0 and 1")

    @property
    def deciding(self) -> float:
        """The share at which the decision is made."""
        return self.steps[-2] if len(self.steps) > 1 else self.steps[-1]

    def after(self, percent: float) -> float | None:
        """Return the share that follows `percent`, None after the last.

        >>> Plan().after(25), Plan().after(100)
        (50.0, None)
        """
        return next((one for one in self.steps if one > percent), None)
