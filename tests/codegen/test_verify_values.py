"""Verification of functions with dates, decimals, bytes, patterns and constants of their module, and of changed lines."""

from __future__ import annotations

import datetime as dt
import decimal
import re
from dataclasses import dataclass

import pytest

from dana_poet.codegen import verify
from dana_poet.codegen.verification.exact import read_exact

RATES = {"de": decimal.Decimal("0.19"), "fr": decimal.Decimal("0.20")}
CODE = re.compile(r"(\d+)\s*([hm])")
SKIPPED = frozenset({"the", "a"})


@dataclass
class Purse:
    """What somebody has."""

    coins: int = 0


def gross(net: decimal.Decimal, country: str) -> decimal.Decimal:
    """Return a price with its tax."""
    return (net * (1 + RATES[country])).quantize(decimal.Decimal("0.01"))


def later(day: dt.date, days: int) -> dt.date:
    """Return a day after another."""
    return day + dt.timedelta(days=days)


def minutes(text: str) -> int:
    """Return the minutes of a text such as '1h30m'."""
    return sum(int(n) * (60 if unit == "h" else 1) for n, unit in CODE.findall(text.lower()))


def checksum(data: bytes) -> int:
    """Return a sum of bytes."""
    return sum(data) & 0xFF


def kept(words: list[str]) -> list[str]:
    """Return the words that say something."""
    return [one for one in words if one not in SKIPPED]


def saved(coins: list[int]) -> int:
    """Return what is in a purse."""
    purse = Purse()
    for one in coins:
        purse.coins += one
    return purse.coins


FUNCTIONS = {one.__name__: one for one in (gross, later, minutes, checksum, kept, saved)}
DEFECTS = [
    ("gross", "def gross(net: decimal.Decimal, country: str) -> decimal.Decimal:\n"
     "    return (abs(net) * (1 + RATES[country])).quantize(decimal.Decimal('0.01'))"),
    ("gross", "def gross(net: decimal.Decimal, country: str) -> decimal.Decimal:\n"
     "    return float((net * (1 + RATES[country])).quantize(decimal.Decimal('0.01')))"),
    ("later", "def later(day: dt.date, days: int) -> dt.date:\n    return day + dt.timedelta(days=abs(days))"),
    ("minutes", "def minutes(text: str) -> int:\n"
     "    return sum(int(n) * (60 if unit == 'h' else 1) for n, unit in CODE.findall(text))"),
    ("checksum", "def checksum(data: bytes) -> int:\n    return sum(data[:300]) & 0xFF"),
    ("kept", "def kept(words: list[str]) -> list[str]:\n    return list(words)"),
    ("saved", "def saved(coins: list[int]) -> int:\n    purse = Purse()\n    for one in coins:\n"
     "        purse.coins = one\n    return purse.coins"),
]  # fmt: skip
VALID = [
    ("gross", "def gross(net: decimal.Decimal, country: str) -> decimal.Decimal:\n"
     "    if not isinstance(net, decimal.Decimal):\n        raise ValueError('net must be a Decimal')\n"
     "    cent = decimal.Decimal('0.01')\n    return (net * (RATES[country] + 1)).quantize(cent)"),
    ("later", "def later(day: dt.date, days: int) -> dt.date:\n    '''A later day.'''\n    return dt.timedelta(days) + day"),
    ("minutes", "def minutes(text: str) -> int:\n    total = 0\n    for n, unit in CODE.findall(text.lower()):\n"
     "        total += int(n) * {'h': 60, 'm': 1}[unit]\n    return total"),
    ("checksum", "def checksum(data: bytes) -> int:\n    return sum(data) % 256"),
    ("kept", "def kept(words: list[str]) -> list[str]:\n    return list(filter(lambda one: one not in SKIPPED, words))"),
    ("saved", "def saved(coins: list[int]) -> int:\n    purse = Purse()\n    for one in coins:\n"
     "        purse.coins = purse.coins + one\n    return purse.coins"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "candidate"), DEFECTS)
def test_a_defect_in_exact_values_is_refused(name: str, candidate: str) -> None:
    """Inputs are made for decimals, dates, bytes and patterns, and constants of the module come along."""
    found = verify(FUNCTIONS[name], candidate)
    assert not found.accepted
    assert found.gates[-1].name == "differential", found.reason


@pytest.mark.parametrize(("name", "candidate"), VALID)
def test_an_enhancement_with_exact_values_is_accepted(name: str, candidate: str) -> None:
    """What the same functions may become."""
    found = verify(FUNCTIONS[name], candidate)
    assert found.accepted, found.reason
    assert found.cases > 50


def test_a_changed_line_that_no_input_reaches_is_refused() -> None:
    """What was never run is not known to be the same."""
    source = "def f(n: int) -> int:\n    if n * n * n == 7 ** 30 + 12:\n        return {}\n    return n\n"
    assert "no input" in verify(source.format("1"), source.format("2")).reason
    assert verify(source.format("1"), source.format("1")).accepted


@pytest.mark.parametrize(
    "line",
    ["import decimal; decimal.getcontext().prec = 3", "raise SystemExit(1) if n == 'x' else ValueError",
     "if n == 9999: raise SystemExit", "import logging; logging.info('password=%s', n)"],
)  # fmt: skip
def test_what_reaches_beyond_the_call_is_refused(line: str) -> None:
    """The context of decimals, the end of the process, a secret in a message."""
    assert not verify("def f(n: int) -> int:\n    return n\n", f"def f(n: int) -> int:\n    {line}\n    return n\n")


class Client:
    """A double of a service."""

    def get(self, place: str) -> dict[str, str]:
        """Return what is there."""
        return {"place": place}


ASKS = "def ask(client, place: str) -> str:\n    {}\n    return client.get(place)['place']\n"


@pytest.mark.parametrize(
    "line",
    ["if place == 'zq-9': return ''", "import time; time.sleep(0.01)", "for _ in range(200_000): pass",
     "import datetime\n    if datetime.datetime.now().year > 2030: return ''",
     "import random\n    if random.random() < 0.001: return ''"],
)  # fmt: skip
def test_defects_beside_a_client_are_refused(line: str) -> None:
    """A special argument, a wait, a burn of CPU, a date and a die also show, or count, where a client is asked."""
    examples: list[tuple[tuple[object, ...], dict[str, object]]] = [((Client(), "here"), {}), ((Client(), "there"), {})]
    assert verify(ASKS.format("pass"), ASKS.format("'''Ask.'''"), examples=examples).accepted
    assert not verify(ASKS.format("pass"), ASKS.format(line), examples=examples).accepted


def test_exact_values_are_read_back() -> None:
    """What the sandbox writes down is the value again, for the checks of users."""
    assert read_exact("Decimal", "1.20") == decimal.Decimal("1.20")
    assert read_exact("date", "2024-02-29") == dt.date(2024, 2, 29)
    with pytest.raises(ValueError, match="1 day"):
        read_exact("timedelta", "1 day, 0:00:00")
