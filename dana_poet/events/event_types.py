"""Which fields the payloads of a type of event have, so that one that does not fit is refused with the field named."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from dana_poet.errors import EventError
from dana_poet.runtime.verdicts import ACCEPTS, MISSES, REJECTS, STARS, understood

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_TYPE = 200
MOST_NAMES = 10_000
MOST_SHOWN = 40
EXECUTION_COMPLETED = "poet.execution.completed"
FEEDBACK_RECEIVED = "poet.feedback.received"

_NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a number", list: "a list", dict: "a dict"}
_NONE: type = type(None)


class _Field(NamedTuple):
    """A field of a registered type: what it may be in words, every type that fits, and what a value has to keep."""

    name: str
    words: str
    fits: frozenset[type]
    required: bool
    keeps: Callable[[Any], bool] | None = None
    hint: str = ""


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
    return _Field(field.removesuffix("?"), " or ".join(_NAMES[one] for one in kinds), frozenset(fits), required)


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
    _check_fields(_registered.get(name, ()), name, payload, "payload")
    if name == FEEDBACK_RECEIVED and isinstance(said := payload.get("payload"), dict):
        _check_fields(_FEEDBACK, name, said, "payload.payload")


def _check_fields(fields: tuple[_Field, ...], name: str, payload: Mapping[str, Any], where: str) -> None:
    for field, words, fits, required, keeps, hint in fields:
        value = payload.get(field)
        if type(value) in fits and (keeps is None or value is None or keeps(value)):
            continue
        if required and field not in payload:
            raise EventError(f"{where}.{field}: is missing in {name!r}", hint=f"it is {words}")
        found = type(value).__name__ if keeps is None else _shown(value)
        raise EventError(f"{where}.{field}: {words} is expected in {name!r}, not {found}", hint=hint)


def check_none(name: str, payload: Any) -> None:
    """Refuse what is no payload with fields where the type of event was registered with some."""
    if name in _registered:
        raise EventError(f"payload: a dict is expected in {name!r}, not {_shown(payload)}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 3]}..."


# What feedback says


def _is_moment(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


_ANYTHING: frozenset[type] = frozenset({str, bool, int, float, list, dict, _NONE})
_NUMBERS: frozenset[type] = frozenset({int, float, _NONE})
_FEEDBACK = (
    *(
        _Field(
            one, "true or false", _ANYTHING, False, lambda value: understood(value) is not None, "also yes, no, 1, 0"
        )
        for one in sorted({*ACCEPTS, *REJECTS, *MISSES})
    ),
    _Field("rating", f"a number from 0 to 1, or of {STARS} stars,", _NUMBERS, False, lambda value: 0 <= value <= STARS),
    _Field("quality", "a number from 0 to 1", _NUMBERS, False, lambda value: 0 <= value <= 1),
    *(_Field(one, "a number from 0", _NUMBERS, False, lambda value: value >= 0) for one in ("cost_usd", "cost")),
    _Field(
        "at", "seconds since 1970, or ISO text,", frozenset({str, *_NUMBERS}), False, _is_moment, "2026-01-31T10:00"
    ),
    *(_Field(one, "a number", _NUMBERS, False) for one in ("score", "performance_delta")),
    _Field("execution_ids", "a list", frozenset({list, tuple, _NONE}), False),
)
"""The fields by which an execution is judged, in every type of event that is feedback."""


def _register_feedback(name: str, fields: Mapping[str, type | tuple[type, ...]]) -> None:
    register_type(name, fields)
    own = {field.name for field in _registered[name]}
    _registered[name] += tuple(field for field in _FEEDBACK if field.name not in own)


register_type(
    EXECUTION_COMPLETED,
    {"execution_id?": str, "function?": str, "success?": bool, "seconds?": float, "params?": dict},
)
register_type(FEEDBACK_RECEIVED, {"execution_id?": str, "payload?": dict})

# What people and services say. An execution_id is not looked at here: an event that names no execution is just an event.
_register_feedback("feedback", {"amends?": bool, "retracts?": (bool, str)})
_register_feedback("drift.validation", {"validation_source?": str})
_register_feedback("prompt.rating", {"execution_id": str, "comment?": str})
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
