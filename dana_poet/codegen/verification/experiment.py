"""The differential test: original and candidate on the same inputs, each in a sandbox of its own."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification import clocks
from dana_poet.codegen.verification.cases import Case
from dana_poet.codegen.verification.drawn import drawn_cases
from dana_poet.codegen.verification.hints import read_hint
from dana_poet.codegen.verification.inputs import HEAVY, Sampler, weight
from dana_poet.codegen.verification.judge import Judge, value_of
from dana_poet.codegen.verification.laboratory import Laboratory, Record, Runs
from dana_poet.codegen.verification.mining import Mined, mine
from dana_poet.codegen.verification.own_original import own_original
from dana_poet.codegen.verification.programs import ProgramText, program_text
from dana_poet.codegen.verification.refusal import Refused
from dana_poet.codegen.verification.surroundings import surroundings
from dana_poet.codegen.verification.untested import check_tested

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_poet.codegen.verification.contract import Contract
    from dana_poet.codegen.verification.reading import Candidate, Subject

_QUICK = 0.4
"""Seconds of wall time for all light inputs of the original."""
_HEAVY_SECONDS = 0.1
_LIKELY = 0.25
"""CPU seconds, at most, that the inputs took which the original answered before one that it did not end with."""
_PATIENCE = 6
"""How often a candidate that has not ended is given more time, as long as it answers."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the original answered: the cases that it answered in time, their records, and CPU seconds of all of them."""

    cases: tuple[Case, ...]
    records: tuple[Record, ...]
    seconds: float
    problem: str = ""


class Experiment:
    """Both sides of one verification, and the inputs that the original has answered."""

    def __init__(
        self, subject: Subject, candidate: Candidate, contract: Contract, seed: int, examples: list[Case]
    ) -> None:
        self.subject, self.candidate, self.contract, self.seed = subject, candidate, contract, seed
        self.around = surroundings(subject)
        self.modules = _extra_modules([subject.tree, *self.around], contract)
        mined = mine([subject.tree, *self.around])
        self.sampler = Sampler(subject.tree, mined, examples, seed, self.around)
        self.examples = [_fitted(one, self.sampler) for one in examples]
        self.novel = _novel(mine([candidate.module]), mined)
        self.original, own = self.programs()
        self.lab = Laboratory(own, modules=self.modules)
        uses = clocks.uses_chance([subject.tree, *self.around])
        hints = tuple(one.hint for one in self.sampler.slots)
        self.judge = Judge(contract, read_hint(subject.tree.returns), not uses, hints)
        self.cases: list[Case] = []
        self.records: list[Record] = []
        self.seconds = 0.0

    def programs(self, *, stand_ins: bool = False) -> tuple[ProgramText, ProgramText]:
        """Return the programs of both sides."""
        name = self.subject.tree.name
        beside = own_original(self.subject.tree, self.candidate.module)
        return (
            program_text(self.around, [self.subject.tree], name, stand_ins=stand_ins),
            program_text([*self.around, *beside], list(self.candidate.module.body), name, stand_ins=stand_ins),
        )

    def close(self) -> None:
        """End the candidate's process."""
        self.lab.close()

    def ask_original(self) -> str:
        """Have the original answer all inputs. Returns why it cannot run in the sandbox, or nothing."""
        base = [*self.examples, *(self.sampler.base(self.contract.samples) if self.contract.samples else [])]
        drawn = drawn_cases(self.sampler.slots, self.contract.hypothesis, self.seed)
        base += [replace(one, fit=self.sampler.fit(one)) for one in drawn]
        found = _answers(self, base, keep=True)
        if found.problem:
            return found.problem
        more = [found]
        if self.contract.samples:
            fine = [case for case, record in zip(found.cases, found.records, strict=True) if record.kind == "value"]
            more.append(_answers(self, self.sampler.near(fine, len(found.cases)), keep=True))
            more.append(_answers(self, self.sampler.targeted(self.novel, 160), keep=False))
        light = [(case, record) for part in more for case, record in zip(part.cases, part.records, strict=True)]
        light = [(case, record) for case, record in light if self.judge.usable(record)]
        light.sort(key=lambda pair: weight(pair[0]) > HEAVY)
        self.cases, self.records = [case for case, _ in light], [record for _, record in light]
        self.seconds = sum(one.seconds for one in more)
        return ""

    def compare_examples(self) -> str:
        """Have the candidate answer the examples alone."""
        cases, records = self.cases, self.records
        given = [number for number, case in enumerate(cases) if case.given]
        self.cases, self.records = [cases[number] for number in given], [records[number] for number in given]
        limit = 4 * self.contract.call_seconds + 5 * self.seconds
        runs = self.lab.run(self.cases, limit)
        self._differences(runs)
        if runs.ended:
            self._broken(runs, limit)
        self.cases, self.records = cases, records
        return f"{len(given)} examples"

    def compare(self) -> None:
        """Have the candidate answer the same inputs. Refused at the first difference that the contract does not allow."""
        limit = 0.6 * self.contract.call_seconds + 4 * self.seconds
        again, hits, waited, spent = limit, set[int](), 0, 0.0
        runs = self.lab.run(self.cases, limit)
        while True:
            self._differences(runs)
            hits |= runs.hits
            spent += runs.cpu_seconds
            if runs.ended != "timeout" or waited >= _PATIENCE or spent > self.contract.call_seconds + 4 * self.seconds:
                break
            waited += 1
            if runs.cpu_seconds < again / 3:  # the machine was busy with others
                again *= 2
            elif not runs.records:
                break
            else:  # it is slow, or one call does not end
                again = 0.4 * self.contract.call_seconds + 2 * self.seconds
            runs = self.lab.run(self.cases, again, first=runs.at, chunk=1)
        if runs.ended:
            self._broken(runs, limit)
        if self.contract.untested == "refuse":
            check_tested([self.subject.tree, *self.around], self.lab.conditions, hits)

    def _differences(self, runs: Runs) -> None:
        worst: tuple[int, str, Case] | None = None
        for number, now in sorted(runs.records.items()):
            case = self.cases[number]
            reason = self.judge.difference(case, self.records[number], now)
            if reason is not None:
                size = len(case.shown("f")) + (1000 if case.fit != "yes" else 0)
                if worst is None or size < worst[0]:
                    worst = (size, reason, case)
        if worst is not None:
            raise Refused(worst[1], worst[2].shown(self.subject.tree.name))

    def _broken(self, runs: Runs, limit: float) -> None:
        """Say at which input it ended, as near as that is known."""
        from dana_poet.codegen.verification.laboratory import CHUNK

        among = self.cases[runs.at : runs.at + CHUNK]
        shown = min((one.shown(self.subject.tree.name) for one in among), key=len, default="")
        near = f"at or near {shown}" if len(among) > 1 else shown
        words = {
            "timeout": f"it does not end within {limit:.2g} s where the original is quick",
            "memory": "it needs more memory than it may have",
            "crashed": "it ends its process",
            "output": "it prints too much",
        }
        raise Refused(words.get(runs.ended, f"the sandbox refuses it: {runs.message}"), near or None)

    def check_with_users(self) -> str:
        """Ask the user's checks about each example, and compare the metric on the dev set with the original's."""
        contract = self.contract
        cases = self.examples or [Case(tuple(args), dict(kwargs)) for args, kwargs in contract.dev_set]
        for example, value, _ in self._results(cases) if contract.checks else ():
            for check in contract.checks:
                _asked_user(check, example, value, self.subject.tree.name)
        if contract.metric is None:
            return f"{len(contract.checks)} checks"
        rows = self._results([Case(tuple(args), dict(kwargs)) for args, kwargs in contract.dev_set] or self.examples)
        if not rows:
            raise Refused("there is no example to take the metric of", None)
        mine = _mean(contract.metric, [(example, value) for example, value, _ in rows])
        least = (
            contract.least
            if contract.least is not None
            else _mean(contract.metric, [(example, was) for example, _, was in rows])
        )
        if mine < least:
            raise Refused(f"its metric is {mine:.6g}, and has to be at least {least:.6g}")
        return f"metric {mine:.6g}, at least {least:.6g}"

    def _results(self, cases: list[Case]) -> list[tuple[tuple[tuple[Any, ...], dict[str, Any]], Any, Any]]:
        """Return each example with what the candidate and the original returned for it."""
        with Laboratory(self.original, modules=self.modules) as lab:
            was = lab.run(cases, 5.0).records
        now = self.lab.run(cases, 5.0).records
        found = []
        for number, case in enumerate(cases):
            if number in now and now[number].kind == "value":
                before = value_of(was[number].tokens) if number in was and was[number].kind == "value" else None
                found.append(((case.args, case.kwargs), value_of(now[number].tokens), before))
        return found

    def check_repeats(self) -> None:
        """Call one input very often: what counts its calls shows itself."""
        quiet = [
            case
            for case, record in zip(self.cases, self.records, strict=True)
            if record.kind == "value" and case.fit == "yes"
        ]
        if not quiet or not self.judge.steady or _remembers(self.records):
            return
        case = min(quiet, key=lambda one: len(one.shown("f")))
        number = self.lab.repeat(case, 1100, 0.02, max(1.0, self.contract.call_seconds))
        if number is not None:
            raise Refused(f"call {number} with the same input answers differently", case.shown(self.subject.tree.name))

    def race(self) -> str:
        """Compare the CPU of both sides. Refused when the candidate takes too much; returns what was measured."""
        pairs = list(zip(self.cases, self.records, strict=True))
        good = [
            case for case, record in pairs if record.kind == "value" and case.fit == "yes" and weight(case) <= HEAVY / 4
        ]
        good = sorted(good, key=lambda one: len(repr(one.args)))
        chosen = [*good[len(good) // 2 : len(good) // 2 + 2], *good[-3:]]
        if not chosen:
            return "no input to measure with"
        limit = max(2.0, 200 * self.seconds)
        with Laboratory(self.original, modules=self.modules) as lab:
            was = lab.race(chosen, 0.01, limit)
            now = self.lab.race(chosen, 0.01, limit)
            for attempt in range(2):
                slow = _slower(was, now, self.contract)
                if slow is None:
                    break
                if attempt:
                    case = chosen[slow]
                    assert was is not None
                    took = f"{now[slow] * 1e6:.0f} us" if now else "too long"
                    raise Refused(
                        f"it takes {took}, the original {was[slow] * 1e6:.0f} us", case.shown(self.subject.tree.name)
                    )
                was, now = lab.race(chosen, 0.03, limit), self.lab.race(chosen, 0.03, limit)
        if not was or not now:
            return "could not be measured"
        return f"{sum(now) / max(sum(was), 1e-9):.2g} times the original's time"


def _asked_user(check: Any, example: tuple[tuple[Any, ...], dict[str, Any]], value: Any, name: str) -> None:
    shown_call = Case(*example).shown(name)
    try:
        fine = check(example, value)
    except Exception as error:
        raise Refused(f"a check of the user's says {type(error).__name__}: {error}", shown_call) from error
    if fine is False:
        raise Refused(f"the check {getattr(check, '__name__', 'of the user')} says no", shown_call)


def _mean(metric: Any, rows: list[tuple[Any, Any]]) -> float:
    return sum(float(metric(example, value)) for example, value in rows) / len(rows)


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


def _remembers(records: Sequence[Record]) -> bool:
    """Whether the original itself keeps something between calls."""
    return any(one.again is not None for one in records)


_KEPT: dict[tuple[str, str], Answers] = {}
_MOST_KEPT = 16


def _answers(experiment: Experiment, cases: list[Case], *, keep: bool) -> Answers:
    """Return what the original answers; the usual inputs of the last originals are not asked again."""
    if not cases and not keep:
        return Answers((), (), 0.0)
    key = (
        ast.unparse(ast.Module([*experiment.around, experiment.subject.tree], [])),
        repr([one.crossing() for one in cases]),
    )
    if keep and key in _KEPT:
        return _KEPT[key]
    with Laboratory(experiment.original, modules=experiment.modules) as lab:
        problem = lab.problem(_QUICK)
        found = Answers((), (), 0.0, problem) if problem else _asked(lab, cases)
    if keep:
        while len(_KEPT) >= _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[key] = found
    return found


def _asked(lab: Laboratory, cases: list[Case]) -> Answers:
    """Ask the light inputs, then the heavy ones, which may take too long and are then left out."""
    split = next((number for number, one in enumerate(cases) if weight(one) > HEAVY and not one.given), len(cases))
    light, seconds, problem = _in_time(lab, cases[:split], _QUICK, 4)
    heavy, more, _ = _in_time(lab, sorted(cases[split:], key=weight), _HEAVY_SECONDS, 1)
    pairs = [*light, *heavy]
    if not pairs:
        return Answers((), (), 0.0, problem)
    return Answers(tuple(one for one, _ in pairs), tuple(record for _, record in pairs), seconds + more)


def _in_time(
    lab: Laboratory, cases: list[Case], seconds: float, patience: int
) -> tuple[list[tuple[Case, Record]], float, str]:
    """Return cases with their records. What does not end is left out, and after so many of these all that follow."""
    found: list[tuple[Case, Record]] = []
    first, took, problem, starved = 0, 0.0, "", 0
    while first < len(cases) and patience:
        runs = lab.run(cases, seconds, first=first, chunk=1 if problem else 8)
        found += [(cases[number], record) for number, record in sorted(runs.records.items())]
        if not runs.ended:
            return found, took + runs.cpu_seconds, ""
        took += min(runs.cpu_seconds, _LIKELY)
        if runs.ended == "timeout" and runs.cpu_seconds < seconds / 3 and starved < _PATIENCE:
            first, starved = runs.at, starved + 1  # the machine was busy with others
            continue
        first = runs.at + (1 if problem else 0)
        problem, patience = runs.message or runs.ended, patience - 1
    return found, took, problem


def _novel(candidate: Mined, original: Mined) -> Mined:
    """Return the constants that only the candidate has."""
    parts = []
    for name in Mined.__slots__:
        had = set(getattr(original, name))
        parts.append([one for one in getattr(candidate, name) if one not in had])
    found = Mined(*parts)
    found.ints = [one for one in found.ints if one not in {0, 1, -1}]
    return found


def _fitted(case: Case, sampler: Sampler) -> Case:
    return replace(case, fit=sampler.fit(case), given=True, mode="twice")


def _extra_modules(trees: list[ast.AST], contract: Contract) -> frozenset[str]:
    names = {
        one.name.partition(".")[0]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for one in node.names
    }
    return frozenset({"numpy"}) if "numpy" in names | contract.imports else frozenset()
