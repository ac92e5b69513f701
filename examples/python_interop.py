"""What python_interop.na imports: ordinary Python, in the same folder."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Reading:
    """One measurement."""

    sensor: str
    celsius: float


def readings() -> list[Reading]:
    """Return a few measurements."""
    return [Reading("roof", 12.5), Reading("cellar", 9.0), Reading("roof", 14.5)]


def apply_twice(function, value):  # noqa: ANN001, ANN201 - called from Dana with a Dana function
    """Call `function` on `value`, then on the result."""
    return function(function(value))
