"""Examples that are no calls of the function are refused by name: nobody would see that they say nothing."""

from __future__ import annotations

from typing import Any

import pytest

from dana_poet import poet
from dana_poet.codegen import verify
from dana_poet.errors import DanaTypeError, PoetOptionError

SCORE = "def score(n: int, rate: float = 0.2, *, name: str) -> str:\n    return f'{name}: {n * rate}'\n"
REST = "def rest(first, /, *others, **named):\n    return first, others, named\n"


@pytest.mark.parametrize(
    ("example", "said"),
    [
        (((1,), {}), r"example 1, score\(1\): 'name' has no value"),
        (((), {"name": "x"}), "'n' has no value"),
        (((1,), {"name": "x", "rat": 1.0}), r"'rat' is no parameter \(did you mean 'rate'\?\)"),
        (((1, 2.0, 3), {"name": "x"}), "3 is for no parameter; by their places it takes n, rate"),
        (((1,), {"n": 1, "name": "x"}), "'n' is given twice"),
        (((1,), "x"), r"must be \(args, kwargs\)"),
    ],
)
def test_an_example_that_is_no_call_is_refused(example: Any, said: str) -> None:
    """With the number of the example and the parameter, before anything runs."""
    with pytest.raises(DanaTypeError, match=said):
        verify(SCORE, SCORE, examples=[example])


def test_examples_are_numbered_and_the_signature_is_told() -> None:
    """The second one is wrong, and the hint is what it takes."""
    with pytest.raises(DanaTypeError, match="example 2, rest") as told:
        verify(REST, REST, examples=[((1, 2), {"a": 3}), ((), {"first": 1})])
    assert "'first' has no value" in told.value.message
    assert told.value.hint == "it is rest(first, /, *others, **named)"


def test_an_example_of_the_option_is_refused_where_it_stands() -> None:
    """At the decoration, not in a thread when a generation begins; of a method the object may be left out."""
    with pytest.raises(PoetOptionError, match=r"example 1, double.*'m' is no parameter"):

        @poet(examples=[((), {"m": 2})])
        def double(n: int) -> int:
            return 2 * n

    class Shop:
        @poet(examples=[((2,), {})])
        def price(self, n: int) -> int:
            return n

    assert Shop().price(2) == 2


def test_a_wrong_type_is_still_an_example() -> None:
    """What the function does with it is what both sides are compared by."""
    text = "def double(n: int) -> int:\n    return 2 * n\n"
    assert verify(text, text, examples=[(("x",), {}), ((2,), {})]).accepted
