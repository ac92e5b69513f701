from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from dana_poet.codegen import runner_acts
from dana_poet.codegen.runner import CandidateError, Mode, Runner, runner
from dana_poet.codegen.runner_source import straight
from dana_poet.codegen.runner_way import may_give_strangers

GUARDED: tuple[Mode, ...] = ("isolated", "restricted")
MODES: tuple[Mode, ...] = (*GUARDED, "trusted")


def add(a: int, b: int = 2) -> int:
    """Add."""
    return a + b


def forever() -> Iterator[int]:
    """Yield without end."""
    while True:
        yield 1


async def later(x: int) -> int:
    """Add one."""
    await asyncio.sleep(0)
    return x + 1


async def ticks(n: int) -> AsyncIterator[int]:
    """Yield numbers."""
    for number in range(n):
        yield number


def called(source: str, original: Callable[..., Any], mode: Mode, *args: Any, **more: Any) -> Any:
    """Call a version once."""
    made: Runner = runner(source, original, name=original.__name__, mode=mode, **more)
    try:
        return made(*args)
    finally:
        made.close()


@pytest.mark.parametrize("mode", GUARDED)
def test_a_plain_function_may_be_granted_an_asynchronous_one(mode: Mode) -> None:
    """It has no loop to wait on, so the grant gets one."""
    source = "def add(a, b=2):\n    return fetch(a) + fetch(b)\n"
    assert called(source, add, mode, 1, grants={"fetch": later}) == 5


def test_a_granted_coroutine_runs_inside_a_running_loop_too() -> None:
    """The caller's loop is busy with the plain function."""

    async def main() -> Any:
        return called("def add(a, b=2):\n    return fetch(a)\n", add, "isolated", 1, grants={"fetch": later})

    assert asyncio.run(main()) == 2


@pytest.mark.parametrize("mode", GUARDED)
def test_items_without_end_are_an_error_of_the_original(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call ends, and it is known that the original was called."""
    monkeypatch.setattr(runner_acts, "MOST_ITEMS", 50)
    with pytest.raises(CandidateError, match="more than") as caught:
        called("def forever():\n    yield from original()\n", forever, mode)
    assert (caught.value.kind, caught.value.acted) == ("error", True)


@pytest.mark.parametrize("mode", GUARDED)
def test_async_syntax_of_every_kind_has_a_plain_meaning(mode: Mode) -> None:
    """Comprehensions, contexts and the tools of asyncio that need no loop."""
    source = """
import asyncio
async def later(x):
    async with asyncio.timeout(5), asyncio.Lock():
        found = await asyncio.gather(original(x), asyncio.wait_for(original(x + 1), 3))
    async def twice(n):
        yield n
        yield n
    found += [n async for n in twice(x)]
    return sum(found)
"""
    assert asyncio.run(called(source, later, mode, 1)) == 2 + 3 + 1 + 1


def test_code_without_async_stays_as_it_is_written() -> None:
    """Its lines are those of the version's file."""
    source = "def f(async_):  # not async\n    return  async_\n"
    assert straight(source) == (source, False)


def test_what_a_restricted_version_prints_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The caller's terminal is not its."""
    with caplog.at_level(logging.DEBUG, "dana_poet.generated"):
        assert called("def add(a, b=2):\n    print('a', a)\n    return a\n", add, "restricted", 1) == 1
    assert caplog.messages == ["a 1"]


def test_a_restricted_version_may_print_into_its_own_text() -> None:
    """That is no output."""
    source = "import io\ndef add(a, b=2):\n    out = io.StringIO()\n    print(a, file=out)\n    return out.getvalue()\n"
    assert called(source, add, "restricted", 1) == "1\n"


def test_memory_that_runs_out_in_process_has_its_kind() -> None:
    """As in the sandbox, though nobody limits it here."""
    with pytest.raises(CandidateError) as caught:
        called("def add(a, b=2):\n    raise MemoryError('a')\n", add, "restricted", 1)
    assert caught.value.kind == "memory"


@pytest.mark.parametrize("mode", MODES)
def test_a_version_cannot_end_the_program(mode: Mode) -> None:
    """SystemExit is an error of the version."""
    code = "    raise SystemExit(3)\n" if mode != "trusted" else "    raise ValueError\n"
    with pytest.raises(CandidateError) as caught:
        called(f"def add(a, b=2):\n{code}", add, mode, 1)
    assert caught.value.kind == "error"


def test_a_module_that_a_domain_grants_is_there() -> None:
    """Numpy is the one that the sandbox has to be told of."""
    source = "import numpy as np\ndef add(a, b=2):\n    return int(np.array([a, b]).sum())\n"
    with pytest.raises(CandidateError):
        called(source, add, "isolated", 1)
    assert called(source, add, "isolated", 1, modules={"numpy", "httpx"}, timeout=20.0, memory_mib=512) == 3


@pytest.mark.parametrize(("hint", "strangers"), [
    (int, False), ("int | None", False), (dict[str, list[float]], False), (None, False), (Iterator[int], False),
    (object, True), (Any, True), ("Order", True), (list[Runner], True),
])  # fmt: skip
def test_a_hint_says_whether_a_result_can_enter(hint: object, strangers: bool) -> None:
    """A program for plain results needs no class, which costs a sweep after each call."""

    def original() -> Any:
        return None

    original.__annotations__["return"] = hint
    assert may_give_strangers(original) is strangers


def test_a_result_that_breaks_its_hint_can_be_handed_on() -> None:
    """The caller gets what the original gives."""

    def lies() -> int:
        return len  # type: ignore[return-value]

    assert called("def lies():\n    return original()\n", lies, "isolated") is len


@pytest.mark.parametrize("mode", MODES)
def test_an_async_generator_that_fails_says_so(mode: Mode) -> None:
    """At its first item in a sandbox, at the item where it fails when it is trusted."""

    async def main() -> list[int]:
        source = "async def ticks(n):\n    yield 1\n    raise ValueError('late')\n"
        return [x async for x in called(source, ticks, mode, 3)]

    with pytest.raises(CandidateError, match="late"):
        asyncio.run(main())
