"""What feedback says of a result: whether it was right, and how good it was; a word that is not understood says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.runtime.truth import word_truth

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCEPTS = frozenset({
    "accepted", "approved", "confirmed", "correct", "helpful", "real", "success", "useful", "valid", "was_real_drift",
})  # fmt: skip
REJECTS = frozenset(
    {"declined", "dismissed", "false_alarm", "false_positive", "ignored", "incorrect", "rejected", "wrong"}
)
MISSES = ("missed", "missed_drift", "false_negative")
QUALITIES = ("quality", "rating", "score")
STARS = 5


def understood(value: Any) -> bool | None:
    """Return what a value says as yes or no: true, false, 1, 0, or a word such as "yes"; None for anything else.

    >>> understood(True), understood(0), understood(" No "), understood("maybe"), understood(0.5), understood("")
    (True, False, False, None, None, None)
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return bool(value) if value in {0, 1} else None
    return word_truth(value) if isinstance(value, str) and value.strip() else None


def verdict(event: Any) -> bool | None:
    """Return whether feedback accepts what was done, None when it does not say.

    >>> verdict({"was_real_drift": False}), verdict({"rejected": "yes"}), verdict({"useful": "maybe"})
    (False, False, None)
    """
    payload = event if isinstance(event, dict) else getattr(event, "payload", None)
    for key, value in payload.items() if isinstance(payload, dict) else ():
        if key in ACCEPTS | REJECTS:
            said = understood(value)
            if said is not None:
                return said if key in ACCEPTS else not said
        elif isinstance(value, str) and value in ACCEPTS | REJECTS:
            return value in ACCEPTS
    last = str(getattr(event, "type", "")).rpartition(".")[2]
    return last in ACCEPTS if last in ACCEPTS | REJECTS else None


def quality(event: Any) -> float | None:
    """Return what feedback says as a quality from 0 to 1: as such, else by its verdict; None when it says neither.

    >>> quality({"quality": 0.25}), quality({"rating": 4}), quality({"correct": True}), quality({"note": "hm"})
    (0.25, 0.75, 1.0, None)
    """
    payload = event if isinstance(event, dict) else getattr(event, "payload", None)
    given = rated(payload) if isinstance(payload, dict) else None
    said = verdict(event) if given is None else None
    return given if said is None else float(said)


def rated(payload: Mapping[str, Any]) -> float | None:
    """Return the quality from 0 to 1 that a payload names; a whole `rating` from 1 is one of five stars. None without one.

    >>> rated({"rating": 1}), rated({"rating": 4.5}), rated({"rating": 0.5}), rated({"quality": 1})
    (0.0, 0.875, 0.5, 1.0)
    """
    for name in QUALITIES:
        given = payload.get(name)
        if isinstance(given, (int, float)) and not isinstance(given, bool):
            if name == "rating" and 1 <= given <= STARS and (given > 1 or isinstance(given, int)):
                return (given - 1) / (STARS - 1)
            if 0 <= given <= 1:
                return float(given)
    return None
