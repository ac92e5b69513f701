"""A child with an interpreter of its own, for systems that cannot fork: slower to start, held by what there is.

Its pipes block, and a timer ends the child when the deadline passes: that works on every system.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

from dana_sandbox.channel import Channel
from dana_sandbox.isolation.limits import RSS_UNIT
from dana_sandbox.launch import Settings, command, first_environment
from dana_sandbox.leased import Ended, PoolError, Usage, Worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_sandbox.wire import Terms

_GRACE = 0.2  # seconds that a child which closed its channel may take to end
_PATIENCE = 10.0


class SpawnedWorker(Worker):
    """One child process with pipes to it."""

    def __init__(self, settings: Settings, terms: Terms) -> None:
        line = command("dana_sandbox.worker:main", settings.as_text(terms=terms))
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
                line,
                env=first_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        except OSError as problem:
            self._ended = Ended()
            raise PoolError(f"{line[0]} could not be started: {problem}") from problem
        super().__init__(self._process.pid, terms.memory_mib)
        assert self._process.stdin
        assert self._process.stdout
        self._channel = Channel(self._process.stdout.fileno(), self._process.stdin.fileno())
        self._late = False
        self._reaping = threading.Lock()  # a number that has been reaped may be another process's

    @property
    def is_silent(self) -> bool:
        """Whether all that has come in has been taken."""
        return self._channel.is_silent

    def _write(self, payload: bytes, deadline: float) -> None:
        with self._until(deadline):
            self._channel.send(payload)

    def _read(self, deadline: float, limit: int) -> bytes:
        with self._until(deadline):
            return self._channel.receive(limit)

    @contextlib.contextmanager
    def _until(self, deadline: float) -> Iterator[None]:
        """Kill the child when the deadline passes; what blocked on it then ends, and means just that."""
        timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._too_late)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (OSError, EOFError) as problem:
            if self._late:
                raise TimeoutError("the deadline has passed") from problem
            raise EOFError("the other end is gone") from problem
        finally:
            timer.cancel()

    def _too_late(self) -> None:
        self._late = True
        self._kill()

    def _kill(self) -> None:
        with self._reaping:
            if self._process.returncode is not None:
                return
            if hasattr(os, "wait4"):
                os.kill(self.pid, 9)  # not `Popen.kill`: that reaps what has ended, and its usage is lost
            else:
                self._process.kill()

    def _finish(self, *, kill: bool) -> Ended:
        if kill:
            self._kill()
            return self._reaped(_PATIENCE)
        ended = self._reaped(_GRACE)
        return ended if ended.code is not None else self._finish(kill=True)

    def _reaped(self, patience: float) -> Ended:
        """Wait for the end of the child; without a code it has not come."""
        if not hasattr(os, "wait4"):
            with contextlib.suppress(subprocess.TimeoutExpired):
                return Ended(self._process.wait(patience))
            return Ended()
        until = time.monotonic() + patience
        while (ended := self._reap()) is None and time.monotonic() < until:
            time.sleep(0.001)
        return ended or Ended()

    def _reap(self) -> Ended | None:
        with self._reaping:
            try:
                pid, status, used = os.wait4(self.pid, os.WNOHANG)
            except ChildProcessError:  # somebody else in the host reaps everything
                self._process.returncode = 0
                return Ended()
            if not pid:
                return None
            self._process.returncode = os.waitstatus_to_exitcode(status)
            return Ended(self._process.returncode, _usage(used))

    def _ask_to_end(self) -> None:
        self._kill()
        self._reaped(_PATIENCE)

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        if self._process.returncode is None:
            self._process.returncode = 0  # abandoned: it is not this process that must wait for it


def _usage(used: Any) -> Usage:
    return Usage(used.ru_utime + used.ru_stime, used.ru_maxrss * RSS_UNIT)
