"""`|` in expressions: composing, applying, Python's own meaning; and the laws that hold for all of them."""

from __future__ import annotations

import enum
import types
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_poet.errors import DanaPipelineError, DanaTypeError
from dana_poet.runtime.pipeline import Pipeline, expression_stage, pipe
from tests.runtime.pipeline_helpers import NO_SPAN, called, expression, named, pipeline

FUNCTIONS: dict[str, Any] = {
    "add": lambda x: x + 1,
    "double": lambda x: x * 2,
    "square": lambda x: x * x % 1000,
    "negate": lambda x: -x,
    "bump": called(lambda x, k: x + k, 7),
    "minus": expression(lambda x: x - 5),
    "declared": pipeline(lambda x: x + 3, lambda x: x * 5),
}

functions = st.sampled_from(list(FUNCTIONS.values()))
callables = st.sampled_from([FUNCTIONS[name] for name in ("add", "double", "square", "declared")])
numbers = st.integers(-1000, 1000)


# --- laws


@given(callables, functions, functions, numbers)
def test_composition_is_associative(f: Any, g: Any, h: Any, x: int) -> None:
    """`(f | g) | h` and `f | (g | h)` have the same stages and the same results."""
    left: Any = pipe(pipe(f, g), h)
    right: Any = pipe(f, pipe(g, h))
    flat: Any = pipe(f, g, h)
    assert left.stages == right.stages == flat.stages
    assert len(left.stages) == 3
    assert left(x) == right(x) == flat(x)


@given(st.lists(functions, min_size=1, max_size=7), numbers)
def test_a_declared_pipeline_is_its_stages_called_in_turn(stages: list[Any], x: int) -> None:
    """On the first call and on later ones."""
    expected: Any = x
    for function in stages:
        expected = function(expected)
    made = pipeline(*stages)
    assert [made(x), made(x)] == [expected, expected]


@given(callables, functions, numbers)
def test_applying_is_calling_the_composition(f: Any, g: Any, x: int) -> None:
    """`x | f | g` is `(f | g)(x)`, grouped either way."""
    composed: Any = pipe(f, g)
    assert pipe(x, f, g) == pipe(pipe(x, f), g) == pipe(x, composed) == composed(x)


@given(st.lists(functions, min_size=1, max_size=5), st.lists(numbers, max_size=8))
def test_map_and_stream_are_calls_one_by_one(stages: list[Any], values: list[int]) -> None:
    """`p.map(values) == [p(v) for v in values]`."""
    made = pipeline(*stages)
    expected = [made(value) for value in values]
    assert made.map(values) == expected
    assert made.map(iter(values)) == expected
    assert list(made.stream(values)) == expected


@given(st.lists(functions, min_size=1, max_size=6), numbers)
def test_a_traced_run_gives_the_same_value(stages: list[Any], x: int) -> None:
    """And the value of every stage on the way."""
    made = pipeline(*stages)
    record: Any = made.run(x, trace=True)
    assert record.value == made.run(x) == made(x) == record.stages[-1].value
    assert [stage.index for stage in record.stages] == list(range(1, len(stages) + 1))


natives = st.one_of(
    st.tuples(st.sets(numbers), st.sets(numbers)),
    st.tuples(st.frozensets(numbers), st.sets(numbers)),
    st.tuples(st.dictionaries(numbers, numbers), st.dictionaries(numbers, numbers)),
    st.tuples(numbers, numbers),
    st.tuples(st.booleans(), numbers),
)


@given(natives)
def test_python_keeps_its_own_bar(pair: tuple[Any, Any]) -> None:
    """Sets, dicts, whole numbers and truth values are not pipelines."""
    left, right = pair
    result = pipe(left, right)
    assert result == (left | right)
    assert type(result) is type(left | right)


# --- cases


def test_types_make_unions() -> None:
    """`int | str | null` is a type, in a program as in an annotation."""
    assert pipe(int, str) == int | str
    assert pipe(int, str, None) == int | str | None
    assert pipe(None, int) == None | int
    assert pipe(list[int], None) == list[int] | None
    assert isinstance(pipe(int, str), types.UnionType)


def test_a_type_and_a_function_compose() -> None:
    """`int | double` converts and doubles; after a function a type is a stage."""
    made: Any = pipe(int, lambda x: x * 2)
    assert made("4") == 8
    assert pipe(len, str)("abcd") == "4"  # type: ignore[operator]


class Color(enum.Flag):
    """Something with a `|` of its own."""

    RED = 1
    BLUE = 2


class Query:
    """Something callable with a `|` of its own."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, value: object) -> str:
        """Be a stage, too."""
        return f"{self.text}({value})"

    def __or__(self, other: object) -> Any:
        return Query(f"{self.text}|{other.text}") if isinstance(other, Query) else NotImplemented


def test_a_class_of_its_own_keeps_its_bar() -> None:
    """Flags, masks, queries; where their own `|` declines, they are stages."""
    assert pipe(Color.RED, Color.BLUE) == Color.RED | Color.BLUE
    joined: Any = pipe(Query("a"), Query("b"))
    assert joined.text == "a|b"
    assert pipe(Query("a"), len)("x") == 4  # type: ignore[operator]


def test_after_python_has_joined_the_rest_is_applied() -> None:
    """`{1} | {2} | len`."""
    assert pipe({1}, {2}, len) == 2
    assert pipe(5, lambda x: {x}, {6}) == {5, 6}


def test_data_that_can_be_called_only_on_the_way_is_data() -> None:
    """`x | f | g` is `g(f(x))` even when `f` gives a function."""
    assert pipe(3, lambda k: lambda x: x + k, lambda add: add(4)) == 7


def test_data_goes_into_lists_branches_and_calls() -> None:
    """Everything that can be a stage can stand on the right."""
    assert pipe([3, 1], [len, sum]) == [2, 4]
    assert pipe("ab", {"size": len, "upper": str.upper}) == {"size": 2, "upper": "AB"}
    assert pipe(4, called(lambda x, k: x * k, 10), called(pow, 2)) == 1600
    assert pipe(4, expression_stage(lambda value, _captured: (value, value), "($$, $$)", NO_SPAN)) == (4, 4)


def test_python_code_composes_with_the_same_sign() -> None:
    """`f | p`, `p | f` and `data | p` work on the Python side."""
    made: Any = pipeline(lambda x: x + 1, name="step")
    assert (len | made | str)("ab") == "3"
    assert 5 | made == 6
    assert [s.name for s in (made | made).stages] == ["step", "step"]
    assert (called(pow, 2) | made)(3) == 10
    assert (3 | called(pow, 2)) == 9


def test_a_stage_alone_on_the_left_composes() -> None:
    """`f(1, $$) | g` has no data yet."""
    made: Any = pipe(called(pow, 2), named(str))
    assert isinstance(made, Pipeline)
    assert made(3) == "9"


def test_a_composed_pipeline_passes_the_call_to_its_first_stage() -> None:
    """It has no parameters of its own; what does not fit is an error of the first stage."""
    made: Any = pipe(lambda x, y=1: x + y, str)
    assert [made(1), made(1, 2), made(1, y=3)] == ["2", "3", "4"]
    assert pipe(lambda: 7, str)() == "7"  # type: ignore[operator]
    with pytest.raises(TypeError):
        made(1, 2, 3)


def test_what_is_no_stage_is_refused_when_it_is_composed() -> None:
    """Not at the first call, somewhere else."""
    with pytest.raises(DanaPipelineError, match="5 \\(int\\)"):
        pipe(len, 5)
    with pytest.raises(DanaTypeError, match="cannot join 'a' \\(str\\) and 'b' \\(str\\)") as caught:
        pipe("a", "b")
    assert "stands a function" in caught.value.hint


def test_an_error_in_a_composed_pipeline_names_the_stage() -> None:
    """A composed pipeline is called by its stages."""

    def fail(_x: object) -> None:
        raise KeyError("k")

    made: Any = pipe(str, fail)
    with pytest.raises(KeyError) as caught:
        made(1)
    assert caught.value.__notes__ == ["in pipeline str | fail, stage 2 'fail'"]


def test_captures_in_an_expression_are_there_for_its_later_stages() -> None:
    """`5 | add as base | double | add(base)`, applied and composed."""
    stages = (named(lambda x: x + 1, to="base"), lambda x: x * 2, called(lambda a, b: a - b, 100, uses=("base",)))
    assert pipe(5, *stages) == -94
    assert pipe(abs, *stages)(-5) == -94  # type: ignore[operator]


def test_a_wrapped_pipeline_is_a_pipeline() -> None:
    """Persistent agents put a saving wrapper around theirs, whose `|` asks here."""

    class Wrapped:
        def __init__(self, inner: Any) -> None:
            self.__wrapped__ = inner

        def __call__(self, value: object) -> object:
            """Run."""
            return self.__wrapped__(value)

        def __or__(self, other: object) -> object:
            return pipe(self, other)

        def __ror__(self, other: object) -> object:
            return pipe(other, self)

    wrapped: Any = Wrapped(pipeline(lambda x: x + 1))
    assert (wrapped | str)(1) == "2"
    assert (abs | wrapped)(-1) == 2
    assert 1 | wrapped == 2
