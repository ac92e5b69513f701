"""Runs of untrusted programs from the caller's side: statuses, errors, retries, reuse, and mistakes of the caller."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from dana_sandbox import frames
from dana_sandbox import run as run_module
from dana_sandbox.attempt import Attempt, Loadable
from dana_sandbox.crossing import BadMessage
from dana_sandbox.grants import NO_GRANTS
from dana_sandbox.leased import TooLarge, Usage, WorkerDied
from dana_sandbox.messages import Limits, encode
from dana_sandbox.outcome import RunError, RunOutcome, TraceLine
from dana_sandbox.policy import SandboxPolicy
from dana_sandbox.retry import with_retries
from dana_sandbox.run import compile_untrusted, run_untrusted

QUICK = SandboxPolicy(wall_seconds=0.3, retries=0)
REUSED = SandboxPolicy(calls_per_worker=100, retries=0)


class TestValues:
    """What a program is given and gives back."""

    def test_inputs_are_names_and_result_is_the_value(self) -> None:
        """Without an entry."""
        outcome = run_untrusted("result = {name: len(rows)}", {"rows": [1, 2], "name": ("a", b"b")})
        assert (outcome.status, outcome.value, outcome.error, outcome.violations) == ("ok", {("a", b"b"): 2}, None, ())
        assert outcome.ok

    def test_an_entry_gets_the_inputs(self) -> None:
        """And the body of the program sees them too."""
        source = "total = sum(rows)\ndef mean(rows, by=None):\n    return total / len(rows), by, __name__\n"
        assert run_untrusted(source, {"rows": [1, 3]}, entry="mean").value == (2.0, None, "sandboxed")

    def test_no_result_is_none(self) -> None:
        """A program may do nothing."""
        assert run_untrusted("", {}).value is None
        assert run_untrusted("x = __name__\nassert x == '__main__'").status == "ok"

    def test_a_missing_entry_is_a_violation(self) -> None:
        """Seen before anything runs."""
        outcome = run_untrusted("def f():\n    return 1\n", entry="g")
        assert outcome.status == "rejected"
        assert "g" in str(outcome.violations[0])

    def test_arguments_that_do_not_fit_are_an_error(self) -> None:
        """In Python's own words."""
        outcome = run_untrusted("def f(x):\n    return x\n", {"y": 1}, entry="f")
        assert outcome.status == "error"
        assert str(outcome.error) == "TypeError: f() got an unexpected keyword argument 'y'"

    def test_output_is_kept(self) -> None:
        """Of runs that fail too."""
        assert run_untrusted("print('a', 1)\nimport logging\nlogging.warning('b')").output == "a 1\nWARNING:root:b\n"
        outcome = run_untrusted("print('so far', '\\ud800')\n1 / 0")
        assert (outcome.status, outcome.output) == ("error", "so far \\ud800\n")

    def test_figures_are_filled(self) -> None:
        """Time, memory and what held the child."""
        outcome = run_untrusted("result = sum(i * i for i in range(200_000))")
        assert outcome.seconds >= outcome.cpu_seconds / 2 > 0
        assert outcome.peak_bytes > 0
        assert {"process", "limits"} <= set(outcome.isolation)
        assert outcome.attempts == 1

    def test_the_host_keeps_its_inputs(self) -> None:
        """A program changes copies."""
        rows: list[Any] = [{"a": [1]}]
        assert run_untrusted("rows[0]['a'].append(2)\nrows.clear()\nresult = rows", {"rows": rows}).value == []
        assert rows == [{"a": [1]}]


class TestStatuses:
    """Every way to end has its status."""

    @pytest.mark.parametrize(
        ("source", "status"),
        [
            ("while True: pass", "timeout"),
            ("while True:\n    try:\n        while True: pass\n    finally:\n        continue", "timeout"),
            ("sum(range(10 ** 12))", "timeout"),
            ("x = [0] * 10 ** 10", "memory"),
            ("x = []\nwhile True:\n    x.append('x' * 10 ** 6 + str(len(x)))", "memory"),
            ("print('x' * 10 ** 7)", "output"),
            ("while True: print('x' * 1000)", "output"),
            ("result = 'x' * 5_000_000", "output"),
            ("result = [0] * 600_000", "output"),
            ("result = []\nresult.append(result)", "output"),
            ("r = []\nfor i in range(10 ** 5):\n    r = [r]\nresult = r", "output"),
            ("result = lambda: 1", "rejected"),
            ("result = (i for i in [])", "rejected"),
            ("import os", "rejected"),
            ("x = (", "rejected"),
            ("raise KeyboardInterrupt", "error"),
            ("def f(): return f()\nf()", "error"),
            ("raise SystemExit(3)", "error"),
        ],
    )
    def test_status(self, source: str, status: str) -> None:
        """And a reason with it."""
        policy = QUICK if status == "timeout" else SandboxPolicy(wall_seconds=30.0, retries=0)
        outcome = run_untrusted(source, policy=policy)
        assert outcome.status == status
        assert outcome.value is None
        assert bool(outcome.violations) is (status == "rejected")
        assert bool(outcome.error) is (status != "rejected")

    def test_swallowed_refusals_stay_refusals(self) -> None:
        """Even where the program goes on and gives a value."""
        source = (
            "name = '__cla' + 'ss__'\ndef look():\n    try:\n        getattr(1, name)\n    finally:\n        return 1\n"
            "look()\nresult = 5"
        )
        outcome = run_untrusted(source)
        assert (outcome.status, outcome.value) == ("rejected", None)
        assert outcome.violations[0].line == 4

    def test_the_path_of_a_live_result_is_told(self) -> None:
        """With what to return instead."""
        (violation,) = run_untrusted("result = {'rows': [1, 2, 3, print]}").violations
        assert (violation.rule, violation.message) == ("result", "result['rows'][3] is a function")
        assert violation.hint

    def test_a_syntax_error_has_its_place_and_a_hint(self) -> None:
        """It goes back to whoever wrote the program."""
        (violation,) = run_untrusted("x = 1\nif x\n    y = 2\n").violations
        assert (violation.line, violation.rule) == (2, "syntax")
        assert violation.column > 0

    def test_what_is_no_text_is_rejected(self) -> None:
        """The gate is asked first, and no process is started."""
        outcome = run_untrusted(b"result = 1")  # type: ignore[arg-type]
        assert (outcome.status, outcome.isolation) == ("rejected", ())


class TestErrors:
    """What a program raised, as text that may be logged."""

    def test_the_steps_are_those_of_the_program(self) -> None:
        """With lines, functions and text; the library's own are left out."""
        source = "import json\nclass Bad(ValueError):\n    pass\ndef inner(x):\n    raise Bad(f'no {x}')\n\ndef outer():\n    return sorted([1, 2], key=inner)\nouter()\n"
        error = run_untrusted(source).error
        assert error == RunError(
            "Bad",
            "no 1",
            (
                TraceLine(9, "<module>", "outer()"),
                TraceLine(8, "outer", "return sorted([1, 2], key=inner)"),
                TraceLine(5, "inner", "raise Bad(f'no {x}')"),
            ),
        )

    @pytest.mark.parametrize(
        ("raised", "message"),
        [
            ("ValueError('x' * 10_000)", "x" * 497 + "..."),
            ("ValueError(object())", "<object object at 0x...>"),
            ("ValueError('/usr/lib/python3/os.py: /etc/passwd\\n\\x1b[31m')", "<path>: <path>\\n\\x1b[31m"),
            ("ValueError('\\ud800\\u202e')", "\\ud800\\u202e"),
            ("Lying()", "(its message could not be made)"),
            ("KeyError('k')", "'k'"),
        ],
    )
    def test_messages_are_short_and_clean(self, raised: str, message: str) -> None:
        """No addresses, paths, control characters; hostile __str__ is held."""
        source = f"class Lying(Exception):\n    def __str__(self):\n        raise SystemExit\nraise {raised}"
        error = run_untrusted(source).error
        assert error is not None
        assert error.message == message

    def test_a_message_that_never_ends_is_a_timeout(self) -> None:
        """The deadline is the parent's."""
        source = "class Slow(Exception):\n    def __str__(self):\n        while True: pass\nraise Slow()"
        assert run_untrusted(source, policy=QUICK).status == "timeout"

    def test_long_tracebacks_are_cut_in_the_middle(self) -> None:
        """A recursion has a thousand steps."""
        error = run_untrusted("def f(n): return f(n + 1)\nf(0)").error
        assert error is not None
        assert (error.type, len(error.traceback), error.traceback[0].line) == ("RecursionError", 20, 2)


class TestCallersMistakes:
    """These raise: no program can cause them."""

    @pytest.mark.parametrize(
        ("options", "kind"),
        [
            ({"policy": {"wall_seconds": 1}}, TypeError),
            ({"entry": 3}, TypeError),
            ({"entry": "a b"}, ValueError),
            ({"entry": "__init__"}, ValueError),
            ({"inputs": [1]}, TypeError),
            ({"capabilities": [print]}, TypeError),
            ({"capabilities": {"class": print}}, ValueError),
            ({"capabilities": {"f": 3}}, TypeError),
        ],
    )
    def test_wrong_arguments_raise(self, options: dict[str, Any], kind: type[Exception]) -> None:
        """At once, before a process is started."""
        with pytest.raises(kind):
            run_untrusted("result = 1", **options)

    @pytest.mark.parametrize("name", ["a b", "class", "__name__", "_getattr_", "__", 3, "", "ﬁ"])
    def test_names_that_no_program_may_have_are_rejected(self, name: Any) -> None:
        """Keywords, dunders, guards, and what Python would spell otherwise."""
        outcome = run_untrusted("result = 1", {name: 1})
        assert (outcome.status, [one.rule for one in outcome.violations]) == ("rejected", ["input"])

    def test_an_input_cannot_have_the_name_of_a_capability(self) -> None:
        """One of them would not be seen."""
        outcome = run_untrusted("result = 1", {"f": 1}, capabilities={"f": print})
        assert (outcome.status, outcome.violations[0].rule) == ("rejected", "input")

    def test_inputs_that_cannot_cross_are_rejected_with_their_path(self) -> None:
        """No process is started."""
        outcome = run_untrusted("result = 1", {"rows": [{"a": object()}]})
        assert outcome.violations[0].message == "inputs['rows'][0]['a'] is an object of class object"
        assert run_untrusted("result = 1", {"x": "y" * 100}, policy=SandboxPolicy(input_bytes=50)).status == "rejected"


class TestRetries:
    """Failed processes are tried again, refusals and errors are not."""

    def test_timeouts_are_tried_once_more(self) -> None:
        """And their time is added up."""
        outcome = run_untrusted("while True: pass", policy=SandboxPolicy(wall_seconds=0.1))
        assert (outcome.status, outcome.attempts) == ("timeout", 2)
        assert outcome.seconds > 0.2

    @pytest.mark.parametrize("source", ["1 / 0", "import os", "print('x' * 10 ** 7)", "result = lambda: 1"])
    def test_what_the_program_did_is_final(self, source: str) -> None:
        """It would do it again."""
        assert run_untrusted(source, policy=SandboxPolicy(retries=3)).attempts == 1

    def test_nothing_is_repeated_after_a_capability_was_called(self) -> None:
        """It may have changed something."""
        calls: list[int] = []
        policy = SandboxPolicy(wall_seconds=0.2, retries=3)
        outcome = run_untrusted("note(1)\nwhile True: pass", policy=policy, capabilities={"note": calls.append})
        assert (outcome.status, outcome.attempts, calls) == ("timeout", 1, [1])

    def test_the_first_good_outcome_ends_it(self) -> None:
        """Crash, crash, fine."""
        made = iter(
            [
                RunOutcome(status="crashed", seconds=1),
                RunOutcome(status="memory", seconds=2),
                RunOutcome(status="ok", value=3, seconds=4),
            ]
        )
        outcome = with_retries(lambda: (next(made), True), 5)
        assert (outcome.status, outcome.value, outcome.attempts, outcome.seconds) == ("ok", 3, 3, 7)

    def test_tenacity_is_loaded_only_for_a_retry(self) -> None:
        """It costs more than a run."""
        program = (
            "import sys\nfrom dana_sandbox.run import run_untrusted\nassert run_untrusted('result = 1').value == 1\n"
            "run_untrusted('1 / 0')\nassert 'tenacity' not in sys.modules\nassert 'RestrictedPython' not in sys.modules\n"
        )
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


class TestPrograms:
    """Compiled once, called often."""

    @pytest.mark.parametrize("policy", [SandboxPolicy(), REUSED], ids=["fresh", "reused"])
    def test_calls_do_not_see_each_other(self, policy: SandboxPolicy) -> None:
        """Module level runs anew for every call."""
        source = "import decimal, random\nseen = []\ndef f(x):\n    seen.append(x)\n    decimal.getcontext().prec += 1\n    random.seed(1)\n    return seen, decimal.getcontext().prec\n"
        with compile_untrusted(source, entry="f", policy=policy) as program:
            assert program.accepted
            assert [program.run({"x": x}).value for x in range(3)] == [([x], 29) for x in range(3)]

    def test_violations_are_there_without_running(self) -> None:
        """And running gives them again."""
        with compile_untrusted("import os\nopen('x')\n") as program:
            assert [one.line for one in program.violations] == [1, 2]
            assert not program.accepted
            outcome = program.run()
            assert (outcome.status, outcome.violations) == ("rejected", program.violations)

    def test_the_process_is_kept_for_its_calls(self) -> None:
        """And not longer."""
        pids: list[int] = []
        policy = SandboxPolicy(calls_per_worker=3)
        with compile_untrusted("result = 1", policy=policy) as program:
            for _ in range(6):
                assert program.run().ok
                pids.append(program._waiting[0].worker.pid if program._waiting else 0)
        assert pids[0] == pids[1] != 0
        assert pids[2] == pids[5] == 0
        assert pids[3] == pids[4] not in {0, pids[0]}

    @pytest.mark.parametrize(
        ("source", "kept"),
        [
            ("1 / 0", True),
            ("result = len", True),
            ("while True: pass", False),
            ("x = [0] * 10 ** 10", False),
            ("result = 'x' * 10 ** 7", False),
        ],
    )
    def test_a_damaged_process_is_replaced(self, source: str, kept: bool) -> None:
        """Errors damage nothing; running out of time, memory or room does."""
        policy = SandboxPolicy(calls_per_worker=100, wall_seconds=0.3, retries=0)
        with compile_untrusted(source, policy=policy) as program:
            first = program.run().status
            assert bool(program._waiting) is kept
            assert program.run().status == first

    def test_any_thread_may_call(self) -> None:
        """Each call has a process of its own while it lasts."""
        failures: list[object] = []
        with compile_untrusted("def f(x):\n    return x * 2\n", entry="f", policy=REUSED) as program:

            def work(start: int) -> None:
                failures.extend(x for x in range(start, start + 20) if program.run({"x": x}).value != 2 * x)

            threads = [threading.Thread(target=work, args=(100 * n,)) for n in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert failures == []

    def test_a_closed_program_runs_no_more(self) -> None:
        """And holds no process."""
        program = compile_untrusted("result = 1", policy=REUSED)
        worker = program._waiting[0].worker
        program.close()
        program.close()
        assert not worker.alive
        with pytest.raises(ValueError, match="closed"):
            program.run()

    def test_a_program_that_cannot_be_compiled_in_time_is_refused(self) -> None:
        """As a violation, because it will not get better."""
        with compile_untrusted("x = 1\n" * 9_000 + "y = (" + "1 + " * 2_000 + "1)") as program:
            assert {one.rule for one in program.violations} <= {"size"}

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
    def test_a_forked_host_starts_its_own(self) -> None:
        """The child of a host must not talk to its parent's workers."""
        with compile_untrusted("result = 1", policy=REUSED) as program:
            assert program.run().ok
            pid = os.fork()
            if pid == 0:
                code = 1
                try:
                    code = 0 if program.run().value == 1 else 2
                finally:
                    os._exit(code)
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
            assert program.run().ok


class Puppet:
    """A child that has been taken over and sends what it likes."""

    layers = ("process",)
    alive = True
    most_bytes = 1000
    printed = b"until then"

    def __init__(self, *frames_to_send: bytes | Exception) -> None:
        self.frames = list(frames_to_send)
        self.ended = False

    def send(self, _payload: bytes, _deadline: float | None = None) -> None:
        """Take anything."""

    def receive(self, _deadline: float, _limit: int) -> bytes:
        """Give the next frame."""
        frame = self.frames.pop(0)
        if isinstance(frame, Exception):
            raise frame
        return frame

    @property
    def is_silent(self) -> bool:
        """Whether nothing follows."""
        return not self.frames

    def read_trail(self) -> bytes:
        """Give what was printed."""
        return b"trail"

    def end(self) -> Usage:
        """Be killed."""
        self.ended = True
        return Usage(1.0, 2)


ROOMY = Limits(1_000_000, 10_000, 100)
USAGE = frames.USAGE.pack(0.0, 7)


def done(
    status: bytes, value: object = None, output: bytes = b"", details: object = None, usage: bytes = USAGE
) -> bytes:
    """A last frame."""
    told = b"" if details is None else encode(details, ROOMY)
    plain = encode(value, ROOMY) if status == b"ok" or value is not None else b""
    return frames.pack(frames.DONE, status, plain, output, told, usage)


def outcome_of(*sent: bytes | Exception) -> RunOutcome:
    """What the host makes of it."""
    puppet: Any = Puppet(*sent)
    outcome = Attempt(
        Loadable(b"", "line one\nline two\x1b[2J", SandboxPolicy(output_bytes=100)), puppet, NO_GRANTS, puppet.layers
    ).run(b"", loaded=False)
    assert puppet.ended or outcome.status != "crashed"
    return outcome


class TestHostileChildren:
    """A child that has been taken over can lie about its own outcome, and nothing else."""

    def test_a_good_frame_is_a_good_outcome(self) -> None:
        """What the others are measured against."""
        outcome = outcome_of(done(b"ok", [1], b"out\xff"))
        assert (outcome.value, outcome.output, outcome.cpu_seconds, outcome.peak_bytes) == ([1], "out\ufffd", 0.0, 7)

    def test_figures_cannot_be_more_than_true(self) -> None:
        """A child has one thread and its limits, and no way to say more."""
        outcome = outcome_of(done(b"ok", usage=frames.USAGE.pack(1e300, 1 << 63)))
        assert 0 < outcome.cpu_seconds <= outcome.seconds
        assert outcome.peak_bytes == Puppet.most_bytes

    def test_memory_that_ran_out_leaves_what_was_printed(self) -> None:
        """The child has no room for its output then."""
        assert outcome_of(done(b"memory")).output == "trail"
        assert outcome_of(WorkerDied("it was ended by SIGKILL")).output == "until then"

    @pytest.mark.parametrize(
        "frame",
        [
            b"",
            b"\x02D\x00",
            b"\x01D\xff",
            frames.pack(frames.DONE),
            frames.pack(frames.REPORT, b"", b""),
            frames.pack(frames.CALL, b"f", b"", b""),
            frames.pack(frames.CALL, b"f", encode({}, ROOMY), encode({}, ROOMY)),
            frames.pack(frames.CALL, b"f", encode([], ROOMY), encode({1: 2}, ROOMY)),
            done(b"fine"),
            done(b"\xff"),
            done(b"timeout"),
            done(b"ok", usage=b""),
            done(b"ok", output=b"x" * 101),
            frames.pack(frames.DONE, b"ok", b"J[", b"", b"", USAGE),
            done(b"rejected"),
            done(b"rejected", details=[]),
            done(b"rejected", details=[[1, 2, "rule", "message"]]),
            done(b"rejected", details=[[-1, 2, "rule", "message", "hint"]]),
            done(b"rejected", details=[[True, 2, "rule", "message", "hint"]]),
            done(b"rejected", details={"a": 1}),
            done(b"error", details=["E", "m"]),
            done(b"error", details=["E", b"m", []]),
            done(b"error", details=["E", "m", [[1]]]),
            done(b"error", details=["E", "m", [[1 << 40, "f"]]]),
            done(b"error", details=[["E"], "m", []]),
            *(done(b"ok", usage=frames.USAGE.pack(seconds, 1)) for seconds in (-1.0, math.nan, math.inf, -math.inf)),
            done(b"ok", details=[[1, 2, "rule", "message", "hint"]]),
            done(b"error", "value", details=["E", "m", []]),
            done(b"ok")[:-1],
            done(b"ok") + b"x",
        ],
    )
    def test_nonsense_is_a_crash(self, frame: bytes) -> None:
        """The child is ended, the host goes on."""
        outcome = outcome_of(frame)
        assert (outcome.status, outcome.value) == ("crashed", None)

    @pytest.mark.parametrize("last", [done(b"ok"), frames.pack(frames.CALL, b"f", b"", b"")])
    def test_nothing_follows_an_outcome(self, last: bytes) -> None:
        """It would be taken for the answer to the next call."""
        assert outcome_of(done(b"ok"), last).status == "crashed"

    def test_text_is_cleaned_again(self) -> None:
        """A child may leave out what the honest one does."""
        error = outcome_of(
            done(b"error", details=["E\n" * 100, "/etc/passwd\x1b" + "x" * 9000, [[2, "f\x00" * 100], [99, "g"]]])
        ).error
        assert error is not None
        assert len(error.type) == 100
        assert error.message.startswith("<path>\\x1bxxx")
        assert len(error.message) == 500
        assert [(step.line, step.text) for step in error.traceback] == [(2, "line two\\x1b[2J"), (99, "")]
        assert "\x00" not in error.traceback[0].function

    @pytest.mark.parametrize(
        ("problem", "status"),
        [
            (WorkerDied("it was ended by SIGSEGV"), "crashed"),
            (WorkerDied("it was ended by SIGKILL", memory=True), "memory"),
            (WorkerDied("it was ended by SIGXCPU"), "timeout"),
            (TooLarge("5 GB"), "output"),
            (BadMessage("x"), "crashed"),
        ],
    )
    def test_deaths_have_their_status(self, problem: Exception, status: str) -> None:
        """And what the kernel counted."""
        outcome = outcome_of(problem)
        assert (outcome.status, outcome.cpu_seconds, outcome.peak_bytes) == (status, 1.0, 2)

    def test_calls_of_what_was_not_granted_are_answered(self) -> None:
        """With PermissionError, as often as the child likes until its deadline."""
        call = frames.pack(frames.CALL, b"open", encode([], ROOMY), encode({}, ROOMY))
        assert outcome_of(call, call, done(b"ok", 1)).value == 1

    def test_interrupts_end_the_child_and_go_on(self) -> None:
        """Ctrl-C belongs to the host."""
        puppet: Any = Puppet()
        puppet.receive = lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt):
            Attempt(Loadable(b"", "", SandboxPolicy()), puppet, NO_GRANTS, puppet.layers).run(b"", loaded=True)
        assert puppet.ended


def test_nothing_of_the_source_is_parsed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hostile text must not reach this process's parser."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the host parsed")

    monkeypatch.setattr("builtins.compile", refuse)
    monkeypatch.setattr("ast.parse", refuse)
    assert run_untrusted("result = 1").value == 1


def test_the_deadline_holds_for_the_whole_call() -> None:
    """A program that waits is ended, too."""
    begun = time.monotonic()
    assert run_untrusted("import time\ntime.sleep(60)", policy=QUICK).status in {"timeout", "ok"}
    assert time.monotonic() - begun < 30


def test_public_names() -> None:
    """What the module offers."""
    assert set(run_module.__all__) == {"Capability", "Program", "compile_untrusted", "run_untrusted"}
