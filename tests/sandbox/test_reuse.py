"""What one call leaves: nothing for the next one in the same child, nothing in the host, but what it printed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dana_sandbox import pool, run
from dana_sandbox import service as service_module
from dana_sandbox.policy import SandboxPolicy
from dana_sandbox.pool import Pool, Settings
from dana_sandbox.run import compile_untrusted, run_untrusted
from dana_sandbox.service import Service
from dana_sandbox.trail import TRAIL_BYTES
from tests.sandbox.test_pool import children_of, descriptors, eventually, resident

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REUSED = SandboxPolicy(calls_per_worker=1000, retries=0)
QUICK = SandboxPolicy(wall_seconds=0.4, retries=0, memory_mib=64)
ROOMY = SandboxPolicy(wall_seconds=30.0, retries=0, memory_mib=64)
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")


class TestTheNextCall:
    """In a child that serves several calls of one program."""

    @pytest.mark.parametrize(
        ("module", "change", "look"),
        [
            ("decimal", "decimal.getcontext().prec = 3", "str(decimal.Decimal(1) / 3)"),
            ("decimal", "decimal.setcontext(decimal.Context(prec=2))", "str(decimal.getcontext())"),
            ("decimal", "decimal.DefaultContext.prec = 5", "decimal.Context().prec"),
            ("decimal", "decimal.getcontext().traps[decimal.Inexact] = True", "str(decimal.getcontext())"),
            ("calendar", "calendar.setfirstweekday(6)", "calendar.firstweekday()"),
            ("calendar", "calendar.mdays[2] = 99", "list(calendar.mdays)"),
            ("csv", "csv.register_dialect('mine', delimiter=';')", "csv.list_dialects()"),
            ("csv", "csv.field_size_limit(3)", "csv.field_size_limit()"),
            ("logging", "logging.disable(50)", "logging.getLogger().isEnabledFor(40)"),
            ("logging", "logging.getLogger('a').setLevel(50)", "logging.getLogger('a').getEffectiveLevel()"),
            ("logging", "logging.basicConfig(level=10, format='%(message)s')", "logging.getLogger().level"),
            ("logging", "logging.addLevelName(30, 'LOUD')", "logging.getLevelName(30)"),
            ("re", "re.purge()", "re.sub('a', 'b', 'aa')"),
            ("string", "string.Template.delimiter = '#'", "string.Template('$x').substitute(x=1)"),
            ("json", "json.JSONEncoder.item_separator = ';'", "json.dumps([1, 2])"),
            ("enum", "enum.Enum.left = 1", "hasattr(enum.Enum, 'left')"),
            ("collections.abc", "collections.abc.Sized.register(int)", "isinstance(1, collections.abc.Sized)"),
            ("math", "math.pi = 3", "math.pi"),
            ("sys", "sys.setrecursionlimit(60)", "sum(range(9))"),
            ("sys", "sys.setswitchinterval(9.0)", "sum(range(9))"),
            ("sys", "sys.modules.clear()", "sum(range(9))"),
            ("warnings", "warnings.simplefilter('error')", "str(warnings.warn('x'))"),
            ("warnings", "warnings.filterwarnings('ignore')", "str(warnings.warn('x'))"),
            ("math", "len = None", "len([1])"),
            ("math", "def f(): return f()\n    f()", "sum(range(10))"),
            ("math", "kept.append(1)", "kept"),
            ("math", "seen.left = 1", "hasattr(seen, 'left')"),
        ],
    )
    def test_finds_the_library_as_it_was(self, module: str, change: str, look: str) -> None:
        """Settings, registries, contexts, classes, module level."""
        source = (
            f"import {module}\nkept = []\ndef seen():\n    pass\n"
            f"def change():\n    {change}\ndef go(dirty):\n    if dirty:\n        change()\n    return {look}\n"
        )
        with compile_untrusted(source, entry="go", policy=REUSED) as program:
            clean = program.run({"dirty": False})
            if not program.accepted:
                return  # refused before it runs, which is as good
            for _ in range(2):
                program.run({"dirty": True})
                again = program.run({"dirty": False})
                assert (again.status, again.value, again.output) == (clean.status, clean.value, clean.output)
        assert clean.ok

    @pytest.mark.parametrize("module", ["gc", "atexit", "signal", "threading", "weakref", "locale"])
    def test_cannot_be_prepared_for(self, module: str) -> None:
        """Hooks, timers and threads are not to be had at all."""
        assert run_untrusted(f"import {module}").status == "rejected"

    def test_random_numbers_are_its_own(self) -> None:
        """A seed does not stay."""
        source = "import random\ndef go(seed):\n    if seed:\n        random.seed(1)\n    return random.random()\n"
        with compile_untrusted(source, entry="go", policy=REUSED) as program:
            values = [program.run({"seed": seed}).value for seed in (True, False, True, False)]
        assert values[0] == values[2]
        assert len(set(values)) == 3

    @pytest.mark.parametrize(
        "lingering",
        [
            "def linger(hang):\n    try:\n        yield\n    finally:\n        print('late')\n        while hang: pass\n",
            "import io\ndef linger(hang):\n    class Kept(io.StringIO):\n        def close(self):\n            print('late')\n"
            "            while hang: pass\n    yield Kept()\n",
        ],
    )
    def test_does_not_pay_for_what_lingers(self, lingering: str) -> None:
        """Code that runs when objects are collected runs in the call that made them, and in its time."""
        source = lingering + (
            "def go(hang):\n    loop = {}\n    loop['it'] = linger(hang)\n    loop['x'] = next(loop['it'])\n"
            "    loop['loop'] = loop\n    return 1\n"
        )
        policy = SandboxPolicy(calls_per_worker=100, retries=0, wall_seconds=0.4)
        with compile_untrusted(source, entry="go", policy=policy) as program:
            if program.run({"hang": False}).status == "rejected":
                pytest.skip("there is no such class to inherit from")
            ends = [program.run({"hang": hang}) for hang in (False, True, False, True)]
        assert [end.status for end in ends] == ["ok", "timeout", "ok", "timeout"]
        assert {end.output for end in ends} == {"late\n"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="children that are not forked have no such pipe")
class TestWhatWasPrinted:
    """A program that is ended leaves what it had printed until then."""

    @pytest.mark.parametrize(
        ("end", "status"),
        [
            ("while True: pass", "timeout"),
            ("sum(range(10 ** 12))", "timeout"),
            ("x = [0] * 10 ** 11", "memory"),
            ("x = []\nwhile True: x.append('x' * 10 ** 6 + str(len(x)))", "memory"),
            ("1 / 0", "error"),
            ("result = print", "rejected"),
            ("result = 'x' * 10 ** 8", "memory"),
            ("print('x' * 10 ** 7)", "output"),
        ],
    )
    def test_is_told_however_it_ends(self, end: str, status: str) -> None:
        """Also by functions that are not `print`."""
        start = "import logging\nprint('one', 2)\nlogging.warning('three')\nprint('é', end='')\n"
        outcome = run_untrusted(start + end, policy=QUICK if status == "timeout" else ROOMY)
        assert (outcome.status, outcome.output) == (status, "one 2\nWARNING:root:three\né")

    def test_is_capped(self) -> None:
        """By the policy and by what a pipe holds; nothing waits for room in it."""
        much = run_untrusted(
            "while True: print('x' * 999)", policy=SandboxPolicy(wall_seconds=0.4, output_bytes=1 << 40)
        )
        assert much.status in {"timeout", "memory"}
        assert set(much.output) == {"x", "\n"}
        assert TRAIL_BYTES // 2 < len(much.output) <= TRAIL_BYTES
        outcome = run_untrusted(
            "print('x' * 90)\nwhile True: pass", policy=SandboxPolicy(wall_seconds=0.3, retries=0, output_bytes=100)
        )
        assert outcome.output == "x" * 90 + "\n"

    def test_belongs_to_its_call(self) -> None:
        """What earlier calls printed has been told."""
        policy = SandboxPolicy(calls_per_worker=100, retries=0, wall_seconds=0.3)
        with compile_untrusted("print(n)\nwhile n == 3: pass", policy=policy) as program:
            ends = [program.run({"n": n}) for n in range(5)]
        assert [(end.status, end.output) for end in ends] == [
            ("timeout" if n == 3 else "ok", f"{n}\n") for n in range(5)
        ]

    def test_what_cannot_be_encoded_stays_under_the_cap(self) -> None:
        """A lone surrogate is longer in its escaped form."""
        policy = SandboxPolicy(output_bytes=1000, retries=0)
        outcome = run_untrusted("print('\\ud800' * 300)", policy=policy)
        assert (outcome.status, len(outcome.output)) == ("ok", 1000)


class TestRequired:
    """A policy that requires what is not there has its programs rejected, and says what is missing."""

    @pytest.fixture(autouse=True)
    def _without_seccomp(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        made = Pool(Settings(off=frozenset({"seccomp"})))
        monkeypatch.setattr(run, "lease", made.lease)
        monkeypatch.setattr(service_module, "_pool", lambda *_: made)
        yield
        made.shutdown()

    def outcomes(self, policy: SandboxPolicy) -> list[Any]:
        """Every way to run something."""
        found = [run_untrusted("result = 1", policy=policy)]
        with compile_untrusted("result = 1", policy=policy) as program:
            found.append(program.run())
        with Service("dana_sandbox.preload:echo", policy) as service:
            found += [service.ask(1), service.ask(2)]
        return found

    def test_is_a_rejection(self) -> None:
        """Nothing is raised, nothing is run."""
        first, second, third, again = self.outcomes(SandboxPolicy(require=frozenset({"seccomp", "process"})))
        for outcome in (first, second, third):
            (violation,) = outcome.violations
            assert (outcome.status, violation.rule, outcome.attempts) == ("rejected", "isolation", 1)
            assert "seccomp (switched off)" in violation.message
            assert "require" in violation.hint
        assert again.status == "crashed"

    def test_other_layers_are_no_matter(self) -> None:
        """Only what is required counts."""
        first, second, *_ = self.outcomes(SandboxPolicy(require=frozenset({"process"})))
        assert (first.value, second.value) == (1, 1)


HOSTILE = [
    "import os",
    "raise ValueError('x' * 100000)",
    "x = []\nfor _ in range(5000):\n    x = [x]\nresult = x",
    "def f(n):\n    return f(n + 1)\nresult = f(0)",
    "result = 'x' * (5 << 20)",
    "result = (i for i in range(3))",
    "print('spam ' * 300000)",
    "raise SystemExit(0)",
    "result = [0] * 10 ** 10",
    "x = (" * 300,
    "print('so far')\nwhile True: pass",
    "call(call)",
    "while True: call(1)",
]


@linux
@pytest.mark.slow
def test_a_thousand_hostile_calls_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No growth, no child, no file, no descriptor, whatever they were."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    policy = SandboxPolicy(wall_seconds=0.1, memory_mib=64, retries=0)

    def call(number: int) -> str:
        source = HOSTILE[number % len(HOSTILE)]
        return run_untrusted(source, policy=policy, capabilities={"call": lambda value: value}).status

    for number in range(3 * len(HOSTILE)):
        call(number)
    open_before, held_before = descriptors(), resident()
    statuses = {call(number) for number in range(1000)}
    assert statuses >= {"rejected", "error", "output", "memory", "timeout"}
    assert "ok" not in statuses
    assert resident() < held_before + 1000  # pages
    assert descriptors() == open_before
    assert list(tmp_path.iterdir()) == []
    for server in pool._DEFAULT._servers.values():
        pid = server.pid
        assert eventually(lambda pid=pid: len(children_of(pid)) <= 2)  # type: ignore[misc]
