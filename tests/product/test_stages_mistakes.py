"""Mistakes that people make with `@poet`: each is named where it is made, and nothing is dropped without a word."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from dana_poet import poet
from dana_poet.errors import PoetOptionError, PoetValidationError, PoetWarning

pytestmark = pytest.mark.usefixtures("kept_elsewhere")


def half(n: int) -> float:
    """Return a half."""
    return n / 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"retires": 3}, "did you mean 'retries'"),
        ({"operate": {"retires": 3}}, "did you mean 'retries'"),
        ({"operate": {"tiemout": 3}}, "did you mean 'timeout'"),
        ({"operate": 3}, "operate is 3"),
        ({"retries": 1, "max_retries": 3}, "retries=1 and max_retries=3 are the same option"),
        ({"operate": {"retries": 1, "max_retries": 3}}, "retries=1 and max_retries=3 are the same option"),
        ({"perceive": [1]}, "perceive is"),
        ({"objectives": {"speed": {"wieght": 1}}}, "did you mean 'weight'"),
        ({"objectives": {"min_x": 2, "max_x": 1}}, "at least 2 and at most 1"),
        ({"on_failure": "fallback"}, "needs a fallback"),
        ({"domain": "helthcare"}, "did you mean 'healthcare'"),
    ],
)
def test_a_mistake_is_named_in_the_text_of_the_error(options: dict[str, Any], said: str) -> None:
    """Python shows no hint but what the text has."""
    with pytest.raises(PoetOptionError, match=said):
        poet(**options)(half)


@pytest.mark.parametrize(
    ("domain", "value"), [("financial_services", "purple"), ("building_management", "hot"), ("healthcare", 9999)]
)
def test_an_error_of_a_domain_names_the_function(domain: str, value: object) -> None:
    """In a log of many functions, the parameter alone says nothing."""

    @poet(domain=domain)
    def rate(credit_score: int = 700, target_temp: float = 20, heart_rate: int = 60) -> float:
        return credit_score + target_temp + heart_rate

    names = {"financial_services": "credit_score", "building_management": "target_temp", "healthcare": "heart_rate"}
    given: dict[str, Any] = {names[domain]: value}
    with pytest.raises(PoetValidationError, match=rf"^rate: parameter '{names[domain]}' takes") as caught:
        rate(**given)
    assert caught.value.message == str(caught.value)


def test_an_option_without_its_name_is_refused_with_the_way_to_write_it() -> None:
    """`@poet("api")` is what people try first."""
    with pytest.raises(PoetOptionError, match=r'@poet\(domain="api"\)'):
        poet("api")


def test_rules_may_be_a_function_or_a_list_of_them() -> None:
    """None is dropped because of how it is given."""
    for given in (lambda found: found < 2, [lambda found: found < 2], {"small": lambda found: found < 2}):
        checked = poet(constraints=given)(half)
        assert checked(2) == 1.0
        with pytest.raises(PoetValidationError, match="breaks the constraint"):
            checked(8)


def test_a_fallback_may_take_nothing() -> None:
    """`fallback=lambda: 0` hides no error behind a TypeError."""

    def broken(n: int) -> float:
        return n / 0

    assert poet(retries=0, fallback=lambda: 0.0)(broken)(1) == 0.0
    assert poet(retries=0, fallback=float)(broken)(1) == 1.0
    assert poet(enforce=lambda _: False, on_failure="fallback", fallback=lambda: 7.0)(half)(1) == 7.0


def test_a_class_is_no_function() -> None:
    """It only keeps the options, and that is said at the line where it stands."""

    class Shop:
        pass

    with pytest.warns(PoetWarning, match="put it on the methods") as told:
        poet(retries=1)(Shop)
    assert told[0].filename == __file__


def test_plain_use_says_nothing() -> None:
    """No warning for what is right."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert poet(retries=1, enforce=lambda found: found > 0)(half)(2) == 1.0
