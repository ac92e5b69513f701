"""Services outside tell what happened: what a source has to keep, and that telling twice is telling once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.events import open_store
from dana_poet.orchestration import (
    AlertLog,
    ConfigTracker,
    LearningOrchestrator,
    SourceEvent,
    check_source,
    collect,
    receive,
)
from tests.orchestration.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Pager:
    """A service that pushes: a webhook of an on-call tool."""

    name = "pager"

    def push(self, message: Mapping[str, Any]) -> list[SourceEvent]:
        """Return what a message says."""
        if "incident" not in message:
            raise ValueError("no message of ours")
        told = {"alert_id": message["incident"], "execution_id": message["run"], "time_to_ack": message["after"]}
        return [SourceEvent("alert.acknowledged", told, f"{message['incident']}:ack")]


class Tracker:
    """A service that is polled: tags of experiments. It gives everything again each time."""

    name = "tracker"

    def __init__(self) -> None:
        self.tags = {"run-1": False, "run-2": True}

    def poll(self) -> list[SourceEvent]:
        """Return every tag."""
        return [
            SourceEvent("drift.validation", {"execution_id": run, "was_real_drift": real}, f"{run}:{real}")
            for run, real in self.tags.items()
        ]


MESSAGE = {"incident": "P1", "run": "run-1", "after": 30.0}


def test_sources_of_ours_and_of_others_keep_the_rules() -> None:
    """Keys, plain payloads, the same again for the same."""
    store = MemoryStore()
    alerts = AlertLog(store, ignored_after=1, clock=lambda: 100.0)
    alerts.created("a", "run-1", at=0)
    settings = ConfigTracker(store, days=1, clock=lambda: 1e9)
    settings.on_change("detect", {"window": 1}, {"window": 2}, at=0)
    for source in (Tracker(), alerts, settings):
        check_source(source, MemoryStore)
    check_source(Pager(), MemoryStore, [MESSAGE])


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([SourceEvent("a b", {}, "k")], "has a space"),
        ([SourceEvent("a", {}, "")], "has no key"),
        ([SourceEvent("a", {}, "k"), SourceEvent("b", {}, "k")], "given twice"),
        ([SourceEvent("a", {"execution_id": 3}, "k")], "execution_id is text"),
        ([SourceEvent("a", {"t": (1,)}, "k")], "plain JSON"),
        ([("a", {}, "k")], "no SourceEvent"),
    ],
)
def test_a_source_that_breaks_a_rule_is_told_which(events: list[Any], said: str) -> None:
    """In words."""

    class Broken:
        name = "broken"

        def poll(self) -> list[SourceEvent]:
            return events

    with pytest.raises(AssertionError, match=said):
        check_source(Broken(), MemoryStore)


def test_a_source_with_changing_keys_is_found_out() -> None:
    """It would count everything again at each pass."""

    class Forgetful(Tracker):
        def poll(self) -> list[SourceEvent]:
            self.tags = {f"{name}x": real for name, real in self.tags.items()}
            return super().poll()

    with pytest.raises(AssertionError, match="its key changes"):
        check_source(Forgetful(), MemoryStore)


def test_what_is_told_again_is_published_once(tmp_path: Path) -> None:
    """In a real store, over two processes' worth of stores; a changed verdict is new."""
    source = Tracker()
    for _ in range(2):
        with open_store(f"file:{tmp_path}/events") as store:
            assert (collect(source, store), receive(Pager(), MESSAGE, store)) == (2, 1)
    source.tags["run-1"] = True
    with open_store(f"file:{tmp_path}/events") as store:
        collect(source, store)
        told = [(event.type, event.payload["execution_id"]) for event in store.query()]
    assert told == [
        ("drift.validation", "run-1"), ("drift.validation", "run-2"), ("alert.acknowledged", "run-1"),
        ("drift.validation", "run-1"),
    ]  # fmt: skip


def test_the_learning_loop_asks_its_sources() -> None:
    """One that is away is a problem in the report, and the others are asked."""

    class Away:
        name = "bill"

        def poll(self) -> list[SourceEvent]:
            raise OSError("no route to host")

    store = MemoryStore()
    for name in ("run-1", "run-2"):
        store.ran(name)
    orchestrator = LearningOrchestrator(store)
    orchestrator.add_source(Away())
    orchestrator.add_source(Tracker())
    report = orchestrator.process()
    assert report.problems == ("bill could not be asked: OSError: no route to host",)
    found = orchestrator.execution("run-2")
    assert found is not None
    assert found[1].verdict is True
