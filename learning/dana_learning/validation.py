"""Whether learning helps, asked all the time: a small part of all executions keeps the start and is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from dana_learning.errors import ParameterError, reading
from dana_learning.experiment import Experiment, Verdict
from dana_learning.parameter import Space

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dana_learning.kinds import Choice, Parameter, Structured

_SUM = 1.6449340668482264  # of 1/n^2 over all n


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether learning helps so far. `str()` is for people, `to_dict()` is data."""

    learning: Literal["helps", "hurts", "changes nothing", "is not judged yet"]
    verdict: Verdict
    round: int

    def __str__(self) -> str:
        return f"learning {self.learning}: {self.verdict.reason}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"learning": self.learning, "round": self.round, "verdict": self.verdict.to_dict()}


class Validation:
    """Compares what is served with the start, on a `holdback` of all executions that keeps the start.

    What is served may change meanwhile: the comparison is of learning, not of one set. A new round may begin at any
    time (after learning was repaired, say); all rounds together are wrong with a chance of at most `level`.

    >>> from dana_learning import Parameter, Space
    >>> validation = Validation(Space([Parameter("timeout", 10, 0, 60)]), salt="fetch", holdback=0.2)
    >>> served = {"timeout": 20.0}
    >>> for run in range(300):
    ...     values = validation.values(f"run-{run}", served)
    ...     validation.observe(f"run-{run}", 0.9 if values == served else 0.5)
    >>> validation.finding().learning
    'helps'
    """

    def __init__(
        self, space: Space | Iterable[Parameter | Choice | Structured], *, salt: str, holdback: float = 0.1,
        level: float = 0.05, margin: float = 0.02,
    ) -> None:  # fmt: skip
        if isinstance(holdback, bool) or not 0.0 < holdback <= 0.5:
            raise ParameterError(f"holdback is {holdback!r}", field="holdback", expected="a number from 0 to 0.5")
        self.space = Space.of(space)
        self.salt, self.holdback, self.level, self.margin = salt, holdback, level, margin
        self.round = 1
        self._begin()

    def _begin(self) -> None:
        start = self.space.defaults()
        self._experiment = Experiment(
            self.space, start, start, salt=f"{self.salt}/{self.round}", share=1.0 - self.holdback,
            level=self.level / (_SUM * self.round**2), margin=self.margin,
        )  # fmt: skip

    def keeps_start(self, unit: str) -> bool:
        """Return whether an execution belongs to the holdback; the same id always does or does not, within a round."""
        return self._experiment.arm(unit) == "a"

    def values(self, unit: str, served: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters for an execution: the start for the holdback, else what is served."""
        return self.space.defaults() if self.keeps_start(unit) else dict(served)

    def observe(self, unit: str, quality: float) -> None:
        """Say how good (0 to 1) an execution with these values was; each id once, and none that explored."""
        self._experiment.observe(unit, quality)

    def finding(self) -> Finding:
        """Return whether learning helps, as far as is known."""
        verdict = self._experiment.verdict()
        said: Literal["helps", "hurts", "changes nothing", "is not judged yet"] = "is not judged yet"
        match verdict.outcome:
            case "better":
                said = "helps"
            case "worse":
                said = "hurts"
            case "equal":
                said = "changes nothing"
            case "open":
                pass
        return Finding(said, verdict, self.round)

    def restart(self) -> None:
        """Begin a new round, with other executions held back."""
        self.round += 1
        self._begin()

    def state(self) -> dict[str, Any]:
        """Return plain JSON-able data; `from_state` continues exactly."""
        kept = {"salt": self.salt, "holdback": self.holdback, "level": self.level, "margin": self.margin}
        return {"settings": kept, "round": self.round, "experiment": self._experiment.state()}

    @classmethod
    @reading("a Validation")
    def from_state(cls, space: Space, state: Mapping[str, Any]) -> Self:
        """Continue from a state. SpaceChanged when it was of another space."""
        validation = cls(space, **state["settings"])
        validation.round = int(state["round"])
        validation._experiment = Experiment.from_state(space, state["experiment"])
        return validation
