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

ASKING = ("domain", "optimize_for", "objectives", "learning", "generator")
"""Options whose functions keep versions; a plain `@poet()` writes nothing, ever."""


def give_versions(built: Built) -> None:
    """Start the lifecycle of a function that asks for one. What cannot be done is one PoetWarning."""
    poet = built.poet
    if poet.lifecycle is not None:  # the stages were made anew, with learned parameters
        built.trainer.version = poet.lifecycle.number
        return
    if not any(poet.options.get(name) for name in ASKING):
        return
    folder = folder_of(built.original)
    if built.original is None or folder is None:
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


def _without(built: Built, why: str) -> None:
    if built.poet.options.get("generator"):
        warnings.warn(f"{built.trainer.function_name()} has no versions: {why}", PoetWarning, stacklevel=4)
