"""A better prompt out of what people said: from the events of a folder to a version on trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dana_poet.codegen.lifecycle import Lifecycle
    from dana_poet.codegen.versions import Version

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
    said = [one.payload for one in store.query(limit=2 * NEWEST, newest=True) if one.type != COMPLETED]
    options = lifecycle.options
    candidate = evolve_from_feedback(
        lifecycle.history, lifecycle.original, ours, [one for one in said if one.get("execution_id") in ids],
        objectives=Objectives.of(options.get("optimize_for"), options.get("objectives"), options.get("constraints")),
        proposer=_proposer(lifecycle),
    )  # fmt: skip
    return lifecycle.take(candidate, candidate.notes) if candidate is not None else None


def _proposer(lifecycle: Lifecycle) -> Any:
    """Return who has ideas: the model of the function's generator; None for the rules."""
    generator = lifecycle.settings.generator
    client, budget = getattr(generator, "client", None), getattr(generator, "budget", None)
    if client is None:
        return None
    from dana_poet.prompts.model_proposer import ModelProposer

    return ModelProposer(client, budget=budget)
