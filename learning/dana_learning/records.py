"""What a store keeps besides executions: parameter sets, patterns, and the aggregates of executions that were let go."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dana_learning.errors import ObservationError, SpaceChanged
from dana_learning.observation import finite, named, plain_dict
from dana_learning.parameter import signature_differences

if TYPE_CHECKING:
    from dana_learning.observation import ExecutionFeedback

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """The parameters of a function as they were set at one time. Versions count up from 1 and are never reused.

    `confidence` has a number from 0 to 1 for each name, `signature` the bounds and options that they were learned for.
    """

    function: str
    version: int
    values: Mapping[str, Any]
    confidence: Mapping[str, float]
    time: float
    reason: str = ""
    signature: str = ""

    def confident(self, minimum: float) -> dict[str, Any]:
        """Return the values of at least this confidence, as a new dict.

        >>> ParameterSet("fetch", 1, {"timeout": 5.0, "retries": 3}, {"timeout": 0.9, "retries": 0.1}, 0.0).confident(0.3)
        {'timeout': 5.0}
        """
        return {name: value for name, value in self.values.items() if self.confidence[name] >= minimum}


@dataclass(frozen=True, slots=True)
class Pattern:
    """Something that was found in executions: its kind, what was found, how well it works (0 to 1), how often used."""

    id: int
    kind: str
    data: Mapping[str, Any]
    effectiveness: float
    uses: int
    time: float


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean, sum of squared deviations and extremes of numbers that are not kept one by one.

    >>> Moments.of([1.0, 2.0, 3.0]).merged(Moments.of([4.0])) == Moments.of([1.0, 2.0, 3.0, 4.0])
    True
    """

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    low: float = math.inf
    high: float = -math.inf

    @classmethod
    def of(cls, numbers: Iterable[float]) -> Moments:
        """Return the moments of numbers."""
        values = list(numbers)
        if not values:
            return cls()
        mean = math.fsum(values) / len(values)
        return cls(len(values), mean, math.fsum((one - mean) ** 2 for one in values), min(values), max(values))

    def merged(self, other: Moments) -> Moments:
        """Return the moments of both sets of numbers together."""
        if not self.count or not other.count:
            return other if not self.count else self
        count = self.count + other.count
        apart = other.mean - self.mean
        mean = self.mean + apart * other.count / count
        squares = self.squares + other.squares + apart * apart * self.count * other.count / count
        return Moments(count, mean, squares, min(self.low, other.low), max(self.high, other.high))

    def deviation(self) -> float:
        """Return the standard deviation of a sample, 0 for fewer than two numbers."""
        return math.sqrt(self.squares / (self.count - 1)) if self.count > 1 else 0.0

    @classmethod
    def from_row(cls, what: str, row: Any) -> Moments:
        """Make it from what `row` returned; ObservationError when it is no such list."""
        if not isinstance(row, list) or len(row) != 5:
            raise ObservationError(f"{what} is {row!r}", field=what, expected="count, mean, squares, low and high")
        count, mean, squares, low, high = (finite(what, one) for one in row)
        return cls(int(count), mean, squares, low, high)

    def row(self) -> list[float]:
        """Return it as plain data."""
        return [self.count, self.mean, self.squares, self.low, self.high]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What is kept of executions of one function on one day (UTC) after they were let go."""

    function: str
    day: int
    first: float
    last: float
    invalid: int
    """How many did not pass validation."""
    quality: Moments
    metrics: Mapping[str, Moments] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many executions it stands for."""
        return self.quality.count

    def merged(self, other: Aggregate) -> Aggregate:
        """Return the aggregate of both."""
        names = [*self.metrics, *(name for name in other.metrics if name not in self.metrics)]
        none = Moments()
        return replace(
            self,
            first=min(self.first, other.first),
            last=max(self.last, other.last),
            invalid=self.invalid + other.invalid,
            quality=self.quality.merged(other.quality),
            metrics={name: self.metrics.get(name, none).merged(other.metrics.get(name, none)) for name in names},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        metrics = {name: moments.row() for name, moments in self.metrics.items()}
        days = {"day": self.day, "first": self.first, "last": self.last, "invalid": self.invalid}
        return {"function": self.function, **days, "quality": self.quality.row(), "metrics": metrics}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Aggregate:
        """Make it from plain data."""
        metrics = {name: Moments.from_row(name, row) for name, row in data["metrics"].items()}
        function, day, first, last = data["function"], int(data["day"]), float(data["first"]), float(data["last"])
        return cls(function, day, first, last, data["invalid"], Moments.from_row("quality", data["quality"]), metrics)


def day_of(time: float) -> int:
    """Return the number of the UTC day of a time."""
    return math.floor(time / DAY)


def aggregated(executions: Iterable[ExecutionFeedback]) -> list[Aggregate]:
    """Return one aggregate for each function and day of executions."""
    days: dict[tuple[str, int], list[ExecutionFeedback]] = {}
    for one in executions:
        days.setdefault((one.function_name, day_of(one.timestamp or 0.0)), []).append(one)
    found = []
    for (function, day), those in days.items():
        times = [one.timestamp or 0.0 for one in those]
        invalid = sum(not one.validation_passed for one in those)
        columns: dict[str, list[float]] = {}
        for one in those:
            for name, value in one.performance_metrics.items():
                columns.setdefault(name, []).append(value)
        metrics = {name: Moments.of(column) for name, column in columns.items()}
        quality = Moments.of(one.output_quality for one in those)
        found.append(Aggregate(function, day, min(times), max(times), invalid, quality, metrics))
    return found


def confidences(values: Mapping[str, Any], given: float | Mapping[str, float]) -> dict[str, float]:
    """Return a confidence for each name; ObservationError when one is missing or not from 0 to 1."""
    if not isinstance(given, Mapping):
        return dict.fromkeys(values, finite("confidence", given, 0.0, 1.0))
    return {name: finite(f"confidence[{name!r}]", given.get(name), 0.0, 1.0) for name in values}


def checked_values(function: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameter values as plain data; ObservationError when they are none."""
    named("function", function)
    return plain_dict("values", values)


def exact_text(name: str, state: Mapping[str, Any]) -> str:
    """Return a state as JSON; ObservationError when reading that again would not give the same state."""
    named("name", name)
    wanted = "a dict of texts to plain data: numbers, texts, booleans, None, lists and dicts of these"
    try:
        text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
        same = isinstance(state, dict) and (json.loads(text) == state or repr(json.loads(text)) == repr(state))
    except (TypeError, ValueError, RecursionError) as cause:
        raise ObservationError(
            f"the state of {name!r} cannot be kept ({cause})", field="state", expected=wanted
        ) from cause
    if not same:
        hint = "use lists in place of tuples, and texts as keys"
        raise ObservationError(f"the state of {name!r} would change", field="state", expected=wanted, hint=hint)
    return text


def same_space(name: str, kept: str, asked: str) -> None:
    """Raise SpaceChanged when a state was kept for another space than the one it is asked for."""
    if kept and asked and kept != asked:
        changes = "; ".join(signature_differences(kept, asked))
        hint = "the state was kept: start a new one under another name, or load it without a signature"
        raise SpaceChanged(f"{name!r} was learned for another space ({changes})", field=name, hint=hint)
