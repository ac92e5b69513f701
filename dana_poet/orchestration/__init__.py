"""Learning from what comes back: feedback finds its execution, patterns are found, and each decision says why.

Start at `LearningOrchestrator`; at `action_tracker`, `ConfigTracker` and `AlertLog` for signals. Names are loaded when
they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dana_poet.orchestration.actions import ActionTracker, action_tracker
    from dana_poet.orchestration.aggregator import Aggregate, FeedbackAggregator
    from dana_poet.orchestration.alerts import Alert, AlertLog, AlertStats
    from dana_poet.orchestration.config import ConfigChange, ConfigTracker, Impact
    from dana_poet.orchestration.decisions import Decision, Rules
    from dana_poet.orchestration.orchestrator import LearningOrchestrator
    from dana_poet.orchestration.outcome import Outcome
    from dana_poet.orchestration.patterns import Pattern, PatternAnalyzer, Patterns, Thresholds
    from dana_poet.orchestration.reading import Execution
    from dana_poet.orchestration.report import Finding, Report, Unmatched
    from dana_poet.orchestration.source_conformance import check_source
    from dana_poet.orchestration.sources import FeedbackSource, PushedSource, SourceEvent, collect, receive

_PLACES = {
    **dict.fromkeys(("ActionTracker", "action_tracker"), "actions"),
    **dict.fromkeys(("Aggregate", "FeedbackAggregator"), "aggregator"),
    **dict.fromkeys(("Alert", "AlertLog", "AlertStats"), "alerts"),
    **dict.fromkeys(("ConfigChange", "ConfigTracker", "Impact"), "config"),
    **dict.fromkeys(("Decision", "Rules"), "decisions"),
    "LearningOrchestrator": "orchestrator",
    "Outcome": "outcome",
    **dict.fromkeys(("Pattern", "PatternAnalyzer", "Patterns", "Thresholds"), "patterns"),
    "Execution": "reading",
    **dict.fromkeys(("Finding", "Report", "Unmatched"), "report"),
    "check_source": "source_conformance",
    **dict.fromkeys(("FeedbackSource", "PushedSource", "SourceEvent", "collect", "receive"), "sources"),
}

__all__ = [
    "ActionTracker",
    "Aggregate",
    "Alert",
    "AlertLog",
    "AlertStats",
    "ConfigChange",
    "ConfigTracker",
    "Decision",
    "Execution",
    "FeedbackAggregator",
    "FeedbackSource",
    "Finding",
    "Impact",
    "LearningOrchestrator",
    "Outcome",
    "Pattern",
    "PatternAnalyzer",
    "Patterns",
    "PushedSource",
    "Report",
    "Rules",
    "SourceEvent",
    "Thresholds",
    "Unmatched",
    "action_tracker",
    "check_source",
    "collect",
    "receive",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'dana_poet.orchestration' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"dana_poet.orchestration.{_PLACES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
