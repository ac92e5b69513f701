"""Plain Dana values to JSON and back, exactly: NaN, -0.0, huge ints, tuples, sets, bytes, dates, Decimal, structs.

Loaded only by programs that keep state. What JSON says by itself stays as it is and is readable; everything else is
an object with one key that begins with `$`: `{"$tuple": [1, 2]}`. A value that appears twice is written twice.
"""

from __future__ import annotations

import base64
import math
import sys
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError, StateError

if TYPE_CHECKING:
    from collections.abc import Callable

    Resolve = Callable[[str], object]

PLAIN = "plain data: text, numbers, lists, dicts, sets, dates, bytes or structs of these"
LONGEST_PLAIN_INT = 1024
"""Bits. Longer ints are written in hexadecimal: Python refuses to read decimals of more than 4,300 digits."""


def encode(value: object, what: str = "the value") -> Any:
    """Return `value` as something `json.dumps` writes. StateError when it is not plain data; `what` names it.

    >>> encode({"a": (1, 2), "b": float("inf")})
    {'a': {'$tuple': [1, 2]}, 'b': {'$float': 'inf'}}
    """
    try:
        return _encode(value, what, set())
    except RecursionError as error:
        raise StateError(f"{what} is nested too deeply to be saved") from error


def decode(data: Any, resolve: Resolve | None = None) -> Any:
    """Return what `encode` was given. `resolve(name)` finds the class of a struct; StateError when it cannot.

    >>> decode({"$tuple": [1, 2]})
    (1, 2)
    """
    try:
        return _decode(data, resolve)
    except RecursionError as error:
        raise StateError("saved data is nested too deeply to be read") from error


def _decode(data: Any, resolve: Resolve | None) -> Any:
    if isinstance(data, list):
        return [_decode(item, resolve) for item in data]
    if not isinstance(data, dict):
        return data
    if len(data) == 1:
        tag = next(iter(data))
        if tag.startswith("$"):
            return _tagged(tag, data[tag], resolve)
    return {key: _decode(item, resolve) for key, item in data.items()}


def register(kind: type, tag: str, write: Callable[[Any], object], read: Callable[[Any], object]) -> None:
    """Let values of class `kind` be saved: `write(value)` gives plain data, `read(plain)` the value."""
    _ENCODERS[kind] = lambda value, what, busy: {f"${tag}": _encode(write(value), what, busy)}
    _READERS[f"${tag}"] = read


def _encode(value: Any, what: str, busy: set[int]) -> Any:
    kind = type(value)
    if value is None or kind is bool:
        return value
    encoder = _ENCODERS.get(kind)
    if encoder is not None:
        return encoder(value, what, busy)
    if hasattr(kind, "__dana_fields__"):
        return _struct(value, what, busy)
    plain = settled(value)
    if plain is not value:
        return _encode(plain, what, busy)
    raise StateError(f"{what} cannot be saved: {_described(kind)} is not plain data", hint=f"keep {PLAIN}")


def settled(value: object) -> object:
    """Return what a promise holds; anything else as it is."""
    promise = sys.modules.get("dana_poet.runtime.promise")
    return promise.force(value) if promise is not None else value


def is_promise(value: object) -> bool:
    """Whether `value` is still to be waited for, or was."""
    promise = sys.modules.get("dana_poet.runtime.promise")
    return promise is not None and type(value) is promise.Promise


def _described(kind: type) -> str:
    return "a function" if kind.__name__ in {"function", "builtin_function_or_method", "method"} else kind.__name__


def _int(value: int, _what: str, _busy: set[int]) -> Any:
    return value if value.bit_length() <= LONGEST_PLAIN_INT else {"$int": hex(value)}


def _float(value: float, _what: str, _busy: set[int]) -> Any:
    return value if math.isfinite(value) else {"$float": repr(value)}


def _text(value: str, _what: str, _busy: set[int]) -> Any:
    if _writable(value):
        return value
    return {"$text": base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()}


def _writable(text: str) -> bool:
    """Whether `text` can stand in UTF-8; half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _list(value: list[object], what: str, busy: set[int]) -> Any:
    with _Once(value, what, busy):
        return [_encode(item, f"item {index} of {what}", busy) for index, item in enumerate(value)]


def _items(tag: str) -> Callable[[Any, str, set[int]], Any]:
    def encoder(value: Any, what: str, busy: set[int]) -> Any:
        with _Once(value, what, busy):
            return {tag: [_encode(item, f"an item of {what}", busy) for item in value]}

    return encoder


def _dict(value: dict[Any, object], what: str, busy: set[int]) -> Any:
    with _Once(value, what, busy):
        if all(type(key) is str and not key.startswith("$") and _writable(key) for key in value):
            return {key: _encode(item, f"{key!r} of {what}", busy) for key, item in value.items()}
        pairs = [
            [_encode(key, f"a key of {what}", busy), _encode(item, f"{key!r} of {what}", busy)]
            for key, item in value.items()
        ]
        return {"$dict": pairs}


def _datetime(value: datetime, what: str, _busy: set[int]) -> Any:
    zone = getattr(value.tzinfo, "key", None)
    _refuse_zone(value.tzinfo, zone, what)
    plain = value.replace(tzinfo=None, fold=0) if zone else value.replace(fold=0)
    data: list[object] = [plain.isoformat(), value.fold]
    return {"$datetime": [*data, zone] if zone else data}


def _time(value: time, what: str, _busy: set[int]) -> Any:
    zone = getattr(value.tzinfo, "key", None)
    _refuse_zone(value.tzinfo, zone, what)
    plain = value.replace(tzinfo=None, fold=0) if zone else value.replace(fold=0)
    data: list[object] = [plain.isoformat(), value.fold]
    return {"$time": [*data, zone] if zone else data}


def _refuse_zone(zone: tzinfo | None, key: object, what: str) -> None:
    if zone is not None and key is None and type(zone).__module__ != "datetime":
        raise StateError(f"{what} cannot be saved: its time zone has no name", hint="use UTC or a named zone")


def _struct(value: Any, what: str, busy: set[int]) -> Any:
    with _Once(value, what, busy):
        kind = type(value)
        fields = {
            name: _encode(getattr(value, name), f"field '{name}' of {what}", busy) for name in kind.__dana_fields__
        }
        return {"$struct": [kind.__name__, fields]}


class _Once:
    """Marks a container as being written, so that one that contains itself is an error and not endless."""

    __slots__ = ("busy", "key", "what")

    def __init__(self, value: object, what: str, busy: set[int]) -> None:
        self.key, self.what, self.busy = id(value), what, busy

    def __enter__(self) -> None:
        if self.key in self.busy:
            raise StateError(f"{self.what} cannot be saved: it contains itself")
        self.busy.add(self.key)

    def __exit__(self, *_error: object) -> None:
        self.busy.discard(self.key)


_ENCODERS: dict[type, Callable[[Any, str, set[int]], Any]] = {
    int: _int,
    float: _float,
    str: _text,
    list: _list,
    dict: _dict,
    tuple: _items("$tuple"),
    set: _items("$set"),
    frozenset: _items("$frozenset"),
    bytes: lambda value, _what, _busy: {"$bytes": base64.b64encode(value).decode()},
    bytearray: lambda value, _what, _busy: {"$bytearray": base64.b64encode(value).decode()},
    complex: lambda value, what, busy: {"$complex": [_float(value.real, what, busy), _float(value.imag, what, busy)]},
    range: lambda value, what, busy: {"$range": [_int(n, what, busy) for n in (value.start, value.stop, value.step)]},
    Decimal: lambda value, _what, _busy: {"$decimal": str(value)},
    datetime: _datetime,
    time: _time,
    date: lambda value, _what, _busy: {"$date": value.isoformat()},
    timedelta: lambda value, _what, _busy: {"$timedelta": [value.days, value.seconds, value.microseconds]},
}


def _tagged(tag: str, data: Any, resolve: Resolve | None) -> Any:
    if tag == "$feedback":
        __import__("dana_poet.runtime.event_values")  # registers the reader of this tag
    reader = _READERS.get(tag)
    if reader is None and tag not in {"$struct", "$dict"}:
        raise StateError(
            f"saved data uses {tag!r}, which this version cannot read", hint="it was written by a newer dana-poet"
        )
    try:
        if reader is not None:
            return reader(_decode(data, resolve))
        if tag == "$struct":
            return _read_struct(data, resolve)
        return {_decode(key, resolve): _decode(item, resolve) for key, item in data}
    except DanaError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise StateError(f"saved data is damaged: {tag} cannot hold {str(data)[:60]}") from error


def _read_struct(data: Any, resolve: Resolve | None) -> Any:
    name, fields = data
    kind: Any = resolve(name) if resolve is not None else None
    if not isinstance(kind, type) or not hasattr(kind, "__dana_fields__"):
        raise StateError(f"saved data holds a struct '{name}', which the program does not define")
    known = {key: _decode(item, resolve) for key, item in fields.items() if key in kind.__dana_fields__}
    return kind(**known)


def _zone(name: str) -> tzinfo:
    try:
        from zoneinfo import ZoneInfo

        return ZoneInfo(name)
    except (ImportError, KeyError, OSError) as error:  # a system without this zone; the sandbox has none at all
        raise StateError(f"saved data uses the time zone {name!r}, which is not to be had here") from error


def _read_datetime(data: list[Any]) -> datetime:
    value = datetime.fromisoformat(data[0]).replace(fold=data[1])
    return value.replace(tzinfo=_zone(data[2])) if len(data) > 2 else value


def _read_time(data: list[Any]) -> time:
    value = time.fromisoformat(data[0]).replace(fold=data[1])
    return value.replace(tzinfo=_zone(data[2])) if len(data) > 2 else value


_READERS: dict[str, Callable[[Any], object]] = {
    "$int": lambda text: int(text, 16),
    "$float": float,
    "$text": lambda text: base64.b64decode(text).decode("utf-8", "surrogatepass"),
    "$tuple": tuple,
    "$set": set,
    "$frozenset": frozenset,
    "$bytes": base64.b64decode,
    "$bytearray": lambda text: bytearray(base64.b64decode(text)),
    "$complex": lambda parts: complex(*parts),
    "$range": lambda parts: range(*parts),
    "$decimal": Decimal,
    "$datetime": _read_datetime,
    "$time": _read_time,
    "$date": date.fromisoformat,
    "$timedelta": lambda parts: timedelta(*parts),
}
