"""What is known of one execution: its attempts, its outcome as a learner sees it, and its feedback as a plugin sees it.

All values are frozen, are checked when made, and have `to_dict`/`from_dict` for plain JSON with floats exact.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, MISSING, dataclass, field, fields
from datetime import datetime
from difflib import get_close_matches
from numbers import Real
from typing import Any, NoReturn, TypeVar

from dana_learning.errors import ObservationError

_Value = TypeVar("_Value", "Attempt", "Observation", "ExecutionFeedback")


def _refuse(what: str, given: object, expected: str, hint: str = "") -> NoReturn:
    raise ObservationError(f"{what} is {given!r}", field=what, expected=expected, hint=hint)


def finite(what: str, given: Any, low: float = -math.inf, high: float = math.inf) -> float:
    """Return a finite float within low and high, or raise ObservationError."""
    wanted = f"a finite number from {low} to {high}" if high < math.inf else "a finite number"
    wanted += f", at least {low}" if -math.inf < low and high == math.inf else ""
    if type(given) is not float and (not isinstance(given, Real) or isinstance(given, bool)):
        _refuse(what, given, wanted)
    try:
        number = float(given)
    except OverflowError:
        _refuse(what, given, wanted)
    if not (low <= number <= high and math.isfinite(number)):
        _refuse(what, given, wanted)
    return number


def named(what: str, given: object) -> str:
    """Return a text that is not empty, or raise ObservationError."""
    if not isinstance(given, str) or not given:
        _refuse(what, given, "a text that is not empty")
    return given


def _numbers(what: str, given: Any) -> dict[str, float]:
    """Return a new dict of finite floats by name."""
    if not isinstance(given, Mapping):
        _refuse(what, given, "a dict of numbers by name")
    return {str(name): finite(f"{what}[{name!r}]", value) for name, value in given.items()}


def plain(what: str, given: Any) -> Any:
    """Return JSON-able data with new containers; tuples become lists. ObservationError names what is not plain."""
    kind = type(given)
    if kind in {str, int, bool, type(None)}:
        return given
    if isinstance(given, Mapping):
        return {named(f"a name in {what}", name): plain(f"{what}[{name!r}]", inner) for name, inner in given.items()}
    if isinstance(given, (list, tuple)):
        return [plain(f"{what}[{place}]", inner) for place, inner in enumerate(given)]
    if isinstance(given, str):
        return str(given)
    if isinstance(given, Real):
        return finite(what, given)
    _refuse(what, given, "plain data: texts, finite numbers, booleans, None, lists and dicts of these")


def plain_dict(what: str, given: Any) -> dict[str, Any]:
    """Return a dict of plain data with new containers; None is an empty one."""
    found = plain(what, {} if given is None else given)
    return found if isinstance(found, dict) else _refuse(what, given, "a dict")


def moment(what: str, given: Any) -> float:
    """Return seconds since 1970 of a number or a datetime (a naive one is local time, as Python has it)."""
    return given.timestamp() if isinstance(given, datetime) else finite(what, given)


def _set(value: object, **checked: object) -> None:
    for name, inner in checked.items():
        object.__setattr__(value, name, inner)


@dataclass(frozen=True, slots=True, init=False)
class Attempt:
    """One try within an execution: how long it took, the error it ended with, its timeout, the wait before it.

    `error` is the name of an error, an error, or None (kept as "") for none; `duration` is another name of `seconds`.

    >>> Attempt(2.0, "TimeoutError", timeout=2.0).timed_out
    True
    >>> Attempt(duration=0.5, error=None).succeeded
    True
    """

    seconds: float
    error: str = ""
    timeout: float | None = None
    wait: float = 0.0

    def __init__(
        self, seconds: float | None = None, error: str | BaseException | None = "", timeout: float | None = None,
        wait: float = 0.0, *, duration: float | None = None,
    ) -> None:  # fmt: skip
        if seconds is None or duration is not None:
            seconds = _one_duration(seconds, duration)
        if not isinstance(error, str):
            error = _error_name(error)
        if timeout is not None:
            timeout = finite("attempt.timeout", timeout, 0.0)
        seconds, wait = finite("attempt.seconds", seconds, 0.0), finite("attempt.wait", wait, 0.0) + 0.0
        _set(self, seconds=seconds, error=error, timeout=timeout, wait=wait)

    @property
    def duration(self) -> float:
        """The same as `seconds`."""
        return self.seconds

    @property
    def succeeded(self) -> bool:
        """Whether it ended without an error."""
        return not self.error

    @property
    def timed_out(self) -> bool:
        """Whether it failed after its whole time: how long it would have taken is not known."""
        return bool(self.error) and self.timeout is not None and self.seconds >= self.timeout

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data, defaults left out."""
        return _shortened(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Attempt:
        """Make it from plain data; unknown names are ignored, so that newer files can be read."""
        return _made(cls, data)


def _one_duration(seconds: Any, duration: Any) -> Any:
    """Return the one that was given of two names for the same."""
    if (seconds is None) == (duration is None):
        _refuse("attempt.seconds", seconds, "how long the attempt took", "give seconds or duration, one of both")
    return duration if seconds is None else seconds


def _error_name(error: object) -> str:
    """Return the name of an error, "" for None."""
    if isinstance(error, type) and issubclass(error, BaseException):
        return error.__name__
    if error is not None and not isinstance(error, BaseException):
        _refuse("attempt.error", error, 'the name of an error, an error, or "" or None for none')
    return "" if error is None else type(error).__name__


def tried(given: Any, what: str = "attempts") -> tuple[Attempt, ...]:
    """Return attempts that are given as such, or as dicts of their fields; ObservationError for everything else."""
    if isinstance(given, tuple) and all(type(one) is Attempt for one in given):
        return given
    if not isinstance(given, Sequence) or not all(isinstance(one, (Attempt, Mapping, tuple)) for one in given):
        _refuse(
            what, given, "Attempts, dicts of their fields (seconds, error, timeout, wait), or (seconds, error) pairs"
        )
    return tuple(_attempt(one) for one in given)


ATTEMPT = ("seconds", "error", "timeout", "wait")
UNNAMED = "error"
"""The error of an attempt of which only is said that it failed."""


def _attempt(given: Attempt | Mapping[str, Any] | tuple[Any, ...]) -> Attempt:
    if isinstance(given, tuple):
        return Attempt.from_dict(dict(zip(ATTEMPT, given, strict=False)))
    return given if isinstance(given, Attempt) else Attempt.from_dict(_written(given))


def _written(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of an attempt as a person wrote them: `success` becomes an error or none, other names are refused."""
    known = (*ATTEMPT, "duration", "success")
    for name in given:
        if name not in known:
            near = get_close_matches(str(name), known, 1)
            hint = f"did you mean {near[0]!r}?" if near else ""
            raise ObservationError(
                f"an attempt has no {name!r}", field=f"attempt.{name}", expected=f"some of {list(known)}", hint=hint
            )
    if "success" not in given:
        return given
    fields, success = {name: one for name, one in given.items() if name != "success"}, given["success"]
    if not isinstance(success, bool):
        _refuse("attempt.success", success, "True or False")
    if success and fields.get("error"):
        _refuse("attempt.error", fields["error"], "none, for success is True", "leave one of both out")
    return fields if success else {**fields, "error": fields.get("error") or UNNAMED}


@dataclass(frozen=True, slots=True)
class Observation:
    """What a learner is told: the values that were used and how good the outcome was (0 to 1).

    >>> Observation("run-1", {"timeout": 5.0}, 0.9).quality
    0.9
    """

    id: str
    values: Mapping[str, Any]
    quality: float
    metrics: Mapping[str, float] = field(default_factory=dict)
    attempts: tuple[Attempt, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    time: float = 0.0

    def __post_init__(self) -> None:
        named("id", self.id)
        quality, metrics = finite("quality", self.quality, 0.0, 1.0), _numbers("metrics", self.metrics or {})
        _set(self, quality=quality, metrics=metrics, values=plain_dict("values", self.values))
        _set(self, attempts=tried(self.attempts), context=plain_dict("context", self.context))
        _set(self, time=moment("time", self.time))

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data, defaults left out."""
        return _shortened(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Observation:
        """Make it from plain data; unknown names are ignored."""
        return _made(cls, data)


@dataclass(frozen=True, slots=True)
class ExecutionFeedback:
    """What is known of one execution of a function, from measurements, validation, users and plugins.

    `output_quality` is 0 to 1; `timestamp` is seconds since 1970 (a `datetime` is converted), None until it is stored;
    `values` are the parameters that were used.

    >>> ExecutionFeedback("run-1", "fetch", "url:str", 0.9, {"seconds": 1.5}).performance_metrics["seconds"]
    1.5
    """

    execution_id: str
    function_name: str
    input_signature: str
    output_quality: float
    performance_metrics: Mapping[str, float] = field(default_factory=dict)
    _: KW_ONLY
    attempts: tuple[Attempt, ...] = ()
    user_feedback: Mapping[str, Any] | None = None
    validation_passed: bool = True
    plugin_metrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    domain_specific_feedback: Mapping[str, Any] = field(default_factory=dict)
    timestamp: float | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    plugin_performance: Mapping[str, float] = field(default_factory=dict)
    plugin_learning_opportunities: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named("execution_id", self.execution_id)
        named("function_name", self.function_name)
        if not isinstance(self.input_signature, str):
            _refuse("input_signature", self.input_signature, 'a text, "" when there is none')
        if not isinstance(self.validation_passed, bool):
            _refuse("validation_passed", self.validation_passed, "True or False")
        plugins = plain_dict("plugin_metrics", self.plugin_metrics)
        user = None if self.user_feedback is None else plain_dict("user_feedback", self.user_feedback)
        _set(
            self,
            output_quality=finite(
                "output_quality",
                self.output_quality,
                0.0,
                1.0,
            ),
            performance_metrics=_numbers("performance_metrics", self.performance_metrics or {}),
            attempts=tried(self.attempts),
            user_feedback=user,
            plugin_metrics={name: _numbers(f"plugin_metrics[{name!r}]", one) for name, one in plugins.items()},
            domain_specific_feedback=plain_dict("domain_specific_feedback", self.domain_specific_feedback),
            timestamp=None if self.timestamp is None else moment("timestamp", self.timestamp),
            values=plain_dict("values", self.values),
            context=plain_dict("context", self.context),
            plugin_performance=_numbers("plugin_performance", self.plugin_performance or {}),
            plugin_learning_opportunities=tuple(str(one) for one in self.plugin_learning_opportunities),
        )

    def observation(self) -> Observation:
        """Return what of it a learner is told.

        >>> ExecutionFeedback("run-1", "fetch", "", 0.5, values={"timeout": 5.0}).observation().values
        {'timeout': 5.0}
        """
        when = 0.0 if self.timestamp is None else self.timestamp
        told = (self.values, self.output_quality, self.performance_metrics, self.attempts, self.context, when)
        return Observation(self.execution_id, *told)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data, defaults left out."""
        return _shortened(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ExecutionFeedback:
        """Make it from plain data; unknown names are ignored."""
        return _made(cls, data)


OnlineFeedback = ExecutionFeedback
"""The name that online learners use for the same value."""


def _shortened(value: Any) -> dict[str, Any]:
    """Return the fields of a value as plain data, those left out that have their default."""
    found: dict[str, Any] = {}
    for one in fields(value):
        inner = getattr(value, one.name)
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        if type(inner) is type(default) and inner == default:
            continue
        if one.name == "attempts":
            inner = [attempt.to_dict() for attempt in inner]
        found[one.name] = list(inner) if isinstance(inner, tuple) else _copied(inner)
    return found


def _copied(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _copied(inner) for name, inner in data.items()}
    return [_copied(inner) for inner in data] if isinstance(data, list) else data


def _made(kind: type[_Value], data: Mapping[str, Any]) -> _Value:
    """Make a value from plain data; ObservationError when a field is missing."""
    if not isinstance(data, Mapping):
        _refuse("data", data, f"a dict of the fields of {kind.__name__}")
    if isinstance(data.get("attempts"), (list, tuple)):
        # Each may be of a newer version, as the whole may be.
        read = [Attempt.from_dict(one) if isinstance(one, Mapping) else one for one in data["attempts"]]
        data = {**data, "attempts": tuple(read)}
    if kind is Attempt and "duration" in data:
        data = {**data, "seconds": _one_duration(data.get("seconds"), data["duration"])}
    known = {one.name for one in fields(kind)}
    try:
        return kind(**{name: inner for name, inner in data.items() if name in known})
    except TypeError as cause:
        raise ObservationError(f"a {kind.__name__} was {cause}", field="data", expected="all its fields") from cause
