"""Noticing that a stream of surprises has moved: a two-sided cumulative sum (Page 1954).

`update` takes how far an outcome was from what was expected, in standard deviations. A shift of one deviation is
found within about ten outcomes, a large one within two or three.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

CLIP = 3.0
"""A single surprise counts at most this much, so that one outlier is no change."""


@dataclass(slots=True)
class Cusum:
    """Sums of surprises upwards and downwards beyond `slack`; a sum above `limit` is a change.

    >>> watch = Cusum()
    >>> [watch.update(value) for value in (0.1, -0.2, -3.5, -3.0, -3.2)]
    [0, 0, 0, 0, 3]
    """

    slack: float = 0.5
    limit: float = 6.0
    up: float = 0.0
    down: float = 0.0
    up_since: int = 0
    down_since: int = 0

    def update(self, surprise: float) -> int:
        """Take one surprise; return 0, or how many outcomes ago (this one included) a change began."""
        value = min(CLIP, max(-CLIP, surprise))
        self.up = max(0.0, self.up + value - self.slack)
        self.down = max(0.0, self.down - value - self.slack)
        self.up_since = self.up_since + 1 if self.up else 0
        self.down_since = self.down_since + 1 if self.down else 0
        if max(self.up, self.down) <= self.limit:
            return 0
        since = self.up_since if self.up > self.limit else self.down_since
        self.up = self.down = 0.0
        self.up_since = self.down_since = 0
        return since

    def state(self) -> dict[str, Any]:
        """Return plain data; `Cusum(**state)` continues."""
        return asdict(self)
