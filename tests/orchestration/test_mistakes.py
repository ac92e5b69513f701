"""A wrong argument is refused where it is given, with its name and what was expected; a wrong payload with its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dana_poet import AlertLog, ConfigTracker, LearningOrchestrator, dana_events, feedback
from dana_poet.errors import DanaError, DanaTypeError, DanaValueError, EventError
from dana_poet.events import EventStore, open_store
from dana_poet.orchestration import ActionTracker, Rules
from dana_poet.orchestration.schedule import Schedule
from dana_poet.runtime.events import use_bus
from dana_poet.runtime.verdicts import verdict
from tests.orchestration.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Things:
    """Something of each kind that can be given a wrong argument."""

    def __init__(self, folder: Path) -> None:
        self.store: EventStore = open_store(f"file:{folder}/store")
        self.learning = LearningOrchestrator(self.store)
        self.alerts = AlertLog(self.store)
        self.settings = ConfigTracker(self.store)
        self.actions = ActionTracker(self.store)


@pytest.fixture
def things(tmp_path: Path) -> Iterator[Things]:
    """Things that have done nothing."""
    found = Things(tmp_path)
    yield found
    found.learning.close()
    found.store.close()


WRONG: dict[str, Callable[[Any], object]] = {
    "every_seconds: a number of seconds above 0 is expected, not 'x'": lambda t: t.learning.start(every_seconds="x"),
    "every_seconds: a number of seconds above 0 is expected, not 0": lambda t: t.learning.start(every_seconds=0),
    "every_seconds: a number of seconds above 0 is expected, not inf": lambda t: t.learning.start(float("inf")),
    "after_events: a whole number from 1 is expected, not 1.5": lambda t: t.learning.start(after_events=1.5),
    "when is it to process": lambda t: t.learning.start(),
    "report_after: a number of seconds from 0 is expected": lambda t: LearningOrchestrator(t.store, report_after="1d"),  # type: ignore[arg-type]
    "store: a store of events is expected, not 3": lambda _: LearningOrchestrator(3),
    "store: 'file:x' is no folder": lambda _: LearningOrchestrator("file:x"),
    "thresholds: Thresholds(...) is expected": lambda t: LearningOrchestrator(t.store, thresholds={"a": 1}),  # type: ignore[arg-type]
    "regenerate: a function is expected": lambda t: LearningOrchestrator(t.store, regenerate="x"),  # type: ignore[arg-type]
    "source: what has a name and poll() is expected": lambda t: t.learning.add_source("x"),
    "older_than_seconds: a number of seconds": lambda t: t.learning.prune("x"),
    "patience: a whole number from 0 is expected, not -1": lambda _: Rules(patience=-1),
    "days: a number of days above 0 is expected, not 'x'": lambda _: ConfigTracker(days="x"),  # type: ignore[arg-type]
    "metrics: a function is expected": lambda _: ConfigTracker(metrics="x"),  # type: ignore[arg-type]
    "old: a dict of settings is expected, not [1]": lambda t: t.settings.on_change("f", [1], {}),
    "at is 'soon'": lambda t: t.settings.check(at="soon"),
    "where: a store of events, the path": lambda _: AlertLog(7),
    "ignored_after: a number of seconds above 0": lambda _: AlertLog(ignored_after="x"),  # type: ignore[arg-type]
    "alert_ids: a list is expected, not 'a-1'": lambda t: t.alerts.batch_dismissed("a-1"),
    "action: the name of the action is expected": lambda t: t.actions.watches(print),
    "metric: a function is expected": lambda t: t.actions.watches("retrain", metric=0.5),
    "watches: a function is expected": lambda t: t.actions.watches("retrain")(7),
    "n: a whole number from 1 is expected, not 'x'": lambda t: t.store.claim("x", owner="me"),
    "owner: a text is expected, not 7": lambda t: t.store.claim(owner=7),
    "lease_seconds: a number of seconds above 0": lambda t: t.store.claim(owner="me", lease_seconds=0),
    "types: a type of events, or a list": lambda t: t.store.claim(owner="me", types=7),
    "events: what claim() returned is expected, not 'a1'": lambda t: t.store.ack("a1"),
    "since: seconds since 1970 or a datetime": lambda t: t.store.query(since="today"),
    "limit: a whole number from 0 is expected": lambda t: t.store.query(limit="x"),
    "handler: a function is expected, not 7": lambda t: t.store.subscribe("x", 7),
    "older_than_seconds: a number of seconds is": lambda t: t.store.prune("30d"),
    "pairs: (type, payload)": lambda t: t.store.publish_many([("a",)]),
    "flush_seconds: a number of seconds from 0": lambda _: open_store("file:x", flush_seconds="x"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("words", WRONG)
def test_a_wrong_argument_is_refused_by_its_name(words: str, things: Things) -> None:
    """No bare TypeError from somewhere inside, and no thread that dies of it later."""
    with pytest.raises(DanaError) as error:
        WRONG[words](things)
    assert words in f"{error.value.message} "


def test_wrong_types_and_wrong_values_are_also_what_python_calls_them(things: Things) -> None:
    """Code that catches TypeError or ValueError goes on working."""
    with pytest.raises(DanaTypeError):
        things.learning.start(every_seconds="x")  # type: ignore[arg-type] # what the test is about
    with pytest.raises(DanaValueError):
        things.learning.start(every_seconds=-1)


def test_a_schedule_of_years_waits_no_longer_than_a_thread_can() -> None:
    """Waiting is done in pieces."""
    learning = LearningOrchestrator(MemoryStore())
    schedule = Schedule(learning, 50 * 366 * 86400.0, None)
    assert 0 < schedule._pause(0.0) <= 3600


REFUSED = {
    "useful": "maybe", "was_real_drift": "perhaps", "correct": 0.7, "rejected": [], "missed": "a bit", "quality": 7,
    "rating": "five", "cost_usd": -1, "at": "soon", "execution_ids": "run-1",
}  # fmt: skip


@pytest.mark.parametrize("field", REFUSED)
def test_feedback_that_is_not_understood_is_refused_with_its_field(field: str) -> None:
    """Whoever writes `useful=maybe` means something, and it is not yes."""
    with use_bus(), pytest.raises(EventError, match=rf"payload\.{field}: .* is expected in 'feedback', not "):
        dana_events.emit("feedback", {"execution_id": "run-1", field: REFUSED[field]})


def test_what_a_service_passes_on_is_looked_at_too() -> None:
    """Its verdict is one level deeper."""
    with use_bus(), pytest.raises(EventError, match=r"payload\.payload\.useful: true or false is expected"):
        dana_events.emit("poet.feedback.received", {"execution_id": "run-1", "payload": {"useful": "maybe"}})


def test_what_is_no_payload_is_refused_where_fields_are_expected() -> None:
    """Events of types that nobody registered may hold anything."""
    with use_bus():
        with pytest.raises(EventError, match=r"payload: a dict is expected in 'drift\.validation', not 'x'"):
            dana_events.emit("drift.validation", "x")
        dana_events.emit("lunch", "x")


@pytest.mark.parametrize("word", [True, "yes", "true", 1, "1", "Y", 1.0])
def test_every_way_to_say_yes_means_it(word: Any) -> None:
    """From a shell, a form or JSON."""
    assert verdict({"useful": word}) is True
    assert verdict({"rejected": word}) is False
    with use_bus():
        feedback("run-1", useful=word, missed=word)


@pytest.mark.parametrize("word", [None, "maybe", "", 0.5, [], "n/a"])
def test_what_is_neither_yes_nor_no_says_nothing(word: Any) -> None:
    """An event of another type may have a field of such a name."""
    assert verdict({"useful": word}) is None
    assert verdict({"useful": word, "wrong": "no"}) is True


def test_amending_and_retracting_at_once_is_refused() -> None:
    """They mean opposite things."""
    with use_bus(), pytest.raises(DanaValueError, match="exclude each other"):
        feedback("run-1", useful=True, amend=True, retract=True)
