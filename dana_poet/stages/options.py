"""The options of `@poet`: known names, what they must be, and what becomes of the others."""

from __future__ import annotations

from typing import Any

from dana_poet.errors import PoetOptionError

KNOWN = frozenset(
    "domain optimize_for objectives constraints learning timeout retries perceive operate enforce train state fallback "
    "cache budget features enable_training name description".split()
)
POSITIVE = ("timeout",)
COUNTS = ("retries",)


def checked(options: dict[str, Any]) -> dict[str, Any]:
    """Return `options`; PoetOptionError for a near miss of a known one or a value that makes no sense.

    An option that is like no known one is kept: domains may understand it.

    >>> checked({"retries": 2, "yield_optimization": True})
    {'retries': 2, 'yield_optimization': True}
    >>> checked({"retires": 2})
    Traceback (most recent call last):
    dana_poet.errors.PoetOptionError: @poet has no option 'retires'
    """
    for name in options:
        if name not in KNOWN:
            _refuse_near_miss(name)
    for name in POSITIVE:
        value = options.get(name)
        if value is not None and (not isinstance(value, (int, float)) or isinstance(value, bool) or value <= 0):
            raise PoetOptionError(f"{name} is a number of seconds above 0, got {value!r}")
    for name in COUNTS:
        value = options.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise PoetOptionError(f"{name} is a whole number from 0, got {value!r}")
    return options


def options(*given: Any, **named: Any) -> dict[str, Any]:
    """Return the checked options of `@poet(...)` on an agent, a resource or a module."""
    if given:
        raise PoetOptionError(f"@poet takes its options by name, got {given[0]!r}", hint='write @poet(domain="...")')
    return checked(named)


def _refuse_near_miss(name: str) -> None:
    import difflib

    near = difflib.get_close_matches(name, KNOWN, 1, cutoff=0.82)
    if near:
        raise PoetOptionError(f"@poet has no option '{name}'", hint=f"did you mean '{near[0]}'?")
