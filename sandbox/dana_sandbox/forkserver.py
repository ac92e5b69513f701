"""A lean process that forks a child for every run, so that no run sees what another one left.

It has one thread, no secrets and, once it has loaded what children need, no files. Only its host talks to it; no byte
of an untrusted program ever reaches it. It never reaps a child before its host asks for that.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import _socket

from dana_sandbox import preload, worker
from dana_sandbox.channel import Channel
from dana_sandbox.isolation import harden
from dana_sandbox.isolation.limits import Gauge, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

REQUEST = struct.Struct("!BQQQQ")
"""What to do, for which lease, memory in MiB, CPU seconds, required layers as bits."""
REPLY = struct.Struct("!QiI")
"""For which lease, the child's process number, the error number of a fork that failed."""
ENDED = struct.Struct("!iQQ")
"""How a child ended (as `wait` says it), its CPU microseconds, its peak bytes."""
LEASE, END, DIED = 1, 2, 3
"""Give a child; kill one; reap one that seems to have ended by itself."""

MOST_SPARES = 2
_GRACE_MS = 200  # how long a child that closed its channel may take to end before it is killed


class Key(NamedTuple):
    """What a child was confined with; a spare serves leases of the same terms only."""

    memory_mib: int
    cpu_seconds: int
    require: int


@dataclass(slots=True)
class Child:
    """A forked child: its number, the host's end of its channel until it is leased, where to tell its end."""

    pid: int
    channel: int = -1
    tell: int = -1


class ForkServer:
    """Answers one host until it closes the control socket."""

    def __init__(self, control: _socket.socket, held: harden.Confinement, gauge: Gauge, serve: Callable[..., None]):
        self._control = control
        self._held = held
        self._gauge = gauge
        self._serve = serve
        self._pid = os.getpid()
        self._leased: dict[int, Child] = {}
        self._dying: dict[int, Child] = {}
        self._spares: dict[Key, Child] = {}
        self._spare_wanted: Key | None = None
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._waker, False)

    def run(self) -> None:
        """Serve until the host is gone, then take every child along."""
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        events = select.poll()
        events.register(self._control, select.POLLIN)
        events.register(self._wake, select.POLLIN)
        while True:
            ready = dict(events.poll(self._patience()))
            if not ready:
                self._while_idle()
            if self._wake in ready:
                os.read(self._wake, 4096)
                self._reap()
            if self._control.fileno() in ready and not self._answer():
                break
        for child in (*self._leased.values(), *self._dying.values(), *self._spares.values()):
            os.kill(child.pid, signal.SIGKILL)

    def _patience(self) -> int | None:
        if self._spare_wanted is not None:
            return 0
        return _GRACE_MS if self._dying else None

    def _while_idle(self) -> None:
        """Nobody waits: make the next child ready, or lose patience with those that should have ended."""
        if self._spare_wanted is not None:
            self._make_spare(self._spare_wanted)
            self._spare_wanted = None
            return
        for child in self._dying.values():
            os.kill(child.pid, signal.SIGKILL)

    def _answer(self) -> bool:
        """Do what the host asks; False when it is gone."""
        message = b""
        while len(message) < REQUEST.size:
            part = self._control.recv(REQUEST.size - len(message))
            if not part:
                return False
            message += part
        what, lease, *terms = REQUEST.unpack(message)
        if what == LEASE:
            self._lease(lease, Key(*terms))
        else:
            self._end(lease, kill=what == END)
        return True

    def _lease(self, lease: int, key: Key) -> None:
        try:
            child = self._spares.pop(key, None) or self._fork(key)
        except OSError as problem:
            self._control.sendall(REPLY.pack(lease, 0, problem.errno or 1))
            return
        told, child.tell = os.pipe()
        descriptors = struct.pack("@2i", child.channel, told)
        rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)]
        self._leased[lease] = child
        self._control.sendmsg([REPLY.pack(lease, child.pid, 0)], rights)
        os.close(child.channel)
        os.close(told)
        self._spare_wanted = key

    def _end(self, lease: int, *, kill: bool) -> None:
        """Have a child end; the host learns how as soon as it is over."""
        if (child := self._leased.pop(lease, None)) is None:
            return
        if kill:
            os.kill(child.pid, signal.SIGKILL)  # ours and not reaped: the number cannot be anybody else's
        self._dying[child.pid] = child
        self._reap()

    def _reap(self) -> None:
        for pid, child in list(self._dying.items()):
            ended, status, usage = os.wait4(pid, os.WNOHANG)
            if not ended:
                continue
            del self._dying[pid]
            if child.tell < 0:
                continue
            micro = int((usage.ru_utime + usage.ru_stime) * 1_000_000)
            with contextlib.suppress(OSError):  # the host may have lost interest
                os.write(child.tell, ENDED.pack(status, micro, usage.ru_maxrss * 1024))
            os.close(child.tell)

    def _make_spare(self, key: Key) -> None:
        if key in self._spares:
            return
        while len(self._spares) >= MOST_SPARES:
            oldest = self._spares.pop(next(iter(self._spares)))
            os.close(oldest.channel)
            os.kill(oldest.pid, signal.SIGKILL)
            self._dying[oldest.pid] = oldest
        with contextlib.suppress(OSError):  # the lease that wants one will say why
            self._spares[key] = self._fork(key)

    def _fork(self, key: Key) -> Child:
        ours, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM)
        base = self._gauge.bytes_now()
        try:
            pid = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            raise
        if pid == 0:
            self._be_child(theirs.detach(), key, base)
        theirs.close()
        return Child(pid, ours.detach())

    def _be_child(self, fd: int, key: Key, base: int | None) -> None:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            require = frozenset(name for bit, name in enumerate(harden.LAYERS) if key.require >> bit & 1)
            terms = worker.Terms(Limits(key.memory_mib, key.cpu_seconds), require, base)
            worker.run_child(fd, self._pid, self._held, terms, self._serve)
        finally:
            os._exit(1)


def main(settings: dict[str, Any]) -> None:
    """Be the server: its control socket is the standard input. Does not return."""
    code = 1
    try:
        control = _socket.socket(fileno=os.dup(0))
        channel = Channel(control.fileno())
        _alone(control.fileno())
        try:
            server = _prepared(control, settings)
        except BaseException as problem:
            channel.send(f"{type(problem).__name__}: {problem}".encode())
            raise
        channel.send(b"")
        server.run()
        code = 0
    finally:
        os._exit(code)


def _alone(control: int) -> None:
    """Keep the control socket; everything else that came along is closed."""
    with contextlib.suppress(OSError):
        os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    os.closerange(3, control)
    os.closerange(control + 1, 65536)
    os.chdir("/")
    os.umask(0o077)
    preload.empty_environment()


def _prepared(control: _socket.socket, settings: dict[str, Any]) -> ForkServer:
    """Load, then confine: afterwards there is nothing to load from."""
    serve = preload.load(settings["serve"], settings["modules"])
    gauge = Gauge()
    held = harden.confine_server(frozenset(settings["off"]))
    worker.forget_doors()
    preload.forget_paths()
    server = ForkServer(control, held, gauge, serve)
    gc.collect()
    gc.freeze()
    return server
