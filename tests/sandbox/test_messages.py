"""What crosses the boundary arrives as it was, equal and of the same types; nothing else arrives at all."""

import base64
import collections
import contextlib
import dataclasses
import datetime as dt
import json
import math
import sys
import uuid
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_sandbox.messages import BadMessage, CannotCross, Limits, decode, encode

LIMITS = Limits(bytes=1_000_000, nodes=10_000, depth=50)

zones = st.none() | st.builds(
    dt.timezone, st.timedeltas(dt.timedelta(hours=-23), dt.timedelta(hours=23)), st.text(max_size=5)
)
texts = st.text(st.characters(exclude_categories=[]), max_size=20)  # lone surrogates too
numbers = st.integers() | st.integers(-(1 << 9000), 1 << 9000) | st.floats() | st.complex_numbers() | st.fractions()
times = st.datetimes(timezones=zones) | st.times(timezones=zones) | st.dates() | st.timedeltas()
keys = st.none() | st.booleans() | numbers | texts | st.binary(max_size=20) | times | st.uuids()
leaves = keys | st.decimals(allow_nan=True)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=5).map(tuple)
        | st.dictionaries(keys | st.tuples(keys, keys), inner, max_size=5)
        | st.sets(keys, max_size=5)
        | st.frozensets(keys | st.frozensets(keys, max_size=2), max_size=5)
    ),
    max_leaves=20,
)


def shape(value: Any) -> object:
    """`value` in a form whose equality tells types, signs of zero, folds and zone names apart, and knows NaN."""
    kind = type(value)
    if kind in {list, tuple}:
        return kind, [shape(item) for item in value]
    if kind is dict:
        return kind, [(shape(key), shape(item)) for key, item in value.items()]
    if kind in {set, frozenset}:
        return kind, sorted(map(repr, map(shape, value)))
    if kind in {dt.datetime, dt.time}:
        return kind, repr(value), value.fold, shape(value.tzinfo)
    return kind, repr(value) if kind is not int else value


def round_trip(value: Any, **options: bool) -> Any:
    """`value` after it has crossed."""
    return decode(encode(value, LIMITS, **options), LIMITS, **options)


@given(values)
def test_values_arrive_as_they_were(value: Any) -> None:
    """Equal, and every part of the same type."""
    assert shape(round_trip(value)) == shape(value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | texts,
                    lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=30))  # fmt: skip
def test_plain_values_arrive_as_they_were(value: Any) -> None:
    """The quick way of writing loses nothing that the other keeps."""
    assert shape(round_trip(value)) == shape(value)


@given(values)
def test_the_encoder_keeps_its_caps(value: Any) -> None:
    """Small limits either refuse a value or hold for what is written and for what is read back."""
    limits = Limits(bytes=60, nodes=6, depth=2)
    try:
        data = encode(value, limits)
    except CannotCross as problem:
        kind, data = problem.kind, None
    if data is None:
        assert kind == "size"
    else:
        assert len(data) <= limits.bytes
        assert shape(decode(data, limits)) == shape(value)


@given(st.recursive(st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(texts, inner)))
def test_both_ends_count_values_alike(value: Any) -> None:
    """What is written under a cap is read under it, and not under a smaller one."""
    todo, count = [value], 1
    while todo:
        item = todo.pop()
        if isinstance(item, (list, dict)):
            count += len(item) * (2 if isinstance(item, dict) else 1)
            todo += item.values() if isinstance(item, dict) else item
    data = encode(value, Limits(LIMITS.bytes, count, LIMITS.depth))
    assert decode(data, Limits(LIMITS.bytes, count, LIMITS.depth)) == value
    with pytest.raises(BadMessage, match="more than"):
        decode(data, Limits(LIMITS.bytes, count - 1, LIMITS.depth))


def test_keys_that_honestly_collide_arrive() -> None:
    """Of the powers of two every 61st has the same hash value."""
    powers = {2**n: n for n in range(2000)}
    assert round_trip(powers) == powers
    assert round_trip(set(powers)) == set(powers)


def test_a_pair_of_surrogates_stays_a_pair() -> None:
    """JSON text would join them to one character."""
    assert round_trip(["\ud83d\ude00", "😀"]) == ["\ud83d\ude00", "😀"]


class Point(NamedTuple):
    """A named tuple with a lying iterator."""

    x: int
    y: int

    def __iter__(self) -> Any:
        return iter("liar")


@dataclasses.dataclass
class Row:
    """A dataclass with a field that is one too."""

    name: str
    inner: "Row | None" = None
    kind: dataclasses.InitVar[int] = 0


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (Row("a", Row("b")), {"name": "a", "inner": {"name": "b", "inner": None}}),
        (Point(1, 2), (1, 2)),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        (collections.defaultdict(list, a=[1]), {"a": [1]}),
        (collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
    ],
)
def test_these_arrive_as_what_they_hold(value: object, arrives: object) -> None:
    """Dataclasses and special dicts arrive as dicts, named tuples as tuples."""
    assert shape(round_trip(value)) == shape(arrives)
    assert shape(round_trip([value])) == shape([arrives])


def test_an_ordered_dict_keeps_its_own_order() -> None:
    """`move_to_end` is not visible to `dict.items`."""
    value = collections.OrderedDict(a=1, b=2)
    value.move_to_end("a")
    assert list(round_trip(value)) == ["b", "a"]


def test_a_named_zone_becomes_the_offset_of_the_moment() -> None:
    """The rules of a zone stay where they are; the moment, its offset and abbreviation cross."""
    moment = dt.datetime(2024, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    arrived = round_trip(moment)
    assert arrived == moment
    assert (type(arrived.tzinfo), arrived.tzname()) == (dt.timezone, "CEST")
    with pytest.raises(CannotCross, match="time zone of class ZoneInfo"):
        encode(dt.time(12, tzinfo=ZoneInfo("Europe/Berlin")), LIMITS)


class Text(str):
    """A subclass with nothing new."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "path", "reason"),
    [
        ({"rows": [1, 2, 3, print]}, "['rows'][3]", "is a function"),
        ([{"a": (1, {2: {"b": lambda: 1}})}], "[0]['a'][1][2]['b']", "is a function"),
        ({print: 1}, " (the key <builtin_function_or_method>)", "is a function"),
        ({(1, object): 1}, " (the key <tuple>)[1]", "is a class"),
        ({"x" * 50: int}, "['xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...']", "is a class"),
        ([Row("a", Row("b", iter([])))], "[0].inner.inner", "is an object of class list_iterator"),  # type: ignore[arg-type]
        ({1, print}, " (an element)", "is a function"),
        ([ValueError("x")], "[0]", "is an exception"),
        ([(x for x in "")], "[0]", "is a generator"),
        ([range(3)], "[0]", "is a range object"),
        ([Text("a")], "[0]", "is a Text, a subclass of str"),
        ([json], "[0]", "is a module"),
        (bytearray(b"a"), "", "is a bytearray"),
        (collections.deque([1]), "", "is an object of class deque"),
        (object(), "", "is an object of class object"),
    ],
)
def test_the_path_of_what_cannot_cross_is_told(value: object, path: str, reason: str) -> None:
    """So that it can be found in a large value, and a hint says what to use instead."""
    with pytest.raises(CannotCross) as caught:
        encode(value, LIMITS)
    problem = caught.value
    assert (problem.path, problem.reason, problem.kind) == (path, reason, "type")
    assert problem.hint


def cyclic() -> list[object]:
    """A list that holds itself, two steps down."""
    value: list[object] = [1]
    value.append({"a": (value,)})
    return value


def laughs() -> list[object]:
    """Ten to the tenth elements in ten lists."""
    value: list[object] = [0] * 10
    for _ in range(10):
        value = [value] * 10
    return value


def deep() -> list[object]:
    """A million lists, one in the other."""
    value: list[object] = []
    for _ in range(1_000_000):
        value = [value]
    return value


SHARED = "x" * 900_000


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (cyclic, "contains itself"),
        (laughs, "has more than 10000 values"),
        (lambda: (laughs(),), "has more than 10000 values"),
        (deep, "nests deeper than 50 containers"),
        (lambda: (deep(),), "nests deeper than 50 containers"),
        (lambda: [SHARED, SHARED], "is larger than 1000000 bytes"),
        (lambda: [SHARED] * 9000, "is larger than 1000000 bytes"),
        (lambda: ([SHARED.encode()] * 9000,), "is larger than 1000000 bytes"),
        (lambda: {SHARED: {SHARED: 1}}, "is larger than 1000000 bytes"),
        (lambda: list(range(10_000)), "has more than 10000 values"),
        (lambda: 1 << (1 << 21), "is an int of 2097153 bits; the limit is 1048576"),
        (lambda: Fraction(1, 3**20_000), "is a Fraction of 31700 bits; the limit is 16384"),
    ],
)
def test_too_much_is_refused_without_making_it(make: Callable[[], object], reason: str) -> None:
    """Shared parts count each time they appear, so that nothing grows on the other side."""
    with pytest.raises(CannotCross) as caught:
        encode(make(), LIMITS)
    assert (caught.value.reason, caught.value.kind) == (reason, "size")


def test_depth_counts_containers() -> None:
    """A value as deep as the limit crosses, whatever way it is written."""
    for bottom in (1, b"", "\ud800"):
        value: Any = bottom
        for _ in range(LIMITS.depth):
            value = [value]
        assert round_trip(value) == value
        with pytest.raises(CannotCross, match="deeper"):
            encode([value], LIMITS)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_none(data: bytes) -> None:
    """Whatever a taken-over child sends, the host gets plain data or BadMessage."""
    for form in (b"J", b"T", b""):
        with contextlib.suppress(BadMessage):
            decode(form + data, LIMITS)


@given(values, st.data())
def test_mutated_messages_are_messages_or_none(value: Any, data: st.DataObject) -> None:
    """A few bytes changed, removed or doubled in a good message."""
    message = bytearray(encode(value, LIMITS))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(message)))
        message[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.sampled_from(
                [b"", b"[", b"]", b'"', b",", b"l", b"d", b"e", b"t", b"z1", b"W2", b"9", b"-", b"\\", b"n"]
            )
        )
    numpy = data.draw(st.booleans())
    with contextlib.suppress(BadMessage):
        decode(bytes(message), LIMITS, numpy=numpy)


TOKENS = st.sampled_from(
    "l0 l1 l2 l9 d1 d2 e1 e2 f2 t2 c2 z1 z2 W2 O2 sa s u b bYQ== i1 i-1 i w02024-01-01T00:00:00 w12024-01-01 o010:00 "
    "a2024-01-01 g1,2,3 g m1.5 mNaN msNaN q1/2 q1/0 x00000000000000000000000000000001 l-1 l1e1 l٣ n<f8|1|AAAAAAAAAAA= "
    "n<U1|1|//////8= n|b1|1|Ag== n<i8|99999999999|AA== n|O|1|AA== n<f8|| zz".split()
)


@given(st.lists(TOKENS | st.none() | st.integers() | st.floats() | st.booleans(), max_size=12))
def test_any_tokens_are_a_value_or_none(tokens: list[object]) -> None:
    """Tokens in any order, with wrong counts and wrong contents."""
    message = b"T" + json.dumps(tokens).encode()
    try:
        value = decode(message, LIMITS, numpy=True)
    except BadMessage:
        return
    assert encode(value, LIMITS, numpy=True)


HUGE = Limits(bytes=5_000_000, nodes=10_000, depth=50)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"J",
        b"T",
        b"X1",
        b"J1 ",
        b"J[1]]",
        b"J" + b"[" * 1_000_000,
        b"J" + b"[" * 1_000 + b"]" * 1_000,
        b"J[" + b"[]," * 1_000_000 + b"1]",
        b"J[" + b"{}," * 20_000 + b"1]",
        b"J" + b'{"a":' * 60 + b"1" + b"}" * 60,
        b"J" + b'"\\"' * 1_000_000,
        b"J[" + b'"\\"' * 1_000_000,
        b"J" + b"9" * 1_000_000,
        b"J\xff",
        b"T[" + b"0," * 100_000 + b"0]",
        b"T[[]]",
        b"T{}",
        b'T["l1"]',
        b"T[1,2]",
        b"T[]",
        b'T["l0","l1000000000"]',
        b'T["l0"' + b',"t1"' * 60 + b"]",
        b'T["l0","e1"]',
        b'T["i' + b"f" * 300_000 + b'"]',
        b'T["q' + b"f" * 9_000 + b'/3"]',
        b'T["m1e5"]',
        b'T["mInf"]',
        b'T["b!"]',
        b'T["w02024-01-01T00:00:00+00:00"]',
        b"T[" + b"".join(b"%d," % (k * (2**61 - 1)) for k in range(1, 4_000)) + b'"e3999"]',
        b"T[" + b"".join(b"%d," % (k * (2**61 - 1)) for k in range(1, 1_000)) + b'"e999"]',
        b"J[" + b"0," * 10_000 + b"0]",
    ],
    ids=range(33),
)
def test_what_the_encoder_never_writes_is_refused(data: bytes) -> None:
    """Too deep, too many, too long, wrong counts, keys made to collide: refused before it costs anything."""
    with pytest.raises(BadMessage):
        decode(data, HUGE)


def test_more_bytes_than_the_limit_are_not_looked_at() -> None:
    """The first thing that is asked."""
    with pytest.raises(BadMessage, match="limit is 3"):
        decode(b"J123", Limits(bytes=3, nodes=10, depth=10))


@pytest.mark.parametrize("limit", [0, 640, 100_000])
def test_a_host_may_have_its_own_limit_for_digits(limit: int) -> None:
    """Long numbers cross whatever `sys.set_int_max_str_digits` says on this side."""
    number = 10**4200 + 7
    there = encode([number, -number], LIMITS)
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(limit)
    try:
        assert decode(there, LIMITS) == [number, -number]
        here = encode([number], LIMITS)
        with pytest.raises(BadMessage):
            decode(b"J" + b"9" * 4_302, LIMITS)
    finally:
        sys.set_int_max_str_digits(before)
    assert decode(here, LIMITS) == [number]


class TestArrays:
    """numpy arrays cross where a policy allows them."""

    np: Any = None

    @pytest.fixture(autouse=True)
    def load(self) -> None:
        """Skip where there is no numpy."""
        self.np = pytest.importorskip("numpy")

    @pytest.mark.parametrize(
        "kind", ["?", "i1", "<i4", ">i8", "u2", "f2", "f4", "f8", "c8", "c16", "<U3", "S2", "M8[D]", "m8[us]"]
    )
    @pytest.mark.parametrize("size", [(), (0,), (2, 3), (1, 0, 2)])
    def test_arrays_arrive_as_they_were(self, kind: str, size: tuple[int, ...]) -> None:
        """Type, shape and contents, and they can be written to."""
        array = self.np.arange(math.prod(size)).reshape(size).astype("i8").astype(kind)
        arrived = round_trip([array], numpy=True)[0]
        assert (arrived.dtype, arrived.shape, arrived.tobytes()) == (array.dtype, array.shape, array.tobytes())
        assert arrived.flags.writeable

    @pytest.mark.parametrize(
        "make", ["np.array([object()])", "np.zeros(2, 'i4,f8')", "np.zeros(2).view(np.recarray)", "np.longdouble(1)"]
    )
    def test_other_arrays_stay(self, make: str) -> None:
        """Objects, records, subclasses and numbers of no fixed size."""
        with pytest.raises(CannotCross):
            encode(eval(make, {"np": self.np}), LIMITS, numpy=True)  # noqa: S307 - the test's own text

    def test_scalars_arrive_as_numbers(self) -> None:
        """What numpy's own functions return is good for a result."""
        scalars = [self.np.float64(1.5), self.np.int32(2), self.np.bool_(True), self.np.str_("a")]
        assert shape(round_trip(scalars, numpy=True)) == shape([1.5, 2, True, "a"])

    def test_arrays_stay_where_numpy_is_not_allowed(self) -> None:
        """In both directions."""
        data = encode(self.np.zeros(1), LIMITS, numpy=True)
        with pytest.raises(CannotCross, match="numpy array"):
            encode(self.np.zeros(1), LIMITS)
        with pytest.raises(CannotCross, match="numpy float64"):
            encode(self.np.float64(1), LIMITS)
        with pytest.raises(BadMessage):
            decode(data, LIMITS)

    @pytest.mark.parametrize(
        "token",
        [
            "|O8|1|" + base64.b64encode(bytes(8)).decode(),
            "<f8|2|" + base64.b64encode(bytes(8)).decode(),
            "<f16|1|" + base64.b64encode(bytes(16)).decode(),
            "<U0|1000000000000000000|",
            "<f8|0,1000000000000000000,1000000000000000000|",
            "<f8|" + ",".join(["1"] * 65) + "|" + base64.b64encode(bytes(8)).decode(),
            "<U1|1|" + base64.b64encode(b"\xff" * 4).decode(),
            "|b1|1|" + base64.b64encode(b"\x02").decode(),
            "<M8[bad]|1|" + base64.b64encode(bytes(8)).decode(),
            "<V8|1|" + base64.b64encode(bytes(8)).decode(),
        ],
    )
    def test_forged_arrays_are_refused(self, token: str) -> None:
        """No type of objects, no size that the bytes do not have, no contents that Python cannot hold."""
        with pytest.raises(BadMessage):
            decode(b"T" + json.dumps(["n" + token]).encode(), LIMITS, numpy=True)


def test_special_values_keep_their_kind() -> None:
    """A few that are easily lost."""
    values = [-0.0, math.inf, Decimal("sNaN123"), Decimal("-0.00"), Fraction(-1, 3), uuid.UUID(int=1), True, 1, 1.0]
    assert shape(round_trip(values)) == shape(values)
