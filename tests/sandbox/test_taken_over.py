"""What a child can do to its host, its server and its siblings once a program has taken it over completely."""

from __future__ import annotations

import errno
import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

from dana_sandbox import pool, run
from dana_sandbox.isolation import seccomp
from dana_sandbox.outcome import RunOutcome, Status
from dana_sandbox.policy import SandboxPolicy
from dana_sandbox.pool import Pool, Settings
from dana_sandbox.run import compile_untrusted, run_untrusted
from tests.sandbox.test_pool import children_of, descriptors, eventually, server_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at Linux's own")
SHORT = SandboxPolicy(wall_seconds=0.4, retries=0, output_bytes=100_000)
LONG = SandboxPolicy(wall_seconds=60.0, retries=0)
SECOND = SandboxPolicy(wall_seconds=1.5, retries=0)
STATUSES = frozenset(get_args(Status))
HANG = "\nwhile True: time.sleep(1)"
_pools: dict[frozenset[str], Pool] = {}


@pytest.fixture(scope="module", autouse=True)
def _shutdown() -> Iterator[None]:
    """End what the tests of this file started."""
    yield
    for each in _pools.values():
        each.shutdown()


@pytest.fixture
def take_over(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Pool]:
    """Give what makes every run go to children that are not ours any more, with some layers off."""

    def use(*off: str) -> Pool:
        chosen = frozenset(off)
        if chosen not in _pools:
            settings = Settings(serve="taken_over:serve", paths=(str(Path(__file__).parent),), off=chosen)
            _pools[chosen] = Pool(settings)
        monkeypatch.setattr(run, "lease", _pools[chosen].lease)
        return _pools[chosen]

    return use


def attacked(source: str, policy: SandboxPolicy = SHORT, **capabilities: Any) -> RunOutcome:
    """Run an attack; whatever it does, the outcome is one of ours and nothing is left open."""
    run_untrusted("me.send(me.done())", policy=policy)
    before = descriptors()
    outcome = run_untrusted(source, policy=policy, capabilities=capabilities)
    assert outcome.status in STATUSES
    assert len(outcome.output) <= policy.output_bytes
    assert descriptors() == before
    assert run_untrusted("me.send(me.done(7))", policy=LONG).value == 7
    return outcome


class TestFrames:
    """What comes over the channel."""

    @pytest.mark.parametrize(
        ("source", "status"),
        [
            ("me.write(b'')" + HANG, "timeout"),
            ("me.write(b'\\0\\0\\1\\0half')" + HANG, "timeout"),
            ("me.write(b'\\0\\0\\1\\0half')\nos._exit(0)", "crashed"),
            ("me.write(b'\\0\\0\\1\\0half')\nos.close(3)" + HANG, "crashed"),
            ("me.write(b'\\0\\0')\nos.close(3)", "crashed"),
            ("me.write(b'\\xff' * 100)" + HANG, "output"),
            ("me.send(b'')", "crashed"),
            ("me.send(b'\\2D\\0')", "crashed"),
            ("me.send(b'\\1D\\7' + b'\\xff' * 28)", "crashed"),
            ("me.send(frames.pack(b'K', b'', b''))", "crashed"),
            ("me.send(frames.pack(b'Z'))", "crashed"),
            ("me.send(me.done()); me.send(me.done())", None),
            ("me.write(b''.join(len(f).to_bytes(4, 'big') + f for f in [me.done()] * 3))", "crashed"),
            ("while True: me.write(b'x' * 65536)", "output"),
            ("while True: me.write(b'\\0\\0\\0\\0')", "crashed"),
            ("me.write(b'\\0\\x10\\0\\0')\nwhile True:\n    me.write(b'x'); time.sleep(0.1)", "timeout"),
            ("f = me.done(5)\nfor byte in len(f).to_bytes(4, 'big') + f: me.write(bytes([byte]))", "ok"),
            ("time.sleep(0.6); me.send(me.done())", "timeout"),
            ("os.kill(os.getpid(), 9)", None),
            ("raise SystemExit", "crashed"),
        ],
    )
    def test_every_end_has_its_status(self, take_over: Callable[..., Pool], source: str, status: str | None) -> None:
        """Halves, floods, nonsense, silence, drops: nothing raises, nothing hangs, nothing is left."""
        take_over()
        found = attacked(source, SHORT if status in {None, "timeout"} else LONG).status
        assert found == (status or found)

    def test_late_frames_belong_to_nobody(self, take_over: Callable[..., Pool]) -> None:
        """A second answer that comes later is that child's own next answer, and only that program's."""
        take_over()
        policy = SandboxPolicy(wall_seconds=0.4, retries=0, calls_per_worker=10)
        with compile_untrusted("me.send(me.done(1)); time.sleep(0.1); me.send(me.done(2))", policy=policy) as program:
            assert {program.run().status for _ in range(4)} <= {"ok", "crashed", "timeout"}
        assert run_untrusted("me.send(me.done(7))", policy=LONG).value == 7

    def test_compiled_bytes_stay_bytes_here(
        self, take_over: Callable[..., Pool], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever a child says that it compiled is loaded by other children only."""
        take_over()
        with monkeypatch.context() as patched:
            patched.setattr("marshal.loads", lambda _: pytest.fail("the host loaded it"))
            program = compile_untrusted("", policy=SHORT)
            assert program._loadable.blob == b"hostile \xff bytes"
        with program, monkeypatch.context() as patched:
            patched.setattr(run, "lease", pool.lease)  # children that are still ours
            assert program.run().status == "crashed"


class TestCalls:
    """What a child does with what it was granted, and with what it was not."""

    def test_floods_end_at_the_deadline(self, take_over: Callable[..., Pool]) -> None:
        """Answered or not, for names that are granted or not."""
        take_over()
        seen: list[int] = []
        assert attacked("while True: me.call('other')").status == "timeout"
        assert attacked("while True: me.send(me.call_frame('other', b'J[]', b'J{}'))").status == "timeout"
        assert attacked("while True: me.call('f', 1)", SECOND, f=seen.append).status == "timeout"
        assert len(seen) == 100

    @pytest.mark.parametrize(
        ("args", "kwargs"),
        [
            ("b'J' + b'[' * 100_000 + b']' * 100_000", "b'J{}'"),
            ("b'J' + b'[' * 100_000", "b'J{}'"),
            ("b'J[' + b'0,' * 600_000 + b'0]'", "b'J{}'"),
            ("b'T[' + b'\"l0\",\"l1\",' * 200 + b'\"l1\"]'", "b'J{}'"),
            ("b'T[\"l999999999\"]'", "b'J{}'"),
            ("b'J[' + b'9' * 5000 + b']'", "b'J{}'"),
            ("b'J{}'", "b'J[]'"),
            ("b'J[]'", "b'J{\"a\": [}'"),
            ("b'J[]'", "b'T[1,2,\"d2\"]'"),
            ("b'\\x80\\x04.'", "b''"),
        ],
    )
    def test_hostile_arguments_reach_nobody(self, take_over: Callable[..., Pool], args: str, kwargs: str) -> None:
        """Too deep, too many, too long, of the wrong kind: the child is ended, the function is not called."""
        take_over()
        seen: list[object] = []
        source = f"me.send(me.call_frame('f', {args}, {kwargs}))" + HANG
        assert attacked(source, LONG, f=lambda *a, **k: seen.append((a, k))).status == "crashed"
        assert seen == []

    def test_odd_names_are_only_names(self, take_over: Callable[..., Pool]) -> None:
        """Megabytes, control characters, attributes, nothing: no such capability."""
        take_over()
        names = "['', 'f' * 3_000_000, 'f.__class__', '\\x1b[2J', 'F']"
        outcome = attacked(f"me.send(me.done([me.call(name)[1][0] for name in {names}]))", LONG, f=print)
        assert outcome.value == [b"PermissionError"] * 5

    def test_calls_after_the_result_are_not_made(self, take_over: Callable[..., Pool]) -> None:
        """The run is over with its outcome."""
        take_over()
        seen: list[int] = []
        call = "me.call_frame('f', b'J[1]', b'J{}')"
        attacked(f"me.write(b''.join(len(f).to_bytes(4, 'big') + f for f in [me.done(), {call}]))", f=seen.append)
        attacked(f"me.send(me.done()); me.send({call})", f=seen.append)
        assert seen == []


class TestTheTrail:
    """The pipe for what was printed."""

    @pytest.mark.parametrize(
        "source",
        [
            "os.write(4, b'\\xff\\x1b[2J' * 10_000)" + HANG,
            "while True: os.write(4, b'x' * 4096)",
            "os.close(4)" + HANG,
            "os.write(4, b'\\xed\\xa0\\x80' * 30_000)\nos._exit(3)",
        ],
    )
    def test_takes_anything(self, take_over: Callable[..., Pool], source: str) -> None:
        """It is text in the end, under its cap, and nobody waits for it."""
        take_over()
        outcome = attacked(source)
        assert outcome.status in {"timeout", "crashed"}
        outcome.output.encode()


@linux
class TestDescriptors:
    """What goes beside the bytes of a socket."""

    def test_cannot_be_sent(self, take_over: Callable[..., Pool]) -> None:
        """The filter knows no call that carries them."""
        take_over()
        if "seccomp" not in attacked("me.send(me.done())").isolation:
            pytest.skip("this system has no seccomp")
        assert attacked("me.send(me.done(me.rights(0, 1, 2)))", LONG).value == os.strerror(errno.EPERM)

    def test_are_not_taken(self, take_over: Callable[..., Pool]) -> None:
        """Without the filter they can be sent, and the host's side drops them."""
        take_over("seccomp", "limits")
        attacked("for _ in range(50): me.rights(*[0] * 200)" + HANG)
        attacked("for _ in range(50): me.rights(0)\nos._exit(0)")

    @pytest.mark.parametrize(
        ("source", "status"),
        [
            ("s = socket.socket(fileno=3)\nwhile True: s.send(b'x', socket.MSG_OOB)", "timeout"),
            ("s = socket.socket(fileno=3)\ns.send(b'x', socket.MSG_OOB)" + HANG, "timeout"),
            ("socket.socket(fileno=3).shutdown(1)" + HANG, "crashed"),
            ("socket.socket(fileno=3).shutdown(0)" + HANG, "crashed"),
            ("s = socket.socket(fileno=3); s.shutdown(0)\nwhile True: me.call('f')", "crashed"),
        ],
    )
    def test_half_open_and_urgent(self, take_over: Callable[..., Pool], source: str, status: str) -> None:
        """Tricks of sockets that only the filter refuses end like every other silence."""
        take_over("seccomp", "limits")
        assert attacked(source).status in {status, "output"}


@linux
class TestNeighbours:
    """The server, its other children and the system."""

    def test_hanging_up_does_not_outlast_the_grace(self, take_over: Callable[..., Pool]) -> None:
        """A child that closes its channel and goes on is ended, however busy its server is with others."""
        taken = take_over()
        attacked("me.send(me.done())")
        server, over = server_of(taken), threading.Event()

        def keep_busy() -> None:
            while not over.is_set():
                taken.lease(LONG).end()

        others = threading.Thread(target=keep_busy)
        others.start()
        try:
            outcome = run_untrusted("os.close(3)\nwhile True: pass", policy=LONG)
        finally:
            over.set()
            others.join()
        assert (outcome.status, server_of(taken)) == ("crashed", server)
        assert "SIGKILL" in str(outcome.error)

    @pytest.mark.parametrize("off", [("seccomp",), ("seccomp", "limits")])
    def test_siblings_cannot_be_touched(self, take_over: Callable[..., Pool], off: tuple[str, ...]) -> None:
        """All run as one user; without the filter it is Landlock that keeps them apart."""
        taken = take_over(*off)
        ours = taken.lease(LONG)
        if "landlock" not in ours.layers or ours.landlock_abi < 6:
            ours.end()
            pytest.skip("needs Landlock's scope of signals")
        spares = [pid for pid in children_of(server_of(taken).pid) if pid != ours.pid]
        source = (
            "def tried(what, *values):\n    try:\n        what(*values)\n    except OSError as e:\n        return e.errno\n"
            f"me.send(me.done([[tried(os.kill, pid, 9), tried(os.open, f'/proc/{{pid}}/mem', 2),"
            f" -raw(101 if os.uname().machine == 'x86_64' else 117, 16, pid, 0, 0)]"
            f" for pid in {[ours.pid, *spares, server_of(taken).pid]} if pid != os.getpid()]))"
        )
        outcome = run_untrusted(source, policy=LONG)
        assert outcome.ok, outcome
        assert ours.end() is not None
        kinds = [{errno.EPERM, errno.ESRCH}, {errno.EACCES, errno.EMFILE, errno.ENOENT}, {errno.EPERM, errno.ESRCH}]
        assert all(found in kind for told in outcome.value for found, kind in zip(told, kinds, strict=True))

    def test_of_all_calls_only_ours_go_through(self, take_over: Callable[..., Pool]) -> None:
        """Every number there is, asked for in a real child: refused, or the end of it."""
        take_over()
        tables = seccomp.machine()
        if tables is None or "seccomp" not in attacked("me.send(me.done())").isolation:
            pytest.skip("this system has no filter")
        known = {*tables.allowed.values(), *tables.memory.values(), *tables.own_process.values()}
        # The kernel asks no filter about its own uretprobe and uprobe; they end whoever calls them without one.
        unfiltered = {335, 336} if os.uname().machine == "x86_64" else set()
        strange = sorted(set(range(600)) - known - set(tables.deadly.values()) - unfiltered)
        outcome = attacked(f"me.send(me.done([raw(n, 0, 0, 0, 0) for n in {strange}]))", LONG)
        assert set(outcome.value) == {-errno.EPERM}, outcome

    @pytest.mark.parametrize("name", sorted(seccomp.MACHINES["x86_64"].deadly))
    def test_deadly_calls_end_the_child(self, take_over: Callable[..., Pool], name: str) -> None:
        """io_uring, userfaultfd, keys, tracing, other namespaces: nothing that an interpreter tries by mistake."""
        take_over()
        tables = seccomp.machine()
        if tables is None or name not in tables.deadly or "seccomp" not in attacked("me.send(me.done())").isolation:
            pytest.skip("this system has no filter for it")
        outcome = attacked(f"raw({tables.deadly[name]}, 0, 0, 0, 0)\nme.send(me.done())", LONG)
        assert (outcome.status, "SIGSYS" in str(outcome.error)) == ("crashed", True)

    def test_nothing_waits_for_the_next_call(self, take_over: Callable[..., Pool]) -> None:
        """No timer and no signal can be left behind, nor a limit lowered."""
        take_over()
        if "seccomp" not in attacked("me.send(me.done())").isolation:
            pytest.skip("this system has no seccomp")
        source = """
def tried(what, *values):
    try:
        return what(*values)
    except OSError as e:
        return e.errno
left = [tried(signal.alarm, 5), tried(signal.setitimer, 0, 5.0), tried(os.kill, os.getpid(), 10),
               tried(os.nice, 5), tried(os.setpriority, 0, 0, 5) if hasattr(os, "setpriority") else 1]
me.send(me.done(left))
"""
        value = attacked(source, LONG).value
        assert value[1:] == [errno.EPERM] * 4
        assert json.dumps(value)

    def test_a_spare_has_seen_nobody(self, take_over: Callable[..., Pool]) -> None:
        """What a child does to its interpreter is gone with it; the one that waits was forked from the server."""
        taken = take_over()
        dirty = "sys.modules['left'] = sys\nsys.setrecursionlimit(77)\nsys.argv.append('left')\n"
        look = "me.send(me.done(['left' in sys.modules, sys.getrecursionlimit(), sys.argv]))"
        clean = run_untrusted(look, policy=LONG).value
        for _ in range(5):
            assert run_untrusted(dirty + "me.send(me.done())", policy=LONG).ok
            assert run_untrusted(look, policy=LONG).value == clean
        assert eventually(lambda: len(children_of(server_of(taken).pid)) <= 2)
