"""A prompt that people complain about: another one goes on trial, is judged by them, and takes over when it is better."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet import LearningOrchestrator, feedback
from dana_poet.events.opening import close_sessions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = '''
from dana_poet import poet

class Model:
    """Answers better when the prompt has more than its first words."""

    def complete(self, prompt: str) -> str:
        return "careful" if len(prompt) > 40 else "careless"

llm = Model()

@poet(
    domain="prompt_optimization", optimize_for="accuracy",
    promotion={"minimum": 20, "per_step": 5, "held_out": 10, "confirm": 5},
)
def mood(text: str) -> str:
    return llm.complete(f"Mood: {text}")
'''


@pytest.fixture
def mood(tmp_path: Path) -> Iterator[Any]:
    """Give a function that asks a model with a poor prompt."""
    file = tmp_path / "moods.py"
    file.write_text(TEXT)
    spec = importlib.util.spec_from_file_location("moods", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["moods"] = module
    spec.loader.exec_module(module)
    yield module.mood
    module.mood.poet.lifecycle.close()
    close_sessions()
    sys.modules.pop("moods")


def asked(mood: Any, count: int) -> int:
    """Call it so often, say what the answers are worth, and return how many were good."""
    good = 0
    for number in range(count):
        answer = mood(f"review {number % 7}")
        good += answer == "careful"
        feedback(mood.poet.last_execution_id, {"correct": answer == "careful", "reason": "missed the irony"})
    return good


def test_a_prompt_gets_better_by_what_people_say(mood: Any, tmp_path: Path) -> None:
    """The rule-made version runs in this process, is tried on a share of the calls, and is active in the end."""
    assert asked(mood, 40) == 0
    with LearningOrchestrator.for_folder(tmp_path / ".poet") as orchestrator:
        (decision,) = orchestrator.process().decisions
    assert decision.action == "regenerate"
    assert "has another prompt" in decision.detail
    lifecycle = mood.poet.lifecycle
    assert [one.state for one in lifecycle.versions][-1] == "canary"
    assert "Mood: " in lifecycle.versions[-1].source()
    for _ in range(40):
        asked(mood, 50)
        if lifecycle.versions[-1].state == "active":
            break
    assert lifecycle.versions[-1].state == "active", lifecycle.history.counterexamples()
    assert asked(mood, 10) == 10
    assert lifecycle.versions[-1].generator.startswith("prompts:")
    assert lifecycle.versions[0].state == "retired"
