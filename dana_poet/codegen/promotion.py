"""From a verified version to the active one and, when it turns out worse, back: decided by what calls bring.

draft -> verified -> shadow (pure functions) -> canary 5, 25, 50, 100 percent -> active -> retired or quarantined.
`Promotion` is told every outcome and moves the version in its `History`; the statistics are in `promotion_statistics`.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.promotion_plan import Plan
from dana_poet.codegen.promotion_statistics import Decision, PairedTest, Watch, in_canary, outcome
from dana_poet.codegen.promotion_trial import KNOWN, Pairs, Trial
from dana_poet.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dana_poet.codegen.versions import History, State, Version

__all__ = ["Decision", "PairedTest", "Plan", "Promotion", "Watch", "in_canary"]

SAVED_EVERY = 64
"""Outcomes after which the trial's file is replaced, at most once in `SAVED_AT_MOST` seconds; fewer after `SAVED_AFTER`."""
SAVED_AT_MOST = 0.5
SAVED_AFTER = 5.0
LONGEST_HOLD = 0.5
"""Seconds that an outcome waits for other threads; then it is left out, which costs time and no truth."""
RETRIED = 100
"""Outcomes after which a change of state is tried again that could not be stored."""


_alive: weakref.WeakSet[Promotion] = weakref.WeakSet()


class Promotion:
    """The trial of one version of a function; see `Plan` for how it goes. May be told outcomes from several threads.

    Nothing that goes wrong with files is raised at a call: `problem` says it, and the trial goes on in memory. A
    rollback holds at once in this process, stored or not; a promotion holds when it is stored.
    """

    def __init__(self, history: History, version: Version, plan: Plan | None = None, *, pure: bool = False) -> None:
        self.history, self.version = history, version
        self.plan = plan or Plan()
        self.pure = pure
        self.problem = ""
        self.fault: BaseException | None = None
        self.trial = Trial(self.plan)
        self.trial.load(history.file_of("trial.json"), version)
        self.stage: State = version.state
        self.percent = version.percent
        self._lock = threading.Lock()
        self._pairs, self._objectives, self._paces = Pairs(), Pairs(), Pairs()
        self._unsaved, self._wait, self._saved_at = 0, 0, time.monotonic()
        self._owed: tuple[State, str, dict[str, Any]] | None = None
        _alive.add(self)

    def __str__(self) -> str:
        share = f" {self.percent:g}%" if self.stage == "canary" else ""
        return f"version {self.version.number} is {self.stage}{share}: {self.trial.test}"

    @property
    def over(self) -> bool:
        """Whether the version is out: retired or quarantined."""
        return self.stage in {"retired", "quarantined"}

    @property
    def resting(self) -> int:
        """Outcomes of the baseline that have to come before the next trial, after a rollback."""
        return int(self.trial.rest)

    def takes(self, key: str) -> bool:
        """Whether the call with this key is the candidate's. In the last step some keep the baseline, for comparison.

        Keys should be many and of equal weight, such as ids of executions: a few big users are no fair sample.
        """
        if self.stage == "active":
            return True
        if self.stage != "canary":
            return False
        return in_canary(key, min(self.percent, 100.0 - self.plan.holdout), self.version.content_hash)

    def begin(self) -> None:
        """Start the trial of a verified version. After a rollback outcomes of the baseline have to come first: `resting`."""
        with self._held():
            self._begin()

    def _begin(self) -> None:
        if self.stage != "verified" or self.trial.rest > 0:
            return
        if self.pure and self.plan.shadow:
            self._move("shadow", "the function is pure: both may run")
        else:
            self._move("canary", "first step", percent=self.plan.steps[0])

    def observe(
        self, *, candidate: bool, value: float, seconds: float | None = None, objective: float | None = None
    ) -> None:
        """Take the outcome (0 to 1) of one call, of the candidate or of the baseline, and what goes with it."""
        outcome("candidate" if candidate else "baseline", value)
        if objective is not None:
            outcome("objective", objective)
        with self._held() as mine:
            if not mine or self._done():
                return
            self._rate(candidate=candidate, value=value, seconds=seconds)
            side = 0 if candidate else 1
            if self.stage == "canary":
                if pair := self._pairs.take(side, value):
                    self._paired(*pair)
                if objective is not None and (gain := self._objectives.take(side, objective)):
                    self.trial.objective.update(*gain)
            self._judge()
            self._keep()

    def shadowed(
        self, candidate: float, baseline: float, *, seconds: tuple[float, float] | None = None,
        objective: tuple[float, float] | None = None,
    ) -> None:  # fmt: skip
        """Take the outcomes of both on the same call, in shadow; also their seconds and objectives."""
        outcome("candidate", candidate)
        outcome("baseline", baseline)
        with self._held() as mine:
            if not mine or self._done():
                return
            times = seconds or (None, None)
            self._rate(candidate=False, value=baseline, seconds=times[1])
            self._rate(candidate=True, value=candidate, seconds=times[0])
            self._paired(candidate, baseline)
            if objective is not None:
                self.trial.objective.update(*objective)
            self._judge()
            self._keep()

    def violated(self, counterexample: str) -> None:
        """Take the version back at once: it broke the contract. The example goes to the next generator."""
        with self._held():
            if not self.over:
                self._out("quarantined", "it broke the contract", {"counterexample": counterexample})

    def close(self) -> None:
        """Keep what was seen. StateError never: `problem` says what failed."""
        with self._held() as mine:
            self._pay()
            if mine and self._unsaved:
                self._save()

    def forked(self) -> None:
        """Go on in the child of a fork: without a lock that another thread held, and without what the parent will keep."""
        self._lock = threading.Lock()
        self._apart()
        self.trial.forked()

    @contextlib.contextmanager
    def _held(self) -> Iterator[bool]:
        """Hold the trial against other threads. False where that fails: a fork may have left the lock taken for ever."""
        mine = self._lock.acquire(timeout=LONGEST_HOLD)
        try:
            yield mine
        finally:
            if mine:
                self._lock.release()

    def _done(self) -> bool:
        """Whether the version is out; then only the rest after it goes on, and what could not be stored is tried again."""
        if not self.over:
            return False
        self.trial.rest = max(0.0, self.trial.rest - 1.0)
        self._wait -= 1
        if self._wait <= 0:
            self._pay()
        return True

    # Taking outcomes.

    def _apart(self) -> None:
        """Pair only outcomes of one process in one step."""
        self._pairs, self._objectives, self._paces = Pairs(), Pairs(), Pairs()

    def _rate(self, *, candidate: bool, value: float, seconds: float | None) -> None:
        trial = self.trial
        if not candidate:
            trial.baseline(value)
            trial.rest = max(0.0, trial.rest - 1.0)
        else:
            trial.add(self._step())
            if self.stage == "active" and trial.seen >= KNOWN:
                trial.quality.update(value, trial.least(self.plan.tolerance))
        if seconds is not None:
            self._time(candidate=candidate, seconds=seconds)

    def _time(self, *, candidate: bool, seconds: float) -> None:
        """Compare times: with the budget, or how many are slow among those of both sides."""
        trial, budget = self.trial, self.plan.seconds
        if budget is not None:
            if candidate:
                trial.speed.update(float(seconds <= budget), 0.93)
            return
        if trial.limit:
            fast = float(seconds <= trial.limit * self.plan.slower + 0.001)
            if self.stage != "active":
                if pair := self._paces.take(0 if candidate else 1, fast):
                    trial.pace.update(*pair)
            elif candidate:
                trial.speed.update(fast, 0.88)
        if not candidate:
            trial.took(seconds)

    def _paired(self, candidate: float, baseline: float) -> None:
        if self.trial.test.decision == "promote":
            if self.stage == "canary" and self.percent == self.plan.deciding:
                self.trial.add("held_out")
                self.trial.add("held_out_difference", candidate - baseline)
        else:
            self.trial.test.update(candidate, baseline)

    def _step(self) -> str:
        return f"{self.stage}.{self.percent:g}"

    # Deciding.

    def _judge(self) -> None:
        self._wait -= 1
        if self._wait > 0:
            return
        if self.stage in {"shadow", "canary", "active"} and self._harmed():
            return
        match self.stage:
            case "verified":
                self._begin()
            case "shadow":
                if self.trial.of(self._step()) >= self.plan.shadow:
                    self._move("canary", f"nothing wrong in shadow: {self.trial.test}", percent=self.plan.steps[0])
            case "canary":
                self._climb()
            case _:
                pass

    def _harmed(self) -> bool:
        """Take the version out if it does harm: quarantined where both were seen side by side, else retired.

        An active version is compared with what was known before. Should everything have become worse at once, that
        cannot be told: it goes, and may be tried again.
        """
        trial = self.trial
        if self.stage != "active":
            if trial.test.decision == "rollback":
                return self._out("quarantined", f"worse than the baseline: {trial.test}")
            if trial.pace.decision == "rollback":
                return self._out("quarantined", f"slower than the baseline: calls in time {trial.pace}")
        if trial.quality.breached:
            rate = f"{trial.quality.mean:.3f} in {trial.quality.count} calls, {trial.rate:.3f} before"
            return self._out("retired", f"below the baseline's rate: {rate}")
        if trial.speed.breached:
            late = f"{1 - trial.speed.mean:.0%} of {trial.speed.count} calls took longer than they may"
            return self._out("retired", f"too slow: {late}")
        return False

    def _climb(self) -> None:
        """Go one step up where enough was seen, and at the deciding step when it is decided."""
        seen, following = self.trial.of(self._step()), self.plan.after(self.percent)
        if self.percent < self.plan.deciding:
            if seen >= self.plan.per_step:
                self._move("canary", f"no harm in {seen:.0f} calls", percent=following)
        elif self.percent == self.plan.deciding:
            self._decide(following)
        elif seen >= self.plan.confirm:
            self._activate()

    def _decide(self, following: float | None) -> None:
        trial, plan = self.trial, self.plan
        if not self._shown():
            if trial.test.pairs + trial.of("held_out") >= plan.maximum:
                self._out("retired", f"not shown to be {plan.rule}: {trial.test}")
            return
        if trial.of("held_out") < plan.held_out or not self._save() or not self._shown():
            return  # also when it is not shown any more by what other processes saw
        mean = trial.of("held_out_difference") / max(trial.of("held_out"), 1.0)
        told = f"{mean:+.3f} in {trial.of('held_out'):.0f} pairs that chose nothing"
        least = -plan.margin if plan.rule == "not worse" else 0.0
        if plan.held_out and mean <= least:
            self._out("retired", f"the held-out check does not confirm it: {told}; {trial.test}")
        elif following is None:
            self._activate()
        else:
            self._move("canary", f"{plan.rule}: {trial.test}; held out: {told}", percent=following)

    def _shown(self) -> bool:
        gained = self.plan.rule == "better" or self.trial.objective.decision == "promote"
        return self.trial.test.decision == "promote" and gained

    def _activate(self) -> None:
        gain = f"; {self.plan.gain}: {self.trial.objective}" if self.plan.rule == "not worse" else ""
        if self._move("active", f"{self.plan.rule}: {self.trial.test}{gain}"):
            self.trial.watched()
            self.trial.failures = 0.0

    # Changing the state.

    def _move(self, state: State, reason: str, *, percent: float | None = None) -> bool:
        """Store a step forward; it holds only when it is stored."""
        if not self._save():
            return self._failed()
        evidence: dict[str, Any] = {"trial": self.trial.evidence(self.plan)}
        if percent is not None:
            evidence["percent"] = percent
        return self._store(state, reason, evidence)

    def _out(self, state: State, reason: str, evidence: Mapping[str, Any] | None = None) -> bool:
        """Take the version out of use: here at once, in the store as soon as it can be. Always true."""
        told = {"trial": self.trial.evidence(self.plan), **(evidence or {})}
        self.stage = state
        self.trial.failures += 1.0
        self.trial.rest = self.plan.cooldown * 2.0 ** (min(self.trial.failures, 7.0) - 1.0)
        self._owed = (state, reason, told)
        self._pay()
        self._save()
        return True

    def _pay(self) -> None:
        """Store that the version is out, if it is not stored yet."""
        if self._owed is None:
            return
        self._wait = RETRIED
        try:
            self.version = self.history.expel(self.version, *self._owed)
        except StateError as error:
            self.problem, self.fault = error.message, error
        else:
            self._owed = None

    def _store(self, state: State, reason: str, evidence: Mapping[str, Any]) -> bool:
        try:
            self.version = self.history.move(self.version, state, reason, evidence)
        except StateError as error:
            self.problem, self.fault = error.message, error
            self._look()
            return self._failed()
        self.stage, self.percent = self.version.state, self.version.percent
        self._apart()
        return True

    def _failed(self) -> bool:
        self._wait = RETRIED
        return False

    def _keep(self) -> None:
        """Replace the trial's file when it is time, and see what others have done with the version."""
        self._unsaved += 1
        if self._unsaved % SAVED_EVERY and self._unsaved % 8:
            return
        due = SAVED_AFTER if self._unsaved < SAVED_EVERY else SAVED_AT_MOST
        if time.monotonic() - self._saved_at >= due:
            self._save()
            self._look()

    def _save(self) -> bool:
        self._unsaved, self._saved_at = 0, time.monotonic()
        file = self.history.file_of("trial.json")
        try:
            self.trial.save(os.path.dirname(file), file, self.version)
        except (OSError, StateError, ValueError, KeyError, TypeError) as error:
            self.problem, self.fault = f"the trial of version {self.version.number} cannot be kept: {error}", error
            return False
        return True

    def _look(self) -> None:
        """Take over what another process or a person did with the version; what is out here stays out."""
        if self.over:
            return
        try:
            version = self.history.version(self.version.number)
        except StateError as error:
            self.problem = error.message
            return
        if (version.state, version.percent) != (self.stage, self.percent):
            if version.state == "active":
                self.trial.watched()
            self.stage, self.percent = version.state, version.percent
            self._apart()
        self.version = version


def _forked() -> None:
    for promotion in tuple(_alive):
        promotion.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
