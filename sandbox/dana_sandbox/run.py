"""Run code that nobody has read: once with `run_untrusted`, many times with `compile_untrusted`.

The source text is never parsed here. A child of its own, held by the kernel, parses, checks, compiles and runs it;
plain data crosses in both directions, and whatever the program does comes back as a RunOutcome.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from dana_sandbox.attempt import Attempt, Loadable, compiled, unmet
from dana_sandbox.capability import Capability
from dana_sandbox.crossing import CannotCross, Limits
from dana_sandbox.gate import gate
from dana_sandbox.grants import NO_GRANTS, Grants, granted
from dana_sandbox.leased import IsolationMissing, Worker
from dana_sandbox.messages import encode
from dana_sandbox.name_check import check_name
from dana_sandbox.outcome import RunOutcome
from dana_sandbox.policy import SandboxPolicy
from dana_sandbox.pool import lease
from dana_sandbox.retry import with_retries
from dana_sandbox.verdict import Violation

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

__all__ = ["Capability", "Program", "compile_untrusted", "run_untrusted"]

Capabilities: TypeAlias = Mapping[str, Capability | Callable[..., object]]

_DEFAULT = SandboxPolicy()
_UNLIMITED = Limits(bytes=1 << 31, nodes=1 << 31, depth=100)
# Statuses after which a child that serves several calls is as good as before.
_HARMLESS = frozenset({"ok", "error", "rejected"})


def run_untrusted(
    source: str,
    inputs: Mapping[str, Any] | None = None,
    *,
    entry: str | None = None,
    policy: SandboxPolicy = _DEFAULT,
    capabilities: Capabilities | None = None,
) -> RunOutcome:
    """Run a program in a child of its own and return what it came to, whatever it does.

    `inputs` become names of the program. The value is what `entry(**inputs)` returns or, without an entry, the
    program's variable `result`. `capabilities` are host functions that the program may call by these names.
    Where a layer that `policy.require` names is not to be had it is rejected. TypeError or ValueError for a wrong
    argument of the caller's, PoolError when no child can be started.

    >>> run_untrusted("result = sum(numbers)", {"numbers": [1, 2, 3]}).value
    6
    """
    call = _Call(source, entry, policy, capabilities, inputs)
    if call.violations:
        return RunOutcome(status="rejected", violations=call.violations)
    program = call.loadable()

    def attempt() -> tuple[RunOutcome, bool]:
        grants = Grants(call.capabilities, policy) if call.capabilities else NO_GRANTS
        try:
            worker = lease(policy)
        except IsolationMissing as problem:
            return unmet(problem), False
        outcome = Attempt(program, worker, grants, worker.layers).run(call.inputs, loaded=False)
        return _measured(outcome, worker), not grants.used

    return with_retries(attempt, policy.retries)


def compile_untrusted(
    source: str,
    *,
    entry: str | None = None,
    policy: SandboxPolicy = _DEFAULT,
    capabilities: Capabilities | None = None,
) -> Program:
    """Check and compile a program once, for many calls. What is wrong with it is in `violations`.

    With `policy.calls_per_worker` 1 each call has a fresh child; with more, a child serves so many calls.

    >>> with compile_untrusted("def double(x):\\n    return 2 * x\\n", entry="double") as program:
    ...     [program.run({"x": x}).value for x in (1, 2)]
    [2, 4]
    """
    return Program(source, entry, policy, capabilities)


class Program:
    """A checked and compiled program. Any thread may call `run`; `close` ends the children that wait for calls."""

    def __init__(
        self, source: str, entry: str | None, policy: SandboxPolicy, capabilities: Capabilities | None
    ) -> None:
        call = _Call(source, entry, policy, capabilities, None)
        self.policy, self.violations = policy, call.violations
        self._capabilities = call.capabilities
        self._door = _door(policy, call.capabilities)
        self._waiting: list[_Seat] = []
        self._closed = False
        if not self.violations:
            self._loadable = call.loadable()
            self._compile()

    @property
    def accepted(self) -> bool:
        """Whether the program may run."""
        return not self.violations

    def run(self, inputs: Mapping[str, Any] | None = None) -> RunOutcome:
        """Call the program once, as `run_untrusted` does. ValueError after `close`."""
        if self._closed:
            raise ValueError("the program has been closed")
        if self.violations:
            return RunOutcome(status="rejected", violations=self.violations)
        data, violations = _encoded(inputs, self._door)
        if violations:
            return RunOutcome(status="rejected", violations=violations)
        return with_retries(lambda: self._attempt(data), self.policy.retries)

    def close(self) -> None:
        """End the children that wait for calls. A call under way in another thread ends as it would."""
        self._closed = True
        while self._waiting:
            self._waiting.pop().worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _compile(self) -> None:
        """Have a child check and compile; what it compiled stays bytes here."""

        def attempt() -> tuple[RunOutcome, bool]:
            try:
                worker = lease(self.policy)
            except IsolationMissing as problem:
                return unmet(problem), False
            outcome = compiled(self._loadable, worker)
            if outcome.ok and self.policy.calls_per_worker > 1:
                self._waiting.append(_Seat(worker))
            else:
                worker.end()
            return outcome, True

        outcome = with_retries(attempt, self.policy.retries)
        self.violations = outcome.violations
        if outcome.ok:
            self._loadable = dataclasses.replace(self._loadable, blob=outcome.value)

    def _attempt(self, data: bytes) -> tuple[RunOutcome, bool]:
        grants = Grants(self._capabilities, self.policy) if self._capabilities else NO_GRANTS
        try:
            seat, loaded = self._seat()
        except IsolationMissing as problem:
            return unmet(problem), False
        outcome = Attempt(self._loadable, seat.worker, grants, seat.layers).run(data, loaded=loaded)
        seat.served += 1
        if self._keeps(seat, outcome):
            return outcome, not grants.used
        return _measured(outcome, seat.worker), not grants.used

    def _seat(self) -> tuple[_Seat, bool]:
        """Return a child that waits, or a new one, and whether it knows the program."""
        while self._waiting:
            try:
                seat = self._waiting.pop()
            except IndexError:  # another thread was faster
                break
            if seat.worker.alive:
                return seat, True
        return _Seat(lease(self.policy)), False

    def _keeps(self, seat: _Seat, outcome: RunOutcome) -> bool:
        if outcome.status not in _HARMLESS or seat.served >= self.policy.calls_per_worker or not seat.worker.alive:
            return False
        self._waiting.append(seat)
        if self._closed:  # meanwhile
            self.close()
        return True


@dataclasses.dataclass(slots=True, eq=False)
class _Seat:
    """A child that serves one program, and how many calls it has served."""

    worker: Worker
    served: int = 0
    layers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.layers = self.worker.layers


class _Call:
    """The arguments of a run, checked: mistakes of the caller raise, what the program may not be is a violation."""

    def __init__(
        self,
        source: object,
        entry: str | None,
        policy: SandboxPolicy,
        capabilities: Capabilities | None,
        inputs: Mapping[str, Any] | None,
    ) -> None:
        if not isinstance(policy, SandboxPolicy):
            raise TypeError(f"policy must be a SandboxPolicy, got {type(policy).__name__}")
        if entry is not None and not isinstance(entry, str):
            raise TypeError(f"entry must be the name of a function, got {type(entry).__name__}")
        if entry is not None and (problem := check_name(entry)):
            raise ValueError(f"entry {entry!r} {problem}")
        self.source, self.entry, self.policy = source, entry, policy
        self.capabilities = granted(capabilities)
        self.names = [*(inputs or ()), *self.capabilities]
        self.inputs, problems = _encoded(inputs, _door(policy, self.capabilities))
        self.violations = (*gate(source, source_bytes=policy.source_bytes), *problems)

    def loadable(self) -> Loadable:
        """Return what a child is told of the program."""
        assert isinstance(self.source, str)  # the gate has looked
        policy = self.policy
        caps = [policy.result_bytes, policy.value_nodes, policy.value_depth]
        modules, granted_names = sorted(policy.modules), list(self.capabilities)
        again = policy.calls_per_worker > 1
        settings = [
            self.entry, self.names, modules, caps, policy.output_bytes, policy.wall_seconds, again, granted_names,
        ]  # fmt: skip
        return Loadable(encode(settings, _UNLIMITED), self.source, policy)


def _encoded(inputs: Mapping[str, Any] | None, door: _Door) -> tuple[bytes, tuple[Violation, ...]]:
    """Return the inputs as bytes, once for all attempts, or why they cannot cross."""
    if inputs is not None and type(inputs) is not dict and not isinstance(inputs, Mapping):
        raise TypeError(f"inputs must map names to values, got {type(inputs).__name__}")
    given = dict(inputs) if inputs else {}
    for name in given:
        if type(name) is not str or name not in _GOOD_NAMES or name in door.taken:
            return _checked_names(given, door)
    return _encoded_values(given, door)


_RENAME = "give it a name that a variable could have"
_GOOD_NAMES: set[str] = set()
"""Names that have been looked at; callers use the same few again and again."""


def _checked_names(given: dict[str, Any], door: _Door) -> tuple[bytes, tuple[Violation, ...]]:
    problems = [(name, check_name(name)) for name in given]
    problems += [(name, "is the name of a capability") for name in given if name in door.taken]
    if violations := tuple(_input_violation(f"name {name!r:.80}", why, _RENAME) for name, why in problems if why):
        return b"", violations
    if len(_GOOD_NAMES) < 10_000:
        _GOOD_NAMES.update(given)
    return _encoded_values(given, door)


def _encoded_values(given: dict[str, Any], door: _Door) -> tuple[bytes, tuple[Violation, ...]]:
    try:
        return encode(given, door.limits, numpy=door.numpy), ()
    except CannotCross as problem:
        hint = problem.hint
        if callable(given.get(name := problem.path[2:-2])):
            hint = f"grant it: capabilities={{{name!r}: {name}}}"
        return b"", (_input_violation(f"inputs{problem.path}", problem.reason, hint),)


class _Door(NamedTuple):
    """What inputs must fit through."""

    limits: Limits
    numpy: bool
    taken: Mapping[str, Capability]


def _door(policy: SandboxPolicy, capabilities: Mapping[str, Capability]) -> _Door:
    limits = Limits(policy.input_bytes, policy.value_nodes, policy.value_depth)
    return _Door(limits, "numpy" in policy.modules, capabilities)


def _input_violation(what: str, why: str, hint: str = "") -> Violation:
    return Violation(0, 0, "input", f"{what} {why}", hint)


def _measured(outcome: RunOutcome, worker: Worker) -> RunOutcome:
    """End a child for good and take over what the kernel counted."""
    begun = time.monotonic()
    usage = worker.end()
    seconds = outcome.seconds + time.monotonic() - begun
    return dataclasses.replace(outcome, cpu_seconds=usage.cpu_seconds, peak_bytes=usage.peak_bytes, seconds=seconds)
