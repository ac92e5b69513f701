"""Alerts about patients: a missed case weighs more than a false alarm, and thresholds move accordingly.

It adapts thresholds of alerts within bounds that clinicians set; it makes no diagnosis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_learning.kinds import Parameter
from dana_learning.plugins.plugin import Domain, Rule, RulePlugin, When

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_learning.observation import ExecutionFeedback

PARAMETERS = (
    Parameter("alert_threshold", 0.5, 0.2, 0.7),
    Parameter("repeat_minutes", 30.0, 5.0, 60.0, unit="min"),
    Parameter("trend_weight", 0.3, 0.1, 0.6),
    Parameter("review_threshold", 0.8, 0.7, 0.95),
)

RULES = (
    Rule(
        "alert earlier", "alert_threshold", (When("missed_case", "above", 0.5),),
        "a case was missed: alert earlier at once", step=-0.05,
    ),
    Rule(
        "fewer false alarms", "alert_threshold",
        (When("false_alarm", "above", 0.3, 20), When("missed_case", "below", 0.001, 20)),
        "of the last 20 none was missed and many alarms were false: people stop listening", step=0.01,
    ),
    Rule(
        "follow trends more", "trend_weight", (When("missed_case", "above", 0.5),),
        "a case was missed: changes over time count more", step=0.02,
    ),
    Rule(
        "repeat less often", "repeat_minutes",
        (When("alert_fatigue", "above", 0.6, 5), When("missed_case", "below", 0.001, 20)),
        "repeated alerts are ignored and nothing was missed", factor=1.1,
    ),
    Rule(
        "more reviews", "review_threshold", (When("confidence", "below", "review_threshold", 5), When("accuracy", "below", 0.9, 5)),
        "uncertain judgements were wrong: ask a person more often", step=0.01,
    ),
)  # fmt: skip


def outcomes(feedback: ExecutionFeedback) -> Mapping[str, float]:
    """Return whether an alert was missed or false; nothing when the outcome is not known.

    >>> from dana_learning import ExecutionFeedback
    >>> told = {"actual_outcome": "event"}
    >>> outcomes(ExecutionFeedback("run", "watch", "", 0.5, {"alerted": 0.0}, user_feedback=told))["missed_case"]
    1.0
    """
    actual, alerted = (feedback.user_feedback or {}).get("actual_outcome"), feedback.performance_metrics.get("alerted")
    if actual not in {"event", "no event"} or alerted is None:
        return {}
    event, alarm = actual == "event", alerted >= 0.5
    return {
        "missed_case": float(event and not alarm),
        "false_alarm": float(alarm and not event),
        "accuracy": float(event == alarm),
    }


DOMAIN = Domain(
    name="healthcare",
    parameters=PARAMETERS,
    rules=RULES,
    outcomes=outcomes,
    metrics={
        "sensitivity": lambda result: result["caught"] / (result["caught"] + result["missed"]),
        "precision": lambda result: result["caught"] / (result["caught"] + result["false_alarms"]),
        "alert_fatigue": lambda result: result["ignored_alerts"] / result["alerts"],
        "data_completeness": lambda result: result["readings"] / result["expected_readings"],
    },
    impacts={
        "alert_threshold": "missed cases against false alarms", "repeat_minutes": "how often an alert is repeated",
        "trend_weight": "how much changes over time count", "review_threshold": "confidence below which a person decides",
    },
)  # fmt: skip


class HealthcarePlugin(RulePlugin):
    """The plugin for healthcare, by its rules and inside their bounds.

    >>> HealthcarePlugin().name
    'healthcare'
    """

    def __init__(self, domain: Domain = DOMAIN) -> None:
        super().__init__(domain)


def healthcare() -> HealthcarePlugin:
    """Return a new plugin for alerts about patients.

    >>> healthcare().get_domain_metrics({"caught": 9, "missed": 1})
    {'sensitivity': 0.9}
    """
    return HealthcarePlugin()
