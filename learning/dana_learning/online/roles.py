"""Which parameters of a space say how often, how long and how soon a call is tried: found by their names and units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from dana_learning.kinds import Parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dana_learning.parameter import Leaf, Space

    Array = NDArray[np.float64]

Kind = Literal["timeout", "retries", "attempts", "backoff"]

UNITS = {
    "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "millis": 1e-3, "millisecond": 1e-3, "milliseconds": 1e-3,
    "": 1.0, "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0,
    "m": 60.0, "min": 60.0, "mins": 60.0, "minute": 60.0, "minutes": 60.0, "h": 3600.0, "hour": 3600.0, "hours": 3600.0,
}  # fmt: skip
"""Seconds in each unit of time; a unit that is not listed is no time."""
_TIMEOUT = {"timeout", "timeouts", "deadline", "timelimit"}
_RETRIES = {"retry", "retries", "reattempts"}
_ATTEMPTS = {"attempt", "attempts", "tries"}
_BACKOFF = {"backoff", "delay", "wait", "pause", "cooldown"}
_COUNTED = {"", "count", "times", "retries", "attempts", "tries"}
"""Units of a count."""


@dataclass(frozen=True, slots=True)
class Role:
    """A parameter with a part in retrying; `factor` makes seconds, or attempts, of its value."""

    path: str
    column: int
    parameter: Parameter
    factor: float = 1.0

    def decoded(self, rows: Array) -> Array:
        """Return the values of encoded rows in seconds, or as counts."""
        one, share = self.parameter, np.clip(rows[:, self.column], 0.0, 1.0)
        found = (
            one.low * (one.high / one.low) ** share if one.scale == "log" else one.low + share * (one.high - one.low)
        )
        values: Array = (np.floor(found + 0.5) if one.integer else found) * self.factor
        return values

    @property
    def start(self) -> float:
        """The start in seconds, or as a count."""
        return self.parameter.start * self.factor


@dataclass(frozen=True, slots=True)
class Roles:
    """The timeout of one attempt, the number of retries and the wait before the first retry; each may be missing.

    `first` is 1 where the count is of retries, 0 where it is of attempts.
    """

    timeout: Role | None = None
    retries: Role | None = None
    backoff: Role | None = None
    first: int = 1


def roles_of(space: Space) -> Roles | None:
    """Return the roles in a space, None when there is neither a timeout nor a number of retries.

    A timeout has `timeout` or `deadline` among the words of its name and a unit of time (or none); retries have
    `retries`, `retry`, `attempts` or `tries`, a unit of counts (or none) and whole numbers; a backoff has `backoff`,
    `delay`, `wait`, `pause` or `cooldown`. Words are parts between `_`, `-`, `.`, blanks and changes of case; a last word
    that is a unit (`timeout_ms`) counts as the unit. Where two parameters could have one role, nobody gets it.

    >>> from dana_learning import Parameter, Space
    >>> space = Space([Parameter("timeout_ms", 900, 10, 5000), Parameter("maxAttempts", 3, 1, 9, integer=True)])
    >>> roles = roles_of(space)
    >>> roles.timeout.path, roles.timeout.factor, roles.retries.path, roles.first, roles.backoff
    ('timeout_ms', 0.001, 'maxAttempts', 0, None)
    >>> roles_of(Space([Parameter("wait", 1, 0, 9)])) is None
    True
    """
    found: dict[Kind, list[Role]] = {"timeout": [], "retries": [], "attempts": [], "backoff": []}
    for leaf in space.leaves:
        if (named := _role(leaf)) is not None:
            found[named[0]].append(named[1])
    retries = found["retries"] or found["attempts"]
    timeout, counted, backoff = _only(found["timeout"]), _only(retries), _only(found["backoff"])
    if timeout is None and counted is None:
        return None
    return Roles(timeout, counted, backoff, 1 if found["retries"] else 0)


def _only(roles: list[Role]) -> Role | None:
    return roles[0] if len(roles) == 1 else None


def _words(path: str) -> list[str]:
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path)
    return [word for word in re.split(r"[^a-zA-Zµ0-9]+", parted.lower()) if word]


def _role(leaf: Leaf) -> tuple[Kind, Role] | None:
    one = leaf.parameter
    if not isinstance(one, Parameter):
        return None
    words, unit = _words(leaf.path), one.unit.strip().lower()
    if not unit and len(words) > 1 and words[-1] in UNITS:
        unit = words[-1]
    kind = _kind(words, unit, is_whole=one.integer)
    factor = UNITS.get(unit, 1.0) if kind in {"timeout", "backoff"} else 1.0
    return None if kind is None else (kind, Role(leaf.path, leaf.first, one, factor))


def _kind(words: list[str], unit: str, *, is_whole: bool) -> Kind | None:
    """Return what a name means; `retry_delay` is a delay, `attempt_timeout` a timeout, `max_wait` a limit and no wait."""
    known = set(words)
    is_time, is_limit = unit in UNITS, bool(known & {"max", "maximum", "cap", "total"})
    if is_time and known & _TIMEOUT:
        return "timeout"
    if is_time and known & _BACKOFF and not known & {"factor", "multiplier"}:
        return None if is_limit else "backoff"
    if unit in _COUNTED and is_whole:
        if known & _RETRIES:
            return "attempts" if known & _ATTEMPTS else "retries"
        if known & _ATTEMPTS:
            return "attempts"
    return None
