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
from dana_sandbox.wire import ENDED

_PATIENCE = 10.0  # seconds for a kill to be confirmed; a server that cannot do that is ended with its children


class Owner(Protocol):
    """Whoever forked a child and can end it."""

    def end(self, lease: int, *, kill: bool) -> None:
        """Have the child end; how it ended comes through its own pipe."""

    def kill(self) -> None:
        """End the owner itself with all its children."""


class ForkedWorker(Worker):
    """One child of a fork server."""

    def __init__(self, owner: Owner, lease: int, pid: int, descriptors: tuple[int, int], memory_mib: int) -> None:
        super().__init__(pid, memory_mib)
        self._owner = owner
        self._lease = lease
        self._channel, self._told = descriptors
        self._inbox = host_io.Inbox(self._channel)
        os.set_blocking(self._channel, False)
        os.set_blocking(self._told, False)

    def _write(self, payload: bytes, deadline: float) -> None:
        host_io.send(self._channel, payload, deadline)

    def _read(self, deadline: float, limit: int) -> bytes:
        return self._inbox.receive(deadline, limit)

    def _finish(self, *, kill: bool) -> Ended:
        self._owner.end(self._lease, kill=kill)
        try:
            data = host_io.receive_exactly(self._told, ENDED.size, time.monotonic() + _PATIENCE)
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
        for fd in (self._channel, self._told):
            with contextlib.suppress(OSError):
                os.close(fd)
