"""Declared pipelines: parameters, calls as stages, `$$`, captures, lists, branches, `case`, errors."""

# ruff: noqa: D103 - the small functions that the pipelines are made of

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.errors import DanaAttributeError, DanaCallError, DanaPipelineError, DanaTypeError
from dana_poet.runtime.pipeline import Stage, case, expression_stage, pipe, stage
from tests.runtime.pipeline_helpers import NO_SPAN, called, expression, marked, named, one, pipeline

if TYPE_CHECKING:
    from collections.abc import Callable


def add_ten(x: int) -> int:
    return x + 10


def double(x: int) -> int:
    return x * 2


def show(x: int) -> str:
    return f"Result: {x}"


def multiply(x: int, factor: int) -> int:
    return x * factor


def add(a: int, b: int) -> int:
    return a + b


def prefixed(text: str, prefix: str = "> ") -> str:
    return prefix + text


def two(x: Any, k: Any = 3) -> None:
    """Be the signature of a pipeline of two parameters."""


def none() -> None:
    """Be the signature of a pipeline without parameters."""


# --- calls


def test_stages_run_in_order() -> None:
    """The value goes down the pipeline from left to right."""
    assert pipeline(add_ten, double, show)(5) == "Result: 30"


@pytest.mark.parametrize("count", range(1, 8))
def test_every_length_gives_the_same_first_and_later(count: int) -> None:
    """The first call looks names up, later ones run the fast function; both mean the same."""
    made = pipeline(*[double] * count)
    assert [made(1), made(1), made(x=1)] == [2**count] * 3


def test_a_name_may_be_defined_after_the_pipeline_and_is_looked_up_once() -> None:
    """Workflows are often declared above the functions they use."""
    looked_up: list[str] = []

    def late() -> Callable[[int], int]:
        looked_up.append("late")
        return double

    made = pipeline(add_ten, stage(late, "late", NO_SPAN))
    assert looked_up == []
    assert [made(1), made(2), made(3)] == [22, 24, 26]
    assert looked_up == ["late"]


def test_parameters_can_be_named_and_have_defaults() -> None:
    """A declared pipeline is called like any function."""
    made = pipeline(multiply, double, signature=two)
    assert [made(5), made(5, 4), made(5, k=4), made(k=1, x=2)] == [30, 40, 40, 4]
    assert [made(5), made(5, 4)] == [30, 40]


def test_a_mutable_default_is_fresh_for_every_call() -> None:
    """What one call does to a default is not seen by the next."""

    def parameters(x: Any = []) -> None:  # noqa: B006 - what is tested
        """Have a list as default."""

    def grow(values: list[int]) -> list[int]:
        values.append(1)
        return values

    made = pipeline(grow, signature=parameters)
    assert [made(), made(), made([0])] == [[1], [1], [0, 1]]


def test_a_signature_may_check_its_parameters_and_make_defaults() -> None:
    """Struct annotations and computed defaults are statements of it; it gives the parameters back."""

    def parameters(x: Any, k: Any = None) -> dict[str, Any]:
        if not isinstance(x, int):
            raise DanaTypeError("x takes int")
        if k is None:
            k = x + 1
        return {"x": x, "k": k}

    made = pipeline(multiply, called(add, uses=("k",)), signature=parameters)
    assert [made(2), made(2), made(2, 5), made(k=5, x=2)] == [9, 9, 15, 15]
    with pytest.raises(DanaTypeError, match="x takes int"):
        made("2")
    with pytest.raises(DanaCallError, match="needs a value for 'x'"):
        made()


@pytest.mark.parametrize(
    ("args", "keywords", "message"),
    [
        ((), {}, "p() needs a value for 'x'"),
        ((1, 2), {}, "p() takes at most 1 value, got 2"),
        ((1,), {"y": 2}, "p() has no parameter 'y'"),
        ((1,), {"x": 2}, "p() got two values for 'x'"),
        ((), {"value": 2}, "p() has no parameter 'value'"),
    ],
)
def test_a_call_that_does_not_fit_names_the_parameter(
    args: tuple[object, ...], keywords: dict[str, object], message: str
) -> None:
    """The reference drops what does not fit without a word."""
    made = pipeline(add_ten, double)
    for _ in range(2):
        with pytest.raises(DanaCallError) as caught:
            made(*args, **keywords)
        assert caught.value.message == message
        assert caught.value.hint == "its parameters: x"
        made(1)


def test_a_pipeline_without_parameters_calls_its_first_stage_without_a_value() -> None:
    """`def p() = load | double` and `def p() = multiply(2, 3) | double`."""
    assert pipeline(lambda: 4, double, signature=none)() == 8
    made = pipeline(called(multiply, 2, 3), double, signature=none)
    assert [made(), made()] == [12, 12]


def test_star_parameters_reach_the_first_stage() -> None:
    """`def p(*xs, **options) = f`."""

    def many(*xs: Any, **options: Any) -> None:
        """Take everything."""

    made = pipeline(max, double, signature=many)
    assert [made(1, 5, 3), made(1, 5, 3)] == [10, 10]


def test_a_first_stage_gets_as_many_parameters_as_it_has_room_for() -> None:
    """The others are there for later stages by name; a class such as int converts one value."""
    assert pipeline(lambda: 42, add_ten)(0) == 52
    assert pipeline(double, called(multiply, uses=("k",)), signature=two)(5, 4) == 40
    assert pipeline(int, called(multiply, uses=("k",)), signature=two)("5", 4) == 20
    assert pipeline(named([double, multiply]), signature=two)(5, 4) == [10, 20]


def test_a_stage_may_be_a_parameter_or_a_capture() -> None:
    """`def p(x) = x | multiply(3)` starts with x; a function among the parameters is a stage like any other."""

    def missing() -> object:
        raise NameError("x")

    def of(name: str) -> Stage:
        return stage(missing, name, NO_SPAN)

    assert pipeline(of("x"), called(multiply, 3))(7) == 21
    assert pipeline(add_ten, of("k"), signature=two)(1, double) == 22
    assert pipeline(named(add_ten, to="kept"), double, of("kept"))(1) == 11


# --- calls as stages


def test_the_value_goes_first_in_a_call() -> None:
    """`multiply(3)` is `multiply(value, 3)`."""
    made = pipeline(called(multiply, 3), called(multiply, factor=2))
    assert [made(7), made(7)] == [42, 42]


def test_placeholders_say_where_the_value_goes() -> None:
    """`$$` may stand several times, by position and by keyword."""
    made = pipeline(marked("{}-{}-{}".format, lambda v: ("a", v, v)), marked(prefixed, lambda v: (v,), prefix="# "))
    assert [made("x"), made("x")] == ["# a-x-x", "# a-x-x"]


def test_captured_values_replace_the_value_when_they_fill_the_parameters() -> None:
    """`add_ten as base | multiply(2) as doubled | add(base, doubled)`."""
    made = pipeline(named(add_ten, to="base"), called(multiply, 2, to="doubled"), called(add, uses=("base", "doubled")))
    assert [made(5), made(5)] == [45, 45]
    again = pipeline(named(add_ten, to="base"), called(multiply, 2, uses=("base",)))
    assert again(5) == 30


def test_a_capture_may_be_made_twice_and_is_forgotten_after_the_run() -> None:
    """The last one counts; nothing of a run is left in the next."""
    made = pipeline(named(add_ten, to="v"), named(double, to="v"), called(prefixed, uses=("v",)), signature=one)
    with pytest.raises(TypeError):
        made(5)
    shown = pipeline(named(add_ten, to="v"), named(double, to="v"), called(add, uses=("v",)))
    assert [shown(5), shown(1)] == [60, 44]


def test_a_capture_that_leaves_room_for_defaults_still_stands_for_the_value() -> None:
    """`prefixed(original)` says which text is meant; `scale(k)` with a parameter k scales the value."""
    made = pipeline(named(str, to="original"), named(len), called(prefixed, uses=("original",)))
    assert made("abc") == "> abc"

    def scale(value: int, factor: int = 2) -> int:
        return value * factor

    assert pipeline(add_ten, called(scale, uses=("k",)), signature=two)(0, 5) == 50


def test_a_parameter_named_in_the_first_stage_is_the_value() -> None:
    """`def p(x) = prefixed(x)` does not give the value twice."""
    assert pipeline(called(prefixed, uses=("x",)))("a") == "> a"
    assert pipeline(expression_stage(lambda _value, names: names["x"], "x", NO_SPAN), called(multiply, 3))(7) == 21


def test_a_call_without_room_for_the_value_makes_the_stage() -> None:
    """`make_scale(10)` gives a function: it is called once and its result is the stage."""
    made_with: list[int] = []

    def make_scale(k: int) -> Callable[[int], int]:
        made_with.append(k)
        return lambda v: v * k

    made = pipeline(add_ten, called(make_scale, 10))
    assert [made(1), made(2)] == [110, 120]
    assert made_with == [10]


def test_a_call_without_room_for_the_value_that_makes_no_stage_says_so() -> None:
    """`add(1, 2)` leaves no room: the author forgot `$$`."""
    with pytest.raises(DanaPipelineError, match="has no room for the value: the call without it gives 3") as caught:
        pipeline(add_ten, called(add, 1, 2))(1)
    assert caught.value.hint == "mark with $$ where the value goes"


def test_an_expression_with_a_placeholder_is_a_stage() -> None:
    """`x | $$ + 1`."""
    made = pipeline(add_ten, expression(lambda v: v + 1), double)
    assert [made(0), made(0)] == [22, 22]


# --- lists, branches, case


def test_a_list_gives_all_results_in_order_and_a_dict_names_them() -> None:
    """`add_ten | [double, show]` and `{"twice": double}`."""
    assert [pipeline(add_ten, named([double, show]))(1) for _ in range(2)] == [[22, "Result: 11"]] * 2
    assert pipeline(named({"twice": double, "text": show}))(4) == {"twice": 8, "text": "Result: 4"}
    assert pipeline(named([]), named([len]))(4) == [0]


def test_members_of_a_list_may_be_calls_that_use_captures() -> None:
    """`add_ten as base | [double, add(base)]`."""
    made = pipeline(named(add_ten, to="base"), double, named([double, called(add, 1, uses=("base",))]))
    assert [made(1), made(1)] == [[44, 12], [44, 12]]


def test_case_selects_a_stage() -> None:
    """Conditions are functions, truth values or expressions with `$$`; the first that holds counts."""
    collatz = pipeline(named(case((lambda n: n % 2 == 0, lambda n: n // 2), lambda n: 3 * n + 1), "case"))
    assert [collatz(10), collatz(5), collatz(5)] == [5, 16, 16]
    made = case((expression(lambda v: v > 100), show), (False, double), (True, [add_ten, double]))
    assert [made(101), made(1)] == ["Result: 101", [11, 2]]


def test_a_condition_that_answers_in_words_is_understood() -> None:
    """A model that says "no" means no."""
    assert case((lambda _v: "no", double), show)(1) == "Result: 1"


def test_case_written_as_a_call_makes_its_stage_in_every_run() -> None:
    """`def p(n) = case((is_even, half), grow)`, with and without `$$` in the conditions."""
    even: Any = (lambda n: n % 2 == 0, lambda n: n // 2)
    made = pipeline(called(case, even, lambda n: 3 * n + 1))
    assert [made(10), made(5), made(10)] == [5, 16, 5]
    by_mark = pipeline(marked(case, lambda v: ((v > 5, show), double)))
    assert [by_mark(6), by_mark(1), by_mark(6)] == ["Result: 6", 2, "Result: 6"]


def test_case_without_a_holding_condition_says_so() -> None:
    """Nothing is selected silently."""
    with pytest.raises(DanaPipelineError, match="no condition of case"):
        case((lambda n: n > 5, double))(1)
    with pytest.raises(DanaPipelineError, match="branch 1 of case"):
        case(double, (True, double))
    with pytest.raises(DanaPipelineError, match="needs a branch"):
        case()


# --- errors


class Boom(Exception):  # noqa: N818 - users name their errors as they like
    """An error class of a user."""


def fail(_x: object) -> None:
    raise Boom("no")


@pytest.mark.parametrize("count", range(1, 8))
def test_an_error_keeps_its_class_and_names_pipeline_stage_and_place(count: int) -> None:
    """On the first call and on fast ones, for every position in every length."""
    switch: list[int] = []

    def step(index: int) -> Callable[[int], int]:
        def run(x: int) -> int:
            if switch == [index]:
                raise Boom
            return x

        return run

    stages = [named(step(index), f"s{index}", at=(3, index + 1)) for index in range(count)]
    made = pipeline(*stages)
    made(0)
    for index in range(count):
        switch[:] = [index]
        with pytest.raises(Boom) as caught:
            made(0)
        assert caught.value.__notes__ == [f"in pipeline p, stage {index + 1} 's{index}' (file.na:3:{index + 1})"]


def test_the_first_call_names_the_stage_too() -> None:
    """Before all names are known the slow way runs."""
    with pytest.raises(Boom) as caught:
        pipeline(add_ten, fail)(1)
    assert caught.value.__notes__ == ["in pipeline p, stage 2 'fail'"]


def test_every_pipeline_level_adds_one_note() -> None:
    """A failing stage of a pipeline in a pipeline shows both; recursion does not pile notes up."""
    inner = pipeline(fail, name="inner")
    with pytest.raises(Boom) as caught:
        pipeline(double, named(inner, "inner"), name="outer")(1)
    assert caught.value.__notes__ == ["in pipeline inner, stage 1 'fail'", "in pipeline outer, stage 2 'inner'"]

    def again(n: int) -> object:
        if n == 0:
            fail(n)
        return recursive(n - 1)

    recursive = pipeline(named(again, "again"))
    with pytest.raises(Boom) as caught:
        recursive(20)
    assert caught.value.__notes__ == ["in pipeline p, stage 1 'again'"]


def test_a_stage_that_cannot_be_called_is_named() -> None:
    """The message says what stands there instead."""
    with pytest.raises(DanaPipelineError, match="stage 'seven' is 7 \\(int\\), which cannot be called"):
        pipeline(double, named(7, "seven"))(1)


def test_an_undefined_name_is_an_error_of_its_stage() -> None:
    """The stages before it have run, as when the calls were written out."""
    made = pipeline(double, stage(lambda: undefined, "undefined", NO_SPAN))  # type: ignore[name-defined] # noqa: F821
    with pytest.raises(NameError) as caught:
        made(1)
    assert caught.value.__notes__ == ["in pipeline p, stage 2 'undefined'"]


# --- the value itself


def test_a_pipeline_cannot_be_changed() -> None:
    """It may be shared by every part of a program."""
    made = pipeline(double)
    with pytest.raises(DanaAttributeError, match="cannot be changed"):
        made.name = "q"  # type: ignore[misc]
    assert copy.copy(made) is made
    assert copy.deepcopy(made) is made
    with pytest.raises(DanaTypeError, match="cannot be pickled"):
        pickle.dumps(made)


def test_a_pipeline_shows_its_name_stages_and_signature() -> None:
    """`print(p)`, and what Python tools ask."""
    made = pipeline(add_ten, double, signature=two)
    assert repr(made) == "<pipeline p: add_ten | double>"
    assert repr(pipe(add_ten, double)) == "<pipeline add_ten | double>"
    assert (made.name, made.__name__) == ("p", "p")
    assert list(inspect.signature(made).parameters) == ["x", "k"]
    assert callable(made)


def test_loading_pipelines_loads_no_heavy_module() -> None:
    """A program must start fast; what pipelines use rarely is loaded when it is used."""
    heavy = "('inspect', 'threading', 'concurrent', 'dataclasses', 'asyncio', 'json', 'logging', 'rich')"
    program = f"import sys, dana_poet.runtime.pipeline\nprint([m for m in {heavy} if m in sys.modules])"
    path = ["-c", program]
    done = subprocess.run([sys.executable, *path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
