"""Which values may leave or enter a sandbox, and as what: plain data as it is, structs as dicts, nothing else."""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN = frozenset({
    type(None), bool, int, float, complex, str, bytes, datetime, date, time, timedelta, timezone, Decimal, Fraction, UUID,
})  # fmt: skip
MOST_DEPTH = 90


class Stays(Exception):  # noqa: N818 - says what the value does
    """The value is no plain data; `where` is its place in the whole, `kind` what it is."""

    def __init__(self, where: str, kind: str) -> None:
        super().__init__(f"{where or 'it'} is {kind}")
        self.where, self.kind = where, kind


def plain(value: Any, where: str = "", depth: int = 0) -> Any:
    """Return `value` as plain data: structs as dicts, subclasses as what they are made of. Stays names what is not.

    >>> plain({"a": (1, "x")})
    {'a': (1, 'x')}
    """
    if type(value) in PLAIN:
        return value
    if depth > MOST_DEPTH:
        raise Stays(where, "nested too deeply")
    promises = sys.modules.get("dana_poet.runtime.promise")
    value = promises.force(value) if promises is not None else value
    kind = type(value)
    if kind in PLAIN:
        return value
    if hasattr(kind, "__dana_fields__") and hasattr(value, "__slots__"):
        return {name: plain(getattr(value, name), f"{where}.{name}", depth + 1) for name in value.__slots__}
    for base, rebuild in _CONTAINERS:
        if isinstance(value, base):
            return rebuild(value, where, depth + 1)
    for base in _BASES:
        if isinstance(value, base):
            return base(value)
    raise Stays(where, _described(value))


def _described(value: object) -> str:
    return "a function" if callable(value) and hasattr(value, "__name__") else f"of type {type(value).__name__}"


def _items(make: Any) -> Any:
    return lambda value, where, depth: make(plain(item, f"{where}[{n}]", depth) for n, item in enumerate(value))


def _mapping(value: Mapping[Any, Any], where: str, depth: int) -> dict[Any, Any]:
    return {plain(key, where, depth): plain(item, f"{where}[{key!r}]", depth) for key, item in value.items()}


_CONTAINERS: tuple[tuple[type, Any], ...] = (
    (dict, _mapping), (list, _items(list)), (tuple, _items(tuple)), (frozenset, _items(frozenset)), (set, _items(set)),
)  # fmt: skip


_BASES: tuple[Any, ...] = (int, float, str, bytes)


def shown(value: object) -> str:
    """Return the text of a value that stays, short enough to be shown."""
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - a program's own repr may fail in any way
        text = f"<{type(value).__name__}, whose text fails with {type(error).__name__}>"
    return text if len(text) <= 2000 else text[:1997] + "..."
