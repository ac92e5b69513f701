"""What a payload may hold - plain JSON data, copied so that later changes stay outside - and how the rest is refused."""

from __future__ import annotations

from typing import Any

from dana_poet.errors import EventError

MOST_DEPTH = 64
MOST_INTEGER = 1 << 1024
_AS_IT_IS = frozenset({str, bool, type(None)})
_HINTS = {
    "datetime": "write .isoformat() or .timestamp()",
    "date": "write .isoformat()",
    "time": "write .isoformat()",
    "timedelta": "write .total_seconds()",
    "Decimal": "write str(...) or float(...)",
    "UUID": "write str(...)",
    "bytes": "write .hex(), or .decode() when it is text",
    "set": "write sorted(...)",
    "frozenset": "write sorted(...)",
    "ndarray": "write .tolist()",
}
_HINT = "a payload holds text, numbers, true, false, none, lists and dicts with text keys"


def plain_payload(payload: Any) -> dict[str, Any]:
    """Return a copy of `payload`; EventError names the field that is no plain JSON data.

    Tuples become lists; enums and other subclasses of str, int, float, list and dict become what they are made of.

    >>> plain_payload({"pair": (1, 2.5)})
    {'pair': [1, 2.5]}
    """
    if not isinstance(payload, dict):
        raise EventError(f"payload: a dict is expected, not {type(payload).__name__}", hint=_HINT)
    return _dict(payload, "payload", 0)


def _dict(value: dict[Any, Any], where: str, depth: int) -> dict[str, Any]:
    copy = {}
    for name, item in value.items():
        if type(name) is not str and not isinstance(name, str):
            raise EventError(f"{where}: the key {name!r} is {_a(name)}, text is expected", hint="write str(key)")
        kind = type(item)
        if kind in _AS_IT_IS or (kind is float and item - item == 0) or (kind is int and -1e15 < item < 1e15):
            copy[name] = item
        else:
            copy[name] = _plain(item, f"{where}.{name}", depth + 1)
    return copy


def _plain(value: Any, where: str, depth: int) -> Any:
    """Return a copy of any value; `where` is its place in the payload."""
    if depth > MOST_DEPTH:
        raise EventError(f"{where}: nested deeper than {MOST_DEPTH}, or in a circle", hint=_HINT)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return _dict(value, where, depth)
    if isinstance(value, list | tuple):
        return [_plain(item, f"{where}[{number}]", depth + 1) for number, item in enumerate(value)]
    if isinstance(value, str):
        return str.__str__(value)
    return _number(value, where)


def _number(value: Any, where: str) -> int | float:
    if isinstance(value, int):
        if not -MOST_INTEGER < value < MOST_INTEGER:
            raise EventError(f"{where}: an integer of {value.bit_length()} bits", hint="1024 bits are the most")
        return int(value)
    if not isinstance(value, float):
        raise EventError(f"{where}: {_a(value)} is no plain JSON data", hint=_HINTS.get(type(value).__name__, _HINT))
    if value - value != 0:
        raise EventError(f"{where}: {float(value)} has no place in JSON", hint="leave the field out, or write none")
    return float(value)


def _a(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"
