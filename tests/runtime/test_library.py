"""The library's own functions: what they give, what they refuse, and that none of them writes to standard output."""

from __future__ import annotations

import datetime as dt
import importlib.util
import logging
import subprocess
import sys
from math import prod
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_grammar.check import known_names
from dana_poet.errors import DanaTypeError, DanaValueError
from dana_poet.runtime import library, library_table, library_values
from dana_poet.runtime.library_decorators import log_calls, log_with_prefix, repeat, validate_args
from dana_poet.runtime.library_json import json

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _usual_log_level() -> Iterator[None]:
    """Give every test the log level that a program starts with."""
    library.log_level("info")
    yield
    library.log_level("info")


# --- the table


def test_importing_the_table_loads_none_of_the_library() -> None:
    """A program that uses one name pays for that name."""
    program = (
        "import sys, dana_poet.runtime.library_table\n"
        "print([m for m in sys.modules if m.startswith('dana_poet.runtime.') and not m.endswith('library_table')])"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown == "[]\n"


@pytest.mark.parametrize("name", sorted(library_table.LIBRARY))
def test_every_name_of_the_table_can_be_loaded(name: str) -> None:
    """A name that the table promises exists where the table says."""
    assert library_table.load(name) is not None


def test_check_knows_every_name_of_the_table() -> None:
    """What runs must not be called unknown before it runs."""
    assert set(library_table.LIBRARY) - known_names.BUILTIN_NAMES == set()


def test_logging_loads_nothing_beyond_our_errors() -> None:
    """`log` is in nearly every program, so its module must be free."""
    program = (
        "import sys, dana_poet.errors; before = set(sys.modules); import dana_poet.runtime.library\n"
        "print(sorted(set(sys.modules) - before))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown == "['dana_poet.runtime', 'dana_poet.runtime.library']\n"


# --- log


def test_log_writes_level_and_message_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output belongs to the program."""
    library.log("started")
    library.log({"rows": 3}, "warn")
    library.log("odd word", level="notice")
    assert capsys.readouterr() == ("", "INFO started\nWARNING {'rows': 3}\nNOTICE odd word\n")


def test_messages_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Debug is silent until it is asked for; errors are not."""
    library.log("hidden", "debug")
    library.log_level("ERROR")
    library.log("hidden too", "warning")
    library.log("seen", "error")
    assert capsys.readouterr().err == "ERROR seen\n"


def test_debug_shows_the_place_in_the_dana_file(capsys: pytest.CaptureFixture[str]) -> None:
    """The nearest `.na` frame is where the author looks."""
    library.log_level("debug")
    exec(compile("\n\nlog('here', 'debug')", "/programs/monitor.na", "exec"), {"log": library.log})  # noqa: S102
    library.log("no dana caller")
    assert capsys.readouterr().err == "DEBUG here (monitor.na:3)\nINFO no dana caller\n"


def test_levels_are_members_of_log_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Older programs write `log.info("...")`."""
    for level in ("debug", "info", "warn", "warning", "error", "critical"):
        getattr(library.log, level)(level)
    assert capsys.readouterr().err == "INFO info\nWARNING warn\nWARNING warning\nERROR error\nCRITICAL critical\n"


def test_an_unknown_log_level_is_refused_with_the_known_ones() -> None:
    """A misspelt level would otherwise silence or flood the log."""
    with pytest.raises(DanaValueError, match="'loud' is not known") as caught:
        library.log_level("loud")
    assert "debug, info, warning" in caught.value.hint


def test_another_namespace_sets_the_python_logger_of_that_name() -> None:
    """Programs quieten the Python packages they use."""
    library.log_level("error", "some_package")
    assert logging.getLogger("some_package").level == logging.ERROR


# --- values


@given(st.integers(-200, 200), st.integers(-200, 200))
def test_sum_range_is_the_sum_of_the_range(start: int, end: int) -> None:
    """Both ends count; an empty range sums to 0."""
    assert library_values.sum_range(start, end) == sum(range(start, end + 1))


@given(st.integers())
def test_a_whole_number_is_either_odd_or_even(n: int) -> None:
    """Negative and huge numbers included."""
    assert library_values.is_odd(n) is not library_values.is_even(n)
    assert library_values.is_even(2 * n)


@given(st.integers(0, 60))
def test_factorial_is_the_product(n: int) -> None:
    """0! is 1."""
    assert library_values.factorial(n) == prod(range(1, n + 1))


@pytest.mark.parametrize("function", ["is_odd", "is_even", "factorial"])
def test_functions_of_whole_numbers_name_themselves_when_refusing(function: str) -> None:
    """The author sees which call and which value."""
    with pytest.raises(DanaTypeError, match=rf"^{function} needs a whole number, not 2\.5$"):
        getattr(library_values, function)(2.5)


def test_factorial_refuses_negative_numbers() -> None:
    """There is no product to give."""
    with pytest.raises(DanaValueError, match="factorial needs 0 or more, not -1"):
        library_values.factorial(-1)


@given(st.text(alphabet="abC z-_.", max_size=30))
def test_capitalized_words_are_title_case(text: str) -> None:
    """On plain words it is Python's title case."""
    assert library_values.capitalize_words(text) == text.title()


def test_an_apostrophe_does_not_start_a_word() -> None:
    """Python's title case writes Don'T."""
    assert library_values.title_case("don't 'quote' o\N{RIGHT SINGLE QUOTATION MARK}clock") == (
        "Don't 'Quote' O\N{RIGHT SINGLE QUOTATION MARK}clock"
    )
    with pytest.raises(DanaTypeError, match="a text is needed, not int: 5"):
        library_values.title_case(5)  # type: ignore[arg-type]


def test_the_small_additions_of_older_programs_work() -> None:
    """Published pipelines are built from them."""
    steps = (library_values.add_one, library_values.add_two, library_values.add_three, library_values.add_four)
    assert [step(1) for step in steps] == [2, 3, 4, 5]


# --- cast, noop, clock, environment


def test_cast_follows_the_rules_of_typed_assignment() -> None:
    """`cast(int, x)` and `y: int = x` agree."""
    assert library.cast(int, "42") == 42
    assert library.cast(float, 3) == 3.0
    assert library.cast(list, "[1, 2]") == [1, 2]
    assert library.cast(str, None) == "None"
    assert library.cast(bool, None) is False
    assert library.cast(None, None) is None
    with pytest.raises(DanaTypeError, match="cannot cast None to int"):
        library.cast(int, None)
    with pytest.raises(DanaTypeError, match="'abc'"):
        library.cast(int, "abc")


def test_noop_gives_back_what_it_was_given() -> None:
    """One value stays itself; named values are ignored."""
    thing = object()
    assert library.noop(thing, extra=1) is thing
    assert library.noop("a", "b") == ("a", "b")
    assert library.noop() is None


def test_sleep_refuses_what_is_no_waiting_time() -> None:
    """A negative or non-numeric wait is a mistake, not 0."""
    library.sleep(0)
    with pytest.raises(DanaValueError, match="0 seconds or more, not -1"):
        library.sleep(-1)
    with pytest.raises(DanaValueError, match="not nan"):
        library.sleep(float("nan"))
    with pytest.raises(DanaTypeError, match="not 'soon'"):
        library.sleep("soon")  # type: ignore[arg-type]


def test_now_knows_its_time_zone() -> None:
    """Times without a zone cannot be compared across machines."""
    moment = library.now()
    assert moment.tzinfo is not None
    assert abs(moment - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


def test_env_reads_the_environment_with_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unset variable is null, not an error."""
    monkeypatch.setenv("DANA_TEST_CITY", "Oslo")
    monkeypatch.delenv("DANA_TEST_MISSING", raising=False)
    assert library.env("DANA_TEST_CITY") == "Oslo"
    assert library.env("DANA_TEST_MISSING") is None
    assert library.env("DANA_TEST_MISSING", "none") == "none"


# --- json

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON_VALUES, st.sampled_from([None, 2]))
def test_json_reads_what_it_wrote(value: object, indent: int | None) -> None:
    """`loads` and `parse` undo `dumps`; a Markdown fence around it changes nothing."""
    text = json.dumps(value, indent=indent)
    assert json.loads(text) == value
    assert json.parse(f"```json\n{text}\n```") == value


def test_json_says_where_text_is_wrong() -> None:
    """Line and column of the text, not of our code."""
    with pytest.raises(DanaValueError, match=r"not JSON: .* at line 2, column 1"):
        json.loads('{"a":\n}')
    with pytest.raises(DanaTypeError, match="JSON text is needed, not dict"):
        json.loads({})  # type: ignore[arg-type]
    with pytest.raises(DanaValueError, match="nested too deeply"):
        json.loads("[" * 200_000)


def test_json_writes_sets_dates_and_structs() -> None:
    """Dana values that JSON does not know have an obvious form."""

    class Point:
        __dana_fields__ = ("x", "y")
        x, y = 1, 2

    assert json.dumps({"p": Point(), "s": {2, 1}, "d": dt.date(2026, 1, 2)}) == (
        '{"p": {"x": 1, "y": 2}, "s": [1, 2], "d": "2026-01-02"}'
    )
    if importlib.util.find_spec("dana_poet.runtime.promise"):
        with pytest.raises(DanaTypeError, match="has no JSON form"):
            json.dumps(object())


# --- decorators


def scale(x: int, factor: int = 2) -> int:
    """Return x * factor."""
    return x * factor


def test_log_calls_reports_call_and_result_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The decorated function keeps its name and its result."""
    logged = log_calls(scale)
    assert logged(3, factor=4) == 12
    assert logged.__name__ == "scale"
    assert capsys.readouterr() == ("", "INFO scale(3, factor=4)\nINFO scale returned 12\n")


def test_log_with_prefix_can_leave_the_result_out(capsys: pytest.CaptureFixture[str]) -> None:
    """With and without parentheses."""
    log_with_prefix(prefix="[audit]", include_result=False)(scale)(3)
    log_with_prefix(scale)(1)  # type: ignore[arg-type]
    assert capsys.readouterr() == ("", "INFO [audit] scale(3)\nINFO [LOG] scale(1)\nINFO [LOG] scale returned 2\n")


def test_repeat_calls_several_times_and_gives_the_last_result(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed between the calls."""
    seen: list[int] = []

    @repeat(times=3)
    def count() -> int:
        seen.append(1)
        return len(seen)

    assert count() == 3
    assert repeat(0)(scale)(1) is None
    assert capsys.readouterr() == ("", "")


def test_repeat_without_a_number_says_how_to_write_it() -> None:
    """`@repeat` on its own hands the function over as `times`."""
    with pytest.raises(DanaTypeError) as caught:
        repeat(scale)  # type: ignore[arg-type]
    assert caught.value.hint == "write @repeat(times=3)"
    with pytest.raises(DanaValueError, match="0 times or more, not -1"):
        repeat(-1)


@pytest.mark.parametrize("call", [lambda f: f(-1), lambda f: f(x=-1), lambda f: f(-1, factor=3)])
def test_validate_args_names_the_argument_however_it_was_passed(call: object) -> None:
    """Positional arguments are checked like named ones."""
    checked = validate_args(x=lambda x: x > 0)(scale)
    assert checked(2) == 4
    with pytest.raises(DanaValueError, match=r"^scale: argument x is not valid: -1$"):
        call(checked)  # type: ignore[operator]


def test_validate_args_checks_defaults_and_named_rest() -> None:
    """A bad default is found too; `**named` parameters can have predicates."""

    def record(level: int = 0, **fields: object) -> dict[str, object]:
        return {"level": level, **fields}

    checked = validate_args(level=lambda v: v >= 0, city=lambda v: v != "")(record)
    assert checked(city="Oslo") == {"level": 0, "city": "Oslo"}
    with pytest.raises(DanaValueError, match="argument city"):
        checked(city="")


def test_validate_args_refuses_a_parameter_that_does_not_exist() -> None:
    """Where the function is defined, not at its first call."""
    with pytest.raises(DanaValueError, match="scale has no parameter 'y'") as caught:
        validate_args(y=bool)(scale)
    assert caught.value.hint == "its parameters are x, factor"


def test_validate_args_leaves_a_wrong_call_to_the_function() -> None:
    """The function's own error says which argument is missing."""
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        validate_args(x=bool)(scale)()
