"""The host's side of one call: send a program and its inputs to a child, answer its calls, judge what comes back.

Every byte that comes back is taken as hostile: decoded under caps, checked field by field, cut and scrubbed.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, cast

from dana_sandbox import frames
from dana_sandbox.crossing import BadMessage, Limits
from dana_sandbox.errors import printable, scrub, scrub_name
from dana_sandbox.grants import Grants
from dana_sandbox.leased import DeadlinePassed, IsolationMissing, TooLarge, Worker, WorkerDied
from dana_sandbox.messages import decode
from dana_sandbox.outcome import RunError, RunOutcome, Status, TraceLine
from dana_sandbox.policy import SandboxPolicy
from dana_sandbox.verdict import Violation

_DETAILS = Limits(bytes=4 * 1024 * 1024, nodes=200_000, depth=4)
_MOST_VIOLATIONS = 1000
_HINT = 4000
_LINE = 200
_COMPILE_SECONDS = 2.0  # beside what a call has: a short deadline is meant for calls
_BLOB_BYTES = 9 * 1024 * 1024
_OTHER = 64 * 1024  # what a frame may hold beside value and output


@dataclass(frozen=True, slots=True)
class Loadable:
    """What a child is told of a program: settings and text, or the code that an earlier child has compiled."""

    settings: bytes
    source: str
    policy: SandboxPolicy
    blob: bytes = b""
    limits: Limits = field(init=False)
    numpy: bool = field(init=False)
    largest: int = field(init=False)  # frame that a child may send during a call

    def __post_init__(self) -> None:
        policy = self.policy
        for name, value in (
            ("limits", Limits(policy.result_bytes, policy.value_nodes, policy.value_depth)),
            ("numpy", "numpy" in policy.modules),
            ("largest", policy.result_bytes + policy.output_bytes + _DETAILS.bytes + _OTHER),
        ):
            object.__setattr__(self, name, value)

    def frame(self, *, report: bool = False) -> bytes:
        """Return the frame that loads the program."""
        source = b"" if self.blob else self.source.encode()
        return frames.pack(frames.PROGRAM, self.settings, source, self.blob, b"1" if report else b"")


class Attempt:
    """One call in one child, which `worker` is until it has gone wrong."""

    __slots__ = ("begun", "deadline", "grants", "layers", "program", "worker")

    def __init__(self, program: Loadable, worker: Worker, grants: Grants, layers: tuple[str, ...]) -> None:
        self.program, self.worker, self.grants, self.layers = program, worker, grants, layers
        self.begun = time.monotonic()
        self.deadline = self.begun + program.policy.wall_seconds

    def run(self, inputs: bytes, *, loaded: bool) -> RunOutcome:
        """Return what the call came to. What a capability lets out (KeyboardInterrupt) ends the child and goes on."""
        try:
            if not loaded:
                self.worker.send(self.program.frame(), self.deadline)
            self.worker.send(frames.pack(frames.RUN, inputs), self.deadline)
            return self._outcome(self._converse())
        except (DeadlinePassed, TooLarge, WorkerDied, BadMessage) as problem:
            return self._ended(problem)
        except BaseException:
            self.worker.end()
            raise

    def _converse(self) -> list[bytes]:
        """Answer calls until the program is done; return the parts of its last frame."""
        while True:
            kind, parts = frames.unpack(self.worker.receive(self.deadline, self.program.largest))
            if kind == frames.DONE and len(parts) == 5:
                if not self.worker.is_silent:
                    raise BadMessage("more after the last frame")
                return parts
            if kind != frames.CALL or len(parts) != 3:
                raise BadMessage("a frame that nobody expects")
            answer = self.grants.answer(*parts)
            if time.monotonic() > self.deadline:
                raise DeadlinePassed("the deadline has passed")
            self.worker.send(answer, self.deadline)

    def _outcome(self, parts: list[bytes]) -> RunOutcome:
        status, value, output, details, usage = parts
        if (
            len(usage) != frames.USAGE.size
            or len(output) > self.program.policy.output_bytes
            or (details if status == b"ok" else value)
        ):
            raise BadMessage("not an outcome")
        cpu_seconds, peak_bytes = self._usage(usage)
        # A copy of what was printed waits in the trail; there is more of it than here where memory ran out.
        printed = self.worker.read_trail() if output or status == b"memory" else b""
        text = self._text(output or printed)
        isolation = self.layers
        if status == b"ok":
            plain = decode(value, self.program.limits, numpy=self.program.numpy)
            return RunOutcome(
                status="ok", value=plain, output=text, seconds=time.monotonic() - self.begun, cpu_seconds=cpu_seconds,
                peak_bytes=peak_bytes, isolation=isolation,
            )  # fmt: skip
        error, violations = _DETAILS_OF[status](details, self.program) if status in _DETAILS_OF else _unknown()
        return RunOutcome(
            status=cast("Status", status.decode()), output=text, error=error, violations=violations,
            seconds=time.monotonic() - self.begun, cpu_seconds=cpu_seconds, peak_bytes=peak_bytes, isolation=isolation,
        )  # fmt: skip

    def _usage(self, told: bytes) -> tuple[float, int]:
        """Return what a child says of itself, as far as it can be true: it has one thread and its limits."""
        cpu_seconds, peak_bytes = frames.USAGE.unpack(told)
        if not 0 <= cpu_seconds < math.inf:
            raise BadMessage("not a time")
        return min(cpu_seconds, time.monotonic() - self.begun), min(peak_bytes, self.worker.most_bytes)

    def _text(self, output: bytes) -> str:
        return output[: self.program.policy.output_bytes].decode("utf-8", "replace") if output else ""

    def _ended(self, problem: Exception) -> RunOutcome:
        """Return the outcome of a child that was killed or died."""
        seconds = time.monotonic() - self.begun
        usage = self.worker.end()
        status, error = _verdict(problem, self.program.policy)
        return RunOutcome(
            status=status, output=self._text(self.worker.printed), error=error, seconds=seconds,
            cpu_seconds=usage.cpu_seconds, peak_bytes=usage.peak_bytes, isolation=self.layers,
        )  # fmt: skip


def _verdict(problem: Exception, policy: SandboxPolicy) -> tuple[Status, RunError]:
    if isinstance(problem, DeadlinePassed):
        return "timeout", RunError("TimeoutError", f"did not end within {policy.wall_seconds:g} seconds")
    if isinstance(problem, TooLarge):
        return "output", RunError("ResultLimit", "sent more bytes than a result and its output may have")
    if isinstance(problem, WorkerDied) and problem.memory:
        return "memory", _no_memory(policy)
    if isinstance(problem, WorkerDied) and "SIGXCPU" in problem.how:
        return "timeout", RunError("TimeoutError", f"used more than {_cpu_seconds(policy)} seconds of processor time")
    return "crashed", RunError(type(problem).__name__, scrub(str(problem)))


def _cpu_seconds(policy: SandboxPolicy) -> int:
    """Return what the kernel gives a process for all its calls."""
    return policy.cpu_limit * policy.calls_per_worker


def _no_memory(policy: SandboxPolicy) -> RunError:
    return RunError("MemoryError", f"needed more than {policy.memory_mib} MiB")


def _unknown() -> NoReturn:
    raise BadMessage("a status that no run has")


def violations_of(details: bytes) -> tuple[Violation, ...]:
    """Return the violations that a child sent, cut to what can be shown. BadMessage when they are none."""
    told = decode(details, _DETAILS)
    if type(told) is not list:
        raise BadMessage("not a list of violations")
    return tuple(_violation(one) for one in told[:_MOST_VIOLATIONS])


def _violation(told: Any) -> Violation:
    if type(told) is not list or [type(part) for part in told] != [int, int, str, str, str]:
        raise BadMessage("not a violation")
    line, column, rule, message, hint = told
    return Violation(_number(line), _number(column), scrub_name(rule), scrub(message), scrub(hint, _HINT))


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 31:
        raise BadMessage("not a line or column")
    return value


def _error_of(details: bytes, program: Loadable) -> RunError:
    told = decode(details, _DETAILS)
    if type(told) is not list or [type(part) for part in told] != [str, str, list]:
        raise BadMessage("not an error")
    name, message, steps = told
    lines = _lines_of(program.source) if steps else ()
    return RunError(scrub_name(name), scrub(message), tuple(_step(one, lines) for one in steps[:100]))


def _lines_of(source: str) -> Sequence[str]:
    """Return the lines as Python counts them; `splitlines` knows more ends of lines than Python does."""
    return source.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _step(told: Any, lines: Sequence[str]) -> TraceLine:
    if type(told) is not list or [type(part) for part in told] != [int, str]:
        raise BadMessage("not a step of a traceback")
    line = _number(told[0])
    text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return TraceLine(line, scrub_name(told[1]), printable(text[:_LINE]))


def _failed(details: bytes, program: Loadable) -> tuple[RunError, tuple[Violation, ...]]:
    return _error_of(details, program), ()


def _rejected(details: bytes, _program: Loadable) -> tuple[None, tuple[Violation, ...]]:
    violations = violations_of(details)
    if not violations:
        raise BadMessage("a refusal without a reason")
    return None, violations


def _out_of_memory(_details: bytes, program: Loadable) -> tuple[RunError, tuple[Violation, ...]]:
    return _no_memory(program.policy), ()


_DETAILS_OF = {b"error": _failed, b"output": _failed, b"rejected": _rejected, b"memory": _out_of_memory}


def unmet(problem: IsolationMissing) -> RunOutcome:
    """Return the outcome of a run that its policy does not allow on this system: nothing was started."""
    hint = "run it where the kernel has them (isolation_report() tells), or take them out of the policy's require"
    return RunOutcome(status="rejected", violations=(Violation(0, 0, "isolation", str(problem), hint),))


def compiled(program: Loadable, worker: Worker) -> RunOutcome:
    """Have `worker` check and compile a program; the value of the outcome is what it compiled, as opaque bytes."""
    begun = time.monotonic()
    deadline = begun + program.policy.wall_seconds + _COMPILE_SECONDS
    try:
        worker.send(program.frame(report=True), deadline)
        kind, parts = frames.unpack(worker.receive(deadline, _BLOB_BYTES + _DETAILS.bytes))
        if kind != frames.REPORT or len(parts) != 2:
            raise BadMessage("a frame that nobody expects")
        violations = violations_of(parts[0])
    except (DeadlinePassed, TooLarge, WorkerDied, BadMessage) as problem:
        worker.end()
        status, error = _verdict(problem, program.policy)
        unmade = Violation(
            0, 0, "size", f"the program could not be compiled: {error.message}", "write a smaller program"
        )
        return RunOutcome(status=status, error=error, violations=(unmade,))
    except BaseException:
        worker.end()
        raise
    if violations:
        return RunOutcome(status="rejected", violations=violations)
    return RunOutcome(status="ok", value=parts[1], seconds=time.monotonic() - begun)
