"""Perceive and Enforce: what arguments and results must be, by hints, `Annotated`, domains and the user's own rules."""

from __future__ import annotations

import datetime as dt
import enum
import subprocess
import sys
import typing
from collections.abc import Callable, Iterable, Sequence  # noqa: TC003 - hints are read when a function is called
from typing import Annotated, Any, Literal, Optional

import pytest
from pydantic import AfterValidator, Field

from dana_poet import PoetValidationError, poet

Age = Annotated[int, Field(ge=0, le=150)]


pytestmark = pytest.mark.usefixtures("kept_elsewhere")


class Colour(enum.Enum):
    """Some colours."""

    RED = 1


class Point(typing.TypedDict):
    """A place."""

    x: int


@poet
def named(  # type: ignore[no-untyped-def]  # noqa: D103
    age: Age = 1,
    ratio: float = 0.5,
    words: list[str] | None = None,
    kind: Literal["a", "b"] = "a",
    point: Point | None = None,
    when: dt.date | None = None,
    colour: Colour = Colour.RED,
    call: Callable[[int], int] = abs,
    old: Optional[int] = None,  # noqa: UP045 - both spellings are in use
    several: Sequence[int] = (),
    free: Any = None,
    unhinted=None,  # noqa: ANN001
) -> dict[str, Any]:
    return {name: value for name, value in locals().items() if value is not None}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("age", 3), ("age", 0), ("ratio", 2.5), ("words", ["a"]), ("words", []), ("words", None), ("kind", "b"),
        ("point", {"x": 1}), ("when", dt.date(2026, 1, 2)), ("colour", Colour.RED), ("call", len), ("old", None),
        ("old", 4), ("several", [1, 2]), ("several", (1, 2)), ("free", object()), ("unhinted", object()), ("age", 1),
    ],
)  # fmt: skip
def test_a_value_that_fits_reaches_the_function_as_it_is(name: str, value: Any) -> None:
    """Nothing is copied and nothing converted."""
    assert named(**{name: value}).get(name) is value


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("age", -1, "greater than or equal to 0"), ("age", "3", "int"), ("age", True, "int"), ("age", 2.0, "int"),
        ("age", None, "int"), ("ratio", "0.5", "float"), ("ratio", True, "float"), ("words", "abc", "list"),
        ("words", [1], "[0]"), ("kind", "c", "'a' or 'b'"), ("point", {"x": "1"}, "x"), ("when", "2026-01-02", "date"),
        ("colour", 1, "Colour"), ("call", 3, "callable"), ("old", "4", "int | None"), ("several", [1, "2"], "[1]"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_by_name(name: str, value: Any, said: str) -> None:
    """The error names parameter, value and expectation; no value is guessed."""
    with pytest.raises(PoetValidationError) as refused:
        named(**{name: value})
    text = str(refused.value)
    assert f"parameter '{name}'" in text
    assert said in text
    assert repr(value) in text
    assert refused.value.parameter == name
    assert refused.value.value == value


def test_a_value_that_cannot_be_shown_is_refused_all_the_same() -> None:
    """Its own `repr` may fail; the error still names the parameter."""

    class Hidden:
        def __repr__(self) -> str:
            raise RuntimeError

    with pytest.raises(PoetValidationError, match=r"'age' takes int.*a value of type Hidden"):
        named(age=Hidden())  # type: ignore[arg-type]  # that is what is tried


def test_an_int_is_a_float() -> None:
    """Widening loses nothing, so it is the one conversion; what is too large says so."""
    found = named(ratio=2)["ratio"]
    assert (found, type(found)) == (2.0, float)
    with pytest.raises(PoetValidationError, match="too large"):
        named(ratio=10**400)


def test_a_validator_of_annotated_may_change_the_value() -> None:
    """That is what the author wrote it for."""

    @poet
    def greet(name: Annotated[str, AfterValidator(str.strip)]) -> str:
        return name

    assert greet(" Ada ") == "Ada"


def test_a_list_that_is_checked_is_the_callers_own_list() -> None:
    """A function that changes its argument still does."""

    @poet
    def add(rows: list[int]) -> None:
        rows.append(1)

    mine: list[int] = []
    add(mine)
    assert mine == [1]


def test_defaults_are_not_checked() -> None:
    """`x: int = None` is how many people write an optional parameter."""

    @poet
    def f(x: int = None) -> str:  # type: ignore[assignment]  # noqa: RUF013
        return repr(x)

    given: Any = None
    assert (f(), f(given), f(1)) == ("None", "None", "1")


@pytest.mark.parametrize(
    ("args", "kwargs", "said"),
    [
        ((), {}, "'x'"),
        ((1, 2, 3), {}, "too many positional"),
        ((1,), {"z": 1}, "'z'"),
        ((1,), {"_extra": 1}, "'_extra'"),
    ],
)
def test_a_call_that_does_not_fit_is_refused(args: Any, kwargs: Any, said: str) -> None:
    """Missing, surplus and unknown arguments are named."""

    @poet
    def f(x: int, y: int = 0) -> int:
        return x + y

    with pytest.raises(PoetValidationError, match=said):
        f(*args, **kwargs)


def test_every_kind_of_parameter_is_passed_on() -> None:
    """By place only, either way, by name only, and the rest."""

    @poet
    def f(a: int, /, b: int, *args: int, c: int = 3, **kwargs: int) -> list[Any]:
        return [a, b, args, c, kwargs]

    assert f(1, 2, 4, 5, c=6, d=7) == [1, 2, (4, 5), 6, {"d": 7}]
    assert f(1, b=2) == [1, 2, (), 3, {}]
    assert f(1, 2, a=9) == [1, 2, (), 3, {"a": 9}]
    with pytest.raises(PoetValidationError, match="'c'"):
        f(1, 2, c="6")  # type: ignore[arg-type]


def test_parameters_may_have_the_names_of_the_machinery() -> None:
    """The wrapper's own names step aside."""

    @poet(retries=1)
    def f(poet: int, running: int, result: int, error: int, execution: int, token: int, extra: int, more: int) -> int:
        return poet + running + result + error + execution + token + extra + more

    assert f(1, 2, 3, 4, 5, 6, 7, 8) == 36


def test_hints_that_only_a_type_checker_knows_are_let_be() -> None:
    """One name that cannot be resolved does not cost the other hints."""

    @poet
    def f(x: Unknown, y: int) -> AlsoUnknown:  # type: ignore[name-defined] # noqa: F821
        return x, y

    assert f("anything", 1) == ("anything", 1)
    with pytest.raises(PoetValidationError, match="'y'"):
        f(1, "y")  # type: ignore[arg-type]


@pytest.mark.parametrize(("value", "fine"), [(1, True), (1.5, False), ("1", False), (None, False), (True, False)])
def test_the_result_is_checked_as_well(value: Any, fine: bool) -> None:
    """The return hint holds for callers, whoever made the value."""

    @poet
    def f(given: Any) -> int:
        return given  # type: ignore[no-any-return]

    if fine:
        assert f(value) == value
    else:
        with pytest.raises(PoetValidationError, match="result takes int") as refused:
            f(value)
        assert refused.value.parameter == "return"


def test_what_happens_to_a_wrong_result_is_a_policy() -> None:
    """It is raised, passed on and counted, or the fallback stands in."""

    def wrong() -> int:
        return "text"  # type: ignore[return-value]

    kept: Any = poet(on_failure="original")(wrong)
    assert kept() == "text"
    assert kept.poet.violations == 1
    assert "takes int" in kept.poet.last_violation
    assert poet(on_failure="fallback", fallback=7)(wrong)() == 7


def test_the_users_own_perceive_changes_arguments() -> None:
    """One value, all of them, some by name, or none."""

    def one(x: Any) -> Any:
        return int(x)

    assert poet(perceive=one)(lambda x: x)("3") == 3
    assert poet(perceive=lambda x, y: (y, x))(lambda x, y: [x, y])(1, 2) == [2, 1]
    assert poet(perceive=lambda x, y: {"y": x} if y else {})(lambda x, y: [x, y])(1, 2) == [1, 1]
    assert poet(perceive=lambda _x: None)(lambda x: x)(5) == 5
    with pytest.raises(PoetValidationError, match="perceive gave"):
        poet(perceive=lambda *_: 3)(lambda x, y: [x, y])(1, 2)


def test_the_users_own_enforce_judges_the_result() -> None:
    """True and nothing keep it, false refuses it, anything else replaces it; arguments by name on request."""
    assert poet(enforce=lambda r: r > 0)(lambda x: x)(1) == 1
    assert poet(enforce=lambda _: None)(lambda x: x)(1) == 1
    assert poet(enforce=lambda r: {"value": r})(lambda x: x)(1) == {"value": 1}
    assert poet(enforce=lambda r, given: given["x"] == r)(lambda x: x)(1) == 1
    for stage in ("enforce", "validate"):
        with pytest.raises(PoetValidationError, match="refused"):
            poet(**{stage: lambda _: False})(lambda x: x)(1)


def test_constraints_bound_what_the_result_holds() -> None:
    """Bounds by name, in every spelling, and functions; what the result does not hold is for learning."""

    @poet(constraints={"max_score": 1.0, "min_score": 0.0, "cost_per_call": 0.1, "known": lambda r: "score" in r})
    def rate(score: float) -> dict[str, float]:
        return {"score": score}

    assert rate(0.5) == {"score": 0.5}
    for wrong, said in ((2.0, "above 1"), (-1.0, "below 0")):
        with pytest.raises(PoetValidationError, match=said):
            rate(wrong)


def test_a_domain_reads_what_it_was_granted_to_read() -> None:
    """The same function: money and words in one domain, nothing of the kind in another."""

    def score(credit_score: int, annual_income: float) -> list[float]:
        return [credit_score, annual_income]

    reads: Any = poet(domain="financial_services", learning="off")(score)
    assert reads("excellent", "$50K") == [780, 50000.0]
    with pytest.raises(PoetValidationError, match="credit_score"):
        reads("purple", 1.0)
    with pytest.raises(PoetValidationError, match="credit_score"):
        poet(domain="api", learning="off")(score)("excellent", 1.0)  # type: ignore[arg-type]


def test_generators_check_each_item() -> None:
    """`Iterator[int]` says what the items are."""

    @poet
    def items(values: Iterable[Any]) -> typing.Iterator[int]:
        yield from values

    assert list(items([1, 2])) == [1, 2]
    running = items([1, "2"])
    assert next(running) == 1
    with pytest.raises(PoetValidationError, match="an item of the result takes"):
        next(running)


def test_pydantic_waits_for_a_value_that_needs_it() -> None:
    """A function of plain types that is called well never loads it."""
    program = (
        "import sys\nfrom dana_poet import poet\n@poet\ndef f(a: int, b: str | None = None) -> float:\n    return a * 1.5\n"
        "f(2); f(2, 'x')\nassert 'pydantic' not in sys.modules and 'tenacity' not in sys.modules\n"
        "@poet\ndef g(a: list[int]) -> int:\n    return len(a)\ng([1])\nassert 'pydantic' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
