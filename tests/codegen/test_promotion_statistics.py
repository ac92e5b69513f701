"""The statistics of promotion, by simulation: how often they are wrong, how soon they are right. Seeds are fixed."""

from __future__ import annotations

import json
import math
import random
import statistics
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from dana_learning.betting import Capital
from dana_poet.codegen.promotion import PairedTest, Watch, in_canary
from dana_poet.errors import DanaValueError
from tests.codegen.promotion_cases import decisions, rate

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 150


def share(found: list[tuple[str, int]], decision: str) -> float:
    """Return how many tests decided so."""
    return sum(one == decision for one, _ in found) / len(found)


@pytest.mark.parametrize("base", [0.05, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("less", [0.0, 0.03])
def test_an_equal_or_worse_candidate_is_hardly_ever_promoted(base: float, less: float) -> None:
    """Looked at after each of 1,000 pairs; equal ones are the hardest case, and 5 of 100 the bound."""
    found = decisions(rate(max(base - less, 0.0)), rate(base), runs=RUNS, pairs=1000)
    assert share(found, "promote") <= 0.05
    if not less:
        assert share(found, "rollback") <= 0.17  # 0.125 is the bound; 150 runs scatter


def test_candidates_that_are_better_are_promoted() -> None:
    """By ten points, from any rate."""
    for base in (0.3, 0.5, 0.8):
        found = decisions(rate(base + 0.1), rate(base), runs=60, pairs=2500)
        assert share(found, "promote") >= 0.95


@pytest.mark.parametrize("base", [0.99, 0.9, 0.6, 0.5, 0.3])
def test_a_drop_of_ten_points_is_found_within_two_hundred_pairs(base: float) -> None:
    """In the median, also where outcomes are noisiest."""
    found = decisions(rate(base - 0.1), rate(base), runs=RUNS, pairs=3000)
    assert share(found, "rollback") >= 0.98
    assert statistics.median(pairs for _, pairs in found) <= 200


def drifting(chance: random.Random, pair: int) -> float:
    """Return outcomes of a rate that swings between 0.2 and 0.9 and falls for good after 500 pairs."""
    level = 0.55 + 0.35 * math.sin(pair / 40.0) if pair < 500 else 0.1
    return float(chance.random() < level)


def test_a_level_that_drifts_for_both_decides_nothing() -> None:
    """Pairs are seen at the same time: what happens to both cancels."""
    found = decisions(drifting, drifting, runs=RUNS, pairs=1000)
    assert share(found, "promote") <= 0.05
    assert share(found, "rollback") <= 0.17


OUTCOMES: dict[str, Callable[[random.Random, int], float]] = {
    "even": lambda chance, _pair: chance.random(),
    "mostly good": lambda chance, _pair: chance.betavariate(9, 1),
    "all or nothing, with a middle": lambda chance, _pair: chance.choice([0.0, 0.5, 1.0]),
    "rarely very bad": lambda chance, _pair: 0.0 if chance.random() < 0.02 else 0.8,
}


@pytest.mark.parametrize("kind", OUTCOMES)
def test_outcomes_may_be_any_number_from_0_to_1(kind: str) -> None:
    """Scores as well as success and failure."""
    found = decisions(OUTCOMES[kind], OUTCOMES[kind], runs=RUNS, pairs=800)
    assert share(found, "promote") <= 0.05
    better = decisions(lambda c, p: min(1.0, OUTCOMES[kind](c, p) * 0.8 + 0.2), OUTCOMES[kind], runs=20, pairs=1500)
    assert share(better, "promote") == 1.0


def test_a_margin_asks_for_not_much_worse_only() -> None:
    """Equal is promoted then; worse by more than the margin is not."""
    same = decisions(
        lambda c, _p: 0.9 + c.random() / 10, lambda c, _p: 0.9 + c.random() / 10, runs=30, pairs=2000, margin=0.02
    )
    assert share(same, "promote") >= 0.9
    worse = decisions(rate(0.46), rate(0.5), runs=100, pairs=1000, margin=0.02)
    assert share(worse, "promote") <= 0.05


def test_nothing_is_promoted_before_the_minimum() -> None:
    """However clear it looks."""
    test = PairedTest(minimum=50)
    for _ in range(49):
        test.update(1.0, 0.0)
    before = str(test.decision)
    test.update(1.0, 0.0)
    assert (before, str(test.decision)) == ("undecided", "promote")


def test_a_decision_is_final() -> None:
    """What comes later starts a new test."""
    test = PairedTest(minimum=1)
    while test.decision == "undecided":
        test.update(0.0, 1.0)
    for _ in range(500):
        test.update(1.0, 0.0)
    assert test.decision == "rollback"


def test_a_state_goes_on_exactly() -> None:
    """Through JSON, at any point."""
    chance = random.Random(4)  # noqa: S311 - nothing secret
    outcomes = [(chance.random(), chance.random() * 0.9) for _ in range(400)]
    whole = PairedTest(level=0.01)
    for pair in outcomes:
        whole.update(*pair)
    part = PairedTest(level=0.01)
    for index, pair in enumerate(outcomes):
        if index % 50 == 0:
            part = PairedTest.from_state(json.loads(json.dumps(part.state())))
        part.update(*pair)
    assert part.state() == whole.state()
    assert str(part) == str(whole)


def test_tests_of_two_processes_add_up_to_one() -> None:
    """In whatever order their pairs came."""
    chance = random.Random(5)  # noqa: S311 - nothing secret
    tests = [PairedTest() for _ in range(3)]
    for index in range(300):
        pair = chance.random(), chance.random()
        tests[index % 2].update(*pair)
        tests[2].update(*pair)
    sums = {
        name: [one + other for one, other in zip(tests[0].counts()[name], tests[1].counts()[name], strict=True)]
        for name in tests[0].counts()
    }
    both = PairedTest()
    both.count(sums)
    for name, values in both.counts().items():
        assert values == pytest.approx(tests[2].counts()[name])


def test_the_capital_is_that_of_the_learning_package() -> None:
    """`dana_learning.betting` bets the same way: one share of it, one hypothesis, gives the same number."""
    theirs = Capital(np.array([0.0]), side=1)
    ours = PairedTest(minimum=10_000)
    chance = random.Random(6)  # noqa: S311 - nothing secret
    for _ in range(100):
        candidate, baseline = chance.random(), chance.random()
        theirs.bet(candidate - baseline, -1.0, 1.0)
        ours.update(candidate, baseline)
    assert ours.counts()["up"][0] == pytest.approx(theirs.logs[0][1])  # the share that both have: 0.1


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan"), float("inf"), "1", None])
def test_an_outcome_that_is_none_is_refused(wrong: Any) -> None:
    """With what is expected; nothing is counted."""
    test = PairedTest()
    with pytest.raises(DanaValueError, match="outcome of the candidate") as told:
        test.update(wrong, 0.5)
    assert "from 0 (failed) to 1 (best)" in told.value.hint
    assert test.pairs == 0


@pytest.mark.parametrize("about", [{"level": 0}, {"level": 1.0}, {"harm": True}, {"margin": -0.1}, {"margin": 1.0}])
def test_a_test_with_senseless_numbers_is_refused(about: dict[str, Any]) -> None:
    """Before it is used."""
    with pytest.raises(DanaValueError):
        PairedTest(**about)


def watched(before: float, after: float, against: float, *, good: int, seed: int) -> int:
    """Return how many outcomes after `good` ones at rate `before` it takes; -1 for too soon, a million for never."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    watch = Watch()
    for _ in range(good):
        watch.update(float(chance.random() < before), against)
    if watch.breached:
        return -1
    for call in range(3000):
        watch.update(float(chance.random() < after), against)
        if watch.breached:
            return call + 1
    return 10**6


def test_a_watch_finds_a_drop_and_leaves_the_rest_alone() -> None:
    """At once a ten-point drop in 200 calls; later it takes longer; a rate that holds is not taken for a drop."""
    for base in (0.5, 0.9, 0.98):
        at_once = [watched(base, base - 0.1, base - 0.01, good=0, seed=seed) for seed in range(80)]
        assert statistics.median(at_once) <= 200
        later = [watched(base, base - 0.1, base - 0.01, good=1500, seed=seed) for seed in range(20)]
        assert statistics.median(later) <= 1200
        equal = [watched(base, base, base, good=0, seed=seed) for seed in range(80)]
        assert sum(one < 10**6 for one in equal) / len(equal) <= 0.2


def test_a_watch_goes_on_exactly() -> None:
    """Through JSON."""
    watch, other = Watch(), Watch()
    for index in range(200):
        value = float(index % 10 != 0)
        watch.update(value, 0.9)
        other = Watch.from_state(json.loads(json.dumps(other.state())))
        other.update(value, 0.9)
    assert other.state() == watch.state()
    assert other.mean == watch.mean == 0.9


def test_the_canary_is_even_stable_and_grows() -> None:
    """Shares as asked for, nobody drops out when it grows, another salt is another choice."""
    keys = [f"user-{number}" for number in range(4000)]
    chosen = {percent: {key for key in keys if in_canary(key, percent, "v2")} for percent in (0, 5, 25, 50, 100)}
    assert (len(chosen[0]), len(chosen[100])) == (0, 4000)
    assert chosen[5] < chosen[25] < chosen[50]
    assert abs(len(chosen[25]) - 1000) < 100
    other = {key for key in keys if in_canary(key, 25, "v3")}
    assert abs(len(other & chosen[25]) - 250) < 70
    assert all(isinstance(in_canary(key, 25, "v2"), bool) for key in ("größe", "\ud800", "", "\x00" * 9999))
    for wrong in (-1, 101, float("nan")):
        with pytest.raises(DanaValueError, match="percent"):
            in_canary("a", wrong, "v2")


def test_the_canary_is_the_same_on_every_machine() -> None:
    """These were computed once: another answer would move people between versions at an update."""
    assert [number for number in range(30) if in_canary(f"user-{number}", 25, "v2")] == CHOSEN


CHOSEN = [3, 6, 7, 10, 13, 15, 20, 22, 24, 27, 29]
