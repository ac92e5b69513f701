"""Plain values come back from JSON exactly as they were."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_poet.errors import StateError
from dana_poet.runtime.encoding import decode, encode
from dana_poet.runtime.events import FeedbackEvent
from dana_poet.runtime.structs import struct

ZONES = st.sampled_from([None, UTC, timezone(timedelta(hours=-3, minutes=30)), ZoneInfo("Europe/Berlin")])
ANY_TEXT = st.text(st.characters())
KEYS = st.one_of(st.text(), st.sampled_from(["$tuple", "$x"]), st.integers(), st.booleans(), st.none(), st.binary())
HASHABLE = st.one_of(st.integers(), st.text(), st.binary(), st.booleans(), st.none(), st.decimals(allow_nan=False))
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(min_value=10**5000, max_value=10**5001), st.floats(),
    ANY_TEXT, st.binary(), st.complex_numbers(), st.decimals(), st.dates(), st.times(timezones=ZONES),
    st.datetimes(timezones=ZONES), st.timedeltas(), st.sets(HASHABLE), st.frozensets(HASHABLE),
    st.builds(range, st.integers(), st.integers(), st.integers(min_value=1)), st.binary().map(bytearray),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(KEYS, inner)),
    max_leaves=12,
)


def make_point() -> Any:
    """Return a struct class as generated code makes it."""

    class Point:
        """A place."""

        __slots__ = ("x", "y")

        def __init__(self, x: Any, y: Any = None) -> None:
            self.x, self.y = x, y

    return struct("struct", lambda: {"x": Any, "y": Any}, ("y",), tuple)(Point)


def through_json(value: object, resolve: Any = None) -> Any:
    """Return what a value is after a save and a load."""
    return decode(json.loads(json.dumps(encode(value), allow_nan=False, ensure_ascii=False).encode()), resolve)


def same(left: Any, right: Any) -> bool:
    """Whether two values have the same types and the same bits all the way down."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return repr(left) == repr(right)  # NaN and -0.0 too
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    if isinstance(left, Decimal):
        return str(left) == str(right)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return same(list(left), list(right)) and same(list(left.values()), list(right.values()))
    if isinstance(left, (datetime, time)):
        return left == right and left.fold == right.fold and str(left.tzinfo) == str(right.tzinfo)
    return bool(left == right)


@given(VALUES)
def test_every_plain_value_comes_back_exactly(value: object) -> None:
    """Types, order of keys, NaN, -0.0, huge ints, half surrogates, time zones: nothing is lost."""
    assert same(through_json(value), value)


def test_plain_json_stays_readable() -> None:
    """What JSON says by itself is not wrapped."""
    value = {"a": [1, 2.5, "x", None, True], "b": {"c": -0.0}}
    assert encode(value) == value


@given(VALUES, VALUES)
def test_structs_come_back_as_their_class(x: object, y: object) -> None:
    """A struct is kept by name and fields, inside other values too."""
    point = make_point()
    back = through_json([point(x, y)], {"Point": point}.get)[0]
    assert type(back) is point
    assert same([back.x, back.y], [x, y])


def test_feedback_comes_back_whole() -> None:
    """A feedback buffer is state like any other."""
    event = FeedbackEvent({"ok": True}, execution_id="run-1", received_at=datetime(2024, 1, 2, tzinfo=UTC))
    back = through_json([event])[0]
    assert back == event
    assert (back.ok, back.execution_id, back.received_at.year) == (True, "run-1", 2024)


def test_a_struct_the_program_no_longer_has_is_an_error() -> None:
    """Never a half-made value."""
    data = encode(make_point()(1, 2))
    with pytest.raises(StateError, match="a struct 'Point', which the program does not define"):
        decode(data)


def test_fields_a_struct_lost_are_left_out() -> None:
    """A newer program with fewer fields still reads what an older one saved."""
    point = make_point()
    assert decode({"$struct": ["Point", {"x": 1, "z": 3}]}, {"Point": point}.get).x == 1


@pytest.mark.parametrize("value", [lambda: 1, object(), print, type, iter([1])])
def test_what_is_not_plain_data_is_refused_by_name(value: object) -> None:
    """The message says which part cannot be saved."""
    with pytest.raises(StateError, match=r"item 1 of 'a' of the value cannot be saved"):
        encode({"a": [0, value]})


def test_a_value_that_contains_itself_is_an_error() -> None:
    """Endless data ends in a message."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(StateError, match="contains itself"):
        encode(endless)


def test_a_value_that_appears_twice_is_not_endless() -> None:
    """Sharing is not a cycle."""
    shared = [1]
    assert through_json([shared, shared]) == [[1], [1]]


@pytest.mark.parametrize(
    "data", [{"$tuple": 3}, {"$bytes": 1}, {"$datetime": ["x", 0]}, {"$new": 1}, {"$decimal": "x"}]
)
def test_damaged_or_newer_data_is_a_state_error(data: object) -> None:
    """Never a Python error out of the decoder."""
    with pytest.raises(StateError, match=r"damaged|newer|cannot read"):
        decode(data)


def test_dates_of_a_zone_without_name_are_refused() -> None:
    """A zone that cannot be written cannot be read back."""

    class Odd(timezone.__base__):  # type: ignore[misc, name-defined]  # tzinfo
        def utcoffset(self, _when: datetime | None) -> timedelta:
            return timedelta(0)

    with pytest.raises(StateError, match="time zone"):
        encode(datetime(2024, 1, 1, tzinfo=Odd()))
    assert through_json(date(2024, 1, 1)) == date(2024, 1, 1)
