"""Bounds of rates: valid at every look, and narrow enough to decide by."""

from __future__ import annotations

import random

import pytest

from dana_poet.orchestration.intervals import interval


def test_bounds_hold_at_every_look() -> None:
    """Of 200 streams looked at after every fourth of 200 verdicts, fewer than 5 % are ever outside."""
    chance = random.Random(7)  # noqa: S311 - no secrets here
    outside = 0
    for _ in range(200):
        hits, missed = 0, False
        for count in range(1, 201):
            hits += chance.random() < 0.3
            found = interval(hits, count) if count % 4 == 0 else None
            missed = missed or (found is not None and not found.low <= 0.3 <= found.high)
        outside += missed
    assert outside < 10


@pytest.mark.parametrize(("hits", "count"), [(0, 1), (1, 1), (3, 7), (50, 100), (2.5, 4.5)])
def test_the_rate_lies_inside(hits: float, count: float) -> None:
    """Also where there is next to no evidence, or fractions of it."""
    found = interval(hits, count)
    assert found is not None
    assert 0 <= found.low <= found.rate <= found.high <= 1


def test_more_evidence_narrows() -> None:
    """Ten times as much, less than half as wide."""
    few, many = interval(6, 20), interval(60, 200)
    assert few is not None
    assert many is not None
    assert many.high - many.low < (few.high - few.low) / 2


def test_confidence_widens() -> None:
    """Being surer costs width."""
    sure, surer = interval(6, 20, confidence=0.9), interval(6, 20, confidence=0.999)
    assert sure is not None
    assert surer is not None
    assert surer.low < sure.low < sure.high < surer.high
