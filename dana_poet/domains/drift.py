"""Tests for drift between two samples, and alerts that belong together: plain Python, the same answer every time."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dana_poet.errors import PoetOptionError, PoetValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

TESTS = ("ks", "psi", "kl")
THRESHOLDS = {"ks": 0.05, "psi": 0.2, "kl": 0.1}
"""Usual thresholds: a p-value below which, or a distance above which, a sample has drifted."""
BINS = 10
SMOOTHING = 0.5
"""Added to each count, so that a bin that one side lacks does not make a distance infinite."""


def ks_test(reference: Sequence[float], current: Sequence[float]) -> tuple[float, float]:
    """Return the Kolmogorov-Smirnov distance of two samples and its p-value (asymptotic, good from about 30 each).

    >>> distance, p = ks_test([1.0, 2.0, 3.0] * 20, [1.0, 2.0, 3.0] * 20)
    >>> distance, p
    (0.0, 1.0)
    """
    first, second = sorted(reference), sorted(current)
    n, m = len(first), len(second)
    places = sorted({*first, *second})
    distance = max(abs(bisect_right(first, x) / n - bisect_right(second, x) / m) for x in places)
    return distance, _kolmogorov(math.sqrt(n * m / (n + m)) * distance)


def _kolmogorov(x: float) -> float:
    """Return the probability that a Kolmogorov variable is above x."""
    if x < 0.2:
        return 1.0
    terms = (2 * (-1) ** (k - 1) * math.exp(-2 * (k * x) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, math.fsum(terms)))


def psi(reference: Sequence[Any], current: Sequence[Any], bins: int = BINS) -> float:
    """Return the population stability index: 0 for equal shares, above 0.2 usually a drift.

    >>> psi(["a", "b"] * 50, ["a", "b"] * 50)
    0.0
    """
    return math.fsum((q - p) * math.log(q / p) for p, q in _shares(reference, current, bins))


def kl(reference: Sequence[Any], current: Sequence[Any], bins: int = BINS) -> float:
    """Return the Kullback-Leibler divergence of the current sample from the reference, in nats.

    >>> kl(["a", "b"] * 50, ["a"] * 100) > 0.5
    True
    """
    return math.fsum(q * math.log(q / p) for p, q in _shares(reference, current, bins))


def _shares(reference: Sequence[Any], current: Sequence[Any], bins: int) -> list[tuple[float, float]]:
    """Return the shares of both samples by bin; numbers are cut at quantiles of the reference, the rest by value."""
    place = _binning(reference, bins) if all(_is_number(one) for one in (*reference, *current)) else lambda one: one
    before, after = Counter(map(place, reference)), Counter(map(place, current))
    names = {*before, *after}
    total_before, total_after = (len(sample) + SMOOTHING * len(names) for sample in (reference, current))
    return [((before[one] + SMOOTHING) / total_before, (after[one] + SMOOTHING) / total_after) for one in names]


def _binning(reference: Sequence[float], bins: int) -> Callable[[float], Hashable]:
    ordered = sorted(reference)
    cuts = sorted({ordered[len(ordered) * i // bins] for i in range(1, bins)})
    return lambda value: bisect_right(cuts, value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def choose_test(reference: Sequence[Any]) -> str:
    """Return the test for a kind of data: ks for numbers of many values, psi for few values and for categories.

    >>> choose_test(["a", "b"] * 20), choose_test([i / 7 for i in range(40)])
    ('psi', 'ks')
    """
    numbers = all(_is_number(one) for one in reference)
    return "ks" if numbers and len(set(reference)) > BINS else "psi"


def drift(
    reference: Sequence[Any], current: Sequence[Any], test: str = "auto", threshold: float | None = None
) -> dict[str, Any]:
    """Return what a test says: `test`, `score`, `p_value` (ks only), `threshold` and `drift_detected`.

    PoetOptionError for a test that there is not; PoetValidationError for an empty sample.

    >>> drift([i / 100 for i in range(100)], [i / 100 + 1 for i in range(100)])["drift_detected"]
    True
    """
    if not reference or not current:
        raise PoetValidationError("a drift test takes two samples that are not empty")
    name = choose_test(reference) if test == "auto" else test
    if name not in TESTS:
        raise PoetOptionError(f"there is no drift test '{test}'", hint=f"there are auto, {', '.join(TESTS)}")
    limit = THRESHOLDS[name] if threshold is None else threshold
    if name == "ks":
        distance, p = ks_test(reference, current)
        return {"test": name, "score": distance, "p_value": p, "threshold": limit, "drift_detected": p < limit}
    score = (psi if name == "psi" else kl)(reference, current)
    return {"test": name, "score": score, "threshold": limit, "drift_detected": score > limit}


def thinned(sample: Sequence[Any], most: int) -> list[Any]:
    """Return at most `most` elements of a sample, evenly taken, in their order.

    >>> thinned(range(10), 5)
    [0, 2, 4, 6, 8]
    """
    size = len(sample)
    return list(sample) if size <= most else [sample[i * size // most] for i in range(most)]


def window_for(per_hour: float, *, stable: bool = False, smallest: int = 100, largest: int = 45_000) -> int:
    """Return how many points to look at: an hour of fast data, several of slow data, twice as many for stability.

    >>> window_for(6000), window_for(100), window_for(6000, stable=True)
    (6000, 5000, 12000)
    """
    points = max(per_hour, 5000.0) * (2 if stable else 1)
    return int(min(max(points, smallest), largest))


def group_alerts(
    alerts: Iterable[Mapping[str, Any]], *, within: float = 3600.0, by: Sequence[str] = ("cause",)
) -> list[list[Mapping[str, Any]]]:
    """Return alerts in groups: the same values of `by`, each at most `within` seconds after the one before.

    An alert is a mapping with `time` in seconds. Groups are in the order of their first alert.

    >>> [len(group) for group in group_alerts([{"time": 0, "cause": "a"}, {"time": 60, "cause": "a"}, {"time": 9e3, "cause": "a"}])]
    [2, 1]
    """
    kinds: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for alert in sorted(alerts, key=lambda one: float(one["time"])):
        kinds.setdefault(tuple(alert.get(name) for name in by), []).append(alert)
    groups = [group for kind in kinds.values() for group in _cut(kind, within)]
    return sorted(groups, key=lambda group: float(group[0]["time"]))


def _cut(alerts: list[Mapping[str, Any]], within: float) -> list[list[Mapping[str, Any]]]:
    groups = [[alerts[0]]]
    for before, alert in pairwise(alerts):
        if float(alert["time"]) - float(before["time"]) <= within:
            groups[-1].append(alert)
        else:
            groups.append([alert])
    return groups
