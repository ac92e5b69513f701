"""What to do about what was found: keep, learn parameters, regenerate, roll back. Each decision says why."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from dana_poet import expected
from dana_poet.orchestration.patterns import worse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dana_poet.orchestration.ledger import Ledger
    from dana_poet.orchestration.patterns import Pattern, Patterns

Action = Literal["keep", "learn", "regenerate", "rollback"]
Status = Literal["decided", "done", "failed", "given up"]
NEVER = -1e18


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: what, for which version, why, on how much evidence and within which bounds.

    `status`: "decided" until it was acted upon, then "done", or "failed" (tried again) and in the end "given up".
    `detail` says what came of it. `id` is the same for the same decision in every process.
    """

    function: str
    version: Any
    action: Action
    reason: str
    id: str = ""
    evidence: float = 0
    low: float | None = None
    high: float | None = None
    until: float = NEVER
    status: Status = "done"
    detail: str = ""
    tries: int = 0
    to: Any = None
    feedback: tuple[str, ...] = ()

    def explain(self) -> str:
        """Return the decision as one sentence."""
        name = self.function if self.version is None else f"{self.function} v{self.version}"
        told = f"{name}: {self.action}, because {self.reason}"
        return f"{told} [{self.status}{': ' if self.detail else ''}{self.detail}]" if self.action != "keep" else told

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "feedback": list(self.feedback)}


class Decisions:
    """The decisions of a ledger: made once, kept before anybody acts on them, and acted upon until done."""

    def __init__(self, ledger: Ledger, *, tries: int = 3) -> None:
        self.ledger = ledger
        self.tries = tries

    def since(self, function: str) -> float:
        """Return up to when (seconds since 1970) executions have been decided upon: only later ones count again."""
        found = self.ledger.rows("SELECT MAX(until) FROM decisions WHERE function = ?", function)[0][0]
        return NEVER if found is None else found

    def count(self, function: str, version: Any, action: Action) -> int:
        """Return how many decisions of a kind were made for a version."""
        query = "SELECT COUNT(*) FROM decisions WHERE function = ? AND version IS ? AND action = ?"
        return int(self.ledger.rows(query, function, version, action)[0][0])

    def keep(self, decision: Decision) -> None:
        """Write a decision down, or what has become of it."""
        plain = (decision.id, decision.function, decision.version, decision.action, decision.status, decision.until)
        with self.ledger.transaction() as db:
            db.execute("DELETE FROM touched WHERE function = ?", (decision.function,))
            if decision.action != "keep":
                body = json.dumps(decision.to_json())
                db.execute(
                    "INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*plain, decision.tries, body)
                )

    def open(self) -> list[Decision]:
        """Return the decisions that still have to be acted upon, oldest first."""
        rows = self.ledger.rows("SELECT body FROM decisions WHERE status IN ('decided', 'failed') ORDER BY until, id")
        return [_read(body) for (body,) in rows]

    def all(self) -> list[Decision]:
        """Return every decision that changed something, oldest first."""
        return [_read(body) for (body,) in self.ledger.rows("SELECT body FROM decisions ORDER BY until, id")]

    def act(self, decision: Decision, action: Callable[[Decision], str]) -> Decision:
        """Act on a decision and write down what came of it. Whatever fails is tried again at the next pass."""
        tries = decision.tries + 1
        try:
            done = replace(decision, status="done", detail=action(decision), tries=tries)
        except Exception as error:  # noqa: BLE001 - a generator of code may fail in any way; the reason is kept
            status: Status = "failed" if tries < self.tries else "given up"
            message = f"{type(error).__name__}: {' '.join(str(error).split())}"
            done = replace(decision, status=status, detail=message, tries=tries)
        self.keep(done)
        return done


def _read(body: str) -> Decision:
    told = json.loads(body)
    return Decision(**{**told, "feedback": tuple(told["feedback"])})


@dataclass(frozen=True, slots=True)
class Rules:
    """How often parameters are tried before new code is asked for, and new code before it is left to people."""

    patience: int = 2
    regenerations: int = 3

    def __post_init__(self) -> None:
        expected.whole("patience", self.patience, least=0)
        expected.whole("regenerations", self.regenerations, least=0)


def decide(
    versions: Sequence[Patterns], *, learns: bool, tried: Callable[[Action], int], rules: Rules | None = None
) -> Decision:
    """Return what to do about a function.

    `versions` are the patterns of its versions, the current one last; `learns` says whether it has parameters to
    learn, `tried` how often something was done for the current version.

    >>> from dana_poet.orchestration.aggregator import Aggregate
    >>> from dana_poet.orchestration.patterns import PatternAnalyzer
    >>> noisy = PatternAnalyzer().find(Aggregate("f", 1, 60, 60, 0.1, 40, 10, 30, *[0] * 7, None, 0.0, 9.0))
    >>> decide([noisy], learns=False, tried=lambda action: 0).action
    'regenerate'
    """
    now, rules = versions[-1], rules or Rules()
    breached = now.breached
    if not breached:
        return _kept(now)
    for before in reversed(versions[:-1]):
        found = worse(now, before)
        if found is not None:
            return _made(now, "rollback", f"{_sentence(found[0])}; {_compared(found[1], before)}", found[0], before)
    if learns and tried("learn") < rules.patience:
        return _made(now, "learn", _sentence(breached[0]), breached[0])
    if tried("regenerate") >= rules.regenerations:
        times = f"{rules.regenerations} attempts at new code have not helped; somebody should look at it"
        return _kept(now, f"{_sentence(breached[0])}, but {times}")
    why = _sentence(breached[0]) + ("; new parameters were not enough" if learns else "")
    return _made(now, "regenerate", why, breached[0])


def _sentence(pattern: Pattern) -> str:
    return str(pattern)


def _compared(pattern: Pattern, before: Patterns) -> str:
    return f"version {before.aggregate.version} had {pattern.measured!r}"


def _kept(now: Patterns, why: str = "") -> Decision:
    one = now.aggregate
    if not why:
        near = [pattern for pattern in now.found if _is_near(pattern)]
        why = f"not sure yet: {near[0]}" if near else "nothing is beyond its threshold"
    return Decision(one.function, one.version, "keep", why, evidence=one.executions, until=one.last)


def _is_near(pattern: Pattern) -> bool:
    rate = pattern.measured.rate
    return rate < pattern.threshold if pattern.low_is_bad else rate > pattern.threshold


def _made(now: Patterns, action: Action, why: str, pattern: Pattern, to: Patterns | None = None) -> Decision:
    one, measured = now.aggregate, pattern.measured
    named = json.dumps([one.function, one.version, action, one.last])
    return Decision(
        one.function, one.version, action, why, id=f"decision-{hashlib.sha256(named.encode()).hexdigest()[:16]}",
        evidence=measured.cases, low=measured.low, high=measured.high, until=one.last, status="decided",
        to=to.aggregate.version if to is not None else None, feedback=now.sentences(),
    )  # fmt: skip
