"""How people write numbers: amounts of money, percentages, durations and values with units, read without guessing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


class Unreadable(ValueError):  # noqa: N818 - it says what the text is
    """A text means no number of this kind; the message, if any, says why."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How to read one kind of text, with examples of what it reads."""

    read: Callable[[str, Mapping[str, Any]], Decimal]
    example: str = ""


LONGEST = 64
"""Characters of a number that a person writes; longer text is not read at all."""
PLAIN = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
SCALES = {
    "k": 3, "thousand": 3, "m": 6, "mn": 6, "mm": 6, "million": 6, "b": 9, "bn": 9, "billion": 9, "t": 12, "tn": 12,
    "trillion": 12,
}  # fmt: skip
SIGNS = {"$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
CURRENCIES = frozenset("USD EUR GBP JPY INR CHF CAD AUD NZD CNY SEK NOK DKK PLN CZK BRL MXN SGD HKD KRW ZAR".split())
MONEY = re.compile(r"(?P<sign>us\$|[$€£¥₹])?(?P<number>[+-]?[\d.,]+)(?P<scale>[a-z]*)", re.ASCII | re.IGNORECASE)


def plain(text: str) -> Decimal:
    """Return a number written in digits, with thousands marked by commas as they should be, or `Unreadable`.

    >>> plain("1,250.5"), plain("-3e2")
    (Decimal('1250.5'), Decimal('-3E+2'))
    """
    text = text.strip().replace("\u2212", "-")
    if not any(one.isdigit() for one in text) or len(text) > LONGEST or not PLAIN.fullmatch(text):
        raise Unreadable
    return Decimal(text.replace(",", ""))


def number(text: str, _options: Mapping[str, Any]) -> Decimal:
    """Return a plain number."""
    return plain(text)


def rate(text: str, _options: Mapping[str, Any]) -> Decimal:
    """Return a share: "12.5%" is 0.125, "0.125" is itself, "125 bps" is 0.0125.

    >>> rate("12.5%", {}), rate("125 bps", {})
    (Decimal('0.125'), Decimal('0.0125'))
    """
    text = text.strip().lower()
    for suffix, places in (("percent", 2), ("%", 2), ("bps", 4), ("bp", 4)):
        if text.endswith(suffix):
            return plain(text[: -len(suffix)]).scaleb(-places).normalize()
    return plain(text)


def percent(text: str, _options: Mapping[str, Any]) -> Decimal:
    """Return a percentage as a number from 0 to 100: "98%" and "98" are 98."""
    text = text.strip().lower()
    return plain(text.removesuffix("%").removesuffix("percent"))


def money(text: str, options: Mapping[str, Any]) -> Decimal:
    """Return an amount: "$50K", "1.2M", "(500)", "EUR 1,250.00", "3 million". `currency` in the options refuses others.

    >>> [str(money(text, {})) for text in ("$50K", "1.2M", "(500)", "EUR 1,250.00", "-$3 million")]
    ['50000', '1200000', '-500', '1250', '-3000000']
    """
    text = text.strip().replace("\u2212", "-")
    if len(text) > LONGEST:
        raise Unreadable
    if text.startswith("(") and text.endswith(")"):
        inner = money(text[1:-1], options)
        if inner < 0:
            raise Unreadable("it is negative twice")
        return -inner
    negative = text.startswith("-")
    code, rest = _currency(text[1:] if negative else text)
    found = MONEY.fullmatch("".join(rest.split()))
    if found is None or (negative and found["number"].startswith(("-", "+"))):
        raise Unreadable
    if re.search(r"\d\s+\d", rest):
        raise Unreadable("a space stands inside the digits")
    sign = SIGNS.get((found["sign"] or "").lower(), "")
    _same_currency(code, sign, options.get("currency"))
    amount = plain(found["number"]) * (Decimal(10) ** _scale(found["scale"]))
    return _tidy(-amount if negative else amount)


def _currency(text: str) -> tuple[str, str]:
    """Return the currency code that a text begins or ends with, and the rest."""
    bare = text.strip()
    if bare[:3].upper() in CURRENCIES:
        return bare[:3].upper(), bare[3:].strip()
    if bare[-3:].upper() in CURRENCIES:
        return bare[-3:].upper(), bare[:-3].strip()
    return ("", bare) if not bare.endswith(("$", "€", "£", "¥", "₹")) else (SIGNS[bare[-1]], bare[:-1].strip())


def _same_currency(code: str, sign: str, wanted: Any) -> None:
    said = {one for one in (code, sign) if one}
    if len(said) > 1 and code not in {"CAD", "AUD", "NZD", "MXN", "SGD", "HKD"}:
        raise Unreadable("two currencies stand in it")
    if wanted and said and str(wanted).upper() != (code or sign):
        raise Unreadable(f"amounts are in {str(wanted).upper()} here")


def _scale(text: str) -> int:
    if not text:
        return 0
    places = SCALES.get(text.lower())
    if places is None:
        raise Unreadable
    return places


def _tidy(amount: Decimal) -> Decimal:
    whole = amount.to_integral_value()
    return whole if amount == whole else amount


YEARS = {"": 1, "y": 1, "yr": 1, "yrs": 1, "year": 1, "years": 1, "month": 12, "months": 12, "mo": 12, "mos": 12}
WITH_UNIT = re.compile(r"(?P<number>[+-]?[\d.,]+(?:[eE][+-]?\d+)?)\s*(?P<unit>[^\d\s].*)?", re.ASCII)


def years(text: str, _options: Mapping[str, Any]) -> Decimal:
    """Return a time in years: "2.5 years", "18 months".

    >>> years("2.5 years", {}), years("18 months", {})
    (Decimal('2.5'), Decimal('1.5'))
    """
    amount, unit = split(text)
    if unit.lower() not in YEARS:
        raise Unreadable
    return amount / YEARS[unit.lower()]


def months(text: str, options: Mapping[str, Any]) -> Decimal:
    """Return a time in months: "30 years", "18 months", "18"."""
    _amount, unit = split(text)
    return plain(text) if not unit else years(text, options) * 12


def split(text: str) -> tuple[Decimal, str]:
    """Return the number that a text begins with and the unit behind it, or `Unreadable`.

    >>> split("22.5 °C")
    (Decimal('22.5'), '°C')
    """
    found = WITH_UNIT.fullmatch(text.strip().replace("\u2212", "-")) if len(text) <= LONGEST else None
    if found is None:
        raise Unreadable
    return plain(found["number"]), (found["unit"] or "").strip()


READERS: dict[str, Reader] = {
    "number": Reader(number),
    "rate": Reader(rate, '0.25 or "25%"'),
    "percent": Reader(percent, '98 or "98%"'),
    "money": Reader(money, '50000, "$50K" or "(500)"'),
    "years": Reader(years, '2.5 or "2.5 years"'),
    "months": Reader(months, '360 or "30 years"'),
}
"""Ways of reading text, by the names that a domain's data uses; `dana_poet.domains.units` adds those with units."""
