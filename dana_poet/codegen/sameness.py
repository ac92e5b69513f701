"""Whether two results are the same value: the same types all the way down, and NaN is NaN."""

from __future__ import annotations

import math
from typing import Any

DEEPEST = 50


def same(one: Any, other: Any, depth: int = 0, *, tolerance: float = 0.0) -> bool:
    """Return whether two values are the same; True is not 1, 0.0 is not -0.0, and the order of a dict counts for nothing.

    Objects of other classes are the same when `==` says so. Past 50 levels `==` decides, too. Floats may differ by the
    share `tolerance`.

    >>> same([1, {"a": math.nan}], [1, {"a": math.nan}]), same(1, True), same((1,), [1])
    (True, False, False)
    >>> same(0.1 + 0.2, 0.3), same(0.1 + 0.2, 0.3, tolerance=1e-13)
    (False, True)
    """
    if one is other:
        return True
    kind = type(one)
    if kind is not type(other):
        return False
    if depth > DEEPEST:
        return _equal(one, other)
    if kind is float:
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        equal = math.isclose(one, other, rel_tol=tolerance, abs_tol=0.0)
        return equal and math.copysign(1.0, one) == math.copysign(1.0, other)
    if kind in (list, tuple):
        return len(one) == len(other) and all(
            same(a, b, depth + 1, tolerance=tolerance) for a, b in zip(one, other, strict=True)
        )
    if kind is dict:
        return one.keys() == other.keys() and all(
            same(one[key], other[key], depth + 1, tolerance=tolerance) for key in one
        )
    return _equal(one, other)


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001 - `==` of a foreign class may raise anything, an array gives no truth
        return repr(one) == repr(other)
