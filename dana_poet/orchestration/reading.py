"""What one event says: that an execution ended, or what somebody thinks of one. Events themselves are never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from dana_poet.runtime.events import executions_of
from dana_poet.runtime.verdicts import MISSES, rated, understood, verdict

EXECUTION = "poet.execution.completed"
"""The type of the event that the train stage publishes once for each call."""

RECEIVED = "poet.feedback.received"
"""The type of the event in which a service passes feedback on: what was said is its `payload`."""

REASONS = ("reason", "dismissal_reason", "root_cause", "human_feedback")
COSTS = ("cost_usd", "cost")
ALERTS = frozenset({"created", "acknowledged", "dismissed", "batch_dismissed", "ignored"})


class AnyEvent(Protocol):
    """What is needed of an event, whichever store it comes from."""

    @property
    def id(self) -> str:
        """What no other event has."""

    @property
    def type(self) -> str:
        """Words with dots between them."""

    @property
    def payload(self) -> Any:
        """What is said, as plain data."""

    @property
    def time(self) -> Any:
        """When it was published: seconds since 1970, or a datetime."""


@dataclass(frozen=True, slots=True)
class Execution:
    """One finished call: which function, which version of its code, and how it went."""

    id: str
    function: str
    version: Any
    time: float
    success: bool = True
    seconds: float = 0.0
    error: str = ""
    params: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One piece of feedback for one execution. `verdict` is None where it does not judge.

    `amends` completes what was said before it, `retracts` takes it back: all of it for "*", else the event of that id.
    """

    event: str
    execution: str
    type: str
    time: float
    verdict: bool | None = None
    missed: bool = False
    reason: str = ""
    cost: float | None = None
    cost_of: str = ""
    quality: float | None = None
    alert: str = ""
    amends: bool = False
    retracts: str = ""


def moment(event: AnyEvent) -> float:
    """Return when an event happened, in seconds since 1970: `at` of the payload, else when it was published.

    Replayed history says `at`, so that windows are those of the history and not those of the replay.
    """
    payload = event.payload
    at = seconds_of(payload.get("at")) if isinstance(payload, dict) else None
    found = at if at is not None else seconds_of(event.time)
    return 0.0 if found is None else found


def seconds_of(value: Any) -> float | None:
    """Return a moment in seconds since 1970: of a number, a datetime, or ISO text; None for anything else.

    >>> seconds_of("2026-01-01T00:00:00+00:00"), seconds_of(3), seconds_of("soon")
    (1767225600.0, 3.0, None)
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return value.timestamp() if isinstance(value, datetime) else None


def execution_in(event: AnyEvent) -> Execution | None:
    """Return the execution that an event tells of, None when it tells of none or is not usable."""
    said = event.payload
    if event.type != EXECUTION or not isinstance(said, dict):
        return None
    name, function = said.get("execution_id"), said.get("function", said.get("function_name"))
    if not isinstance(name, str) or not isinstance(function, str) or not name or not function:
        return None
    params = said.get("params")
    return Execution(
        name, function, _version(said.get("version")), moment(event), said.get("success") is not False,
        _number(said.get("seconds")) or 0.0, str(said.get("error") or ""), params if isinstance(params, dict) else None,
    )  # fmt: skip


def feedback_in(event: AnyEvent) -> tuple[Said, ...]:
    """Return what an event says about each execution that it names.

    >>> from dana_poet.runtime.event_values import Event
    >>> said, = feedback_in(Event("drift.validation", {"execution_id": "run-1", "was_real_drift": False}))
    >>> said.execution, said.verdict
    ('run-1', False)
    """
    if event.type == EXECUTION or not isinstance(event.payload, dict):
        return ()
    return tuple(_said(event, event.payload, name) for name in executions_of(event.payload))


def _said(event: AnyEvent, payload: dict[str, Any], execution: str) -> Said:
    inner = payload.get("payload")
    payload = {**payload, **inner} if event.type == RECEIVED and isinstance(inner, dict) else payload
    family, _, last = event.type.partition(".")
    alert = last if family == "alert" and last in ALERTS else ""
    missed = any(understood(payload.get(name)) for name in MISSES) or event.type.endswith(".missed")
    judged = verdict(payload)
    if judged is None and not alert:
        judged = verdict(event)
    retracts = payload.get("retracts")
    return Said(
        event.id, execution, event.type, moment(event),
        verdict=True if missed and judged is None else judged,
        missed=missed,
        reason=next((payload[name] for name in REASONS if isinstance(payload.get(name), str)), ""),
        cost=_first_number(payload, COSTS),
        cost_of=str(payload.get("measurement_date") or event.id),
        quality=rated(payload),
        alert="dismissed" if alert == "batch_dismissed" else alert,
        amends=payload.get("amends") is True,
        retracts="*" if retracts is True else retracts if isinstance(retracts, str) else "",
    )  # fmt: skip


def _version(value: Any) -> Any:
    return value if isinstance(value, (int, str, float)) and not isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and value == value  # noqa: PLR0124 - NaN
    return float(value) if usable and abs(value) != float("inf") else None


def _first_number(payload: dict[str, Any], names: tuple[str, ...]) -> float | None:
    return next((found for found in (_number(payload.get(name)) for name in names) if found is not None), None)
