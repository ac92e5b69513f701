"""What came of a verification: one `Gate` for each step that was taken, as values and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from dana_poet.errors import DanaValueError

Verdict = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Gate:
    """One step of a verification. `reason` is for people; `counterexample` a call or a line that shows it, or None.

    `seconds` is wall time.

    >>> Gate("parse", "passed").seconds
    0.0
    """

    name: str
    verdict: Verdict
    reason: str = ""
    counterexample: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict on one candidate. `source` is the code without the answer around it, empty when there was none.

    `seconds` is wall time, `cases` how many inputs were tried on both sides.

    >>> Verification(False, (Gate("parse", "failed", "no code"),)).reason
    'parse: no code'
    """

    accepted: bool
    gates: tuple[Gate, ...] = ()
    seconds: float = 0.0
    source: str = ""
    cases: int = 0

    @property
    def failed(self) -> Gate | None:
        """The gate that refused the candidate, or None."""
        return next((gate for gate in self.gates if gate.verdict == "failed"), None)

    @property
    def reason(self) -> str:
        """Why the candidate was refused, with the counterexample; empty when it was accepted."""
        gate = self.failed
        if gate is None:
            return ""
        shown = f" [{gate.counterexample}]" if gate.counterexample else ""
        return f"{gate.name}: {gate.reason}{shown}"

    def __bool__(self) -> bool:
        return self.accepted

    def to_json(self) -> str:
        """Return all of it but `source` as JSON text.

        >>> Verification.from_json(Verification(True).to_json()) == Verification(True)
        True
        """
        return json.dumps({key: value for key, value in asdict(self).items() if key != "source"})

    @classmethod
    def from_json(cls, text: str) -> Verification:
        """Read what `to_json` wrote. DanaValueError when the text is something else."""
        try:
            data = json.loads(text)
            gates = tuple(_gate(one) for one in data["gates"])
            return cls(_of(bool, data["accepted"]), gates, float(data["seconds"]), "", int(data.get("cases", 0)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise DanaValueError(f"this is no verification: {error}", hint="give it what to_json wrote") from error


def _gate(data: dict[str, Any]) -> Gate:
    if data["verdict"] not in get_args(Verdict):
        raise ValueError(f"no such verdict: {data['verdict']!r}")
    shown = data["counterexample"]
    shown = None if shown is None else _of(str, shown)
    return Gate(_of(str, data["name"]), data["verdict"], _of(str, data["reason"]), shown, float(data["seconds"]))


def _of(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value
