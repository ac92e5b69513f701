"""What came back, summed up by function and by version of its code."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dana_poet.orchestration.ledger import Ledger

REASONS = 5
"""How many of the most frequent reasons are told."""

SUMS = """
SELECT version, COUNT(*), COUNT(*) FILTER (WHERE success), AVG(seconds),
  COUNT(verdict), COUNT(*) FILTER (WHERE verdict = 1 AND NOT missed), COUNT(*) FILTER (WHERE verdict = 0),
  COUNT(*) FILTER (WHERE verdict = 1 AND missed),
  COUNT(*) FILTER (WHERE alert IN ('acknowledged', 'dismissed', 'ignored')),
  COUNT(*) FILTER (WHERE alert IN ('dismissed', 'ignored')),
  TOTAL(cost), TOTAL(cost) FILTER (WHERE verdict IS NOT NULL), TOTAL(cost) FILTER (WHERE verdict = 1),
  TOTAL(cost * cost) FILTER (WHERE verdict IS NOT NULL), AVG(quality), MIN(time), MAX(time)
FROM executions WHERE function = ? AND time > ? GROUP BY version ORDER BY MAX(time)
"""
FREQUENT = """
SELECT {column}, COUNT(*) FROM executions WHERE function = ? AND version IS ? AND time > ? AND {column} <> '' AND {test}
GROUP BY {column} ORDER BY 2 DESC, 1 LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What is known of one version of one function. Costs are in US dollars, `seconds` is the mean of a call.

    `confirmed` and `refuted` are alarms (or results) that people found right and wrong, `missed` what should have been
    reported and was not; `heeded` counts alerts that came to an end, `unheeded` those dismissed or ignored.
    """

    function: str
    version: Any
    executions: int
    succeeded: int
    seconds: float
    judged: int
    confirmed: int
    refuted: int
    missed: int
    heeded: int
    unheeded: int
    cost: float
    judged_cost: float
    useful_cost: float
    squared_cost: float
    quality: float | None
    first: float
    last: float
    reasons: tuple[tuple[str, int], ...] = ()
    errors: tuple[tuple[str, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


class FeedbackAggregator:
    """Sums up what a ledger knows.

    >>> from dana_poet.orchestration.ledger import Ledger
    >>> from dana_poet.runtime.event_values import Event
    >>> ledger = Ledger(":memory:")
    >>> for run in "ab":
    ...     _ = ledger.take([Event("poet.execution.completed", {"execution_id": run, "function": "f", "version": 1})])
    >>> _ = ledger.take([Event("drift.validation", {"execution_id": "a", "was_real_drift": False, "reason": "holiday"})])
    >>> (one,) = FeedbackAggregator(ledger).group_by_function()["f"]
    >>> one.executions, one.refuted, one.reasons
    (2, 1, (('holiday', 1),))
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def group_by_function(self) -> dict[str, tuple[Aggregate, ...]]:
        """Return the aggregates of all functions; the version that ran last comes last."""
        return {name: self.of(name) for name in self.ledger.functions()}

    def of(self, function: str, *, since: float = -1e18) -> tuple[Aggregate, ...]:
        """Return one aggregate for each version of a function, of executions after `since` (seconds since 1970)."""
        found = self.ledger.rows(SUMS, function, since)
        return tuple(self._aggregate(function, row, since) for row in found)

    def _aggregate(self, function: str, row: tuple[Any, ...], since: float) -> Aggregate:
        version = row[0]
        reasons = self._frequent("reason", "verdict = 0", function, version, since)
        errors = self._frequent("error", "success = 0", function, version, since)
        return Aggregate(*(function, *row, reasons, errors))

    def _frequent(
        self, column: str, test: str, function: str, version: Any, since: float
    ) -> tuple[tuple[str, int], ...]:
        query = FREQUENT.format(column=column, test=test)
        return tuple((text, count) for text, count in self.ledger.rows(query, function, version, since, REASONS))
