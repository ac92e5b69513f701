"""Which fields the payloads of a type of event have, so that one that does not fit is refused with the field named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.errors import EventError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_TYPE = 200
EXECUTION_COMPLETED = "poet.execution.completed"
FEEDBACK_RECEIVED = "poet.feedback.received"

_NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a number", list: "a list", dict: "a dict"}
_registered: dict[str, dict[str, tuple[type, ...]]] = {}
_required: dict[str, tuple[str, ...]] = {}


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
    kinds = {one.removesuffix("?"): kind if isinstance(kind, tuple) else (kind,) for one, kind in fields.items()}
    unknown = [kind for several in kinds.values() for kind in several if kind not in _NAMES]
    if unknown:
        raise EventError(f"{name}: {unknown[0]!r} is no type of a field", hint="use str, bool, int, float, list, dict")
    _required[name] = tuple(one for one in fields if not one.endswith("?"))
    _registered[name] = kinds


def check_name(name: object) -> None:
    """Refuse what cannot be a type of events: it is text of 1 to 200 characters without spaces."""
    if type(name) is not str or not 0 < len(name) <= MOST_TYPE or not name.isprintable() or " " in name:
        raise EventError(f"{name!r} is no type of event", hint="write text without spaces, such as 'drift.validation'")


def check_payload(name: str, payload: Mapping[str, Any]) -> None:
    """Refuse a payload that does not fit its registered type; unregistered types take any payload."""
    kinds = _registered.get(name)
    if kinds is None:
        return
    for field in _required[name]:
        if field not in payload:
            raise EventError(f"payload.{field}: is missing in {name!r}", hint=f"it is {_said(kinds[field])}")
    for field, kind in kinds.items():
        value = payload.get(field)
        if (value is not None or field in _required[name]) and not _fits(value, kind):
            raise EventError(
                f"payload.{field}: {_said(kind)} is expected in {name!r}, not {type(value).__name__}",
            )


def _fits(value: Any, kinds: tuple[type, ...]) -> bool:
    found = type(value)
    return found in kinds or (found is int and float in kinds)


def _said(kinds: tuple[type, ...]) -> str:
    return " or ".join(_NAMES[kind] for kind in kinds)


register_type(
    EXECUTION_COMPLETED,
    {"execution_id?": str, "function?": str, "success?": bool, "seconds?": float, "params?": dict},
)
register_type(FEEDBACK_RECEIVED, {"execution_id?": str, "payload?": dict})
