"""A child that a fork server forked: its own socket, and a pipe on which the server tells how it ended.

The host never signals a child by its number. It asks the server, which has not reaped the child and so cannot hit
another process; when the server is gone the kernel has ended the child already.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import Protocol

from dana_sandbox import host_io
from dana_sandbox.leased import Ended, Usage, Worker
from dana_sandbox.trail import TRAIL_BYTES
from dana_sandbox.wire import ENDED, Ends

_PATIENCE = 10.0  # seconds for a kill to be confirmed; a server that cannot do that is ended with its children


class Owner(Protocol):
    """Whoever forked a child and can end it."""

    def end(self, lease: int, *, kill: bool) -> None:
        """Have the child end; how it ended comes through its own pipe."""

    def kill(self) -> None:
        """End the owner itself with all its children."""


class ForkedWorker(Worker):
    """One child of a fork server."""

    def __init__(self, owner: Owner, lease: int, pid: int, ends: Ends, memory_mib: int) -> None:
        super().__init__(pid, memory_mib)
        self._owner = owner
        self._lease = lease
        self._ends = ends
        self._channel = ends.channel
        self._inbox = host_io.Inbox(ends.channel)
        for fd in ends:
            os.set_blocking(fd, False)

    def _write(self, payload: bytes, deadline: float) -> None:
        host_io.send(self._channel, payload, deadline)

    def _read(self, deadline: float, limit: int) -> bytes:
        return self._inbox.receive(deadline, limit)

    def read_trail(self) -> bytes:
        """Return what the program has printed since the last time, the first of it."""
        try:
            return os.read(self._ends.trail, TRAIL_BYTES)
        except OSError:
            return b""

    @property
    def is_silent(self) -> bool:
        """Whether all that has come in has been taken."""
        return self._inbox.is_empty

    def _finish(self, *, kill: bool) -> Ended:
        self._owner.end(self._lease, kill=kill)
        try:
            data = host_io.receive_exactly(self._ends.told, ENDED.size, time.monotonic() + _PATIENCE)
        except TimeoutError:
            self._owner.kill()
            return Ended()
        except EOFError:
            return Ended()
        status, micro, peak = ENDED.unpack(data)
        return Ended(os.waitstatus_to_exitcode(status), Usage(micro / 1_000_000, peak))

    def _ask_to_end(self) -> None:
        self._owner.end(self._lease, kill=True)

    def _close(self) -> None:
        for fd in self._ends:
            with contextlib.suppress(OSError):
                os.close(fd)
