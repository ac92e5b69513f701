"""Between the calls of one function: generation, verification, trial, promotion, and the way back."""

from __future__ import annotations

import asyncio
import sys
import threading
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.codegen.generator import Candidate, GenerationError, GenerationRequest
from dana_poet.codegen.lifecycle import Lifecycle, live
from dana_poet.codegen.original import Original
from dana_poet.codegen.serving import Serving
from dana_poet.codegen.serving_async import AsyncServing, StreamServing
from dana_poet.errors import PoetOptionError, PoetWarning
from tests.codegen.model_faults import ARGUMENTS, CODE_FAULTS, GENERATION_FAULTS, RESULT, ModelFault, scaled
from tests.codegen.test_generator_faults import generating

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path


def total(values: list[int], start: int = 0) -> int:
    """Add up."""
    for value in values:
        start += value
    return start


async def awaited(value: int) -> int:
    """Wait, and double."""
    await asyncio.sleep(0)
    return 2 * value


def counted(most: int) -> Iterator[int]:
    """Count."""
    yield from range(most)


async def streamed(most: int) -> AsyncIterator[int]:
    """Count, and wait."""
    for value in range(most):
        await asyncio.sleep(0)
        yield value


sent: list[str] = []


def send(text: str) -> int:
    """Do something that must not be done twice."""
    sys.stdout.write(text)
    sent.append(text)
    return len(text)


BETTER = "def total(values: list[int], start: int = 0) -> int:\n    return start + sum(values)\n"
WRONG = "def total(values: list[int], start: int = 0) -> int:\n    return start + sum(values[:3])\n"


class Fixed:
    """A generator that gives these sources, one after the other, and then fails."""

    name = "fixed"

    def __init__(self, *sources: str) -> None:
        self.sources = list(sources)
        self.requests: list[GenerationRequest] = []

    def generate(self, request: GenerationRequest) -> Candidate:
        """Return the next source."""
        self.requests.append(request)
        if not self.sources:
            raise GenerationError("nothing left", reason="exhausted")
        return Candidate(self.sources.pop(0), "model", self.name)


class Stage:
    """A function with its lifecycle; calling it calls what is implemented."""

    def __init__(self, function: Callable[..., Any], folder: Path, **options: Any) -> None:
        self.implementation = function
        self.lifecycle = Lifecycle(
            Original.of(function), function, folder=str(folder), options=options, implement=self.implement
        )

    def implement(self, function: Callable[..., Any]) -> None:
        """Take what a call shall run."""
        self.implementation = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self.implementation(*args, **kwargs)

    def started(self) -> Stage:
        """Start, and wait for what is generated."""
        self.lifecycle.start()
        assert self.lifecycle.wait(60)
        return self

    def states(self) -> list[str]:
        """Return the states of all versions, oldest first."""
        return [one.state for one in self.lifecycle.versions]


@pytest.fixture
def closing() -> Iterator[list[Stage]]:
    """Close the lifecycles of a test."""
    made: list[Stage] = []
    yield made
    for one in made:
        one.lifecycle.close()


def stored(folder: Path, function: Callable[..., Any], source: str, state: str, **options: Any) -> Stage:
    """Return a function whose only version was stored without verification: what the gates let through by mistake."""
    stage = Stage(function, folder, **options)
    version = stage.lifecycle.history.add(Candidate(source, "model", "test"), None)
    for one in ("verified", state):
        if one == "verified" or state != "verified":
            stage.lifecycle.history.move(version, one, "for a test", {"percent": 100.0} if one == "canary" else None)  # type: ignore[arg-type]  # a state by its name
    stage.lifecycle.start()
    return stage


def test_a_verified_version_serves_where_no_trial_is_asked_for(tmp_path: Path, closing: list[Stage]) -> None:
    """The original serves first, the version as soon as it is there."""
    stage = Stage(total, tmp_path, generator=Fixed(BETTER), promotion="verified")
    closing.append(stage.started())
    assert stage([1, 2, 3], start=4) == 10
    assert isinstance(stage.implementation, Serving)
    assert stage.states() == ["active"]
    assert live(stage.lifecycle.name) is stage.lifecycle


def test_a_refused_version_is_kept_with_its_counterexample(tmp_path: Path, closing: list[Stage]) -> None:
    """The next prompt has it, and the original serves."""
    generator = Fixed(WRONG, BETTER)
    stage = Stage(total, tmp_path, generator=generator, promotion="verified")
    closing.append(stage.started())
    assert stage.states() == ["quarantined"]
    assert stage([1, 2, 3, 4]) == 10
    assert [one.reason for one in stage.lifecycle.failures] == ["unverified"]
    assert stage.lifecycle.generate(["it forgets values"], wait=60) == "started"
    assert generator.requests[1].counterexamples
    assert generator.requests[1].feedback == ("it forgets values",)
    assert stage.states() == ["quarantined", "active"]
    assert stage([1, 2, 3, 4]) == 10


def test_a_warm_start_asks_no_model(tmp_path: Path, closing: list[Stage]) -> None:
    """The stored version serves from the first call."""
    closing.append(Stage(total, tmp_path, generator=Fixed(BETTER), promotion="verified").started())
    nobody = Fixed()
    again = Stage(total, tmp_path, generator=nobody, promotion="verified")
    closing.append(again.started())
    assert again([1, 2]) == 3
    assert isinstance(again.implementation, Serving)
    assert nobody.requests == []


def test_a_version_in_shadow_changes_nothing_and_is_taken_back_when_wrong(tmp_path: Path, closing: list[Stage]) -> None:
    """Both run, the original's value is used; a difference is a counterexample."""
    stage = stored(tmp_path, total, WRONG, "shadow")
    closing.append(stage)
    assert stage([1, 2]) == 3
    assert stage([1, 2, 3, 4]) == 10
    assert stage.lifecycle.wait(30)
    assert stage.states() == ["quarantined"]
    assert "the call with ([1, 2, 3, 4])" in stage.lifecycle.history.counterexamples()[0]
    assert stage.implementation is total


def test_an_equal_version_is_not_promoted_by_luck(tmp_path: Path, closing: list[Stage]) -> None:
    """Shadow finds nothing wrong, and then it has to be better in a canary."""
    stage = stored(tmp_path, total, BETTER, "shadow", promotion={"shadow": 20, "per_step": 1})
    closing.append(stage)
    for number in range(60):
        assert stage([number, 1]) == number + 1
    assert stage.lifecycle.wait(30)
    stage([1])
    assert stage.states() == ["canary"]


RAISING = "def total(values: list[int], start: int = 0) -> int:\n    raise KeyError('no')\n"
LOOPING = "def total(values: list[int], start: int = 0) -> int:\n    while True:\n        pass\n"
AFTER = "def total(values: list[int], start: int = 0) -> int:\n    found = original(values, start)\n    raise KeyError('no')\n"


@pytest.mark.parametrize("source", [RAISING, LOOPING, AFTER], ids=["raises", "loops", "raises after the original"])
def test_a_version_that_fails_is_covered_by_the_original(source: str, tmp_path: Path, closing: list[Stage]) -> None:
    """The caller gets the original's value."""
    stage = stored(tmp_path, total, source, "active", timeout=0.3)
    closing.append(stage)
    assert stage([1, 2], 3) == 6
    if source is not LOOPING:
        assert stage.states() == ["quarantined"]
        assert stage.implementation is total


def test_what_the_original_raises_is_raised(tmp_path: Path, closing: list[Stage]) -> None:
    """An exception of the original through the version is the original's own, and no fault of the version's."""
    source = "def total(values: list[int], start: int = 0) -> int:\n    return original(values, start)\n"
    stage = stored(tmp_path, total, source, "active")
    closing.append(stage)
    with pytest.raises(TypeError):
        stage([1, "x"])
    assert stage.states() == ["active"]


def test_what_acts_is_never_done_twice(
    tmp_path: Path, closing: list[Stage], capsys: pytest.CaptureFixture[str]
) -> None:
    """A version that fails after it had called the original brings the original's answer."""
    source = "def send(text: str) -> int:\n    found = original(text)\n    raise ValueError('late')\n"
    stage = stored(tmp_path, send, source, "active")
    closing.append(stage)
    sent.clear()
    assert stage("hello") == 5
    assert sent == ["hello"]
    assert capsys.readouterr().out == "hello"


def test_inputs_that_cannot_cross_are_the_originals(tmp_path: Path, closing: list[Stage]) -> None:
    """An object of the caller's says nothing about the version: it stays."""

    class Odd(list):  # type: ignore[type-arg]  # any list
        pass

    stage = stored(tmp_path, total, BETTER, "active")
    closing.append(stage)
    assert stage(Odd([1, 2])) == 3
    assert stage.states() == ["active"]


def test_async_functions_have_versions(tmp_path: Path, closing: list[Stage]) -> None:
    """They are awaited as before; a failing version is covered."""
    good = "async def awaited(value: int) -> int:\n    return value + value\n"
    stage = stored(tmp_path / "good", awaited, good, "active")
    bad = stored(
        tmp_path / "bad", awaited, "async def awaited(value: int) -> int:\n    raise KeyError('no')\n", "active"
    )
    closing.extend((stage, bad))
    assert isinstance(stage.implementation, AsyncServing)
    assert asyncio.run(stage(4)) == 8
    assert asyncio.run(bad(4)) == 8
    assert bad.states() == ["quarantined"]


def test_generators_have_versions(tmp_path: Path, closing: list[Stage]) -> None:
    """Sync and async; a failing version is covered before the first item."""
    good = "def counted(most: int):\n    for one in range(most):\n        yield one\n"
    stage = stored(tmp_path / "good", counted, good, "active")
    bad = stored(
        tmp_path / "bad", counted, "def counted(most: int):\n    yield 7\n    raise KeyError('no')\n", "active"
    )
    closing.extend((stage, bad))
    assert isinstance(stage.implementation, StreamServing)
    assert list(stage(3)) == [0, 1, 2]
    assert list(bad(3)) == [0, 1, 2]


@pytest.mark.parametrize("failing", [False, True], ids=["good", "failing"])
def test_async_generators_have_versions(failing: bool, tmp_path: Path, closing: list[Stage]) -> None:
    """Items are those of the original, whoever gives them."""
    body = "raise KeyError('no')\n    yield 1" if failing else "for one in range(most):\n        yield one"
    stage = stored(tmp_path, streamed, f"async def streamed(most: int):\n    {body}\n", "active")
    closing.append(stage)

    async def all_of() -> list[int]:
        return [one async for one in stage(3)]

    assert asyncio.run(all_of()) == [0, 1, 2]


def test_a_pinned_version_stays(tmp_path: Path, closing: list[Stage]) -> None:
    """A person knows better than a trial; the caller still gets the original's value for a failure."""
    first = stored(tmp_path, total, RAISING, "verified", promotion="manual")
    first.lifecycle.history.pin(1)
    first.lifecycle.refresh()
    closing.append(first)
    assert "pinned" in first.lifecycle.describe()
    assert first([1, 2]) == 3
    assert first.states() == ["verified"]
    first.lifecycle.history.unpin()
    first.lifecycle.history.pin(0)
    first.lifecycle.refresh()
    assert first.implementation is total


def test_a_stale_version_never_runs(tmp_path: Path) -> None:
    """It was made for other code."""
    stored(tmp_path, total, BETTER, "active").lifecycle.close()

    def changed(values: list[int], start: int = 0) -> int:
        return start + len(values)

    changed.__qualname__, changed.__name__ = "total", "total"
    original = Original.of_source(
        "def total(values: list[int], start: int = 0) -> int:\n    return start + len(values)"
    )
    original = type(original)(
        **{
            **{name: getattr(original, name) for name in original.__dataclass_fields__},
            "module": total.__module__,
            "qualname": "total",
            "file": Original.of(total).file,
        }
    )
    held: list[Any] = [changed]
    lifecycle = Lifecycle(original, changed, folder=str(tmp_path), options={}, implement=held.append)
    with pytest.warns(PoetWarning, match="stale"):
        lifecycle.start()
    assert held[-1] is changed


@pytest.mark.parametrize("damage", [b"", b"def total(values, start=0):\n    return 99\n", b"\xff\xfe"])
def test_a_changed_file_is_not_run(damage: bytes, tmp_path: Path) -> None:
    """Truncated or edited: one warning, and the original."""
    stage = stored(tmp_path, total, BETTER, "active")
    stage.lifecycle.close()
    (tmp_path / "total_v1.py").write_bytes(damage)
    again = Stage(total, tmp_path)
    with pytest.warns(PoetWarning, match="version 1"):
        again.lifecycle.start()
    assert again([1, 2]) == 3
    assert again.implementation is total


def test_a_folder_that_is_a_file_costs_one_warning(tmp_path: Path) -> None:
    """Nothing can be stored; the function works, and the reason is told once."""
    folder = tmp_path / "state"
    folder.write_text("mine")
    stage = Stage(total, folder, generator=Fixed(BETTER), promotion="verified")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        stage.started()
        assert stage([1, 2]) == 3
    assert {one.category for one in told} == {PoetWarning}
    assert folder.read_text() == "mine"


def test_two_threads_start_one_generation(tmp_path: Path, closing: list[Stage]) -> None:
    """The second is told that it is running."""
    generator = Fixed(BETTER, BETTER)
    stage = Stage(total, tmp_path, generator=generator, promotion="verified")
    closing.append(stage)
    threads = [threading.Thread(target=stage.lifecycle.generate) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert stage.lifecycle.wait(60)
    assert len(stage.states()) == 1


def test_generation_stops_after_some_failures(tmp_path: Path, closing: list[Stage]) -> None:
    """Nobody pays for ever: after three refused versions it takes a person or feedback to try again."""
    sources = [WRONG.replace("[:3]", f"[:{most}]") for most in range(3, 9)]
    generator = Fixed(*sources)
    closing.extend(Stage(total, tmp_path, generator=generator).started() for _ in range(5))
    assert len(generator.requests) == 3


@pytest.mark.parametrize(
    "fault", [one for one in (*GENERATION_FAULTS, *CODE_FAULTS) if not one.slow], ids=lambda one: one.name
)
def test_every_fault_of_a_model_leaves_the_originals_result(fault: ModelFault, tmp_path: Path) -> None:
    """The reason is recorded."""
    with generating(fault, fault.protocols[0]) as (generator, _server), warnings.catch_warnings():
        warnings.simplefilter("ignore", PoetWarning)
        stage = Stage(scaled, tmp_path, generator=generator, promotion="verified").started()
        assert stage(*ARGUMENTS) == RESULT
        assert stage.lifecycle.failures
        reason = stage.lifecycle.failures[-1].reason
        assert reason
        trail = [str(one) for one in stage.lifecycle.history.audit()]
        assert any(reason in one or "quarantined" in one for one in trail)
        stage.lifecycle.close()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"generator": "gpt"}, "generator"),
        ({"promotion": "soon"}, "promotion"),
        ({"promotion": {"stepps": 1}}, "stepps"),
        ({"metric": 3}, "metric"),
        ({"grants": {"fetch": 1}}, "grants"),
        ({"examples": [1]}, "example"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(options: dict[str, Any], said: str, tmp_path: Path) -> None:
    """Before anything is stored."""
    with pytest.raises(PoetOptionError, match=said):
        Stage(total, tmp_path, **options)
    assert list(tmp_path.iterdir()) == []


class Unpaid:
    """A generator that only a person can mend."""

    name = "unpaid"

    def generate(self, request: GenerationRequest) -> Candidate:
        """Say what a person has to do."""
        del request
        raise GenerationError("no money left", reason="budget")


def test_a_warning_from_the_background_points_at_the_function(tmp_path: Path) -> None:
    """No line of the user's program has led there, and `threading.py` is nobody's file to mend."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        Stage(total, tmp_path, generator=Unpaid()).started()
    assert [(one.filename, one.lineno) for one in told] == [(__file__, total.__code__.co_firstlineno)]
    assert "no version was generated: no money left" in str(told[0].message)


async def doubled(values: list[int]) -> list[int]:
    """Double each."""
    return [2 * one for one in values]


@pytest.mark.parametrize(("good", "state"), [(True, "canary"), (False, "quarantined")])
def test_an_async_version_in_shadow_delays_nobody(good: bool, state: str, tmp_path: Path, closing: list[Stage]) -> None:
    """It runs in the background, also when the caller's loop has ended; the caller's own value is not waited for."""
    body = "[one + one for one in values]" if good else "values"
    source = f"async def doubled(values: list[int]) -> list[int]:\n    return {body}\n"
    stage = stored(tmp_path, doubled, source, "shadow", promotion={"shadow": 3})
    closing.append(stage)
    serving: Any = stage.lifecycle.serving
    free, ran, threads = threading.Event(), serving.ran, []

    def late(args: Any, kwargs: Any) -> Any:
        threads.append(threading.current_thread().name)
        assert free.wait(30)
        return ran(args, kwargs)

    serving.ran = late
    assert [asyncio.run(stage([number])) for number in range(3)] == [[0], [2], [4]]
    free.set()
    assert serving.idle(30)
    assert set(threads) == {"poet-shadow"}
    assert stage.states()[-1] == state


class Odd:
    """A generator that does what no generator should."""

    name = "odd"

    def __init__(self, given: Any) -> None:
        self.given = given

    def generate(self, request: GenerationRequest) -> Any:
        """Raise or return what it was given."""
        del request
        if isinstance(self.given, BaseException):
            raise self.given
        return self.given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "gave None"), ("text", "gave 'text'"), (Candidate(b"x", "model", "odd"), "a source of type bytes"),  # type: ignore[arg-type]  # the mistake
        (SystemExit(3), "raised SystemExit"), (KeyboardInterrupt(), "raised KeyboardInterrupt"),
        (MemoryError("much"), "raised MemoryError: much"), (RecursionError("deep"), "raised RecursionError: deep"),
    ],
    ids=["nothing", "a text", "bytes", "exit", "interrupt", "memory", "depth"],
)  # fmt: skip
def test_a_generator_that_does_what_none_should_has_a_reason(
    given: Any, said: str, tmp_path: Path, closing: list[Stage]
) -> None:
    """It is on record, and the original serves."""
    with pytest.warns(PoetWarning, match=said):
        stage = Stage(total, tmp_path, generator=Odd(given)).started()
    closing.append(stage)
    assert stage([1, 2]) == 3
    assert [one.reason for one in stage.lifecycle.failures] == ["generator_error"]
    assert any("generator_error" in entry.reason for entry in stage.lifecycle.history.audit())
