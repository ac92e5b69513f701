"""From feedback to another prompt: whether executions and verdicts ask for one, beyond doubt, and which."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.promotion_statistics import Watch
from dana_poet.prompts.objectives import Objectives
from dana_poet.prompts.outcome import Failure, Suggestion
from dana_poet.prompts.source import PromptSource
from dana_poet.prompts.template import PromptError, PromptTemplate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dana_poet.codegen.generator import Candidate
    from dana_poet.codegen.original import Original
    from dana_poet.codegen.versions import History
    from dana_poet.prompts.optimizer import Proposer

ACCURACY = 0.80
"""Mean verdict below which a prompt is to change, where no target is given."""
HELPFULNESS = 0.50
TOKENS_OVER = 1.2
"""Times the token budget above which a prompt is to change."""
MINIMUM = 10
"""Verdicts or calls before anything is concluded."""
LEVEL = 0.05
"""Chance of seeing a weakness where there is none, however often one looks."""
STARS = 5.0
"""A whole rating from 1 is one of so many stars."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """Where a prompt misses an objective: the mean of `count` measures against the threshold, and what to say of it."""

    objective: str
    mean: float
    threshold: float
    count: int

    def __str__(self) -> str:
        where = "above" if self.objective == "efficiency" else "below"
        return f"{self.objective} is {self.mean:.3g} in {self.count} cases, {where} {self.threshold:.3g}"


def quality_of(payload: Mapping[str, Any]) -> float | None:
    """Return what a user's rating says from 0 to 1, None when it says nothing.

    `quality`, `accuracy` and `rating` are numbers (a whole rating from 1 is one of five stars), `correct`, `helpful` and
    `accepted` are yes or no.

    >>> quality_of({"rating": 4}), quality_of({"correct": False}), quality_of({"note": "hm"})
    (0.75, 0.0, None)
    """
    for name in ("quality", "accuracy", "rating"):
        value = payload.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= STARS:
            stars = value > 1 or (name == "rating" and value == 1 and isinstance(value, int))
            return (value - 1) / (STARS - 1) if stars else float(value)
    for name in ("correct", "accepted", "helpful"):
        if isinstance(payload.get(name), bool):
            return float(payload[name])
    return None


def weaknesses(
    executions: Iterable[Mapping[str, Any]], feedback: Iterable[Mapping[str, Any]], objectives: Objectives | None = None
) -> tuple[Weakness, ...]:
    """Return which objectives are missed beyond doubt; few cases or an unsure mean are none.

    The test stays valid however often it is repeated while evidence comes in.
    """
    goals = {goal.name: goal for goal in (objectives or Objectives.of()).goals}
    limits = dict(objectives.limits) if objectives is not None else {}
    said = [quality for one in feedback if (quality := quality_of(one)) is not None]
    found = []
    for name, usual in (("accuracy", ACCURACY), ("helpfulness", HELPFULNESS)):
        if name in goals:
            found.append(_missed(name, said, goals[name].target or usual))
    budget = limits.get("max_tokens") or (goals["efficiency"].budget if "efficiency" in goals else None)
    if budget:
        over = budget * TOKENS_OVER
        used = [float(one["tokens"]) for one in executions if _is_number(one.get("tokens"))]
        mean = sum(used) / len(used) if used else 0.0
        if len(used) >= MINIMUM and mean > over and _below([over / (over + value) for value in used], 0.5):
            found.append(Weakness("efficiency", mean, over, len(used)))
    return tuple(one for one in found if one is not None)


def _missed(name: str, said: list[float], target: float) -> Weakness | None:
    mean = sum(said) / len(said) if said else 1.0
    if len(said) < MINIMUM or mean >= target or not _below(said, target):
        return None
    return Weakness(name, mean, target, len(said))


def _below(values: list[float], rate: float) -> bool:
    """Whether values from 0 to 1 have a mean below a rate, beyond doubt at any look."""
    watch = Watch(level=LEVEL)
    for value in values:
        watch.update(value, rate)
        if watch.breached:
            return True
    return False


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def evolve_from_feedback(
    history: History | None, original: Original, executions: Iterable[Mapping[str, Any]],
    feedback: Iterable[Mapping[str, Any]], *, objectives: Objectives | None = None, proposer: Proposer | None = None,
    seed: int = 0,
) -> Candidate | None:  # fmt: skip
    """Return a version of `original` with another prompt, or None where nothing asks for one or nobody has an idea.

    `executions` are payloads of `poet.execution.completed` (execution_id, inputs, tokens ...), `feedback` payloads with
    an execution_id and a verdict (rating, correct, helpful, quality) and, if they have it, a reason. The prompt that is
    changed is that of the active version. The candidate is unmeasured: a trial or `optimize_prompt` finds out whether it
    is better. PromptError where `original` has no prompt. Rules propose, unless another `proposer` is given.

    >>> from dana_poet.codegen.original import Original
    >>> asks = Original.of_source('def mood(text):\\n    return llm.complete(f"Mood: {text}")\\n')
    >>> verdicts = [{"execution_id": str(n), "correct": n % 3 == 0, "reason": "missed the irony"} for n in range(60)]
    >>> evolve_from_feedback(None, asks, [], verdicts).notes
    'accuracy is 0.333 in 60 cases, below 0.8; rule: 40 failures say the same'
    """
    ran, said = list(executions), list(feedback)
    weak = weaknesses(ran, said, objectives)
    if not weak:
        return None
    source = PromptSource.of_original(original)
    prompt = _current(history, source)
    if proposer is None:
        from dana_poet.prompts.rules import RuleProposer

        proposer = RuleProposer([one.objective for one in weak])
    suggestion = proposer.propose(prompt.text, failures_of(ran, said), random.Random(seed))  # noqa: S311
    if suggestion is None:
        return None
    given = Suggestion(suggestion) if isinstance(suggestion, str) else suggestion
    template = PromptTemplate(given.text)
    if template == prompt:
        return None
    by_rules = getattr(proposer, "name", "") == "rules"
    return source.candidate(
        template, origin="rules" if by_rules else "model", usage=getattr(proposer, "usage", None),
        generator=f"prompts:{getattr(proposer, 'name', 'callable')}",
        notes="; ".join([*map(str, weak), *([given.why] if given.why else [])]),
    )  # fmt: skip


def failures_of(executions: Iterable[Mapping[str, Any]], feedback: Iterable[Mapping[str, Any]]) -> list[Failure]:
    """Return the executions that were judged worse than right, the worst first, with what was said."""
    inputs = {str(one.get("execution_id")): one.get("inputs") for one in executions}
    found = []
    for one in feedback:
        quality = quality_of(one)
        if quality is not None and quality < 1:
            reason = next((str(one[name]) for name in ("reason", "comment", "text") if one.get(name)), "")
            found.append(Failure(inputs.get(str(one.get("execution_id"))), quality, reason))
    told = [one.feedback for one in found]
    return sorted(found, key=lambda one: (one.score, -told.count(one.feedback)))


def _current(history: History | None, source: PromptSource) -> PromptTemplate:
    """Return the prompt in use: that of the active version where that is the original with another prompt."""
    version = history.current() if history is not None else None
    if version is None:
        return source.template
    try:
        return source.prompt_in(version.source())
    except PromptError:
        return source.template
