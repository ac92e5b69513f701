"""Checks of arguments that people give by hand: a wrong one is refused with its name, what was expected, and what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaTypeError, DanaValueError

if TYPE_CHECKING:
    from dana_poet.errors import DanaError

LONGEST = 100 * 366 * 86400.0
"""The most seconds that a length of time may have: a hundred years, which clocks and threads can still count."""


def seconds(field: str, value: Any, *, error: type[DanaError] | None = None, zero: bool = False) -> float:
    """Return a length of time in seconds, above 0 or, with `zero`, from 0; DanaTypeError or DanaValueError otherwise.

    >>> seconds("every_seconds", "1h")
    Traceback (most recent call last):
    ...
    dana_poet.errors.DanaTypeError: every_seconds: a number of seconds above 0 is expected, not '1h'
    """
    what = f"a number of seconds {'from' if zero else 'above'} 0"
    return _number(field, value, what, least=0.0 if zero else None, most=LONGEST, error=error)


def days(field: str, value: Any, *, negative: bool = False) -> float:
    """Return a length of time in days, above 0 unless it may be `negative`."""
    if negative:
        return _number(field, value, "a number of days", least=-LONGEST / 86400, most=LONGEST / 86400, error=None)
    return _number(field, value, "a number of days above 0", least=None, most=LONGEST / 86400, error=None)


def whole(field: str, value: Any, *, least: int = 1, error: type[DanaError] | None = None) -> int:
    """Return a whole number that is not below `least`."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise _refused(field, f"a whole number from {least}", value, error or DanaTypeError)
    if value < least:
        raise _refused(field, f"a whole number from {least}", value, error or DanaValueError)
    return value


def text(field: str, value: Any, *, error: type[DanaError] | None = None) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str):
        raise _refused(field, "a text", value, error or DanaTypeError)
    if not value:
        raise _refused(field, "a text that is not empty", value, error or DanaValueError)
    return value


def instance(field: str, value: Any, what: str, *kinds: type, hint: str = "") -> None:
    """Refuse a value that is of none of the kinds, which `what` names."""
    if not isinstance(value, kinds):
        raise _refused(field, what, value, DanaTypeError, hint)


def function(field: str, value: Any, *, hint: str = "", error: type[DanaError] | None = None) -> None:
    """Refuse what cannot be called."""
    if not callable(value):
        raise _refused(field, "a function", value, error or DanaTypeError, hint)


def _number(
    field: str, value: Any, what: str, *, least: float | None, most: float, error: type[DanaError] | None
) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise _refused(field, what, value, error or DanaTypeError)
    if not (value > 0 if least is None else least <= value) or not value <= most:
        raise _refused(field, what, value, error or DanaValueError)
    return float(value)


def _refused(field: str, what: str, value: Any, error: type[DanaError], hint: str = "") -> DanaError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    return error(f"{field}: {what} is expected, not {shown}", hint=hint)
