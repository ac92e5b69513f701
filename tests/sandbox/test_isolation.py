"""What holds a child: every layer alone, all together, and what a child that has been taken over can still do."""

from __future__ import annotations

import errno
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dana_sandbox
from dana_sandbox import SandboxPolicy, policy
from dana_sandbox.isolation import harden, landlock, limits, seccomp
from dana_sandbox.isolation.kernel import Kernel, open_kernel
from dana_sandbox.isolation.report import Finding, IsolationReport, report_on
from dana_sandbox.pool import IsolationMissing, Pool, PoolError
from tests.sandbox.attempts import attempt, hostile_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="these layers are Linux's")

NEVER = str(Path(tempfile.gettempdir()) / "never")
"""A file that there is not, where everybody might make one."""
BLOCKED = errno.EPERM
KILLED = "it was ended by SIGSYS (a system call that only an attack makes)"
ATTACKS: dict[str, tuple[list[Any], object]] = {
    "read a file": (["open", "/etc/passwd"], BLOCKED),
    "read itself": (["open", "/proc/self/status"], BLOCKED),
    "read memory as a file": (["open", "/proc/self/mem"], BLOCKED),
    "write a file": (["write file", NEVER], BLOCKED),
    "delete a file": (["unlink", NEVER], BLOCKED),
    "make a folder": (["make folder", NEVER], BLOCKED),
    "cut a file": (["truncate", NEVER], BLOCKED),
    "list a folder": (["list folder", "/"], BLOCKED),
    "change rights": (["chmod", NEVER], BLOCKED),
    "TCP": (["socket"], BLOCKED),
    "UDP": (["datagram socket"], BLOCKED),
    "unix sockets": (["unix socket"], BLOCKED),
    "fork": (["fork"], BLOCKED),
    "execute": (["execute"], KILLED),
    "signal the server": (["kill parent"], BLOCKED),
    "signal the host": (["kill host", os.getpid()], BLOCKED),
    "trace": (["ptrace"], KILLED),
    "read memory of others": (["read memory"], KILLED),
    "mount": (["mount"], KILLED),
    "bpf": (["bpf"], KILLED),
    "change root": (["change root"], KILLED),
    "file in memory": (["memory file"], BLOCKED),
    "limits of others": (["limits of others"], BLOCKED),
    "become dumpable": (["dumpable"], BLOCKED),
    "outlive the server": (["forget parent"], BLOCKED),
    "become root": (["become root"], BLOCKED),
    "copy a descriptor": (["duplicate"], BLOCKED),
    "make a pipe": (["pipe"], BLOCKED),
    "executable memory": (["executable memory"], BLOCKED),
    "make memory executable": (["make executable"], BLOCKED),
    "leave the session": (["new session"], BLOCKED),
}
"""What is asked of the child, and the error number or the end that must come of it."""


@pytest.fixture(scope="module")
def pools() -> Iterator[dict[frozenset[str], Pool]]:
    """Give pools by the layers that are switched off."""
    made: dict[frozenset[str], Pool] = {}
    yield made
    for pool in made.values():
        pool.shutdown()


def tried(pools: dict[frozenset[str], Pool], what: list[Any], *off: str) -> Any:
    """Return what came of an attack with some layers switched off."""
    chosen = frozenset(off)
    if chosen not in pools:
        pools[chosen] = Pool(hostile_settings(chosen))
    return attempt(pools[chosen], *what)


def needs(pools: dict[frozenset[str], Pool], *layers: str) -> None:
    """Skip where this system lacks a layer that the test is about."""
    have = pools.setdefault(frozenset(), Pool(hostile_settings())).lease(SandboxPolicy())
    have.end()
    missing = sorted(set(layers) - set(have.layers))
    if missing:
        pytest.skip(f"this system has no {', '.join(missing)}")


class TestTheFilter:
    """The filter is judged by running it here, instruction by instruction."""

    def run(self, steps: list[seccomp.Instruction], data: bytes) -> int:
        """Return what the filter says of one `struct seccomp_data`."""
        accumulator, at = 0, 0
        while True:
            code, if_true, if_false, value = steps[at]
            at += 1
            match code:
                case 0x20:
                    (accumulator,) = struct.unpack_from("=I", data, value)
                case 0x15:
                    at += if_true if accumulator == value else if_false
                case 0x35:
                    at += if_true if accumulator >= value else if_false
                case 0x45:
                    at += if_true if accumulator & value else if_false
                case 0x06:
                    return value
                case _:
                    pytest.fail(f"unknown instruction {code:#x}")

    @given(
        name=st.sampled_from(sorted(seccomp.MACHINES)),
        number=st.integers(0, 600) | st.integers(0, 2**32 - 1),
        arguments=st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 20), min_size=6, max_size=6),
        strange=st.none() | st.integers(0, 2**32 - 1),
    )
    def test_allows_what_the_tables_allow(
        self, name: str, number: int, arguments: list[int], strange: int | None
    ) -> None:
        """Law: of every call whatsoever the filter says what the tables say, and kills other architectures."""
        tables = seccomp.MACHINES[name]
        architecture = tables.architecture if strange is None else strange
        data = struct.pack("=IIQ6Q", number, architecture, 0, *arguments)
        assert self.run(seccomp.program(tables, own_pid=7), data) == self.expected(
            tables, number, arguments, architecture
        )

    def expected(self, tables: seccomp.Machine, number: int, arguments: list[int], architecture: int) -> int:
        """Return what the tables mean."""
        if architecture != tables.architecture or number >= 0x40000000 or number in tables.deadly.values():
            return seccomp.KILL
        if number in tables.allowed.values():
            return seccomp.ALLOW
        if number in tables.memory.values():
            return seccomp.REFUSE if arguments[2] & 4 else seccomp.ALLOW
        if number in tables.own_process.values():
            return seccomp.ALLOW if arguments[0] & 0xFFFFFFFF == 7 else seccomp.REFUSE
        return seccomp.REFUSE

    @pytest.mark.parametrize("name", seccomp.MACHINES)
    def test_tables_do_not_overlap(self, name: str) -> None:
        """A number means one thing, and a jump never has to go further than a byte can say."""
        tables = seccomp.MACHINES[name]
        groups = (tables.allowed, tables.memory, tables.own_process, tables.deadly)
        numbers = [number for group in groups for number in group.values()]
        assert len(numbers) == len(set(numbers))
        assert max(step.if_true + step.if_false for step in seccomp.program(tables, 1)) < 256

    @given(st.sampled_from(sorted(seccomp.MACHINES)), st.integers(1, 2**22))
    def test_prepared_filter_is_the_filter(self, name: str, pid: int) -> None:
        """Law: what is made once, with a number put in, is what would be made for that number."""
        tables = seccomp.MACHINES[name]
        code = b"".join(struct.pack("=HBBI", *step) for step in seccomp.program(tables, pid))
        assert pid.to_bytes(4, sys.byteorder).join(seccomp.prepared(tables)) == code

    def test_both_machines_know_the_same_calls(self) -> None:
        """What is deadly on one processor is deadly on the other; the rest differs where old calls are gone."""
        intel, arm = seccomp.MACHINES["x86_64"], seccomp.MACHINES["aarch64"]
        assert set(intel.deadly) - set(arm.deadly) == {"iopl", "ioperm"}
        assert set(intel.allowed) - set(arm.allowed) == {"poll", "time"}
        assert set(arm.deadly) <= set(intel.deadly)
        assert set(arm.allowed) <= set(intel.allowed)

    @pytest.mark.parametrize(
        ("name", "header", "prefix"),
        [
            ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "__NR_"),
            ("aarch64", "/usr/include/asm-generic/unistd.h", "__NR_"),
        ],
    )
    def test_numbers_are_those_of_the_kernel(self, name: str, header: str, prefix: str) -> None:
        """A wrong number would allow another call."""
        if not Path(header).exists():
            pytest.skip(f"{header} is not installed")
        words = [line.split() for line in Path(header).read_text(encoding="utf-8").splitlines()]
        raw = {word[1].removeprefix(prefix): word[2] for word in words if len(word) > 2 and word[0] == "#define"}
        # The generic header gives some calls by way of `__NR3264_`.
        known = {call: raw.get(number.removeprefix(prefix), number) for call, number in raw.items()}
        tables = seccomp.MACHINES[name]
        ours = {**tables.allowed, **tables.memory, **tables.own_process, **tables.deadly}
        assert {call: known.get(call) for call in ours} == {call: str(number) for call, number in ours.items()}


class TestLandlock:
    """The ruleset of every ABI that there has been."""

    @pytest.mark.parametrize(("abi", "rights", "size"), [(1, 13, 8), (2, 14, 8), (3, 15, 8), (4, 15, 16), (5, 16, 16)])
    def test_rights_grow_with_the_abi(self, abi: int, rights: int, size: int) -> None:
        """A kernel refuses a ruleset with rights that it does not know."""
        description = landlock.ruleset(abi)
        assert len(description) == size
        assert struct.unpack_from("=Q", description)[0] == (1 << rights) - 1

    def test_newest_abi_scopes_signals_and_sockets(self) -> None:
        """From ABI 6 on a child reaches no process outside; later ABIs only add to that."""
        assert landlock.ruleset(6) == landlock.ruleset(99)
        assert struct.unpack("=3Q", landlock.ruleset(6)) == ((1 << 16) - 1, 3, 3)

    @linux
    def test_version_is_that_of_the_kernel(self) -> None:
        """0 means none; a number that is asked for is never negative."""
        kernel = open_kernel()
        assert kernel is not None
        assert landlock.version(kernel) >= 0


@linux
class TestATakenOverChild:
    """Everything that the language part of the sandbox forbids is assumed to have failed."""

    @pytest.mark.parametrize("name", ATTACKS)
    def test_reaches_nothing(self, pools: dict[frozenset[str], Pool], name: str) -> None:
        """All layers together: refused by the filter, or ended by it."""
        needs(pools, "seccomp")
        what, expected = ATTACKS[name]
        answer = tried(pools, what)
        assert (answer["errno"] if isinstance(expected, int) else answer) == expected

    def test_starts_no_thread(self, pools: dict[frozenset[str], Pool]) -> None:
        """A thread would be new work that the limits do not see."""
        needs(pools, "seccomp")
        assert tried(pools, ["thread"])["message"] == "can't start new thread"
        assert tried(pools, ["vfork"])["result"] == -1

    def test_cannot_raise_its_limits(self, pools: dict[frozenset[str], Pool]) -> None:
        """The hard limits are set too, and nobody may raise those without privileges."""
        assert tried(pools, ["raise limits"])["error"] == "ValueError"
        assert tried(pools, ["raise limits"], "seccomp")["error"] == "ValueError"

    def test_still_works(self, pools: dict[frozenset[str], Pool]) -> None:
        """What an interpreter needs is there: memory, randomness, its own number, collecting garbage."""
        for what in (["allocate", 50], ["random"], ["pid"], ["collect"], ["hash", "x"]):
            assert "result" in tried(pools, what), what


@linux
class TestOneLayerAlone:
    """With the filter switched off the others hold what is theirs."""

    @pytest.mark.parametrize(
        ("what", "number"),
        [
            (["open", "/etc/passwd"], errno.EACCES),
            (["open", "/proc/self/status"], errno.EACCES),
            (["list folder", "/"], errno.EACCES),
            (["write file", NEVER], errno.EACCES),
            (["make folder", NEVER], errno.EACCES),
            (["execute"], errno.EACCES),
            (["kill parent"], errno.EPERM),
            (["kill host", os.getpid()], errno.EPERM),
        ],
    )
    def test_landlock_holds_files_and_signals(
        self, pools: dict[frozenset[str], Pool], what: list[Any], number: int
    ) -> None:
        """No filter, no limits: no path, no program, no process outside."""
        needs(pools, "landlock")
        if what[0].startswith("kill") and landlock_abi() < 6:
            pytest.skip("signals are scoped since Landlock ABI 6")
        assert tried(pools, what, "seccomp", "limits")["errno"] == number

    def test_landlock_holds_connections(self, pools: dict[frozenset[str], Pool]) -> None:
        """TCP since ABI 4."""
        needs(pools, "landlock")
        if landlock_abi() < 4:
            pytest.skip("TCP is handled since Landlock ABI 4")
        assert tried(pools, ["connect"], "seccomp", "limits")["errno"] == errno.EACCES

    @pytest.mark.parametrize(
        "what", [["open", "/etc/passwd"], ["socket"], ["datagram socket"], ["duplicate"], ["pipe"]]
    )
    def test_limits_leave_no_descriptor(self, pools: dict[frozenset[str], Pool], what: list[Any]) -> None:
        """Nothing can be opened: not even a UDP socket, which Landlock does not know."""
        assert tried(pools, what, "seccomp", "landlock")["errno"] == errno.EMFILE

    def test_limits_leave_no_process(self, pools: dict[frozenset[str], Pool]) -> None:
        """Binds everybody but root."""
        needs(pools, "unprivileged")
        assert tried(pools, ["fork"], "seccomp", "landlock")["errno"] == errno.EAGAIN
        assert tried(pools, ["thread"], "seccomp", "landlock")["error"] == "RuntimeError"

    @pytest.mark.parametrize("what", [["become root"], ["change root"], ["mount"]])
    def test_unprivileged_means_nobody(self, pools: dict[frozenset[str], Pool], what: list[Any]) -> None:
        """Nothing but the lost privileges is in the way here."""
        needs(pools, "unprivileged")
        number = tried(pools, what, "seccomp", "landlock")["errno"]
        assert number == (errno.EFAULT if what == ["mount"] else errno.EPERM)

    def test_limits_are_the_policys(self, pools: dict[frozenset[str], Pool]) -> None:
        """Memory on top of what the interpreter holds, no core, no file, no process, no more descriptors."""
        limits = tried(pools, ["limits"], "seccomp")["result"]
        most = limits.pop("AS")
        assert most[0] == most[1]
        assert 256 * policy.MIB < most[0] < 1024 * policy.MIB
        assert limits.pop("STACK")[0] <= 16 * policy.MIB
        assert limits == {"CPU": [3, 4], "FSIZE": [0, 0], "NOFILE": [5, 5], "NPROC": [0, 0], "CORE": [0, 0]}


class TestWhatAChildHas:
    """Nothing of its host, and nothing that leads outside."""

    def test_descriptors(self, pools: dict[frozenset[str], Pool]) -> None:
        """Three on null, the channel, and the trail."""
        assert tried(pools, ["look"])["result"]["descriptors"] == [0, 1, 2, 3, 4]
        if sys.platform.startswith("linux"):
            null = os.stat(os.devnull).st_rdev  # noqa: PTH116
            kinds = tried(pools, ["kinds"], "seccomp")["result"]
            assert [device for _, device in kinds] == [null, null, null, 0, 0]

    def test_surroundings(self, pools: dict[frozenset[str], Pool]) -> None:
        """No variable, no argument, no path to import from, the root folder, UTC."""
        seen = tried(pools, ["look"])["result"]
        assert seen["environment"] == {}
        assert seen["path"] == []
        assert seen["arguments"] == [""]
        assert seen["zone"] == ["UTC", 0]
        assert seen["frozen"]
        assert tried(pools, ["folder"], "seccomp")["result"] == ["/", 0o77]

    def test_is_nobody(self, pools: dict[frozenset[str], Pool]) -> None:
        """Root's children are not root."""
        needs(pools, "unprivileged")
        me = [os.getuid(), os.geteuid(), os.getgid(), os.getegid()]
        assert tried(pools, ["look"])["result"]["user"] == ([harden.NOBODY] * 4 if os.getuid() == 0 else me)

    def test_numpy_is_there_when_asked(self) -> None:
        """From its own server, with one thread; what it brings along cannot be looked up either."""
        pytest.importorskip("numpy")
        pool = Pool(hostile_settings())
        loaded = attempt(pool, "look", policy=SandboxPolicy(modules=policy.DEFAULT_MODULES | {"numpy"}))["result"]
        (server,) = pool._servers.values()
        tasks = Path(f"/proc/{server.pid}/task")
        threads = len(list(tasks.iterdir())) if tasks.exists() else 1
        pool.shutdown()
        assert threads == 1
        assert "numpy" in loaded["modules"]
        assert not {"ctypes", "pickle", "subprocess", "socket"} & set(loaded["modules"])

    def test_modules(self, pools: dict[frozenset[str], Pool]) -> None:
        """Nothing that opens, starts, connects or unpickles can be looked up, nor what starts workers."""
        loaded = set(tried(pools, ["look"])["result"]["modules"])
        outside = "socket _socket select subprocess _posixsubprocess ctypes _ctypes multiprocessing pickle asyncio ssl"
        ours = ("pool", "run", "forked", "leased", "launch", "server_process", "spawned", "host_io")
        assert loaded & {*outside.split(), "fcntl", "resource", *(f"dana_sandbox.{name}" for name in ours)} == set()


class TestRequired:
    """A policy that requires a layer runs nothing without it."""

    @pytest.mark.parametrize("layer", ["landlock", "seccomp", "limits", "unprivileged", "no_new_privs"])
    def test_missing_layer_stops_the_lease(self, pools: dict[frozenset[str], Pool], layer: str) -> None:
        """The pool names the layer and why it is missing."""
        pool = pools.setdefault(frozenset({layer}), Pool(hostile_settings(frozenset({layer}))))
        with pytest.raises(IsolationMissing, match=rf"{layer} \(switched off\)") as caught:
            pool.lease(SandboxPolicy(require=frozenset({"process", layer})))
        assert caught.value.names == (layer,)

    def test_child_refuses_by_itself(self) -> None:
        """Whatever the host makes of its first words, a child that lacks a layer serves nothing."""
        held = harden.Confinement(None, frozenset(), {"seccomp": Finding("seccomp", False, "off")})
        assert harden.lacks(held, harden.bits(frozenset({"seccomp", "process"}))) == ("process", "seccomp")
        assert harden.lacks(held, 0) == ()

    def test_names_are_the_policys(self) -> None:
        """A layer that a policy can require is one that a child reports."""
        assert frozenset(harden.LAYERS) == policy.LAYERS

    @given(st.sets(st.sampled_from(harden.LAYERS)))
    def test_bits_are_a_set(self, names: set[str]) -> None:
        """Law: what goes to a child as a number is what was required."""
        nothing = harden.Confinement(None, frozenset(), {})
        assert set(harden.lacks(nothing, harden.bits(frozenset(names)))) == names


class TestSystemsThatHaveLess:
    """What is missing is told, layer by layer, and is never taken for present."""

    def test_no_system_calls(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As on macOS and Windows: nothing of Linux."""
        monkeypatch.setattr(sys, "platform", "other")
        assert open_kernel() is None
        held = harden.Confinement(open_kernel(), frozenset(), {})
        held.attempt("no_new_privs", lambda: harden._no_new_privileges(held.kernel))
        held.attempt("landlock", lambda: harden._landlock(held))
        held.attempt("seccomp", lambda: harden._seccomp(held))
        assert held.layers() == ()
        assert {finding.reason for finding in held.findings.values()} == {"not known on other"}

    def test_no_limits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As on Windows."""
        monkeypatch.setattr(limits, "resource", None)
        held = harden.Confinement(None, frozenset(), {})
        held.attempt("limits", lambda: harden._limits(limits.Limits(1, 1), 1, 3))
        assert held.findings["limits"] == Finding("limits", False, "the system has no limits on a process")
        assert limits.peak_bytes() == 0

    def test_no_landlock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As on older kernels, and in containers that do not let the call through."""

        class Deaf(Kernel):
            def syscall(self, number: int, *values: int) -> int:
                raise OSError(errno.ENOSYS, f"{number}, {values}")

        if not sys.platform.startswith("linux"):
            monkeypatch.setattr(Kernel, "__init__", lambda _: None)
        held = harden.Confinement(Deaf(), frozenset(), {})
        held.attempt("landlock", lambda: harden._landlock(held))
        assert held.findings["landlock"] == Finding("landlock", False, "the kernel has no Landlock")

    @pytest.mark.skipif(not hasattr(os, "uname"), reason="asks for the processor")
    def test_unknown_processor(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No table, no filter."""
        monkeypatch.setattr(seccomp, "MACHINES", {})
        assert seccomp.prepare() is None
        held = harden.Confinement(open_kernel(), frozenset(), {})
        held.attempt("seccomp", lambda: harden._seccomp(held))
        assert not held.findings["seccomp"].active

    def test_nothing_can_be_started(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The report says that, it does not raise."""

        def refuse(_: object) -> None:
            raise PoolError("no Python here")

        monkeypatch.setattr("dana_sandbox.pool.lease", refuse)
        report = dana_sandbox.isolation_report()
        assert report.layers == ()
        assert {finding.reason for finding in report.details} == {"no Python here"}


class TestTheReport:
    """What `isolation_report` says comes from a child."""

    def test_says_what_a_child_said(self, pools: dict[frozenset[str], Pool]) -> None:
        """Layers, the ABI and the reasons are those of a real child."""
        pool = pools.setdefault(frozenset({"seccomp"}), Pool(hostile_settings(frozenset({"seccomp"}))))
        worker = pool.lease(SandboxPolicy())
        report = report_on(worker)
        worker.end()
        assert "process" in report.layers
        assert "seccomp" not in report.layers
        assert "seccomp       no: switched off" in str(report)
        assert report.details[-1] == Finding("seccomp", False, "switched off")
        assert report.landlock_abi == (landlock_abi() if "landlock" in report.layers else 0)

    def test_is_a_plain_text(self) -> None:
        """One line a layer; the reason where there is one."""
        details = (Finding("landlock", True, ""), Finding("seccomp", False, "not known"))
        text = str(IsolationReport("Linux", ("landlock",), 4, details))
        assert text.splitlines() == [
            "isolation on Linux",
            "  landlock      yes: ABI 4",
            "  seccomp       no: not known",
        ]

    def test_is_exported(self) -> None:
        """`dana_sandbox.isolation_report` is loaded when it is asked for."""
        assert "isolation_report" in dir(dana_sandbox)
        assert dana_sandbox.IsolationReport is IsolationReport
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            _ = dana_sandbox.nothing


def landlock_abi() -> int:
    """Return the ABI of the kernel under this test."""
    kernel = open_kernel()
    return landlock.version(kernel) if kernel is not None else 0


@linux
@pytest.mark.skipif(os.getuid() != 0, reason="the other tests are run as an ordinary user already")
def test_layers_hold_for_an_ordinary_user() -> None:
    """Landlock and the filter need no privilege. This interpreter may lie where only root can read."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv is not installed")
    user = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"]
    read = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    names = [name for name in ATTACKS if name != "signal the host"]
    script = [sys.executable, str(Path(__file__).with_name("attempts.py")), json.dumps([ATTACKS[n][0] for n in names])]
    places = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*user, *read, *script], env=places, capture_output=True, text=True, check=False)
    if done.returncode and "setpriv" in done.stderr:
        pytest.skip(f"no other user can be had here: {done.stderr.strip()}")
    told = json.loads(done.stdout or "null")
    assert told, done.stderr
    if "seccomp" not in told["layers"]:
        pytest.skip("this system has no seccomp")
    expected = [ATTACKS[name][1] for name in names]
    answers = [answer if isinstance(answer, str) else answer["errno"] for answer in told["answers"]]
    assert dict(zip(names, answers, strict=True)) == dict(zip(names, expected, strict=True))
