"""A prompt in Dana code: verdicts and ratings of users lead to another one, which serves, and can be taken back."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet import LearningOrchestrator, feedback, importer
from dana_poet.errors import DanaError
from dana_poet.events import open_store, session_store
from dana_poet.events.opening import close_sessions
from dana_poet.llm import ScriptedModel, use_model
from dana_poet.orchestration.prompting import better_prompt, standing
from dana_poet.runtime.event_values import Event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = """
@poet(
    domain="prompt_optimization", optimize_for="accuracy",
    promotion={"minimum": 10, "per_step": 2, "held_out": 4, "confirm": 2}
)
def mood_of(text: str) -> str:
    reason(f"Mood: {text}")
"""
MODEL = ScriptedModel({"irony": "bad", "": "good"})


@pytest.fixture
def mood_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give a Dana function whose prompt misses irony."""
    (tmp_path / "dana_moods.na").write_text(TEXT)
    monkeypatch.syspath_prepend(tmp_path)
    importer.install()
    with use_model(MODEL):
        yield importlib.import_module("dana_moods").mood_of
    sys.modules.pop("dana_moods").mood_of.poet.lifecycle.close()
    close_sessions()


def asked(mood_of: Any, count: int) -> set[str]:
    """Call it with ironic reviews, and judge its answers."""
    found = set()
    for number in range(count):
        answer = mood_of(f"Great, it broke on day {number}.")
        feedback(mood_of.poet.last_execution_id, {"correct": answer == "bad", "reason": "missed the irony"})
        found.add(answer)
    return found


def test_a_prompt_in_dana_gets_better_serves_and_is_taken_back(mood_of: Any, tmp_path: Path) -> None:
    """`reason(...)` is asked with the second prompt, in this process, until somebody takes it back."""
    assert asked(mood_of, 30) == {"good"}
    with LearningOrchestrator.for_folder(tmp_path / ".poet") as orchestrator:
        (decision,) = orchestrator.process().decisions
    assert "version 2 has another prompt: accuracy is 0 in 30 cases" in decision.detail
    lifecycle = mood_of.poet.lifecycle
    for _ in range(20):
        if lifecycle.versions[-1].state == "active":
            break
        asked(mood_of, 20)
    assert [one.state for one in lifecycle.versions] == ["retired", "active"]
    assert lifecycle.versions[-1].generator == "prompts:rules"
    assert asked(mood_of, 3) == {"bad"}
    lifecycle.history.rollback(reason="a test")
    lifecycle.refresh()
    assert mood_of("Great, it broke.") == "good"


def test_ratings_of_users_lead_to_another_prompt(mood_of: Any, tmp_path: Path) -> None:
    """Joined by the id of the execution; nobody has to say what would have been right."""
    store = session_store(tmp_path / ".poet")
    for number in range(20):
        mood_of(f"Great, it broke on day {number}.")
        told = {"execution_id": mood_of.poet.last_execution_id, "rating": 1 + number % 2, "comment": "missed the irony"}
        store.publish("prompt.rating", told)
    version = better_prompt(mood_of.poet.lifecycle)
    assert version is not None
    assert "missed the irony" in version.source()


def test_what_was_taken_back_or_amended_is_not_complained_about() -> None:
    """What is thought of an execution in the end counts."""
    told = [
        Event("prompt.rating", {"execution_id": "a", "rating": 1, "comment": "wrong"}),
        Event("feedback", {"execution_id": "a", "retracts": True}),
        Event("prompt.rating", {"execution_id": "b", "rating": 2}),
        Event("feedback", {"execution_id": "b", "rating": 5, "amends": True}),
        Event("feedback", {"execution_id": "c", "correct": "no", "reason": "late"}),
        Event("feedback", {"execution_id": "d", "note": "hm"}),
    ]
    assert standing(told) == [
        {"execution_id": "b", "quality": 1.0, "reason": ""},
        {"execution_id": "c", "quality": 0.0, "reason": "late"},
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"rating": "good"}, "rating"), ({"rating": 9}, "rating"), ({"execution_id": 3}, "execution_id")],
)
def test_a_rating_that_does_not_fit_is_refused(tmp_path: Path, change: dict[str, object], field: str) -> None:
    """With the field named."""
    with open_store(f"file:{tmp_path / 'events'}") as store, pytest.raises(DanaError, match=rf"payload\.{field}"):
        store.publish("prompt.rating", {"execution_id": "a", **change})
