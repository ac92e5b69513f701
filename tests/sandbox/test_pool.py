"""Children come, work, misbehave and go: nothing of them is left, whatever they or their host do."""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_sandbox import SandboxPolicy, host_io, launch, leased, wire
from dana_sandbox.channel import Channel, Frames, FrameTooLargeError, framed
from dana_sandbox.pool import DeadlinePassed, Pool, PoolError, Settings, TooLarge, Worker, WorkerDied
from tests.sandbox.attempts import PATIENCE, attempt, hostile_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dana_sandbox.server_process import ServerProcess

POLICY = SandboxPolicy(memory_mib=64)
SOON = 0.05
"""Seconds until a deadline that is meant to pass."""
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """Give one pool of hostile children to all tests that leave it as it was."""
    made = Pool(hostile_settings())
    yield made
    made.shutdown()


@pytest.fixture(scope="module", params=["fork", "spawn"])
def either(request: pytest.FixtureRequest) -> Iterator[Pool]:
    """Give a pool that forks, and one for systems that cannot."""
    made = Pool(hostile_settings(launcher=request.param))
    yield made
    made.shutdown()


@pytest.fixture
def fresh() -> Iterator[Pool]:
    """Give a pool that the test may break."""
    made = Pool(hostile_settings())
    yield made
    made.shutdown()


def within() -> float:
    """Return a deadline for what must come."""
    return time.monotonic() + PATIENCE


def ask(worker: Worker, *what: Any, deadline: float | None = None, limit: int = 1 << 20) -> Any:
    """Return what a child answers."""
    worker.send(json.dumps(what).encode())
    return json.loads(worker.receive(within() if deadline is None else deadline, limit))


def server_of(pool: Pool) -> ServerProcess:
    """Return the one server of a pool."""
    (server,) = pool._servers.values()
    return server


def children_of(pid: int) -> list[int]:
    """Return the children of a process, zombies among them."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = entry.joinpath("stat").read_text(encoding="latin-1").rpartition(")")[2].split()[1]
            except OSError:
                continue
            if int(parent) == pid:
                found.append(int(entry.name))
    return found


def exists(pid: int) -> bool:
    """Whether there is such a process, be it a zombie."""
    return Path(f"/proc/{pid}").exists()


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something comes true while a busy machine may take."""
    end = within()
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def descriptors() -> int:
    """Return how many this process has open."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def resident(pid: int | str = "self") -> int:
    """Return the pages that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])


class TestFrames:
    """Length, then bytes."""

    @given(st.lists(st.binary(max_size=200)), st.lists(st.integers(1, 50)))
    def test_come_out_as_they_went_in(self, payloads: list[bytes], cuts: list[int]) -> None:
        """Law: however a stream is cut, the frames are the same."""
        stream = b"".join(part for payload in payloads for part in framed(payload))
        frames, out, at = Frames(), [], 0
        for size in [*cuts, *[7] * len(stream)]:
            frames.feed(stream[at : at + size])
            at += size
            while (frame := frames.take(1000)) is not None:
                out.append(frame)
        assert out == payloads

    @given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.binary(max_size=20))
    def test_announced_size_is_held_against_the_cap(self, size: int, limit: int, data: bytes) -> None:
        """Law: over the cap nothing is waited for; under it at most what is missing is read, and not all at once."""
        frames = Frames()
        frames.feed(size.to_bytes(4, "big") + data)
        if size > limit:
            with pytest.raises(FrameTooLargeError, match="at most"):
                frames.take(limit)
        else:
            assert frames.take(limit) == (data[:size] if len(data) >= size else None)
            assert frames.next_read <= 1 << 20

    @pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 3_000_000])
    def test_cross_a_socket(self, size: int) -> None:
        """The child's blocking end and the host's end that never blocks understand each other, both ways."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            channel = Channel(theirs.fileno())
            echo = threading.Thread(target=lambda: channel.send(channel.receive(1 << 30)))
            echo.start()
            ours.setblocking(False)
            payload = os.urandom(size)
            host_io.send(ours.fileno(), payload, within())
            assert host_io.Inbox(ours.fileno()).receive(within(), size) == payload
            echo.join()

    def test_end_of_the_host_is_an_end_of_file(self) -> None:
        """Also in the middle of a frame."""
        ours, theirs = socket.socketpair()
        with theirs:
            ours.sendall(b"\0\0\0\5ab")
            ours.close()
            with pytest.raises(EOFError):
                Channel(theirs.fileno()).receive(100)

    def test_frame_that_is_no_frame_is_refused(self) -> None:
        """Four bytes cannot say more."""

        class Vast(bytes):
            def __len__(self) -> int:
                return 1 << 32

        with pytest.raises(FrameTooLargeError):
            framed(Vast())


class TestOneChild:
    """What every launcher promises."""

    def test_answers(self, either: Pool) -> None:
        """Frames go there and come back; the layers are known from the start."""
        worker = either.lease(POLICY)
        assert worker.alive
        assert "process" in worker.layers
        assert ask(worker, "echo", "x" * 500_000)["result"] == "x" * 500_000
        assert ask(worker, "echo", [1, 2])["result"] == [1, 2]
        assert worker.calls == 2
        worker.end()
        assert not worker.alive

    def test_end_is_idempotent_and_final(self, either: Pool) -> None:
        """The usage stays what it was; nothing can be asked any more."""
        worker = either.lease(POLICY)
        usage = worker.end()
        assert worker.end() is usage
        assert worker.usage() is usage
        with pytest.raises(WorkerDied, match="ended already"):
            worker.send(b"")
        with pytest.raises(WorkerDied, match="ended already"):
            worker.receive(within(), 1)

    @pytest.mark.parametrize("what", ["sleep", "spin", "stop self", "stubborn"])
    def test_deadline_ends_it(self, either: Pool, what: str) -> None:
        """Sleeping, busy, stopped or deaf to signals: killed is killed."""
        worker = either.lease(POLICY)
        with pytest.raises(DeadlinePassed):
            ask(worker, what, deadline=time.monotonic() + SOON)
        assert not worker.alive
        if sys.platform.startswith("linux"):
            assert not exists(worker.pid)

    def test_deadline_in_the_past_ends_it(self, either: Pool) -> None:
        """There is no wait that must happen first."""
        worker = either.lease(POLICY)
        with pytest.raises(DeadlinePassed):
            ask(worker, "sleep", deadline=time.monotonic() - 1)

    def test_deaf_child_does_not_hold_the_sender(self, either: Pool) -> None:
        """A child that reads nothing: the pipe fills up, the deadline passes."""
        worker = either.lease(POLICY)
        worker.send(json.dumps(["sleep"]).encode())
        with pytest.raises(DeadlinePassed):
            worker.send(bytes(8 << 20), time.monotonic() + SOON)

    @pytest.mark.parametrize(
        ("what", "how"),
        [
            (["crash"], "SIGSEGV"),
            (["abort"], "SIGABRT"),
            (["exit", 5], "code 5"),
            (["exit", 0], "code 0"),
        ],
    )
    def test_death_is_told(self, either: Pool, what: list[Any], how: str) -> None:
        """How it ended, in words; it was not memory."""
        worker = either.lease(POLICY)
        with pytest.raises(WorkerDied, match=how) as caught:
            ask(worker, *what)
        assert not caught.value.memory

    @pytest.mark.parametrize("what", [["exhaust"], ["allocate", 300]])
    def test_memory_is_limited(self, either: Pool, what: list[Any]) -> None:
        """Many small pieces or one large one."""
        worker = either.lease(POLICY)
        with pytest.raises(WorkerDied) as caught:
            ask(worker, *what)
        assert caught.value.memory

    @pytest.mark.parametrize("what", ["spin", pytest.param("stubborn", marks=pytest.mark.slow)])
    def test_processor_time_is_limited(self, pool: Pool, what: str) -> None:
        """Also when the host would wait for ever; ignoring the first signal does not help."""
        worker = pool.lease(SandboxPolicy(cpu_seconds=0.1))
        with pytest.raises(WorkerDied, match=r"SIGXCPU|SIGKILL") as caught:
            ask(worker, what)
        assert not caught.value.memory
        assert worker.end().cpu_seconds > 0.5

    def test_long_answer_is_not_taken(self, either: Pool) -> None:
        """The cap is the caller's."""
        worker = either.lease(POLICY)
        with pytest.raises(TooLarge, match="at most 1000 are taken"):
            ask(worker, "long", 2000, limit=1000)

    @pytest.mark.parametrize("what", ["garbage", "huge length"])
    def test_garbage_is_not_taken(self, either: Pool, what: str) -> None:
        """What looks like four gigabytes is not allocated."""
        worker = either.lease(POLICY)
        with pytest.raises(TooLarge):
            ask(worker, what)

    def test_flood_stays_in_the_pipe(self, either: Pool) -> None:
        """The host takes one frame at a time, and no more memory than a read."""
        worker = either.lease(POLICY)
        worker.send(json.dumps(["flood"]).encode())
        assert [worker.receive(within(), 10) for _ in range(1000)] == [b"x"] * 1000
        assert len(worker._frames._bytes if hasattr(worker, "_frames") else b"") <= 1 << 20
        worker.end()

    def test_drip_ends_at_the_deadline(self, either: Pool) -> None:
        """A child that sends byte by byte does not renew its time."""
        worker = either.lease(POLICY)
        with pytest.raises(DeadlinePassed):
            ask(worker, "drip", deadline=time.monotonic() + SOON)

    def test_closed_channel_is_death(self, pool: Pool) -> None:
        """Whoever hangs up is killed."""
        worker = pool.lease(POLICY)
        with pytest.raises(WorkerDied, match="SIGKILL"):
            ask(worker, "close")

    def test_usage_is_the_kernels(self, either: Pool) -> None:
        """Counted when the child is reaped; and, on Linux, while it lives."""
        worker = either.lease(SandboxPolicy())
        ask(worker, "allocate", 100)
        if sys.platform.startswith("linux"):
            assert worker.usage().peak_bytes > 100 << 20
            assert worker.usage().cpu_seconds > 0
        usage = worker.end()
        assert usage.peak_bytes > 100 << 20
        assert usage.cpu_seconds > 0
        assert leased.usage_of(2**22 + 1) == leased.Usage()

    def test_children_share_nothing(self, pool: Pool) -> None:
        """Each one draws its own random numbers and has its own number."""
        answers = [attempt(pool, "random")["result"] for _ in range(5)]
        assert len(set(answers)) == 5

    @linux
    def test_forgotten_worker_ends(self, pool: Pool) -> None:
        """A caller that drops a worker leaves no process."""
        worker = pool.lease(POLICY)
        pid = worker.pid
        del worker
        gc.collect()
        assert eventually(lambda: not exists(pid))

    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer signal")
    def test_interrupted_wait_ends_the_child(self, either: Pool) -> None:
        """KeyboardInterrupt goes to the caller; the child does not stay."""
        worker = either.lease(POLICY)
        before = signal.signal(signal.SIGALRM, signal.default_int_handler)
        try:
            signal.setitimer(signal.ITIMER_REAL, SOON)
            with pytest.raises(KeyboardInterrupt):
                ask(worker, "sleep")
        finally:
            signal.signal(signal.SIGALRM, before)
        assert not worker.alive
        if sys.platform.startswith("linux"):
            assert not exists(worker.pid)

    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer signal")
    def test_signal_that_is_handled_changes_nothing(self, pool: Pool) -> None:
        """The wait goes on to its deadline, and an answer is an answer."""
        seen: list[int] = []
        before = signal.signal(signal.SIGALRM, lambda number, _: seen.append(number))
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
            worker = pool.lease(POLICY)
            with pytest.raises(DeadlinePassed):
                ask(worker, "sleep", deadline=time.monotonic() + 5 * SOON)
            assert attempt(pool, "echo", 1) == {"result": 1}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert seen


@linux
class TestTheServer:
    """The process that forks comes back when it is lost, and goes with its host."""

    def test_is_out_of_the_terminals_reach(self, pool: Pool) -> None:
        """Ctrl-C goes to the group of the terminal: the server has a session of its own."""
        attempt(pool, "pid")
        assert os.getsid(server_of(pool).pid) == server_of(pool).pid

    def test_lost_server_is_replaced(self, fresh: Pool) -> None:
        """Running leases learn of it, the next lease does not."""
        worker = fresh.lease(POLICY)
        lost = server_of(fresh).pid
        os.kill(lost, signal.SIGKILL)
        with pytest.raises(WorkerDied, match="process that forks workers ended"):
            ask(worker, "sleep")
        assert eventually(lambda: not exists(worker.pid))
        assert attempt(fresh, "echo", 1) == {"result": 1}
        assert server_of(fresh).pid != lost
        assert not exists(lost)

    def test_deaf_server_does_not_hold_its_host(self, fresh: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
        """A server that is stopped cannot end a child: it is ended itself, with all it forked."""
        monkeypatch.setattr("dana_sandbox.forked._PATIENCE", SOON)
        worker = fresh.lease(POLICY)
        os.kill(server_of(fresh).pid, signal.SIGSTOP)
        assert worker.end() == leased.Usage()
        assert eventually(lambda: not exists(worker.pid))
        assert attempt(fresh, "echo", 1) == {"result": 1}

    def test_spares_are_few(self, fresh: Pool) -> None:
        """One waits for each of the latest policies, and all go with the server."""
        for memory in range(64, 72):
            attempt(fresh, "pid", policy=SandboxPolicy(memory_mib=memory))
        server = server_of(fresh).pid
        assert eventually(lambda: len(children_of(server)) == 2)
        waiting = children_of(server)
        fresh.shutdown()
        assert eventually(lambda: not any(exists(pid) for pid in (server, *waiting)))

    def test_dead_spare_is_not_given_out(self, fresh: Pool) -> None:
        """The system may have killed a child that waited."""
        attempt(fresh, "pid")
        server = server_of(fresh).pid
        assert eventually(lambda: len(children_of(server)) == 1)
        (spare,) = children_of(server)
        os.kill(spare, signal.SIGKILL)
        assert eventually(lambda: ") Z " in Path(f"/proc/{spare}/stat").read_text(encoding="latin-1"))
        assert attempt(fresh, "echo", 1) == {"result": 1}
        assert eventually(lambda: len(children_of(server)) == 1)
        assert not exists(spare)

    def test_waiting_child_gets_warm(self, fresh: Pool) -> None:
        """The server does so once for all, a child only while nobody waits for it."""
        assert attempt(fresh, "look")["result"]["warm"] == [False]
        assert eventually(lambda: len(children_of(server_of(fresh).pid)) == 1)
        assert attempt(fresh, "look")["result"]["warm"] == [False, True]

    def test_answer_that_nobody_waited_for_is_put_away(self, fresh: Pool) -> None:
        """A caller that was interrupted while it leased leaves an answer behind, with a child."""
        attempt(fresh, "pid")
        server = server_of(fresh)
        server._send(wire.REQUEST.pack(wire.LEASE, 999, 64, 3, 0))
        before = descriptors()
        assert attempt(fresh, "echo", 1) == {"result": 1}
        assert descriptors() == before
        assert eventually(lambda: len(children_of(server.pid)) <= 2)

    def test_server_without_descriptors_goes_on(self) -> None:
        """It says that it cannot fork; the children that it has live on, and when they end it can again."""
        settings = hostile_settings()
        pool = Pool(Settings(serve="few_descriptors:serve", paths=settings.paths))
        workers: list[Worker] = []
        with pytest.raises(PoolError, match="could be forked: Too many open files"):
            workers.extend(pool.lease(POLICY) for _ in range(20))
        server = server_of(pool)
        with pytest.raises(PoolError, match="could be forked: Too many open files"):
            workers.extend(pool.lease(POLICY) for _ in range(20))
        assert len(workers) > 3
        assert [ask(worker, "echo", 1) for worker in workers] == [{"result": 1}] * len(workers)
        for worker in workers:
            worker.end()
        assert attempt(pool, "echo", 2) == {"result": 2}
        assert server_of(pool) is server
        pool.shutdown()

    def test_outlives_the_thread_that_started_it(self, fresh: Pool) -> None:
        """A signal at the parent's death would come when the thread ends."""
        workers: list[Worker] = []
        starter = threading.Thread(target=lambda: workers.append(fresh.lease(POLICY)))
        starter.start()
        starter.join()
        server = server_of(fresh).pid
        assert ask(workers[0], "echo", 1) == {"result": 1}
        workers[0].end()
        assert attempt(fresh, "echo", 2) == {"result": 2}
        assert server_of(fresh).pid == server

    def test_starts_again_after_shutdown(self, fresh: Pool) -> None:
        """Shutting down ends what was leased, and is no end of the pool."""
        worker = fresh.lease(POLICY)
        fresh.shutdown()
        assert not worker.alive
        assert attempt(fresh, "echo", 1) == {"result": 1}

    def test_start_that_fails_says_why(self) -> None:
        """The server's own words, and no process left."""
        pool = Pool(Settings(serve="no_such_module:serve"))
        with pytest.raises(PoolError, match="ModuleNotFoundError: No module named 'no_such_module'"):
            pool.lease(POLICY)
        assert server_of(pool).gone
        assert server_of(pool).pid == 0

    def test_python_that_is_missing_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An embedded Python may not know where it is."""
        monkeypatch.setattr(sys, "executable", "")
        with pytest.raises(PoolError, match=r"sys\.executable is empty"):
            Pool(Settings()).lease(POLICY)
        monkeypatch.setattr(sys, "executable", "/no/such/python")
        for launcher in ("fork", "spawn"):
            with pytest.raises(PoolError, match="could not be started"):
                Pool(Settings(launcher=launcher)).lease(POLICY)

    def test_starts_with_an_almost_empty_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing of the user's variables can be read, not even from what the kernel keeps of the start."""
        monkeypatch.setenv("SECRET", "s3cret")
        pool = Pool(hostile_settings())
        attempt(pool, "pid")
        assert "SECRET" not in launch.first_environment()
        assert b"s3cret" not in Path(f"/proc/{server_of(pool).pid}/environ").read_bytes() if os.getuid() == 0 else True
        pool.shutdown()


@linux
class TestNothingIsLeft:
    """Counted in processes, descriptors, files and memory."""

    def misbehave(self, pool: Pool, number: int) -> None:
        """Lease one child and part from it in one of many ways."""
        worker = pool.lease(POLICY)
        match number % 5:
            case 0:
                ask(worker, "echo", number)
            case 1:
                os.kill(worker.pid, signal.SIGKILL)
                with pytest.raises(WorkerDied):
                    ask(worker, "sleep")
            case 2:
                with pytest.raises(DeadlinePassed):
                    ask(worker, "sleep", deadline=time.monotonic())
            case 3:
                with pytest.raises(TooLarge):
                    ask(worker, "garbage")
            case _:
                with pytest.raises(WorkerDied):
                    ask(worker, "exit", 3)
        worker.end()

    @pytest.mark.parametrize("leases", [50, pytest.param(1000, marks=pytest.mark.slow)])
    def test_after_many_leases(self, fresh: Pool, leases: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """No zombie, no descriptor, no temporary file, no growth of host or server."""
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        for number in range(20):
            self.misbehave(fresh, number)
        server = server_of(fresh)
        open_before, ours, theirs = descriptors(), resident(), resident(server.pid)
        for number in range(leases):
            self.misbehave(fresh, number)
        assert server_of(fresh) is server
        assert eventually(lambda: len(children_of(server.pid)) == 1)  # the spare
        assert descriptors() == open_before
        assert list(tmp_path.iterdir()) == []
        assert resident() < ours + 2000
        assert resident(server.pid) < theirs + 1000
        if os.getuid() == 0:
            mine = Path(f"/proc/{server.pid}/fd")  # null three times, control, gauge, wake and waker, the spare's ends
            assert eventually(lambda: len(list(mine.iterdir())) == 9)
        pid = server.pid
        fresh.shutdown()
        assert pid not in children_of(os.getpid())
        assert descriptors() == open_before - 2  # the control socket, and the handle of the process

    def test_after_spawned_ones(self) -> None:
        """The same for interpreters of their own."""
        pool = Pool(hostile_settings(launcher="spawn"))
        before = descriptors()
        for number in range(5):
            self.misbehave(pool, number)
        worker = pool.lease(POLICY)
        pool.shutdown()
        assert not worker.alive
        assert descriptors() == before
        assert not exists(worker.pid)

    def test_with_threads(self, fresh: Pool) -> None:
        """Two threads lease from one pool that neither has started."""
        answers: list[int] = []

        def work(first: int) -> None:
            answers.extend(attempt(fresh, "echo", number)["result"] for number in range(first, first + 50))

        threads = [threading.Thread(target=work, args=(first,)) for first in (0, 50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == list(range(100))
        assert eventually(lambda: len(children_of(server_of(fresh).pid)) == 1)


HOST = """
import json, os, sys, threading, time
from dana_sandbox import SandboxPolicy
from dana_sandbox.pool import Pool, PoolError, Settings
from tests.sandbox.attempts import attempt, hostile_settings
pool = Pool(hostile_settings())
"""


def run_host(program: str, **more: Any) -> subprocess.Popen[str]:
    """Start a host of its own."""
    places = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    line = [sys.executable, "-W", "error", "-c", HOST + program]
    return subprocess.Popen(line, env=places, stdout=subprocess.PIPE, text=True, **more)


@linux
class TestHosts:
    """What hosts do to themselves."""

    def test_killed_host_takes_all_along(self) -> None:
        """The server sees the end of its control socket, the kernel ends its children."""
        program = """
worker = pool.lease(SandboxPolicy(wall_seconds=60))
worker.send(json.dumps(["spin"]).encode())
print(worker.pid, pool._servers[next(iter(pool._servers))].pid, flush=True)
time.sleep(3600)
"""
        with run_host(program) as host:
            assert host.stdout
            pids = [int(word) for word in host.stdout.readline().split()]
            assert all(exists(pid) for pid in pids)
            host.kill()
        assert eventually(lambda: not any(exists(pid) for pid in pids))

    def test_ending_host_takes_all_along(self) -> None:
        """Whoever forgets to end a worker leaves none behind either."""
        program = """
worker = pool.lease(SandboxPolicy())
print(worker.pid, pool._servers[next(iter(pool._servers))].pid, flush=True)
"""
        with run_host(program) as host:
            told, _ = host.communicate()
        assert host.returncode == 0
        assert eventually(lambda: not any(exists(int(pid)) for pid in told.split()))

    def test_forked_host_starts_its_own(self) -> None:
        """The fork neither uses nor ends what belongs to its parent."""
        program = """
worker = pool.lease(SandboxPolicy())
pid = os.fork()
if pid == 0:
    code = 1
    try:
        assert not worker.alive
        assert attempt(pool, "echo", 1) == {"result": 1}
        worker.end()
        pool.shutdown()
        code = 0
    finally:
        os._exit(code)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
worker.send(json.dumps(["echo", 2]).encode())
print(worker.receive(time.monotonic() + 60, 1000).decode())
"""
        with run_host(program) as host:
            told, _ = host.communicate()
        assert json.loads(told) == {"result": 2}

    def test_fork_does_not_keep_the_server_alive(self) -> None:
        """A child of the host that lives on has not inherited what the server waits for."""
        program = """
attempt(pool, "pid")
server = pool._servers[next(iter(pool._servers))].pid
pid = os.fork()
if pid == 0:
    time.sleep(3600)
print(pid, server, flush=True)
os.kill(os.getpid(), 9)
"""
        with run_host(program) as host:
            assert host.stdout
            fork, server = (int(word) for word in host.stdout.readline().split())
            try:
                assert eventually(lambda: not exists(server))
                assert exists(fork)
            finally:
                os.kill(fork, signal.SIGKILL)

    def test_host_with_threads_gets_no_warning(self) -> None:
        """Python warns of a fork in a program with threads; there is none."""
        program = """
stop = threading.Event()
threading.Thread(target=stop.wait).start()
print(attempt(pool, "echo", 3)["result"])
stop.set()
"""
        with run_host(program, stderr=subprocess.PIPE) as host:
            assert host.communicate() == ("3\n", "")

    def test_host_without_descriptors_is_told(self) -> None:
        """A lease that cannot be taken leaves no child, and the next one that can be works."""
        program = """
attempt(pool, "pid")
files = []
while True:
    try:
        files.append(open(os.devnull))
    except OSError:
        break
files.pop().close()
try:
    pool.lease(SandboxPolicy())
except PoolError as problem:
    print(problem)
for file in files:
    file.close()
print(attempt(pool, "echo", 4)["result"])
"""
        limits = (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        with run_host(f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, {limits})\n{program}") as host:
            told, _ = host.communicate()
        assert told.splitlines() == ["this process has too many open files to take a worker", "4"]

    def test_host_that_reaps_everything_does_no_harm(self) -> None:
        """Some programs ignore the end of children, and the system reaps them."""
        program = """
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print(attempt(pool, "echo", 5)["result"])
pool.shutdown()
other = Pool(hostile_settings(launcher="spawn"))
print(attempt(other, "echo", 6)["result"])
"""
        with run_host(program) as host:
            told, _ = host.communicate()
        assert (told, host.returncode) == ("5\n6\n", 0)

    def test_host_without_standard_streams(self) -> None:
        """A service may have closed them, so that the control socket has one of their numbers."""
        program = """
out = os.dup(1)
for fd in range(3):
    os.close(fd)
answer = attempt(pool, "look")["result"]["descriptors"]
os.write(out, json.dumps(answer).encode())
pool.shutdown()
os._exit(0)
"""
        with run_host(program) as host:
            told, _ = host.communicate()
        assert json.loads(told) == [0, 1, 2, 3, 4]
