"""The examples with objects of the host's: both sides in the sandbox, their requests compared, failures tried."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification.cases import Case
from dana_poet.codegen.verification.contract import Example
from dana_poet.codegen.verification.doubles import MOST_OBJECTS, Host, Request, is_plain, own_copy
from dana_poet.codegen.verification.focus import focuses
from dana_poet.codegen.verification.laboratory import Allowance, Laboratory, Record
from dana_poet.codegen.verification.probes import Condition
from dana_poet.codegen.verification.refusal import Refused
from dana_poet.codegen.verification.untested import check_arguments
from dana_poet.codegen.verification.variations import varied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_poet.codegen.verification.experiment import Experiment
    from dana_poet.codegen.verification.inputs import Slot
    from dana_poet.codegen.verification.judge import Judge
    from dana_poet.codegen.verification.programs import ProgramText

_SECONDS = 8.0
_CPU_SECONDS = 0.4
"""Of one run."""
_MOST_FAULTS = 4
_USUAL = frozenset({"status_code", "ok", "headers", "text", "raise_for_status", "reason", "name"})
"""Attributes that a candidate may look at although its original does not."""
_MOST_VARIATIONS = 36


@dataclass(frozen=True, slots=True)
class Scene:
    """One run to make: an example or a variation of it, and which request fails, if any."""

    example: Example
    fails: int = -1
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one run: the record, or why there is none, and the requests."""

    record: Record | None
    requests: tuple[Request, ...]
    problem: str = ""
    cpu_seconds: float = 0.0  # of all runs of this side together
    untested: tuple[Condition, ...] = ()  # of this side, in all runs together


def play(
    program: ProgramText,
    modules: frozenset[str],
    scenes: Sequence[Scene],
    slots: Sequence[Slot],
    known: frozenset[str],
) -> list[Played]:
    """Run one side on all scenes, each with objects of its own. `known` are attributes that are nothing new."""
    hosts = [Host(MOST_OBJECTS * number, one.fails, one.for_good, known) for number, one in enumerate(scenes)]
    cases = [_case(host, one.example, slots) for host, one in zip(hosts, scenes, strict=True)]

    def ask(handle: int, deed: str, name: str, args: Any, kwargs: Any) -> Any:
        return hosts[handle // MOST_OBJECTS].ask(handle, deed, name, args, kwargs)

    with Laboratory(program, modules=modules, ask=ask, seconds=_SECONDS) as lab:
        if problem := lab.problem():
            return [Played(None, (), problem) for _ in scenes]
        runs = lab.run(cases, Allowance([0.0] * len(cases), _CPU_SECONDS, _SECONDS), chunk=1)
    problem = runs.message or runs.ended or "it did not end"
    if runs.ended == "timeout":
        problem = f"it does not end within {_SECONDS:g} s"
    elif len(runs.records) < len(cases) and not runs.ended:
        problem = f"it does not end within {_CPU_SECONDS:g} s of CPU"
    left = tuple(one for one in lab.conditions if 2 * one.number + 1 not in runs.hits)
    return [
        Played(_ended(runs.records.get(number)), tuple(host.requests), problem, runs.cpu_seconds, left)
        for number, host in enumerate(hosts)
    ]


def _ended(record: Record | None) -> Record | None:
    return None if record is None or record.kind == "slow" else record


def _case(host: Host, example: Example, slots: Sequence[Slot]) -> Case:
    args, kwargs = own_copy((example[0], dict(example[1])))
    names = [one.name for one in slots]
    sent = tuple(
        host.marked(one, names[place] if place < len(names) else f"args[{place}]") for place, one in enumerate(args)
    )
    return Case(sent, {key: host.marked(one, key) for key, one in kwargs.items()})


class LiveExamples:
    """Compares both sides on the examples with objects, with failures of their requests and on variations."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.original, self.candidate = experiment.programs(stand_ins=True)
        self.judge: Judge = experiment.judge
        self.name = experiment.subject.tree.name
        self.tried = 0
        trees = (self.experiment.subject.tree, *self.experiment.around)
        used = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        self._known = frozenset(used | _USUAL)

    def compare(self, examples: Sequence[Example]) -> str:
        """Refused at the first difference that the contract does not allow."""
        plain = [Scene(one) for one in examples]
        contract = self.judge.contract
        first = self._play(self.original, [*plain, *plain])
        for one, again, scene in zip(first, first[len(plain) :], plain, strict=False):
            if one.record is None:
                raise Refused(f"the original cannot run in the sandbox: {one.problem}")
            if (
                again.record is None
                or not self.judge.same(one.record.tokens, again.record.tokens)
                or one.requests != again.requests
            ):
                raise Refused(
                    "the original answers an example differently each time: give examples with steady doubles",
                    self._shown(scene.example),
                )
        outside = self.experiment.subject.outside
        if outside and not any(one.record is not None and one.record.kind == "value" for one in first):
            raise Refused(f"with stand-ins for {', '.join(sorted(outside))} the original returns nothing to compare")
        scenes = [*plain, *self._faults(plain, first), *(Scene(one) for one in self._variations(examples))]
        was = [*first[: len(plain)], *self._play(self.original, scenes[len(plain) :])]
        now = self._play(self.candidate, scenes)
        whole = {id(scene.example): one for scene, one in zip(plain, first, strict=False)}
        for scene, one, other in zip(scenes, was, now, strict=True):
            if one.record is not None and self.judge.usable(one.record):
                when = ""
                if scene.fails >= 0:
                    when = f" when request {scene.fails + 1} fails {'from then on' if scene.for_good else 'once'}"
                self._look(scene.example, one, whole.get(id(scene.example), one), other, when)
        self._cost(was, now)
        if contract.untested == "refuse":
            known = [self.experiment.subject.tree, *self.experiment.around]
            check_arguments(known, now[-1].untested, {one.name for one in self.experiment.sampler.slots})
        return f"{len(scenes)} runs of {len(examples)} examples"

    def _cost(self, was: Sequence[Played], now: Sequence[Played]) -> None:
        """Refuse one that takes much more CPU for all runs together."""
        contract = self.judge.contract
        before, after = was[-1].cpu_seconds, now[-1].cpu_seconds
        if after > 3 * before + len(now) * contract.cpu_floor + 0.05:
            raise Refused(f"it takes {after:.2g} s of CPU for {len(now)} runs, the original {before:.2g} s", None)

    @staticmethod
    def _faults(plain: Sequence[Scene], played: Sequence[Played]) -> list[Scene]:
        """Return each example with one of its requests failing, once and for good."""
        return [
            Scene(scene.example, number, for_good)
            for scene, one in zip(plain, played, strict=False)
            for number in range(min(len(one.requests), _MOST_FAULTS))
            if one.requests[number].reaches_out
            for for_good in (False, True)
        ]

    def _variations(self, examples: Sequence[Example]) -> list[Example]:
        """Return the examples with one plain argument changed; the objects stay."""
        values = self.experiment.sampler.values
        slots = self.experiment.sampler.slots
        found: list[Example] = []
        aims = [None, *focuses(self.experiment.novel)[:40]]
        for number in range(_MOST_VARIATIONS if self.experiment.contract.samples else 0):
            args, kwargs = examples[number % len(examples)]
            places = [place for place, one in enumerate(args) if is_plain(one)]
            if not places:
                continue
            place = places[(number // len(examples)) % len(places)]
            values.fresh()
            focus = aims[number % len(aims)]
            hint = slots[min(place, len(slots) - 1)].hint
            if focus is not None:
                with values.focused(focus):
                    other = values.make(hint, 0)
            else:
                other = varied(values, args[place], hint)
            if type(other) is type(args[place]):
                found.append(((*args[:place], other, *args[place + 1 :]), kwargs))
        return [*found, *(one for example in examples for one in _with_equals(example))]

    def _play(self, program: ProgramText, scenes: Sequence[Scene]) -> list[Played]:
        self.tried += len(scenes)
        return play(program, self.experiment.modules, scenes, self.experiment.sampler.slots, self._known)

    def _look(self, example: Example, was: Played, whole: Played, now: Played, when: str) -> None:
        """Compare one run with the original's, or with the run without a failure when only reads were repeated."""
        assert was.record is not None
        if now.record is None:
            raise Refused(f"{now.problem or 'it does not end'}{when}", self._shown(example))
        case = Case(tuple(self._plain(one) for one in example[0]), {}, fit="yes")
        contract = self.judge.contract
        steps = _once(now.requests) if contract.retry_reads else now.requests
        reason = _requests(was.requests, steps) or self.judge.difference(case, was.record, now.record)
        if reason is None or self._forgiven(was, whole, now, case, steps):
            return
        raise Refused(reason + when, self._shown(example))

    def _forgiven(self, was: Played, whole: Played, now: Played, case: Case, steps: tuple[Request, ...]) -> bool:
        """Whether it read again after a failure and then did all that the original does without it."""
        contract = self.judge.contract
        assert was.record is not None
        assert now.record is not None
        if was.record.kind != "error":
            return False
        if (
            contract.recover
            and now.record.kind == "value"
            and _requests(was.requests, steps[: len(was.requests)]) is None
        ):
            return all(one.reads for one in steps[len(was.requests) :])
        if not contract.retry_reads or steps == now.requests:
            return False
        if whole is was:  # the example's own double failed: the original, asked again, is what it should be
            return now.record.kind == "value" and _requests(was.requests, steps[: len(was.requests)]) is None
        assert whole.record is not None
        return (
            _requests(whole.requests, steps) is None and self.judge.difference(case, whole.record, now.record) is None
        )

    def _shown(self, example: Example) -> str:
        parts = [repr(self._plain(one)) for one in example[0]] + [
            f"{key}={self._plain(one)!r}" for key, one in example[1].items()
        ]
        return f"{self.name}({', '.join(parts)})"[:300]

    @staticmethod
    def _plain(value: Any) -> Any:
        return value if is_plain(value) else _Named(type(value).__name__)


def _with_equals(example: Example) -> list[Example]:
    """Return an example with two of its plain arguments made equal."""
    args, kwargs = example
    places = [place for place, one in enumerate(args) if is_plain(one)]
    pairs = [(one, two) for one in places for two in places if one < two and type(args[one]) is type(args[two])]
    return [((*args[:two], args[one], *args[two + 1 :]), kwargs) for one, two in pairs[:3]]


class _Named:
    """Shows an object by its class, without its place in memory."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name}>"


def _once(requests: tuple[Request, ...]) -> tuple[Request, ...]:
    """Return the requests without attempts that ended with a failed read and were made again, if they only read."""
    kept = list(requests)
    place = 0
    while place < len(kept):
        if kept[place].failed and kept[place].reads:
            first = _attempt(kept, place)
            if first is not None:
                del kept[first : place + 1]
                place = first
                continue
        place += 1
    return tuple(kept)


def _attempt(requests: list[Request], failed: int) -> int | None:
    """Return where the attempt begins that ended at `failed` and begins again after it, or None."""
    for first in range(failed, -1, -1):
        if not requests[first].reads:
            return None
        if failed + 1 < len(requests) and requests[failed + 1].what == requests[first].what:
            return first
    return None


def _requests(was: tuple[Request, ...], now: tuple[Request, ...]) -> str | None:
    """Return how the requests differ, or None."""
    for one, other in zip(was, now, strict=False):
        if one.what != other.what:
            return f"it {other.done}, the original {one}"
    if len(now) > len(was):
        return f"it {now[len(was)].done} once more than the original"
    if len(now) < len(was):
        return f"the original {was[len(now)].done}, it does not"
    return None
