"""Values never leave their bounds, vectors do not depend on order or units, and mistakes are named."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dana_learning.errors import ParameterError, ValuesError
from dana_learning.parameter import Choice, Parameter, Space, Structured

anything = st.one_of(
    st.floats(),
    st.integers(),
    st.integers(10**400, 10**401),
    st.text(max_size=3),
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6).map(lambda quarters: Fraction(quarters, 4)),  # exact as a float
    st.decimals(),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.floats(), max_size=2),
    st.sampled_from([np.float32(2.5), np.int64(3), np.nan, np.bool_(1), np.array([1.0, 2.0]), Decimal("sNaN")]),
)


@st.composite
def parameters(draw: st.DrawFn, name: str = "p") -> Parameter:
    """Draw any number that may be learned."""
    integer = draw(st.booleans())
    scale = draw(st.sampled_from(["linear", "log"]))
    least = 0 if scale == "log" else -1e6
    bounds = st.integers(int(least) + 1, 10**6) if integer else st.floats(least, 1e6, exclude_min=True)
    low, start, high = sorted([draw(bounds), draw(bounds), draw(bounds)])
    assume(low < high)
    assume(scale == "linear" or low > 1e-300)
    return Parameter(name, start, low, high, scale=scale, integer=integer)  # type: ignore[arg-type]


@st.composite
def spaces(draw: st.DrawFn) -> Space:
    """Draw a space of numbers, choices and nested parameters."""
    first = draw(parameters("first"))
    options = draw(st.lists(st.text(max_size=3) | st.integers(2, 9), min_size=2, max_size=4, unique=True))
    choice = Choice("pick", options[0], tuple(options))
    nested = Structured("nested", (draw(parameters("in")), Structured("deep", (choice, draw(parameters("out"))))))
    return Space(draw(st.permutations([first, Choice("mode", True, (True, False)), nested])))


def inside(parameter: Parameter, value: Any) -> bool:
    """Whether a value is what it should be."""
    return type(value) is (int if parameter.integer else float) and parameter.low <= value <= parameter.high


@given(parameters(), anything)
def test_clip_always_gives_a_value_inside(parameter: Parameter, given_value: Any) -> None:
    """Whatever comes in: NaN, infinity, texts, numbers of numpy."""
    assert inside(parameter, parameter.clip(given_value))
    assert parameter.check(parameter.clip(given_value)) == parameter.clip(given_value)
    assert 0.0 <= parameter.to_unit(given_value) <= 1.0


@given(parameters(), anything)
def test_check_gives_a_value_inside_or_raises(parameter: Parameter, given_value: Any) -> None:
    """Nothing is changed silently."""
    try:
        value = parameter.check(given_value)
    except ValuesError:
        with pytest.raises(ValuesError, match=r"'p' is .*clip\(\)"):
            parameter.check(given_value)
    else:
        assert inside(parameter, value)
        assert value == given_value


@given(parameters(), st.floats())
def test_any_share_gives_a_value_inside(parameter: Parameter, share: float) -> None:
    """Also NaN, and shares beyond both ends."""
    assert inside(parameter, parameter.from_unit(share))


@given(parameters(), st.floats(0, 1), st.floats(0, 1))
def test_the_unit_range_keeps_the_order(parameter: Parameter, one: float, other: float) -> None:
    """A larger share is never a smaller value."""
    low, high = sorted([one, other])
    assert parameter.from_unit(low) <= parameter.from_unit(high)
    assert parameter.from_unit(0.0) == parameter.low
    assert parameter.from_unit(1.0) == parameter.high
    assert (parameter.to_unit(parameter.low), parameter.to_unit(parameter.high)) == (0.0, 1.0)


@given(st.floats(0, 1), st.sampled_from(["linear", "log"]))
def test_units_do_not_matter(share: float, scale: Any) -> None:
    """Seconds and milliseconds have the same place in the unit range."""
    seconds = Parameter("t", 10, 0.5, 60, scale=scale, unit="s")
    millis = Parameter("t", 10_000, 500, 60_000, scale=scale, unit="ms")
    value = seconds.from_unit(share)
    assert math.isclose(seconds.to_unit(value), millis.to_unit(value * 1000), abs_tol=1e-12)
    assert math.isclose(seconds.to_unit(value), share, abs_tol=1e-9)


def test_a_log_scale_is_felt_in_ratios() -> None:
    """The middle of 1 and 100 is 10."""
    assert math.isclose(Parameter("t", 1, 1, 100, scale="log").from_unit(0.5), 10.0)
    assert Parameter("n", 1, 1, 9, integer=True).clip(2.5) == 3
    assert Parameter("n", 1, 1, 9, integer=True).clip(8.9999) == 9


@pytest.mark.parametrize(
    ("make", "field", "says"),
    [
        (lambda: Parameter("", 1, 0, 2), "name", "not empty"),
        (lambda: Parameter("p", math.nan, 0, 2), "start", "finite"),
        (lambda: Parameter("p", 1, -math.inf, 2), "low", "finite"),
        (lambda: Parameter("p", 1, 0, 10**400), "high", "finite"),
        (lambda: Parameter("p", 1, "0", 2), "low", "finite"),  # type: ignore[arg-type]
        (lambda: Parameter("p", True, 0, 2), "start", "finite"),
        (lambda: Parameter("p", 1, 2, 1), "high", "above low"),
        (lambda: Parameter("p", 1, 1, 1), "high", "no parameter"),
        (lambda: Parameter("p", 0, -1e308, 1e308), "high", "far"),
        (lambda: Parameter("p", 5, 0, 2), "start", "widen the bounds"),
        (lambda: Parameter("p", 1, 0, 2, scale="log"), "low", "above 0"),
        (lambda: Parameter("p", 1, 0, 2, scale="cubic"), "scale", "linear"),  # type: ignore[arg-type]
        (lambda: Parameter("p", 1, 0, 2.5, integer=True), "high", "whole number"),
        (lambda: Choice("c", "a", ("a",)), "options", "at least two"),
        (lambda: Choice("c", "a", ("a", "a")), "options", "all different"),
        (lambda: Choice("c", 1, (1, True)), "options", "all different"),
        (lambda: Choice("c", "x", ("a", "b")), "start", "one of"),
        (lambda: Choice("c", "a", "ab"), "options", "tuple"),  # type: ignore[arg-type]
        (lambda: Choice("c", "a", {"a", "b"}), "options", "order that stays"),  # type: ignore[arg-type]
        (lambda: Choice("c", 1.0, (1.0, math.nan)), "options", "finite"),
        (lambda: Structured("s", ()), "parts", "at least one"),
        (lambda: Structured("s", (Parameter("a", 1, 0, 2), Parameter("a", 1, 0, 2))), "parts", "different"),
        (lambda: Space([]), "parameters", "at least one"),
        (lambda: Space([Parameter("a", 1, 0, 2), Parameter("a", 1, 0, 2)]), "parameters", "different"),
        (lambda: Space([Parameter("a.b", 1, 0, 2), Structured("a", (Parameter("b", 1, 0, 2),))]), "parameters", "own"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, field: str, says: str) -> None:
    """When it is made, with the field and what to do."""
    with pytest.raises(ParameterError, match=says) as caught:
        make()
    assert caught.value.field == field


@given(spaces(), st.randoms(use_true_random=False))
def test_vectors_do_not_depend_on_the_order_of_names(space: Space, order: Any) -> None:
    """The same parameters in another order: the same columns, numbers and signature."""
    shuffled = list(space.parameters)
    order.shuffle(shuffled)
    other = Space(shuffled)
    values = space.defaults()
    assert other.columns == space.columns
    assert other.signature() == space.signature()
    assert np.array_equal(other.encode(values), space.encode(values))
    assert other.decode(space.encode(values)) == space.decode(space.encode(values))


@given(spaces(), st.data())
def test_any_vector_is_some_values_inside(space: Space, data: st.DataObject) -> None:
    """NaN and infinity too; what was decoded is encoded to the same values again."""
    vector = data.draw(st.lists(st.floats(), min_size=space.width, max_size=space.width))
    values = space.decode(vector)
    assert space.check(values) == values
    assert list(values) == list(space.names)
    again = space.decode(space.encode(values))
    for leaf in space.leaves:
        if isinstance(leaf.parameter, Choice):
            assert sum(space.encode(values)[leaf.first : leaf.last]) == 1.0
    assert np.allclose(space.encode(again), space.encode(values), atol=1e-9)


@given(spaces(), st.dictionaries(st.sampled_from(["first", "mode", "nested", "other"]), anything))
def test_clip_repairs_and_tells(space: Space, values: dict[str, Any]) -> None:
    """Every name has a value inside; nothing that was changed goes untold."""
    used, repairs = space.clip(values)
    assert space.check(used) == used
    told = {repair.name for repair in repairs}
    assert told >= set(values) ^ set(space.names)
    assert all(name in told or used[name] == values[name] for name in values)
    assert space.clip(used) == (used, ())


def test_check_names_what_is_wrong() -> None:
    """Unknown, missing, out of bounds, of another kind."""
    space = Space([Parameter("timeout", 10, 0, 60, unit="s"), Structured("retry", (Parameter("count", 3, 0, 9),))])
    good = {"timeout": 5, "retry": {"count": 2}}
    assert space.check(good) == {"timeout": 5.0, "retry": {"count": 2.0}}
    for values, says in (
        ({**good, "speed": 1}, "unknown parameter 'speed'.*one of"),
        ({"timeout": 5}, "'retry' is missing"),
        ({**good, "timeout": 61}, "'timeout' is 61: expected a number from 0.0 to 60.0 s"),
        ({**good, "timeout": "5"}, "'timeout' is '5'"),
        ({**good, "retry": {"count": 2, "x": 1}}, "a dict with exactly"),
        ({**good, "retry": 5}, "a dict with exactly"),
        ([1], "a dict of values by name"),
    ):
        with pytest.raises(ValuesError, match=says):
            space.check(values)  # type: ignore[arg-type]
    with pytest.raises(ValuesError, match="a vector of 1"):
        space.decode([0.5])
    assert space.check({**good, "timeout": Fraction(1, 2)})["timeout"] == 0.5
    with pytest.raises(ValuesError):
        space.check({**good, "timeout": Decimal(1)})


def test_a_signature_says_what_matters() -> None:
    """Names, bounds, scales and options; not starts and units."""
    base = Space([Parameter("t", 10, 0.1, 60), Choice("c", "a", ("a", "b"))])
    assert Space([Parameter("t", 20, 0.1, 60, unit="s"), Choice("c", "b", ("a", "b"))]).signature() == base.signature()
    changed = Space([Parameter("t", 10, 0.1, 50, scale="log"), Choice("c", "a", ("a", "z"))])
    assert changed.differences(base.signature()) == (
        "c: options was ['a', 'b'], is ['a', 'z']",
        "t: high was 60.0, is 50.0",
        "t: scale was linear, is log",
    )
    assert Space([Parameter("t", 10, 0.1, 60)]).differences(base.signature()) == ("c is gone",)
    assert base.differences(base.signature()) == ()
    assert base.differences("{") == ("what was kept has a signature that cannot be read",)
    assert json.loads(base.signature())["t"]["low"] == 0.1


def test_importing_loads_no_numpy() -> None:
    """Numpy comes with the first vector."""
    program = "import dana_learning as d, sys; d.Space([d.Parameter('a', 1, 0, 2)]).clip({}); assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-P", "-c", program], check=True)


def test_every_exported_name_is_there() -> None:
    """The lazy door has no broken hinge."""
    import dana_learning

    assert all(getattr(dana_learning, name) is not None for name in dana_learning.__all__)
    assert set(dir(dana_learning)) >= {"Parameter", "Choice", "Space", "TinyStore", "MemoryStore"}
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = dana_learning.no_such_name
