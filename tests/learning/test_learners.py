"""Every learner keeps the rules of `dana_learning.learner_checks`, which third parties run on theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dana_learning import (
    AdaptiveLearner,
    BatchLearner,
    ExecutionFeedback,
    GuidedTuner,
    HybridLearner,
    Knowledge,
    KnowledgePrior,
    OnlineLearner,
    Space,
    Tuner,
    TunerUpdates,
)
from dana_learning.learner_checks import HILL, LEARNER_CHECKS, check_values_are_inside_their_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_learning.learner import Learner
    from dana_learning.learner_checks import Maker

    State = Mapping[str, Any] | None


def online(space: Space, seed: int, state: State = None) -> Learner:
    """The rank-1 learner of the hot path."""
    return OnlineLearner(space=space, seed=seed) if state is None else OnlineLearner.from_state(state, space)


def tuner(space: Space, seed: int, state: State = None) -> Learner:
    """The one-page door."""
    return TunerUpdates(Tuner(space, seed=seed) if state is None else Tuner.from_state(state, space))


def adaptive(space: Space, seed: int, state: State = None) -> Learner:
    """The tuner that chooses its strategy."""
    made = AdaptiveLearner(space, seed=seed) if state is None else AdaptiveLearner.from_state(state, space)
    return TunerUpdates(made)


def guided(space: Space, seed: int, state: State = None) -> Learner:
    """A tuner that starts from what another function knows."""
    source = Tuner(space, seed=99)
    for place in range(8):
        source.observe(space.decode([place / 8] * space.width), 0.5)
    prior = KnowledgePrior(space, [(Knowledge.of("other", source), 0.5)])
    made = GuidedTuner(space, seed=seed, prior=prior)
    return TunerUpdates(made if state is None else GuidedTuner.from_state(state, space, prior=prior))


def hybrid(space: Space, seed: int, state: State = None) -> Learner:
    """Online and batch together."""
    half = OnlineLearner(space=space, seed=seed)
    if state is not None:
        half = OnlineLearner.from_state(state["online"], space)
    found = HybridLearner(half, BatchLearner(30, space=space), clock=lambda: 0.0)
    if state is not None:
        found.load(state)
    return found


MAKERS = (online, tuner, adaptive, guided, hybrid)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("check", LEARNER_CHECKS, ids=lambda check: check.__name__)
def test_a_learner_keeps_the_rules(check: Callable[[Maker], None], make: Maker) -> None:
    """One contract, so that each can stand in for another."""
    check(make)


def test_a_learner_that_leaves_its_bounds_is_caught() -> None:
    """The checks find what they look for."""

    class Bold:
        def update_parameters(self, feedback: ExecutionFeedback, current_params: Mapping[str, Any]) -> dict[str, Any]:
            return {**current_params, "seconds": 1e6 * feedback.output_quality}

        def state(self) -> dict[str, Any]:
            return {}

    with pytest.raises(ValueError, match="seconds"):
        check_values_are_inside_their_bounds(lambda _space, _seed, _state=None: Bold())
    assert HILL.names == ("level",)
