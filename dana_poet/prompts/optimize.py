"""Make the prompt of a function better by examples: `optimize_prompt(function, examples, metric)`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.generator import Candidate
from dana_poet.codegen.original import plain_function
from dana_poet.codegen.versions import Version
from dana_poet.errors import LLMNotConfigured
from dana_poet.prompts.given import pairs, shown, takes
from dana_poet.prompts.objectives import Objectives
from dana_poet.prompts.optimizer import PromptOptimizer, Proposer
from dana_poet.prompts.outcome import Evolved, Score, Step
from dana_poet.prompts.source import PromptSource
from dana_poet.prompts.template import PromptError, PromptTemplate

if TYPE_CHECKING:
    from dana_poet.codegen.versions import History
    from dana_poet.llm.client import LanguageModel

LONGEST_ERROR = 200


@dataclass(frozen=True, slots=True)
class Optimized:
    """What came of it: `function` has the better prompt (the given one where nothing is better), `version` is where it is kept."""

    evolved: Evolved
    function: Callable[..., Any]
    candidate: Candidate | None = None
    version: Version | None = None

    @property
    def prompt(self) -> str:
        """The prompt as a template."""
        return self.evolved.template.text


def optimize_prompt(
    function: Callable[..., Any], examples: Sequence[tuple[Any, Any]], metric: Callable[[Any, Any], Any], *,
    held: Sequence[tuple[Any, Any]] | None = None, proposer: Proposer | Callable[..., Any] | None = None,
    optimize_for: Any = None, objectives: Any = None, constraints: Mapping[str, Any] | None = None,
    model: LanguageModel | None = None, budget: int = 400, seed: int = 0, history: History | None = None,
    activate: bool = False, on_step: Callable[[Step], object] | None = None,
) -> Optimized:  # fmt: skip
    """Look for a better prompt of `function`, which asks a model, with at most `budget` calls of it.

    `examples` are pairs of an input (one argument, a tuple of arguments, or a dict of them by name) and what is right;
    `metric(result, right)` returns 0 to 1, or that with a text on what is wrong. Objectives and constraints are those of
    `@poet`; time, tokens and cost of the calls are measured. `proposer` defaults to rules. What is better on held-out
    examples is stored in `history`, verified, and active with `activate`. PromptError where no prompt is found.
    """
    source = PromptSource.of(function)
    _checked(metric, model, history)
    given = pairs("examples", examples)
    judged = None if held is None else pairs("held", held)
    _callable_with(source.original.name, function, [*given[:1], *(judged or [])[:1]])
    goals = None if (optimize_for, objectives, constraints) == (None, None, None) else (
        Objectives.of(optimize_for, objectives, constraints)
    )  # fmt: skip
    calls = Calls(function, source, metric, model)
    chosen = proposer if proposer is not None else _rules(goals)
    search = PromptOptimizer(
        source.template, given, calls, held=judged, proposer=chosen, objectives=goals, budget=budget, seed=seed,
        on_step=on_step,
    )  # fmt: skip
    found = search.run()
    if not found.accepted:
        return Optimized(found, function)
    by_rules = getattr(chosen, "name", "") == "rules"
    candidate = source.candidate(
        found.template, origin="rules" if by_rules else "model", usage=getattr(chosen, "usage", None),
        generator=f"prompts:{getattr(chosen, 'name', 'callable')}", notes="; ".join(found.changes),
    )  # fmt: skip
    version = _stored(history, candidate, found, activate=activate) if history is not None else None
    return Optimized(found, source.function(function, found.template), candidate, version)


class Calls:
    """Calls a function with other prompts: the metric of a search. A call that raises is no score."""

    def __init__(
        self, function: Callable[..., Any], source: PromptSource, metric: Callable[[Any, Any], Any],
        model: LanguageModel | None = None,
    ) -> None:  # fmt: skip
        self.function, self.source, self.metric, self.model = function, source, metric, model
        self._made: dict[str, Callable[..., Any]] = {}

    def __call__(self, prompt: str, example: tuple[Any, Any]) -> Score:
        """Return how good the function is with a prompt on an example."""
        given, right = example
        with _watched(self.model) as measured:
            result = self._called(self._with(prompt), given)
        measures: dict[str, float] = {}
        for one in measured:
            for name, value in one.measures().items():
                measures[name] = measures.get(name, 0.0) + value
        return _scored(self.metric(result, right), measures)

    def _with(self, prompt: str) -> Callable[..., Any]:
        if prompt not in self._made:
            self._made[prompt] = self.source.function(self.function, PromptTemplate(prompt))
        return self._made[prompt]

    def _called(self, function: Callable[..., Any], given: Any) -> Any:
        owner = getattr(self.function, "__self__", None)
        first = () if owner is None else (owner,)
        args, named = _arguments(function, given)
        result = function(*first, *args, **named)
        if inspect.iscoroutine(result):
            import asyncio

            return asyncio.run(result)
        return result


def _checked(metric: Any, model: Any, history: Any) -> None:
    takes("metric", metric, "result", "right")
    if model is not None and not callable(getattr(model, "complete", None)):
        raise PromptError(f"the model is {shown(model)}", hint="a model has complete(Request): see dana_poet.llm")
    if history is not None and not callable(getattr(history, "add", None)):
        raise PromptError(f"the history is {shown(history)}", hint='VersionStore(".poet").open(Original.of(function))')


def _callable_with(name: str, function: Callable[..., Any], examples: Sequence[tuple[Any, Any]]) -> None:
    for given, _ in examples:
        args, named = _arguments(function, given)
        try:
            inspect.signature(function).bind(*args, **named)
        except TypeError as error:
            raise PromptError(
                f"{name} cannot be called with {shown(given)}: {error}",
                hint="the input of an example is one argument, a tuple of arguments, or a dict of them by name",
            ) from error


def _arguments(function: Callable[..., Any], given: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the input of an example as arguments: one, several, or by name."""
    if isinstance(given, Mapping) and _takes(function, given):
        return (), dict(given)
    return (given if isinstance(given, tuple) else (given,)), {}


def _takes(function: Callable[..., Any], given: Mapping[Any, Any]) -> bool:
    """Whether a mapping is arguments by name, and not one argument."""
    return bool(given) and given.keys() <= inspect.signature(plain_function(function)).parameters.keys()


def _watched(model: LanguageModel | None) -> Any:
    from contextlib import nullcontext

    from dana_poet.llm.choose import current_model
    from dana_poet.prompts.measure import observed

    try:
        return observed(model if model is not None else current_model())
    except LLMNotConfigured:  # the function has a client of its own
        return nullcontext([])


def _scored(given: Any, measures: dict[str, float]) -> Score:
    """Return a metric's answer as a score, with what was measured beside it."""
    if isinstance(given, Score):
        return Score(given.value, given.feedback, {"accuracy": given.value, **measures, **given.measures})
    value, feedback = given if isinstance(given, tuple) and len(given) == 2 else (given, "")
    score = Score(value, str(feedback or ""))
    return Score(score.value, score.feedback, {"accuracy": float(score.value), **measures})


def _rules(goals: Objectives | None) -> Proposer:
    from dana_poet.prompts.rules import RuleProposer

    return RuleProposer(goals.names if goals is not None else ("accuracy",))


def _stored(history: History, candidate: Candidate, found: Evolved, *, activate: bool) -> Version:
    version = history.add(candidate, None)
    evidence = {"held_out": found.to_json()}
    if version.state in ("draft", "retired"):
        version = history.move(version, "verified", f"the same code with another prompt; {found.why}", evidence)
    if activate and version.state != "active":
        version = history.move(version, "active", f"better {found.why}", evidence)
    return version
