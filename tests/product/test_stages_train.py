"""Train and `fn.poet`: execution ids, what is told of a call, and every kind of thing that `@poet` stands on."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import inspect
import json
import linecache
import pickle
import threading
import traceback
import warnings
from typing import TYPE_CHECKING, Any, Literal

import pytest

import dana_poet
from dana_grammar.check.poet_options import OPTIONS
from dana_poet import poet
from dana_poet.domains import Domain, register
from dana_poet.errors import PoetTimeoutError, PoetValidationError, PoetWarning
from dana_poet.events import session_store
from dana_poet.runtime.feedback import track_execution
from dana_poet.stages import train
from dana_poet.stages.constraints import Objective
from dana_poet.stages.options import KNOWN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator
    from pathlib import Path

DOMAIN = register(Domain(name="stages_test", summary="a domain for these tests", private=True))


@poet
def double(n: int) -> int:
    """Return twice the number."""
    return 2 * n


@pytest.fixture(autouse=True)
def _versions_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep what functions of this file store out of its folder."""
    monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Note what is published instead of storing it."""
    records: list[dict[str, Any]] = []
    monkeypatch.setattr(train.Trainer, "publish", lambda _self, record: records.append(record))
    return records


def test_a_poet_function_still_looks_like_the_users_own() -> None:
    """Name, docstring, signature, pickling by name; tracebacks show the user's line."""
    assert (double.__name__, double.__doc__) == ("double", "Return twice the number.")
    assert str(inspect.signature(double)) == "(n: 'int') -> 'int'"
    assert pickle.loads(pickle.dumps(double)) is double  # noqa: S301 - our own bytes

    @poet
    def fails() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError) as raised:
        fails()
    shown = "".join(traceback.format_exception(raised.value))
    assert 'raise KeyError("mine")' in shown
    assert "During handling" not in shown


def test_each_call_has_an_id_of_its_own() -> None:
    """The latest in this context, else the latest of any; calls are counted."""
    about: Any = poet(lambda x: x)
    assert (about.poet.calls, about.poet.last_execution_id) == (0, None)
    ids = []
    for number in range(3):
        about(number)
        ids.append(about.poet.last_execution_id)
    assert (len(set(ids)), about.poet.calls) == (3, 3)
    seen: list[str] = []

    def call() -> None:
        about(9)
        seen.append(about.poet.last_execution_id)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert about.poet.last_execution_id == ids[-1]
    assert seen[0] not in ids


def test_tasks_see_their_own_execution() -> None:
    """Two calls that overlap do not mix their ids."""

    @poet
    async def call(pause: float) -> str:
        inside = track_execution({"pause": pause})
        await asyncio.sleep(pause)
        assert call.poet.last_execution_id == inside
        return inside

    async def both() -> tuple[str, str]:
        return await asyncio.gather(call(0.02), call(0.01))

    assert len(set(asyncio.run(both()))) == 2


def test_a_result_leads_to_its_execution() -> None:
    """Also when other calls came in between."""
    answer: Any = poet(lambda x: {"x": x})
    first = answer(1)
    execution = answer.poet.last_execution_id
    answer(2)
    assert track_execution(first) == execution


def test_calls_of_a_function_with_a_goal_are_told(told: list[dict[str, Any]]) -> None:
    """Id, name, success, seconds, the kind of error; arguments only on request; nothing for plain `@poet()`."""

    @poet(optimize_for="speed", record_inputs=True)
    def f(x: int) -> int:
        if x < 0:
            raise KeyError(x)
        return x

    double(1)
    f(3)
    with pytest.raises(KeyError):
        f(-1)
    good, bad = told
    assert good["execution_id"] != bad["execution_id"] == f.poet.last_execution_id
    assert good["function"].endswith("test_calls_of_a_function_with_a_goal_are_told.<locals>.f")
    assert (good["success"], bad["success"], bad["error"]) == (True, False, "KeyError")
    assert good["inputs"] == {"x": 3}
    assert good["metrics"]["speed"] > 0
    json.dumps(told)


@pytest.mark.parametrize(
    "options", [{}, {"domain": "api", "learning": "off"}, {"domain": "api", "train": False}], ids=str
)
def test_nothing_is_told_where_nothing_is_learned(options: dict[str, Any], told: list[dict[str, Any]]) -> None:
    """Level 1 stores nothing; learning can be switched off."""
    poet(**options)(lambda x: x)(1)
    assert told == []


def test_the_users_own_train_gets_the_record() -> None:
    """What it raises is one warning, and not the caller's problem."""
    records: list[dict[str, Any]] = []
    assert poet(train=records.append)(lambda x: x)(1) == 1
    assert records[0]["success"] is True

    def broken(_record: dict[str, Any]) -> None:
        raise OSError("disk full")

    call: Any = poet(train=broken)(lambda x: x)
    with pytest.warns(PoetWarning, match="disk full"):
        assert call(1) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert call(2) == 2


def test_events_are_stored_where_the_state_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below DANA_STATE_DIR, one event for each call, named by the execution."""
    from dana_poet.events import session_store

    monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path))
    call: Any = poet(domain="api")(lambda x: x)
    call(1)
    store = session_store(str(tmp_path))
    store.flush()
    events = list(store.query(type=train.COMPLETED))
    assert [event.payload["execution_id"] for event in events] == [call.poet.last_execution_id]
    store.close()


def test_a_private_domain_keeps_values_to_itself(told: list[dict[str, Any]]) -> None:
    """Neither an error nor an event holds one."""

    @poet(domain="stages_test", record_inputs=True)
    def f(name: str) -> str:
        return name

    f("Ada")
    with pytest.raises(PoetValidationError) as refused:
        f(4711)  # type: ignore[arg-type]
    assert "4711" not in str(refused.value)
    assert refused.value.value is None
    assert "Ada" not in json.dumps(told)


def test_methods_of_every_kind() -> None:
    """Functions in a class, class methods and static methods with `@poet` above or below, bound methods."""

    class Account:
        @poet
        def add(self, n: int) -> int:
            return n + 1

        @poet
        @classmethod
        def of(cls, n: int) -> str:
            return f"{cls.__name__}{n}"

        @staticmethod
        @poet
        def twice(n: int) -> int:
            return 2 * n

    account: Any = Account()
    assert (account.add(1), account.of(2), Account.of(2), account.twice(3)) == (2, "Account2", "Account2", 6)
    assert poet(account.add)(4) == 5
    for call in (account.add, account.of, account.twice):
        with pytest.raises(PoetValidationError, match="'n'"):
            call("x")


def test_generators_stay_generators() -> None:
    """Lazy, taking what is sent and thrown, returning what they return, closing what they hold."""
    closed: list[bool] = []

    @poet
    def echo(first: int) -> Generator[Any, Any, str]:
        got: Any = first
        try:
            while got != "stop":
                try:
                    got = yield got
                except KeyError:
                    got = "caught"
        finally:
            closed.append(True)
        return "end"

    assert inspect.isgeneratorfunction(echo)
    running: Any = echo(1)
    assert (next(running), running.send(2), running.throw(KeyError())) == (1, 2, "caught")
    with pytest.raises(StopIteration) as stop:
        running.send("stop")
    assert (stop.value.value, closed) == ("end", [True])
    other: Any = echo(1)
    next(other)
    other.close()
    assert closed == [True, True]


def test_async_generators_stay_what_they_are() -> None:
    """With `asend`, `athrow` and closing."""
    closed: list[bool] = []

    @poet
    async def echo(first: int) -> AsyncIterator[Any]:
        got: Any = first
        try:
            while True:
                try:
                    got = yield got
                except KeyError:
                    got = "caught"
        finally:
            closed.append(True)

    async def use() -> list[Any]:
        running: Any = echo(1)
        found = [await anext(running), await running.asend(2), await running.athrow(KeyError())]
        await running.aclose()
        return found

    assert inspect.isasyncgenfunction(echo)
    assert asyncio.run(use()) == [1, 2, "caught"]
    assert closed == [True]


def test_a_generator_past_its_deadline_ends() -> None:
    """At its next item, since nothing can interrupt it."""

    @poet(timeout=1e-9)
    def items() -> Iterator[int]:
        yield 1

    with pytest.raises(PoetTimeoutError):
        next(items())


def test_a_wrapper_can_be_told_what_to_run() -> None:
    """`implementation` is the seam for generated versions: the stages stay around it."""
    call: Any = poet(retries=0)(double.__wrapped__)
    assert call(2) == 4
    call.poet.implementation = lambda n: n + 1000
    assert call(2) == 1002
    with pytest.raises(PoetValidationError):
        call("2")


def test_what_was_learned_replaces_defaults_only() -> None:
    """`learn` is the seam for learning: parameters of the domain, never what the user wrote."""
    call: Any = poet(domain="api", learning="off", timeout=3.0)(lambda x: x)
    assert call.poet.settings["retries"] == 3
    call.poet.learn({"retries": 1, "timeout": 9.0})
    assert (call.poet.settings["retries"], call.poet.settings["timeout"]) == (1, 3.0)
    assert call(4) == 4


def test_a_function_explains_itself() -> None:
    """In words, stage by stage; its source is the template generator's."""
    text = double.poet.explain()
    for part in ("rule-based", "Perceive:", "Operate:", "Enforce:", "Train:", "Calls here:"):
        assert part in text
    assert "if type(n) is not int:" in double.poet.source
    assert repr(poet(retries=1)(lambda x: x).poet) == "@poet(retries=1)"
    assert "No versions: a lambda" in poet(lambda x: x).poet.explain()


def test_goals_in_every_published_spelling() -> None:
    """Tables, bare numbers, bounds, priorities; words that name a method are no goals."""
    call: Any = poet(
        optimize_for="accuracy",
        objectives={
            "speed": {"weight": 0.3, "minimize": True, "target": 3.0}, "cost": {"weight": 0.1, "budget": 0.25},
            "energy_priority": 0.9, "max_operating_cost": 75.0, "min_comfort": 0.6, "critical_safety": 0.98,
            "optimization_method": "constraint_satisfaction", "occupancy_adaptation": True,
        },
        constraints={"max_tokens": 500, "response_time": 5.0},
    )(lambda x: x)  # fmt: skip
    found = {one.name: one for one in call.poet.objectives}
    assert found["speed"] == Objective("speed", 0.3, 3.0, minimize=True)
    assert found["cost"] == Objective("cost", 0.1, minimize=True, budget=0.25)
    assert found["energy"].weight == 0.9
    assert (found["operating_cost"].maximum, found["comfort"].minimum) == (75.0, 0.6)
    assert (found["critical_safety"].target, found["tokens"].maximum, found["response_time"].maximum) == (0.98, 500, 5)
    assert "accuracy" in found
    assert not {"optimization_method", "occupancy_adaptation"} & found.keys()


def test_feature_flags_are_there_to_be_asked() -> None:
    """A table or a list; without either everything is on."""
    flags: Any = poet(features={"canary": False})(lambda x: x)
    assert (flags.poet.enabled("canary"), flags.poet.enabled("shadow")) == (False, True)
    listed: Any = poet(features=["shadow"])(lambda x: x)
    assert (listed.poet.enabled("canary"), listed.poet.enabled("shadow")) == (False, True)


def test_two_threads_may_call_first() -> None:
    """The stages are made once; both calls are counted."""
    for _ in range(20):
        call: Any = poet(lambda n: n)
        start = threading.Barrier(4)
        threads = [threading.Thread(target=lambda call=call, start=start: (start.wait(), call(1))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert call.poet.calls == 4


def test_a_decorated_import_writes_nothing(tmp_path: Path) -> None:
    """Neither at the decoration nor, for plain `@poet()`, at any call."""
    file = tmp_path / "mine.py"
    file.write_text(
        "from dana_poet import poet\n@poet()\ndef f(x: int) -> int:\n    return x\n@poet(domain='api')\ndef g():\n    pass\n"
    )
    names: dict[str, Any] = {}
    exec(compile(file.read_text(), str(file), "exec"), names)  # noqa: S102 - the text above
    names["f"](1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_dana_functions_have_the_same_stages() -> None:
    """Text becomes what a hint asks for, null fits, results are checked, generators of agents keep working."""
    program = """
@poet
def f(x: int, y: str) -> int: x
@poet(retries=2, fallback="spare")
def g() -> str: raise ConnectionError("gone")
agent A:
    state:
        n: int
    @poet(retries=1)
    def add(self, k: int) -> int:
        self.n += k
        self.n
[f("3", null), g(), A.add("4"), A.add(1), f.poet.calls]
"""
    assert dana_poet.evaluate(program) == [3, "spare", 4, 5, 1]
    with contextlib.suppress(ImportError), pytest.raises(PoetValidationError, match="'x'"):
        dana_poet.evaluate("@poet\ndef f(x: int): x\nf('many')")


def test_the_checker_knows_every_option_that_the_stages_know() -> None:
    """`dana-poet check` must not call a documented option unknown; it warns of any other."""
    assert set(OPTIONS) >= KNOWN
    found = dana_poet.check("@poet(retries=1, colour='red')\ndef f(x):\n    return x\n")
    assert [(one.code, one.severity) for one in found] == [("D1502", "warning")]


def test_a_hint_cannot_break_out_of_the_wrappers_text() -> None:
    """Quotes and backslashes of a `Literal` end nothing."""

    @poet
    def f(kind: Literal['"""\nraise SystemExit\n"""', "\\"]) -> Literal['"""']:
        assert kind
        return '"""'

    assert f("\\") == '"""'
    assert "raise SystemExit" not in f.poet.source.partition("def ")[2]


def test_a_stage_named_by_a_text_is_one_warning() -> None:
    """Published programs write `perceive="Perceive::Details"`; they run without it."""
    with pytest.warns(PoetWarning, match="Perceive::Details"):
        made = poet(perceive="Perceive::Details")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert made(lambda x: x)(1) == 1


def test_the_expected_type_of_a_result_may_be_an_option() -> None:
    """It stands for a return hint that is not there."""
    call: Any = poet(expected_output_type="str")(lambda x: x)
    assert call("a") == "a"
    with pytest.raises(PoetValidationError, match="the result takes str"):
        call(1)


def test_a_function_under_another_decorator_has_no_versions() -> None:
    """Its text is not all that it does; the stages stand around all of it."""

    def twice(function: Any) -> Any:
        @functools.wraps(function)
        def call(*args: Any) -> Any:
            return 2 * function(*args)

        return call

    @poet
    @twice
    def f(x: int) -> int:
        return x

    assert f(2) == 4
    assert "another decorator" in f.poet.explain()


def test_wrappers_leave_nothing_behind() -> None:
    """A function that is decorated in a loop and dropped takes its text with it, when the next one is decorated."""
    before = len(linecache.cache)
    for _ in range(5):
        poet(lambda x: x)(1)
    texts = set(linecache.cache)
    gc.collect()
    assert set(linecache.cache) == texts  # somebody may be reading it
    poet(lambda x: x)(1)
    assert len(linecache.cache) <= before + 2


def test_a_hook_that_fails_is_told_once_and_calls_are_stored_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the user's own `train` raises says nothing about the store."""
    monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path))

    def hook(record: dict[str, Any]) -> None:
        raise LookupError(record["function"])

    f = poet(train=hook, domain="base")(double.poet.function)
    with pytest.warns(PoetWarning, match="cannot be recorded") as told:
        assert [f(1), f(2)] == [2, 4]
    assert len(told) == 1
    store = session_store(tmp_path)
    store.flush()
    assert len(list(store.query(type=train.COMPLETED))) == 2


def test_an_object_that_can_be_called_has_the_stages() -> None:
    """Whatever attributes it would take."""

    class Doubling:
        def __call__(self, n: int) -> int:
            return 2 * n

    made: Any = poet(retries=0)(Doubling())
    assert made(2) == 4
    with pytest.raises(PoetValidationError, match="parameter 'n'"):
        made("2")
    assert made.poet.calls == 2
