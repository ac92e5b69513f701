"""What one run came to: plain frozen values, whatever the program did."""

from dataclasses import dataclass
from typing import Any, Literal

from dana_sandbox.verdict import Violation

Status = Literal["ok", "rejected", "error", "timeout", "memory", "output", "crashed"]


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One step of a traceback inside the untrusted source: its line, the function, and the text of the line."""

    line: int
    function: str
    text: str


@dataclass(frozen=True, slots=True)
class RunError:
    """What an untrusted program raised: the name of the class, a capped and scrubbed message, its own lines.

    >>> str(RunError("ZeroDivisionError", "division by zero", (TraceLine(2, "f", "return 1 / 0"),)))
    'ZeroDivisionError: division by zero (line 2, in f)'
    """

    type: str
    message: str
    traceback: tuple[TraceLine, ...] = ()

    def __str__(self) -> str:
        text = f"{self.type}: {self.message}" if self.message else self.type
        if not self.traceback:
            return text
        last = self.traceback[-1]
        return f"{text} (line {last.line}, in {last.function})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """One run of untrusted code.

    `value` is plain data (None unless `status` is `ok`), `output` what it printed (the first 64 KiB of it where the
    program was ended), `error` what it raised or why it was ended, `violations` what the policy refused. `seconds` is wall time of all attempts, `cpu_seconds` and
    `peak_bytes` those of the last child as the kernel counted them, `isolation` the layers that held it.
    """

    status: Status
    value: Any = None
    output: str = ""
    error: RunError | None = None
    violations: tuple[Violation, ...] = ()
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    isolation: tuple[str, ...] = ()
    attempts: int = 1

    @property
    def ok(self) -> bool:
        """Whether the program ran and its value came back."""
        return self.status == "ok"
