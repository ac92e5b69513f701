"""A child as its host sees it: send, receive until a deadline, end. How it is reached is the matter of its class."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, NoReturn

from dana_sandbox.channel import FrameTooLargeError
from dana_sandbox.isolation.harden import Finding
from dana_sandbox.isolation.limits import MIB
from dana_sandbox.wire import EXIT_MEMORY

_SEND_SECONDS = 60.0


class PoolError(RuntimeError):
    """No child could be started; the message says why."""


class IsolationMissing(PoolError):  # noqa: N818 - what happened, in one word of its callers
    """This system does not give a child every layer that the policy requires. Nothing was run."""

    def __init__(self, names: tuple[str, ...], reasons: dict[str, str]) -> None:
        self.names = names
        self.reasons = reasons
        told = ", ".join(f"{name} ({reasons[name]})" if reasons.get(name) else name for name in names)
        super().__init__(f"the policy requires isolation that is missing here: {told}")


class DeadlinePassed(Exception):  # noqa: N818
    """The child did not answer, or did not listen, until the deadline. It has been killed."""


class TooLarge(Exception):  # noqa: N818
    """The child announced more bytes than its host takes. It has been killed."""


class WorkerDied(Exception):  # noqa: N818
    """The child ended by itself. `how` says how in plain words, `memory` whether it ran out of memory."""

    def __init__(self, how: str, *, memory: bool = False) -> None:
        self.how = how
        self.memory = memory
        super().__init__(how)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a child used, as the kernel counted it: never what the child says of itself. 0 where nobody counts.

    `cpu_seconds` count from the first thing that it was asked; `peak_bytes` is resident memory and includes the
    interpreter that the child was forked with.
    """

    cpu_seconds: float = 0.0
    peak_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: its exit code, minus the number of its signal, None when nobody could tell."""

    code: int | None = None
    usage: Usage = Usage()


class Worker(ABC):
    """One hardened child, leased to one caller. It is used by one thread at a time.

    Whatever goes wrong ends the child: after an exception only `end` makes sense, and it may be called again.
    """

    def __init__(self, pid: int, memory_mib: int) -> None:
        self._ended: Ended | None = None
        self._memory = memory_mib * MIB
        self._before = Usage()
        self.pid = pid
        self.calls = 0
        self.printed = b""
        """When it has ended: the first of what its last call printed, where that is kept."""
        self.details: tuple[Finding, ...] = ()
        self.landlock_abi = 0

    @abstractmethod
    def _write(self, payload: bytes, deadline: float) -> None:
        """Send one frame. TimeoutError, EOFError."""

    @abstractmethod
    def _read(self, deadline: float, limit: int) -> bytes:
        """Return one frame. TimeoutError, EOFError, FrameTooLargeError."""

    @abstractmethod
    def _finish(self, *, kill: bool) -> Ended:
        """End the child, or wait a little for one that is ending, and reap it."""

    @abstractmethod
    def _ask_to_end(self) -> None:
        """Have the child killed without waiting for it."""

    @abstractmethod
    def _close(self) -> None:
        """Close what this process holds of the child."""

    @property
    @abstractmethod
    def is_silent(self) -> bool:
        """Whether all that has come in has been taken."""

    def read_trail(self) -> bytes:
        """Return the first of what the program has printed since the last time; nothing where that is not kept."""
        return b""

    @property
    def most_bytes(self) -> int:
        """How much memory it can have held: what it was forked with and what it was allowed."""
        return self._before.peak_bytes + self._memory

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers that hold this child."""
        return tuple(finding.layer for finding in self.details if finding.active)

    @property
    def alive(self) -> bool:
        """Whether nobody has ended this child yet; it may have ended by itself."""
        return self._ended is None

    def greet(self, deadline: float) -> None:
        """Read what holds the child; it has run nothing yet."""
        told: dict[str, Any] = json.loads(self.receive(deadline, limit=64 * 1024))
        self.details = tuple(Finding(*detail) for detail in told["details"])
        self.landlock_abi = told["landlock_abi"]
        self._before = Usage(told["cpu_seconds"], told["peak_bytes"])

    def send(self, payload: bytes, deadline: float | None = None) -> None:
        """Send one frame. DeadlinePassed when the child does not take it (in 60 s unless told), WorkerDied."""
        self._require_alive()
        try:
            self._write(payload, time.monotonic() + _SEND_SECONDS if deadline is None else deadline)
        except BaseException as problem:  # noqa: BLE001 - an interrupted frame leaves a child that nobody understands
            self._fail(problem)
        self.calls += 1

    def receive(self, deadline: float, limit: int) -> bytes:
        """Return the child's next frame of at most `limit` bytes. `deadline` is one of `time.monotonic`.

        DeadlinePassed, WorkerDied or TooLarge; whatever is raised, KeyboardInterrupt too, the child is gone then.
        """
        self._require_alive()
        try:
            return self._read(deadline, limit)
        except BaseException as problem:  # noqa: BLE001
            self._fail(problem)

    def usage(self) -> Usage:
        """Return what the child has used up to now. Unlike `end` this asks the kernel about a child that lives."""
        return self._ended.usage if self._ended is not None else self._since(usage_of(self.pid))

    def end(self) -> Usage:
        """Kill the child if it lives, and return what it used. Nothing of it is left then."""
        return self._end(kill=True).usage

    def abandon(self) -> None:
        """Forget the child without touching it: it belongs to the process that this one was forked from."""
        if self._ended is None:
            self._ended = Ended()
            self._close()

    def __del__(self) -> None:
        if self._ended is None:
            self._ended = Ended()
            with contextlib.suppress(Exception):
                self._ask_to_end()
            self._close()

    def _since(self, usage: Usage) -> Usage:
        """Leave out the time that it took to start the child; its memory is what it holds."""
        return Usage(max(0.0, usage.cpu_seconds - self._before.cpu_seconds), usage.peak_bytes)

    def _require_alive(self) -> None:
        if self._ended is not None:
            raise WorkerDied("it has been ended already")

    def _fail(self, problem: BaseException) -> NoReturn:
        """End the child and raise what `problem` means to the caller; others go on as they are."""
        if isinstance(problem, EOFError):
            ended = self._end(kill=False)
            raise WorkerDied(how_it_ended(ended), memory=self._ran_out(ended)) from None
        self._end(kill=True)
        if isinstance(problem, TimeoutError):
            raise DeadlinePassed("the deadline has passed") from None
        if isinstance(problem, FrameTooLargeError):
            raise TooLarge(str(problem)) from None
        raise problem

    def _ran_out(self, ended: Ended) -> bool:
        """Whether memory is what ended it: the child said so, or it died holding nearly all it might have."""
        if ended.code is None or ended.code >= 0:
            return ended.code == EXIT_MEMORY
        return ended.usage.peak_bytes - self._before.peak_bytes >= 0.8 * self._memory

    def _end(self, *, kill: bool) -> Ended:
        if self._ended is None:
            self._ended = Ended()
            try:
                ended = self._finish(kill=kill)
                self.printed = self.read_trail()
                self._ended = Ended(ended.code, self._since(ended.usage))
            finally:
                self._close()
        return self._ended


def how_it_ended(ended: Ended) -> str:
    """Say how a child ended, for people.

    >>> how_it_ended(Ended(-11)), how_it_ended(Ended(3))
    ('it was ended by SIGSEGV (the interpreter crashed)', 'it exited with code 3')
    """
    if ended.code is None:
        return "the process that forks workers ended, and the worker with it"
    if ended.code >= 0:
        return f"it exited with code {ended.code}"
    try:
        name = signal.Signals(-ended.code).name
    except ValueError:
        name = f"signal {-ended.code}"
    return f"it was ended by {name}{_MEANINGS.get(name, '')}"


_MEANINGS = {
    "SIGSYS": " (a system call that only an attack makes)",
    "SIGXCPU": " (its processor time was used up)",
    "SIGSEGV": " (the interpreter crashed)",
}


def usage_of(pid: int) -> Usage:
    """Return what a living child of ours has used, from the kernel; zeros where the system does not tell.

    The child is not asked, so that a program which has taken it over cannot lie.
    """
    if not sys.platform.startswith("linux"):
        return Usage()
    try:
        cpu = time.clock_gettime(~pid << 3 | 2)  # clock_getcpuclockid(3) of a whole process
        with open(f"/proc/{pid}/status", "rb") as file:  # noqa: PTH123 - pathlib costs more than the read
            peak = next((line for line in file if line.startswith(b"VmHWM:")), b"VmHWM: 0 kB")
    except OSError:
        return Usage()
    return Usage(cpu, int(peak.split()[1]) * 1024)
