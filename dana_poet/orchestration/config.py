"""Settings that change, and what their change brought: the same measures before and after, over the same time."""

from __future__ import annotations

import dataclasses
import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_poet import expected
from dana_poet.errors import DanaTypeError, DanaValueError
from dana_poet.orchestration.aggregator import Aggregate, FeedbackAggregator
from dana_poet.orchestration.channel import Channel, named
from dana_poet.orchestration.ledger import Ledger
from dana_poet.orchestration.reading import moment, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dana_poet.orchestration.channel import Where
    from dana_poet.orchestration.reading import AnyEvent
    from dana_poet.orchestration.sources import SourceEvent

    Metrics = Callable[[str, float, float], Mapping[str, float | None]]

DAY = 24 * 3600.0
MISSING = object()


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """One parameter of one function that got another value, at a moment in seconds since 1970."""

    function: str
    parameter: str
    old_value: Any
    new_value: Any
    at: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change brought: each measure before and after, None where there was nothing to measure."""

    change: ConfigChange
    before: Mapping[str, float | None]
    after: Mapping[str, float | None]

    def payload(self) -> dict[str, Any]:
        """Return the payload of the event that tells of it."""
        change = {name: _plain(value) for name, value in dataclasses.asdict(self.change).items()}
        told: dict[str, Any] = {"function": self.change.function, "config_change": change, "at": self.change.at}
        for side, measures in (("before", self.before), ("after", self.after)):
            told.update({f"{name}_{side}": value for name, value in measures.items() if value is not None})
        return told


class ConfigTracker:
    """Notices changed settings of functions and measures what they brought.

    Tell it with `on_change`, or let it `watch` a dict, a dataclass, any object or the defaults of a function and call
    `check` now and then. After `days` in the time of the events, `measure` compares the days before with the days
    after and announces `<parameter>.impact_measured`, once, in whichever process comes first. `metrics(function,
    start, end)` measures, in seconds since 1970; without it rates are counted from executions and their feedback.

    >>> tracker = ConfigTracker(days=1, clock=lambda: 0.0)
    >>> settings = {"window_size": 1000}
    >>> tracker.watch("detect", settings)
    >>> settings["window_size"] = 5000
    >>> [change.new_value for change in tracker.check()]
    [5000]
    """

    name = "configuration"

    def __init__(
        self, where: Where = None, *, days: float = 7.0, metrics: Metrics | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        if metrics is not None:
            expected.function("metrics", metrics, hint="metrics(function, start, end) returns a dict of numbers")
        self._channel = Channel(where)
        self._seconds = expected.days("days", days) * DAY
        self._metrics = metrics
        self._clock = clock
        self._watched: dict[str, tuple[Any, dict[str, Any]]] = {}

    # Noticing

    def on_change(
        self, function: str, old: Mapping[str, Any], new: Mapping[str, Any], *, reason: str = "manual_adjustment",
        at: Any = None,
    ) -> list[ConfigChange]:  # fmt: skip
        """Note that the settings of a function changed; return the parameters that differ. `at` is a moment, or now."""
        when = self._moment(at)
        for field, settings in (("old", old), ("new", new)):
            expected.instance(field, settings, "a dict of settings", Mapping)
        expected.text("function", function)
        changes = [
            ConfigChange(function, name, old.get(name), new.get(name), when, reason)
            for name in dict.fromkeys([*old, *new])
            if not _same(old.get(name, MISSING), new.get(name, MISSING))
        ]
        for change in changes:
            told = {name: _plain(value) for name, value in dataclasses.asdict(change).items()}
            self._channel.say("config.changed", {**told, "change_reason": reason}, key=_key("config", change))
        return changes

    on_config_change = on_change

    def watch(self, function: str, settings: Any) -> None:
        """Look at the settings of a function from now on: a dict, a dataclass, an object, or a function's defaults."""
        expected.text("function", function)
        self._watched[function] = (settings, _copied(settings_of(settings)))

    def check(self, at: Any = None, *, reason: str = "noticed") -> list[ConfigChange]:
        """Note what has changed in the watched settings since the last look; return it."""
        changes: list[ConfigChange] = []
        self._moment(at)
        for function, (settings, before) in list(self._watched.items()):
            now = settings_of(settings)
            changes += self.on_change(function, before, now, reason=reason, at=at)
            self._watched[function] = (settings, _copied(now))
        return changes

    # Measuring

    def measure(self, now: Any = None) -> list[Impact]:
        """Announce the impact of every change whose time after it has passed, each once; return the new ones."""
        found = self._due(self._moment(now))
        keys = [(one, f"{self.name}:{_key('impact', one.change)}") for one in found]
        return [one for one, key in keys if self._channel.tell(_measured(one.change), one.payload(), key=key)]

    def poll(self) -> list[SourceEvent]:
        """Note changes, and return the impacts that can be measured now, for `LearningOrchestrator.add_source`."""
        from dana_poet.orchestration.sources import SourceEvent

        self.check()
        found = self._due(self._clock())
        return [SourceEvent(_measured(one.change), one.payload(), _key("impact", one.change)) for one in found]

    def _due(self, now: float) -> list[Impact]:
        changes = (_change_in(event) for event in self._channel.find("config.changed"))
        ended = [one for one in changes if one is not None and now >= one.at + self._seconds]
        return [self._impact(one) for one in ended if not self._is_told(one)]

    def _is_told(self, change: ConfigChange) -> bool:
        told = [event.payload.get("config_change") for event in self._channel.find(_measured(change))]
        return any(isinstance(one, dict) and _key("impact", _made(one)) == _key("impact", change) for one in told)

    def _impact(self, change: ConfigChange) -> Impact:
        metrics = self._metrics or self._counted
        before = metrics(change.function, change.at - self._seconds, change.at)
        after = metrics(change.function, change.at, change.at + self._seconds)
        for measured in (before, after):
            expected.instance("metrics", measured, "a function that returns a dict of numbers", Mapping)
        return Impact(change, before, after)

    def _counted(self, function: str, start: float, end: float) -> dict[str, float | None]:
        """Measure from the events: rates of alarms and failures, seconds until a drift was confirmed, cost."""
        events = self._channel.everything()
        with Ledger(":memory:") as ledger:
            ledger.take(events)
            function = _recorded_as(
                function, [name for (name,) in ledger.rows("SELECT DISTINCT function FROM executions")]
            )
            ledger.rows("DELETE FROM executions WHERE time < ? OR time >= ?", start, end)
            found = FeedbackAggregator(ledger).of(function)
            inside = {name for (name,) in ledger.rows("SELECT id FROM executions WHERE function = ?", function)}
        return {**counted(found), "detection_latency": _latency(events, inside)}

    def _moment(self, at: Any) -> float:
        if at is None:
            return self._clock()
        found = seconds_of(at)
        if found is None:
            raise DanaValueError(
                f"at is {at!r}", hint="seconds since 1970, a datetime, or a text such as 2026-01-31T10:00"
            )
        return found


def _recorded_as(function: str, recorded: list[str]) -> str:
    """Return the name under which a function is recorded: with its module, unless two end alike.

    >>> _recorded_as("detect", ["monitor.detect", "monitor.alert"]), _recorded_as("detect", ["a.detect", "b.detect"])
    ('monitor.detect', 'detect')
    """
    alike = [name for name in recorded if name.endswith(f".{function}")]
    return alike[0] if function not in recorded and len(alike) == 1 else function


def settings_of(settings: Any) -> dict[str, Any]:
    """Return settings as a new dict: of a dict, a dataclass, a function (its defaults), or any object (its attributes).

    >>> def detect(data, window=1000, *, test="ks"): ...
    >>> settings_of(detect)
    {'window': 1000, 'test': 'ks'}
    """
    if isinstance(settings, Mapping):
        return dict(settings)
    if dataclasses.is_dataclass(settings) and not isinstance(settings, type):
        return {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    if inspect.isroutine(settings):
        parameters = inspect.signature(settings).parameters.values()
        return {one.name: one.default for one in parameters if one.default is not one.empty}
    try:
        return {name: value for name, value in vars(settings).items() if not name.startswith("_")}
    except TypeError:
        raise DanaTypeError(f"{settings!r} has no settings", hint="give a dict, a dataclass or a function") from None


def counted(versions: Iterable[Aggregate]) -> dict[str, float | None]:
    """Return the measures of a function over all its versions; a rate without cases is None."""
    several = list(versions)

    def total(name: str) -> float:
        return float(sum(getattr(one, name) for one in several))

    runs, alarms = total("executions"), total("refuted") + total("confirmed")
    real = total("missed") + total("confirmed")
    return {
        "executions": runs,
        "total_alerts": alarms,
        "false_positive_rate": total("refuted") / alarms if alarms else None,
        "missed_drift_rate": total("missed") / real if real else None,
        "failure_rate": 1 - total("succeeded") / runs if runs else None,
        "seconds": sum(one.seconds * one.executions for one in several) / runs if runs else None,
        "cost": total("cost"),
    }


def _latency(events: Iterable[AnyEvent], executions: set[str]) -> float | None:
    """Return the mean of what feedback says of how late drifts were found, in seconds."""
    told = [event.payload for event in events if isinstance(event.payload, dict)]
    mine = [one.get("detection_delay") for one in told if one.get("execution_id") in executions]
    delays = [float(one) for one in mine if isinstance(one, (int, float)) and not isinstance(one, bool)]
    return sum(delays) / len(delays) if delays else None


def _change_in(event: AnyEvent) -> ConfigChange | None:
    said = event.payload
    if not isinstance(said, dict) or not all(isinstance(said.get(name), str) for name in ("function", "parameter")):
        return None
    return _made({**said, "at": moment(event)})


def _made(said: Mapping[str, Any]) -> ConfigChange:
    names = (str(said.get("function")), str(said.get("parameter")))
    values = (said.get("old_value"), said.get("new_value"))
    return ConfigChange(*names, *values, float(said.get("at") or 0.0), str(said.get("reason") or ""))


def _key(kind: str, change: ConfigChange) -> str:
    return named(kind, change.function, change.parameter, repr(_plain(change.new_value)), float(change.at))


def _measured(change: ConfigChange) -> str:
    word = "".join(letter if letter.isprintable() and letter != " " else "_" for letter in change.parameter)
    return f"{word[:150]}.impact_measured"


def _same(old: Any, new: Any) -> bool:
    if old is MISSING or new is MISSING:
        return old is new
    return repr(_plain(old)) == repr(_plain(new))


def _copied(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings as they are now: lists and dicts inside of them may change later."""
    return {name: _plain(value) for name, value in settings.items()}


def _plain(value: Any) -> Any:
    """Return a value as plain data; what is none is told as Python writes it."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else repr(value)
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    return repr(value)
