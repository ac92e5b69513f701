"""Outcomes far from what is well known: a single one is an outlier, several in a row are a change of the world.

A far outcome is held back, and the same values are tried again: one more execution tells an outlier from a change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dana_learning.observation import Observation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FAR = 3.5
"""An outcome of well known values is doubted from so many standard deviations on."""
SELDOM = 0.001
"""Outliers in a row that are less probable than this are a change."""
USUAL, COUNTED = 1.0, 20.0
"""One outlier in so many executions is believed before any was seen."""
PATIENCE = 5
"""Executions of other values after which doubt that nobody looked into is given up."""


@dataclass(slots=True)
class Doubts:
    """What is held back, and how many outliers there have been. Outliers that are frequent make a change harder to see.

    >>> doubts, seen = Doubts(), Observation("run-1", {"level": 0.5}, 0.0)
    >>> [doubts.hold(seen, known=20) for _ in range(2)], len(doubts.released())
    ([False, True], 2)
    """

    outliers: int = 0
    waited: int = 0
    held: list[Observation] = field(default_factory=list)

    def hold(self, seen: Observation, known: int) -> bool:
        """Hold an outcome back; return whether what is held is a change, where so many executions are `known`."""
        self.held.append(seen)
        rate = (USUAL + self.outliers) / (COUNTED + known)
        return rate ** len(self.held) < SELDOM

    def pass_by(self) -> bool:
        """Note an execution of values that are not well known; return whether to give up."""
        self.waited += bool(self.held)
        return self.waited >= PATIENCE

    def released(self) -> Sequence[Observation]:
        """Return what was held back, and hold nothing any more."""
        held, self.held, self.waited = self.held, [], 0
        return held

    def state(self) -> dict[str, Any]:
        """Return plain data that `from_state` continues from."""
        held = [seen.to_dict() for seen in self.held]
        return {"outliers": self.outliers, "waited": self.waited, "held": held}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Doubts:
        """Continue from a state; an empty one is a new beginning."""
        held = [Observation.from_dict(seen) for seen in state.get("held", ())]
        return cls(int(state.get("outliers", 0)), int(state.get("waited", 0)), held)
