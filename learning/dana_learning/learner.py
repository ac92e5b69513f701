"""What every learner can do, as a protocol: learn from one execution and say what to use in the next one.

`OnlineLearner` and `HybridLearner` are learners, and so is any tuner in `TunerUpdates`; `dana_learning.learner_checks` checks
an implementation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_learning.observation import ExecutionFeedback


class Learner(Protocol):
    """Learns from one execution after the other. The state is plain data, and whoever continues from it goes on exactly."""

    def update_parameters(self, feedback: ExecutionFeedback, current_params: Mapping[str, Any]) -> dict[str, Any]:
        """Learn from an execution and return the parameters for the next one, as a new dict.

        The execution used `feedback.values`, or `current_params` where it says nothing; names that are not learned keep
        their current values.
        """

    def state(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
