"""Continuous validation: a holdback keeps the start, and says whether learning helps."""

import json

import numpy as np
import pytest

from dana_learning import Parameter, ParameterError, Space
from dana_learning.validation import Validation

SPACE = Space([Parameter("timeout", 10, 0, 60)])
SERVED = {"timeout": 20.0}


def run(validation: Validation, start: float, served: float, seed: int, steps: int) -> str:
    """Return the first finding that is not open."""
    rng = np.random.default_rng(seed)
    for step in range(steps):
        unit = f"{seed}-{step}"
        mean = served if validation.values(unit, SERVED) == SERVED else start
        validation.observe(unit, float(np.clip(mean + 0.08 * rng.normal(), 0.0, 1.0)))
        if validation.finding().learning != "is not judged yet":
            return validation.finding().learning
    return "is not judged yet"


def test_it_says_whether_learning_helps() -> None:
    """In both directions, from a tenth of all executions."""
    assert run(Validation(SPACE, salt="a"), 0.6, 0.8, 1, 600) == "helps"
    assert run(Validation(SPACE, salt="b"), 0.8, 0.5, 2, 900) == "hurts"


def test_it_rarely_judges_what_is_the_same() -> None:
    """Looking all the time costs nothing."""
    found = [run(Validation(SPACE, salt=str(seed), margin=0.0), 0.7, 0.7, seed, 150) for seed in range(20)]
    assert found.count("is not judged yet") >= 17


def test_the_holdback_is_small_and_stable() -> None:
    """A tenth, the same in another program, others in the next round."""
    validation, again = Validation(SPACE, salt="x"), Validation(SPACE, salt="x")
    units = [f"run-{number}" for number in range(3000)]
    held = {unit for unit in units if validation.keeps_start(unit)}
    assert abs(len(held) / 3000 - 0.1) < 0.02
    assert held == {unit for unit in units if again.keeps_start(unit)}
    validation.restart()
    assert held != {unit for unit in units if validation.keeps_start(unit)}
    assert validation.values(next(iter(held)), SERVED) in (SERVED, SPACE.defaults())


def test_rounds_share_one_level() -> None:
    """Later rounds ask for more evidence, so that all together stay below the level."""
    validation = Validation(SPACE, salt="x", level=0.05)
    spent = []
    for _ in range(50):
        spent.append(validation.finding().verdict.level)
        validation.restart()
    assert sum(spent) < 0.05


def test_state_goes_on_exactly() -> None:
    """Through JSON, in a later round."""
    validation = Validation(SPACE, salt="x", holdback=0.3)
    validation.restart()
    run(validation, 0.5, 0.6, 3, 30)
    again = Validation.from_state(SPACE, json.loads(json.dumps(validation.state())))
    assert again.finding() == validation.finding()
    assert again.state() == validation.state()
    assert "learning" in str(again.finding())
    assert json.dumps(again.finding().to_dict())


@pytest.mark.parametrize("holdback", [0.0, 0.6, True])
def test_a_holdback_that_makes_no_sense_is_refused(holdback: float) -> None:
    """None, or more than half."""
    with pytest.raises(ParameterError):
        Validation(SPACE, salt="x", holdback=holdback)
