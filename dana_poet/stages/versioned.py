"""Give a `@poet` function its versions: what is stored, generated and tried stands behind `fn.poet.lifecycle`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet import unwritable
from dana_poet.errors import DanaError, PoetOptionError, warn
from dana_poet.runtime import place
from dana_poet.stages.looking import Looking
from dana_poet.stages.train import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.codegen.generator import Candidate
    from dana_poet.codegen.keeping import Unkept
    from dana_poet.stages.build import Built
    from dana_poet.stages.poet import Poet


def give_versions(built: Built) -> None:
    """Start the lifecycle and the learning of a function. What cannot be done is one PoetWarning."""
    poet = built.poet
    if poet.lifecycle is not None:  # the stages were made anew, with learned parameters
        built.trainer.version = poet.lifecycle.number
        return
    folder = folder_of(built.original)
    found = _unkept(built, folder)
    problem = unwritable.why(folder, found.error) if found is not None and folder is not None else ""
    _begin_versions(built, folder, problem)
    if poet.learning is None:
        _begin_learning(built, folder, problem)
    if folder is not None and not isinstance(poet.begin, Looking):
        waits = found is not None and not found.expected
        poet.begin = Looking(poet, lambda ending: _again(poet, folder, ending), waits=waits)


def _again(poet: Poet, folder: str, ending: bool) -> bool:
    """Begin what waited for a folder, if it can be written now; return whether it can."""
    from dana_poet.codegen.keeping import unkept

    built, found = poet.building, unkept(folder)
    if found is not None:
        unwritable.first(folder, found.error)  # somebody was told, and it goes on
    if built is None or found is not None:
        return False
    built.trainer.go_on()
    if ending:
        built.trainer.flush()
    if poet.lifecycle is not None:
        poet.lifecycle.kept_again(ending=ending)
        built.trainer.version = poet.lifecycle.number
    if poet.learning is None and not ending:
        _begin_learning(built, folder, "")
    return True


def _unkept(built: Built, folder: str | None) -> Unkept | None:
    """Return why the folder can keep nothing, None when it can; said once a folder, for all that is not kept there.

    A folder beside code that is not the user's to write, such as an installed package, is nothing to warn of.
    """
    from dana_poet.codegen.keeping import unkept

    found = unkept(folder) if folder is not None else None
    if found is None or folder is None:
        return None
    if found.expected:
        built.trainer.stop()
    else:
        built.trainer.wait()
    if (not found.expected or built.poet.options.get("generator")) and unwritable.first(folder, found.error):
        warn(f"{built.trainer.name}: {unwritable.message(folder, found.error)}")
    return found


def _begin_versions(built: Built, folder: str | None, problem: str) -> None:
    poet = built.poet
    if built.original is None or poet.original_problem or folder is None:
        poet.original_problem = poet.original_problem or "it has no file, so there is no folder for them"
        _without(built, poet.original_problem)
        return
    from dana_poet.codegen.lifecycle import Lifecycle

    def implement(function: Callable[..., Any]) -> None:
        poet.implementation = function

    try:
        poet.lifecycle = lifecycle = Lifecycle(
            built.original, poet.function, folder=folder, options=poet.options, implement=implement,
            rules=_rules(built), name=built.trainer.function_name(), unkept=problem,
        )  # fmt: skip
    except PoetOptionError:
        raise
    except (DanaError, OSError) as error:
        _without(built, str(error))
        return
    if built.plan.shape.body == "model" or built.plan.domain.name == "prompt_optimization":
        from dana_poet.stages.prompted import inside

        lifecycle.inside = inside
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


def _begin_learning(built: Built, folder: str | None, problem: str) -> None:
    """Put what was learned in force, and learn on. The stages are made anew with it when they are first used."""
    from dana_poet.stages import learning
    from dana_poet.stages.train import observers

    found = learning.learning_of(built, folder)
    if found is None or problem:
        return
    built.poet.learning = found
    if learning.observe not in observers:
        observers.append(learning.observe)
    try:
        found.start()
    except (DanaError, OSError) as error:
        told = f"{built.trainer.name} learns nothing: {error}"
        if folder is None or (told := unwritable.to_tell(folder, error, told)):
            warn(told)


def _without(built: Built, why: str) -> None:
    options = built.poet.options
    better = any(options.get(name) for name in ("optimize_for", "objectives")) and options.get("learning") != "off"
    if options.get("generator") or (better and built.original is None and place.current() is None):
        warn(f"{built.trainer.name} has no versions: {why}")
