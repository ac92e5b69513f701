"""A better prompt out of what people said: from the events of a folder to a version on trial."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dana_poet.codegen.lifecycle import Lifecycle
    from dana_poet.codegen.versions import Version
    from dana_poet.orchestration.reading import AnyEvent, Said

COMPLETED = "poet.execution.completed"
NEWEST = 5000
"""Events of each kind that are looked at."""


def better_prompt(lifecycle: Lifecycle) -> Version | None:
    """Put a version with another prompt on trial; None where feedback asks for none, or nobody has an idea.

    Rules propose, or the model of the function's generator. PromptError for a function without a prompt in it.
    """
    from dana_poet.events import session_store
    from dana_poet.prompts import Objectives, evolve_from_feedback

    store = session_store(lifecycle.folder)
    ran = [one.payload for one in store.query(type=COMPLETED, limit=NEWEST, newest=True)]
    ours = [one for one in ran if one.get("function") == lifecycle.name]
    ids = {one.get("execution_id") for one in ours}
    said = standing(one for one in store.query(limit=2 * NEWEST, newest=True) if one.type != COMPLETED)
    options = lifecycle.options
    candidate = evolve_from_feedback(
        lifecycle.history, lifecycle.original, ours, [one for one in said if one.get("execution_id") in ids],
        objectives=Objectives.of(options.get("optimize_for"), options.get("objectives"), options.get("constraints")),
        proposer=_proposer(lifecycle),
    )  # fmt: skip
    return lifecycle.take(candidate, candidate.notes) if candidate is not None else None


def standing(events: Iterable[AnyEvent]) -> list[dict[str, Any]]:
    """Return what is thought of each execution after all amendments and retractions, as payloads with a quality.

    >>> from dana_poet.runtime.event_values import Event
    >>> said = Event("prompt.rating", {"execution_id": "run-1", "rating": 1, "comment": "too long"})
    >>> standing([said, Event("feedback", {"execution_id": "run-2", "correct": True})])[0]
    {'execution_id': 'run-1', 'quality': 0.0, 'reason': 'too long'}
    """
    from dana_poet.orchestration.outcome import outcome
    from dana_poet.orchestration.reading import feedback_in

    by_execution: dict[str, list[Said]] = {}
    for event in events:
        for one in feedback_in(event):
            by_execution.setdefault(one.execution, []).append(_rated(one, event.payload))
    found = []
    for execution, said in by_execution.items():
        now = outcome(said)
        quality = now.quality if now.quality is not None else now.verdict
        if quality is not None:
            found.append({"execution_id": execution, "quality": float(quality), "reason": now.reason})
    return found


def _rated(said: Said, payload: dict[str, Any]) -> Said:
    """Read stars as people mean them, 1 being the fewest, and a comment as the reason."""
    from dana_poet.prompts.evolve import quality_of

    rating, comment = payload.get("rating"), payload.get("comment")
    stars = quality_of({"rating": rating}) if rating is not None else None
    reason = comment if not said.reason and isinstance(comment, str) else said.reason
    return replace(said, quality=said.quality if stars is None else stars, reason=reason)


def _proposer(lifecycle: Lifecycle) -> Any:
    """Return who has ideas: the model of the function's generator; None for the rules."""
    generator = lifecycle.settings.generator
    client, budget = getattr(generator, "client", None), getattr(generator, "budget", None)
    if client is None:
        return None
    from dana_poet.prompts.model_proposer import ModelProposer

    return ModelProposer(client, budget=budget)
