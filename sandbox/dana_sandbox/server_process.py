"""The host's handle on its fork server: start it, ask it for children, have them ended, stop it.

The server is started with `posix_spawn`, never by a fork of the host, and ends when the control socket closes: when
the host stops it, exits, crashes or is killed. (A signal at the parent's death would fire when the *thread* that
started the server ends.)
"""

from __future__ import annotations

import array
import contextlib
import errno
import fcntl
import json
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dana_sandbox import host_io
from dana_sandbox.channel import Frames
from dana_sandbox.leased import PoolError

if TYPE_CHECKING:
    from dana_sandbox.forkserver import Key

_START_SECONDS = 60.0
_STOP_SECONDS = 5.0
_BOOT = (
    "import json, sys; settings = json.loads(sys.argv[1]); sys.path += settings['paths']; "
    "from dana_sandbox.forkserver import main; main(settings)"
)


class ServerGone(Exception):  # noqa: N818
    """The fork server ended or does not answer; a new one has to be started."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a fork server is started with.

    `serve` names the function that children run. `modules` are loaded before anything is confined. `off` (layers) and
    `paths` (more places to import from) are for tests.
    """

    serve: str = "dana_sandbox.execute:serve"
    modules: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Return what the server reads from its command line."""
        paths = [*import_paths("numpy" in self.modules), *self.paths]
        return json.dumps({
            "serve": self.serve,
            "modules": sorted(self.modules),
            "off": sorted(self.off),
            "paths": list(dict.fromkeys(paths)),
        })


def import_paths(numpy: bool) -> list[str]:
    """Return the folders that hold the packages a child loads: this one, the compiler's, numpy's when asked."""
    import importlib.util

    found = []
    for package in ("dana_sandbox", "RestrictedPython", *(("numpy",) if numpy else ())):
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise PoolError(f"{package} is not installed")
        found.append(str(Path(spec.submodule_search_locations[0]).resolve().parent))
    return found


def interpreter() -> str:
    """Return the Python to start. On Windows a venv's own is a launcher whose child would outlive a kill."""
    chosen: str | None = sys.executable
    if sys.platform == "win32":
        chosen = getattr(sys, "_base_executable", None) or chosen
    if not chosen:
        raise PoolError("sys.executable is empty: there is no Python to start workers with")
    return chosen


def first_environment() -> dict[str, str]:
    """Return what the interpreter itself needs to start; the server empties it before it serves."""
    kept = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
    one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {"TZ": "UTC0", **one_thread, **{name: os.environ[name] for name in kept if name in os.environ}}


def command(boot: str, settings: Settings) -> list[str]:
    """Return the command line: isolated from the user's settings, without `site`."""
    cached = ["-B"] if sys.dont_write_bytecode else []
    return [interpreter(), "-I", "-S", *cached, "-c", boot, settings.as_text()]


@dataclass(slots=True)
class ServerProcess:
    """One running fork server. Any thread may use it."""

    settings: Settings
    pid: int = 0
    gone: bool = False
    _control: socket.socket = field(init=False)
    _leases: int = 0
    _asking: threading.Lock = field(default_factory=threading.Lock)
    _sending: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Start the process and wait until it can fork. PoolError with its own words when it cannot."""
        line = command(_BOOT, self.settings)
        self._control, theirs = socket.socketpair()
        try:
            self.pid = _spawn(line, theirs.fileno())
        except OSError as problem:
            self._control.close()
            raise PoolError(f"{line[0]} could not be started: {problem}") from problem
        finally:
            theirs.close()
        self._control.setblocking(False)
        try:
            told = host_io.receive(self._control.fileno(), Frames(), time.monotonic() + _START_SECONDS, 64 * 1024)
        except (EOFError, TimeoutError) as problem:
            self.stop()
            raise PoolError(f"the process that forks workers did not start ({problem})") from problem
        if told:
            self.stop()
            raise PoolError(f"the process that forks workers did not start: {told.decode(errors='replace')}")
        self._control.settimeout(_START_SECONDS)

    def lease(self, key: Key) -> tuple[int, int, int, int]:
        """Return lease, process number, channel and the pipe that tells how it ended. ServerGone, PoolError."""
        from dana_sandbox.forkserver import LEASE, REPLY, REQUEST

        with self._asking:
            self._leases += 1
            lease = self._leases
            self._send(REQUEST.pack(LEASE, lease, *key))
            while True:
                data, descriptors = self._receive(REPLY.size)
                answered, pid, number = REPLY.unpack(data)
                if answered == lease:
                    break
                # The answer to somebody who was interrupted while waiting for it.
                _close(descriptors)
                self.end(answered, kill=True)
        if number:
            raise PoolError(f"no worker could be forked: {os.strerror(number)}")
        channel, told = descriptors
        return lease, pid, channel, told

    def end(self, lease: int, *, kill: bool) -> None:
        """Have one child end. A server that is gone has taken its children along."""
        from dana_sandbox.forkserver import DIED, END, REQUEST

        with contextlib.suppress(ServerGone):
            self._send(REQUEST.pack(END if kill else DIED, lease, 0, 0, 0))

    def kill(self) -> None:
        """End the server at once; the kernel ends its children with it."""
        self.gone = True
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Close the control socket, which ends the server and its children, and reap it."""
        self.gone = True
        with contextlib.suppress(OSError):
            self._control.close()
        patience = time.monotonic() + _STOP_SECONDS
        while not _reaped(self.pid):
            if time.monotonic() > patience:
                self.kill()
            time.sleep(0.002)

    def abandon(self) -> None:
        """Forget the server without touching it: it belongs to the process that this one was forked from."""
        self.gone = True
        self._control.close()

    def _send(self, data: bytes) -> None:
        with self._sending:
            try:
                self._control.sendall(data)
            except OSError as problem:
                self.gone = True
                raise ServerGone(str(problem)) from problem

    def _receive(self, size: int) -> tuple[bytes, list[int]]:
        descriptors = array.array("i")
        data = b""
        while len(data) < size:
            try:
                part, extra, _, _ = self._control.recvmsg(size - len(data), socket.CMSG_SPACE(2 * 4), _CLOEXEC)
            except OSError as problem:
                self.gone = True
                raise ServerGone(str(problem)) from problem
            if not part:
                self.gone = True
                raise ServerGone("the process that forks workers ended")
            data += part
            for level, kind, packed in extra:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    descriptors.frombytes(packed[: len(packed) - len(packed) % 4])
        return data, _private(descriptors)


_CLOEXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


def _private(descriptors: array.array[int]) -> list[int]:
    for fd in descriptors if not _CLOEXEC else ():
        os.set_inheritable(fd, False)
    return list(descriptors)


def _close(descriptors: list[int]) -> None:
    for fd in descriptors:
        os.close(fd)


def _spawn(line: list[str], control: int) -> int:
    """Start `line` with `control` as its standard input, no other output, and no signal of ours blocked or ignored."""
    above = fcntl.fcntl(control, fcntl.F_DUPFD_CLOEXEC, 10)  # so that it is not already descriptor 0
    try:
        return os.posix_spawn(
            line[0],
            line,
            first_environment(),
            file_actions=[
                (os.POSIX_SPAWN_DUP2, above, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
            setsigmask=[],
            setsigdef=[signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP, signal.SIGQUIT],
        )
    finally:
        os.close(above)


def _reaped(pid: int) -> bool:
    """Whether the process is over; somebody else in the host may have reaped it."""
    try:
        ended, _ = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return True
    except OSError as problem:
        return problem.errno != errno.EINTR
    return ended == pid
