"""When batch analyses are made, what they move, and that a restarted learner goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dana_learning import (
    BatchLearner,
    Choice,
    ExecutionFeedback,
    HybridLearner,
    OnlineLearner,
    Parameter,
    ParameterError,
    Space,
    Tuner,
    TunerUpdates,
)

SPACE = Space([Parameter("level", 0.9, 0.0, 1.0), Choice("kind", "x", ("x", "y"))])
DAY = 86_400.0


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def quality(values: dict[str, Any]) -> float:
    """Best at level 0.3 and kind y."""
    return float(0.8 - (values["level"] - 0.3) ** 2 + 0.1 * (values["kind"] == "y"))


def learner(clock: Clock, mode: Any = "hybrid") -> HybridLearner:
    """Return a learner whose first analysis is at 30 executions."""
    online = OnlineLearner(space=SPACE, seed=1)
    return HybridLearner(online, BatchLearner(30, space=SPACE), learning_mode=mode, clock=clock)


def run(hybrid: HybridLearner, count: int, values: dict[str, Any] | None = None, first: int = 0) -> dict[str, Any]:
    """Process executions and return the parameters after them."""
    current = values or SPACE.defaults()
    for number in range(first, first + count):
        told = ExecutionFeedback(f"run-{number}", "mix", "", quality(current), timestamp=1e9 + number)
        current = hybrid.process_feedback(told, current)
        SPACE.check(current)
    return current


def test_the_first_analysis_is_at_min_samples() -> None:
    """Not before, and at once."""
    hybrid = learner(Clock())
    values = run(hybrid, 29)
    assert hybrid.last_analysis is None
    run(hybrid, 1, values, 29)
    assert hybrid.last_analysis is not None
    assert hybrid.last_analysis.executions == 30
    assert hybrid.batch_queue == ()


def test_later_ones_are_daily_with_twenty_new_executions() -> None:
    """A day alone is not enough, nor are twenty executions alone."""
    clock = Clock()
    hybrid = learner(clock)
    values = run(hybrid, 49)
    assert len(hybrid.batch_queue) == 19
    clock.now = DAY
    assert not hybrid.is_due()
    run(hybrid, 1, values, 49)
    assert hybrid.last_analysis is not None
    assert (hybrid.last_analysis.executions, hybrid.last_analysis.time) == (50, DAY)


def test_twice_min_samples_do_not_wait_for_the_day() -> None:
    """The clock stands still."""
    hybrid = learner(Clock())
    run(hybrid, 89)
    assert hybrid.last_analysis is not None
    assert hybrid.last_analysis.executions == 30
    run(hybrid, 1, first=89)
    assert hybrid.last_analysis.executions == 90


def test_modes_leave_the_other_half_out() -> None:
    """Online never analyses; batch moves only by analysis."""
    online, batch = learner(Clock(), "online"), learner(Clock(), "batch")
    run(online, 60)
    assert online.last_analysis is None
    assert run(batch, 29) == SPACE.defaults()
    with pytest.raises(ParameterError, match="learning_mode"):
        learner(Clock(), "sometimes")


def test_advice_is_tried_next_with_its_reasons() -> None:
    """Batch learning alone gets good from what others tried."""
    hybrid = learner(Clock(), "batch")
    for number in range(59):
        values = {"level": number % 20 / 20, "kind": "xy"[number % 2]}
        told = ExecutionFeedback(f"{number}", "mix", "", quality(values), values=values)
        after = hybrid.process_feedback(told, SPACE.defaults())
    hybrid.batch_learner.min_samples = 15
    after = hybrid.process_feedback(told, SPACE.defaults())
    assert abs(after["level"] - 0.3) < 0.1
    assert after["kind"] == "y"
    assert hybrid.last_analysis is not None
    assert set(hybrid.last_analysis.reasons) == {"level", "kind"}


def test_a_tuner_may_be_the_online_half() -> None:
    """And nonsense among the current parameters does not stop it."""
    hybrid = HybridLearner(TunerUpdates(Tuner(SPACE, seed=2)), BatchLearner(20, space=SPACE), clock=Clock())
    values = run(hybrid, 25)
    told = ExecutionFeedback("odd", "mix", "", 0.5)
    SPACE.check(hybrid.process_feedback(told, {**values, "level": float("nan")}))


def test_a_restarted_learner_goes_on_identically() -> None:
    """With its queue and the time of its last analysis."""
    clock = Clock()
    first = learner(clock)
    values = run(first, 35)
    kept = json.loads(json.dumps(first.state()))
    online = OnlineLearner.from_state(kept["online"], SPACE)
    second = HybridLearner(online, BatchLearner(30, space=SPACE), clock=clock)
    second.load(kept)
    clock.now = DAY
    assert run(first, 40, values, 35) == run(second, 40, values, 35)
    assert first.last_analysis == second.last_analysis
