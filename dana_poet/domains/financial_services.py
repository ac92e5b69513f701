"""The domain of money: amounts, rates and scores as people write them, finite results, reasons for a refusal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from dana_poet.domains import base
from dana_poet.domains.api import repeatable
from dana_poet.domains.domain import Call, Domain, Learnable
from dana_poet.domains.option import OptionSpec
from dana_poet.domains.quantity import Quantity, normaliser
from dana_poet.domains.result_errors import require_keys
from dana_poet.domains.results import unusable_number
from dana_poet.domains.template import template
from dana_poet.errors import PoetValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

SCORES = {
    "exceptional": 820, "excellent": 780, "very good": 740, "good": 720, "fair": 650, "poor": 580, "very poor": 500,
}  # fmt: skip
"""Credit scores in words."""
AMOUNTS = (
    "amount price balance principal payment payments debt debts loan cost costs revenue fee fees asset assets liabilities"
    " value budget deposit exposure premium cash profit earnings expense expenses rent mortgage capital equity collateral"
    " notional dividend tax total spend limit funds savings usd eur gbp"
).split()
INCOMES = "income salary wage wages compensation".split()
RATES = (
    "rate ratio dti ltv apr apy yield margin volatility probability share fraction utilization debt_to_income"
    " loan_to_value debt_to_equity"
).split()
PROTECTED = frozenset(
    "race color colour religion national_origin nationality ethnicity sex gender marital_status sexual_orientation".split()
)
REFUSED = frozenset("declined denied rejected refused decline deny reject refuse".split())
ACCEPTED = frozenset("approved approve accepted accept".split())


def _ending(words: list[str]) -> tuple[str, ...]:
    return tuple(pattern for word in words for pattern in (word, f"*_{word}"))


QUANTITIES = (
    Quantity(name="credit score", match=("*credit_score", "fico", "fico_score"), low=300, high=850, words=SCORES),
    Quantity(name="credit score", match=("score",), low=300, high=850, words=SCORES, only=(int,)),
    Quantity(name="rate", match=_ending(RATES), read="rate"),
    Quantity(name="percentage", match=_ending(["percent", "percentage", "pct"]), read="percent"),
    Quantity(name="time in years", match=("years", "*_years", "years_*", "tenure"), read="years", low=0),
    Quantity(name="time in months", match=("months", "*_months", "months_*"), read="months", low=0),
    Quantity(name="income", match=_ending(INCOMES), read="money", low=0, article="an"),
    Quantity(name="amount", match=_ending(AMOUNTS), read="money", article="an"),
)


def prepare(call: Call) -> Mapping[str, Any]:
    """Refuse protected characteristics when fair lending is asked for; change nothing."""
    if call.options.get("fair_lending"):
        given = sorted(name for name, value in call.arguments.items() if name in PROTECTED and value is not None)
        if given:
            message = f"{call.function}: parameter '{given[0]}' is a protected characteristic"
            raise PoetValidationError(message, hint="a credit decision may not be given it; leave it out, or pass None")
    return {}


def enforce(result: Any, call: Call) -> Any:
    """Return the result. PoetValidationError for a number that is not finite, a missing key or a refusal unexplained."""
    place = unusable_number(result)
    if place is not None:
        raise PoetValidationError(f"the result of {call.function} has a number that is not finite{place}")
    require_keys(result, call.options.get("required_keys"), call.function)
    if call.options.get("adverse_action_reasons") and approved(result, call) == 0.0 and not _reasons(result):
        raise PoetValidationError(
            f"{call.function} refuses credit and gives no reason", hint="return 'reason' or 'reasons' with the decision"
        )
    return result


def approved(result: Any, _call: Call) -> float | None:
    """Return 1 for an approval, 0 for a refusal, None for what is neither.

    >>> approved("approved", Call("assess")), approved({"decision": "declined"}, Call("assess"))
    (1.0, 0.0)
    """
    said = result
    for name in ("decision", "approved", "status", "recommendation"):
        said = result.get(name, said) if isinstance(result, dict) else getattr(result, name, said)
        if said is not result:
            break
    if isinstance(said, bool):
        return float(said)
    word = said.lower() if isinstance(said, str) else ""
    return 1.0 if word in ACCEPTED else 0.0 if word in REFUSED else None


def redact(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of the arguments may stand in an event: numbers, without names, identifiers and accounts."""
    return {
        name: value
        for name, value in arguments.items()
        if isinstance(value, (int, float)) and math.isfinite(value) and not name.endswith(("ssn", "account", "id"))
    }


def _reasons(result: Any) -> bool:
    names = ("reason", "reasons", "risk_factors", "conditions")
    got = [result.get(name) if isinstance(result, dict) else getattr(result, name, None) for name in names]
    return any(got)


DOMAIN = Domain(
    name="financial_services",
    summary="amounts, rates and scores as people write them; finite results; reasons for a refusal",
    template=template("financial_services"),
    options={
        "currency": OptionSpec("code of the currency that amounts are in; others are refused", "text"),
        "required_keys": OptionSpec("names that every result must have", "list"),
        "fair_lending": OptionSpec("whether protected characteristics are refused", "true or false"),
        "adverse_action_reasons": OptionSpec("whether a refusal must carry a reason", "true or false"),
        "idempotent": OptionSpec("whether the call may be made twice; worked out when not given", "true or false"),
    },
    defaults={"retries": 2},
    grants=frozenset({"coerce"}),
    imports=frozenset({"math", "decimal", "re"}),
    normalise=normaliser(QUANTITIES),
    prepare=prepare,
    enforce=enforce,
    transient=base.transient,
    repeatable=repeatable,
    redact=redact,
    metrics={**base.METRICS, "approved": approved},
    parameters=(
        Learnable("risk_threshold", 0.7, 0.5, 0.9, summary="risk from which an application is denied"),
        Learnable("income_weight", 0.4, 0.2, 0.6, summary="how much income counts"),
        Learnable("credit_score_weight", 0.6, 0.4, 0.8, summary="how much the score counts"),
        Learnable("debt_ratio_penalty", 1.5, 1.0, 2.0, summary="how much debt counts against"),
    ),
    plugin="financial_services",
)
