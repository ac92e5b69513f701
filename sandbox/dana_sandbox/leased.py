"""A child as its host sees it: send, receive until a deadline, end. Everything else about it is the pool's."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from dana_sandbox import host_io
from dana_sandbox.channel import Frames, FrameTooLarge
from dana_sandbox.isolation.limits import MIB

if TYPE_CHECKING:
    from dana_sandbox.isolation.harden import Finding

ENDED = struct.Struct("!iQQ")
_EXIT_MEMORY = 77
_PATIENCE = 10.0  # seconds for a kill to be confirmed; a server that cannot do that is ended with its children


class PoolError(RuntimeError):
    """No child could be started; the message says why."""


class IsolationMissing(PoolError):
    """This system does not give a child every layer that the policy requires. Nothing was run."""

    def __init__(self, names: tuple[str, ...], reasons: dict[str, str]) -> None:
        self.names = names
        self.reasons = reasons
        told = ", ".join(f"{name} ({reasons[name]})" if reasons.get(name) else name for name in names)
        super().__init__(f"the policy requires isolation that is missing here: {told}")


class DeadlinePassed(Exception):  # noqa: N818 - what happened, in the words of the contract with its callers
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
    """What a child used in its whole life, as the kernel counted it when the child was reaped."""

    cpu_seconds: float = 0.0
    peak_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: the status that `wait` gave (None: nobody could tell) and its usage."""

    status: int | None
    usage: Usage


class Owner(Protocol):
    """Whoever started a child and can end it."""

    def end(self, lease: int, *, kill: bool) -> None:
        """Have the child end; how it ended comes through its own pipe."""

    def kill(self) -> None:
        """End the owner itself with all its children."""


class Worker:
    """One hardened child, leased to one caller. It is used by one thread at a time.

    Whatever goes wrong ends the child: after an exception only `end` makes sense, and it may be called again.
    """

    def __init__(self, owner: Owner, lease: int, pid: int, channel: int, told: int, memory_mib: int) -> None:
        self._owner = owner
        self._lease = lease
        self._channel = channel
        self._told = told
        self._memory = memory_mib * MIB
        self._frames = Frames()
        self._ended: Ended | None = None
        self.pid = pid
        self.calls = 0
        self.details: tuple[Finding, ...] = ()
        self.landlock_abi = 0
        os.set_blocking(channel, False)

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers that hold this child."""
        return tuple(name for name, active, _ in self.details if active)

    @property
    def alive(self) -> bool:
        """Whether nobody has ended this child yet; it may have ended by itself."""
        return self._ended is None

    def greet(self, deadline: float) -> None:
        """Read what holds the child; it has run nothing yet."""
        told: dict[str, Any] = json.loads(self.receive(deadline, limit=64 * 1024))
        from dana_sandbox.isolation.harden import Finding

        self.details = tuple(Finding(*detail) for detail in told["details"])
        self.landlock_abi = told["landlock_abi"]
        self.calls = 0

    def send(self, payload: bytes, deadline: float | None = None) -> None:
        """Send one frame. DeadlinePassed when the child does not take it (60 s unless told), WorkerDied."""
        self._require_alive()
        try:
            host_io.send(self._channel, payload, time.monotonic() + 60 if deadline is None else deadline)
        except BaseException as problem:
            self._fail(problem)
        self.calls += 1

    def receive(self, deadline: float, limit: int) -> bytes:
        """Return the child's next frame of at most `limit` bytes. `deadline` is one of `time.monotonic`.

        DeadlinePassed, WorkerDied or TooLarge; whatever is raised, KeyboardInterrupt too, the child is gone then.
        """
        self._require_alive()
        try:
            return host_io.receive(self._channel, self._frames, deadline, limit)
        except BaseException as problem:
            self._fail(problem)
            raise

    def end(self) -> Usage:
        """Kill the child if it lives, and return what it used. Nothing of it is left then."""
        return self._end(kill=True).usage

    def abandon(self) -> None:
        """Forget the child without touching it: it belongs to the process that this one was forked from."""
        if self._ended is None:
            self._ended = Ended(None, Usage())
            self._close()

    def __del__(self) -> None:
        if self._ended is None:
            self._ended = Ended(None, Usage())
            with contextlib.suppress(Exception):
                self._owner.end(self._lease, kill=True)
            self._close()

    def _require_alive(self) -> None:
        if self._ended is not None:
            raise WorkerDied("it has been ended already")

    def _fail(self, problem: BaseException) -> None:
        """End the child and raise what `problem` means to the caller; others go on as they are."""
        if isinstance(problem, EOFError):
            ended = self._end(kill=False)
            raise WorkerDied(how_it_ended(ended), memory=_ran_out(ended, self._memory)) from None
        self._end(kill=True)
        if isinstance(problem, TimeoutError):
            raise DeadlinePassed("the deadline has passed") from None
        if isinstance(problem, FrameTooLarge):
            raise TooLarge(str(problem)) from None
        raise problem

    def _end(self, *, kill: bool) -> Ended:
        if self._ended is None:
            self._ended = Ended(None, Usage())
            try:
                self._owner.end(self._lease, kill=kill)
                self._ended = self._told_end()
            finally:
                self._close()
        return self._ended

    def _told_end(self) -> Ended:
        """Wait for the kernel's last word on the child."""
        os.set_blocking(self._told, False)
        try:
            data = host_io.receive_exactly(self._told, ENDED.size, time.monotonic() + _PATIENCE)
        except TimeoutError:
            self._owner.kill()
            return Ended(None, Usage())
        except EOFError:
            return Ended(None, Usage())
        status, micro, peak = ENDED.unpack(data)
        return Ended(status, Usage(micro / 1_000_000, peak))

    def _close(self) -> None:
        for fd in (self._channel, self._told):
            with contextlib.suppress(OSError):
                os.close(fd)


def how_it_ended(ended: Ended) -> str:
    """Say how a child ended, for people."""
    if ended.status is None:
        return "the process that forks workers ended, and the worker with it"
    code = os.waitstatus_to_exitcode(ended.status)
    if code >= 0:
        return f"it exited with code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"it was ended by {name}{_MEANINGS.get(name, '')}"


_MEANINGS = {
    "SIGSYS": " (a system call that only an attack makes)",
    "SIGXCPU": " (its processor time was used up)",
    "SIGSEGV": " (the interpreter crashed)",
}


def _ran_out(ended: Ended, memory: int) -> bool:
    """Whether memory is what ended it: the child said so, or it died holding nearly all it might have."""
    if ended.status is None:
        return False
    code = os.waitstatus_to_exitcode(ended.status)
    return code == _EXIT_MEMORY or (code < 0 and ended.usage.peak_bytes >= 0.8 * memory)
