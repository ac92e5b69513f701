"""Settings that change: noticed wherever they stand, measured before and after, told once."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.errors import DanaTypeError, DanaValueError
from dana_poet.orchestration.config import DAY, ConfigTracker, settings_of
from dana_poet.orchestration.sources import collect
from tests.orchestration.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.fixture
def store() -> MemoryStore:
    """A store without events."""
    return MemoryStore()


@dataclass
class Settings:
    """Settings of a monitor."""

    window: int = 1000
    tests: list[str] | None = None


def test_a_change_names_what_differs(store: MemoryStore) -> None:
    """One event for each parameter, with the values before and after."""
    ConfigTracker(store).on_change("detect", {"window": 1000, "test": "ks"}, {"window": 5000, "test": "ks"}, at=3)
    (event,) = store.events
    told = {name: event.payload[name] for name in ("function", "parameter", "old_value", "new_value", "change_reason")}
    assert event.type == "config.changed"
    assert told == {
        "function": "detect", "parameter": "window", "old_value": 1000, "new_value": 5000,
        "change_reason": "manual_adjustment",
    }  # fmt: skip


def test_changes_are_noticed_in_dicts_dataclasses_objects_and_functions(store: MemoryStore) -> None:
    """Also inside of a list; nothing is noticed twice."""
    tracker = ConfigTracker(store)
    plain, data, loose = {"window": 1}, Settings(tests=["ks"]), SimpleNamespace(window=1, _own=1)

    def detect(rows: list[int], window: int = 1) -> int:
        return len(rows) + window

    for name, settings in (("a", plain), ("b", data), ("c", loose), ("d", detect)):
        tracker.watch(name, settings)
    assert tracker.check() == []
    plain["window"] = loose.window = loose._own = 2
    assert data.tests is not None
    data.tests.append("psi")
    detect.__defaults__ = (2,)
    found = [(change.function, change.parameter, change.new_value) for change in tracker.check()]
    assert found == [("a", "window", 2), ("b", "tests", ["ks", "psi"]), ("c", "window", 2), ("d", "window", 2)]
    assert tracker.check() == []


def test_the_impact_is_measured_on_both_sides_in_the_time_of_the_history(store: MemoryStore) -> None:
    """Replayed days: 8 of 10 alarms were false before, 2 of 10 after; it is told once, in any process."""
    for day in range(-9, 9):
        for number in range(10):
            name = f"run{day}-{number}"
            store.ran(name, at=100 * DAY + day * DAY + number)
            wrong = number < (8 if day < 0 else 2)
            store.publish(
                "drift.validation", {"execution_id": name, "was_real_drift": not wrong, "detection_delay": 60 + day}
            )
    tracker = ConfigTracker(store, days=7)
    tracker.on_change("detect", {"window": 1000}, {"window": 5000}, at=100 * DAY)
    assert tracker.measure(now=106.9 * DAY) == []
    (impact,) = ConfigTracker(store, days=7).measure(now=107 * DAY)
    assert ConfigTracker(store, days=7).measure(now=200 * DAY) == []
    assert (impact.before["false_positive_rate"], impact.after["false_positive_rate"]) == (0.8, 0.2)
    (event,) = store.query("window.impact_measured")
    assert event.payload["config_change"]["new_value"] == 5000
    assert (event.payload["total_alerts_before"], event.payload["total_alerts_after"]) == (70, 70)
    assert (event.payload["detection_latency_before"], event.payload["detection_latency_after"]) == (56, 63)


def test_measures_can_be_ones_own(store: MemoryStore) -> None:
    """A function of function, start and end; what it does not know is left out."""
    asked = []

    def metrics(function: str, start: float, end: float) -> Mapping[str, float | None]:
        asked.append((function, start, end))
        return {"revenue": end / DAY, "unknown": None}

    tracker = ConfigTracker(store, days=2, metrics=metrics)
    tracker.on_change("detect", {}, {"window size": 5}, at=10 * DAY)
    tracker.measure(now=12 * DAY)
    assert asked == [("detect", 8 * DAY, 10 * DAY), ("detect", 10 * DAY, 12 * DAY)]
    (event,) = store.query("window_size.impact_measured")
    assert (event.payload["revenue_before"], event.payload["revenue_after"]) == (10, 12)
    assert "unknown_before" not in event.payload


def test_as_a_source_it_notices_and_measures(store: MemoryStore) -> None:
    """For the learning loop, which asks now and then."""
    now = [0.0]
    tracker = ConfigTracker(store, days=1, clock=lambda: now[0])
    settings: dict[str, Any] = {"window": 1}
    tracker.watch("detect", settings)
    settings["window"] = 2
    assert collect(tracker, store) == 0
    now[0] = DAY
    assert collect(tracker, store) == 1
    assert tracker.measure() == []
    assert [event.type for event in store.events] == ["config.changed", "window.impact_measured"]


def test_values_that_are_no_plain_data_are_told_as_text(store: MemoryStore) -> None:
    """An event is plain data."""
    ConfigTracker(store).on_change("f", {"x": float("nan")}, {"x": {1: (print,)}}, at=0)
    assert store.events[0].payload["old_value"] == "nan"
    assert store.events[0].payload["new_value"] == {"1": ["<built-in function print>"]}


def test_what_makes_no_sense_is_refused(store: MemoryStore) -> None:
    """With what to write instead."""
    with pytest.raises(DanaValueError, match="days: a number of days above 0"):
        ConfigTracker(store, days=0)
    with pytest.raises(DanaValueError, match="at is 'x'"):
        ConfigTracker(store).on_change("f", {}, {"a": 1}, at="x")
    with pytest.raises(DanaTypeError, match="has no settings"):
        settings_of(3)
