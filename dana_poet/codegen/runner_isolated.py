"""Run a generated function in a warm process of the sandbox, which calls the original and grants back in this one."""

from __future__ import annotations

import builtins
import os
import threading
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

from dana_poet.codegen.runner import CandidateError
from dana_poet.codegen.runner_acts import Acts, current, plain
from dana_poet.codegen.runner_crossing import is_plain, may_change, tagged, update
from dana_poet.codegen.runner_kinds import Blocking
from dana_poet.codegen.runner_reach import THERE, Reach
from dana_poet.codegen.runner_source import ProgramSource, program_source, told
from dana_poet.codegen.runner_way import ENTRY, HOST, KEPT, LOSSY, PLAIN, RAISED

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_sandbox import RunOutcome, SandboxPolicy
    from dana_sandbox.run import Capability, Program

CALLS_PER_WORKER = 1000
MOST_CALLS = 10_000
WAITED, PACKED = 0.1, 0.002
"""Seconds at most that a call may wait for a busy machine, and work for its values to cross, without being called slow."""


class Limits(NamedTuple):
    """What one call may use: wall seconds, MiB, and modules beside the usual ones."""

    seconds: float
    memory_mib: int
    modules: frozenset[str]

    def policy(self) -> SandboxPolicy:
        """Return the sandbox's policy. Modules that the sandbox has not are left out: asking for them is refused."""
        from dana_sandbox import SandboxPolicy
        from dana_sandbox.policy import OPTIONAL_MODULES

        usual = SandboxPolicy()
        return SandboxPolicy(
            wall_seconds=self.seconds,
            memory_mib=self.memory_mib,
            calls_per_worker=CALLS_PER_WORKER,
            capability_calls=MOST_CALLS,
            retries=0,
            modules=usual.modules | (self.modules & OPTIONAL_MODULES),
        )


def isolated(source: str, name: str, functions: dict[str, Callable[..., Any]], limits: Limits) -> Isolated:
    """Return the runner of a function in a sandbox."""
    return Isolated(source, name, functions, limits)


class Isolated(Blocking):
    """One generated function and its program in the sandbox, which is made with the first call."""

    def __init__(self, source: str, name: str, functions: dict[str, Callable[..., Any]], limits: Limits) -> None:
        self._original = functions["original"]
        super().__init__(self._original)
        self._source, self._name, self._functions, self._limits = source, name, functions, limits
        self._lock = threading.Lock()
        self._program: Program | None = None
        self._pid = 0
        self._made = ProgramSource("", 0)

    def close(self) -> None:
        """End the processes that wait for calls. The next call starts others."""
        program, self._program = self._program, None
        if program is not None and self._pid == os.getpid():
            program.close()

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any], acts: Acts) -> Any:
        """Call the function once in the sandbox."""
        if not (is_plain(args) and is_plain(kwargs)):
            raise CandidateError("rejected", _stranger(args, kwargs), hint="the sandbox takes plain data")
        back = may_change(args) or may_change(kwargs.values())
        given = {"poet_args": list(args), "poet_kwargs": kwargs, "poet_back": back}
        token = current.set(acts)
        try:
            outcome = self._ran(given)
        finally:
            current.reset(token)
        waited = max(0.0, outcome.seconds - outcome.cpu_seconds - acts.inside)
        acts.crossing = min(waited, WAITED) + min(outcome.cpu_seconds, PACKED)
        if not outcome.ok:
            raise self._failure(outcome, acts)
        return self._value(outcome.value, args, kwargs, acts)

    def _ran(self, given: dict[str, Any]) -> RunOutcome:
        from dana_sandbox import PoolError

        try:
            return self._ready().run(given)
        except PoolError as error:
            raise CandidateError("crashed", f"no sandbox can be started: {error}") from error

    def _ready(self) -> Program:
        program = self._program
        if program is not None and self._pid == os.getpid():  # a forked child has processes of its own
            return program
        if self._pid not in {0, os.getpid()}:  # a thread that is not here may have held it
            self._lock = threading.Lock()
        with self._lock:
            if self._program is None or self._pid != os.getpid():
                self._program, self._pid = self._compiled(), os.getpid()
            return self._program

    def _compiled(self) -> Program:
        from dana_sandbox.run import compile_untrusted

        policy = self._limits.policy()
        program: Program | None = None
        for around in (True, False):  # what the original leans on may be more than the sandbox takes
            self._made = self._program_source(around=around)
            asked = self._asked()
            program = compile_untrusted(self._made.text, entry=ENTRY, policy=policy, capabilities=asked)
            if program.accepted:
                break
        assert program is not None
        weakref.finalize(self, _close, program, os.getpid())
        return program

    def _asked(self) -> dict[str, Capability]:
        """Return what the version asks for, of what it is granted: a program that asks for nothing is quicker."""
        from dana_sandbox.run import Capability

        found: dict[str, Capability] = {}
        if self._made.reaches:
            found[THERE] = Capability(Reach.of(self._original).ask, max_calls=MOST_CALLS)
        for name, function in self._functions.items():
            if name == "original" and name in self._source:
                # What stands before it takes lists, so it is granted under a name of ours.
                found[HOST] = Capability(_answering(plain(function)), max_calls=MOST_CALLS)
            elif name in self._source:
                found[name] = Capability(plain(function), max_calls=MOST_CALLS)
        return found

    def _program_source(self, *, around: bool) -> ProgramSource:
        try:
            return program_source(self._source, self._original, self._name, yields=self.yields, around=around)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise CandidateError("rejected", f"the version is no Python: {error}") from error

    def _value(self, answer: Any, args: tuple[Any, ...], kwargs: dict[str, Any], acts: Acts) -> Any:
        """Return what the program says it returned, and bring its changes of arguments home."""
        try:
            tag, value, *after = answer
            found = self._received(value, acts) if self.yields and tag == PLAIN else _result(tag, value, acts)
            if after:
                update(tuple(args), tuple(after[0]))
                update(dict(kwargs), after[1])
        except CandidateError:
            raise
        except (TypeError, ValueError, IndexError, KeyError, RecursionError) as error:
            raise CandidateError("rejected", "the program answered with nonsense", acted=acts.acted) from error
        return found

    @staticmethod
    def _received(value: Any, acts: Acts) -> tuple[list[Any], Any]:
        parts, returned = value
        return [_result(tag, part, acts) for tag, part in parts], _result(returned[0], returned[1], acts)

    def _failure(self, outcome: RunOutcome, acts: Acts) -> CandidateError:
        assert outcome.status != "ok"
        if outcome.status == "rejected":
            message = told(outcome.violations, self._made.lines_before)
            return CandidateError("rejected", message, acted=acts.acted)
        error = outcome.error
        exception = None if error is None or outcome.status != "error" else _exception(error.type, error.message)
        said = "" if error is None else f"{error.type}: {error.message}"
        return CandidateError(outcome.status, said, acted=acts.acted, exception=exception)


def _answering(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the original as the program asks it: lists of arguments in; tag, result and changed arguments out."""

    def answer(args: list[Any], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        acts, before = current.get(), may_change(args) or may_change(kwargs.values())
        found = original(*args, **kwargs)
        items = type(found) is list and getattr(original, "gives_items", False)
        result = (PLAIN, [tagged(one, acts.kept) for one in found]) if items else tagged(found, acts.kept)
        return (*result, args, kwargs) if before else (*result, [], {})

    return answer


def _result(tag: int, value: Any, acts: Acts) -> Any:
    if tag == PLAIN:
        return value
    if tag == KEPT:
        return acts.kept[value]
    if tag == LOSSY:
        raise CandidateError(
            "rejected", f"its result is a {value!s:.80}, which cannot leave the sandbox", acted=acts.acted
        )
    if tag == RAISED:
        error = acts.raised[value]
        message = f"{type(error).__name__}: {error}"
        raise CandidateError("error", message, acted=True, exception=error, of_original=True)
    raise ValueError(tag)


def _exception(kind: str, message: str) -> Exception:
    """Return what the program raised as an exception of this process: of the same builtin class, else a RuntimeError."""
    found = getattr(builtins, kind, None)
    try:
        if isinstance(found, type) and issubclass(found, Exception):
            return found(message)
    except TypeError:  # a class that wants more arguments, such as UnicodeDecodeError
        pass
    return RuntimeError(f"{kind}: {message}")


def _stranger(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    named = [(f"argument {place}", one) for place, one in enumerate(args, 1)]
    named += [(f"argument '{name}'", one) for name, one in kwargs.items()]
    what, value = next(((what, one) for what, one in named if not is_plain(one)), ("an argument", args))
    return f"{what} is a {type(value).__name__}, or holds what is no plain data, and cannot enter the sandbox"


def _close(program: Program, pid: int) -> None:
    if pid == os.getpid():
        program.close()
