"""A/B tests: stable assignment, verdicts with reasons, and an error of at most the level however often one looks."""

import json
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dana_learning import ObservationError, Parameter, ParameterError, Space, SpaceChanged
from dana_learning.betting import Ranks
from dana_learning.experiment import Experiment, share_of

SPACE = Space([Parameter("timeout", 10, 0, 60)])
A, B = {"timeout": 10.0}, {"timeout": 20.0}
Draw = Callable[[np.random.Generator, int], float]


def normal(mean: float, deviation: float) -> Draw:
    """Qualities around a mean, clipped."""
    return lambda rng, _: float(np.clip(mean + deviation * rng.normal(), 0.0, 1.0))


def bernoulli(chance: float) -> Draw:
    """Failures and successes."""
    return lambda rng, _: float(rng.random() < chance)


def drifting(rng: np.random.Generator, step: int) -> float:
    """A level that falls, and jumps, for both sets alike."""
    return float(np.clip((0.9 if step < 60 else 0.4) - 0.001 * step + 0.05 * rng.normal(), 0.0, 1.0))


def polar(rng: np.random.Generator, step: int) -> float:
    """Mostly near 0 or 1."""
    del step
    return float(rng.beta(0.2, 0.2))


def decided(a: Draw, b: Draw, seed: int, steps: int, *, share: float = 0.5) -> tuple[str, int]:
    """Return the first verdict that is not open when looking after each execution, and when."""
    rng = np.random.default_rng(seed)
    trial = Experiment(SPACE, A, B, salt=f"trial-{seed}", share=share, margin=0.0)
    for step in range(steps):
        unit = f"run-{step}"
        trial.observe(unit, (b if trial.arm(unit) == "b" else a)(rng, step))
        outcome = trial.verdict().outcome
        if outcome != "open":
            return outcome, step + 1
    return "open", steps


NOTHING = {
    "normal": normal(0.7, 0.1), "even": bernoulli(0.5), "rare failures": bernoulli(0.97), "drifting": drifting,
    "polar": polar,
}  # fmt: skip


@pytest.mark.parametrize("name", NOTHING)
def test_equal_sets_are_rarely_called_different(name: str) -> None:
    """Looking after each execution does not make errors more frequent than the level."""
    wrong = [decided(NOTHING[name], NOTHING[name], seed, 80)[0] != "open" for seed in range(25)]
    assert sum(wrong) <= 4  # of 25 at level .05: more than 4 have a chance below .01


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTHING)
def test_equal_sets_are_rarely_called_different_for_long(name: str) -> None:
    """The same over 600 executions and 200 runs, and with a small holdback."""
    for share in (0.5, 0.9):
        wrong = [decided(NOTHING[name], NOTHING[name], seed, 600, share=share)[0] != "open" for seed in range(100)]
        assert sum(wrong) <= 11  # of 100 at level .05: more than 11 have a chance below .01


def test_differences_are_found() -> None:
    """In both directions, and in time."""
    found = [decided(normal(0.6, 0.08), normal(0.8, 0.08), seed, 200) for seed in range(10)]
    assert {outcome for outcome, _ in found} == {"better"}
    found = [decided(normal(0.8, 0.08), normal(0.6, 0.08), seed, 200) for seed in range(10)]
    assert {outcome for outcome, _ in found} == {"worse"}


@pytest.mark.slow
def test_power() -> None:
    """A difference of .1 needs a hundred executions when noise is small, and under a thousand between rates."""
    small = [decided(normal(0.7, 0.08), normal(0.8, 0.08), seed, 400) for seed in range(30)]
    assert all(outcome == "better" for outcome, _ in small)
    assert np.median([steps for _, steps in small]) <= 130
    rates = [decided(bernoulli(0.7), bernoulli(0.8), seed, 3000) for seed in range(12)]
    assert all(outcome == "better" for outcome, _ in rates)
    assert np.median([steps for _, steps in rates]) <= 1200


@given(units=st.lists(st.text(), min_size=1, max_size=30), salt=st.text(min_size=1))
def test_assignment_depends_on_the_id_alone(units: list[str], salt: str) -> None:
    """The same id gets the same set, in any order, in any program."""
    trial = Experiment(SPACE, A, B, salt=salt)
    arms = {unit: trial.arm(unit) for unit in units}
    again = Experiment(SPACE, A, B, salt=salt)
    assert {unit: again.arm(unit) for unit in reversed(units)} == {unit: arms[unit] for unit in reversed(units)}
    assert all(0.0 <= share_of(salt, unit) < 1.0 for unit in units)


def test_assignment_is_even_and_independent_between_experiments() -> None:
    """Shares hold, and two salts agree on half of all ids."""
    units = [f"run-{number}" for number in range(4000)]
    one, other = Experiment(SPACE, A, B, salt="one", share=0.3), Experiment(SPACE, A, B, salt="two", share=0.5)
    assert abs(sum(one.arm(unit) == "b" for unit in units) / 4000 - 0.3) < 0.03
    both = sum(one.arm(unit) == other.arm(unit) == "b" for unit in units) / 4000
    assert abs(both - 0.15) < 0.025
    assert one.values("run-1") in (A, B)


@given(qualities=st.lists(st.floats(0, 1), min_size=1, max_size=60), share=st.floats(0.05, 0.95))
@settings(max_examples=40, deadline=None)
def test_state_goes_on_exactly_and_intervals_only_narrow(qualities: list[float], share: float) -> None:
    """A restart in the middle changes nothing; the interval contains the middle of possible differences in order."""
    trial = Experiment(SPACE, A, B, salt="x", share=share)
    half = len(qualities) // 2
    for step, quality in enumerate(qualities[:half]):
        trial.observe(f"run-{step}", quality)
    again = Experiment.from_state(SPACE, json.loads(json.dumps(trial.state())))
    for step, quality in enumerate(qualities[half:], half):
        trial.observe(f"run-{step}", quality)
        again.observe(f"run-{step}", quality)
    assert again.state() == trial.state()
    low, high = trial.interval()
    assert -1.0 <= low <= high <= 1.0
    assert all(math.isfinite(number) for number in (trial.verdict().difference, low, high))


def test_the_interval_covers_the_difference() -> None:
    """At all times together, up to the level."""
    missed = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        trial = Experiment(SPACE, A, B, salt=str(seed))
        for step in range(150):
            unit = f"{step}"
            trial.observe(unit, float(rng.random() < (0.75 if trial.arm(unit) == "b" else 0.6)))
            if step % 10 == 9:
                low, high = trial.interval()
                if not low <= 0.15 <= high:
                    missed += 1
                    break
    assert missed <= 5


def test_practically_equal_sets_are_called_equal() -> None:
    """When the difference is surely below the margin."""
    trial = Experiment(SPACE, A, B, salt="same", margin=0.1)
    rng = np.random.default_rng(0)
    for step in range(2500):
        trial.observe(f"run-{step}", float(np.clip(0.7 + 0.05 * rng.normal(), 0, 1)))
    verdict = trial.verdict()
    assert verdict.outcome == "equal"
    assert "does not matter" in str(verdict)
    assert json.loads(json.dumps(verdict.to_dict()))["outcome"] == "equal"


def test_what_cannot_be_is_refused() -> None:
    """A typed error; nothing is counted."""
    trial = Experiment(SPACE, A, B, salt="x")
    for wrong in (math.nan, -0.1, 1.1, "good"):
        with pytest.raises(ObservationError):
            trial.observe("run-1", wrong)  # type: ignore[arg-type]
    assert trial.verdict().executions == (0, 0)
    assert trial.verdict().outcome == "open"
    for share in (0.0, 1.0, True):
        with pytest.raises(ParameterError):
            Experiment(SPACE, A, B, salt="x", share=share)
    with pytest.raises(SpaceChanged):
        Experiment.from_state(Space([Parameter("timeout", 10, 0, 30)]), trial.state())


@pytest.mark.parametrize(
    ("name", "known"), [(name, known) for name in NOTHING if name != "drifting" for known in (5, 30)]
)
def test_ranks_rarely_call_equals_worse(name: str, known: int) -> None:
    """At every level, while looking after each execution."""
    wrong = 0
    for seed in range(100):
        rng, ranks = np.random.default_rng(seed), Ranks()
        for step in range(known):
            ranks.reference(NOTHING[name](rng, step))
        least = 1.0
        for step in range(60):
            ranks.suspect(NOTHING[name](rng, step))
            least = min(least, ranks.worse())
        wrong += least <= 0.1
    assert wrong <= 18  # of 100 at level .1: more than 18 have a chance below .01
