from __future__ import annotations

import asyncio
import inspect
import os
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_poet.codegen.runner import CandidateError, Mode, Runner, runner
from dana_poet.codegen.runner_crossing import is_plain, update
from dana_poet.errors import PoetOptionError

MODES: tuple[Mode, ...] = ("isolated", "restricted", "trusted")
GUARDED: tuple[Mode, ...] = ("isolated", "restricted")
RATE = 3

Make = Callable[..., Runner]


@dataclass
class Order:
    """What only this process knows."""

    item: str


def add(a: int, b: int = 2) -> int:
    """Add."""
    return a + b


def fill(xs: list[Any], more: dict[str, Any] | None = None) -> int:
    """Change the arguments."""
    xs.append(len(xs))
    if more is not None:
        more["seen"] = True
    return len(xs)


def order(item: str) -> Order:
    """Return what cannot enter a sandbox."""
    return Order(item)


class OwnError(LookupError):
    """An exception that only this process knows."""


def fails(kind: str) -> int:
    """Raise."""
    raise {"key": KeyError("no"), "own": OwnError("mine"), "value": ValueError("bad")}[kind]


def rated(value: int) -> int:
    """Use a constant and a helper of this module."""
    return _times(value) * RATE


def _times(value: int) -> int:
    return value * 10


def count(n: int) -> Generator[int, None, str]:
    """Yield numbers, then return a word."""
    yield from range(n)
    return "end"


async def later(x: int) -> int:
    """Add one, a little later."""
    await asyncio.sleep(0.001)
    return x + 1


async def ticks(n: int) -> AsyncIterator[int]:
    """Yield numbers, a little later each."""
    for number in range(n):
        await asyncio.sleep(0)
        yield number


@pytest.fixture
def run() -> Iterator[Make]:
    """Make runners that are closed after the test."""
    made: list[Runner] = []

    def make(source: str, original: Callable[..., Any], mode: Mode = "isolated", **more: Any) -> Runner:
        made.append(runner(source, original, name=original.__name__, mode=mode, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


def failure(call: Callable[[], object]) -> CandidateError:
    """Return the error of a call that fails."""
    with pytest.raises(CandidateError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("mode", MODES)
def test_a_version_is_called_as_its_original(run: Make, mode: Mode) -> None:
    """By position, by name, with defaults."""
    calls = run("def add(a: int, b: int = 2) -> int:\n    return a + b\n", add, mode)
    assert (calls(1), calls(1, 5), calls(b=1, a=0)) == (3, 6, 1)
    assert not calls.acted


@pytest.mark.parametrize("mode", MODES)
def test_parameters_of_every_kind_are_passed_on(run: Make, mode: Mode) -> None:
    """Positional-only, starred and keyword-only ones too."""

    def spread(a: int, /, *rest: int, key: int = 0, **more: int) -> Any:
        return [a, list(rest), key, more]

    source = (
        "def spread(a, /, *rest, key=0, **more):\n    return original(a, *rest, key=key, **more)[:2] + [key, more]\n"
    )
    assert run(source, spread, mode)(1, 2, 3, key=4, x=5) == [1, [2, 3], 4, {"x": 5}]


@pytest.mark.parametrize("mode", MODES)
def test_it_is_known_whether_a_version_has_acted(run: Make, mode: Mode) -> None:
    """After that the original must not be called again."""
    calls = run(
        "def add(a, b=2):\n    if a < 0:\n        raise ValueError('a')\n    return original(a, b)\n", add, mode
    )
    assert not failure(lambda: calls(-1)).acted
    assert not calls.acted
    assert calls(1) == 3
    assert calls.acted
    late = run("def add(a, b=2):\n    original(a, b)\n    raise ValueError('late')\n", add, mode)
    assert failure(lambda: late(1)).acted


@pytest.mark.parametrize("mode", MODES)
def test_a_grant_is_called_by_its_name(run: Make, mode: Mode) -> None:
    """It counts as acting; without it the name is not there."""
    source = "def add(a, b=2):\n    return price('tea') + a\n"
    calls = run(source, add, mode, grants={"price": {"tea": 5}.__getitem__})
    assert calls(1) == 6
    assert calls.acted
    assert failure(lambda: run(source, add, mode)(1)).kind in {"error", "rejected"}


@pytest.mark.parametrize("mode", MODES)
def test_changes_of_arguments_reach_the_caller(run: Make, mode: Mode) -> None:
    """In place: whoever else holds the inner objects sees them too."""
    source = "def fill(xs, more=None):\n    xs[0].append(9)\n    return original(xs, more)\n"
    inner: list[int] = []
    xs, more = [inner, "x"], {"z": 1}
    assert run(source, fill, mode)(xs, more=more) == 3
    assert xs == [[9], "x", 2]
    assert xs[0] is inner
    assert more == {"z": 1, "seen": True}


def test_a_version_that_fails_has_changed_nothing(run: Make) -> None:
    """In a sandbox it works on copies, so the original finds what the caller gave."""
    xs = [1]
    failure(lambda: run("def fill(xs, more=None):\n    xs.clear()\n    raise ValueError\n", fill)(xs))
    assert xs == [1]


@pytest.mark.parametrize("mode", MODES)
def test_a_result_that_cannot_enter_is_handed_on(run: Make, mode: Mode) -> None:
    """The caller gets the original's own object."""
    made = run("def order(item):\n    return original(item.strip())\n", order, mode)(" tea ")
    assert made == Order("tea")


@pytest.mark.parametrize("use", ["made.item", "bool(made)", "str(made)", "made == 1", "[x for x in made]", "made[0]"])
def test_a_result_that_cannot_enter_can_only_be_handed_on(run: Make, use: str) -> None:
    """A version that looks at it would work on something else than the original's result."""
    error = failure(lambda: run(f"def order(item):\n    made = original(item)\n    return {use}\n", order)("tea"))
    assert (error.kind, error.acted) == ("error", True)
    assert "return it as it is" in error.message


@pytest.mark.parametrize("argument", [
    Order("tea"), object(), len, OrderedDict(a=1), {"deep": [Order("x")]}, datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Zurich")),
], ids=lambda value: type(value).__name__)  # fmt: skip
def test_an_argument_that_cannot_enter_is_refused_before_anything_runs(run: Make, argument: object) -> None:
    """Some would arrive as another type, which is worse than not at all."""
    error = failure(lambda: run("def order(item):\n    return original(item)\n", order)(argument))
    assert (error.kind, error.acted) == ("rejected", False)
    assert "argument 1" in error.message


@pytest.mark.parametrize("value", [None, 1.5, b"x", (1, [2]), {"a": {1, 2}}, datetime(2026, 1, 1, tzinfo=UTC), 10**50])
def test_plain_data_comes_back_as_it_went(run: Make, value: object) -> None:
    """Same type, same value."""
    found = run("def order(item):\n    return item\n", order)(value)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("result", ["Point(1)", "Pair(1, 2)", "Counter('a')", "[Pair(1, 2)]"])
def test_a_result_that_would_arrive_as_another_type_is_refused(run: Make, result: str) -> None:
    """A dataclass would become a dict, a named tuple a tuple."""
    source = (
        "from collections import Counter, namedtuple\nfrom dataclasses import dataclass\nPair = namedtuple('Pair', 'a b')\n"
        f"@dataclass\nclass Point:\n    x: int\ndef order(item):\n    return {result}\n"
    )
    assert failure(lambda: run(source, order)("x")).kind == "rejected"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("kind", "error"), [("key", KeyError), ("own", OwnError), ("value", ValueError)])
def test_what_the_original_raises_comes_through_as_itself(
    run: Make, mode: Mode, kind: str, error: type[Exception]
) -> None:
    """The caller can be given the very exception."""
    found = failure(lambda: run("def fails(kind):\n    return original(kind)\n", fails, mode)(kind))
    assert (found.kind, found.acted, found.of_original) == ("error", True, True)
    assert type(found.exception) is error


@pytest.mark.parametrize("mode", MODES)
def test_a_version_can_handle_what_the_original_raises(run: Make, mode: Mode) -> None:
    """Builtin classes arrive as themselves."""
    source = "def fails(kind):\n    try:\n        return original(kind)\n    except KeyError:\n        return 7\n"
    assert run(source, fails, mode)("key") == 7


@pytest.mark.parametrize("mode", MODES)
def test_what_a_version_raises_has_its_class(run: Make, mode: Mode) -> None:
    """A ValueError for a bad argument is one for the caller."""
    found = failure(lambda: run("def add(a, b=2):\n    raise ValueError('a must be above 0')\n", add, mode)(1))
    assert (found.kind, found.acted, found.of_original) == ("error", False, False)
    assert isinstance(found.exception, ValueError)
    assert str(found.exception) == "a must be above 0"


@pytest.mark.parametrize("mode", MODES)
def test_names_of_the_original_s_module_are_there(run: Make, mode: Mode) -> None:
    """As far as they can be written down."""
    assert run("def rated(value):\n    return _times(value) * RATE + 1\n", rated, mode)(1) == 31


@pytest.mark.parametrize("mode", MODES)
def test_hints_are_never_evaluated(run: Make, mode: Mode) -> None:
    """They may name what only the original's module knows."""
    assert run("def add(a: Nowhere, b: 'Else' = 2) -> Unknown:\n    return a + b\n", add, mode)(1) == 3


@pytest.mark.parametrize("mode", GUARDED)
@pytest.mark.parametrize(("code", "rule"), [
    ("import os\n    return os.getpid()", "import"), ("return open('/etc/passwd')", "builtin"),
    ("return ().__class__.__base__", "attribute"), ("return getattr(add, '__glo' + 'bals__')", "attribute"),
])  # fmt: skip
def test_the_rules_of_the_sandbox_hold(run: Make, mode: Mode, code: str, rule: str) -> None:
    """In both guarded modes, at compile time and at run time; the line is that of the version."""
    calls = run(f"def add(a, b=2):\n    {code}\n", add, mode)
    for _ in range(2):
        found = failure(lambda: calls(1))
        assert (found.kind, found.acted) == ("rejected", False)
        assert f"[{rule}]" in found.message
        assert found.message.startswith("2:")


@pytest.mark.parametrize(("code", "kind"), [
    ("while True:\n        pass", "timeout"), ("return 'x' * 10**10", "memory"), ("print('x' * 10**7)", "output"),
])  # fmt: skip
def test_the_limits_of_the_sandbox_hold(run: Make, code: str, kind: str) -> None:
    """And the next call has a process of its own."""
    calls = run(f"def add(a, b=2):\n    if b:\n        return a\n    {code}\n", add, timeout=0.5, memory_mib=128)
    assert failure(lambda: calls(1, 0)).kind == kind
    assert calls(1, 1) == 1


def test_nothing_lasts_from_one_isolated_call_to_the_next(run: Make) -> None:
    """Not even what a version keeps at module level."""
    calls = run("seen = []\ndef add(a, b=2):\n    seen.append(a)\n    return len(seen)\n", add)
    assert [calls(1), calls(1)] == [1, 1]


@pytest.mark.parametrize("mode", MODES)
def test_generators_stay_generators(run: Make, mode: Mode) -> None:
    """With what they return at their end."""
    source = "def count(n):\n    for x in original(n):\n        yield x + 1\n    return n\n"
    calls = run(source, count, mode)
    made = cast("Generator[int, None, int]", calls(3))
    assert inspect.isgenerator(made)
    assert [next(made) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(StopIteration) as end:
        next(made)
    assert end.value.value == 3
    assert calls.acted


@pytest.mark.parametrize("mode", GUARDED)
def test_a_guarded_generator_fails_at_its_call(run: Make, mode: Mode) -> None:
    """Before the first item is handed out, so that the original can still serve."""
    calls = run("def count(n):\n    yield 1\n    raise ValueError('late')\n", count, mode)
    assert failure(lambda: calls(3)).kind == "error"


def test_a_trusted_generator_is_lazy(run: Make) -> None:
    """It runs as it is written."""
    calls = run("def count(n):\n    yield 1\n    raise ValueError('late')\n", count, "trusted")
    made = calls(3)
    assert next(made) == 1
    assert isinstance(failure(lambda: next(made)).exception, ValueError)


@pytest.mark.parametrize("mode", MODES)
def test_async_functions_are_awaited(run: Make, mode: Mode) -> None:
    """The original runs on the caller's loop, several calls at a time."""
    source = "import asyncio\nasync def later(x):\n    await asyncio.sleep(0.001)\n    return await original(x) * 10\n"

    async def main() -> Any:
        calls = run(source, later, mode)
        one = calls(1)
        assert inspect.isawaitable(one)
        return [await one, *await asyncio.gather(*(calls(x) for x in range(3)))], calls.acted

    assert asyncio.run(main()) == ([20, 10, 20, 30], True)


@pytest.mark.parametrize("mode", MODES)
def test_async_generators_stay_async_generators(run: Make, mode: Mode) -> None:
    """Items come to `async for`."""
    source = "async def ticks(n):\n    async for x in original(n):\n        yield x * 2\n"

    async def main() -> list[int]:
        return [x async for x in run(source, ticks, mode)(3)]

    assert asyncio.run(main()) == [0, 2, 4]


@pytest.mark.parametrize("mode", MODES)
def test_an_async_failure_is_raised_where_it_is_awaited(run: Make, mode: Mode) -> None:
    """With the same error as a plain one."""
    calls = run("async def later(x):\n    await original(x)\n    raise ValueError('late')\n", later, mode)
    error = failure(lambda: asyncio.run(calls(1)))
    assert (error.kind, error.acted) == ("error", True)


def test_a_cancelled_caller_does_not_wait(run: Make) -> None:
    """Its sandbox goes on to the limit and ends there."""
    calls = run("async def later(x):\n    while True:\n        pass\n", later, timeout=1.0)

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(calls(1), 0.05)

    asyncio.run(main())


@pytest.mark.parametrize("mode", MODES)
def test_threads_call_one_version(run: Make, mode: Mode) -> None:
    """Each has its own record of acting."""
    calls = run("def add(a, b=2):\n    return original(a, b) if a % 2 else 0\n", add, mode)

    def one(a: int) -> tuple[int, bool]:
        return calls(a), calls.acted

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(one, range(20)))
    assert found == [(a + 2, True) if a % 2 else (0, False) for a in range(20)]


def test_a_closed_runner_starts_again(run: Make) -> None:
    """Closing frees processes, it does not end the version."""
    calls = run("def add(a, b=2):\n    return a\n", add)
    assert calls(1) == 1
    calls.close()
    assert calls(2) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_has_processes_of_its_own(run: Make) -> None:
    """Parent and child never read each other's answers."""
    calls = run("def add(a, b=2):\n    return a\n", add)
    calls(0)
    child = os.fork()
    if child == 0:
        good = all(calls(n) == n for n in range(20))
        os._exit(0 if good else 1)
    assert [calls(n) for n in range(20)] == list(range(20))
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "source", ["", "def add(a, b=2:", "x = 1", "raise ValueError('at import')\ndef add(a, b): ..."]
)
def test_a_version_that_cannot_be_loaded_is_a_candidate_error(run: Make, mode: Mode, source: str) -> None:
    """At the call, and each time."""
    calls = run(source, add, mode)
    for _ in range(2):
        assert failure(lambda: calls(1)).kind in {"rejected", "error"}


def test_nothing_is_started_before_the_first_call(run: Make) -> None:
    """Decorating a thousand functions starts nothing."""
    before = threading.active_count()
    run("def add(a, b=2):\n    return a\n", add)
    assert threading.active_count() == before


def test_an_unknown_mode_is_an_option_error() -> None:
    """It names the modes that there are."""
    with pytest.raises(PoetOptionError, match="isolated, restricted, trusted"):
        runner("", add, name="add", mode=cast("Mode", "wild"))


@pytest.mark.parametrize("limits", [{"timeout": 0}, {"timeout": float("inf")}, {"timeout": "5"}, {"memory_mib": 0.5}])
def test_a_limit_that_makes_no_sense_is_an_option_error(limits: dict[str, Any]) -> None:
    """When the runner is made, not at a call."""
    with pytest.raises(PoetOptionError):
        runner("", add, name="add", **limits)


def test_ctrl_c_in_the_original_ends_the_call(run: Make) -> None:
    """It is the user's, not the version's."""

    def stop(a: int) -> int:
        raise KeyboardInterrupt(a)

    for mode in MODES:
        with pytest.raises(KeyboardInterrupt):
            run("def stop(a):\n    return original(a)\n", stop, mode)(1)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    | st.tuples(inner, inner),
    max_leaves=8,
)  # fmt: skip


@given(st.lists(PLAIN, max_size=4), st.lists(PLAIN, max_size=4))
def test_an_updated_container_equals_its_changed_copy(old: list[Any], new: list[Any]) -> None:
    """Whatever was done to the copy; the container stays the same object."""
    assert is_plain(old)
    update(old, new)
    assert old == new
    assert list(map(type, old)) == list(map(type, new))
