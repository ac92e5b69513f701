"""Which values reach a sandbox as what they are, and how a change that was made to a copy reaches the caller's own."""

from __future__ import annotations

from operator import is_
from typing import Any

from dana_poet.codegen.runner_way import KEPT, PLAIN

_ATOMS = frozenset({int, str, float, bool, type(None), bytes, complex})
_LISTS = frozenset({list, tuple, set, frozenset})
_MUTABLE = frozenset({list, dict, set})
_CHANGED = frozenset({*_MUTABLE, tuple})
_BY_MODULE = {
    "datetime": frozenset({"date", "time", "datetime", "timedelta", "timezone"}),
    "decimal": frozenset({"Decimal"}),
    "fractions": frozenset({"Fraction"}),
    "uuid": frozenset({"UUID"}),
    "numpy": frozenset({"ndarray"}),
}


def is_plain(value: Any) -> bool:
    """Whether a value arrives in a sandbox as what it is: exact types of plain data, nothing that becomes another type.

    >>> from collections import OrderedDict
    >>> is_plain([1, ("a", {"b": None})]), is_plain(OrderedDict()), is_plain(len)
    (True, False, False)
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind in _ATOMS:
            continue
        if kind in _LISTS:
            waiting += one
        elif kind is dict:
            waiting += one
            waiting += one.values()
        elif not _known(kind, one):
            return False
        if len(waiting) > 1_000_000:  # a container that holds itself; the boundary would refuse it in any case
            return False
    return True


def _known(kind: type, value: Any) -> bool:
    if kind.__name__ not in _BY_MODULE.get(kind.__module__, ()):
        return False
    zone = getattr(value, "tzinfo", None)
    return zone is None or (type(zone).__name__ == "timezone" and type(zone).__module__ == "datetime")


def may_change(values: Any) -> bool:
    """Whether a call could change one of these values: whether there is a list, dict or set among them.

    >>> may_change((1, "a")), may_change((1, ([],)))
    (False, True)
    """
    for one in values:
        kind = type(one)
        if kind in _MUTABLE or (kind is tuple and may_change(one)):
            return True
    return False


def update(old: Any, new: Any) -> None:
    """Change a container so that it equals its changed copy; objects inside that are still there stay the same ones.

    >>> inner = [1]
    >>> outer = {"a": inner}
    >>> update(outer, {"a": [1, 2], "b": 3})
    >>> outer, inner is outer["a"]
    ({'a': [1, 2], 'b': 3}, True)
    """
    kind = type(old)
    if kind is list:
        old[:] = [_merged(old[place] if place < len(old) else None, part) for place, part in enumerate(new)]
    elif kind is dict:
        merged = {key: _merged(old.get(key), part) for key, part in new.items()}
        if list(merged) != list(old):
            old.clear()
        old.update(merged)
    elif kind is set and old != new:
        old.clear()
        old.update(new)
    elif kind is tuple:
        _merged(old, new)


def _merged(old: Any, new: Any) -> Any:
    kind = type(new)
    if kind is not type(old) or kind not in _CHANGED:
        return new
    if kind is not tuple:
        update(old, new)
        return old
    if len(old) != len(new):
        return new
    parts = tuple(map(_merged, old, new))
    return old if all(map(is_, parts, old)) else parts


def tagged(value: Any, kept: list[Any]) -> tuple[int, Any]:
    """Return a result of the original as it travels: itself, or its number among those that stay with the caller.

    >>> kept = []
    >>> tagged(1, kept), tagged(len, kept), kept
    ((0, 1), (1, 0), [<built-in function len>])
    """
    if is_plain(value):
        return PLAIN, value
    kept.append(value)
    return KEPT, len(kept) - 1
