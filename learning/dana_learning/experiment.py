"""A/B between two parameter sets, with a verdict that may be read after every execution.

Which set an execution gets depends on a hash of its id alone. Each quality is compared with a centre known before it,
and weighed by the chance of its arm: its expectation is then the difference between the sets at that moment, however
the level of quality drifts meanwhile (Robins, Rotnitzky and Zhao 1994; Ham, Bojinov, Lindon and Tingley, Design-based
confidence sequences, 2022). `betting` turns these differences into evidence and an interval.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np

from dana_learning.betting import Capital
from dana_learning.errors import ParameterError, SpaceChanged, reading
from dana_learning.observation import finite, named
from dana_learning.parameter import Space

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dana_learning.kinds import Choice, Parameter, Structured

Arm = Literal["a", "b"]

_HALF = np.linspace(0.0, 1.0, 31) ** 2
_DIFFERENCES = np.concatenate([-_HALF[:0:-1], _HALF])
"""Candidate differences, dense around 0."""
_GHOSTS = 2.0
"""Invented qualities of 0.5 that the centre starts from."""


def share_of(salt: str, unit: str) -> float:
    """Return a number from 0 to 1 that depends on two texts alone, evenly spread.

    >>> share_of("trial", "run-1") == share_of("trial", "run-1") != share_of("trial", "run-2")
    True
    """
    digest = hashlib.blake2b(f"{len(salt)}:{salt}{unit}".encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2**56


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an experiment says so far. It may be read at any time: a false "better" or "worse" has at most `level`.

    `outcome` is of b against a: "better", "worse", "equal" (the difference is surely within the margin) or "open".
    """

    outcome: Literal["better", "worse", "equal", "open"]
    difference: float
    """Mean quality of b less that of a."""
    low: float
    high: float
    executions: tuple[int, int]
    level: float
    reason: str

    def __str__(self) -> str:
        return f"b is {self.outcome}: {self.reason}" if self.outcome != "open" else f"open: {self.reason}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"executions": list(self.executions)}


class Experiment:
    """Compares parameter set `b` with `a`. Ids have to be new for each execution, and are best not chosen by their quality.

    `share` of all executions get b. `level` is the chance of ever calling equals different; differences below `margin`
    do not matter.

    >>> from dana_learning import Parameter, Space
    >>> trial = Experiment(Space([Parameter("timeout", 10, 0, 60)]), {"timeout": 10}, {"timeout": 20}, salt="fetch")
    >>> for run in range(100):
    ...     arm = trial.arm(f"run-{run}")
    ...     trial.observe(f"run-{run}", 0.9 if arm == "b" else 0.5)
    >>> trial.verdict().outcome
    'better'
    """

    def __init__(
        self, space: Space | Iterable[Parameter | Choice | Structured], a: Mapping[str, Any], b: Mapping[str, Any], *,
        salt: str, share: float = 0.5, level: float = 0.05, margin: float = 0.02,
    ) -> None:  # fmt: skip
        self.space = space = Space.of(space)
        self.sets: dict[Arm, dict[str, Any]] = {"a": space.check(a), "b": space.check(b)}
        self.salt = named("salt", salt)
        for field, value in {"share": share, "level": level}.items():
            if isinstance(value, bool) or not 0.0 < value < 1.0:
                raise ParameterError(f"{field} is {value!r}", field=field, expected="a number between 0 and 1")
        self.share, self.level = float(share), float(level)
        self.margin = finite("margin", margin, 0.0, 1.0)
        self._above = Capital(_DIFFERENCES, side=1)
        self._below = Capital(_DIFFERENCES, side=-1)
        self._sums = {"a": 0.0, "b": 0.0}
        self._counts = {"a": 0, "b": 0}

    def arm(self, unit: str) -> Arm:
        """Return "a" or "b" for an execution; the same id always gets the same."""
        return "b" if share_of(self.salt, unit) < self.share else "a"

    def values(self, unit: str) -> dict[str, Any]:
        """Return the parameters that an execution gets."""
        return dict(self.sets[self.arm(unit)])

    def observe(self, unit: str, quality: float) -> None:
        """Say how good (0 to 1) an execution was; each id once."""
        told = finite("quality", quality, 0.0, 1.0)
        arm = self.arm(unit)
        centre = self._centre()
        of_b, of_a = self.share, 1.0 - self.share
        weighed = (told - centre) / of_b if arm == "b" else (centre - told) / of_a
        low = -max(centre / of_b, (1.0 - centre) / of_a)
        high = max((1.0 - centre) / of_b, centre / of_a)
        self._above.bet(weighed, low, high)
        self._below.bet(weighed, low, high)
        self._sums[arm] += told
        self._counts[arm] += 1

    def _centre(self) -> float:
        """Return what a quality is compared with: known before it, and between both means (least variance)."""
        a, b = ((self._sums[arm] + _GHOSTS / 2) / (self._counts[arm] + _GHOSTS) for arm in ("a", "b"))
        return (1.0 - self.share) * b + self.share * a

    def interval(self) -> tuple[float, float]:
        """Return where the difference of b less a is, at all times together with confidence 1 - level."""
        limit = math.log(2.0 / self.level)
        refuted_below = self._above.evidence() >= limit
        refuted_above = self._below.evidence() >= limit
        low = float(_DIFFERENCES[refuted_below].max(initial=-1.0))
        high = float(_DIFFERENCES[refuted_above].min(initial=1.0))
        return (low, high) if low <= high else (high, low)

    def verdict(self) -> Verdict:
        """Return what can be said now, with its reason."""
        zero = len(_HALF) - 1
        limit = math.log(2.0 / self.level)
        a, b = self._counts["a"], self._counts["b"]
        apart = self._sums["b"] / max(b, 1) - self._sums["a"] / max(a, 1) if a and b else 0.0
        low, high = self.interval()
        seen = f"{b} executions of b, {a} of a, difference {apart:+.3f}, between {low:+.3f} and {high:+.3f}"
        if (for_b := float(self._above.evidence()[zero])) >= limit:
            return self._said("better", apart, low, high, f"{seen}; odds against chance {math.exp(min(for_b, 99)):.3g}")
        if (for_a := float(self._below.evidence()[zero])) >= limit:
            return self._said("worse", apart, low, high, f"{seen}; odds against chance {math.exp(min(for_a, 99)):.3g}")
        if -self.margin <= low and high <= self.margin:
            return self._said("equal", apart, low, high, f"{seen}; less than {self.margin} does not matter")
        reached = math.exp(max(for_b, for_a))
        return self._said("open", apart, low, high, f"{seen}; odds {reached:.3g} of the {2 / self.level:.0f} needed")

    def _said(
        self, outcome: Literal["better", "worse", "equal", "open"], apart: float, low: float, high: float, reason: str
    ) -> Verdict:
        return Verdict(outcome, apart, low, high, (self._counts["a"], self._counts["b"]), self.level, reason)

    def state(self) -> dict[str, Any]:
        """Return plain JSON-able data; `from_state` continues exactly."""
        return {
            "version": 1, "space": self.space.signature(), "a": self.sets["a"], "b": self.sets["b"], "salt": self.salt,
            "share": self.share, "level": self.level, "margin": self.margin, "above": self._above.state(),
            "below": self._below.state(), "sums": self._sums, "counts": self._counts,
        }  # fmt: skip

    @classmethod
    @reading("an Experiment")
    def from_state(cls, space: Space, state: Mapping[str, Any]) -> Self:
        """Continue from a state. SpaceChanged when it compared sets of another space."""
        if differences := space.differences(state["space"]):
            hint = "start a new experiment"
            raise SpaceChanged(
                "an experiment of another space", field="space", expected="; ".join(differences), hint=hint
            )
        kept = {name: state[name] for name in ("salt", "share", "level", "margin")}
        trial = cls(space, state["a"], state["b"], **kept)
        trial._above, trial._below = Capital.from_state(state["above"]), Capital.from_state(state["below"])
        trial._sums, trial._counts = dict(state["sums"]), dict(state["counts"])
        return trial
