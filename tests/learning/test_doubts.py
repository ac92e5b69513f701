"""Far outcomes: one is an outlier, several in a row are a change, and neither is forgotten over a restart."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dana_learning import Observation, Parameter, Space, Tuner
from dana_learning.online.doubts import PATIENCE, Doubts
from dana_learning.online.geometry import Geometry
from dana_learning.online.surrogate import Surrogate

LEVEL = [Parameter("level", 0.5, 0.0, 1.0)]


def settled(seed: int) -> tuple[Tuner, np.random.Generator]:
    """A tuner that knows its best level."""
    tuner, rng = Tuner(LEVEL, seed=seed), np.random.default_rng(seed)
    for _ in range(14):
        told(tuner, 0.2, rng)
    return tuner, rng


def told(tuner: Tuner, centre: float, rng: np.random.Generator) -> float:
    """Try once; return what was tried."""
    trial = tuner.suggest()
    level = float(trial.values["level"])
    tuner.observe(trial.id, min(1.0, max(0.0, 0.9 - abs(level - centre) + 0.03 * float(rng.normal()))))
    return level


def mind(tuner: Tuner) -> Surrogate:
    """What the tuner believes."""
    tuner.decide()
    assert isinstance(tuner._mind, Surrogate)
    return tuner._mind


def test_one_far_outcome_is_tried_again_and_is_an_outlier() -> None:
    """Nothing is forgotten, what is served stays, and the outcome counts in the end."""
    tuner, rng = settled(1)
    served, known = tuner.served(), len(mind(tuner))
    tuner.observe(served, 0.1)
    assert tuner.served() == served
    assert len(mind(tuner)) == known
    trial = tuner.suggest()
    assert trial.values == served
    assert "to be sure" in trial.reason
    tuner.observe(trial.id, 0.88 + 0.03 * float(rng.normal()))
    assert len(mind(tuner)) == known + 2
    assert mind(tuner).doubts.outliers == 1
    assert tuner.served() == served


def test_far_outcomes_in_a_row_are_a_change() -> None:
    """What was known before is forgotten within two or three executions, and another level is found soon."""
    tuner, rng = settled(0)
    known = len(mind(tuner))
    for _ in range(4):
        told(tuner, 0.8, rng)
    assert len(mind(tuner)) < known
    for _ in range(8):
        told(tuner, 0.8, rng)
    assert abs(tuner.best()["level"] - 0.8) < 0.15


def test_frequent_outliers_make_a_change_harder_to_see() -> None:
    """Two in a row are a change after few outliers, not after many."""
    seen = Observation("run", {"level": 0.5}, 0.0)
    calm, wild = Doubts(), Doubts(outliers=5)
    assert [calm.hold(seen, 30) for _ in range(2)] == [False, True]
    assert [wild.hold(seen, 30) for _ in range(4)] == [False, False, False, True]


def test_doubt_that_nobody_looks_into_ends() -> None:
    """Executions of other values release what is held in the end."""
    doubts = Doubts()
    assert not doubts.pass_by()
    doubts.hold(Observation("run", {"level": 0.5}, 0.0), 30)
    assert [doubts.pass_by() for _ in range(PATIENCE)] == [False] * (PATIENCE - 1) + [True]
    assert len(doubts.released()) == 1
    assert not doubts.pass_by()


def test_a_state_with_a_doubt_continues_the_same_sequence() -> None:
    """Bit for bit, through JSON."""
    tuner, _ = settled(4)
    tuner.observe(tuner.served(), 0.1)
    assert mind(tuner).doubts.held
    again = Tuner.from_state(json.loads(json.dumps(tuner.state())))
    for _ in range(4):
        first, second = tuner.suggest(), again.suggest()
        assert first == second
        for one in (tuner, again):
            one.observe(first.id, 0.15)
    assert tuner.state() == again.state()


def test_the_first_random_candidates_keep_away_from_the_edges() -> None:
    """The corners are what is known least, and what teaches least."""
    space = Space([Parameter("x", 0.5, 0.0, 1.0), Parameter("y", 3, 0, 9, integer=True)])
    rows = Geometry(space).candidates(np.random.default_rng(0), None, 200, 0, 0.1)
    assert 0.1 <= rows[:, 0].min() <= rows[:, 0].max() <= 0.9
    assert Geometry(space).candidates(np.random.default_rng(0), None, 200, 0)[:, 0].max() > 0.95


@pytest.mark.parametrize("top", [0.0, 1.0])
def test_an_optimum_on_the_edge_is_found(top: float) -> None:
    """Keeping away from the edges at first hides nothing."""
    tuner, rng = Tuner(LEVEL, seed=1), np.random.default_rng(1)
    for _ in range(14):
        told(tuner, top, rng)
    assert abs(tuner.best()["level"] - top) < 0.1
