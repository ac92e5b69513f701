"""Run one function on many inputs in a sandbox of its own, and bring back a record of each call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from dana_poet.codegen.verification.cases import Case
    from dana_poet.codegen.verification.probes import Condition
    from dana_poet.codegen.verification.programs import ProgramText
    from dana_sandbox.outcome import RunOutcome
    from dana_sandbox.run import Program

CHUNK = 8
_MOST_CALLS = 1_000_000


class Record(NamedTuple):
    """What came of one call. `after` are the inputs where the call changed them, `again` a second call that differs.

    `kind` is value, error, or slow for a call that was stopped. `mine` pairs containers of the result with the same
    object among the inputs, `shared` within the result. `took` is CPU seconds, with what it takes to write it down.
    """

    kind: str
    tokens: list[str]
    mine: list[list[int]]
    shared: list[list[int]]
    after: list[str] | None
    again: list[str] | None = None
    took: float = 0.0


class Allowance(NamedTuple):
    """CPU seconds that calls may take, as the driver's `Pace` reads them. `light` -1 is all cases."""

    usual: list[float] | None = None
    each: float = 1.0
    most: float = 5.0
    light: int = -1
    later: float = 0.0


@dataclass(slots=True)
class Runs:
    """The records of the cases, by index; `ended` says why the rest is missing: timeout, memory, crashed, rejected ..."""

    records: dict[int, Record] = field(default_factory=dict)
    hits: set[int] = field(default_factory=set)
    ended: str = ""
    at: int = -1
    met: int = 0
    message: str = ""
    cpu_seconds: float = 0.0
    seconds: float = 0.0


class Laboratory:
    """One program in the sandbox, for as many runs as are wanted; `close` ends its process.

    `seconds` is the wall time of one run, for what cannot be stopped between two steps of the program.
    """

    def __init__(
        self,
        program: ProgramText,
        *,
        modules: frozenset[str] = frozenset(),
        ask: Callable[..., Any] | None = None,
        seconds: float = 0.5,
    ) -> None:
        from dana_sandbox import SandboxPolicy
        from dana_sandbox.run import Capability

        self._text = program
        self._policy = SandboxPolicy(
            wall_seconds=seconds, memory_mib=192, calls_per_worker=10_000, retries=0, capability_calls=_MOST_CALLS,
            source_bytes=400_000, result_bytes=16 << 20, modules=SandboxPolicy().modules | modules,
        )  # fmt: skip
        self._into = Runs()
        tell = Capability(self._heard, max_calls=_MOST_CALLS)
        self._grants = {program.tell: tell}
        if ask is not None:
            self._grants[program.ask] = Capability(ask, max_calls=2000)
        self._program: Program | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions that carry a probe."""
        return self._text.conditions

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._program is not None:
            self._program.close()
            self._program = None

    @property
    def seconds(self) -> float:
        """Wall seconds of one run."""
        return self._policy.wall_seconds

    def give(self, seconds: float) -> None:
        """Give later runs at least so many wall seconds."""
        import dataclasses

        if seconds > self.seconds:
            self.close()
            self._policy = dataclasses.replace(self._policy, wall_seconds=seconds)

    def problem(self) -> str:
        """Compile, and return why the program cannot run here, or nothing."""
        return "; ".join(str(one) for one in self._compiled().violations[:3])

    def _compiled(self) -> Program:
        from dana_sandbox.run import compile_untrusted

        if self._program is None:
            self._program = compile_untrusted(
                self._text.text, entry=self._text.entry, policy=self._policy, capabilities=self._grants
            )
        return self._program

    def _heard(self, first: int, records: list[Any]) -> None:
        """Take what the driver tells; only the driver knows the name of this function."""
        if first < 0:
            self._into.hits.update(records)
            return
        for number, one in enumerate(records):
            self._into.records[first + number] = Record(*one)

    def run(self, cases: Sequence[Case], allowed: Allowance, *, first: int = 0, chunk: int = CHUNK) -> Runs:
        """Call the function on the cases from `first` on."""
        self._into = Runs(at=first)
        program = self._compiled()
        light = len(cases) if allowed.light < 0 else allowed.light
        given = [[one.crossing() for one in cases], first, chunk, *allowed._replace(light=light)]
        outcome = program.run({"what": "drive", "given": given})
        runs = self._into
        runs.cpu_seconds, runs.seconds = outcome.cpu_seconds, outcome.seconds
        runs.at = max(runs.records, default=first - 1) + 1
        runs.met = outcome.value if outcome.ok and isinstance(outcome.value, int) else runs.at
        if not outcome.ok:
            runs.ended, runs.message = outcome.status, _said(outcome)
        return runs

    def race(self, cases: Sequence[Case], budget: float) -> list[float] | None:
        """Return CPU seconds per call for each case, or None where it could not be measured."""
        outcome = self._compiled().run({"what": "race", "given": [[one.crossing() for one in cases], budget]})
        return outcome.value if outcome.ok and isinstance(outcome.value, list) else None

    def repeat(self, case: Case, count: int, budget: float) -> int | None:
        """Return the number of the first of `count` equal calls that answers differently, or None."""
        outcome = self._compiled().run({"what": "repeat", "given": [case.crossing(), count, budget]})
        return outcome.value if outcome.ok and isinstance(outcome.value, int) else None


def _said(outcome: RunOutcome) -> str:
    if outcome.violations:
        return "; ".join(str(one) for one in outcome.violations[:3])
    return str(outcome.error or outcome.status)
