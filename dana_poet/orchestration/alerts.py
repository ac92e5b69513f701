"""The life of alerts: created, acknowledged, dismissed one by one or in a heap, or ignored; and what they have in common."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any

from dana_poet import expected
from dana_poet.errors import DanaTypeError, DanaValueError
from dana_poet.orchestration.channel import Channel
from dana_poet.orchestration.reading import moment, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dana_poet.orchestration.channel import Where
    from dana_poet.orchestration.sources import SourceEvent

IGNORED_AFTER = 24 * 3600.0
"""Seconds after which an alert that nobody has touched counts as ignored."""
COMMON = 0.8
"""Share of a group that has to have a value for it to be a common pattern."""
ENDS = ("alert.acknowledged", "alert.dismissed", "alert.batch_dismissed", "alert.ignored")
OWN = frozenset({"alert_id", "execution_id", "at"})


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. `at` is in seconds since 1970; `about` is what its creator said of it (feature, model, ...)."""

    id: str
    execution_id: str
    at: float
    about: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AlertStats:
    """What became of all alerts; `seconds_to_acknowledge` is the median, None before the first."""

    created: int
    acknowledged: int
    dismissed: int
    ignored: int
    open: int
    seconds_to_acknowledge: float | None


class AlertLog:
    """Takes what happens to alerts and says what it means for the executions that raised them.

    Everything is an event with the id of the execution, so it is joined to the version that raised the alert, and an
    alert that one process created is known in all others. `at` is a moment (seconds since 1970, datetime, ISO text)
    for history that is replayed, now when left out. `ignored_after` is in seconds.

    >>> alerts = AlertLog(clock=lambda: 0.0)
    >>> alerts.created("a-1", "run-1", feature="age", at=100)
    >>> alerts.acknowledged("a-1", by="sarah", at=190)
    90.0
    >>> alerts.stats().seconds_to_acknowledge
    90.0
    """

    name = "alerts"

    def __init__(
        self, where: Where = None, *, ignored_after: float = IGNORED_AFTER, clock: Callable[[], float] = time.time
    ) -> None:
        self._channel = Channel(where)
        self._ignored_after = expected.seconds("ignored_after", ignored_after)
        self._clock = clock
        self._alerts: dict[str, Alert] = {}

    # What happens

    def created(self, alert_id: str, execution_id: str, *, at: Any = None, **about: Any) -> None:
        """Note an alert that an execution raised, with what is known about it. The same alert again changes nothing."""
        told = {**about, "alert_id": _text("alert_id", alert_id), "execution_id": _text("execution_id", execution_id)}
        when = self._moment(at)
        self._channel.say("alert.created", {**told, "at": when}, key=f"alert:{alert_id}:created")
        self._alerts.setdefault(alert_id, Alert(alert_id, execution_id, when, about))

    def acknowledged(self, alert_id: str, *, by: str = "", at: Any = None) -> float:
        """Note that somebody takes an alert seriously; return the seconds since it was created."""
        alert, when = self._find(alert_id), self._moment(at)
        seconds = max(when - alert.at, 0.0)
        told = {**_named(alert), "time_to_ack": seconds, "acknowledged_by": by, "at": when}
        self._channel.say("alert.acknowledged", told, key=f"alert:{alert_id}:acknowledged")
        return seconds

    def dismissed(self, alert_id: str, *, reason: str = "", by: str = "", at: Any = None) -> None:
        """Note that somebody puts an alert away."""
        alert, when = self._find(alert_id), self._moment(at)
        told = {**_named(alert), "dismissal_reason": reason, "dismissed_by": by, "at": when}
        self._channel.say("alert.dismissed", told, key=f"alert:{alert_id}:dismissed")

    def batch_dismissed(
        self, alert_ids: Iterable[str], *, reason: str = "", by: str = "", at: Any = None
    ) -> dict[str, Any]:
        """Note that somebody puts many alerts away at once; return what they have in common."""
        if isinstance(alert_ids, str):
            raise DanaTypeError(f"alert_ids: a list is expected, not {alert_ids!r}", hint=f"write [{alert_ids!r}]")
        alerts = [self._find(name) for name in dict.fromkeys(alert_ids)]
        if not alerts:
            raise DanaValueError("no alert was dismissed", hint="give the ids of the alerts")
        when, common = self._moment(at), common_patterns(alerts)
        names = [alert.id for alert in alerts]
        told = {
            "alert_ids": names,
            "execution_ids": list(dict.fromkeys(alert.execution_id for alert in alerts)),
            "dismissal_reason": reason, "dismissed_by": by, "common_patterns": common, "alert_count": len(alerts),
            "at": when,
        }  # fmt: skip
        self._channel.say("alert.batch_dismissed", told, key=f"alerts:{'|'.join(names)}:{when}"[:500])
        return common

    # What follows from it

    def ignored(self, now: Any = None) -> tuple[str, ...]:
        """Announce the alerts that nobody has touched for too long, each once; return their ids."""
        return tuple(alert.id for alert in self._overdue(self._moment(now)) if self._tell_ignored(alert))

    def poll(self) -> list[SourceEvent]:
        """Return the alerts that count as ignored now, for `LearningOrchestrator.add_source`."""
        return [_ignored(alert, self._ignored_after) for alert in self._overdue(self._clock())]

    def groups(self) -> list[tuple[Alert, ...]]:
        """Return the open alerts that say the same about themselves, groups of at least two, the largest first."""
        groups: dict[str, list[Alert]] = {}
        for alert in self._open():
            groups.setdefault(repr(sorted(alert.about.items(), key=str)), []).append(alert)
        several = [tuple(group) for group in groups.values() if len(group) > 1]
        return sorted(several, key=len, reverse=True)

    def stats(self) -> AlertStats:
        """Return what became of all alerts."""
        self._read()
        ends = Counter(self._ends().values())
        times = [event.payload["time_to_ack"] for event in self._channel.find("alert.acknowledged")]
        dismissed = ends["alert.dismissed"] + ends["alert.batch_dismissed"]
        return AlertStats(
            len(self._alerts), ends["alert.acknowledged"], dismissed, ends["alert.ignored"],
            len(self._alerts) - sum(ends.values()), median(times) if times else None,
        )  # fmt: skip

    # Looking things up

    def _overdue(self, now: float) -> list[Alert]:
        return [alert for alert in self._open() if now - alert.at >= self._ignored_after]

    def _open(self) -> list[Alert]:
        self._read()
        ended = self._ends()
        return [alert for alert in self._alerts.values() if alert.id not in ended]

    def _ends(self) -> dict[str, str]:
        """Return how each alert ended; what a person did counts before what time did."""
        found: dict[str, str] = {}
        for kind in reversed(ENDS):
            for event in self._channel.find(kind):
                found.update(dict.fromkeys(event.payload.get("alert_ids", [event.payload.get("alert_id")]), kind))
        return {name: kind for name, kind in found.items() if name in self._alerts}

    def _find(self, alert_id: str) -> Alert:
        if alert_id not in self._alerts:
            self._read()
        if alert_id not in self._alerts:
            raise DanaValueError(
                f"nobody knows an alert {alert_id!r}", hint="created(alert_id, execution_id) comes first"
            )
        return self._alerts[alert_id]

    def _read(self) -> None:
        for event in self._channel.find("alert.created"):
            said = event.payload
            if isinstance(said.get("alert_id"), str) and isinstance(said.get("execution_id"), str):
                about = {name: value for name, value in said.items() if name not in OWN}
                alert = Alert(said["alert_id"], said["execution_id"], moment(event), about)
                self._alerts.setdefault(alert.id, alert)

    def _tell_ignored(self, alert: Alert) -> bool:
        kind, payload, key = _ignored(alert, self._ignored_after)
        return self._channel.tell(kind, payload, key=f"{self.name}:{key}")

    def _moment(self, at: Any) -> float:
        if at is None:
            return self._clock()
        found = seconds_of(at)
        if found is None:
            raise DanaValueError(
                f"at is {at!r}", hint="seconds since 1970, a datetime, or a text such as 2026-01-31T10:00"
            )
        return found


def common_patterns(alerts: Iterable[Alert], share: float = COMMON) -> dict[str, Any]:
    """Return what most of several alerts have in common: a value for each field, and their hour or weekday (UTC).

    >>> one, two = (Alert(str(n), "run", 3600.0 * 24 * 7 * n, {"feature": "age", "n": n}) for n in (1, 2))
    >>> common_patterns([one, two])
    {'feature': 'age', 'hour': 0, 'weekday': 'Thursday'}
    """
    listed = list(alerts)
    described = [{**alert.about, **_calendar(alert.at)} for alert in listed]
    found = {}
    for field in dict.fromkeys(name for one in described for name in one):
        values = [one[field] for one in described if field in one]
        value, count = Counter(map(repr, values)).most_common(1)[0]
        if len(listed) > 1 and count >= share * len(listed):
            found[field] = next(one for one in values if repr(one) == value)
    return found


def _calendar(at: float) -> dict[str, Any]:
    try:
        when = datetime.fromtimestamp(at, UTC)
    except (OverflowError, OSError, ValueError):
        return {}
    return {"hour": when.hour, "weekday": when.strftime("%A")}


def _ignored(alert: Alert, after: float) -> SourceEvent:
    from dana_poet.orchestration.sources import SourceEvent

    told = {**_named(alert), "seconds_unheeded": after, "at": alert.at + after}
    return SourceEvent("alert.ignored", told, f"alert:{alert.id}:ignored")


def _named(alert: Alert) -> dict[str, Any]:
    return {"alert_id": alert.id, "execution_id": alert.execution_id}


def _text(field: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise DanaValueError(f"{field} is {value!r}", hint=f"{field} is a text that is not empty")
    return value
