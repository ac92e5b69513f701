"""Plain data to bytes and back: the only way in which values cross between the host and a sandboxed program.

Values are taken by their exact type. What JSON can hold without loss is written as JSON by C code after a check that
runs at the speed of C too; everything else as tokens (`tag`, `untag`). Reading never trusts the bytes.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable
from itertools import accumulate, chain
from typing import Any

from dana_sandbox.crossing import SHORT_INT_BITS, BadMessage, CannotCross, Limits
from dana_sandbox.tag import Tagger
from dana_sandbox.tag_kinds import find_writer
from dana_sandbox.untag import untag

__all__ = ["BadMessage", "CannotCross", "Limits", "decode", "encode"]

_ATOMS = frozenset({type(None), bool, int, float, str})
_PLAIN = _ATOMS | {list, dict}
_TEXT = frozenset({str})
_FEW = 16
_JSON, _TAGGED = b"J", b"T"
# The C code of json recurses; deeper values are written as tokens.
_JSON_DEPTH = 60
# A string that does not end takes the rest, so that nothing is looked at twice.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NOT_BRACKETS = bytes(set(range(256)) - set(_STEPS))
_DIGITS = 4300  # of a number: what Python itself reads and writes unless it is told otherwise


def _writer() -> Callable[[object], str]:
    """Return the C encoder of json, which json itself makes anew for every value."""
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
    text_writer: Any = json.encoder.encode_basestring
    write = make(None, repr, text_writer, None, ":", ",", False, False, True)
    return lambda value: "".join(write(value, 0))


def _parse_digits(text: str) -> int:
    """Read a number where the host has set another limit for digits than Python's own."""
    if len(text) > _DIGITS + 1:
        raise ValueError("a number with too many digits")
    sign, digits = (-1, text[1:]) if text[:1] == "-" else (1, text)
    number = 0
    for start in range(0, len(digits), 600):
        part = digits[start : start + 600]
        number = number * 10 ** len(part) + int(part)
    return sign * number


_write = _writer()
_scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
_careful_scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder(parse_int=_parse_digits).scan_once  # type: ignore[attr-defined]


def _digits_are_usual() -> bool:
    return sys.get_int_max_str_digits() == _DIGITS


def encode(value: object, limits: Limits, *, numpy: bool = False) -> bytes:
    """Return `value` as bytes. CannotCross, with the path of the offender, when it is not plain data under `limits`.

    >>> decode(encode({"a": (1, 2.5, {b"x"})}, limits := Limits(1000, 100, 10)), limits)
    {'a': (1, 2.5, {b'x'})}
    """
    data = _as_json(value, limits) or _as_tokens(value, limits, numpy=numpy)
    if len(data) > limits.bytes:
        raise CannotCross("", f"is larger than {limits.bytes} bytes", "size", "count, slice or summarise it first")
    return data


def _as_json(value: object, limits: Limits) -> bytes | None:
    if not _is_small(value, limits) and not _is_json(value, limits):
        return None
    try:
        return _JSON + _write(value).encode()
    except ValueError:  # a lone surrogate, or an int with more digits than Python writes
        return None


def _is_small(value: object, limits: Limits) -> bool:
    """Whether this is one plain value or a few under names: what most calls take and give."""
    kind = type(value)
    if kind is dict:
        pairs: dict[object, object] = value  # type: ignore[assignment]
        few = len(pairs) <= _FEW and limits.nodes > 2 * _FEW
        plain = few and _TEXT.issuperset(map(type, pairs)) and _ATOMS.issuperset(map(type, pairs.values()))
    else:
        plain = kind in _ATOMS
    return plain and _digits_are_usual()


def _is_json(value: object, limits: Limits) -> bool:
    """Whether JSON holds `value` without loss and within the limits, level by level."""
    level: list[Any] = [value]
    nodes, characters, depth = 1, 0, 0
    usual = _digits_are_usual()
    while True:
        kinds = set(map(type, level))
        if not kinds <= _PLAIN:
            return False
        if str in kinds:
            characters += sum(map(len, _of(str, level)))
        if not usual and int in kinds and not _are_short(_of(int, level)):
            return False
        if kinds <= _ATOMS:
            return characters <= limits.bytes
        lists, dicts = _of(list, level), _of(dict, level)
        depth += 1
        nodes += sum(map(len, lists)) + 2 * sum(map(len, dicts))
        if nodes > limits.nodes or characters > limits.bytes or depth > min(limits.depth, _JSON_DEPTH):
            return False  # the other way of writing says what is too much
        keys = list(chain.from_iterable(dicts))
        if keys:
            if set(map(type, keys)) != {str}:
                return False
            characters += sum(map(len, keys))
        level = [*chain.from_iterable(lists), *chain.from_iterable(map(dict.values, dicts))]


def _of(kind: type, level: list[Any]) -> list[Any]:
    return [item for item in level if type(item) is kind]


def _are_short(numbers: Iterable[int]) -> bool:
    return max(map(int.bit_length, numbers)) <= SHORT_INT_BITS


def _as_tokens(value: object, limits: Limits, *, numpy: bool) -> bytes:
    tokens = Tagger(limits, numpy=numpy, find_writer=find_writer).write(value)
    return _TAGGED + _write(tokens).encode()


def decode(data: bytes, limits: Limits, *, numpy: bool = False) -> Any:
    """Return the value that `encode` wrote. BadMessage for any other bytes, and for more than `limits`."""
    if len(data) > limits.bytes:
        raise BadMessage(f"a message of {len(data)} bytes; the limit is {limits.bytes}")
    try:
        if data[:1] == _JSON:
            return _from_json(data, limits)
        if data[:1] == _TAGGED:
            return _from_tokens(data, limits, numpy=numpy)
    except BadMessage:
        raise
    except (ValueError, TypeError, ArithmeticError, RecursionError, KeyError, IndexError) as error:
        raise BadMessage(f"not a message: {type(error).__name__}") from None
    raise BadMessage("a message of no known form")


def holds_json(data: bytes) -> bool:
    """Whether an encoded value is made of what JSON knows and nothing else: no class of the library among it."""
    return data[:1] == _JSON


def _from_json(data: bytes, limits: Limits) -> Any:
    openers = data.count(b"[") + data.count(b"{")
    # A dict has a colon, another value, for each comma and one more.
    if openers > limits.depth or 2 * (openers + data.count(b",")) >= limits.nodes:
        _check_shape(data, limits)
    return _parsed(data)


def _check_shape(data: bytes, limits: Limits) -> None:
    """Count, before anything is built, what stands outside strings."""
    bare = _STRING.sub(b"", data)
    brackets = bare.translate(None, _NOT_BRACKETS)
    # A container has one value more than commas and colons, unless it is empty.
    with_values = len(brackets) // 2 - bare.count(b"[]") - bare.count(b"{}")
    if 1 + with_values + bare.count(b",") + bare.count(b":") > limits.nodes:
        raise BadMessage(f"more than {limits.nodes} values")
    if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > limits.depth:
        raise BadMessage(f"nested deeper than {limits.depth}")


def _parsed(data: bytes) -> Any:
    text = data[1:].decode()
    try:
        value, end = (_scan if _digits_are_usual() else _careful_scan)(text, 0)
    except StopIteration:
        raise BadMessage("not JSON") from None
    if end != len(text):
        raise BadMessage("more than one value")
    return value


def _from_tokens(data: bytes, limits: Limits, *, numpy: bool) -> Any:
    # A flat list: one bracket, so nothing recurses; commas outside strings count its tokens.
    if data.count(b",") >= limits.nodes and _STRING.sub(b"", data).count(b",") >= limits.nodes:
        raise BadMessage(f"more than {limits.nodes} values")
    return untag(_parsed(data), limits, numpy=numpy)
