"""Watched actions: which alarm caused them, whether they helped, and that they are never disturbed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.orchestration.actions import ActionTracker, action_tracker, execution_named_in
from dana_poet.runtime.events import use_bus
from tests.orchestration.memory_store import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def bus() -> Iterator[Any]:
    """A bus of its own for each test."""
    with use_bus() as fresh:
        yield fresh


@pytest.fixture
def store() -> MemoryStore:
    """A store without events."""
    return MemoryStore()


def told(store: MemoryStore, kind: str) -> list[dict[str, Any]]:
    """Return the payloads of a type."""
    return [event.payload for event in store.query(kind)]


@pytest.mark.parametrize(("before", "after", "real"), [(0.7, 0.9, True), (0.9, 0.7, False), (0.8, 0.8, False)])
def test_an_action_that_helps_shows_that_the_alarm_was_real(
    store: MemoryStore, before: float, after: float, real: bool
) -> None:
    """The change of the measure is told with it."""
    measured = iter([before, after])

    @ActionTracker(store).watches("model_retrain", metric=lambda _model, _reason: next(measured))
    def retrain(model: str, reason: str) -> str:
        return f"new {model}: {reason}"

    assert retrain("fraud", "drift_alert_run-1") == "new fraud: drift_alert_run-1"
    (validation,) = told(store, "drift.validation")
    assert (validation["execution_id"], validation["was_real_drift"]) == ("run-1", real)
    assert validation["performance_delta"] == pytest.approx(after - before)
    (done,) = told(store, "action.completed")
    assert (done["action"], done["execution_id"]) == ("model_retrain", "run-1")


def test_a_measure_that_is_to_sink(store: MemoryStore) -> None:
    """An error rate, measured by two functions."""
    tracker = ActionTracker(store)

    @tracker.watches("fix", before=lambda **_: 0.5, after=lambda **_: 0.1, higher_is_better=False)
    def fix() -> None:
        pass

    fix(execution_id="run-7")  # type: ignore[call-arg]
    assert [event.payload["was_real_drift"] for event in tracker.signals("drift.validation")] == [True]


def test_without_an_alarm_nothing_is_validated(store: MemoryStore) -> None:
    """And nothing is measured."""

    @ActionTracker(store).watches("model_retrain", metric=lambda _reason: 1 / 0)
    def retrain(reason: str) -> str:
        return reason

    assert retrain("monthly") == "monthly"
    assert [event.type for event in store.events] == ["action.completed"]
    assert "execution_id" not in store.events[0].payload


def test_a_function_that_takes_the_id_gets_it(store: MemoryStore) -> None:
    """One that does not is not given it."""
    watches = ActionTracker(store).watches

    @watches("a")
    def takes(*, execution_id: str) -> str:
        return execution_id

    @watches("b")
    def takes_not() -> str:
        return "fine"

    assert (takes(execution_id="run-1"), takes_not(execution_id="run-1")) == ("run-1", "fine")  # type: ignore[call-arg]
    assert [event.payload["execution_id"] for event in store.events] == ["run-1", "run-1"]


def test_what_fails_beside_the_action_does_not_fail_it(store: MemoryStore, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a measure nor the store; each is said in one line."""
    store.publish = lambda *_, **__: 1 / 0  # type: ignore[assignment, method-assign]

    @ActionTracker(store).watches("retrain", metric=lambda _reason: 1 / 0)
    def retrain(reason: str) -> str:
        return reason

    assert retrain("drift_alert_run-1") == "drift_alert_run-1"
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "WARNING what 'retrain' is to change could not be measured",
        "WARNING 'action.completed' could not be published",
    ]


def test_an_action_that_fails_validates_nothing(store: MemoryStore) -> None:
    """Its error reaches the caller."""

    @ActionTracker(store).watches("retrain", metric=lambda _reason: 0.5)
    def retrain(reason: str) -> None:
        raise ValueError(reason)

    with pytest.raises(ValueError, match="drift_alert_run-1"):
        retrain("drift_alert_run-1")
    assert [event.type for event in store.events] == ["action.failed"]


def test_async_actions_are_watched_too(store: MemoryStore) -> None:
    """The time until they are done counts."""
    measured = iter([0.1, 0.2])

    @ActionTracker(store).watches("retrain", metric=lambda _reason: next(measured))
    async def retrain(reason: str) -> str:
        await asyncio.sleep(0)
        return reason

    assert asyncio.run(retrain("drift_alert_run-1")) == "drift_alert_run-1"
    assert [event.type for event in store.events] == ["action.completed", "drift.validation"]


def test_without_setting_up_signals_go_to_the_program_that_runs(bus: Any) -> None:
    """Its handlers hear them."""
    heard: list[Any] = []
    bus.on("drift.validation", heard.append)
    measured = iter([0.1, 0.2])

    @action_tracker.watches("retrain", metric=lambda _reason: next(measured))
    def retrain(reason: str) -> str:
        return reason

    retrain("drift_alert_run-1")
    assert heard[0].performance_delta == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("drift_alert_run-1f-2-3", "run-1f-2-3"),
        ("because of drift_alert_0b5f0c0e-11ac-4f0e-9c53-1c1d6d1f2b77.", "0b5f0c0e-11ac-4f0e-9c53-1c1d6d1f2b77"),
        ("alert_x", "x"),
        ("realert_x", None),
        ("drift_alert_", None),
        ("monthly", None),
    ],
)
def test_reasons_name_the_execution(text: str, found: str | None) -> None:
    """`drift_alert_` and the id, anywhere in the text."""
    assert execution_named_in((1, text), {}) == found
