"""Calls of language models: temperature, length, examples and retries, from what prompts and answers looked like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dana_learning.kinds import Parameter
from dana_learning.plugins.plugin import Domain, Rule, RulePlugin, When

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_learning.observation import ExecutionFeedback

PARAMETERS = (
    Parameter("temperature", 0.7, 0.0, 1.5),
    Parameter("max_tokens", 1024, 64, 8192, scale="log", integer=True),
    Parameter("examples", 2, 0, 8, integer=True),
    Parameter("timeout", 30.0, 1.0, 300.0, unit="s", scale="log"),
    Parameter("retries", 2, 0, 5, integer=True),
)

RULES = (
    Rule(
        "colder for format", "temperature", (When("format_valid", "below", 0.8, 5),),
        "answers often have the wrong form: be less inventive", factor=0.9,
    ),
    Rule(
        "warmer for variety", "temperature", (When("repetition", "above", 0.5, 5), When("format_valid", "above", 0.95, 5)),
        "answers repeat themselves while their form is right", factor=1.05, step=0.01,
    ),
    Rule(
        "more room", "max_tokens", (When("cut_off", "above", 0.2, 5),), "answers were cut off", factor=1.25,
    ),
    Rule(
        "less room", "max_tokens", (When("share_used", "below", 0.2, 20), When("cut_off", "below", 0.001, 20)),
        "answers need a fifth of the room at most", factor=0.9,
    ),
    Rule(
        "one more example", "examples", (When("format_valid", "below", 0.6, 10),),
        "the wrong form stays: show another example", step=1.0,
    ),
    Rule(
        "more patience", "timeout", (When("timed_out", "above", 0.2, 10),), "calls are given up too early", factor=1.2,
    ),
)  # fmt: skip

_MARKS = {
    "has_examples": r"\b(examples?|for instance|e\.g\.)",
    "has_role_instruction": r"\b(you are|act as|as an?)\b",
    "has_format_instruction": r"\b(format|json|xml|table|markdown)\b",
    "has_constraints": r"\b(must|should|ensure|only|never|at most)\b",
}


def prompt_features(prompt: str) -> dict[str, float]:
    """Return what a prompt consists of, as numbers; the text itself is not kept.

    >>> prompt_features("You are a clerk. Answer as JSON.")["has_format_instruction"]
    1.0
    """
    found = {name: float(bool(re.search(mark, prompt, re.IGNORECASE))) for name, mark in _MARKS.items()}
    return {"prompt_length": float(len(prompt)), **found}


def outcomes(feedback: ExecutionFeedback) -> Mapping[str, float]:
    """Return the features of the prompt that was used, and whether the call timed out."""
    prompt = (feedback.user_feedback or {}).get("prompt_used")
    found = prompt_features(prompt) if isinstance(prompt, str) else {}
    if feedback.attempts:
        found["timed_out"] = float(feedback.attempts[-1].timed_out)
    return found


DOMAIN = Domain(
    name="llm",
    parameters=PARAMETERS,
    rules=RULES,
    outcomes=outcomes,
    metrics={
        "format_valid": lambda result: float(bool(result["format_valid"])),
        "share_used": lambda result: result["tokens"] / result["max_tokens"],
        "cut_off": lambda result: float(result["finish_reason"] == "length"),
        "repetition": lambda result: 1.0 - len(set(result["text"].split())) / len(result["text"].split()),
    },
    impacts={
        "temperature": "variety against a steady form", "max_tokens": "cost against answers that are cut off",
        "examples": "a steady form against cost", "timeout": "patience", "retries": "reliability against cost",
    },
    frugal={"max_tokens": 0.9, "retries": 0.5},
)  # fmt: skip


class LLMPlugin(RulePlugin):
    """The plugin for language models, by its rules and inside their bounds.

    >>> LLMPlugin().name
    'llm'
    """

    def __init__(self, domain: Domain = DOMAIN) -> None:
        super().__init__(domain)


def llm() -> LLMPlugin:
    """Return a new plugin for language models.

    >>> llm().get_domain_metrics({"finish_reason": "length"})
    {'cut_off': 1.0}
    """
    return LLMPlugin()
