"""Values of the standard library that are written down exactly: decimals, fractions, dates, times, durations, UUIDs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from dana_poet.codegen.verification.mining import Mined

EXACT: dict[str, type] = {
    "Decimal": Decimal, "Fraction": Fraction, "date": dt.date, "datetime": dt.datetime, "time": dt.time,
    "timedelta": dt.timedelta, "UUID": UUID,
}  # fmt: skip
EXACT_TYPES = frozenset({*EXACT.values(), dt.timezone})
_DECIMALS = ("0", "0.00", "-0.00", "1", "-1", "0.1", "0.005", "-0.005", "1.005", "1.015", "2.5", "2.675", "0.125", "10.10", "-3.50", "50",
             "99.99", "99.995", "100", "1E+3", "1234567.891", "12345.6", "0.3333333333", "1E-9", "Infinity", "NaN")  # fmt: skip
_DATES = ("2024-02-29", "2023-02-28", "2023-12-31", "2024-01-01", "2000-02-29", "1900-03-01", "1970-01-01", "2024-03-31", "2024-10-27",
          "2025-12-25", "2024-06-07", "2024-06-08", "2024-06-09", "2024-06-10", "2038-01-19", "1999-12-31", "0001-01-01", "9999-12-31")  # fmt: skip
_TIMES = (
    "00:00",
    "23:59:59.999999",
    "12:00",
    "12:30",
    "09:05:07",
    "23:30",
    "00:30",
    "01:15:30.250000",
    "17:00",
    "08:59:59",
)
_ZONES = (
    None,
    None,
    dt.UTC,
    dt.timezone(dt.timedelta(hours=5, minutes=30)),
    dt.timezone(dt.timedelta(hours=-8)),
)
_SPANS = (0, 1, 59, 60, 61, 90, 3599, 3600, 5400, 86399, 86400, 90061, 604800, 31536000, -1, -60, -86400, 0.5, 1.000001)
WRONG_EXACT: tuple[Any, ...] = (
    "2024-02-29", "2024-02-29T10:00:00", "1.50", Decimal("1.5"), dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 10, tzinfo=dt.UTC), 0.1,
)  # fmt: skip


def make_exact(kind: str, rng: random.Random, mined: Mined) -> Any:
    """Return a value of one of the kinds of `EXACT`, near the constants of the code now and then.

    >>> from random import Random
    >>> from dana_poet.codegen.verification.mining import Mined
    >>> type(make_exact("date", Random(1), Mined())).__name__
    'date'
    """
    match kind:
        case "Decimal":
            return _decimal(rng, mined)
        case "Fraction":
            return Fraction(_number(rng, mined.ints), rng.choice((1, 2, 3, 7, 10)))
        case "date":
            return _date(rng, mined.ints)
        case "datetime":
            return dt.datetime.combine(_date(rng, mined.ints), _time(rng, mined.ints), rng.choice(_ZONES))
        case "time":
            return _time(rng, mined.ints)
        case "timedelta":
            return dt.timedelta(seconds=_seconds(rng, mined.ints))
        case _:
            return UUID(int=rng.choice((0, 1, rng.getrandbits(128), (1 << 128) - 1)))


def strange_exact(value: object, kind: str) -> bool:
    """Whether a value fits only loosely: a number that is none, a moment for a day."""
    if isinstance(value, Decimal):
        return not value.is_finite()
    return isinstance(value, dt.datetime) and kind == "date"


def read_exact(name: str, text: str) -> Any:
    """Return the value that was written down as `text`. ValueError for one that cannot be read back.

    >>> read_exact("Decimal", "1.20")
    Decimal('1.20')
    """
    kind: Any = EXACT[name]
    if name == "timedelta":
        raise ValueError(text)
    try:
        return kind.fromisoformat(text) if hasattr(kind, "fromisoformat") else kind(text)
    except InvalidOperation as error:
        raise ValueError(text) from error


def _number(rng: random.Random, known: Sequence[int]) -> int:
    if known and rng.random() < 0.4:
        return max(-(10**12), min(10**12, rng.choice(known) + rng.choice((0, 0, 1, -1))))
    return rng.choice((0, 1, 2, 3, 5, 10, -1, -7, rng.randint(-1000, 1000)))


def _decimal(rng: random.Random, mined: Mined) -> Decimal:
    roll = rng.random()
    known = [*map(str, mined.floats), *map(str, mined.ints), *mined.texts]
    if known and roll < 0.3:
        try:
            near = Decimal(rng.choice(known))
            return near + rng.choice((Decimal(0), Decimal(0), Decimal("0.01"), Decimal("-0.01"), Decimal(1)))
        except InvalidOperation:
            pass
    if roll < 0.65:
        return Decimal(rng.choice(_DECIMALS))
    if roll < 0.85:
        return rng.randint(-40, 400) * Decimal(rng.choice(("0.5", "0.5", "0.25", "0.05", "0.005")))
    return Decimal(rng.randint(-20_000, 200_000)).scaleb(-rng.choice((0, 1, 2, 2, 3, 4)))


def _date(rng: random.Random, known: Sequence[int]) -> dt.date:
    roll = rng.random()
    if roll < 0.4:
        return dt.date.fromisoformat(rng.choice(_DATES))
    if roll < 0.6:
        return dt.date(2024, 1, 1) + dt.timedelta(days=rng.randint(-30, 800))
    years = [one + step for one in known if 1000 <= one <= 3000 for step in (-1, 0, 1)] or [2023, 2024]
    months = [one for one in known if 1 <= one <= 12] or [1, 2, 12]
    days = [one for one in known if 1 <= one <= 28] or [1, 15, 28]
    return dt.date(rng.choice(years), _either(rng, months, 12), _either(rng, days, 28))


def _either(rng: random.Random, known: Sequence[int], most: int) -> int:
    return rng.choice(known) if rng.random() < 0.7 else rng.randint(1, most)


def _time(rng: random.Random, known: Sequence[int]) -> dt.time:
    hours = [one + step for one in known if 0 < one < 23 for step in (-1, 0, 1)]
    if hours and rng.random() < 0.4:
        return dt.time(rng.choice(hours), rng.choice((0, 0, 30, 59)))
    return dt.time.fromisoformat(rng.choice(_TIMES))


def _seconds(rng: random.Random, known: Sequence[int]) -> float:
    if known and rng.random() < 0.4:
        near = rng.choice(known) + rng.choice((0, 0, 1, -1))
        return max(-(10**9), min(10**9, near * rng.choice((1, 1, 60, 3600, 86400))))
    return rng.choice(_SPANS)
