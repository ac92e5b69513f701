"""Whether a candidate is too slow: seen in the comparison by the way, and then measured for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_poet.codegen.verification.laboratory import Laboratory
from dana_poet.codegen.verification.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_poet.codegen.verification.cases import Case
    from dana_poet.codegen.verification.contract import Contract
    from dana_poet.codegen.verification.laboratory import Record
    from dana_poet.codegen.verification.programs import ProgramText

Timed = tuple["Case", "Record", "Record"]
"""A case with the records of the original and of the candidate."""


def suspects(timed: Sequence[Timed], contract: Contract) -> list[Case]:
    """Return a few cases for which the candidate seems to take too long, the worst first."""
    late = [
        (now.took - was.took, case)
        for case, was, now in timed
        if now.took > min(contract.cpu_ratio, 4.0) * was.took + contract.cpu_floor
    ]
    return [case for _, case in sorted(late, key=lambda pair: -pair[0])[:4]]


def ratio(timed: Sequence[Timed]) -> float:
    """Return how much CPU the candidate takes for one second of the original's."""
    return sum(now.took for _, _, now in timed) / max(sum(was.took for _, was, _ in timed), 1e-9)


def race(
    sides: tuple[ProgramText, ProgramText], modules: frozenset[str], chosen: list[Case], contract: Contract, name: str
) -> None:
    """Measure both sides alone, without probes. Refused when the candidate takes too much."""
    with (
        Laboratory(sides[0], modules=modules, seconds=2.0) as one,
        Laboratory(sides[1], modules=modules, seconds=2.0) as two,
    ):
        slow = None
        for budget in (0.01, 0.03):
            was, now = one.race(chosen, budget), two.race(chosen, budget)
            slow = _slower(was, now, contract)
            if slow is None:
                return
    assert slow is not None
    assert was is not None
    took = f"{now[slow] * 1e6:.0f} us" if now else "too long"
    raise Refused(f"it takes {took}, the original {was[slow] * 1e6:.0f} us", chosen[slow].shown(name))


def _slower(was: list[float] | None, now: list[float] | None, contract: Contract) -> int | None:
    """Return the place where the candidate is too slow, or None."""
    if was is None:
        return None
    if now is None:
        return 0
    for place, (one, other) in enumerate(zip(was, now, strict=True)):
        if other > contract.cpu_ratio * one + contract.cpu_floor:
            return place
    return None
