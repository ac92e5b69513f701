"""`@action_tracker.watches("model_retrain")`: which alarm caused an action, and whether the action helped."""

from __future__ import annotations

import functools
import inspect
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from dana_poet import expected
from dana_poet.orchestration.channel import Channel, complain
from dana_poet.runtime.event_values import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_poet.orchestration.channel import Where

    Metric = Callable[..., float]

Decorated = TypeVar("Decorated")
NAMED = re.compile(r"(?:^|[^A-Za-z0-9])(?:[A-Za-z]+_)?alert_([A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]|[A-Za-z0-9])")
"""What a reason says of the alarm: `drift_alert_<execution id>`, or `alert_<execution id>`."""


def execution_named_in(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
    """Return the execution that the arguments of an action name, None when they name none.

    >>> execution_named_in(("model 7", "drift_alert_run-1f-2-3"), {})
    'run-1f-2-3'
    >>> execution_named_in((), {"execution_id": "run-9"})
    'run-9'
    """
    given = kwargs.get("execution_id")
    if isinstance(given, str) and given:
        return given
    texts = (text for text in (*args, *kwargs.values()) if isinstance(text, str))
    found = (NAMED.search(text) for text in texts)
    return next((match[1] for match in found if match is not None), None)


@dataclass(frozen=True, slots=True)
class Watched:
    """One watched action: its name, how what it changes is measured, and where its signals go."""

    action: str
    function: str
    before: Metric | None
    after: Metric | None
    higher_is_better: bool
    channel: Channel
    takes_id: bool

    def begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Attempted:
        """Note that the action begins; measure what it is to change, when an alarm caused it."""
        execution = execution_named_in(args, kwargs)
        if not self.takes_id:
            kwargs.pop("execution_id", None)
        measured = self._measured(self.before, args, kwargs) if execution is not None else None
        return Attempted(self, execution, args, kwargs, measured, time.monotonic(), new_id("action"))

    def _measured(self, metric: Metric | None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> float | None:
        if metric is None:
            return None
        try:
            return float(metric(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - measuring never fails the action
            complain(f"what '{self.action}' is to change could not be measured", error)
            return None


@dataclass(frozen=True, slots=True)
class Attempted:
    """One run of a watched action."""

    watched: Watched
    execution: str | None
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    before: float | None
    started: float
    id: str

    def failed(self, error: BaseException) -> None:
        """Say that the action failed: nothing is known then about the alarm."""
        self._tell("action.failed", {"error": type(error).__name__})

    def done(self) -> None:
        """Say that the action is done, and whether it helped."""
        self._tell("action.completed", {})
        if self.execution is None or self.before is None:
            return
        after = self.watched._measured(self.watched.after, self.args, self.kwargs)  # noqa: SLF001 - its own module
        if after is None:
            return
        delta = after - self.before
        helped = delta > 0 if self.watched.higher_is_better else delta < 0
        told = {
            "execution_id": self.execution, "was_real_drift": helped, "validation_source": "action_outcome",
            "performance_before": self.before, "performance_after": after, "performance_delta": delta,
            "action": self.watched.action,
        }  # fmt: skip
        self.watched.channel.offer("drift.validation", told, key=f"{self.id}:validation")

    def _tell(self, kind: str, more: dict[str, Any]) -> None:
        told = {
            "action": self.watched.action, "function": self.watched.function,
            "seconds": time.monotonic() - self.started, **more,
        }  # fmt: skip
        if self.execution is not None:
            told["execution_id"] = self.execution
        self.watched.channel.offer(kind, told, key=f"{self.id}:{kind}")


class ActionTracker:
    """Watches actions. `action_tracker` is the one that needs no setting up; `ActionTracker(where)` names a store or folder.

    >>> scores = iter([0.7, 0.9])
    >>> @action_tracker.watches("model_retrain", metric=lambda model, reason: next(scores))
    ... def retrain(model, reason):
    ...     return f"new {model}"
    >>> retrain("fraud", "drift_alert_run-1")
    'new fraud'
    >>> action_tracker.signals("drift.validation")[-1].payload["was_real_drift"]
    True
    """

    def __init__(self, where: Where = None) -> None:
        self._where = where

    def watches(
        self, action: str, *, metric: Metric | None = None, before: Metric | None = None, after: Metric | None = None,
        higher_is_better: bool = True, where: Where = None,
    ) -> Callable[[Decorated], Decorated]:  # fmt: skip
        """Return a decorator for a function that does `action`.

        The alarm that caused a run is named by `execution_id=` (passed on when the function has such a parameter), or
        by a text `drift_alert_<execution id>` among its arguments. `metric`, called with the arguments of the run,
        is measured before and after it; `before` and `after` replace it one by one. When it changes for the better the
        alarm was real: `drift.validation` says so, with `performance_delta`. The function itself is never disturbed.
        """
        expected.instance(
            "action", action, "the name of the action", str, hint='@action_tracker.watches("model_retrain")'
        )
        for field, measures in (("metric", metric), ("before", before), ("after", after)):
            if measures is not None:
                expected.function(field, measures, hint="it gets the arguments of the action and returns a number")
        channel = Channel(self._where if where is None else where)

        def decorate(function: Any) -> Any:
            expected.function("watches", function, hint="write it above a function")
            name = getattr(function, "__qualname__", repr(function))
            takes_id = _takes(function, "execution_id")
            measures = (before or metric, after or metric)
            watched = Watched(action, name, *measures, higher_is_better, channel, takes_id)
            return _async(watched, function) if inspect.iscoroutinefunction(function) else _plain(watched, function)

        return decorate

    def signals(self, kind: str) -> list[Any]:
        """Return the events of a type where this tracker publishes, oldest first."""
        return Channel(self._where).find(kind)


def _plain(watched: Watched, function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        attempted = watched.begin(args, kwargs)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            attempted.failed(error)
            raise
        attempted.done()
        return result

    return wrapper


def _async(watched: Watched, function: Any) -> Any:
    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        attempted = watched.begin(args, kwargs)
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            attempted.failed(error)
            raise
        attempted.done()
        return result

    return wrapper


def _takes(function: Any, name: str) -> bool:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return True
    return name in parameters or any(one.kind is one.VAR_KEYWORD for one in parameters.values())


action_tracker = ActionTracker()
"""Publishes where the program that runs keeps its events."""
