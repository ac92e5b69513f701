"""Calls of a function that has a version beside it: who serves a call, what stands in, and what the trial is told.

The caller gets what the original would have given, whatever the version does. In shadow both run and the original's
value is used; in a canary a share of the calls is the version's; a version that fails before it acted is covered by
the original. See `promotion` for who decides, `runner` for where a version runs.
"""

from __future__ import annotations

import contextvars
import copy
import inspect
import os
import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.judging import Waiting, listen
from dana_poet.codegen.lifecycle_settings import Terms
from dana_poet.codegen.prompt_data import shown
from dana_poet.codegen.runner import CandidateError
from dana_poet.codegen.sameness import same
from dana_poet.runtime import executions

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.codegen.promotion import Promotion
    from dana_poet.codegen.runner import Runner
    from dana_poet.codegen.versions import Version

WAITING = 32
"""Calls in shadow that wait for their second run; more are left out, so that a slow version holds up nobody."""
PLAIN = Terms()
"""The value itself, and nothing in place of an error."""
REPEATABLE = frozenset({"pure", "reads"})
"""Bodies that may run a second time: they change nothing."""

_answers: contextvars.ContextVar[list[tuple[Any, Any, Any]] | None] = contextvars.ContextVar(
    "dana_answers", default=None
)


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does the same, and whose answers a failing version does not lose."""
    if (
        not inspect.isfunction(function)
        or inspect.iscoroutinefunction(function)
        or inspect.isasyncgenfunction(function)
    ):
        return function

    def called(*args: Any, **kwargs: Any) -> Any:
        found = function(*args, **kwargs)
        answers = _answers.get()
        if answers is not None:
            answers.append((args, kwargs, found))
        return found

    called.__wrapped__ = function  # type: ignore[attr-defined]  # how `inspect` finds the signature
    return function if inspect.isgeneratorfunction(function) else called


class Held:
    """Stands for the trial of a version that a person pinned: it serves all calls, and nothing takes it back."""

    stage, over, problem = "active", False, ""

    def __init__(self, version: Version) -> None:
        self.version = version

    def __str__(self) -> str:
        return f"version {self.version.number} is pinned"

    def takes(self, key: str) -> bool:
        """Return True: every call is its own."""
        del key
        return True

    def observe(self, **outcome: Any) -> None:
        """Take no notice."""

    def shadowed(self, *outcomes: float, **more: Any) -> None:
        """Take no notice."""

    def violated(self, counterexample: str) -> None:
        """Take no notice: the person who pinned it knows better."""

    def close(self) -> None:
        """Keep nothing."""


class Serving:
    """What `fn.poet.implementation` is while a version is on trial or active. Called as the function is called.

    `body` is the classification of the original; `value` gives the outcome (0 to 1) of a result, `gain` the objective
    (0 to 1) of a call from its seconds. `changed` is called when the version is out or became active, `terms` says what
    the version may do differently, `say` is told what a person has to know.
    """

    def __init__(
        self, function: Callable[..., Any], runner: Runner, promotion: Promotion | Any, *, body: str,
        value: Callable[[Any], float] | None = None, gain: Callable[[float], float] | None = None,
        changed: Callable[[], None] = lambda: None, terms: Terms = PLAIN, say: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self.function, self.runner, self.promotion = function, runner, promotion
        self.number, self.pinned = promotion.version.number, isinstance(promotion, Held)
        self.body, self.value, self.gain, self.changed = body, value, gain, changed
        self.terms, self.say = terms, say
        self.waiting: Waiting | None = None
        self._shadows: queue.Queue[Callable[[], None]] | None = None
        self._owner = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Serve one call."""
        route = self.route()
        if route == "candidate":
            return self.candidate(args, kwargs)
        return self.shadow(args, kwargs) if route == "shadow" else self.baseline(args, kwargs)

    def route(self) -> str:
        """Return who serves the call that is running: candidate, baseline, or both in shadow."""
        promotion = self.promotion
        if promotion.over:
            self.changed()
            return "baseline"
        if promotion.stage == "shadow":
            return "shadow"
        if promotion.takes(self._key()):
            execution = executions.running.get()
            if execution is not None:
                executions.served[execution] = self.number
            return "candidate"
        return "baseline"

    @staticmethod
    def _key() -> str:
        execution = executions.running.get()
        return executions.text(execution) if execution is not None else os.urandom(8).hex()

    # The original serves.

    def baseline(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the original and tell the trial how it went."""
        started = time.perf_counter()
        try:
            found = self.function(*args, **kwargs)
        except Exception:
            self.tell(candidate=False, value=0.0, seconds=time.perf_counter() - started)
            raise
        self.tell(candidate=False, value=self.worth(found), seconds=time.perf_counter() - started)
        return found

    # The version serves.

    def candidate(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the version; the original stands in for one that fails."""
        answers: list[tuple[Any, Any, Any]] = []
        token = _answers.set(answers)
        started = time.perf_counter()
        try:
            found = self.runner(*args, **kwargs)
        except CandidateError as error:
            return self.covered(error, answers, args, kwargs)
        finally:
            _answers.reset(token)
        self.tell(candidate=True, value=self.worth(found), seconds=time.perf_counter() - started)
        return found

    def covered(
        self, error: CandidateError, answers: list[tuple[Any, Any, Any]], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Return what the original gives after the version failed; raise what it raised where it must not run again."""
        self._uncounted()
        if error.of_original and error.exception is not None:
            self.tell(candidate=True, value=0.0)
            raise error.exception
        if len(answers) == 1 and error.acted and same(list(answers[0][0]), list(args)) and same(answers[0][1], kwargs):
            self.blame(error, args, kwargs)
            return answers[0][2]
        if error.acted and self.body not in REPEATABLE:
            self.tell(candidate=True, value=0.0)
            raise error.exception or error
        return self._instead(error, args, kwargs)

    def _instead(self, error: CandidateError, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            found = self.function(*args, **kwargs)
        except Exception as raised:
            # Both raise: of the same class that is no fault of the version's.
            alike = error.exception is not None and isinstance(error.exception, type(raised))
            self.tell(candidate=True, value=1.0 if alike else 0.0)
            raise
        self.blame(error, args, kwargs)
        return found

    def blame(self, error: CandidateError, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Tell the trial of a version that failed where the original did not."""
        if error.kind == "rejected":
            return  # a value that cannot enter the sandbox says nothing about the version
        if error.kind == "error":
            what = "an error" if self.terms.private else error.message
            self.promotion.violated(f"{self.shown(args, kwargs)} raised {what}; the original returns a value")
            self.changed()
            return
        self.tell(candidate=True, value=0.0)

    def _uncounted(self) -> None:
        """Let the call count as the original's: it is what answers."""
        execution = executions.running.get()
        if execution is not None:
            executions.served.pop(execution, None)

    # Both run.

    def shadow(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the original's value, and let the version run on the same inputs in the background."""
        inputs = copied(args, kwargs)
        started = time.perf_counter()
        try:
            found = self.function(*args, **kwargs)
        except Exception as error:
            self._later(inputs, None, type(error), time.perf_counter() - started)
            raise
        if inputs is not None and (kept := copied((found,), {})) is not None:
            self._later(inputs, kept[0][0], None, time.perf_counter() - started)
        return found

    def _later(self, inputs: Any, found: Any, raised: type[Exception] | None, seconds: float) -> None:
        if inputs is None:
            return
        if self._shadows is None or self._owner != os.getpid():
            self._shadows, self._owner = queue.Queue(WAITING), os.getpid()
            threading.Thread(target=_drain, args=(self._shadows,), name="poet-shadow", daemon=True).start()
        context = contextvars.copy_context()
        try:
            self._shadows.put_nowait(lambda: context.run(self.compare, inputs, found, raised, seconds))
        except queue.Full:
            return

    def compare(
        self, inputs: tuple[tuple[Any, ...], dict[str, Any]], found: Any, raised: type[Exception] | None, seconds: float
    ) -> None:
        """Run the version on inputs whose answer is known, and tell the trial what came of it."""
        args, kwargs = inputs
        started = time.perf_counter()
        try:
            value = self.ran(args, kwargs)
        except CandidateError as error:
            self._failed_in_shadow(error, args, kwargs, raised)
            return
        took = time.perf_counter() - started
        if self.differs(args, kwargs, value, found, raised):
            return
        gains = (self.gain(took), self.gain(seconds)) if self.gain is not None else None
        before = 0.0 if raised is not None else self.worth(found)
        self.promotion.shadowed(self.worth(value), before, seconds=(self.pace(took), seconds), objective=gains)

    def ran(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what the version gives, in the thread of comparisons."""
        return self.runner(*args, **kwargs)

    def differs(self, args: Any, kwargs: Any, value: Any, found: Any, raised: type[Exception] | None) -> bool:
        """Return whether a value of the version breaks its contract; then it is taken back."""
        if self.terms.recover if raised is not None else self.agree(value, found):
            return False
        expected = f"raises {raised.__name__}" if raised is not None else f"returns {self.told(found)}"
        self.promotion.violated(f"{self.shown(args, kwargs)} returned {self.told(value)}; the original {expected}")
        self.changed()
        return True

    def agree(self, value: Any, found: Any) -> bool:
        """Whether the version's value counts as the original's: as the contract says."""
        if self.terms.equal is None:
            return same(value, found, tolerance=self.terms.tolerance)
        try:
            return bool(self.terms.equal(found, value))
        except Exception:  # noqa: BLE001 - what cannot be compared is not the same
            return False

    def told(self, value: Any) -> str:
        """Return a value for a counterexample, or only its type where values are private."""
        return f"a value of type {type(value).__name__}" if self.terms.private else shown(value, 200)

    def shown(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """Return a call for a counterexample, without its values where they are private."""
        return "a call" if self.terms.private else shown_call(args, kwargs)

    def pace(self, seconds: float) -> float:
        """Return the seconds that count for the version: the way into the sandbox and back is not its fault."""
        return max(0.0, seconds - float(getattr(self.runner, "crossing", 0.0)))

    def _failed_in_shadow(self, error: CandidateError, args: Any, kwargs: Any, raised: type[Exception] | None) -> None:
        if raised is not None and isinstance(error.exception, raised):
            self.promotion.shadowed(1.0, 1.0)
        elif error.kind == "error" and raised is None:
            self.blame(error, args, kwargs)
        elif error.kind != "rejected":
            self.promotion.shadowed(0.0, 0.0 if raised is not None else 1.0)

    def idle(self, seconds: float = 5.0) -> bool:
        """Wait until no comparison in shadow is waiting; return whether that came true."""
        end = time.monotonic() + seconds
        waiting = self._shadows
        while waiting is not None and waiting.unfinished_tasks and time.monotonic() < end:
            time.sleep(0.002)
        return waiting is None or not waiting.unfinished_tasks

    # What the trial is told.

    def worth(self, found: Any) -> float:
        """Return the outcome of a result: 1, or what the user's metric says."""
        if self.value is None:
            return 1.0
        try:
            worth = float(self.value(found))
        except Exception as error:  # noqa: BLE001 - a metric that fails on a result has judged it
            self.say(f"the metric raises {type(error).__name__} for a result, which counts as 0")
            return 0.0
        if not 0.0 <= worth <= 1.0:
            self.say("the metric gives numbers outside of 0 to 1, which are cut to that: it tells nothing beyond")
        return min(1.0, max(0.0, worth))

    def tell(self, *, candidate: bool, value: float, seconds: float | None = None) -> None:
        """Tell the trial one outcome, and look whether it changed the version's state.

        Where people judge, a call that went well is neither good nor bad until they have.
        """
        if self.waiting is not None and value > 0.0:
            self.waiting.add(self._key(), candidate=candidate)
            return
        before = self.promotion.stage
        gain = self.gain(seconds) if self.gain is not None and seconds is not None else None
        paced = self.pace(seconds) if candidate and seconds is not None else seconds
        self.promotion.observe(candidate=candidate, value=value, seconds=paced, objective=gain)
        if self.promotion.stage != before:
            self.changed()

    def await_verdicts(self) -> None:
        """Let what people say of a call be its outcome."""
        self.waiting = Waiting()
        listen(self)

    def judged(self, execution: str, quality: float) -> None:
        """Take a verdict (0 to 1) on an execution."""
        candidate = self.waiting.take(execution) if self.waiting is not None else None
        if candidate is None:
            return
        before = self.promotion.stage
        self.promotion.observe(candidate=candidate, value=quality)
        if self.promotion.stage != before:
            self.changed()

    def close(self) -> None:
        """End what waits for calls, and keep what the trial has seen."""
        self.promotion.close()
        self.runner.close()


def _drain(waiting: queue.Queue[Callable[[], None]]) -> None:
    while True:
        work = waiting.get()
        try:
            work()
        except Exception:  # noqa: BLE001, S110 - a comparison that fails is one that was not made; it harms nobody
            pass
        finally:
            waiting.task_done()


def copied(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
    """Return copies of inputs, None where they cannot be copied: then there is no comparison."""
    try:
        return copy.deepcopy((args, kwargs))
    except Exception:  # noqa: BLE001 - a foreign class may refuse in any way
        return None


def shown_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Return a call in words, for a counterexample."""
    given = [shown(one, 100) for one in args] + [f"{name}={shown(one, 100)}" for name, one in kwargs.items()]
    return f"the call with ({', '.join(given)})"
