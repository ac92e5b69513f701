"""The domain of every function that names none: inputs as hinted, retries of what is transient, results as hinted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.domains.domain import Call, Domain, Learnable
from dana_poet.domains.template import template

if TYPE_CHECKING:
    from collections.abc import Mapping

TRANSIENT = (ConnectionError, TimeoutError)


def transient(error: BaseException) -> bool:
    """Whether trying again may help: a lost connection or a time-out.

    >>> transient(ConnectionResetError()), transient(ValueError())
    (True, False)
    """
    return isinstance(error, TRANSIENT)


def speed(_result: Any, call: Call) -> float:
    """Return calls per second, for `optimize_for="speed"`.

    >>> speed(None, Call("f", seconds=0.5))
    2.0
    """
    return 1.0 / max(call.seconds, 1e-6)


def reliability(_result: Any, call: Call) -> float:
    """Return 1 for a call that succeeded at once, less for each further attempt.

    >>> reliability(None, Call("f", attempt=2))
    0.5
    """
    return 1.0 / call.attempt


METRICS: Mapping[str, Any] = {"speed": speed, "reliability": reliability}
"""What can be measured of any call; other domains add theirs."""
DOMAIN = Domain(
    name="base",
    summary="inputs and results as hinted; what is transient is tried again",
    template=template("base"),
    defaults={"retries": 2},
    transient=transient,
    metrics=METRICS,
    parameters=(
        Learnable("retries", 2, 0, 5, summary="attempts after the first"),
        Learnable("timeout", 30.0, 0.1, 300.0, unit="s", summary="deadline of a call, when there is one"),
    ),
)
