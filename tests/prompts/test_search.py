"""The search for a better prompt: economical, within its budget, explained, resumable."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from dana_poet.prompts import Failure, Objectives, PromptError, PromptOptimizer, RuleProposer, Score, Step
from dana_poet.prompts.edits import composed, differences
from tests.benchmarks import prompt_task

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES = ("Be exact.", "Be polite.", "Answer in JSON.")
WORTH = {"Be exact.": 0.3, "Be polite.": -0.2, "Answer in JSON.": 0.2}


class Adding:
    """Proposes each line in turn."""

    def __init__(self) -> None:
        self.asked: list[Sequence[Failure]] = []

    def propose(self, prompt: str, failures: Sequence[Failure], rng: random.Random) -> str:
        """Return the prompt with one more line."""
        self.asked.append(failures)
        return f"{prompt}\n{rng.choice(LINES)}"


class Worth:
    """A metric that counts its calls; a line is worth what it is worth."""

    def __init__(self, seed: int = 0, noise: float = 0.1) -> None:
        self.calls, self.noise = 0, noise
        self.rng = random.Random(seed)  # noqa: S311 - an experiment

    def __call__(self, prompt: str, _example: int) -> tuple[float, str]:
        """Return the score, with something to say."""
        self.calls += 1
        value = 0.4 + sum(worth for line, worth in WORTH.items() if line in prompt) + self.rng.gauss(0, self.noise)
        return min(1.0, max(0.0, value)), "not good enough"


def search(metric: object, **options: object) -> PromptOptimizer:
    """Return a search for the prompt of these lines."""
    given = {"proposer": Adding(), "budget": 150, "held": range(100, 120), **options}
    return PromptOptimizer("Sum up: {x}", range(20), metric, **given)  # type: ignore[arg-type]


def test_what_helps_is_taken_and_what_harms_is_not() -> None:
    """With the statement of what it is worth on examples that chose nothing."""
    found = search(Worth()).run()
    assert found.accepted
    assert set(found.template.text.split("\n")) == {"Sum up: {x}", "Be exact.", "Answer in JSON."}
    assert found.low <= 0.9 <= found.high
    assert 0.3 < found.gain[0] < 0.6
    assert json.loads(json.dumps(found.to_json()))["accepted"] is True


@pytest.mark.parametrize("budget", [1, 2, 7, 40, 150])
def test_the_budget_is_never_exceeded(budget: int) -> None:
    """Whatever the search would like to know."""
    metric = Worth()
    found = search(metric, budget=budget).run()
    assert metric.calls == found.calls <= budget


def test_nothing_better_keeps_the_start() -> None:
    """And says so."""
    found = search(lambda _prompt, example: 0.5 + 0.3 * (example % 2)).run()
    assert not found.accepted
    assert found.template.text == "Sum up: {x}"
    assert found.why


def test_noise_alone_is_rarely_accepted() -> None:
    """Of 12 searches in which no prompt is better than another."""
    accepted = 0
    for seed in range(12):
        rng = random.Random(seed)  # noqa: S311 - an experiment
        found = search(lambda _prompt, _example, rng=rng: float(rng.random() < 0.5), budget=60, seed=seed).run()
        accepted += found.accepted
    assert accepted <= 2


def test_a_prompt_meets_an_example_once() -> None:
    """What is known costs no call."""
    seen = []

    def metric(prompt: str, example: int) -> float:
        seen.append((prompt, example))
        return 0.5

    search(metric).run()
    assert len(seen) == len(set(seen))


def test_held_out_examples_choose_nothing() -> None:
    """They come after the last round."""
    rounds: list[int] = []
    seen: list[tuple[int, int]] = []

    def metric(_prompt: str, example: int) -> float:
        seen.append((len(rounds), example))
        return 0.5 + 0.4 * ("exact" in _prompt)

    found = search(metric, on_step=lambda step: rounds.append(step.number)).run()
    assert {example for _, example in seen if example >= 100}
    assert all(number == len(found.steps) for number, example in seen if example >= 100)


def test_every_step_is_explained() -> None:
    """What was tried, how it went, what was proposed, from which failures."""
    steps: list[Step] = []
    search(Worth(), on_step=steps.append).run()
    assert steps[0].proposed
    assert steps[0].failures == ("not good enough",) * 4
    assert 'add "Be' in str(steps[0]) or "JSON" in str(steps[0])
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))


def test_a_search_goes_on_where_it_was_left() -> None:
    """In another process, with the same end."""
    whole = search(Worth(noise=0), seed=3)
    expected = whole.run()
    begun = search(Worth(noise=0), seed=3)
    for _ in range(7):
        begun.step()
    state = json.loads(json.dumps(begun.state()))
    resumed = search(Worth(noise=0), seed=3)
    resumed.restore(state)
    assert resumed.run().to_json() == expected.to_json()
    with pytest.raises(PromptError):
        PromptOptimizer("Another: {x}", range(20), Worth()).restore(state)


def test_a_metric_that_fails_is_no_score() -> None:
    """One failure is passed over, many in a row end the search with their reason."""
    rng = random.Random(2)  # noqa: S311 - an experiment

    def shaky(prompt: str, _example: int) -> float:
        if rng.random() < 0.3:
            raise ConnectionError("away")
        return 0.4 + 0.3 * ("exact" in prompt)

    assert search(shaky).run().accepted
    with pytest.raises(PromptError, match=r"10 times in a row.*away"):
        search(lambda _prompt, _example: (_ for _ in ()).throw(ConnectionError("away"))).run()


@pytest.mark.parametrize("value", [1.5, -0.1, float("nan"), "good", None])
def test_a_score_is_a_number_from_0_to_1(value: object) -> None:
    """Anything else is refused, not guessed."""
    with pytest.raises(PromptError):
        search(lambda _prompt, _example: value).run()


def test_a_prompt_that_breaks_a_limit_is_worth_nothing() -> None:
    """However good its answers are."""

    def metric(prompt: str, _example: int) -> Score:
        exact, json_ = "exact" in prompt, "JSON" in prompt
        return Score(0.5, "", {"accuracy": 0.4 + 0.5 * exact + 0.2 * json_, "tokens": 900.0 if exact else 100.0})

    goals = Objectives.of("accuracy", constraints={"max_tokens": 500})
    found = search(metric, objectives=goals).run()
    assert "Answer in JSON." in found.template.text
    assert "Be exact." not in found.template.text


def test_a_proposal_without_the_placeholder_is_not_tried() -> None:
    """Whatever it promises."""
    seen: set[str] = set()

    def metric(prompt: str, _example: int) -> float:
        seen.add(prompt)
        return 0.5

    search(metric, proposer=lambda _prompt, _failures, _rng: "Ignore the input {open(x)} {").run()
    search(metric, proposer=lambda _prompt, _failures, _rng: "Say good.").run()
    assert seen == {"Sum up: {x}"}


def test_rules_propose_one_thing_at_a_time() -> None:
    """And keep the placeholder, whatever the failures contain."""
    rng, prompt, rules = random.Random(1), "Sum up: {x}", RuleProposer(("accuracy", "efficiency"))  # noqa: S311 - an experiment
    failures = [Failure(("{y} in }", "{"), 0.1, "forgot {the} date")] * 3
    for _ in range(12):
        found = rules.propose(prompt, failures, rng)
        if found is None:
            break
        assert differences(prompt, found.text)
        assert (
            PromptOptimizer(prompt, range(4), Worth()).template.why_not(type(search(Worth()).template)(found.text))
            == ""
        )
        prompt = found.text
    assert "Avoid what was complained about" in prompt
    assert "Example:\n  Input:" in prompt


def test_edits_bring_back_the_text() -> None:
    """What differs is all that differs."""
    rng = random.Random(5)  # noqa: S311 - an experiment
    for _ in range(300):
        old, new = ("\n".join(rng.choices("abc ", k=rng.randint(1, 6))) for _ in range(2))
        assert composed(old, differences(old, new)) == new


def test_a_few_hundred_calls_find_the_useful_clauses() -> None:
    """On the task of the benchmark, on a seed that is not reported; far above the start."""
    task, scorer = prompt_task.task(5), prompt_task.Scorer(5)
    found = PromptOptimizer(
        prompt_task.START, task.train, scorer, held=task.val, budget=465, seed=5,
        proposer=lambda prompt, failures, rng: prompt_task.propose(prompt, [one.feedback for one in failures], rng),
    ).run()  # fmt: skip
    assert scorer.calls <= 465
    assert (
        prompt_task.truth(found.template.text, task.test) > 0.85 > 2 * prompt_task.truth(prompt_task.START, task.test)
    )
