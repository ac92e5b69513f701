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
import time
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
    """A forked child: its number, the host's ends of channel and trail until it is leased, where to tell its end.

    `until` is when patience with one that seems to have ended is over, as `time.monotonic` counts.
    """

    pid: int
    ends: tuple[int, ...] = ()
    tell: int = -1
    until: float = 0.0

    def hand_over(self) -> None:
        """Close what the host has now, or what nobody will have."""
        _close(*self.ends)
        self.ends = ()


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
            if not ready and self._spare_wanted is not None:
                self._make_spare(self._spare_wanted)
                self._spare_wanted = None
            self._lose_patience()
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

    def _lose_patience(self) -> None:
        """Kill those that closed their channel and have not ended, however much else there is to do."""
        if self._dying:
            now = time.monotonic()
            for child in self._dying.values():
                if child.until < now:
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
            told, tell = os.pipe()
        except OSError as problem:
            self._refuse(lease, problem)
            return
        try:
            child = self._spare(terms) or self._fork(terms, spare=False)
        except OSError as problem:
            _close(told, tell)
            self._refuse(lease, problem)
            return
        child.tell = tell
        self._leased[lease] = child
        rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, struct.pack("@3i", *child.ends, told))]
        self._control.sendmsg([REPLY.pack(lease, child.pid, 0)], rights)
        child.hand_over()
        os.close(told)
        self._spare_wanted = terms

    def _refuse(self, lease: int, problem: OSError) -> None:
        self._control.sendall(REPLY.pack(lease, 0, problem.errno or 1))

    def _end(self, lease: int, *, kill: bool) -> None:
        """Have a child end; the host learns how as soon as it is over."""
        if (child := self._leased.pop(lease, None)) is None:
            return
        child.until = time.monotonic() + _GRACE_MS / 1000
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
        spare.hand_over()
        return None

    def _make_spare(self, terms: Terms) -> None:
        if terms in self._spares:
            return
        while len(self._spares) >= MOST_SPARES:
            oldest = self._spares.pop(next(iter(self._spares)))
            oldest.hand_over()
            os.kill(oldest.pid, signal.SIGKILL)
            self._dying[oldest.pid] = oldest
        with contextlib.suppress(OSError):  # the lease that wants one will say why
            self._spares[terms] = self._fork(terms, spare=True)

    def _fork(self, terms: Terms, *, spare: bool) -> Child:
        reader, writer = os.pipe()
        try:
            ours, theirs = (end.detach() for end in _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM))
        except OSError:
            _close(reader, writer)
            raise
        os.set_blocking(writer, False)
        base = self._gauge.bytes_now()
        try:
            pid = os.fork()
        except OSError:
            _close(reader, writer, ours, theirs)
            raise
        if pid == 0:
            self._be_child((theirs, writer), worker.Start(terms, base, self._service, spare))
        _close(theirs, writer)
        return Child(pid, (ours, reader))

    def _be_child(self, descriptors: tuple[int, int], start: worker.Start) -> None:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            worker.run_child(descriptors, self._pid, self._held, start)
        finally:
            os._exit(1)


def _close(*descriptors: int) -> None:
    for fd in descriptors:
        os.close(fd)


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
