"""Credit assessment: weights and penalties that follow what loans turned out to be, in small steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_learning.kinds import Parameter
from dana_learning.plugins.plugin import Domain, Rule, RulePlugin, When

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_learning.observation import ExecutionFeedback

PARAMETERS = (
    Parameter("risk_threshold", 0.7, 0.5, 0.9),
    Parameter("income_weight", 0.4, 0.2, 0.6),
    Parameter("credit_score_weight", 0.6, 0.4, 0.8),
    Parameter("debt_ratio_penalty", 1.5, 1.0, 2.0),
)

_STRICT = When("wrongly_denied", "above", 0.5)
_LENIENT = When("wrongly_approved", "above", 0.5)
RULES = (
    Rule(
        "trust scores more", "credit_score_weight", (_STRICT, When("credit_score", "above", 700.0)),
        "somebody with a good score was wrongly denied", step=0.02,
    ),
    Rule(
        "punish debt less", "debt_ratio_penalty", (_STRICT, When("debt_ratio", "below", 0.2)),
        "somebody with little debt was wrongly denied", step=-0.05,
    ),
    Rule(
        "trust scores less", "credit_score_weight", (_LENIENT, When("credit_score", "below", 650.0)),
        "somebody with a poor score was wrongly approved", step=-0.02,
    ),
    Rule(
        "punish debt more", "debt_ratio_penalty", (_LENIENT, When("debt_ratio", "above", 0.4)),
        "somebody with much debt was wrongly approved", step=0.05,
    ),
    Rule(
        "be more careful", "risk_threshold", (When("wrongly_approved", "above", 0.1, 20),),
        "more than a tenth of the last 20 known outcomes were wrong approvals", step=-0.01,
    ),
)  # fmt: skip


def outcomes(feedback: ExecutionFeedback) -> Mapping[str, float]:
    """Return whether a decision turned out wrong; nothing when the outcome is not known.

    >>> from dana_learning import ExecutionFeedback
    >>> told = {"actual_outcome": "denied"}
    >>> outcomes(ExecutionFeedback("run", "assess", "", 0.5, {"approved": 1.0}, user_feedback=told))
    {'wrongly_denied': 0.0, 'wrongly_approved': 1.0, 'accuracy': 0.0}
    """
    actual, approved = (
        (feedback.user_feedback or {}).get("actual_outcome"),
        feedback.performance_metrics.get("approved"),
    )
    if actual not in {"approved", "denied"} or approved is None:
        return {}
    denied, right = approved < 0.5, (actual == "approved") == (approved >= 0.5)
    return {
        "wrongly_denied": float(not right and denied), "wrongly_approved": float(not right and not denied),
        "accuracy": float(right),
    }  # fmt: skip


DOMAIN = Domain(
    name="financial_services",
    parameters=PARAMETERS,
    rules=RULES,
    outcomes=outcomes,
    metrics={
        "risk_score_confidence": lambda result: 2.0 * abs(result["risk_score"] - 0.5),
        "approval_consistency": lambda result: 1.0 - abs(result["approval_rate"] - result["usual_approval_rate"]),
        "historical_accuracy": lambda result: result["right_decisions"] / result["known_outcomes"],
    },
    impacts={
        "risk_threshold": "risk from which an application is denied", "income_weight": "how much income counts",
        "credit_score_weight": "how much the score counts", "debt_ratio_penalty": "how much debt counts against",
    },
)  # fmt: skip


class FinancialServicesPlugin(RulePlugin):
    """The plugin for credit assessment, by its rules and inside their bounds.

    >>> FinancialServicesPlugin().name
    'financial_services'
    """

    def __init__(self, domain: Domain = DOMAIN) -> None:
        super().__init__(domain)


def financial_services() -> FinancialServicesPlugin:
    """Return a new plugin for credit assessment.

    >>> financial_services().get_learnable_parameters()["risk_threshold"]["range"]
    (0.5, 0.9)
    """
    return FinancialServicesPlugin()
