"""What the original answers to the inputs: asked in the sandbox once, and kept for the next candidates."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dana_poet.codegen.verification.cases import Case
from dana_poet.codegen.verification.inputs import HEAVY, weight
from dana_poet.codegen.verification.laboratory import Allowance, Laboratory, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dana_poet.codegen.verification.programs import ProgramText

_EACH, _ALL, _HEAVY_ALL = 0.02, 0.12, 0.04
"""CPU seconds that one input may take, all light ones together, and the heavy ones. What takes longer is left out."""
_SLOW_EACH, _SLOW_ALL, _SLOW_CASES = 1.0, 0.25, 40
"""The same for a function that takes long for nearly everything, and how many inputs it gets."""
_PATIENCE = 5
"""How often a run that starved on a busy machine is tried again."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the original answered: the cases that it answered in time, their records, and why there may be none.

    `weights` are those of the cases.
    """

    cases: tuple[Case, ...] = ()
    records: tuple[Record, ...] = ()
    weights: tuple[float, ...] = ()
    problem: str = ""

    @property
    def fine(self) -> list[Case]:
        """The cases that fit and were answered with a value, those last whose answer few others have."""
        pairs = zip(self.cases, self.records, strict=True)
        good = [(case, one) for case, one in pairs if one.kind == "value" and case.fit != "no"]
        answers = [" ".join(record.tokens) for _, record in good]
        counts, first = Counter(answers), dict[str, int]()
        for number in sorted(range(len(good)), key=lambda one: len(repr(good[one][0].args))):
            first.setdefault(answers[number], number)
        order = sorted(range(len(good)), key=lambda one: (first[answers[one]] == one, -counts[answers[one]]))
        return [good[number][0] for number in order]


class Answerer:
    """Asks one original; `close` ends its process. `slow` is set when it takes long for nearly everything."""

    def __init__(self, program: ProgramText, identity: Sequence[ast.stmt], modules: frozenset[str]) -> None:
        self._lab = Laboratory(program, modules=modules)
        self._identity = ast.unparse(ast.Module(list(identity), []))
        self.slow = False

    def close(self) -> None:
        """End the process."""
        self._lab.close()

    def known(self, inputs: object, ask: Callable[[], tuple[Answers, ...]]) -> tuple[Answers, ...]:
        """Return what `ask` gives, or gave when it was asked for the same `inputs` of the same original."""
        key = (self._identity, repr(inputs))
        if key not in _KEPT:
            found = ask()
            while len(_KEPT) >= _MOST_KEPT:
                _KEPT.pop(next(iter(_KEPT)), None)
            _KEPT[key] = found
            return found
        return _KEPT[key]

    def ask(self, cases: list[Case]) -> Answers:
        """Return what the original answers."""
        if not cases:
            return Answers()
        problem = self._lab.problem()
        return Answers(problem=problem) if problem else self._asked(cases)

    def _asked(self, cases: list[Case]) -> Answers:
        """Ask the light inputs, then the heavy ones, with one of which it may not end: then what follows is left out."""
        split = next((number for number, one in enumerate(cases) if weight(one) > HEAVY and not one.given), len(cases))
        allowed = Allowance(None, _EACH, _ALL)
        pairs, problem = ([], "") if self.slow else self._in_time(cases[:split], allowed, 4)
        if len(pairs) * 8 < split:  # it is slow by nature
            some = [*cases[: _SLOW_CASES // 2], *cases[_SLOW_CASES // 2 : split : max(1, 2 * split // _SLOW_CASES)]]
            self._lab.give(_SLOW_EACH + _SLOW_ALL)
            slow, problem = self._in_time(some, Allowance(None, _SLOW_EACH, _SLOW_ALL), 1)
            pairs, self.slow = max(pairs, slow, key=len), len(slow) > len(pairs)
        elif split < len(cases):
            pairs += self._in_time(sorted(cases[split:], key=weight), Allowance(None, _EACH, _HEAVY_ALL), 1)[0]
        answered = tuple(one for one, _ in pairs)
        weights = tuple(map(weight, answered))
        return Answers(answered, tuple(record for _, record in pairs), weights, "" if pairs else problem)

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
        return found, problem or ("" if found else f"no input is answered within {allowed.each} s of CPU")


_KEPT: dict[tuple[str, str], tuple[Answers, ...]] = {}
_MOST_KEPT = 32
