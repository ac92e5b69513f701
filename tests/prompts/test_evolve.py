"""From verdicts to a better prompt, stored as a version: with a local model whose answers depend on the prompt."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.codegen.original import Original
from dana_poet.codegen.versions import VersionStore
from dana_poet.llm import Reply, Request, ScriptedModel, Usage, use_model
from dana_poet.prompts import (
    ModelProposer,
    Objectives,
    PromptError,
    PromptSource,
    evolve_from_feedback,
    optimize_prompt,
)
from dana_poet.prompts.evolve import quality_of, weaknesses
from dana_poet.prompts.optimize import Optimized
from dana_poet.runtime.reason import reason

if TYPE_CHECKING:
    from pathlib import Path

IRONY = "Watch for irony: praise that the facts contradict."


def mood(text: str) -> str:
    """Ask a model for the mood of a text."""
    return str(reason(f"Tell the mood of this review: {text}"))


def answer(request: Request) -> Reply:
    """Answer as a small model does: ironic reviews need to be told of, and long prompts cost more tokens."""
    prompt = request.prompt
    ironic = "Great, " in prompt
    told = "irony" in prompt or "ironic" in prompt
    said = "bad" if ("broke" in prompt and (not ironic or told)) else "good"
    return Reply(text=said, usage=Usage(len(prompt) // 4, 20 if "one word" in prompt else 60))


MODEL = ScriptedModel({"": answer})


def reviews(count: int) -> list[tuple[str, str]]:
    """Return reviews with their mood; half of the bad ones are ironic."""
    made = []
    for number in range(count):
        kind = number % 4
        text = (
            f"Great, it broke on day {number}.",
            f"It broke after {number} days.",
            f"Number {number} works.",
            f"Fine {number}.",
        )
        made.append((text[kind], "bad" if kind < 2 else "good"))
    return made


def right(result: str, expected: str) -> tuple[float, str]:
    """Return whether an answer is right, and what is wrong."""
    return (1.0, "") if result == expected else (0.0, "missed the irony of the review")


def accuracy(function: Any, examples: list[tuple[str, str]]) -> float:
    """Return the share of right answers."""
    with use_model(MODEL):
        return sum(bool(function(text) == expected) for text, expected in examples) / len(examples)


def reflecting(request: Request) -> str:
    """Propose as a model that has read the failures."""
    assert "missed the irony" in request.prompt
    return f"Ironic praise is missed.\n```\n{IRONY}\nTell the mood of this review: {{text}}\n```"


def test_failures_make_a_prompt_that_is_better_on_examples_nobody_saw(tmp_path: Path) -> None:
    """The whole way: prompt, failures, proposal, search, held-out check, stored version, running function."""
    history = VersionStore(tmp_path).open(Original.of(mood))
    proposer = ModelProposer(ScriptedModel({"": reflecting}), task="moods of reviews")
    examples = reviews(80)
    found = optimize_prompt(
        mood,
        examples[:40],
        right,
        held=examples[40:],
        proposer=proposer,
        model=MODEL,
        budget=160,
        history=history,
        activate=True,
    )
    fresh = reviews(200)[100:]
    assert isinstance(found, Optimized)
    assert (accuracy(mood, fresh), accuracy(found.function, fresh)) == (0.75, 1.0)
    version = history.current()
    assert version is not None
    assert version == found.version
    assert (version.number, version.origin, version.generator) == (1, "model", "prompts:model")
    assert (
        PromptSource.of(mood).prompt_in(version.source()).text
        == found.prompt
        == f"{IRONY}\nTell the mood of this review: {{text}}"
    )
    assert json.loads(json.dumps(dict(history.evidence(version))))["held_out"]["accepted"] is True
    assert proposer.usage.calls == found.evolved.proposals > 0


def test_rules_alone_find_what_was_complained_about() -> None:
    """Without any model to propose: the complaint becomes an instruction, an example shows the case."""
    examples = reviews(80)
    found = optimize_prompt(mood, examples[:40], right, held=examples[40:], model=MODEL, budget=240)
    assert found.evolved.accepted
    assert found.candidate is not None
    assert found.candidate.origin == "rules"
    assert accuracy(found.function, reviews(200)[100:]) == 1.0


def test_several_objectives_are_served_at_once() -> None:
    """An answer that is right and short beats one that is right."""
    lines = (IRONY, "Answer in one word.")
    goals = {"accuracy": {"weight": 0.6, "target": 0.9}, "efficiency": {"weight": 0.4, "target": 20}}
    found = optimize_prompt(
        mood, reviews(40), right, objectives=goals, model=MODEL, budget=200,
        proposer=lambda prompt, _failures, rng: f"{rng.choice(lines)}\n{prompt}",
    )  # fmt: skip
    assert all(line.lower().replace("answer in one word.", "one word") in found.prompt.lower() for line in lines)


def test_nothing_is_stored_when_nothing_is_better(tmp_path: Path) -> None:
    """The function stays as it is."""
    history = VersionStore(tmp_path / "new").open(Original.of(mood))
    found = optimize_prompt(
        mood,
        reviews(40),
        right,
        model=MODEL,
        budget=80,
        history=history,
        proposer=lambda prompt, *_: f"Be kind.\n{prompt}",
    )
    assert found.function is mood
    assert found.version is None
    assert not (tmp_path / "new").exists()


def test_verdicts_lead_to_another_prompt_and_then_to_the_next(tmp_path: Path) -> None:
    """The second change is made to the prompt that is in use."""
    original = Original.of(mood)
    history = VersionStore(tmp_path).open(original)
    runs = [{"execution_id": f"e{number}", "inputs": {"text": text}} for number, (text, _) in enumerate(reviews(60))]
    said = [{"execution_id": f"e{n}", "correct": n % 2 == 0, "reason": "missed the irony"} for n in range(60)]
    prompts = []
    for _ in range(2):
        candidate = evolve_from_feedback(history, original, runs, said)
        assert candidate is not None
        assert "accuracy is 0.5 in 60 cases, below 0.8" in candidate.notes
        version = history.move(history.add(candidate, None), "verified", "a test")
        history.move(version, "active", "a test")
        prompts.append(PromptSource.of_original(original).prompt_in(version.source()).text)
    assert [version.number for version in history.versions] == [1, 2]
    assert prompts[0] in prompts[1]
    assert "missed the irony" in prompts[0]


@pytest.mark.parametrize(
    ("count", "share"),
    [(5, 0.0), (60, 1.0), (60, 0.78), (12, 0.7)],
    ids=["few", "all right", "within doubt", "few and unsure"],
)
def test_doubt_changes_nothing(count: int, share: float) -> None:
    """Neither a handful of verdicts nor a mean just below the threshold."""
    rng = random.Random(count)  # noqa: S311 - an experiment
    said = [{"execution_id": str(n), "correct": rng.random() < share} for n in range(count)]
    assert evolve_from_feedback(None, Original.of(mood), [], said) is None


def test_tokens_over_the_budget_ask_for_a_shorter_prompt() -> None:
    """From a fifth above the budget on."""
    goals = Objectives.of("efficiency", constraints={"max_tokens": 100})
    for used, asks in ((119, False), (200, True)):
        runs = [{"execution_id": str(n), "tokens": used} for n in range(80)]
        assert bool(weaknesses(runs, [], goals)) is asks
        candidate = evolve_from_feedback(None, Original.of(mood), runs, [], objectives=goals)
        assert (candidate is not None and "rule: ask for a short answer" in candidate.notes) is asks


def test_ratings_are_read_as_they_are_meant() -> None:
    """Stars, shares, yes and no; anything else says nothing."""
    given: list[dict[str, Any]] = [
        {"rating": 5},
        {"rating": 1},
        {"quality": 0.4},
        {"helpful": True},
        {"rating": True},
        {"rating": 9},
        {},
    ]
    assert [quality_of(one) for one in given] == [1.0, 0.0, 0.4, 1.0, None, None, None]


def test_a_function_without_a_prompt_is_told() -> None:
    """The orchestrator then goes another way."""

    def plain(x: int) -> int:
        return x + 1

    with pytest.raises(PromptError):
        optimize_prompt(plain, reviews(20), right)
