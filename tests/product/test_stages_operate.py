"""Operate: retries of what is transient, deadlines, circuit breaker, fallback; asked from every kind of function."""

from __future__ import annotations

import asyncio
import threading
import urllib.error
from email.message import Message
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dana_poet import poet
from dana_poet.errors import (
    PoetCircuitOpenError,
    PoetOptionError,
    PoetTimeoutError,
    PoetValidationError,
    PoetWarning,
)
from dana_poet.stages import breaker, operate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


pytestmark = pytest.mark.usefixtures("kept_elsewhere")


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note the waits between attempts instead of waiting."""
    noted: list[float] = []
    monkeypatch.setattr(operate, "sleep", noted.append)

    async def sleep(seconds: float) -> None:
        noted.append(seconds)

    monkeypatch.setattr("tenacity.asyncio._portable_async_sleep", sleep)
    return noted


class Fails:
    """A function that raises what it was given, one after the other, and then returns."""

    def __init__(self, *errors: Exception, then: Any = "done") -> None:
        self.errors, self.calls, self.then = list(errors), 0, then

    def __call__(self) -> Any:
        """Fail once more, or return."""
        return self.run()

    def run(self) -> Any:
        """Fail once more, or return."""
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.then


def status(code: int, **headers: str) -> httpx.HTTPStatusError:
    """Return what httpx raises for a status."""
    request = httpx.Request("GET", "http://service.test")
    return httpx.HTTPStatusError("no", request=request, response=httpx.Response(code, headers=headers, request=request))


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError("x"), TimeoutError("x"), status(429), status(503), httpx.ConnectError("x"),
        httpx.ReadTimeout("x"), urllib.error.HTTPError("u", 502, "bad", Message(), None),
        urllib.error.URLError(ConnectionRefusedError("x")),
    ],
    ids=repr,
)  # fmt: skip
def test_what_may_pass_is_tried_again(error: Exception, waits: list[float]) -> None:
    """Lost connections, time-outs, 429 and 5xx, in the errors of every HTTP client."""
    failing = Fails(error)
    assert poet(retries=1)(failing.run)() == "done"
    assert (failing.calls, len(waits)) == (2, 1)


@pytest.mark.parametrize(
    "error", [ValueError("x"), TypeError("x"), KeyError("x"), status(404), ZeroDivisionError(), PoetTimeoutError("x")],
    ids=repr,
)  # fmt: skip
def test_a_mistake_is_never_tried_again(error: Exception, waits: list[float]) -> None:
    """The same call would fail the same way; the caller gets the function's own error."""
    failing = Fails(error)
    with pytest.raises(type(error)) as raised:
        poet(retries=5)(failing.run)()
    assert raised.value is error
    assert (failing.calls, waits) == (1, [])


def test_retries_are_counted_and_the_last_error_is_raised(waits: list[float]) -> None:
    """`retries` is how often it is tried again, with waits drawn from a growing range."""
    failing = Fails(*[ConnectionError(str(number)) for number in range(9)])
    with pytest.raises(ConnectionError, match="3"):
        poet(retries=3)(failing.run)()
    assert failing.calls == 4
    assert all(0 <= wait <= 0.1 * 2**number for number, wait in enumerate(waits, 1))


def test_retry_after_is_honoured(waits: list[float]) -> None:
    """Seconds that the service asks for are waited; an hour without a deadline is an error instead."""
    failing = Fails(status(429, **{"Retry-After": "7"}))
    assert poet(retries=1)(failing.run)() == "done"
    assert waits == [7.0]
    with pytest.raises(httpx.HTTPStatusError):
        poet(retries=1)(Fails(status(429, **{"Retry-After": "3000"})).run)()


def test_what_acts_outside_is_not_repeated_unasked(tmp_path: Path) -> None:
    """An answer that got lost is no proof that nothing happened; `retries` written out is consent."""
    path = tmp_path / "log"

    def book() -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write("x")
        raise ConnectionError

    for options, times in (({}, 1), ({"retries": 2}, 3)):
        path.unlink(missing_ok=True)
        wrapped: Any = poet(**options)(book)
        with pytest.raises(ConnectionError):
            wrapped()
        assert path.read_text(encoding="utf-8") == "x" * times


def test_plain_functions_are_tried_again_by_default() -> None:
    """Changing a list of this process is no reason against it."""
    seen: list[int] = []

    @poet
    def f() -> int:
        seen.append(1)
        if len(seen) < 3:
            raise ConnectionError
        return len(seen)

    assert f() == 3


def test_a_deadline_ends_a_call_that_hangs() -> None:
    """The caller goes on; attempts share the deadline."""
    stop = threading.Event()

    @poet(timeout=0.05)
    def hang() -> bool:
        return stop.wait(30)

    with pytest.raises(PoetTimeoutError, match=r"hang took longer than 0\.05 s"):
        hang()
    stop.set()


def test_an_attempt_has_a_limit_of_its_own() -> None:
    """One attempt that hangs is one failure: the next may succeed."""
    stop, calls = threading.Event(), []

    @poet(attempt_timeout=0.05, retries=1)
    def slow_once() -> int:
        calls.append(1)
        if len(calls) == 1:
            stop.wait(30)
        return len(calls)

    assert slow_once() == 2
    stop.set()


def test_async_functions_have_all_of_it() -> None:
    """They stay coroutine functions; a deadline cancels them."""
    failing, cancelled = Fails(ConnectionError()), []

    @poet(retries=1)
    async def fetch() -> Any:
        return failing()

    @poet(timeout=0.02)
    async def hang() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    @poet(fallback=lambda: "spare", retries=0)
    async def broken() -> str:
        raise ConnectionError

    assert asyncio.iscoroutinefunction(fetch)
    assert asyncio.run(fetch()) == "done"
    with pytest.raises(PoetTimeoutError):
        asyncio.run(hang())
    assert cancelled == [True]
    assert asyncio.run(broken()) == "spare"


def test_the_circuit_opens_and_lets_one_call_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed, open, half-open: one failure of the trial opens it again, one success closes it."""
    now = [0.0]
    monkeypatch.setattr(breaker, "monotonic", lambda: now[0])
    failing = Fails(*[ConnectionError("gone")] * 3)
    call: Any = poet(retries=0, circuit_breaker={"failures": 2, "seconds": 10})(failing.run)
    for _ in range(2):
        with pytest.raises(ConnectionError, match="gone"):
            call()
    assert call.poet.circuit == "open"
    with pytest.raises(PoetCircuitOpenError) as refused:
        call()
    assert (failing.calls, refused.value.wait) == (2, 10.0)
    now[0] = 11.0
    assert call.poet.circuit == "half-open"
    with pytest.raises(ConnectionError, match="gone"):
        call()
    assert call.poet.circuit == "open"
    now[0] = 22.0
    assert call() == "done"
    assert call.poet.circuit == "closed"


def test_a_mistake_does_not_open_the_circuit() -> None:
    """The other side answered."""
    call: Any = poet(retries=0, circuit_breaker=1)(Fails(*[ValueError()] * 3).run)
    for _ in range(3):
        with pytest.raises(ValueError, match=r"^$"):
            call()
    assert call.poet.circuit == "closed"


@pytest.mark.parametrize("fallback", [lambda x: x * 10, 30], ids=["function", "value"])
def test_the_fallback_stands_in_when_nothing_helped(fallback: Any) -> None:
    """A function of the same arguments, or a value; it is counted. It never hides a refused argument."""

    def fails(x: int) -> int:
        raise ConnectionError(str(x))

    call: Any = poet(fallback=fallback, retries=1)(fails)
    assert call(3) == 30
    assert call.poet.fallbacks == 1
    with pytest.raises(PoetValidationError):
        call("3")


def test_the_users_own_operate_runs_the_function() -> None:
    """It gets a function without arguments, and returns what the call gives."""
    assert poet(operate=lambda run: run() + 1)(lambda x: x)(1) == 2


def test_a_domain_tries_another_address() -> None:
    """`fallback_endpoint` of the api domain: the same call, elsewhere, after the retries."""
    asked: list[str] = []

    @poet(domain="api", learning="off", retries=1, fallback_endpoint="https://spare.test")
    def fetch(url: str) -> str:
        asked.append(url)
        if "spare" not in url:
            raise ConnectionError
        return "answer"

    assert fetch("https://main.test/users/7") == "answer"
    assert asked == ["https://main.test/users/7"] * 2 + ["https://spare.test/users/7"]


def test_generators_start_again_before_their_first_item() -> None:
    """Later items were given away already, so a later failure is the caller's to see."""
    failing = Fails(ConnectionError())

    @poet(retries=1)
    def items() -> Any:
        failing()
        yield 1
        raise ConnectionError

    running = items()
    assert next(running) == 1
    with pytest.raises(ConnectionError):
        next(running)
    assert failing.calls == 2


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": 0}, {"timeout": "1"}, {"attempt_timeout": -1}, {"retries": -1}, {"retries": True}, {"max_retries": 1.5},
        {"retires": 1}, {"domian": "api"}, {"on_failure": "ignore"}, {"learning": "sometimes"}, {"operate": {"timeout": -1}},
        {"circuit_breaker": {"seconds": 0}}, {"circuit_breaker": "on"}, {"domain": "finacial_services"},
        {"objectives": {"accuracy": {"weight": "high"}}}, {"objectives": {"accuracy": {"weight": -1}}},
    ],
    ids=str,
)  # fmt: skip
def test_a_senseless_option_is_refused(options: dict[str, Any]) -> None:
    """At the decoration, by name."""
    with pytest.raises(PoetOptionError):
        poet(**options)


def test_options_of_a_stage_stand_for_those_of_the_function() -> None:
    """`operate={"timeout": ...}` is `timeout=...`."""
    failing = Fails(*[ConnectionError()] * 3)
    with pytest.raises(ConnectionError):
        poet(operate={"max_retries": 1})(failing.run)()
    assert failing.calls == 2


def kinds() -> list[Callable[..., Any]]:
    """Return things that can be called and have no source of their own."""
    import functools

    return [functools.partial(max, 2), abs, str.upper, "x".join, Fails(then=1), lambda *a: a]


@pytest.mark.parametrize("function", kinds(), ids=["partial", "abs", "upper", "join", "object", "lambda"])
def test_what_has_no_source_works_all_the_same(function: Callable[..., Any]) -> None:
    """Partials, functions written in C, methods of built-in types, callable objects, lambdas."""
    args: tuple[Any, ...] = {"abs": (3,), "upper": ("a",), "join": (["a"],)}.get(getattr(function, "__name__", ""), ())
    args = (5,) if "partial" in repr(function) else args
    made: Any = poet(function)
    target = made if callable(made) else function
    assert target(*args) == function(*args)


@pytest.mark.parametrize("function", [lambda n: n, abs], ids=["lambda", "abs"])
def test_what_has_no_source_and_is_to_become_better_says_so_once(
    function: Callable[[int], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks for a goal is told that there will be no versions, and has the result."""
    monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path))
    call: Any = poet(domain="api", optimize_for="speed")(function)
    with pytest.warns(PoetWarning, match="has no versions: ") as told:
        assert [call(3), call(3)] == [3, 3]
    assert len(told) == 1


def test_a_trial_that_never_comes_back_does_not_keep_the_circuit_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancelled or interrupted trial tells nothing; another one may try after the same time."""
    now = [0.0]
    monkeypatch.setattr(breaker, "monotonic", lambda: now[0])
    circuit = breaker.Breaker("f", failures=1, seconds=10)
    circuit.failed(ConnectionError())
    now[0] = 11.0
    circuit.admit()
    with pytest.raises(PoetCircuitOpenError):
        circuit.admit()
    now[0] = 22.0
    circuit.admit()


def test_an_async_fallback_stands_in_for_a_wrong_result() -> None:
    """It is awaited."""

    async def spare() -> int:
        return 7

    @poet(on_failure="fallback", fallback=spare)
    async def wrong() -> int:
        return "text"  # type: ignore[return-value]

    assert asyncio.run(wrong()) == 7
