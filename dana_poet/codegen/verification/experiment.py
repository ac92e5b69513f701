"""The differential test: original and candidate on the same inputs, each in a sandbox of its own."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification import clocks
from dana_poet.codegen.verification.answers import Answerer, Answers
from dana_poet.codegen.verification.cases import Case
from dana_poet.codegen.verification.drawn import drawn_cases
from dana_poet.codegen.verification.hints import read_hint
from dana_poet.codegen.verification.inputs import HEAVY, Sampler, weight
from dana_poet.codegen.verification.judge import Judge, value_of
from dana_poet.codegen.verification.laboratory import CHUNK, Allowance, Laboratory, Record, Runs
from dana_poet.codegen.verification.mining import Mined, mine
from dana_poet.codegen.verification.own_original import own_original
from dana_poet.codegen.verification.programs import ProgramText, program_text
from dana_poet.codegen.verification.race import Timed, race, ratio, suspects
from dana_poet.codegen.verification.refusal import Refused
from dana_poet.codegen.verification.surroundings import surroundings
from dana_poet.codegen.verification.untested import check_tested

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_poet.codegen.verification.contract import Contract
    from dana_poet.codegen.verification.reading import Candidate, Definition, Subject

_LEAST = 0.08
"""CPU seconds that a candidate may take beyond `_SLOWER` for all light inputs together, and for all heavy ones."""
_SLOWER = 20
"""How many times the original's CPU a candidate may take before it is stopped."""
_STUCK = 0.25
"""CPU seconds after which a candidate that has answered nothing more is at a step that does not end."""
_PATIENCE = 6
"""How often a candidate that has not ended is given more time, as long as the machine was busy with others."""


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
        self.timed: list[Timed] = []
        self.light = 0

    def programs(self, *, stand_ins: bool = False, bare: bool = False) -> tuple[ProgramText, ProgramText]:
        """Return the programs of both sides."""
        name = self.subject.tree.name
        beside = own_original(self.subject.tree, self.candidate.module)
        return (
            program_text(self.around, [self.subject.tree], name, stand_ins=stand_ins, bare=bare),
            program_text(
                [*self.around, *beside], list(self.candidate.module.body), name, stand_ins=stand_ins, bare=bare
            ),
        )

    def close(self) -> None:
        """End the candidate's process."""
        self.lab.close()

    def ask_original(self) -> str:
        """Have the original answer all inputs. Returns why it cannot run in the sandbox, or nothing."""
        answerer = Answerer(self.original, [*self.around, self.subject.tree], self.modules)
        try:
            return self._asked(answerer)
        finally:
            answerer.close()

    def _asked(self, answerer: Answerer) -> str:
        contract = self.contract
        inputs = (self.seed, contract.samples, contract.hypothesis, [one.crossing() for one in self.examples])
        usual = answerer.known(inputs, lambda: tuple(self._usual(answerer)))
        if usual[0].problem:
            return usual[0].problem
        more = list(usual)
        if contract.samples:
            self.sampler.rng.seed(self.seed + 1)  # the same, whether the original has been asked now or before
            fine = [case for one in usual for case in one.fine]
            aimed = [*self.sampler.targeted(self.novel, 160), *self.sampler.grafted(fine, self.novel, 40)]
            more.append(answerer.ask(aimed))
        found = [one for part in more for one in zip(part.cases, part.records, part.weights, strict=True)]
        found = [one for one in found if self.judge.usable(one[1], heavy=one[2] > HEAVY)]
        found.sort(key=lambda one: one[2] if one[2] > HEAVY and not one[0].given else 0)
        self.cases, self.records = [one[0] for one in found], [one[1] for one in found]
        self.light = sum(1 for case, _, size in found if size <= HEAVY or case.given)
        return ""

    def _usual(self, answerer: Answerer) -> list[Answers]:
        """Return what the original answers to the inputs that do not depend on a candidate."""
        base = [*self.examples, *(self.sampler.base(self.contract.samples) if self.contract.samples else [])]
        drawn = drawn_cases(self.sampler.slots, self.contract.hypothesis, self.seed)
        base += [replace(one, fit=self.sampler.fit(one)) for one in drawn]
        found = [answerer.ask(base)]
        fine = found[0].fine
        for _ in range(3 if self.contract.samples and fine and not answerer.slow else 0):  # near, and near of that
            found.append(answerer.ask(self.sampler.near(fine, len(found[0].cases))))
            fine += found[-1].fine
        return found

    def compare_examples(self) -> str:
        """Have the candidate answer the examples alone."""
        cases, records = self.cases, self.records
        given = [number for number, case in enumerate(cases) if case.given]
        self.cases, self.records = [cases[number] for number in given], [records[number] for number in given]
        self._answered()
        self.cases, self.records = cases, records
        return f"{len(given)} examples"

    def compare(self) -> None:
        """Have the candidate answer the same inputs. Refused at the first difference that the contract does not allow."""
        hits = self._answered()
        if self.contract.untested == "refuse":
            self._check_answered()
            check_tested([self.subject.tree, *self.around], self.lab.conditions, hits)

    def _check_answered(self) -> None:
        """Refuse a change of a function that has answered no input: nothing of it has been seen."""
        answers = any(isinstance(one, (ast.Return, ast.Yield, ast.YieldFrom)) for one in ast.walk(self.subject.tree))
        if not answers or any(one.kind == "value" for one in self.records):
            return
        if _undocumented(self.subject.tree) != _undocumented(self.candidate.tree):
            raise Refused("the original raises for every input that was tried: give an example that it accepts")

    def _answered(self) -> set[int]:
        """Run the candidate, with more time where the machine was busy with others. Returns what probes have seen."""
        hits, first, stuck = set[int](), 0, 0.0
        usual = [_SLOWER * one.took for one in self.records]
        light = min(self.light, len(self.cases))
        allowed = Allowance(usual, self.contract.call_seconds, _LEAST, light, _LEAST)
        self.lab.give(0.2 + sum(usual) / 4)
        for attempt in range(_PATIENCE):
            runs = self.lab.run(self.cases, allowed, first=first)
            self._differences(runs)
            self.timed += [(self.cases[n], self.records[n], one) for n, one in sorted(runs.records.items())]
            hits |= runs.hits
            stuck = runs.cpu_seconds + (stuck if runs.at == first else 0.0)
            first = runs.at
            if (
                runs.ended != "timeout"
                or stuck > _STUCK + sum(usual[first : first + CHUNK])
                or attempt + 1 == _PATIENCE
            ):
                break
            self.lab.give(2 * self.lab.seconds)
        if runs.ended:
            self._broken(runs)
        if runs.met < light:
            both = [
                sum(one.took for one in side) for side in zip(*((was, now) for _, was, now in self.timed), strict=True)
            ]
            raise Refused(f"it takes {both[1]:.2g} s of CPU for {len(self.timed)} inputs, the original {both[0]:.2g} s")
        return hits

    def _differences(self, runs: Runs) -> None:
        worst: tuple[int, str, Case] | None = None
        for number, now in sorted(runs.records.items()):
            case = self.cases[number]
            if now.kind == "slow":
                was = self.records[number].took
                most = max(self.contract.call_seconds, _SLOWER * was)
                late = f"it does not end within {most:.2g} s of CPU, the original takes {was:.2g} s"
                raise Refused(late, case.shown(self.subject.tree.name))
            reason = self.judge.difference(case, self.records[number], now)
            if reason is not None:
                size = len(case.shown("f")) + (1000 if case.fit != "yes" else 0)
                if worst is None or size < worst[0]:
                    worst = (size, reason, case)
        if worst is not None:
            raise Refused(worst[1], worst[2].shown(self.subject.tree.name))

    def _broken(self, runs: Runs) -> None:
        """Say at which input it ended, as near as that is known."""
        among = self.cases[runs.at : runs.at + CHUNK]
        shown = min((one.shown(self.subject.tree.name) for one in among), key=len, default="")
        near = f"at or near {shown}" if len(among) > 1 else shown
        words = {
            "timeout": f"it does not end within {self.lab.seconds:.2g} s where the original is quick",
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
            was = lab.run(cases, Allowance()).records
        now = self.lab.run(cases, Allowance()).records
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
        number = self.lab.repeat(case, 1100, 0.015)
        if number is not None:
            raise Refused(f"call {number} with the same input answers differently", case.shown(self.subject.tree.name))

    def race(self) -> str:
        """Compare the CPU of both sides. Refused when the candidate takes too much; returns what was measured."""
        good = [
            one for one in self.timed if one[1].kind == "value" and one[0].fit == "yes" and weight(one[0]) <= HEAVY / 4
        ]
        if not good:
            return "no input to measure with"
        if chosen := suspects(good, self.contract):
            race(self.programs(bare=True), self.modules, chosen, self.contract, self.subject.tree.name)
        return f"{ratio(good):.2g} times the original's time"


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


def _undocumented(tree: Definition) -> str:
    first = 1 if ast.get_docstring(tree) is not None else 0
    return "".join(map(ast.dump, tree.body[first:]))


def _remembers(records: Sequence[Record]) -> bool:
    """Whether the original itself keeps something between calls."""
    return any(one.again is not None for one in records)


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
