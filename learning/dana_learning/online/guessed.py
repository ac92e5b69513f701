"""Bounds for parameters that nobody described: from the values that a function uses today."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dana_learning.kinds import Choice, Parameter, Structured
from dana_learning.parameter import Space

REACH = 10.0
"""A positive number may become this many times smaller or larger."""


def guessed(values: Mapping[str, Any]) -> Space | None:
    """Return a space around values; None when there is nothing in them that can be learned.

    Numbers from 0 to 1 stay there, other positive ones move within a factor of ten, others within their own size; of
    texts only one option is known, so they stay as they are.

    >>> space = guessed({"timeout": 30.0, "name": "fast", "share": 0.5})
    >>> [(one.name, one.low, one.high) for one in space.parameters]
    [('timeout', 3.0, 300.0), ('share', 0.0, 1.0)]
    """
    found = _parts(values)
    return Space(found) if found else None


def _parts(values: Mapping[str, Any]) -> list[Parameter | Choice | Structured]:
    parts = (_part(name, value) for name, value in values.items() if name.strip())
    return [part for part in parts if part is not None]


def _part(name: str, value: Any) -> Parameter | Choice | Structured | None:
    if isinstance(value, Mapping):
        inner = _parts(value)
        return Structured(name, tuple(inner)) if inner else None
    if isinstance(value, bool):
        return Choice(name, value, (False, True))
    if not isinstance(value, (int, float)) or not math.isfinite(value) or abs(value) > 1e100:
        return None
    if isinstance(value, int):
        low = 0 if value >= 0 else REACH * value
        return Parameter(name, value, low, max(REACH * abs(value), REACH), integer=True)
    if 0.0 <= value <= 1.0:
        return Parameter(name, value, 0.0, 1.0)
    if value > 0.0:
        return Parameter(name, value, value / REACH, value * REACH, scale="log")
    return Parameter(name, value, 2.0 * value, 0.0)
