"""Prompts made better by rules, without a model: what is known to help for an objective, and examples from failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.prompts.outcome import Suggestion
from dana_poet.prompts.template import escaped

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from dana_poet.prompts.outcome import Failure

PATTERNS: dict[str, tuple[tuple[str, str], ...]] = {
    "accuracy": (
        ("state the criteria", "Decide by the criteria that the task names; do not guess what the text does not say."),
        ("ask for steps", "Work through the task step by step before you answer."),
        ("name the edge cases", "Mind edge cases: mixed, unclear, ironic, empty or contradictory input."),
        ("check the answer", "Check the answer against the input before you give it."),
    ),
    "efficiency": (
        ("ask for a short answer", "Answer in as few words as the task allows."),
        ("ask for structure", "Answer with one compact JSON object and nothing else."),
    ),
    "helpfulness": (
        ("ask for next steps", "Say what the reader should do next."),
        ("ask for certainty", "Say how certain you are."),
        ("ask for alternatives", "Name an alternative where there is one."),
        ("ask for reasons", "Give the reason in one sentence."),
    ),
}  # fmt: skip
"""What helps for an objective: a name, and the line that is put into the prompt."""
FAMILY = {
    "speed": "efficiency", "response_time": "efficiency", "latency": "efficiency", "cost": "efficiency", "tokens": "efficiency",
    "quality": "accuracy",
}  # fmt: skip
LONGEST_EXAMPLE = 300
"""Characters of an example that is shown in a prompt."""
FEWEST_SAYING = 2
"""Failures that must complain about the same thing before it becomes an instruction."""


class RuleProposer:
    """Proposes one change at a time: a pattern of the objectives, a complaint as instruction, a failure as example, less text.

    It is rule-based: it understands neither the task nor the feedback, and the search finds out which rules help.
    `expected(example)` gives an example's input and right answer as texts, for examples in the prompt; without it
    examples that are `(input, answer)` pairs are shown.

    >>> import random
    >>> RuleProposer(("efficiency",)).propose("Sum up: {x}", (), random.Random(0)).why
    'rule: ask for a short answer'
    """

    name = "rules"

    def __init__(self, objectives: Sequence[str] = ("accuracy",), *, expected: Any = None) -> None:
        families = [FAMILY.get(name, name) for name in objectives]
        self.patterns = [one for family in dict.fromkeys(families) for one in PATTERNS.get(family, ())]
        self.patterns = self.patterns or list(PATTERNS["accuracy"])
        self.compresses = "efficiency" in families
        self._expected = expected or _pair

    def propose(self, prompt: str, failures: Sequence[Failure], rng: random.Random) -> Suggestion | None:
        """Return a prompt with one change, None when no rule is left."""
        rules = [self._complaint, self._example, self._pattern]
        if rng.random() < 0.5:
            rules.reverse()
        for rule in (self._pattern, *rules) if not failures else rules:
            if (found := rule(prompt, failures)) is not None:
                return found
        return self._shorter(prompt) if self.compresses else None

    def _pattern(self, prompt: str, _failures: Sequence[Failure]) -> Suggestion | None:
        for name, line in self.patterns:
            if line not in prompt:
                return Suggestion(f"{line}\n{prompt}", f"rule: {name}")
        return None

    def _complaint(self, prompt: str, failures: Sequence[Failure]) -> Suggestion | None:
        said = [" ".join(one.feedback.split())[:LONGEST_EXAMPLE] for one in failures if one.feedback.strip()]
        for text in sorted(set(said), key=lambda text: (-said.count(text), text)):
            line = f"Avoid what was complained about before: {escaped(text)}"
            if said.count(text) >= FEWEST_SAYING and line not in prompt:
                return Suggestion(f"{line}\n{prompt}", f"rule: {said.count(text)} failures say the same")
        return None

    def _example(self, prompt: str, failures: Sequence[Failure]) -> Suggestion | None:
        for one in sorted(failures, key=lambda one: one.score):
            given = self._expected(one.example)
            if given is None:
                continue
            shown = [escaped(" ".join(str(part).split())[:LONGEST_EXAMPLE]) for part in given]
            lines = f"Example:\n  Input: {shown[0]}\n  Answer: {shown[1]}"
            if lines not in prompt:
                return Suggestion(f"{lines}\n{prompt}", "rule: show a case that failed")
        return None

    @staticmethod
    def _shorter(prompt: str) -> Suggestion | None:
        lines = prompt.split("\n")
        kept = [line for at, line in enumerate(lines) if line.strip() and line not in lines[:at]]
        return Suggestion("\n".join(kept), "rule: drop what is said twice") if len(kept) < len(lines) else None


def _pair(example: Any) -> tuple[Any, Any] | None:
    pair = isinstance(example, (tuple, list)) and len(example) == 2
    return (example[0], example[1]) if pair else None
