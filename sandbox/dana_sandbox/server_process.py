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
import os
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from dana_sandbox import host_io
from dana_sandbox.launch import Settings, command, first_environment
from dana_sandbox.leased import PoolError
from dana_sandbox.wire import DIED, END, LEASE, REPLY, REQUEST, Ends

if TYPE_CHECKING:
    from dana_sandbox.wire import Terms

_START_SECONDS = 60.0
_STOP_SECONDS = 5.0


class ServerGone(ConnectionError):  # noqa: N818 - what happened
    """The fork server ended or does not answer; a new one has to be started."""


class ServerProcess:
    """One fork server. Any thread may use it once it has been started."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pid = 0
        self.gone = False
        self._control, self._theirs = socket.socketpair()
        self._handle = -1  # a descriptor of the process: its number may be another's once it has been reaped
        self._leases = 0
        self._asking = threading.Lock()
        self._sending = threading.RLock()  # a worker that is collected in the middle of a request asks for its end

    def start(self) -> None:
        """Start the process and wait until it can fork. PoolError with its own words when it cannot."""
        try:
            line = command("dana_sandbox.forkserver:main", self.settings.as_text())
            self.pid = _spawn(line, self._theirs.fileno())
            if hasattr(os, "pidfd_open"):
                with contextlib.suppress(OSError):
                    self._handle = os.pidfd_open(self.pid)
            self._theirs.close()
            self._await_ready()
        except BaseException:
            self.stop()
            raise

    def _await_ready(self) -> None:
        self._control.setblocking(False)
        try:
            told = host_io.Inbox(self._control.fileno()).receive(time.monotonic() + _START_SECONDS, 64 * 1024)
        except (EOFError, TimeoutError) as problem:
            raise PoolError(f"the process that forks workers did not start ({problem})") from problem
        if told:
            raise PoolError(f"the process that forks workers did not start: {told.decode(errors='replace')}")
        self._control.settimeout(_START_SECONDS)

    def lease(self, terms: Terms) -> tuple[int, int, Ends]:
        """Return lease, process number, and as descriptors the host's ends of what connects it with the child.

        ServerGone, PoolError.
        """
        with self._asking:
            self._leases += 1
            lease = self._leases
            self._send(REQUEST.pack(LEASE, lease, *terms))
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
        if len(descriptors) != len(Ends._fields):
            _close(descriptors)
            self.end(lease, kill=True)
            raise PoolError("this process has too many open files to take a worker")
        return lease, pid, Ends(*descriptors)

    def end(self, lease: int, *, kill: bool) -> None:
        """Have one child end. A server that is gone has taken its children along."""
        with contextlib.suppress(ServerGone):
            self._send(REQUEST.pack(END if kill else DIED, lease, 0, 0, 0))

    def kill(self) -> None:
        """End the server at once; the kernel ends its children with it."""
        self.gone = True
        with contextlib.suppress(OSError):
            if self._handle >= 0:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            elif self.pid:
                os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Close the control socket, which ends the server and its children, and reap it."""
        self.gone = True
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # whoever waits for an answer in another thread stops waiting
        if self.pid and not self._reaped_within(_STOP_SECONDS):
            self.kill()
            self._reaped_within(_STOP_SECONDS)
        self._close()

    def abandon(self) -> None:
        """Forget the server without touching it: it belongs to the process that this one was forked from."""
        self.gone = True
        self._close()

    def _close(self) -> None:
        self.pid = 0
        self._control.close()
        self._theirs.close()
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _reaped_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not _reaped(self.pid):
            if time.monotonic() > until:
                return False
            time.sleep(0.002)
        return True

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
                part, extra, _, _ = self._control.recvmsg(
                    size - len(data), socket.CMSG_SPACE(4 * len(Ends._fields)), _CLOEXEC
                )
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
    streams: list[tuple[Any, ...]] = [(os.POSIX_SPAWN_DUP2, above, 0)]
    streams += [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    usual = [signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP, signal.SIGQUIT]
    environment = first_environment()
    try:
        return os.posix_spawn(line[0], line, environment, file_actions=streams, setsigmask=[], setsigdef=usual)
    except OSError as problem:
        raise PoolError(f"{line[0]} could not be started: {problem}") from problem
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
