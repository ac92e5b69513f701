"""Dana, a language for agents, and POET: functions that validate, retry, check their results and learn.

Start at `run`, `evaluate`, `load` and `Session` for Dana programs, and at `poet` for Python functions. Names are loaded
when they are first used, so that `import dana_poet` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.version import __version__

if TYPE_CHECKING:
    from dana_grammar.errors import DanaSourceError, Diagnostic
    from dana_poet.errors import (
        DanaAttributeError,
        DanaError,
        DanaImportError,
        DanaNameError,
        DanaTypeError,
        DanaValueError,
        LimitError,
        LLMError,
        LLMNotConfigured,
        PoetValidationError,
        PolicyError,
        StateError,
        UsageError,
    )
    from dana_poet.orchestration import AlertLog, ConfigTracker, LearningOrchestrator, action_tracker
    from dana_poet.runtime.events import dana_events
    from dana_poet.runtime.execute import RunResult
    from dana_poet.runtime.feedback import feedback, track_execution
    from dana_poet.runtime.policy import Policy
    from dana_poet.runtime.session import (
        Session,
        aevaluate,
        aload,
        arun,
        check,
        evaluate,
        format,  # noqa: A004 - the verb that users type: dana_poet.format
        load,
        run,
        transpile,
    )
    from dana_poet.stages.decorator import poet

__all__ = [
    "AlertLog",
    "ConfigTracker",
    "DanaAttributeError",
    "DanaError",
    "DanaImportError",
    "DanaNameError",
    "DanaSourceError",
    "DanaTypeError",
    "DanaValueError",
    "Diagnostic",
    "LLMError",
    "LLMNotConfigured",
    "LearningOrchestrator",
    "LimitError",
    "PoetValidationError",
    "Policy",
    "PolicyError",
    "RunResult",
    "Session",
    "StateError",
    "UsageError",
    "__version__",
    "action_tracker",
    "aevaluate",
    "aload",
    "arun",
    "check",
    "dana_events",
    "evaluate",
    "feedback",
    "format",
    "load",
    "poet",
    "run",
    "track_execution",
    "transpile",
]

_PLACES = {
    **dict.fromkeys(("DanaSourceError", "Diagnostic"), "dana_grammar.errors"),
    "RunResult": "dana_poet.runtime.execute",
    "Policy": "dana_poet.runtime.policy",
    "poet": "dana_poet.stages",
    "dana_events": "dana_poet.runtime.events",
    **dict.fromkeys(("feedback", "track_execution"), "dana_poet.runtime.feedback"),
    **dict.fromkeys(("AlertLog", "ConfigTracker", "LearningOrchestrator", "action_tracker"), "dana_poet.orchestration"),
    **dict.fromkeys(
        ("Session", "aevaluate", "aload", "arun", "check", "evaluate", "format", "load", "run", "transpile"),
        "dana_poet.runtime.session",
    ),
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'dana_poet' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_PLACES.get(name, "dana_poet.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
