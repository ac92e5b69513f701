"""Promises: a use of the promise is a use of its value, an error appears where it is used, nothing is lost."""

from __future__ import annotations

import asyncio
import contextvars
import copy
import json
import math
import operator
import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator  # noqa: TC003 - pytest reads the annotation
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dana_poet.errors import DanaError, DanaTypeError
from dana_poet.runtime import operators
from dana_poet.runtime.pipeline import pipe
from dana_poet.runtime.promise import Promise, finish_all, force, pending, spawn
from dana_poet.runtime.truth import truth


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    """Report no failure of one test in another."""
    yield
    finish_all()


def promised(value: Any) -> Any:
    """Return a promise of `value`."""
    return spawn(lambda: value)


# --- laws

scalars = st.one_of(
    st.integers(-50, 50), st.booleans(), st.text("abc5 ", max_size=5), st.none(),
    st.floats(-1e6, 1e6, allow_nan=False), st.decimals(-100, 100, places=2), st.sampled_from(["no", "yes", "7", "2.5"]),
)  # fmt: skip
containers = st.one_of(
    st.lists(scalars, max_size=4), st.tuples(scalars, scalars), st.dictionaries(st.text("ab", max_size=2), scalars),
    st.frozensets(st.integers(-5, 5)), st.binary(max_size=4),
)  # fmt: skip
values = scalars | containers

UNARY: dict[str, Any] = {
    "neg": operator.neg, "pos": operator.pos, "abs": abs, "invert": operator.invert, "int": int, "float": float,
    "complex": complex, "index": operator.index, "round": round, "trunc": math.trunc, "floor": math.floor,
    "ceil": math.ceil, "len": len, "list": list, "tuple": tuple, "sorted": sorted, "set": set, "str": str,
    "repr": repr, "bytes": lambda v: bytes(v) if not isinstance(v, int) else bytes(abs(v)), "hash": hash, "dir": dir,
    "truth": truth, "not": lambda v: not truth(v), "reversed": lambda v: list(reversed(v)), "sum": sum, "max": max,
    "f-string": lambda v: f"{v}|{v!r}|{v:}", "width": lambda v: f"{v:>8}", "percent": lambda v: "%s" % (v,),  # noqa: UP031
    "next": lambda v: next(iter(v)), "star": lambda v: [*v], "double star": lambda v: {**v}, "key": lambda v: {v: 1},
    "as key": lambda v: {force(v): 1}[v], "upper": lambda v: v.upper(), "items": lambda v: list(v.items()),
    "copy": copy.copy, "deepcopy": copy.deepcopy, "class": lambda v: v.__class__, "is text": lambda v: isinstance(v, str),
    "is number": lambda v: isinstance(v, (int, float)), "length hint": operator.length_hint, "slice": lambda v: v[:2],
    "index of": lambda v: [1, 2, 3][v], "range": range, "repeat": lambda v: "ab" * v, "has": lambda v: hasattr(v, "append"),
}  # fmt: skip

BINARY: dict[str, Any] = {
    "add": operators.add, "eq": operators.eq, "ne": operators.ne, "lt": operators.lt, "le": operators.le,
    "gt": operators.gt, "ge": operators.ge, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "floordiv": operator.floordiv, "mod": operator.mod, "divmod": divmod, "and": operator.and_, "or": operator.or_,
    "xor": operator.xor, "lshift": operator.lshift, "rshift": operator.rshift,
    "pow": operator.pow, "getitem": operator.getitem, "index of": lambda a, b: a[b],
}  # fmt: skip

# What compares types below Python's level on its left side cannot see through a promise on its right.
LEFT_ONLY: dict[str, Any] = {"in": lambda a, b: b in a, "split": lambda a, b: a.split(b)}


def outcome(function: Any, *args: Any) -> tuple[str, object]:
    """Return what a call gives or raises."""
    try:
        result = force(function(*args))
    except Exception as error:  # noqa: BLE001 - any error is an outcome
        return ("raised", type(error).__mro__[0] if not isinstance(error, TypeError) else TypeError)
    return ("gave", "nan" if result != result else result)  # noqa: PLR0124 - only nan differs from itself


@given(st.sampled_from(sorted(UNARY)), values)
def test_an_operation_on_a_promise_is_the_operation_on_its_value(name: str, value: Any) -> None:
    """Conversions, builtins, attributes, formatting; also where the operation fails."""
    assert outcome(UNARY[name], promised(value)) == outcome(UNARY[name], value)


@given(st.sampled_from(sorted(BINARY)), values, values)
def test_an_operator_works_with_promises_on_either_side(name: str, left: Any, right: Any) -> None:
    """By Dana's rules: `promise + "text"`, `5 == promise`."""
    expected = outcome(BINARY[name], left, right)
    # Python's sign asks the promise, which asks Dana's function.
    function = getattr(operator, name, BINARY[name])
    assert outcome(function, promised(left), right) == expected
    assert outcome(function, promised(left), promised(right)) == expected
    # bytes and text format what stands right of % below Python's level
    assume(not (name == "mod" and isinstance(left, str | bytes)))
    assume(not (name in {"getitem", "index of"} and isinstance(left, str | bytes)))
    assert outcome(function, left, promised(right)) == expected


@given(st.sampled_from(sorted(LEFT_ONLY)), values, values)
def test_methods_of_a_promise_take_plain_values(name: str, left: Any, right: Any) -> None:
    """`"a" in promise`, `promise.split(",")`."""
    assert outcome(LEFT_ONLY[name], promised(left), right) == outcome(LEFT_ONLY[name], left, right)


@given(st.sampled_from([operator.iadd, operator.isub, operator.imul, operator.ior, operator.ipow]), values, values)
def test_a_change_in_place_is_that_of_the_value(change: Any, left: Any, right: Any) -> None:
    """`promise += [1]` extends the list that everybody else sees."""
    assume(not (change in {operator.ipow, operator.imul} and isinstance(right, int) and abs(right) > 9))
    expected = outcome(operators.add if change is operator.iadd else change, copy.deepcopy(left), right)
    if change is operator.iadd and isinstance(left, list):
        expected = outcome(change, copy.deepcopy(left), right)
    assert outcome(change, promised(copy.deepcopy(left)), right) == expected


# --- a value among values


def test_python_operators_on_promises_follow_dana() -> None:
    """Text joins numbers and equals what it says, as in every Dana expression."""
    assert promised("v") + 2 == "v2"
    assert 1 + promised("st") == "1st"
    assert promised("5") == 5
    assert promised(7) > "6"
    assert not promised("no")
    assert bool(promised("maybe"))


def test_a_promise_reads_writes_and_calls_through() -> None:
    """Members, items, calls, `with`, iteration."""

    class Thing:
        """Have everything."""

        size = 1

        def __enter__(self) -> str:
            return "in"

        def __exit__(self, *_error: object) -> bool:
            return True

        def __call__(self, *args: Any, **named: Any) -> Any:
            """Return the call."""
            return args, named

    thing = Thing()
    promise = promised(thing)
    promise.size = 5
    assert (thing.size, promise.size) == (5, 5)
    del promise.size
    assert thing.size == 1
    assert promise(1, k=2) == ((1,), {"k": 2})
    with promise as entered:
        assert entered == "in"
        raise ValueError
    items = {"a": 1}
    holder = promised(items)
    holder["b"] = 2
    del holder["a"]
    assert items == {"b": 2}
    assert [key for key in holder] == ["b"]  # noqa: C416 - a loop over the promise
    assert next(promised(iter([7]))) == 7
    assert os.fspath(promised(Path("a"))) == "a"
    assert isinstance(5, promised(int))
    assert issubclass(bool, promised(int))
    assert isinstance(promised(5), Promise)
    assert pow(promised(3), 2, 5) == 4
    assert promised(Decimal("1.5")) + 1 == Decimal("2.5")


def test_changing_in_place_keeps_the_identity_of_a_list() -> None:
    """Other names for it see the change."""
    shared = [1]
    promise = promised(shared)
    promise += [2]
    assert shared == [1, 2]
    assert promise is shared


def test_a_promise_is_not_pickled_but_copied_and_written_as_json() -> None:
    """A copy is a copy of the value; `json.dumps` is told how to see it."""
    with pytest.raises(DanaTypeError, match="a promise cannot be pickled") as caught:
        pickle.dumps(promised(1))
    assert "force(promise)" in caught.value.hint
    inner = [1]
    assert copy.copy(promised(inner)) is not inner
    assert json.dumps({"x": promised([1, 2])}, default=force) == '{"x": [1, 2]}'
    with pytest.raises(DanaTypeError, match="made by spawn"):
        Promise()


def test_a_promise_of_a_promise_is_one_promise() -> None:
    """`force` gives a plain value."""
    assert force(spawn(lambda: promised(3))) == 3
    assert force(4) == 4


def test_a_pipeline_takes_promises() -> None:
    """As data on the left, as what a name stands for, and as results of a parallel list."""
    assert pipe(promised(4), lambda x: x + 1) == 5
    assert pipe(4, promised(lambda x: x + 1)) == 5
    results: Any = pipe(4, [lambda x: promised(x + 1), lambda x: promised(x + 2)])
    assert [type(result) for result in results] == [int, int]


# --- concurrency


def test_promises_are_made_at_the_same_time() -> None:
    """The program goes on until it needs a value."""
    together = threading.Barrier(3, timeout=5)
    promises = [spawn(together.wait) for _ in range(3)]
    assert sorted(map(force, promises)) == [0, 1, 2]


def test_pending_names_what_is_still_being_made() -> None:
    """And nothing that is done."""
    go = threading.Event()
    promise = spawn(go.wait, 5, label="slow")
    assert pending() == ("slow",)
    go.set()
    assert force(promise) is True
    assert pending() == ()


def test_promises_see_the_context_of_their_maker() -> None:
    """Settings of the surrounding `with` hold inside."""
    setting = contextvars.ContextVar("setting", default="no")
    setting.set("yes")
    assert force(spawn(setting.get)) == "yes"


def test_a_promise_that_waits_for_itself_is_an_error() -> None:
    """Alone or in a circle, it would wait for ever."""
    box: dict[str, Any] = {}
    ready = threading.Event()

    def use(name: str) -> Any:
        ready.wait(5)
        return box[name] + 1

    box["a"] = spawn(use, "b", label="a")
    box["b"] = spawn(use, "a", label="b")
    ready.set()
    with pytest.raises(DanaError, match="waits for itself"):
        force(box["a"])


def test_work_is_done_at_once_where_the_system_gives_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is slower, not broken."""

    def refuse(_self: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert force(spawn(lambda: 5)) == 5


def test_a_promise_can_be_awaited_and_the_loop_goes_on() -> None:
    """In Python programs that are asynchronous."""

    def slow() -> str:
        time.sleep(0.05)
        return "done"

    async def both() -> tuple[Any, list[int]]:
        ticks: list[int] = []

        async def tick() -> None:
            for number in range(3):
                ticks.append(number)
                await asyncio.sleep(0.005)

        other = asyncio.ensure_future(tick())
        value = await spawn(slow)
        await other
        return value, ticks

    assert asyncio.run(both()) == ("done", [0, 1, 2])

    async def failing() -> None:
        await spawn(lambda: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(failing())


def test_waiting_can_be_interrupted_from_the_keyboard() -> None:
    """Ctrl-C stops the wait, not only what comes after it."""
    go = threading.Event()
    promise = spawn(go.wait, 10)
    timer = threading.Timer(0.05, signal.raise_signal, (signal.SIGINT,))
    timer.start()
    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        force(promise)
    go.set()
    timer.join()
    assert time.monotonic() - before < 5


# --- errors


def test_an_error_is_raised_at_every_use_with_its_own_traceback() -> None:
    """It keeps its class and shows the line that failed."""

    def fail() -> None:
        raise LookupError("gone")

    promise: Any = spawn(fail)
    for use in (str, bool, lambda p: p + 1, lambda p: p.x, lambda p: p == 1, lambda p: isinstance(p, int)):
        with pytest.raises(LookupError, match="gone") as caught:
            use(promise)
        assert [entry.name for entry in caught.traceback].count("fail") == 1
    assert finish_all() == []


def test_errors_that_nobody_has_seen_are_reported_at_the_end() -> None:
    """With the label, in the order the promises were made; also those that a promise makes late."""

    def fail(number: int) -> None:
        raise ValueError(number)

    def start_another() -> None:
        time.sleep(0.01)
        spawn(fail, 3, label="third")

    spawn(fail, 1, label="first")
    spawn(start_another, label="second")
    unseen = finish_all()
    assert [(label, error.args) for label, error in unseen] == [("first", (1,)), ("third", (3,))]
    assert all(isinstance(error, ValueError) for _, error in unseen)
    assert finish_all() == []
