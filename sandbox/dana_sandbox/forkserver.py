"""A lean process that forks a child for every run, so that no run sees what another one left.

It has one thread, no secrets and, once it has loaded what children need, no files. Only its host talks to it; no byte
of an untrusted program ever reaches it. It never reaps a child before its host asks for that.
"""

from __future__ import annotations

import _socket
import contextlib
import gc
import os
import select
import signal
import struct
from dataclasses import dataclass
from typing import Any

from dana_sandbox import preload, worker
from dana_sandbox.channel import Channel
from dana_sandbox.isolation import harden
from dana_sandbox.isolation.limits import RSS_UNIT, Gauge
from dana_sandbox.wire import END, ENDED, LEASE, REPLY, REQUEST, Terms

MOST_SPARES = 2
_GRACE_MS = 200  # how long a child that closed its channel may take to end before it is killed


@dataclass(slots=True)
class Child:
    """A forked child: its number, the host's end of its channel until it is leased, where to tell its end."""

    pid: int
    channel: int = -1
    tell: int = -1


class ForkServer:
    """Answers one host until it closes the control socket."""

    def __init__(
        self, control: _socket.socket, held: harden.Confinement, gauge: Gauge, service: preload.Service
    ) -> None:
        self._control = control
        self._held = held
        self._gauge = gauge
        self._service = service
        self._pid = os.getpid()
        self._leased: dict[int, Child] = {}
        self._dying: dict[int, Child] = {}
        self._spares: dict[Terms, Child] = {}
        self._spare_wanted: Terms | None = None
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
            self._lease(lease, Terms(*terms))
        else:
            self._end(lease, kill=what == END)
        return True

    def _lease(self, lease: int, terms: Terms) -> None:
        try:
            child = self._spare(terms) or self._fork(terms, spare=False)
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
        self._spare_wanted = terms

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
                os.write(child.tell, ENDED.pack(status, micro, usage.ru_maxrss * RSS_UNIT))
            os.close(child.tell)

    def _spare(self, terms: Terms) -> Child | None:
        """Return the child that waits for such a lease, unless the system has killed it meanwhile."""
        spare = self._spares.pop(terms, None)
        if spare is None or os.waitpid(spare.pid, os.WNOHANG) == (0, 0):
            return spare
        os.close(spare.channel)
        return None

    def _make_spare(self, terms: Terms) -> None:
        if terms in self._spares:
            return
        while len(self._spares) >= MOST_SPARES:
            oldest = self._spares.pop(next(iter(self._spares)))
            os.close(oldest.channel)
            os.kill(oldest.pid, signal.SIGKILL)
            self._dying[oldest.pid] = oldest
        with contextlib.suppress(OSError):  # the lease that wants one will say why
            self._spares[terms] = self._fork(terms, spare=True)

    def _fork(self, terms: Terms, *, spare: bool) -> Child:
        ours, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM)
        base = self._gauge.bytes_now()
        try:
            pid = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            raise
        if pid == 0:
            self._be_child(theirs.detach(), worker.Start(terms, base, self._service, spare))
        theirs.close()
        return Child(pid, ours.detach())

    def _be_child(self, fd: int, start: worker.Start) -> None:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            worker.run_child(fd, self._pid, self._held, start)
        finally:
            os._exit(1)


def main(settings: dict[str, Any]) -> None:
    """Be the server: its control socket is the standard input. Does not return."""
    code = 1
    try:
        control = _socket.socket(fileno=os.dup(0))
        channel = Channel(control.fileno())
        preload.stand_alone({control.fileno()})
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


def _prepared(control: _socket.socket, settings: dict[str, Any]) -> ForkServer:
    """Load, then confine: afterwards there is nothing to load from."""
    service = preload.load(settings["serve"], settings["modules"])
    preload.empty_environment()
    gauge = Gauge()
    held = harden.confine_server(frozenset(settings["off"]))
    preload.forget_doors()
    server = ForkServer(control, held, gauge, service)
    gc.collect()
    gc.freeze()
    return server
