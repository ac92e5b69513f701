"""Give a `@poet` function its versions: what is stored, generated and tried stands behind `fn.poet.lifecycle`."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError, PoetOptionError, PoetWarning
from dana_poet.stages.train import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.codegen.generator import Candidate
    from dana_poet.stages.build import Built


def give_versions(built: Built) -> None:
    """Start the lifecycle and the learning of a function. What cannot be done is one PoetWarning."""
    poet = built.poet
    if poet.lifecycle is not None:  # the stages were made anew, with learned parameters
        built.trainer.version = poet.lifecycle.number
        return
    folder = folder_of(built.original)
    _begin_versions(built, folder)
    if poet.learning is None:
        _begin_learning(built, folder)


def _begin_versions(built: Built, folder: str | None) -> None:
    poet = built.poet
    if built.original is None or poet.original_problem or folder is None:
        _without(built, poet.original_problem or "it has no file, so there is no folder for them")
        return
    from dana_poet.codegen.lifecycle import Lifecycle

    def implement(function: Callable[..., Any]) -> None:
        poet.implementation = function

    try:
        poet.lifecycle = lifecycle = Lifecycle(
            built.original, poet.function, folder=folder, options=poet.options, implement=implement,
            rules=_rules(built), name=built.trainer.function_name(),
        )  # fmt: skip
    except PoetOptionError:
        raise
    except (DanaError, OSError) as problem:
        _without(built, str(problem))
        return
    lifecycle.start()
    built.trainer.version = lifecycle.number


def _rules(built: Built) -> Candidate | None:
    """Return the rule-based enhancement as a text that can be read, compared and kept."""
    from dana_poet.codegen.generator import GenerationError, GenerationRequest
    from dana_poet.codegen.template_generator import TemplateGenerator

    assert built.original is not None
    domain = built.poet.options.get("domain")
    request = GenerationRequest(built.original, str(getattr(domain, "name", domain) or "base"), built.poet.options)
    try:
        return TemplateGenerator().generate(request)
    except GenerationError:
        return None


def _begin_learning(built: Built, folder: str | None) -> None:
    """Put what was learned in force, and learn on. The stages are made anew with it when they are first used."""
    from dana_poet.stages import learning
    from dana_poet.stages.train import observers

    built.poet.learning = found = learning.learning_of(built, folder)
    if found is None:
        return
    if learning.observe not in observers:
        observers.append(learning.observe)
    try:
        found.start()
    except (DanaError, OSError) as problem:
        _without(built, str(problem))


def _without(built: Built, why: str) -> None:
    if built.poet.options.get("generator"):
        warnings.warn(f"{built.trainer.function_name()} has no versions: {why}", PoetWarning, stacklevel=4)
