"""Another version of a function where parameters are not enough: written by rules of its domain, verified by replay.

A version is a text in the state folder beside the others, with its evidence and an audit trail. It runs in process: our
own rules wrote it, and a file that was changed since is never run.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from dana_poet.codegen.generator import Candidate
from dana_poet.codegen.verification.report import Gate, Verification
from dana_poet.errors import StateError
from dana_poet.stages.replay.search import best

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dana_poet.codegen.original import Original
    from dana_poet.codegen.versions import History, Version
    from dana_poet.stages.replay.playing import Player
    from dana_poet.stages.replay.weighing import Case

GENERATOR = "rules:replay"
"""How versions are marked that were written here."""
LEAST_POWER = 0.9
"""Share of the best representation's power that a version needs at least."""


class Trial(NamedTuple):
    """A version that was tried on recorded calls: its function, the parameters that suit it, what it sees and misses."""

    about: str
    source: str
    function: Callable[..., Any]
    values: dict[str, Any]
    kept: int
    false: int
    power: float
    answers: bool


class Evidence(NamedTuple):
    """What a version takes over from: true and false alarms among the verdicts, and its power."""

    true: int
    false: int
    power: float


@lru_cache(maxsize=32)
def loaded(source: str, name: str) -> Callable[..., Any]:
    """Return the function of this name from a version's text."""
    names: dict[str, Any] = {"__name__": f"poet_version_{name}"}
    exec(compile(source, f"<version of {name}>", "exec"), names)  # noqa: S102 - written by our own rules, hash-checked
    function: Callable[..., Any] = names[name]
    return function


def running(history: History, name: str) -> tuple[int, Callable[..., Any] | None]:
    """Return the version that serves and its function; None for the function as its author wrote it."""
    current = history.current()
    if current is None:
        return 0, None
    ours = current.origin == "rules" and current.generator == GENERATOR
    return current.number, loaded(current.source(), name) if ours else None


def trials(
    player: Player, original: Original, specs: Sequence[Any], served: Mapping[str, Any], cases: Sequence[Case],
    sample: Any,
) -> Iterator[Trial]:  # fmt: skip
    """Yield every version that the domain can write, tried on the cases. `sample` is a result of the function itself."""
    rewritings = player.replay.rewritings
    if rewritings is None:
        return
    for one in rewritings(original.name, original.signature, type(sample).__name__):
        function = loaded(one.source, original.name)
        values = best(player, function, specs, served, cases).values
        alarms = player.alarms(function, cases, values)
        kept = sum(case.alarm and bool(alarm) for case, alarm in zip(cases, alarms, strict=True) if not case.injected)
        yield Trial(
            one.about, one.source, function, values, kept, _left(player, function, specs, served, cases),
            player.power(function, cases, values), _alike(player, function, cases, values, sample),
        )  # fmt: skip


def _left(
    player: Player, function: Callable[..., Any], specs: Sequence[Any], served: Mapping[str, Any], cases: Sequence[Case]
) -> int:
    """Return how many judged false alarms a version would raise, each with parameters that its verdict had no part in."""
    left = 0
    for case in cases:
        if case.window.real is False and case.window.alarm and not case.injected:
            others = [one for one in cases if one.window is not case.window]
            values = best(player, function, specs, served, others).values
            left += bool(player.alarms(function, [case], values)[0])
    return left


def _alike(
    player: Player, function: Callable[..., Any], cases: Sequence[Case], values: Mapping[str, Any], sample: Any
) -> bool:
    """Return whether a version answers as the function does: always, and with the same keys."""
    if not cases or None in player.alarms(function, cases, values):
        return False
    result = function(*player.receiver, **cases[-1].window.inputs, **values)
    return type(result) is type(sample) and (not isinstance(sample, dict) or result.keys() == sample.keys())


def verification(trial: Trial, before: Evidence, most: float) -> Verification:
    """Return what speaks for a trial, gate by gate. `most` is the power of the best representation."""
    told = (
        f"{trial.power:.0%} of the drifts put into quiet calls are seen, {before.power:.0%} before, {most:.0%} at best"
    )
    left = f"{trial.false} of {before.false} judged false alarms are left, each with a limit that its verdict had no part in"
    gates = (
        _gate("answers", trial.answers, "it answers every recorded call, in the same form"),
        _gate("true alarms", trial.kept >= before.true, f"{trial.kept} true alarms, {before.true} before"),
        _gate("false alarms", trial.false < before.false or not before.false, left),
        _gate("power", trial.power >= LEAST_POWER * most and trial.power >= before.power, told),
    )
    return Verification(all(gate.verdict == "passed" for gate in gates), gates, source=trial.source)


def _gate(name: str, passed: bool, reason: str) -> Gate:
    return Gate(name, "passed" if passed else "failed", reason)


def promoted(history: History, trial: Trial, found: Verification, reason: str) -> Version | None:
    """Store a verified version and make it the active one; None when a person or quarantine speaks against it."""
    if history.pinned is not None or history.refuses(trial.source):
        return None
    try:
        version = history.add(Candidate(trial.source, "rules", GENERATOR, notes=trial.about), found)
        evidence = {"reason": reason, "parameters": trial.values}
        return history.move(version, "active", reason, evidence) if version.state != "active" else None
    except StateError:
        return None  # taken back by a person: what serves stays
