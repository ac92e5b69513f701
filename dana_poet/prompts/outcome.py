"""What goes into the search for a better prompt and what comes out: scores, failures, suggestions, steps, the result."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from dana_poet.prompts.template import PromptError, PromptTemplate


@dataclass(frozen=True, slots=True)
class Score:
    """How good one call was: `value` from 0 to 1, `feedback` on what was wrong, `measures` by the names of objectives.

    PromptError for a value that is no number from 0 to 1.

    >>> Score(0.5, "the date is missing").feedback
    'the date is missing'
    """

    value: float
    feedback: str = ""
    measures: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given: object = self.value
        if not isinstance(given, (int, float)) or math.isnan(given) or not 0 <= given <= 1:
            raise PromptError(
                f"a score is {given!r:.80}", hint="a metric gives a number from 0 to 1, or (number, feedback)"
            )


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that could have been better: the example, its score, and what was said about it."""

    example: Any
    score: float
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A new text for a prompt, and why."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One round: what was tried, how it went, what was proposed from which failures. `calls` counts from the start."""

    number: int
    calls: int
    tried: tuple[str, ...]
    score: float | None
    failures: tuple[str, ...]
    proposed: tuple[str, ...]
    why: str
    leading: tuple[str, ...]

    def __str__(self) -> str:
        score = "no score" if self.score is None else f"{self.score:.2f}"
        new = f"; proposed {', '.join(self.proposed)} ({self.why})" if self.proposed else ""
        return f"round {self.number}: {score} with {', '.join(self.tried) or 'the start'}{new}"


@dataclass(frozen=True, slots=True)
class Evolved:
    """What a search found. `template` is the better prompt, or the start where nothing is better beyond doubt.

    `score` with `low` and `high` is its mean on held-out examples that chose nothing, `before` that of the start on
    those of them on which both were tried, `gain` the paired difference with its bounds. `why` says what decided.
    """

    template: PromptTemplate
    start: PromptTemplate
    accepted: bool
    score: float
    low: float
    high: float
    before: float
    gain: tuple[float, float, float]
    calls: int
    proposals: int
    changes: tuple[str, ...]
    steps: tuple[Step, ...]
    why: str

    def __str__(self) -> str:
        low, high = self.gain[1:]
        said = f"{self.score:.3f} [{self.low:.3f}, {self.high:.3f}] on held-out examples"
        return f"{'better' if self.accepted else 'kept'}: {said}, gain [{low:+.3f}, {high:+.3f}], {self.calls} calls"

    def to_json(self) -> dict[str, Any]:
        """Return the evidence as plain data, without the steps."""
        kept = asdict(self)
        del kept["steps"]
        return {**kept, "template": self.template.text, "start": self.start.text}
