"""What the original answers to the inputs: asked in the sandbox once, and kept for the next candidates."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dana_poet.codegen.verification.cases import Case
from dana_poet.codegen.verification.inputs import HEAVY, weight
from dana_poet.codegen.verification.laboratory import Allowance, Laboratory, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_poet.codegen.verification.programs import ProgramText

_EACH, _ALL, _HEAVY_ALL = 0.02, 0.12, 0.04
"""CPU seconds that one input may take, all light ones together, and the heavy ones. What takes longer is left out."""
_SLOW_EACH, _SLOW_ALL, _SLOW_CASES = 0.5, 1.0, 40
"""The same for a function that takes long for nearly everything."""
_PATIENCE = 5
"""How often a run that starved on a busy machine is tried again."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the original answered: the cases that it answered in time, their records, and why there may be none."""

    cases: tuple[Case, ...] = ()
    records: tuple[Record, ...] = ()
    problem: str = ""


class Answerer:
    """Asks one original. `keep` remembers the answers of the last originals, whoever asks; `close` ends its process."""

    def __init__(self, program: ProgramText, identity: Sequence[ast.stmt], modules: frozenset[str]) -> None:
        self._lab = Laboratory(program, modules=modules)
        self._identity = ast.unparse(ast.Module(list(identity), []))
        self._slow = False

    def close(self) -> None:
        """End the process."""
        self._lab.close()

    def ask(self, cases: list[Case], *, keep: bool) -> Answers:
        """Return what the original answers."""
        if not cases and not keep:
            return Answers()
        key = (self._identity, repr([one.crossing() for one in cases])) if keep else None
        if key in _KEPT:
            return _KEPT[key]
        problem = self._lab.problem()
        found = Answers(problem=problem) if problem else self._asked(cases)
        if key is not None:
            while len(_KEPT) >= _MOST_KEPT:
                _KEPT.pop(next(iter(_KEPT)), None)
            _KEPT[key] = found
        return found

    def _asked(self, cases: list[Case]) -> Answers:
        """Ask the light inputs, then the heavy ones, with one of which it may not end: then what follows is left out."""
        split = next((number for number, one in enumerate(cases) if weight(one) > HEAVY and not one.given), len(cases))
        allowed = Allowance(_EACH, _ALL)
        pairs, problem = ([], "") if self._slow else self._in_time(cases[:split], allowed, 4)
        if len(pairs) * 8 < split:  # it is slow by nature
            some = [*cases[: _SLOW_CASES // 2], *cases[_SLOW_CASES // 2 : split : max(1, 2 * split // _SLOW_CASES)]]
            self._lab.give(2 * _SLOW_ALL)
            slow, problem = self._in_time(some, Allowance(_SLOW_EACH, _SLOW_ALL), 1)
            pairs, self._slow = max(pairs, slow, key=len), len(slow) > len(pairs)
        elif split < len(cases):
            pairs += self._in_time(sorted(cases[split:], key=weight), Allowance(_EACH, _HEAVY_ALL), 1)[0]
        return Answers(tuple(one for one, _ in pairs), tuple(record for _, record in pairs), "" if pairs else problem)

    def _in_time(self, cases: list[Case], allowed: Allowance, patience: int) -> tuple[list[tuple[Case, Record]], str]:
        """Return cases with their records. What cannot be stopped is left out, and after so many of these all."""
        found: list[tuple[Case, Record]] = []
        first, problem, starved, deadline = 0, "", 0, self._lab.seconds
        while first < len(cases) and patience:
            runs = self._lab.run(cases, allowed, first=first, chunk=1 if problem or patience == 1 else 8)
            found += [(cases[number], one) for number, one in sorted(runs.records.items()) if one.kind != "slow"]
            if not runs.ended:
                break
            if runs.ended == "timeout" and runs.cpu_seconds < deadline / 3 and starved < _PATIENCE:
                first, starved = runs.at, starved + 1  # the machine was busy with others
                continue
            first = runs.at + (1 if problem else 0)
            problem, patience = runs.message or runs.ended, patience - 1
        return found, problem or ("" if found else f"no input is answered within {allowed.limits} s of CPU")


_KEPT: dict[tuple[str, str] | None, Answers] = {}
_MOST_KEPT = 64
