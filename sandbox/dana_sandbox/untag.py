"""Read tokens back into a value. What made them may be hostile: every count, length and depth is checked first."""

import binascii
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

from dana_sandbox.crossing import EQUAL_HASHES, FRACTION_BITS, INT_BITS, BadMessage, Limits
from dana_sandbox.tag_kinds import ARRAY_KINDS

Leaf: TypeAlias = Callable[[str], Any]
Gather: TypeAlias = Callable[[list[Any]], Any]

_TOKENS = frozenset({str, int, float, bool, type(None)})
_COUNT = re.compile(r"0|[1-9][0-9]{0,8}")
_HEX = re.compile(r"-?[0-9a-f]+")
_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]{1,20})?|Infinity|s?NaN[0-9]*)")
_DELTA = re.compile(r"(-?[0-9]{1,10}),([0-9]{1,5}),([0-9]{1,6})")
_ARRAY = re.compile(
    r"([<>|=])([a-zA-Z])([0-9]{1,7})((?:\[[0-9A-Za-z]{1,12}\])?)\|((?:[0-9]{1,18}(?:,[0-9]{1,18})*)?)\|"
)


def untag(tokens: object, limits: Limits, *, numpy: bool) -> Any:
    """Return the value of `tokens`. BadMessage when no value under these limits is written so."""
    if type(tokens) is not list or not _TOKENS.issuperset(map(type, tokens)):
        raise BadMessage("a tagged message is a flat list")
    if len(tokens) > limits.nodes:
        raise BadMessage(f"a message of {len(tokens)} values; the limit is {limits.nodes}")
    stack: list[Any] = []
    depths: list[int] = []
    for token in tokens:
        if type(token) is not str:
            stack.append(token)
            depths.append(0)
        elif gather := _GATHER.get(token[:1]):
            _close(stack, depths, gather, token[1:], limits.depth)
        else:
            stack.append(_leaf(token, numpy=numpy))
            depths.append(0)
    if len(stack) != 1:
        raise BadMessage("a message holds one value")
    return stack[0]


def _close(stack: list[Any], depths: list[int], gather: Gather, count: str, most: int) -> None:
    size = int(count) if _COUNT.fullmatch(count) else -1
    start = len(stack) - size
    if size < 0 or start < 0:
        raise BadMessage("a container counts its elements wrongly")
    depth = 1 + max(depths[start:], default=0)
    if depth > most:
        raise BadMessage(f"nested deeper than {most}")
    stack[start:] = [gather(stack[start:])]
    depths[start:] = [depth]


def _leaf(token: str, *, numpy: bool) -> Any:
    read = _LEAVES.get(token[:1])
    if read is None or (read is _array and not numpy):
        raise BadMessage("a token of no known kind")
    return read(token[1:])


def _text(text: str) -> str:
    return text


def _surrogates(text: str) -> str:
    return _unbase64(text).decode("utf-8", "surrogatepass")


def _unbase64(text: str) -> bytes:
    return binascii.a2b_base64(text, strict_mode=True) if text else b""


def _int(text: str) -> int:
    if not _HEX.fullmatch(text) or len(text) > INT_BITS // 4 + 1:
        raise BadMessage("not an int of an allowed length")
    return int(text, 16)


def _date(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)


def _datetime(text: str) -> Any:
    from datetime import datetime

    return _with_fold(datetime.fromisoformat(text[1:]), text[:1])


def _time(text: str) -> Any:
    from datetime import time

    return _with_fold(time.fromisoformat(text[1:]), text[:1])


def _with_fold(value: Any, fold: str) -> Any:
    if value.tzinfo is not None or fold not in {"0", "1"}:
        raise BadMessage("not a naive time")
    return value.replace(fold=1) if fold == "1" else value


def _timedelta(text: str) -> Any:
    from datetime import timedelta

    if not (found := _DELTA.fullmatch(text)):
        raise BadMessage("not a timedelta")
    days, seconds, microseconds = map(int, found.groups())
    return timedelta(days, seconds, microseconds)


def _decimal(text: str) -> Any:
    from decimal import Decimal

    if not _DECIMAL.fullmatch(text):
        raise BadMessage("not a Decimal")
    return Decimal(text)


def _fraction(text: str) -> Any:
    from fractions import Fraction

    numerator, _, denominator = text.partition("/")
    if len(text) > FRACTION_BITS // 2 or not denominator:
        raise BadMessage("not a Fraction of an allowed length")
    return Fraction(_int(numerator), _int(denominator))


def _uuid(text: str) -> Any:
    from uuid import UUID

    if len(text) != 32:
        raise BadMessage("not a UUID")
    return UUID(int=_int(text))


def _array(text: str) -> Any:
    import numpy as np

    if not (found := _ARRAY.match(text)):
        raise BadMessage("not an array")
    order, kind, width, unit, shape_text = found.groups()
    if kind + width not in ARRAY_KINDS and kind not in {"U", "S"}:
        raise BadMessage("an array of a dtype that does not cross")
    dtype = np.dtype(order + kind + width + unit)
    shape = tuple(map(int, shape_text.split(","))) if shape_text else ()
    data = _unbase64(text[found.end() :])
    size = dtype.itemsize
    for length in shape:
        size *= length
    if len(shape) > 32 or not dtype.itemsize or size != len(data):
        raise BadMessage("an array whose shape does not fit its bytes")
    array = np.frombuffer(data, dtype).reshape(shape).copy()
    _check_characters(array, kind)
    return array


def _check_characters(array: Any, kind: str) -> None:
    """Refuse text that numpy would take and Python cannot hold."""
    if kind == "U" and array.size:
        points = array.reshape(-1).view(array.dtype.str[0] + "u4")
        if int(points.max()) > 0x10FFFF:
            raise BadMessage("text with a character that does not exist")
    if kind == "b" and array.size and int(array.reshape(-1).view("u1").max()) > 1:
        raise BadMessage("a truth value that is neither")


def _complex(items: list[Any]) -> complex:
    real, imag = items
    if type(real) is not float or type(imag) is not float:
        raise BadMessage("not a complex number")
    return complex(real, imag)


def _dict(items: list[Any]) -> dict[Any, Any]:
    keys, values = items[::2], items[1::2]
    _check_hashes(keys)
    return dict(zip(keys, values, strict=True))


def _set(items: list[Any]) -> set[Any]:
    _check_hashes(items)
    return set(items)


def _frozenset(items: list[Any]) -> frozenset[Any]:
    _check_hashes(items)
    return frozenset(items)


def _check_hashes(keys: list[Any]) -> None:
    if len(keys) <= EQUAL_HASHES:
        return
    hashes = list(map(hash, keys))
    if len(keys) - len(set(hashes)) < EQUAL_HASHES:
        return
    if max(Counter(hashes).values()) > EQUAL_HASHES:
        raise BadMessage("keys made to collide")


def _timezone(items: list[Any]) -> Any:
    from datetime import timedelta, timezone

    if not (1 <= len(items) <= 2) or type(items[0]) is not timedelta or type(items[-1]) not in {timedelta, str}:
        raise BadMessage("not a time zone")
    return timezone(*items)


def _aware(items: list[Any]) -> Any:
    from datetime import datetime, time, timezone

    zone, naive = items
    if type(zone) is not timezone or type(naive) not in {datetime, time} or naive.tzinfo is not None:
        raise BadMessage("not a time with its zone")
    return naive.replace(tzinfo=zone)


_GATHER: dict[str, Gather] = {
    "l": list, "t": tuple, "d": _dict, "e": _set, "f": _frozenset, "c": _complex, "z": _timezone, "W": _aware,
    "O": _aware,
}  # fmt: skip
_LEAVES: dict[str, Leaf] = {
    "s": _text, "u": _surrogates, "b": _unbase64, "i": _int, "a": _date, "w": _datetime, "o": _time, "g": _timedelta,
    "m": _decimal, "q": _fraction, "x": _uuid, "n": _array,
}  # fmt: skip
