"""The learning loop: take in what came back, find patterns, decide, act, and say why; in any process, as often as wanted."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Self

from dana_poet import expected
from dana_poet.errors import DanaError, DanaTypeError, LeaseLostError, PolicyError
from dana_poet.learned import path_in
from dana_poet.orchestration import acting
from dana_poet.orchestration.aggregator import Aggregate, FeedbackAggregator
from dana_poet.orchestration.decisions import NEVER, Decision, Decisions, Rules, decide
from dana_poet.orchestration.ledger import Ledger
from dana_poet.orchestration.parameters import Judged, TunerLearner, learning_store
from dana_poet.orchestration.patterns import PatternAnalyzer, Patterns, Thresholds
from dana_poet.orchestration.report import Finding, Report, Unmatched
from dana_poet.orchestration.sources import collect
from dana_poet.runtime import feedback_place
from dana_poet.runtime.event_bridge import tell_untold
from dana_poet.runtime.state import StateFolder
from dana_poet.settings import current_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dana_poet.orchestration.outcome import Outcome
    from dana_poet.orchestration.parameters import Learner, Replay
    from dana_poet.orchestration.reading import Execution
    from dana_poet.orchestration.sources import FeedbackSource

REPORT_AFTER = 24 * 3600.0
"""Seconds after which feedback for an execution that nobody knows is reported."""
BATCH = 500
OVERLAP = 120.0
"""Seconds that are read again each time, for events that became visible late. What is known already counts for nothing."""
JUDGED = """
SELECT id, params, quality, verdict, missed FROM executions
WHERE function = ? AND (verdict IS NOT NULL OR quality IS NOT NULL) ORDER BY time DESC LIMIT ?
"""
PUBLISHED = {
    "learn": "poet.parameters.learned", "regenerate": "poet.regeneration.required", "rollback": "poet.rollback.required",
}  # fmt: skip


class LearningOrchestrator:
    """Learns from the events of one store: one of `open_store`, or that of a state folder, see `for_folder`.

    `folder` is where the ledger is kept, None for memory: then it is made again from the events by every process.
    `regenerate(function, patterns)` makes and deploys better code, `roll_back(function, version, reason)` puts an
    earlier version in force; both may return a text that says what they did. Without them the decision is published
    as an event (`poet.regeneration.required`, `poet.rollback.required`) for whoever does it. `report_after` is in
    seconds. Of processes that share a folder one works at a time.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, LearningOrchestrator.for_folder(folder) as orchestrator:
    ...     print(orchestrator.process())
    0 new events; nothing to change
    """

    def __init__(
        self, store: Any = None, *, folder: str | os.PathLike[str] | None = None, thresholds: Thresholds | None = None,
        regenerate: Callable[[str, Patterns], object] | None = None,
        roll_back: Callable[[str, Any, str], object] | None = None,
        learner: Learner | None = None, rules: Rules | None = None, report_after: float = REPORT_AFTER,
        lease_seconds: float = 60.0, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        if store is None or isinstance(store, (str, os.PathLike)):
            place = _nearest() if store is None else os.fspath(store)
            store, folder = _shared_store(place), place if folder is None else folder
            regenerate = regenerate or acting.regenerate
            roll_back = roll_back or acting.rolling_back(os.path.abspath(place))
        _check_parts(store, thresholds, regenerate, roll_back, rules)
        self.store = store
        self.folder = None if folder is None else os.path.abspath(os.fspath(folder))
        self.analyzer = PatternAnalyzer(thresholds)
        self.regenerate, self.roll_back = regenerate, roll_back
        self.rules = rules or Rules()
        self.report_after = expected.seconds("report_after", report_after, zero=True)
        self.lease_seconds = expected.seconds("lease_seconds", lease_seconds)
        self.clock = clock
        self._learner = learner
        self._ledger: Ledger | None = None
        self._owner = f"learning-{socket.gethostname()}-{os.getpid()}-{os.urandom(4).hex()}"
        self._lock = threading.RLock()
        self._timer: Any = None
        self._sources: list[FeedbackSource] = []

    @classmethod
    def for_folder(cls, state: str | os.PathLike[str], **options: Any) -> LearningOrchestrator:
        """Return the orchestrator of a state folder (`.poet` beside the program, or `--state DIR`).

        Its functions, where they are loaded in this process, write better versions themselves; versions are taken back
        in the folder. `report_after` is that of the settings. `LearningOrchestrator()` takes the nearest such folder.
        """
        acts = {"regenerate": acting.regenerate, "roll_back": acting.rolling_back(os.path.abspath(os.fspath(state)))}
        told = {"report_after": current_settings().learn.report_after_seconds}
        return cls(_shared_store(os.fspath(state)), folder=state, **{**acts, **told, **options})

    def add_source(self, source: FeedbackSource) -> None:
        """Ask a source what is new at the beginning of each pass: an AlertLog, a ConfigTracker, a service outside."""
        if not callable(getattr(source, "poll", None)) or not isinstance(getattr(source, "name", None), str):
            raise DanaTypeError(
                f"source: what has a name and poll() is expected, not {source!r}", hint="AlertLog, for one"
            )
        self._sources.append(source)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the schedule and let go of the ledger; the store stays open for whoever opened it."""
        self.stop()
        with self._lock:
            if self._ledger is not None:
                self._ledger.close()
                self._ledger = None

    # The loop

    def process(self) -> Report:
        """Take in all events that are new, decide about the functions they concern, act; return what was done.

        Every event counts once, whatever is killed in between. Never raises for the troubles of the store or the
        folder: they stand in `problems` of the report, and the next pass goes on from there.
        """
        try:
            return self._process()
        except (DanaError, OSError) as error:
            return Report(0, problems=(f"this pass ended early: {_reason(error)}",))

    def _process(self) -> Report:
        with self._alone() as ledger:
            problems: list[str] = []
            before = ledger.taken
            try:
                problems += self._ask_sources()
                self._take_in(ledger)
            except (DanaError, OSError) as error:
                problems.append(f"not all events could be read: {_reason(error)}")
            events = ledger.taken - before
            decisions = [self._act(one) for one in Decisions(ledger).open()]
            findings: list[Finding] = []
            for (function,) in ledger.rows("SELECT function FROM touched ORDER BY 1"):
                decided, found = self._decide(ledger, function, problems)
                findings += found
                decisions += [decided] if decided is not None else []
            unmatched = self._unmatched(ledger)
            waiting = len(ledger.waiting(float("inf")))
            return Report(events, tuple(findings), tuple(decisions), waiting, unmatched, tuple(problems))

    def _ask_sources(self) -> list[str]:
        """Publish what sources tell, and what programs of the folder had no time to tell; return what went wrong."""
        problems = []
        if self.folder is not None:
            tell_untold(self.folder)
        for source in self._sources:
            try:
                collect(source, self.store)
            except Exception as error:  # noqa: BLE001 - a service that is away is asked again at the next pass
                problems.append(f"{source.name} could not be asked: {type(error).__name__}: {error}")
        return problems

    def _take_in(self, ledger: Ledger) -> None:
        """Read everything that is new, whoever has acknowledged it, and acknowledge it after it is in the ledger.

        Reading by time finds at once what a killed process had claimed; claiming finds what came late.
        """
        seen = ledger.note("seen until", NEVER)
        new = self.store.query(since=seen - OVERLAP)
        ledger.take(new)
        if new:
            ledger.keep("seen until", max(seen, min(max(event.time for event in new), self.clock())))
        asked: list[Any] = []
        while claimed := self.store.claim(BATCH, owner=self._owner, lease_seconds=self.lease_seconds):
            ledger.take(claimed)
            asked += [event for event in claimed if event.type in PUBLISHED.values()]
            with contextlib.suppress(LeaseLostError):  # somebody else has acknowledged it: it is in the ledger
                self.store.ack([event for event in claimed if event.type not in PUBLISHED.values()])
        if asked:
            self.store.release(asked)  # what was asked for is for whoever does it

    def _decide(self, ledger: Ledger, function: str, problems: list[str]) -> tuple[Decision | None, list[Finding]]:
        made = Decisions(ledger)
        since = made.since(function)
        current = FeedbackAggregator(ledger).of(function)[-1].version
        fresh = {one.version: one for one in FeedbackAggregator(ledger).of(function, since=since)}
        if current not in fresh:
            made.keep(Decision(function, current, "keep", "nothing new about it"))
            return None, []
        others = [one for one in FeedbackAggregator(ledger).of(function) if one.version != current]
        versions = [self.analyzer.find(one) for one in (*others, fresh[current])]
        decision = decide(
            versions, learns=bool(versions[-1].breached) and self._can_learn(function, problems), rules=self.rules,
            tried=lambda action: made.count(function, current, action),
        )  # fmt: skip
        made.keep(decision)
        now = versions[-1]
        found = Finding(function, current, now.aggregate.executions, now.aggregate.judged, now)
        return (decision if decision.action == "keep" else self._act(decision, now)), [found]

    def _can_learn(self, function: str, problems: list[str]) -> bool:
        try:
            return self.learner.can_learn(function)
        except Exception as error:  # noqa: BLE001 - a damaged store of parameters ends no pass
            problems.append(f"the parameters of {function} could not be read: {type(error).__name__}: {error}")
            return False

    def _act(self, decision: Decision, patterns: Patterns | None = None) -> Decision:
        """Act on a decision. The event that tells of it has the key of the decision, so that there is one."""
        ledger = self._opened()
        if patterns is None:
            patterns = self.analyzer.find(
                _version_of(FeedbackAggregator(ledger).of(decision.function), decision.version)
            )
        seen = patterns

        def action(one: Decision) -> str:
            told = {**one.to_json(), "patterns": seen.to_json()}
            event = self.store.publish(PUBLISHED[one.action], told, key=one.id)
            done = self._done(ledger, one, seen)
            if done is None:
                return "asked for"
            with contextlib.suppress(LeaseLostError):
                self.store.ack([event])
            return done

        return Decisions(ledger).act(decision, action)

    def _done(self, ledger: Ledger, one: Decision, patterns: Patterns) -> str | None:
        """Do what was decided and return what was done; None where nobody here can do it."""
        if one.action == "learn":
            return self._learn(ledger, one)
        with contextlib.suppress(acting.NobodyHereError):
            if one.action == "rollback" and self.roll_back is not None:
                return str(self.roll_back(one.function, one.to, one.reason) or "")
            if one.action == "regenerate" and self.regenerate is not None:
                return str(self.regenerate(one.function, patterns) or "")
        return None

    def _learn(self, ledger: Ledger, decision: Decision) -> str:
        learned = self.learner.learn(decision.function, _judged(ledger, decision.function))
        if learned is None:
            return "no better parameters are known"
        return f"{dict(learned.before)} -> {dict(learned.after)}: {learned.reason}"

    def _unmatched(self, ledger: Ledger) -> tuple[Unmatched, ...]:
        return tuple(Unmatched(*one) for one in ledger.waiting(self.clock() - self.report_after))

    # Looking at it

    def aggregates(self) -> dict[str, tuple[Aggregate, ...]]:
        """Return what is known of every function and version, as of the last `process`."""
        with self._alone() as ledger:
            return FeedbackAggregator(ledger).group_by_function()

    def decisions(self) -> list[Decision]:
        """Return every decision that changed something, oldest first."""
        with self._alone() as ledger:
            return Decisions(ledger).all()

    def execution(self, execution_id: str) -> tuple[Execution, Outcome] | None:
        """Return an execution with what is thought of it, as of the last `process`; None when it is not known."""
        with self._alone() as ledger:
            found = ledger.find(execution_id)
            return None if found is None else (found, ledger.outcome_of(execution_id))

    def prune(self, older_than_seconds: float) -> int:
        """Forget executions that are older than this and what was said of them, as of the events; return how many.

        For after `store.prune`: decisions stay, evidence does not.
        """
        with self._alone() as ledger:
            return ledger.prune(self.clock() - expected.seconds("older_than_seconds", older_than_seconds, zero=True))

    # Parameters

    @property
    def learner(self) -> Learner:
        """What learns parameters: `dana_learning` with the store of the folder, unless another was given."""
        if self._learner is None:
            from dana_learning import MemoryStore

            memory = MemoryStore()
            folder = self.folder
            if folder is None:
                self._learner = TunerLearner(self._opened(), lambda: contextlib.nullcontext(memory))
            else:
                self._learner = TunerLearner(self._opened(), lambda: learning_store(folder), path=path_in(folder))
        return self._learner

    def tune(self, function: str, parameters: Any, *, replay: Replay | None = None) -> None:
        """Say which parameters of a function may be learned: `Parameter`s and `Choice`s of dana_learning.

        With `replay(values) -> quality` (0 to 1, on recorded data) values are tried there before they are taken.
        """
        with self._alone():
            learner = self.learner
            if not isinstance(learner, TunerLearner):
                raise DanaTypeError("tune() is for the learner of dana_learning", hint="leave learner= out")
            learner.tune(function, parameters, replay)

    # On a schedule

    def start(self, every_seconds: float | None = None, *, after_events: int | None = None) -> None:
        """Process in the background, in a daemon thread: every so many seconds, or when so many events wait, or both."""
        from dana_poet.orchestration.schedule import Schedule

        self.stop()
        self._timer = Schedule(self, every_seconds, after_events)
        self._timer.start()

    def stop(self) -> None:
        """End the background processing; a pass that is going on is finished first."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()

    # The ledger

    @contextlib.contextmanager
    def _alone(self) -> Iterator[Ledger]:
        """Let one thread of one process work on the folder at a time."""
        with self._lock, contextlib.ExitStack() as stack:
            if self.folder is not None:
                stack.enter_context(StateFolder(self.folder).locked("learning"))
            yield self._opened()

    def _opened(self) -> Ledger:
        if self._ledger is None:
            path = ":memory:" if self.folder is None else os.path.join(self.folder, "events", "ledger.sqlite")
            self._ledger = Ledger(path)
        return self._ledger


def _reason(error: Exception) -> str:
    named = isinstance(error, OSError) and error.filename and error.strerror
    return f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and named else str(error)


def _nearest() -> str:
    return feedback_place.nearest() or current_settings().state.dir or feedback_place.FOLDER


def _shared_store(folder: str) -> Any:
    try:
        from dana_poet.events import session_store
    except ModuleNotFoundError as error:  # in the sandbox, where there are no files
        raise PolicyError("a program in the sandbox has no events to learn from") from error
    if folder.startswith(("file:", "sqlite:", "redis://", "rediss://", "unix://")):
        raise DanaTypeError(f"store: {folder!r} is no folder", hint="give open_store(URL), opened by its address")
    return session_store(folder)


def _check_parts(store: Any, thresholds: Any, regenerate: Any, roll_back: Any, rules: Any) -> None:
    """Refuse what cannot be the parts of an orchestrator."""
    if not callable(getattr(store, "claim", None)):
        raise DanaTypeError(
            f"store: a store of events is expected, not {store!r}",
            hint='open_store("file:DIR"), or LearningOrchestrator.for_folder(".poet")',
        )
    for field, value, kind in (("thresholds", thresholds, Thresholds), ("rules", rules, Rules)):
        if value is not None:
            expected.instance(field, value, f"{kind.__name__}(...)", kind)
    for field, value in (("regenerate", regenerate), ("roll_back", roll_back)):
        if value is not None:
            expected.function(field, value)


def _version_of(aggregates: tuple[Aggregate, ...], version: Any) -> Aggregate:
    return next((one for one in aggregates if one.version == version), aggregates[-1])


def _judged(ledger: Ledger, function: str) -> list[Judged]:
    """Return what was judged of a function, oldest first. A quality counts where there is one, else the verdict."""
    import json

    rows = ledger.rows(JUDGED, function, 200)
    return [
        Judged(name, json.loads(params) if params else {}, _quality(quality, verdict, missed))
        for name, params, quality, verdict, missed in reversed(rows)
    ]


def _quality(quality: float | None, verdict: int | None, missed: int | None) -> float:
    if quality is not None and 0 <= quality <= 1:
        return quality
    return 1.0 if verdict and not missed else 0.0
