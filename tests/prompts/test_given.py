"""Mistakes in what is given to a search are told before a call is spent, with what to give instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.errors import DanaError, LLMNotConfigured
from dana_poet.llm import ScriptedModel
from dana_poet.prompts import Objectives, PromptError, PromptOptimizer, PromptTemplate, RubricJudge, optimize_prompt
from dana_poet.runtime.reason import reason

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = ScriptedModel({"": "good"})
EXAMPLES = [(f"review {number}", "bad") for number in range(12)]


def mood(text: str) -> str:
    """Ask a model for the mood of a text."""
    return str(reason(f"Tell the mood: {text}"))


def right(result: str, expected: str) -> bool:
    """Return whether an answer is right."""
    return result == expected


MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "examples without answers": ({"examples": ["a"] * 12}, r"examples\[0\] is 'a'", "a pair"),
    "a dict of examples": ({"examples": {"a": "b"}}, "examples are {'a': 'b'}", "a list"),
    "too few examples": ({"examples": EXAMPLES[:3]}, "too few", "at least 4"),
    "an input that does not fit": ({"examples": [(("a", "b"), "c")] * 12}, "mood cannot be called", "a tuple"),
    "no metric": ({"metric": None}, "the metric is None", "(result, right)"),
    "a metric of one argument": ({"metric": len}, "the metric cannot be called", "(result, right)"),
    "a score in percent": ({"metric": lambda _result, _right: 85}, "a score is 85", "from 0 to 1"),
    "a score of three": ({"metric": lambda _result, _right: (1, "a", "b")}, "a score is", "(number, feedback)"),
    "a budget in words": ({"budget": "100"}, "the budget is '100'", "whole number"),
    "a limit as text": ({"constraints": "max_tokens"}, "constraints are 'max_tokens'", "max_tokens"),
    "an unknown limit": ({"constraints": {"max_token": 3}}, "max_token", "max_tokens"),
    "a name of a model": ({"model": "gpt"}, "the model is 'gpt'", "complete(Request)"),
    "a path of a history": ({"history": ".poet"}, "the history is '.poet'", "VersionStore"),
    "a name of a proposer": ({"proposer": "rules"}, "the proposer is 'rules'", "(prompt, failures, rng)"),
    "a proposer that gives a number": ({"proposer": lambda _prompt, _failures, _rng: 3}, "the proposer gave 3", "text"),
    "a proposer that fails": (
        {"proposer": lambda _prompt, _failures, _rng: str(1 / 0)},
        "ZeroDivisionError",
        "state()",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_what_to_do(mistake: str) -> None:
    """The message has what was given, the hint what is expected."""
    change, message, hint = MISTAKES[mistake]
    given: dict[str, Any] = {"examples": EXAMPLES, "metric": right, "model": MODEL, "budget": 12, **change}
    with pytest.raises(DanaError, match=message) as caught:
        optimize_prompt(mood, given.pop("examples"), given.pop("metric"), **given)
    assert hint in caught.value.hint


def test_a_missing_model_is_told_at_once() -> None:
    """And not as ten failures of the metric."""
    with pytest.raises(LLMNotConfigured):
        optimize_prompt(mood, EXAMPLES, right, budget=12)


OTHERS: dict[str, Callable[[], object]] = {
    "a prompt that is no text": lambda: PromptTemplate(None),  # type: ignore[arg-type]
    "a round of nothing": lambda: PromptOptimizer("a", range(9), lambda _prompt, _example: 0.5, batch=0),
    "a rubric without questions": lambda: RubricJudge(MODEL, ["accuracy"]),  # type: ignore[arg-type]
    "samples in words": lambda: RubricJudge(MODEL, samples="2"),  # type: ignore[arg-type]
    "a judge that chats": lambda: RubricJudge(MODEL)("a", "b"),
    "a value that is missing": lambda: PromptTemplate("Sum up {x}").fill({"y": 1}),
}


@pytest.mark.parametrize("mistake", OTHERS)
def test_other_mistakes_are_told_too(mistake: str) -> None:
    """Never by an error of the inside."""
    with pytest.raises(PromptError) as caught:
        OTHERS[mistake]()
    assert caught.value.hint


def test_limits_and_goals_work_together() -> None:
    """Tokens, latency and cost: each by itself makes a prompt worth nothing."""
    goals = Objectives.of(
        objectives={"accuracy": 0.5, "helpfulness": 0.3, "efficiency": {"weight": 0.2, "target": 100}},
        constraints={"max_tokens": 500, "response_time": 5.0, "cost_per_call": 0.1},
    )
    fine = {"accuracy": 0.8, "helpfulness": 0.5, "tokens": 200.0, "seconds": 1.0, "cost_usd": 0.01}
    assert goals.utility(fine) == pytest.approx(0.5 * 0.8 + 0.3 * 0.5 + 0.2 * 0.5)
    assert goals.broken(fine) == ()
    for name, value, told in (
        ("tokens", 501, "max_tokens"),
        ("seconds", 6, "response_time"),
        ("cost_usd", 1, "cost_per"),
    ):
        utility, broken = goals.judged({**fine, name: value})
        assert utility == 0
        assert told in broken[0]
