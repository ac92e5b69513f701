"""What is thought of one execution in the end: a pure function of all that was said about it, in any order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dana_poet.orchestration.reading import Said


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is thought of an execution now. `alert` is how its alert ended: created, acknowledged, dismissed, ignored."""

    verdict: bool | None = None
    missed: bool = False
    reason: str = ""
    cost: float | None = None
    quality: float | None = None
    alert: str = ""
    said: int = 0


def outcome(said: Iterable[Said]) -> Outcome:
    """Return what all feedback for one execution comes to.

    It is taken in the order in which it was given, whatever the order in which it arrives. The latest verdict counts;
    an amendment completes what was said before it; a retraction takes it back.
    """
    standing: list[Said] = []
    gone: set[str] = set()
    for one in sorted(said, key=lambda one: (one.time, one.event)):
        if one.retracts:
            gone.add(one.retracts)
            standing = [] if one.retracts == "*" else [kept for kept in standing if kept.event != one.retracts]
        elif one.amends and standing:
            standing[-1] = _amended(standing[-1], one)
        elif one.event not in gone:
            standing.append(one)
    return _summed(standing)


def _amended(before: Said, after: Said) -> Said:
    judges = after.verdict is not None
    return replace(
        after,
        verdict=after.verdict if judges else before.verdict,
        missed=after.missed if judges else before.missed,
        reason=after.reason or before.reason,
        cost=before.cost if after.cost is None else after.cost,
        cost_of=before.cost_of,
        quality=before.quality if after.quality is None else after.quality,
        alert=after.alert or before.alert,
    )


def _summed(standing: list[Said]) -> Outcome:
    judges = next((one for one in reversed(standing) if one.verdict is not None), None)
    costs = {one.cost_of: one.cost for one in standing if one.cost is not None}
    return Outcome(
        verdict=judges.verdict if judges is not None else None,
        missed=judges.missed if judges is not None else False,
        reason=next((one.reason for one in reversed(standing) if one.reason), ""),
        cost=sum(costs.values()) if costs else None,
        quality=next((one.quality for one in reversed(standing) if one.quality is not None), None),
        alert=next((one.alert for one in reversed(standing) if one.alert), ""),
        said=len(standing),
    )
