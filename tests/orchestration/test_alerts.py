"""The life of alerts, in one process and over several."""

from __future__ import annotations

from typing import Any

import pytest

from dana_poet.errors import DanaValueError
from dana_poet.orchestration.alerts import AlertLog
from dana_poet.orchestration.ledger import Ledger
from dana_poet.orchestration.sources import collect
from tests.orchestration.memory_store import MemoryStore

HOUR = 3600.0


@pytest.fixture
def store() -> MemoryStore:
    """A store without events."""
    return MemoryStore()


def told(store: MemoryStore, kind: str) -> list[dict[str, Any]]:
    """Return the payloads of a type."""
    return [event.payload for event in store.query(kind)]


def test_the_time_to_acknowledge_is_derived(store: MemoryStore) -> None:
    """By another process than the one that created the alert; the event names the execution."""
    AlertLog(store).created("a-1", "run-1", feature="age", at="2026-01-05T10:00:00+00:00")
    seconds = AlertLog(store).acknowledged("a-1", by="sarah", at="2026-01-05T11:30:00+00:00")
    (payload,) = told(store, "alert.acknowledged")
    assert seconds == payload["time_to_ack"] == 1.5 * HOUR
    assert (payload["execution_id"], payload["acknowledged_by"]) == ("run-1", "sarah")


def test_alerts_that_nobody_touches_are_ignored_in_the_end(store: MemoryStore) -> None:
    """After the time that was set, once, in whichever process looks first; a person who comes late still counts."""
    alerts = AlertLog(store, ignored_after=2 * HOUR)
    for name in ("a", "b", "c"):
        alerts.created(name, f"run-{name}", at=0)
    alerts.acknowledged("a", at=HOUR)
    assert alerts.ignored(now=1.9 * HOUR) == ()
    assert alerts.ignored(now=2 * HOUR) == ("b", "c")
    assert AlertLog(store, ignored_after=2 * HOUR).ignored(now=9 * HOUR) == ()
    alerts.acknowledged("c", at=10 * HOUR)
    stats = alerts.stats()
    assert (stats.created, stats.acknowledged, stats.ignored, stats.open) == (3, 2, 1, 0)


def test_a_heap_that_is_dismissed_shows_what_it_has_in_common(store: MemoryStore) -> None:
    """Fields, the hour and the weekday; every execution is named."""
    alerts = AlertLog(store)
    for number in range(5):
        about = {"feature": "age", "model": f"m{number}"}
        alerts.created(f"a{number}", f"run-{number}", at=7 * 24 * HOUR * number + 5 * HOUR, **about)
    common = alerts.batch_dismissed([f"a{number}" for number in range(5)], reason="christmas", by="sarah")
    assert common == {"feature": "age", "hour": 5, "weekday": "Thursday"}
    (payload,) = told(store, "alert.batch_dismissed")
    assert payload["execution_ids"] == [f"run-{number}" for number in range(5)]
    assert (payload["alert_count"], payload["common_patterns"]) == (5, common)


def test_open_alerts_that_say_the_same_are_grouped(store: MemoryStore) -> None:
    """The largest group first; what somebody dealt with is gone from it."""
    alerts = AlertLog(store)
    for number, feature in enumerate("xxxyyz"):
        alerts.created(f"a{number}", f"run-{number}", feature=feature)
    assert [[one.id for one in group] for group in alerts.groups()] == [["a0", "a1", "a2"], ["a3", "a4"]]
    alerts.dismissed("a3", reason="noise")
    assert [[one.id for one in group] for group in alerts.groups()] == [["a0", "a1", "a2"]]


def test_the_same_thing_told_twice_counts_once(store: MemoryStore) -> None:
    """As services do that try again."""
    alerts = AlertLog(store)
    for _ in range(2):
        alerts.created("a", "run-1", at=0)
        alerts.acknowledged("a", at=5)
        alerts.dismissed("a", at=6)
    assert len(store.events) == 3


def test_alerts_judge_the_executions_that_raised_them(store: MemoryStore) -> None:
    """The ledger knows how each ended; dismissing is no verdict on the drift, unless the reason says so."""
    alerts = AlertLog(store)
    for name in "abc":
        store.ran(name)
        alerts.created(f"alert {name}", name)
    alerts.acknowledged("alert a")
    alerts.dismissed("alert b", reason="false_positive")
    alerts.batch_dismissed(["alert c"], reason="busy")
    ledger = Ledger(":memory:")
    ledger.take(store.events)
    found = [(ledger.outcome_of(name).alert, ledger.outcome_of(name).verdict) for name in "abc"]
    assert found == [("acknowledged", None), ("dismissed", False), ("dismissed", None)]


def test_as_a_source_it_tells_what_was_ignored(store: MemoryStore) -> None:
    """The same events as `ignored`, with the same keys."""
    alerts = AlertLog(store, ignored_after=HOUR, clock=lambda: 3 * HOUR)
    alerts.created("a", "run-1", at=0)
    assert collect(alerts, store) == 1
    assert alerts.ignored() == ()
    assert [event.key for event in store.query("alert.ignored")] == ["alerts:alert:a:ignored"]


def test_what_makes_no_sense_is_refused_with_a_hint(store: MemoryStore) -> None:
    """Unknown alerts, moments that are none, ids that are no text, nothing at all."""
    alerts = AlertLog(store)
    alerts.created("a", "run-1")
    with pytest.raises(DanaValueError, match="nobody knows an alert 'b'"):
        alerts.acknowledged("b")
    with pytest.raises(DanaValueError, match="at is 'soon'"):
        alerts.acknowledged("a", at="soon")
    with pytest.raises(DanaValueError, match="execution_id is 3"):
        alerts.created("b", 3)  # type: ignore[arg-type]
    with pytest.raises(DanaValueError, match="no alert was dismissed"):
        alerts.batch_dismissed([])
    with pytest.raises(DanaValueError, match="ignored_after: a number of seconds above 0"):
        AlertLog(store, ignored_after=0)


def test_telling_of_an_alert_reads_nothing(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand alerts would cost as many looks through all of them."""
    alerts = AlertLog(store)
    monkeypatch.setattr(store, "query", None)
    for number in range(3):
        alerts.created(f"a-{number}", "run-1")
    alerts.acknowledged("a-0")
    alerts.dismissed("a-1")
    alerts.batch_dismissed(["a-2"])
    assert len(store.events) == 6
