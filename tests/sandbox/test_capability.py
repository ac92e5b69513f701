"""Host functions that a program was granted: what reaches them, what comes back, how often."""

from __future__ import annotations

import asyncio
import functools
import threading
import time
from typing import Any, Literal, Optional, Union

import pytest

from dana_sandbox.argument_types import fitting
from dana_sandbox.capability import Capability
from dana_sandbox.policy import SandboxPolicy
from dana_sandbox.run import compile_untrusted, run_untrusted

CATCH = """
def caught(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__, str(error)
"""


def asked(source: str, inputs: dict[str, Any] | None = None, **capabilities: Any) -> Any:
    """The value of a program that may call these."""
    outcome = run_untrusted(CATCH + source, inputs, capabilities=capabilities)
    assert outcome.ok, outcome
    return outcome.value


class TestCalls:
    """A capability is a function to the program, and nothing else."""

    def test_arguments_and_results_are_plain_data(self) -> None:
        """With positions, keywords and every type that crosses."""
        seen: list[Any] = []

        def fetch(*args: Any, **kwargs: Any) -> Any:
            seen.append((args, kwargs))
            return {b"x": (1, {2})}

        assert asked("result = fetch(1, [b'a'], key=(None,))", fetch=fetch) == {b"x": (1, {2})}
        assert seen == [((1, [b"a"]), {"key": (None,)})]

    def test_entries_call_them_too(self) -> None:
        """They are names of the program, not arguments of the entry."""
        source = "def f(x):\n    return double(x)\n"
        assert run_untrusted(source, {"x": 2}, entry="f", capabilities={"double": lambda x: 2 * x}).value == 4

    def test_the_program_gets_copies(self) -> None:
        """What it changes is its own."""
        kept = [1]
        assert asked("got = shared()\ngot.append(2)\nresult = got", shared=lambda: kept) == [1, 2]
        assert kept == [1]

    @pytest.mark.parametrize(
        "source",
        [
            "result = fetch.__globals__",
            "result = fetch.__closure__",
            "result = fetch.__code__",
            "result = getattr(fetch, '__wrap' + 'ped__')",
            "fetch.limit = 3",
            "result = fetch",
        ],
    )
    def test_its_attributes_reach_nothing(self, source: str) -> None:
        """The function that the program sees is not the host's."""
        outcome = run_untrusted(source, capabilities={"fetch": lambda: 1})
        assert outcome.status == "rejected"

    def test_live_arguments_are_refused_in_the_program(self) -> None:
        """With their path."""
        value = asked("result = caught(lambda: fetch([{'a': len}]))", fetch=lambda x: x)
        assert value == ("TypeError", "fetch(): argument [0][0]['a'] is a function; use what the function returns")

    def test_live_results_are_refused_in_the_program(self) -> None:
        """The host keeps its objects."""
        value = asked("result = caught(fetch)", fetch=lambda: {"a": [object()]})
        assert value == ("TypeError", "fetch(): the result['a'][0] is an object of class object")

    def test_calls_in_calls(self) -> None:
        """A host function may run another program."""

        def inner(x: int) -> Any:
            return run_untrusted("result = plus(x)", {"x": x}, capabilities={"plus": lambda x: x + 1}).value

        assert asked("result = inner(1) + inner(2)", inner=inner) == 5

    def test_the_deadline_holds(self) -> None:
        """A slow host function does not prolong the run."""
        policy = SandboxPolicy(wall_seconds=0.2, retries=0)
        outcome = run_untrusted("slow()\nresult = 1", policy=policy, capabilities={"slow": lambda: time.sleep(0.3)})
        assert outcome.status == "timeout"

    def test_a_function_kept_from_an_earlier_call_is_dead(self) -> None:
        """In a process that is reused."""
        source = "import typing\ndef f():\n    return ask()\n"
        policy = SandboxPolicy(calls_per_worker=10)
        with compile_untrusted(source, entry="f", policy=policy, capabilities={"ask": lambda: 1}) as program:
            assert [program.run().value for _ in range(3)] == [1, 1, 1]

    def test_nothing_is_called_after_a_refusal(self) -> None:
        """A program that swallows its refusal has lost its rights."""
        calls: list[int] = []
        source = "def f():\n    try:\n        getattr(1, '__cla' + 'ss__')\n    finally:\n        note(1)\n        return 2\nf()"
        assert run_untrusted(source, capabilities={"note": calls.append}).status == "rejected"
        assert calls == []


class CustomError(ValueError):
    """A class that no program knows."""


class TestErrors:
    """An exception of the host function arrives as one of the same builtin class."""

    @pytest.mark.parametrize(
        ("error", "arrives"),
        [
            (ValueError("no"), ("ValueError", "no")),
            (KeyError("k"), ("KeyError", "'k'")),
            (KeyError(1), ("KeyError", "'1'")),
            (FileNotFoundError(2, "gone", "/etc/app/x"), ("FileNotFoundError", "[Errno 2] gone: '<path>'")),
            (CustomError("no"), ("RuntimeError", "CustomError: no")),
            (CustomError(), ("RuntimeError", "CustomError")),
            (
                UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"),
                ("RuntimeError", "UnicodeDecodeError: 'utf-8' codec can't decode byte 0x78 in position 0: bad"),
            ),
            (StopIteration(3), ("RuntimeError", "StopIteration: 3")),
            (
                RuntimeError("<object at 0x7f1234567890>\n" + "x" * 900),
                ("RuntimeError", "<object at 0x...>\\n" + "x" * 478 + "..."),
            ),
        ],
    )
    def test_class_and_message_arrive(self, error: Exception, arrives: tuple[str, str]) -> None:
        """The object stays; the message is short and clean."""

        def fail() -> None:
            raise error

        assert asked("result = caught(fetch)", fetch=fail) == arrives

    def test_interrupts_go_through(self) -> None:
        """Ctrl-C in a host function belongs to the host."""

        def interrupted() -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run_untrusted("fetch()", capabilities={"fetch": interrupted})


def typed(
    a: int, b: float = 0.0, *rest: str, c: list[int] | None = None, d: Any = None, **more: dict[str, bool]
) -> str:
    """A function with plain annotations, one of them a text."""
    return f"{a} {b} {rest} {c} {d} {more}"


class TestArguments:
    """Arguments are checked in the host, before the function is called."""

    @pytest.mark.parametrize(
        "call", ["f(1)", "f(1, 2)", "f(1, 2.5, 'x', 'y', c=[1], d={1}, e={'k': True})", "f(b=1, a=2)", "f(1, c=None)"]
    )
    def test_what_fits_goes_through(self, call: str) -> None:
        """An int is a fine float."""
        assert type(asked(f"result = {call}", f=typed)) is str

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            ("f()", "f(): missing a required argument: 'a'"),
            ("f('1')", "f(): argument 'a' must be int, got str"),
            ("f(True)", "f(): argument 'a' must be int, got bool"),
            ("f(1, '2')", "f(): argument 'b' must be float, got str"),
            ("f(1, 2, 'x', 3)", "f(): argument 'rest' must be str, got int"),
            ("f(1, c=['x'])", "f(): argument 'c' must be list[int] | None, got list"),
            ("f(1, e={'k': 1})", "f(): argument 'e' must be dict[str, bool], got dict"),
            ("f(1, a=2)", "f(): multiple values for argument 'a'"),
        ],
    )
    def test_what_does_not_is_a_type_error_in_the_program(self, call: str, message: str) -> None:
        """Which says what is wrong."""
        assert asked(f"result = caught(lambda: {call})", f=typed) == ("TypeError", message)

    @pytest.mark.parametrize(
        ("hint", "good", "bad"),
        [
            (tuple[int, str], [(1, "a")], [(1,), ("a", 1), [1, "a"]]),
            (tuple[int, ...], [(), (1, 2)], [("a",)]),
            (set[int], [{1}, set()], [{"a"}, frozenset({1})]),
            (frozenset[str], [frozenset("a")], [frozenset({1})]),
            (dict[str, list[int]], [{}, {"a": [1]}], [{1: [1]}, {"a": [None]}]),
            (Optional[int], [1, None], ["a"]),  # noqa: UP045
            (Union[int, str, None], [1, "a", None], [1.5]),  # noqa: UP007
            (int | bytes, [1, b""], [""]),
            (Literal["a", 1], ["a", 1], ["b", True]),
            (list, [[1, "a"]], [()]),
            (None, [None], [0]),
            (bool, [True], [1]),
            (complex, [1j], [1.0]),
            (Any, [1, "a"], []),
            (CustomError, [1, "a"], []),
            ("unknown", [1], []),
        ],
    )
    def test_annotations(self, hint: Any, good: list[Any], bad: list[Any]) -> None:
        """Plain types are checked all the way down; others allow any plain data."""
        test = fitting(hint)
        assert all(map(test, good))
        assert not any(map(test, bad))

    def test_functions_that_tell_nothing(self) -> None:
        """Some written in C have no signature, some annotations no meaning."""

        def odd(x: "no such name") -> Any:  # type: ignore[valid-type] # noqa: F722
            return x

        assert asked("result = (biggest(1, 3, 2), odd(4))", biggest=max, odd=odd) == (3, 4)

    def test_objects_and_partials(self) -> None:
        """Anything that can be called."""

        class Adder:
            """Adds one."""

            def __call__(self, x: int) -> int:
                return x + 1

        assert asked(
            "result = (add(1), double(4), caught(lambda: add('x'))[0])",
            add=Adder(),
            double=functools.partial(typed_double, 2),
        ) == (2, 8, "TypeError")


def typed_double(factor: int, x: int) -> int:
    """Multiply."""
    return factor * x


class TestLimits:
    """So often and no more."""

    def test_calls_of_a_run_are_counted(self) -> None:
        """The program sees PermissionError; the next run counts anew."""
        source = "result = [caught(lambda: f()) for _ in range(3)]"
        capability = Capability(lambda: 1, max_calls=2)
        for _ in range(2):
            assert asked(source, f=capability) == [1, 1, ("PermissionError", "f may be called 2 times in a run")]

    def test_the_policy_counts_all_calls(self) -> None:
        """Whatever they are."""
        outcome = run_untrusted(
            "f()\ng()\nf()", policy=SandboxPolicy(capability_calls=2), capabilities={"f": int, "g": int}
        )
        assert outcome.error is not None
        assert (outcome.error.type, outcome.error.traceback[-1].line) == ("PermissionError", 3)

    def test_the_rate_holds_over_runs(self) -> None:
        """It protects what stands behind the function."""
        capability = Capability(lambda: 1, per_second=0.001)
        assert asked("result = caught(f)", f=capability) == 1
        assert asked("result = caught(f)", f=capability) == ("PermissionError", "f may be called 0.001 times a second")

    def test_the_rate_gives_turns_back(self) -> None:
        """After a while."""
        capability = Capability(lambda: 1, per_second=50)
        taken = 0
        while capability.take_turn():
            taken += 1
        assert taken >= 50
        time.sleep(0.05)
        assert capability.take_turn()

    def test_turns_are_safe_among_threads(self) -> None:
        """No turn is given twice."""
        capability = Capability(lambda: 1, per_second=0.001)
        turns: list[bool] = []
        threads = [threading.Thread(target=lambda: turns.append(capability.take_turn())) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(turns) == 1


async def later() -> int:
    """Asynchronous."""
    return 1


class Later:
    """Asynchronous, too."""

    async def __call__(self) -> int:
        """Be asynchronous."""
        return 1


class TestGranting:
    """Mistakes are told when a capability is made."""

    @pytest.mark.parametrize("fn", [later, Later(), functools.partial(later)])
    def test_asynchronous_functions_are_refused(self, fn: Any) -> None:
        """A program waits in one step."""
        with pytest.raises(TypeError, match="asynchronous"):
            Capability(fn)
        assert asyncio.run(fn()) == 1

    def test_a_coroutine_that_comes_back_cannot_cross(self) -> None:
        """And nobody is warned that it was never awaited."""
        assert asked("result = caught(f)[0]", f=functools.partial(lambda make: make(), later)) == "TypeError"

    @pytest.mark.parametrize(
        ("options", "kind"),
        [
            ({"max_calls": -1}, ValueError),
            ({"max_calls": 1.5}, TypeError),
            ({"max_calls": True}, TypeError),
            ({"per_second": 0}, ValueError),
        ],
    )
    def test_limits_must_make_sense(self, options: dict[str, Any], kind: type[Exception]) -> None:
        """At once."""
        with pytest.raises(kind):
            Capability(len, **options)

    def test_it_shows_itself(self) -> None:
        """In a debugger."""
        assert repr(Capability(typed_double, per_second=2)) == "Capability(typed_double, max_calls=100, per_second=2)"
