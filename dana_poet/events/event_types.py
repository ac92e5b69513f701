"""Which fields the payloads of a type of event have, so that one that does not fit is refused with the field named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dana_poet.errors import EventError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_TYPE = 200
MOST_NAMES = 10_000
EXECUTION_COMPLETED = "poet.execution.completed"
FEEDBACK_RECEIVED = "poet.feedback.received"

_NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a number", list: "a list", dict: "a dict"}
_NONE = type(None)


class _Field(NamedTuple):
    """A field of a registered type: what it may be, as written, and every type that fits."""

    name: str
    kinds: tuple[type, ...]
    fits: frozenset[type]
    required: bool


_registered: dict[str, tuple[_Field, ...]] = {}
_fine_names: set[str] = set()


def register_type(name: str, fields: Mapping[str, type | tuple[type, ...]]) -> None:
    """Say what payloads of the type `name` hold. A field whose name ends in `?` may be absent or none.

    Types are str, bool, int, float (which takes whole numbers too), list and dict, or a tuple of them. Fields that
    are not named here are let through. EventError for a name that cannot be one.

    >>> register_type("door.opened", {"door": int, "by?": str})
    >>> check_payload("door.opened", {"door": "front"})
    Traceback (most recent call last):
    ...
    dana_poet.errors.EventError: payload.door: a whole number is expected in 'door.opened', not str
    """
    check_name(name)
    _registered[name] = tuple(_field(name, one, kind) for one, kind in fields.items())


def _field(name: str, field: str, kind: type | tuple[type, ...]) -> _Field:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    unknown = [one for one in kinds if one not in _NAMES]
    if unknown:
        raise EventError(f"{name}: {unknown[0]!r} is no type of a field", hint="use str, bool, int, float, list, dict")
    required = not field.endswith("?")
    fits = {*kinds, *([int] if float in kinds else []), *([] if required else [_NONE])}
    return _Field(field.removesuffix("?"), kinds, frozenset(fits), required)


def check_name(name: str) -> None:
    """Refuse what cannot be a type of events: it is text of 1 to 200 characters without spaces."""
    if name in _fine_names:
        return
    if type(name) is not str or not 0 < len(name) <= MOST_TYPE or not name.isprintable() or " " in name:
        raise EventError(f"{name!r} is no type of event", hint="write text without spaces, such as 'drift.validation'")
    if len(_fine_names) < MOST_NAMES:
        _fine_names.add(name)


def check_payload(name: str, payload: Mapping[str, Any]) -> None:
    """Refuse a payload that does not fit its registered type; unregistered types take any payload."""
    for field, kinds, fits, required in _registered.get(name, ()):
        if type(payload.get(field)) in fits:
            continue
        if required and field not in payload:
            raise EventError(f"payload.{field}: is missing in {name!r}", hint=f"it is {_said(kinds)}")
        found = type(payload.get(field)).__name__
        raise EventError(f"payload.{field}: {_said(kinds)} is expected in {name!r}, not {found}")


def _said(kinds: tuple[type, ...]) -> str:
    return " or ".join(_NAMES[kind] for kind in kinds)


register_type(
    EXECUTION_COMPLETED,
    {"execution_id?": str, "function?": str, "success?": bool, "seconds?": float, "params?": dict},
)
register_type(FEEDBACK_RECEIVED, {"execution_id?": str, "payload?": dict})

# What people and services say. Their ids are not looked at here: an event that names no execution is just an event.
register_type(
    "feedback",
    {
        "amends?": bool,
        "retracts?": (bool, str),
        "was_real_drift?": bool,
        "performance_delta?": float,
        **dict.fromkeys(("cost_usd?", "cost?", "quality?", "rating?", "score?"), float),
    },
)
register_type("drift.validation", {"was_real_drift?": bool, "performance_delta?": float, "validation_source?": str})
register_type("execution.cost_measured", {"cost_usd": float, "measurement_date?": str})
register_type("drift.business_impact_measured", {"revenue_impact?": float, "conversion_impact?": float})
register_type("config.changed", {"function?": str, "parameter?": str})
register_type("alert.created", {"alert_id?": str})
register_type("alert.acknowledged", {"alert_id?": str, "time_to_ack?": float, "acknowledged_by?": str})
register_type("alert.dismissed", {"alert_id?": str, "dismissal_reason?": str})
register_type(
    "alert.batch_dismissed",
    {"alert_ids?": list, "execution_ids?": list, "dismissal_reason?": str, "alert_count?": int},
)
