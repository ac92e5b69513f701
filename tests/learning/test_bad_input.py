"""What cannot be is refused by every learner with a typed error that names it, and learning goes on as before."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from dana_learning import (
    AdaptiveLearner,
    Choice,
    ExecutionFeedback,
    KeptTuner,
    LearningError,
    MemoryStore,
    Observation,
    OnlineLearner,
    Parameter,
    Space,
    SpaceChanged,
    Tuner,
)
from dana_learning.online.choices import ThompsonChoice
from dana_learning.online.context import LinTS

if TYPE_CHECKING:
    from collections.abc import Callable

SPACE = Space([Parameter("level", 0.9, 0.0, 1.0), Choice("mode", "a", ("a", "b"))])
GOOD = {"level": 0.5, "mode": "a"}
QUALITIES = [math.nan, math.inf, -math.inf, -0.001, 1.001, 10**400, "0.5", None, True, [0.5], 1j]
VALUES: list[Any] = [
    {}, {"level": 0.5}, {**GOOD, "speed": 1}, {**GOOD, "level": math.nan}, {**GOOD, "level": math.inf},
    {**GOOD, "level": 1.5}, {**GOOD, "level": "0.5"}, {**GOOD, "level": None}, {**GOOD, "mode": "c"},
    {**GOOD, "mode": ["a"]}, None, 3, [("level", 0.5)],
]  # fmt: skip


def after(learner: Any, count: int = 3) -> Any:
    """A learner that has seen something."""
    for number in range(count):
        learner.observe({"level": number / 4, "mode": "a"}, 0.5)
    learner.decide()
    return learner


@pytest.mark.parametrize("quality", QUALITIES, ids=lambda one: repr(one)[:12])
@pytest.mark.parametrize(
    "tell",
    [
        lambda quality: after(Tuner(SPACE)).observe(GOOD, quality),
        lambda quality: after(AdaptiveLearner(SPACE)).observe(GOOD, quality),
        lambda quality: KeptTuner(MemoryStore(), "f", SPACE).record(GOOD, quality),
        lambda quality: ThompsonChoice(Choice("mode", "a", ("a", "b"))).observe("a", quality),
        lambda quality: LinTS(Choice("mode", "a", ("a", "b"))).observe("a", quality, {"size": 1}),
        lambda quality: ExecutionFeedback("run", "f", "", quality),
        lambda quality: Observation("run", GOOD, quality),
    ],
    ids=["tuner", "adaptive", "kept", "thompson", "contextual", "feedback", "observation"],
)
def test_a_quality_that_is_none_is_refused_by_name(tell: Callable[[Any], object], quality: Any) -> None:
    """From 0 to 1, finite, and a number."""
    with pytest.raises(LearningError, match="quality") as refused:
        tell(quality)
    assert "quality" in refused.value.field
    assert refused.value.expected


@pytest.mark.parametrize("values", VALUES, ids=repr)
@pytest.mark.parametrize("make", [Tuner, AdaptiveLearner], ids=lambda one: one.__name__)
def test_values_that_do_not_fit_are_refused_and_cost_nothing(make: type[Tuner], values: Any) -> None:
    """Missing, unknown, out of bounds, of another type; the tuner is as it was, bit by bit."""
    tuner = after(make(SPACE, seed=1))
    before = json.dumps(tuner.state(), sort_keys=True)
    with pytest.raises(LearningError) as refused:
        tuner.observe(values, 0.5)
    assert refused.value.field
    assert json.dumps(tuner.state(), sort_keys=True) == before


@pytest.mark.parametrize("values", [one for one in VALUES if isinstance(one, dict)], ids=repr)
def test_the_hot_path_goes_on_whatever_the_current_values_are(values: dict[str, Any]) -> None:
    """It has no caller that could mend them: what comes back is inside the bounds."""
    learner = OnlineLearner(space=SPACE)
    for number in range(3):
        found = learner.update_parameters(ExecutionFeedback(f"run-{number}", "f", "", 0.5), values)
        assert set(found) == set(values)
    SPACE.check(learner.best_parameters("f"))


@pytest.mark.parametrize(
    ("space", "says"),
    [
        (Space([Parameter("level", 0.4, 0.0, 0.5), Choice("mode", "a", ("a", "b"))]), "level: high was 1.0, is 0.5"),
        (Space([Parameter("level", 0.9, 0.0, 1.0), Choice("mode", "a", ("a", "c"))]), "mode: options was"),
        (Space([Parameter("level", 0.9, 0.0, 1.0)]), "mode is gone"),
        (Space([*SPACE.parameters, Parameter("extra", 0.5, 0.0, 1.0)]), "extra is new"),
        (Space([Parameter("level", 0.9, 0.1, 1.0, scale="log"), SPACE.parameters[1]]), "level: low was"),
    ],
)
@pytest.mark.parametrize("make", [Tuner, AdaptiveLearner], ids=lambda one: one.__name__)
def test_a_state_of_other_parameters_says_what_changed(make: type[Tuner], space: Space, says: str) -> None:
    """And a tuner in a store begins again by itself, with everything that still fits."""
    state = after(make(SPACE)).state()
    with pytest.raises(SpaceChanged) as refused:
        make.from_state(state, space)
    assert says in str(refused.value)
    store = MemoryStore()
    kept = KeptTuner(store, "f", SPACE)
    kept.record(GOOD, 0.5)
    kept.close()
    again = KeptTuner(store, "f", space)
    assert says in again.repaired
    space.check(again.suggest())


@pytest.mark.parametrize("spoil", ["mind", "settings", "seed", "space", "pending", "told", "served"])
def test_a_state_without_a_part_is_no_reason_to_stop(spoil: str) -> None:
    """Whatever is missing: the executions are there, and are learned again."""
    store = MemoryStore()
    kept = KeptTuner(store, "f", SPACE)
    for _ in range(5):
        kept.record(GOOD, 0.5)
    kept.close()
    state = store.load_state("tuner/f")
    assert state is not None
    del state["tuner"][spoil]
    store.save_state("tuner/f", state, signature=SPACE.signature())
    again = KeptTuner(store, "f", SPACE)
    assert again.repaired
    assert again.tuner.explain().executions == 5
