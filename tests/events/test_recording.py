"""What a program makes many of goes to the store unchecked, and is an event like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dana_poet.errors import EventStoreError
from dana_poet.events import open_store, session_store

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("durability", ["batch", "event", "process"])
def test_what_is_recorded_is_published(durability: str, tmp_path: Path) -> None:
    """It is found by its execution, claimed and acknowledged, and subscribers hear of it."""
    store = open_store(f"file:{tmp_path / 'events'}", durability=durability)  # type: ignore[arg-type]  # one of the three
    heard: list[str] = []
    store.subscribe("poet.*", lambda event: heard.append(event.type), ack=False)
    store.record("poet.execution.completed", {"execution_id": "run-1", "success": True})
    store.record("poet.execution.completed", {"execution_id": "run-2", "success": False})
    assert heard == ["poet.execution.completed"] * 2
    assert [one.payload["success"] for one in store.query(execution_id="run-2")] == [False]
    assert store.ack(store.claim(5, owner="test")) == 2
    store.close()
    with pytest.raises(EventStoreError, match="closed"):
        store.record("poet.execution.completed", {})


def test_what_this_process_recorded_is_there_for_every_store_of_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Functions record through the store that the process shares; who opens its folder need not wait for the group."""
    monkeypatch.chdir(tmp_path)
    shared = session_store("state")
    with open_store("file:state/events") as store:
        for number in range(3):
            shared.publish("tick", {"n": number})
            assert [event.payload["n"] for event in store.query("tick")] == [*range(number + 1)]
        assert len(store.claim(5, owner="me")) == 3
