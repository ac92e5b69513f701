"""How a tuner learns, checked when it is made."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dana_learning.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class TunerSettings:
    """How a tuner learns. ParameterError when a setting makes no sense.

    `confidence` is the probability of being better at which what is served changes; `caution` how many standard
    deviations a setting's uncertainty counts against it; `particles` and `window` size the model (more of them cost
    time); `change_limit` is the height of the change detector.
    """

    confidence: float = 0.9
    caution: float = 0.3
    particles: int = 24
    window: int = 200
    change_limit: float = 8.0

    def __post_init__(self) -> None:
        bounds = {
            "confidence": (0.5, 1.0), "caution": (0.0, 10.0), "particles": (4, 200), "window": (20, 2000),
            "change_limit": (1.0, math.inf),
        }  # fmt: skip
        for name, (low, high) in bounds.items():
            given = getattr(self, name)
            if isinstance(given, bool) or not isinstance(given, (int, float)) or not low <= given <= high:
                raise ParameterError(f"{name} is {given!r}", field=name, expected=f"a number from {low} to {high}")
