"""Feedback joins its execution and its version: late, early, amended, retracted, twice, and for code that is gone."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from dana_poet.orchestration.ledger import Ledger
from dana_poet.orchestration.outcome import outcome
from dana_poet.orchestration.reading import Said, feedback_in
from tests.orchestration.memory_store import MemoryStore, Told

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store() -> MemoryStore:
    """A store without events."""
    return MemoryStore()


def test_feedback_joins_the_version_that_ran(store: MemoryStore) -> None:
    """Also when a newer version has run since."""
    store.ran("old", version=1)
    store.ran("new", version=2)
    store.judge("old", False)
    ledger = Ledger(":memory:")
    ledger.take(store.events)
    old = ledger.find("old")
    assert old is not None
    assert (old.version, ledger.outcome_of("old").verdict) == (1, False)
    assert ledger.outcome_of("new").verdict is None


def test_every_order_of_arrival_gives_the_same(store: MemoryStore) -> None:
    """All permutations of an execution, a verdict, a later verdict and a batch that names it."""
    store.ran("a")
    store.judge("a", False, reason="holiday")
    store.judge("a", True)
    store.publish("alert.batch_dismissed", {"execution_ids": ["a", "b"], "dismissal_reason": "noise"})
    found = set()
    for order in itertools.permutations(store.events):
        ledger = Ledger(":memory:")
        for event in order:
            ledger.take([event])
        found.add(ledger.rows("SELECT version, verdict, reason, alert, said FROM executions")[0])
    assert found == {(1, 1, "noise", "dismissed", 3)}


def test_an_event_that_comes_twice_counts_once(store: MemoryStore) -> None:
    """The second time nothing is new."""
    store.ran("a")
    store.publish("execution.cost_measured", {"execution_id": "a", "cost_usd": 2.0})
    ledger = Ledger(":memory:")
    assert ledger.take([*store.events, *store.events]) == ("detect",)
    assert ledger.take(store.events) == ()
    assert (ledger.taken, ledger.outcome_of("a").cost) == (2, 2.0)


def test_a_later_verdict_replaces_an_earlier_one(store: MemoryStore) -> None:
    """And what does not judge replaces nothing."""
    store.judge("a", False)
    store.judge("a", True)
    store.publish("feedback", {"execution_id": "a", "note": "seen"})
    thought = outcome(said(store.events))
    assert (thought.verdict, thought.said) == (True, 3)


def test_an_amendment_completes_what_was_said_before(store: MemoryStore) -> None:
    """What it does not name stays."""
    store.publish("feedback", {"execution_id": "a", "useful": False, "reason": "slow", "cost_usd": 1.0})
    store.publish("feedback", {"execution_id": "a", "cost_usd": 3.0, "amends": True})
    thought = outcome(said(store.events))
    assert (thought.verdict, thought.reason, thought.cost, thought.said) == (False, "slow", 3.0, 1)


def test_a_retraction_takes_back_what_was_said_before_it(store: MemoryStore) -> None:
    """All of it, or the event that it names; what comes later stands."""
    first = store.judge("a", False)
    store.judge("a", True)
    named = store.publish("feedback", {"execution_id": "a", "retracts": first.id})
    assert outcome(said(store.events)).verdict is True
    assert outcome(said([first, named])).verdict is None
    store.publish("feedback", {"execution_id": "a", "retracts": True})
    assert outcome(said(store.events)) == outcome([])
    store.judge("a", False)
    assert outcome(said(store.events)).verdict is False


def test_costs_of_one_day_replace_each_other_and_days_add_up(store: MemoryStore) -> None:
    """As a bill that is measured again."""
    for day, cost in (("mon", 1.0), ("mon", 2.0), ("tue", 5.0)):
        store.publish("execution.cost_measured", {"execution_id": "a", "cost_usd": cost, "measurement_date": day})
    assert outcome(said(store.events)).cost == 7.0


def test_feedback_for_an_unknown_execution_waits(store: MemoryStore) -> None:
    """It is joined when the execution appears."""
    store.judge("a", False)
    ledger = Ledger(":memory:")
    assert ledger.take(store.events) == ()
    assert ledger.waiting(2000.0) == [("a", store.events[0].time)]
    assert ledger.waiting(0.0) == []
    ledger.take([store.ran("a", version=3)])
    assert ledger.waiting(2000.0) == []
    assert ledger.rows("SELECT version, verdict FROM executions") == [(3, 0)]


def test_events_that_cannot_be_used_are_passed_over(store: MemoryStore) -> None:
    """Whatever somebody put into them."""
    for payload in ({}, {"execution_id": 3}, {"execution_id": "x", "function": 7}, {"execution_id": ""}):
        store.publish("poet.execution.completed", payload)
    store.publish("feedback", {"execution_ids": [1, None]})
    store.publish("feedback", {"execution_id": "a", "cost_usd": float("nan"), "useful": "maybe", "quality": "high"})
    ledger = Ledger(":memory:")
    assert ledger.take(store.events) == ()
    assert ledger.outcome_of("a").cost is None


def test_the_time_of_replayed_history_is_its_own() -> None:
    """`at` counts before the time of publishing, as a number or as ISO text."""
    (one,) = feedback_in(Told("feedback", {"execution_id": "a", "at": "2020-01-01T00:00:00+00:00"}, 9e9))
    assert one.time == 1577836800.0


def test_feedback_that_a_service_passes_on_is_what_it_passes_on(store: MemoryStore) -> None:
    """`poet.feedback.received` has it as its payload."""
    store.publish("poet.feedback.received", {"execution_id": "a", "payload": {"useful": False, "reason": "slow"}})
    thought = outcome(said(store.events))
    assert (thought.verdict, thought.reason) == (False, "slow")


def test_a_missed_drift_is_told_apart(store: MemoryStore) -> None:
    """By a key, or by the type of the event."""
    store.publish("drift.missed", {"execution_id": "a"})
    store.publish("feedback", {"execution_id": "b", "was_real_drift": True, "missed": True})
    for name in "ab":
        thought = outcome(one for one in said(store.events) if one.execution == name)
        assert (thought.verdict, thought.missed) == (True, True)


def test_a_damaged_ledger_is_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str], store: MemoryStore) -> None:
    """The events are the truth; the damaged file is kept aside."""
    path = tmp_path / "events" / "ledger.sqlite"
    with Ledger(str(path)) as ledger:
        ledger.take([store.ran("a")])
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with Ledger(str(path)) as ledger:
        assert ledger.find("a") is None
        ledger.take(store.events)
        assert ledger.find("a") is not None
    assert "made again" in capsys.readouterr().err
    assert path.with_name("ledger.sqlite.corrupt").exists()


def test_a_pass_that_fails_takes_nothing_in(store: MemoryStore) -> None:
    """All events of one call, or none."""
    ledger = Ledger(":memory:")

    class Broken:
        id, type, time = "x", "feedback", 0.0

        @property
        def payload(self) -> dict[str, str]:
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        ledger.take([store.ran("a"), Broken()])
    assert ledger.find("a") is None
    assert ledger.take(store.events) == ("detect",)


def said(events: list[Told]) -> list[Said]:
    """Return all feedback in events."""
    return [one for event in events for one in feedback_in(event)]
