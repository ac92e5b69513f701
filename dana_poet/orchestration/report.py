"""What one pass of learning found and did, for people and as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dana_poet.orchestration.decisions import Decision
from dana_poet.orchestration.patterns import Patterns


@dataclass(frozen=True, slots=True)
class Finding:
    """What feedback says about the current version of one function."""

    function: str
    version: Any
    executions: int
    judged: int
    patterns: Patterns

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "function": self.function, "version": self.version, "executions": self.executions, "judged": self.judged,
            "patterns": self.patterns.to_json(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Feedback for an execution that nobody knows, and since when (seconds since 1970) it has waited."""

    execution_id: str
    since: float

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"execution_id": self.execution_id, "since": self.since}


@dataclass(frozen=True, slots=True)
class Report:
    """One pass: how many events were new, what was found, what was decided, which feedback nobody can place.

    `waiting` counts executions with feedback that are not known yet; `unmatched` those that have waited too long.
    `str()` is for people.

    >>> print(Report(events=0))
    0 new events; nothing to change
    """

    events: int
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    waiting: int = 0
    unmatched: tuple[Unmatched, ...] = ()
    problems: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        acted = [one for one in self.decisions if one.action != "keep"]
        head = f"{self.events} new event{'' if self.events == 1 else 's'}"
        lines = [f"{head}; {'nothing to change' if not acted else f'{len(acted)} to change'}"]
        lines += [f"  {one.explain()}" for one in self.decisions]
        lines += [f"  feedback for {one.execution_id}: nobody knows this execution" for one in self.unmatched]
        lines += [f"  {problem}" for problem in self.problems]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "events": self.events,
            "findings": [one.to_json() for one in self.findings],
            "decisions": [one.to_json() for one in self.decisions],
            "waiting": self.waiting,
            "unmatched": [one.to_json() for one in self.unmatched],
            "problems": list(self.problems),
        }
