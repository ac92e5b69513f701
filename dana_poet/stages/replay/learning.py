"""Learn one function from verdicts on its calls: parameters by replay, another version where these are not enough.

Everything that is decided follows from the recorded calls and what is stored, so that a restart changes nothing. It
happens when a verdict comes, for methods of agents when `poet_learn_from_feedback` asks for it; a call never waits.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from dana_poet import unwritable
from dana_poet.errors import DanaError, warn
from dana_poet.runtime import executions
from dana_poet.stages.learning import Learning, known
from dana_poet.stages.replay import versions
from dana_poet.stages.replay.playing import Player
from dana_poet.stages.replay.search import best
from dana_poet.stages.replay.weighing import CONFIDENCE, judged, loss, weighed
from dana_poet.stages.replay.windows import Windows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dana_poet.domains.replay import Replay
    from dana_poet.stages.build import Built
    from dana_poet.stages.poet import Poet
    from dana_poet.stages.replay.weighing import Case, Weighed
    from dana_poet.stages.replay.windows import Window

FALSE_RATE = 0.3
"""Share of judged alarms that may be false once parameters were learned."""
LEAST_JUDGED = 2
"""Verdicts on a version before another one is written: the first one moves parameters."""
LEAST_AGAINST = 3
"""Verdicts on a version that was written here before it may be taken back."""
REPLAYED = frozenset({"pure", "reads"})
"""Bodies of functions that may be called again."""


def replays(built: Built, mode: str) -> bool:
    """Whether a function is learned by replay: it learns continuously, its domain says how, and calls change nothing."""
    shape = built.plan.shape
    return (
        mode == "continuous"
        and built.plan.domain.replay is not None
        and shape.kind == "function"
        and shape.body in REPLAYED
    )


class ReplayLearning(Learning):
    """Learns by replay. `asked` is true for methods of agents: these learn when their program says so."""

    def __init__(self, poet: Poet, built: Built, folder: str, specs: tuple[Any, ...], mode: str) -> None:
        super().__init__(poet, built, folder, specs, mode)
        assert built.plan.domain.replay is not None
        self.judges = True
        self.asked = poet.home is not None
        self.original = built.original
        self.replay: Replay = built.plan.domain.replay
        self.player = Player(self.replay, self.replay.limit in self.names)
        self.number = 0
        self._sample: Any = None
        self._windows: Windows | None = None

    # What calls and verdicts bring.

    @property
    def windows(self) -> Windows:
        """The recorded calls."""
        if self._windows is None:
            history = self._history()
            try:
                self._windows = Windows(history.file_of("calls.jsonl") if history is not None else "")
            except DanaError as problem:
                self._windows = Windows("")
                self._warn(problem)
        return self._windows

    def called(self, record: Mapping[str, Any]) -> None:
        """Calls are taken by `took`, which knows what went in and what came out."""

    def took(self, record: Mapping[str, Any], given: Mapping[str, Any], result: Any) -> None:
        """Record a call that was made with the parameters that are served."""
        alarm = self.replay.alarm(result)
        inputs = {name: value for name, value in given.items() if name not in self.names}
        if self._receives:
            self.player.receiver = (weakref.proxy(inputs.pop("self")),) if "self" in inputs else ()
        values = {name: given[name] for name in self.names if name in given}
        if alarm is None or values.keys() != self.names:
            return
        self._sample = result
        try:
            self.windows.add(str(record["execution_id"]), inputs, values, alarm=alarm, version=self.number)
        except DanaError as problem:
            self._warn(problem)

    @property
    def _receives(self) -> bool:
        return self.original is not None and self.original.signature.startswith("(self")

    def heard(self, execution: str, event: Any) -> None:
        """Take feedback on an execution; a function learns from it at once."""
        window = next((one for one in self.windows.all() if one.execution == execution), None)
        if window is None:
            return
        payload = getattr(event, "payload", None)
        retracted = isinstance(payload, dict) and bool(payload.get("retracts"))
        real = None if retracted else self.replay.truth(event, window.alarm)
        try:
            if (real is None and not retracted) or not self.windows.judge(execution, real):
                return
        except DanaError as problem:
            self._warn(problem)
        if real is not None:
            self._door().judged(self.name, execution, float(window.alarm is real))
        if not self.asked:
            self.improved((execution,))

    # Learning.

    def improved(self, executions: Sequence[str]) -> list[str]:
        """Learn from all verdicts, these being the new ones; return in words what changed.

        New verdicts that what is served agrees with change nothing. What goes wrong is one PoetWarning.
        """
        try:
            with self._lock:
                return self._improved(executions)
        except Exception as problem:  # noqa: BLE001 - learning may fail in any way, and the program goes on
            self._warn(problem)
            return []

    def _improved(self, new: Sequence[str]) -> list[str]:
        windows = self.windows.all()
        said = judged([one for one in windows if one.real is not None and one.execution in new])
        if loss(said, self.player.alarms(self._function(), said, self.served)) == 0.0:
            return []
        self.player.forget({one.execution for one in windows})
        cases = self.player.with_injected(judged(windows))
        told = self._taken_back(windows) or self._rewritten(windows, cases) or self._tuned(cases)
        return [told] if told else []

    def _tuned(self, cases: list[Case]) -> str:
        """Serve better parameters where they are better with enough probability."""
        function = self._function()
        found = best(self.player, function, self.specs, self.served, cases)
        ours, theirs = (self.player.alarms(function, cases, one) for one in (found.values, self.served))
        seen = weighed(cases, ours, theirs)
        really = len(cases) - sum(bool(case.injected) for case in cases)
        gain = weighed(cases[:really], ours[:really], theirs[:really]).gain
        if found.values == self.served or seen.probability < CONFIDENCE or gain <= 0.0:
            return ""
        powers = [self.player.power(function, cases, one) for one in (found.values, self.served)]
        why = (
            f"{_right(cases, ours)} right instead of {_right(cases, theirs)}; {powers[0]:.0%} of the drifts put into "
            f"quiet calls are seen, {powers[1]:.0%} before"
        )
        return self._adopted(found.values, why, seen, cases)

    def _adopted(self, values: dict[str, Any], why: str, seen: Weighed, cases: list[Case]) -> str:
        from dana_learning import Explained

        power = self.player.power(self._function(), cases, self.served)
        change = Explained(
            learner="replay", before=self.served, after=values, why=why, probability=seen.probability,
            expected_gain=max(-1.0, min(1.0, seen.gain / max(1e-9, sum(case.weight for case in cases)))),
            evidence=sum(not case.injected for case in cases), revert="rollback",
            counterfactual=f"as before, with {power:.0%} of the drifts put into quiet calls seen",
        )  # fmt: skip
        kept = self._door().adopt(self.name, self.specs, change)
        if kept is None:
            return ""
        self.served = dict(values)
        self._take(self.served)
        back = kept.details["back_to"]
        return (
            f"{kept.what}: {why}; better with probability {seen.probability:.2f}"
            f"; back: dana-poet learn rollback {self.name} {back}"
        )

    # Versions.

    def _rewritten(self, windows: list[Window], cases: list[Case]) -> str:
        """Write another version where parameters were learned and are not enough."""
        history = self._history()
        since = [one for one in self._since(windows) if one.real is not None]
        start = {spec.name: spec.start for spec in self.specs}
        enough = len(since) >= LEAST_JUDGED and self.served != start and self._sample is not None
        if self._rewrites() or not enough or history is None or self.original is None:
            return ""
        found = list(versions.trials(self.player, self.original, self.specs, self.served, cases, self._sample))
        false = sum(one.alarm and not one.real for one in since)
        power = self.player.power(self._function(), cases, self.served)
        before = versions.Evidence(sum(one.alarm and bool(one.real) for one in since), false, power)
        most = max([power, *(one.power for one in found)])
        reason = _not_enough(since, start) or _deaf(power, most)
        for trial in sorted(found, key=lambda one: one.false) if reason else ():  # of equals the simplest comes first
            checked = versions.verification(trial, before, most)
            if checked.accepted:
                return self._promoted(trial, checked, reason, cases)
        return ""

    def _since(self, windows: list[Window]) -> list[Window]:
        """Return the calls since the version that serves took over."""
        others = [place for place, one in enumerate(windows) if one.version != self.number]
        return windows[others[-1] + 1 :] if others else windows

    def _rewrites(self) -> bool:
        return self._function() is not self._own()

    def _promoted(self, trial: versions.Trial, checked: Any, reason: str, cases: list[Case]) -> str:
        history = self._history()
        version = versions.promoted(history, trial, checked, reason) if history is not None else None
        if version is None:
            return ""
        self._run(version.number, trial.function)
        moved = ""
        if trial.values != self.served:
            alarms = [self.player.alarms(trial.function, cases, one) for one in (trial.values, self.served)]
            why = f"version {version.number} starts with what suits it on {_told(cases)}"
            moved = self._adopted(trial.values, why, weighed(cases, *alarms), cases).partition(": version")[0]
        gates = [gate.reason for gate in checked.gates[1:]] + ([f"it starts with {moved}"] if moved else [])
        back = f"back: dana-poet rollback {self.name}"
        return "; ".join([f"version {version.number} ({trial.about}): {reason}", *gates, back])

    def _taken_back(self, windows: list[Window]) -> str:
        """Go back to the author's own function when verdicts since then show that it was better."""
        history = self._history()
        since = self._since(windows)
        verdicts = sum(one.real is not None for one in since)
        if not self._rewrites() or history is None or history.pinned is not None or verdicts < LEAST_AGAINST:
            return ""
        cases = judged(since)
        own = best(self.player, self._own(), self.specs, self.served, judged(windows)).values
        ours, theirs = (
            self.player.alarms(function, cases, values)
            for function, values in ((self._own(), own), (self._function(), self.served))
        )
        seen = weighed(cases, ours, theirs)
        if seen.probability < CONFIDENCE:
            return ""
        right = f"{_right(cases, ours)} right instead of {_right(cases, theirs)}"
        reason = f"the author's own function would have got {right} (better with probability {seen.probability:.2f})"
        gone = self.number
        history.expel(gone, "retired", reason, {"verdicts": verdicts})
        self._seat()
        self._adopted(own, f"version {gone} was taken back", seen, cases)
        return f"version {gone} was taken back: {reason}"

    # Who serves.

    def start(self) -> None:
        """Put in force what is served: parameters, and the version."""
        super().start()
        self._seat()
        if _ask not in executions.learners:
            executions.learners.append(_ask)

    def refresh(self) -> None:
        """Look again at what is stored: a person may have changed it."""
        super().refresh()
        self._seat()

    def _seat(self) -> None:
        history = self._history()
        if history is None or self.original is None:
            return
        number, function = versions.running(history, self.original.name)
        self._run(number, function or self._own())

    def _run(self, number: int, function: Callable[..., Any]) -> None:
        poet = self._poet()
        self.number = number
        if poet is None:
            return
        if function is not self._own() or self._rewrites():
            poet.implementation = function
        if poet.building is not None:
            poet.building.trainer.version = number

    def _function(self) -> Callable[..., Any]:
        poet = self._poet()
        assert poet is not None
        found: Callable[..., Any] = poet.implementation
        return found

    def _own(self) -> Callable[..., Any]:
        poet = self._poet()
        assert poet is not None
        return poet.function

    def _history(self) -> Any:
        poet = self._poet()
        return poet.lifecycle.history if poet is not None and poet.lifecycle is not None else None

    def _take(self, values: Mapping[str, Any]) -> None:
        poet = self._poet()
        if poet is not None and poet.put_defaults(values):
            self.values = dict(values)
        else:
            super()._take(values)

    def _warn(self, problem: BaseException) -> None:
        if not self._broken:
            self._broken = True
            poet = self._poet()
            if told := unwritable.to_tell(self.folder, problem, f"{self.name} may learn nothing now: {problem}"):
                warn(told, poet.function if poet is not None else None)


def _ask(ids: tuple[str, ...]) -> list[str]:
    """Let the functions learn whose executions are named; return in words what changed."""
    told = []
    for learning in known():
        if isinstance(learning, ReplayLearning) and any(one.execution in ids for one in learning.windows.all()):
            told += learning.improved(ids)
    return told


def _not_enough(judged_since: list[Window], start: Mapping[str, Any]) -> str:
    """Return why learned parameters are not enough by what they raised, "" while they may be."""
    ours = [one for one in judged_since if one.alarm]
    false = [one for one in ours if not one.real]
    if (
        not false
        or false[-1] is not ours[-1]
        or dict(false[-1].values) == start
        or len(false) <= FALSE_RATE * len(ours)
    ):
        return ""
    rate = (
        f"{len(false)} of {len(ours)} judged alarms were false ({len(false) / len(ours):.0%}, above {FALSE_RATE:.0%})"
    )
    return f"{rate}, the last one with learned parameters"


def _deaf(power: float, most: float) -> str:
    """Return why learned parameters are not enough by what they still see, "" where that is nearly all one can see."""
    if power >= versions.LEAST_POWER * most:
        return ""
    return f"learned parameters see {power:.0%} of the drifts put into quiet calls, another version {most:.0%}"


def _right(cases: list[Case], alarms: list[bool | None]) -> str:
    """Return in words how many calls come out right, of those without anything put into them."""
    pairs = [(case, alarm is case.alarm) for case, alarm in zip(cases, alarms, strict=True) if not case.injected]
    verdicts, quiet = (
        [right for case, right in pairs if (case.window.real is None) is unsaid] for unsaid in (False, True)
    )
    return f"{sum(verdicts)} of {len(verdicts)} verdicts and {sum(quiet)} of {len(quiet)} quiet calls"


def _told(cases: list[Case]) -> str:
    """Return in words what the cases are."""
    verdicts = sum(case.window.real is not None and not case.injected for case in cases)
    quiet = sum(case.window.real is None and not case.injected for case in cases)
    return f"{verdicts} verdicts and {quiet} quiet calls"
