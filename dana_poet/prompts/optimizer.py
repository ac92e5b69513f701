"""Search for a better prompt with few calls of the metric: all scores count for all prompts that share an edit.

Each round draws what every edit may be worth, tries the prompt that would be best then on a few examples, and asks the
proposer for a new edit from what failed. What leads in the end is tried on examples that had no part in the search.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Protocol

from dana_poet.codegen.generator import GenerationError
from dana_poet.prompts.edits import composed
from dana_poet.prompts.given import listed, suggestion, takes, whole
from dana_poet.prompts.held_out import Held, held_out, reserve
from dana_poet.prompts.ideas import LAST, Ideas
from dana_poet.prompts.outcome import Evolved, Failure, Step, Suggestion
from dana_poet.prompts.scores import Scores
from dana_poet.prompts.template import PromptError, PromptTemplate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dana_poet.prompts.objectives import Objectives

BATCH = 4
"""Examples of a round."""
REDRAWS = 5
"""Draws before a round tries what was tried on all examples."""
TESTED_FROM = 0.4
"""Share of the budget after which every other round tries what leads without one edit that was little tried without."""
SHUFFLED = (0.7, 1.3)
"""What the doubt about an example is multiplied by at random, so that rounds do not repeat themselves."""
GOOD = 0.999
"""A score from here on is no failure, whatever is said about it."""
BARREN = 20
"""Rounds in a row without a new score after which the search ends."""
SHARE_TO_LEARN = 0.5
"""Share of the examples that are searched on, where none are given to hold out."""


class Proposer(Protocol):
    """Gives a better text for a prompt from where it failed; None when it has no idea."""

    def propose(self, prompt: str, failures: Sequence[Failure], rng: random.Random) -> Suggestion | str | None:
        """Return the new text, with all placeholders of the prompt."""
        ...


class PromptOptimizer:
    """Looks for a better prompt than `template` within `budget` calls of the metric, never more.

    `metric(prompt, example)` returns a number from 0 to 1, (number, feedback) or a `Score`; with `objectives` the
    measures of a Score are weighed into the number, and a prompt that breaks a constraint is worth nothing.
    `examples` are searched on; what leads is judged on `held`, by default the second half of the examples.
    `proposer` is an object with `propose`, or such a function; without one rules propose. `state()` is plain data with
    which `restore` goes on in another process. Equal seeds and scores give equal searches.

    >>> class Terse:
    ...     def propose(self, prompt, failures, rng):
    ...         return prompt + "\\nAnswer in one word."
    >>> search = PromptOptimizer(
    ...     PromptTemplate("Is it good? {x}"), list(range(40)), lambda prompt, example: 0.9 if "one word" in prompt else 0.3,
    ...     proposer=Terse(), budget=80,
    ... )
    >>> search.run().template.text
    'Is it good? {x}\\nAnswer in one word.'
    """

    def __init__(
        self, template: PromptTemplate | str, examples: Sequence[Any], metric: Callable[[str, Any], Any], *,
        held: Sequence[Any] | None = None, proposer: Proposer | Callable[..., Any] | None = None,
        objectives: Objectives | None = None, budget: int = 400, seed: int = 0, batch: int = BATCH,
        on_step: Callable[[Step], object] | None = None,
    ) -> None:  # fmt: skip
        self.template = template if isinstance(template, PromptTemplate) else PromptTemplate(template)
        takes("metric", metric, "prompt", "example")
        judged = None if held is None else listed("held", held)
        self.train, self.held = _split(listed("examples", examples), judged, seed)
        self.scores = Scores(metric, objectives, budget)
        self.ideas = Ideas(self.template, len(self.train))
        self.proposer = _proposer(proposer, objectives)
        self.budget, self.batch, self.on_step = budget, whole("batch", batch, "examples of a round"), on_step
        self.steps: list[Step] = []
        self.rng = random.Random(seed)  # noqa: S311 - an experiment
        self._barren = 0

    @property
    def calls(self) -> int:
        """Calls of the metric so far."""
        return self.scores.calls

    @property
    def leader(self) -> PromptTemplate:
        """The prompt that leads now: every edit that is worth its price."""
        return PromptTemplate(self._text(self.ideas.leading()))

    def run(self) -> Evolved:
        """Search until the budget for it is used up, then judge on what was held out."""
        while self.step() is not None:
            pass
        self.ideas.settle(self.rng, LAST)
        leader = self.leader
        found = held_out(self.template, leader, self.held, self.scores)
        return self._evolved(leader, found)

    def step(self) -> Step | None:
        """Make one round; None when nothing is left to spend on the search, or nothing new comes of it."""
        room = self.budget - reserve(len(self.held), self.budget) - self.calls
        if room < 1 or self._barren >= BARREN:
            return None
        chosen = self._drawn()
        text = self._text(chosen)
        failures, scores = self._tried(chosen, text, min(self.batch, room))
        self._barren = 0 if scores else self._barren + 1
        why, proposed = self._proposed(text, chosen, failures)
        step = Step(
            len(self.steps) + 1, self.calls, self.ideas.shown(chosen), sum(scores) / len(scores) if scores else None,
            tuple(one.feedback for one in failures if one.feedback), self.ideas.shown(proposed), why,
            self.ideas.shown(self.ideas.leading()),
        )  # fmt: skip
        self.steps.append(step)
        if self.on_step is not None:
            self.on_step(step)
        return step

    def _drawn(self) -> tuple[int, ...]:
        """Draw what to try; again where that was tried on everything."""
        chosen = self.ideas.drawn(self.rng)
        if self.calls >= TESTED_FROM * self.budget and len(self.steps) % 2:
            tested = self.ideas.untested()
            chosen = chosen if tested is None else tested
        for _ in range(1, REDRAWS):
            text = self._text(chosen)
            if any(not self.scores.knows(text, at) for at in range(len(self.train))):
                break
            chosen = self.ideas.drawn(self.rng)
        return chosen

    def _text(self, chosen: Sequence[int]) -> str:
        return composed(self.template.text, [self.ideas.edits[at] for at in chosen])

    def _tried(self, chosen: tuple[int, ...], text: str, count: int) -> tuple[list[Failure], list[float]]:
        """Score a prompt on the examples where its score is most in doubt; return failures and new scores."""
        fresh = [at for at in range(len(self.train)) if not self.scores.knows(text, at)]
        doubt = self.ideas.pool.doubt(chosen)
        order = sorted(fresh, key=lambda at: -float(doubt[at]) * self.rng.uniform(*SHUFFLED))
        failures, found = [], []
        for at in order[:count]:
            score = self.scores.of(text, at, self.train[at])
            if score is None:
                continue
            self.ideas.pool.add(chosen, at, score.value)
            found.append(score.value)
            if score.value < GOOD:
                failures.append(Failure(self.train[at], score.value, score.feedback))
        return failures, found

    def _proposed(self, text: str, chosen: tuple[int, ...], failures: list[Failure]) -> tuple[str, tuple[int, ...]]:
        """Ask for an idea where something failed, or where nobody had one yet; return why, and what is proposed."""
        if not failures:
            return "", ()
        try:
            given = self.proposer.propose(text, failures, self.rng)
        except GenerationError as error:
            return f"no proposal: {error.message}", ()
        except Exception as error:
            raise PromptError(
                f"the proposer failed: {type(error).__name__}: {error}", hint="the search can go on: keep its state()"
            ) from error
        found = suggestion(given)
        return ("no idea is left", ()) if found is None else self.ideas.take(found, chosen)

    def _evolved(self, leader: PromptTemplate, found: Held) -> Evolved:
        changes = self.ideas.shown(self.ideas.leading()) if found.accepted else ()
        return Evolved(
            template=leader if found.accepted else self.template, start=self.template, accepted=found.accepted,
            score=found.score, low=found.low, high=found.high, before=found.before, gain=found.gain, calls=self.calls,
            proposals=self.ideas.proposals, changes=changes, steps=tuple(self.steps), why=found.why,
        )  # fmt: skip

    def state(self) -> dict[str, Any]:
        """Return all that was found out, as plain data."""
        version, internal, gauss = self.rng.getstate()
        return {
            "template": self.template.text, "train": len(self.train), "barren": self._barren,
            "rng": [version, list(internal), gauss], "ideas": self.ideas.state(), "scores": self.scores.state(),
            "rounds": [[getattr(one, name) for name in Step.__slots__] for one in self.steps],
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from `state()` of the same search. PromptError when it belongs to another one."""
        if state["template"] != self.template.text or state["train"] != len(self.train):
            raise PromptError("the state belongs to a search for another prompt or with other examples")
        version, internal, gauss = state["rng"]
        self.rng.setstate((version, tuple(internal), gauss))
        self._barren = int(state["barren"])
        self.ideas.restore(state["ideas"])
        self.scores.restore(state["scores"])
        self.steps = [_step(row) for row in state["rounds"]]


def _step(row: list[Any]) -> Step:
    given: list[Any] = [tuple(one) if isinstance(one, list) else one for one in row]
    return Step(*given)


def _split(examples: list[Any], held: list[Any] | None, seed: int) -> tuple[list[Any], list[Any]]:
    if held is None:
        random.Random(f"split {seed}").shuffle(examples)  # noqa: S311 - an experiment
        middle = round(len(examples) * SHARE_TO_LEARN)
        examples, held = examples[:middle], examples[middle:]
    if len(examples) < 2 or len(held) < 2:
        raise PromptError(
            f"{len(examples)} examples to search on and {len(held)} to judge by are too few",
            hint="give at least 4 examples, better 40",
        )
    return examples, held


class _Function:
    def __init__(self, function: Callable[..., Any]) -> None:
        self.propose = function


def _proposer(given: Any, objectives: Objectives | None) -> Any:
    if given is None:
        from dana_poet.prompts.rules import RuleProposer

        return RuleProposer(objectives.names if objectives is not None else ("accuracy",))
    found = given if hasattr(given, "propose") else _Function(given)
    takes("proposer", found.propose, "prompt", "failures", "rng")
    return found
