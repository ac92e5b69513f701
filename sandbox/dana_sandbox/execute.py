"""The child's side of a run: compile one program, call it as often as the host asks, send back plain data.

Whatever the program does ends in one frame with a status; only the host's deadline and the kernel's limits end it
otherwise. Nothing of a call is left for the next one but the compiled program.
"""

from __future__ import annotations

import gc
import marshal
import sys
import time
from inspect import CO_GENERATOR, CO_OPTIMIZED
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple

from dana_sandbox import facades, frames
from dana_sandbox.channel import LARGEST, Channel
from dana_sandbox.crossing import CannotCross, Limits
from dana_sandbox.errors import describe
from dana_sandbox.guards import Flood, RunState, as_module, namespace
from dana_sandbox.messages import decode, encode, holds_json
from dana_sandbox.outward import Outward
from dana_sandbox.restricted import compile_program
from dana_sandbox.rules import Rules
from dana_sandbox.trail import Trail
from dana_sandbox.verdict import Violation

if TYPE_CHECKING:
    from collections.abc import Callable

FILENAME = "<untrusted>"
_FROM_HOST = Limits(bytes=LARGEST, nodes=LARGEST, depth=LARGEST)  # the host has held its own caps
_BLOB_BYTES = 8 * 1024 * 1024


class Settings(NamedTuple):
    """What the host says of a program before its first call."""

    entry: str | None
    names: list[str]  # that the host puts in: inputs and capabilities
    modules: list[str]
    result: list[int]  # caps of a value that leaves: bytes, nodes, depth
    output_bytes: int
    seconds: float
    again: bool  # whether there will be more than one call
    capabilities: list[str]


def serve(channel: Channel) -> None:
    """Do what the host asks until it closes the channel."""
    child = _Child(channel)
    doors: dict[bytes, Callable[..., None]] = {frames.PROGRAM: child.load, frames.RUN: child.run}
    while True:
        try:
            frame = channel.receive(LARGEST)
        except EOFError:
            return
        kind, parts = frames.unpack(frame)
        del frame
        doors[kind](*parts)


class _Child:
    """One program and the channel to its host."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.code: CodeType | None = None
        self.ready: _Call | None = None
        self.trail: Trail | None = None
        self.violations: tuple[Violation, ...] = ()
        self.lingers = False
        self.apart = True  # whether no call since the last `_prepare` has had anything of the library's
        # Made while there is memory.
        self.out_of_memory = frames.pack(frames.DONE, b"memory", b"", b"", b"", usage(0.0))

    def load(self, settings: bytes, source: bytes, blob: bytes, report: bytes) -> None:
        """Take the program, as text or as an earlier child has compiled it."""
        self.settings = Settings(*decode(settings, _FROM_HOST))
        self.limits = Limits(*self.settings.result)
        self.modules = frozenset(self.settings.modules)
        self.numpy = "numpy" in self.modules
        if self.channel.trail_fd is not None:
            self.trail = Trail(self.channel.trail_fd, self.settings.output_bytes)
        if blob:
            self.code = marshal.loads(blob)  # noqa: S302 - compiled code, in a process that runs it anyway
        else:
            self._compile(source.decode())
        self.lingers = self.code is not None and can_linger(self.code)
        if report:
            self._report()
        if self.settings.again:
            gc.freeze()  # collecting after each call looks at that call's objects alone
            self._prepare()

    def _compile(self, source: str) -> None:
        given = frozenset(self.settings.names)
        rules = Rules(self.modules, facades.exports, self.settings.entry, given, self.numpy)
        compiled = compile_program(source, rules, filename=FILENAME)
        self.code, self.violations = compiled.code, compiled.violations

    def _report(self) -> None:
        blob = b"" if self.code is None else marshal.dumps(self.code)
        if len(blob) > _BLOB_BYTES:
            blob = b""
        self.channel.send(frames.pack(frames.REPORT, _told(self.violations), blob))

    def run(self, inputs: bytes) -> None:
        """Call the program once and send what came of it."""
        begun = time.process_time()
        try:
            reply = self._reply(inputs, begun)
        except MemoryError:
            reply = b""
        self.channel.send(reply or self.out_of_memory)
        if self.settings.again:
            self._prepare()

    def _reply(self, inputs: bytes, begun: float) -> bytes:
        if self.code is None:
            return frames.pack(frames.DONE, b"rejected", b"", b"", _told(self.violations), usage(begun))
        call, self.ready = self.ready or _Call(self), None
        self.apart = holds_json(inputs) and not self.settings.capabilities
        status, value, details = call.outcome(self.code, decode(inputs, _FROM_HOST, numpy=self.numpy))
        if self.lingers:
            gc.collect()  # what the program does when its objects go belongs to this call and its deadline
        call.state.output.copy = None
        self.apart = self.apart and not call.state.facades
        # What cannot be encoded grows by that.
        output = call.state.output.text().encode("utf-8", "backslashreplace")[: self.settings.output_bytes]
        return frames.pack(frames.DONE, status, value, output, details, usage(begun))

    def _prepare(self) -> None:
        """Leave nothing of a call to the next one, and make that ready; the reply is on its way meanwhile."""
        if not self.apart:
            if (decimal := sys.modules.get("decimal")) is not None:
                decimal.setcontext(decimal.Context())
            facades.forget()
        gc.collect()
        if self.code is not None:
            self.ready = _Call(self)


def can_linger(code: CodeType) -> bool:
    """Whether a program has generators or classes: code of theirs may run when their objects are collected."""
    inner = [const for const in code.co_consts if type(const) is CodeType]
    return any(
        not part.co_flags & CO_OPTIMIZED  # the body of a class
        or (part.co_flags & CO_GENERATOR and part.co_name != "<genexpr>")
        or can_linger(part)
        for part in inner
    )


class _Call:
    """One call of the program in a namespace of its own."""

    def __init__(self, child: _Child) -> None:
        self.settings, self.limits, self.numpy = child.settings, child.limits, child.numpy
        self.state = RunState(child.modules, child.settings.output_bytes)
        if child.trail is not None:
            child.trail.restart()
            self.state.output.copy = child.trail.write
        name = "__main__" if self.settings.entry is None else "sandboxed"
        self.space = namespace(self.state, {}, name=name)
        self.outward = Outward(child.channel, self.state, child.limits, numpy=child.numpy)
        self.space |= self.outward.functions(self.settings.capabilities)

    def outcome(self, code: CodeType, inputs: dict[str, Any]) -> tuple[bytes, bytes, bytes]:
        """Return status, encoded value and encoded details. MemoryError is the caller's."""
        self.state.deadline = time.monotonic() + self.settings.seconds
        self.space |= inputs
        try:
            with as_module(self.state):
                found = self._attempt(code, inputs)
        except MemoryError:
            found = None
        except BaseException as error:  # noqa: BLE001 - whatever the program raises ends here
            found = self._failed(error)
        finally:
            self.outward.close()
            self.space.clear()
        if self.state.refusals:
            return b"rejected", b"", _told(self.state.refusals)
        if found is None:
            raise MemoryError
        return found

    def _attempt(self, code: CodeType, inputs: dict[str, Any]) -> tuple[bytes, bytes, bytes]:
        exec(code, self.space)  # noqa: S102 - this is what the sandbox is for
        entry = self.settings.entry
        value = self.space.get("result") if entry is None else self.space[entry](**inputs)
        return b"ok", encode(value, self.limits, numpy=self.numpy), b""

    def _failed(self, error: BaseException) -> tuple[bytes, bytes, bytes]:
        if isinstance(error, CannotCross):
            return _uncrossed(error)
        if self.state.output.flooded or isinstance(error, Flood):
            told = ["OutputLimit", f"printed more than {self.settings.output_bytes} bytes", []]
            return b"output", b"", encode(told, _FROM_HOST)
        return b"error", b"", encode(describe(error, FILENAME), _FROM_HOST)


def _uncrossed(error: CannotCross) -> tuple[bytes, bytes, bytes]:
    message = f"result{error.path} {error.reason}"
    if error.kind == "size":
        return b"output", b"", encode(["ResultLimit", message, []], _FROM_HOST)
    return b"rejected", b"", _told([Violation(0, 0, "result", message, error.hint)])


def _told(violations: tuple[Violation, ...] | list[Violation]) -> bytes:
    return encode([[v.line, v.column, v.rule, v.message, v.hint] for v in violations], _FROM_HOST)


def usage(begun: float) -> bytes:
    """Return CPU seconds since `begun` and the peak of memory, as this process sees them."""
    return frames.USAGE.pack(time.process_time() - begun, _peak_bytes())


def _no_peak() -> int:
    return 0


def _peak_reader() -> Callable[[], int]:
    """Return what reads the peak of memory; found now, because the module is taken away before programs run."""
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:  # not a POSIX system
        return _no_peak
    unit = 1 if sys.platform == "darwin" else 1024
    return lambda: getrusage(RUSAGE_SELF).ru_maxrss * unit


_peak_bytes = _peak_reader()
