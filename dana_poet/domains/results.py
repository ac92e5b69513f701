"""Looking into results: numbers that are not finite, and values by several names, in mappings, lists and objects."""

from __future__ import annotations

import math
from typing import Any

DEEPEST = 6
MOST = 10_000


def unusable_number(value: Any, place: str = "", depth: int = 0) -> str | None:
    """Return where a number inside a value is not finite, or None when all are. Looks 6 levels deep.

    >>> unusable_number({"a": [1.0, float("nan")]}), unusable_number({"a": 1})
    (" at ['a'][1]", None)
    """
    if isinstance(value, float):
        return None if math.isfinite(value) else (f" at {place}" if place else "")
    if depth == DEEPEST:
        return None
    for key, inner in _items(value):
        found = unusable_number(inner, f"{place}[{key!r}]", depth + 1)
        if found is not None:
            return found
    return None


def numbers_named(value: Any, names: frozenset[str], depth: int = 0) -> list[tuple[str, float]]:
    """Return (name, number) of the entries of a result that have one of the names, also in mappings inside it.

    >>> numbers_named({"plan": {"setpoint": 21}}, frozenset({"setpoint"}))
    [('setpoint', 21.0)]
    """
    found: list[tuple[str, float]] = []
    for key, inner in _items(value):
        if key in names and isinstance(inner, (int, float)) and not isinstance(inner, bool):
            found.append((str(key), float(inner)))
        elif depth < DEEPEST:
            found.extend(numbers_named(inner, names, depth + 1))
    return found


def entry(value: Any, *names: str) -> Any:
    """Return the first entry or attribute of these names that is not None, or None.

    >>> entry({"target": 21}, "setpoint", "target")
    21
    """
    for name in names:
        found = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
        if found is not None:
            return found
    return None


def number(value: Any) -> float | None:
    """Return a finite number as a float; None for anything else, also for truth values."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def _items(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())[:MOST]
    if isinstance(value, (list, tuple)):
        return list(enumerate(value[:MOST]))
    fields = getattr(value, "__dana_fields__", None)
    return [(name, getattr(value, name, None)) for name in fields] if fields else []
