"""The calls of a metric: counted, never more than allowed, each prompt and example asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.errors import LLMNotConfigured
from dana_poet.prompts.given import whole
from dana_poet.prompts.outcome import Score
from dana_poet.prompts.template import PromptError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_poet.prompts.objectives import Objectives

FAILURES = 10
"""Calls of the metric that fail one after the other before a search ends with their error."""


class Scores:
    """Asks a metric, at most `budget` times. A call that fails counts as a call, and is no score."""

    def __init__(self, metric: Callable[[str, Any], Any], objectives: Objectives | None, budget: int) -> None:
        self.budget = whole("budget", budget, "a whole number of calls of the metric")
        self.metric, self.objectives = metric, objectives
        self.calls = 0
        self._failed = 0
        self._known: set[tuple[str, int]] = set()

    def knows(self, prompt: str, example: int) -> bool:
        """Whether this prompt was tried on this example."""
        return (prompt, example) in self._known

    def of(self, prompt: str, number: int, example: Any) -> Score | None:
        """Return the score of a prompt on an example; None when the metric failed or nothing is left of the budget."""
        if self.calls >= self.budget:
            return None
        self.calls += 1
        self._known.add((prompt, number))
        try:
            given = self.metric(prompt, example)
        except (PromptError, LLMNotConfigured):
            raise  # what another call would not mend
        except Exception as error:
            self._failed += 1
            if self._failed >= FAILURES:
                told = f"the metric failed {FAILURES} times in a row, in the end with {type(error).__name__}: {error}"
                raise PromptError(told, hint="call it once with the prompt and the first example") from error
            return None
        self._failed = 0
        return self._read(given)

    def _read(self, given: Any) -> Score:
        if isinstance(given, tuple) and len(given) == 2:
            given = Score(given[0], str(given[1] or ""))
        score = given if isinstance(given, Score) else Score(given)
        if self.objectives is None or not score.measures:
            return score
        utility, broken = self.objectives.judged(score.measures)
        told = "; ".join(filter(None, (score.feedback, *broken)))
        return Score(utility, told, score.measures)

    def state(self) -> dict[str, Any]:
        """Return what was asked, as plain data."""
        return {"calls": self.calls, "known": [list(one) for one in sorted(self._known)]}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` gave."""
        self.calls = int(state["calls"])
        self._known = {(prompt, number) for prompt, number in state["known"]}
