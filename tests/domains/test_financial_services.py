"""Money: amounts, rates and scores are read as people write them, or refused; never guessed."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Annotated, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_poet.domains import Call, get
from dana_poet.errors import PoetValidationError

DOMAIN = get("financial_services")


def read(name: str, value: Any, hint: Any = float, **options: Any) -> Any:
    """Return an argument as the domain hands it on."""
    assert DOMAIN.normalise is not None
    return DOMAIN.normalise(name, hint, value, DOMAIN.settings(options))


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("$50K", 50000.0), ("50k", 50000.0), ("1.2M", 1.2e6), ("$50,000", 50000.0), ("50000", 50000.0), ("(500)", -500.0),
        ("($1,250.50)", -1250.5), ("-$300", -300.0), ("$-300", -300.0), ("€2.5 million", 2.5e6), ("EUR 1,000", 1000.0),
        ("1000 USD", 1000.0), ("3bn", 3e9), (" $7 ", 7.0), ("0", 0.0), (65000, 65000.0), ("100 €", 100.0), ("C$5", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(written: Any, amount: float | None) -> None:
    """Signs, codes, thousands, brackets for minus."""
    if amount is None:
        with pytest.raises(PoetValidationError):
            read("amount", written)
    else:
        found = read("amount", written)
        assert (found, type(found)) == (amount, float)


@pytest.mark.parametrize(
    "written",
    [
        "lots", "", "$", "K", "50Q", "1,2", "1,23,456", "1.234,56", "1 000", "--5", "((5))", "(-5)", "-(-5)", "5%", "$5 EUR",
        "1e400", "nan", "inf", "0x10", "\uff15\uff10", "5..0", "5K5", "ten", True, [], None.__class__, b"5",
    ],
)  # fmt: skip
def test_an_amount_that_cannot_be_read_is_refused_with_all_that_helps(written: Any) -> None:
    """Parameter, value and expectation; never zero in its place."""
    with pytest.raises(PoetValidationError) as told:
        read("loan_amount", written)
    assert "parameter 'loan_amount' takes an amount" in str(told.value)
    assert repr(written)[:20] in str(told.value)
    assert (told.value.parameter, told.value.value) == ("loan_amount", written)


@given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from(["${:,}", "{} USD", "{:,}", "€ {:,}", " {} "]))
def test_an_amount_that_was_written_is_read_back(amount: Decimal, form: str) -> None:
    """Whatever the sign, the code and the thousands."""
    assert read("amount", form.format(amount), Decimal) == amount
    assert read("amount", f"({form.format(abs(amount)).strip()})", Decimal) == -abs(amount)


@given(st.text(max_size=80) | st.from_regex(r"[-($]{0,3}[0-9.,]{0,9} ?[KMBkmb%)]{0,2}", fullmatch=True))
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    """No other error, and nothing in between."""
    for name in ("amount", "rate", "credit_score", "employment_years", "term_months", "fee_percent"):
        try:
            found = read(name, text)
        except PoetValidationError:
            continue
        assert isinstance(found, float)
        assert math.isfinite(found)


def test_values_that_are_hard_to_show_are_refused_like_others() -> None:
    """A number of too many digits to print, an object whose repr fails, a float of another library."""

    class Unshown:
        def __repr__(self) -> str:
            raise ValueError("no")

    for value in (10**5000, Unshown()):
        with pytest.raises(PoetValidationError, match="'credit_score' takes"):
            read("credit_score", value, int)
    assert read("amount", 10**5000, int) == 10**5000
    assert read("amount", np.float64(5.5)) == 5.5


@pytest.mark.parametrize(
    ("name", "written", "share"),
    [
        ("interest_rate", "12.5%", 0.125), ("rate", "12.5 %", 0.125), ("debt_to_income_ratio", "30%", 0.3),
        ("debt_to_income", "28%", 0.28), ("ltv", "0.8", 0.8), ("apr", "125 bps", 0.0125), ("rate", 4.5, 4.5),
        ("rate", "-0.5%", -0.005), ("down_payment_percent", "20%", 20.0), ("margin_pct", "8.2 percent", 8.2),
    ],
)  # fmt: skip
def test_a_percentage_is_a_share_where_the_parameter_is_a_rate(name: str, written: Any, share: float) -> None:
    """Numbers that are numbers already are taken as they stand."""
    assert read(name, written) == pytest.approx(share, abs=1e-15)


def test_scores_are_read_from_words_and_lie_in_their_range() -> None:
    """The words of published programs, and the bounds of the scale."""
    words = {"excellent": 780, "Very Good": 740, "good": 720, "fair": 650, "poor": 580, "very-poor": 500}
    assert {word: read("credit_score", word, int) for word in words} == words
    assert read("credit_score", "720", int) == 720
    assert read("score", "excellent", int) == 780
    assert read("fico", 300, int) == 300
    for wrong in (299, 851, "299", "superb", 720.5, "720.5", -1, True):
        with pytest.raises(PoetValidationError, match=r"from 300 to 850, or one of .*\"excellent\""):
            read("credit_score", wrong, int)
    assert read("risk_score", 0.4, float) == 0.4


def test_numbers_come_as_the_hint_asks() -> None:
    """int, Decimal, optional, Annotated and lists; what is no number by its hint is left alone."""
    assert read("income", "$50K", int) == 50000
    assert read("income", "$0.10", Decimal) == Decimal("0.10")
    assert read("income", None, float | None) is None
    assert read("income", "1.5K", Annotated[float, "yearly"]) == 1500.0
    assert read("payments", ["$1K", 5], list[float]) == [1000.0, 5.0]
    assert read("income", "$50K", str) == "$50K"
    assert read("decision", "$50K", Any) == "$50K"
    with pytest.raises(PoetValidationError) as told:
        read("income", "$50.5", int)
    assert "whole number" in told.value.hint


def test_times_are_read_in_the_unit_of_the_parameter() -> None:
    """Years and months, by the parameter's name."""
    assert read("employment_years", "2.5 years") == 2.5
    assert read("years_employed", "18 months") == 1.5
    assert read("term_months", "30 years", int) == 360
    for wrong in ("2 decades", "-1 years", "soon"):
        with pytest.raises(PoetValidationError):
            read("employment_years", wrong)


def test_a_currency_refuses_others() -> None:
    """Adding euros to dollars is the dearest of guesses."""
    assert read("price", "€5", currency="EUR") == 5.0
    for other in ("$5", "USD 5", "5 GBP"):
        with pytest.raises(PoetValidationError) as told:
            read("price", other, currency="EUR")
        assert "EUR" in told.value.hint


@pytest.mark.parametrize("name", ["amount", "rate", "anything"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_are_finite(name: str, value: float) -> None:
    """Whatever a parameter means, infinity is no amount of it."""
    with pytest.raises(PoetValidationError):
        read(name, value)


def test_incomes_are_not_negative() -> None:
    """A bound of the quantity."""
    assert read("annual_income", 0.0) == 0.0
    with pytest.raises(PoetValidationError, match="an income from 0"):
        read("annual_income", "(500)")


def enforced(result: Any, **options: Any) -> Any:
    """Return a result as the domain hands it on."""
    assert DOMAIN.enforce is not None
    return DOMAIN.enforce(result, Call("assess", {}, DOMAIN.settings(options)))


def test_results_are_finite_complete_and_explained() -> None:
    """Where asked: keys, and a reason with every refusal."""
    assert enforced({"risk": 0.1}) == {"risk": 0.1}
    with pytest.raises(PoetValidationError, match=r"not finite at \['offer'\]\['rate'\]"):
        enforced({"offer": {"rate": float("inf")}})
    with pytest.raises(PoetValidationError, match="lacks 'rate'"):
        enforced({"amount": 5}, required_keys=["amount", "rate"])
    declined = {"decision": "declined"}
    assert enforced(declined) is declined
    with pytest.raises(PoetValidationError, match="gives no reason"):
        enforced(declined, adverse_action_reasons=True)
    assert enforced({**declined, "reasons": ["income"]}, adverse_action_reasons=True)


def test_fair_lending_refuses_protected_characteristics() -> None:
    """A decision that may not depend on them is not given them."""
    assert DOMAIN.prepare is not None
    call = Call("assess", {"income": 5.0, "gender": "f"}, {"fair_lending": True})
    with pytest.raises(PoetValidationError, match="'gender' is a protected"):
        DOMAIN.prepare(call)
    assert DOMAIN.prepare(Call("assess", {"gender": "f"})) == {}


def test_payments_are_not_made_twice() -> None:
    """Trying again is for what reads."""
    assert DOMAIN.repeatable is not None
    assert not DOMAIN.repeatable(Call("transfer_funds"))
    assert DOMAIN.repeatable(Call("assess_credit"))
    assert DOMAIN.repeatable(Call("transfer_funds", {"idempotency_key": "k"}))
