"""What learning may cost, and what is learned first when that is not enough. Nothing is dropped: what waits is counted."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dana_learning.errors import LearningError, ParameterError
from dana_learning.observation import ExecutionFeedback, finite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MEBIBYTE = 1024 * 1024
BURST_SECONDS = 60.0
"""Time that was not used for learning is saved for at most this long."""
FIRST_GUESS = 0.001
"""What an update is taken to cost, in seconds, before any was measured."""
AGEING = 0.05
"""Added to the priority of an update each time it has to wait, so that everything has its turn."""


class BudgetExceeded(LearningError):  # noqa: N818
    """Nothing more can be kept waiting: the memory for learning is used up, and nobody took what there is."""


def resident_bytes() -> int:
    """Return the memory that this process uses now; its peak where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096
    except (OSError, ValueError, IndexError):
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


class ResourceBudget:
    """A share of one core and an amount of memory.

    `clock` gives wall seconds, `cpu` the CPU seconds of this process, `memory` its bytes; memory counts from now on.

    >>> now, used = [0.0], [0.0]
    >>> budget = ResourceBudget(cpu_percent=10, clock=lambda: now[0], cpu=lambda: used[0], memory=lambda: 0)
    >>> now[0] = 20.0
    >>> budget.available_cost()
    2.0
    >>> with budget:
    ...     used[0] = 1.5
    >>> budget.available_cost()
    0.5
    """

    def __init__(
        self, memory_mb: float = 100, cpu_percent: float = 10.0, *, clock: Callable[[], float] = time.monotonic,
        cpu: Callable[[], float] = time.process_time, memory: Callable[[], int] = resident_bytes,
    ) -> None:  # fmt: skip
        self.memory_mb = self._positive("memory_mb", memory_mb, float("inf"))
        self.cpu_percent = self._positive("cpu_percent", cpu_percent, 100.0)
        self._clock, self._cpu, self._memory = clock, cpu, memory
        self._saved, self._then = 0.0, clock()
        self._base, self._began = memory(), 0.0
        self.used = 0.0
        """CPU seconds spent on learning."""

    @staticmethod
    def _positive(name: str, given: float, high: float) -> float:
        if isinstance(given, bool) or not 0.0 < given <= high:
            raise ParameterError(f"{name} is {given!r}", field=name, expected="a number above 0")
        return float(given)

    def available_cost(self) -> float:
        """Return the CPU seconds that may be spent now; negative after an update that cost more than expected."""
        now = self._clock()
        share = self.cpu_percent / 100.0
        gained = max(now - self._then, 0.0) * share
        self._saved, self._then = min(self._saved + gained, BURST_SECONDS * share), now
        return self._saved

    def available_memory(self) -> float:
        """Return the mebibytes that learning may still take."""
        return self.memory_mb - max(self._memory() - self._base, 0) / MEBIBYTE

    def __enter__(self) -> None:
        self.available_cost()
        self._began = self._cpu()

    def __exit__(self, *_: object) -> None:
        spent = max(self._cpu() - self._began, 0.0)
        self.used += spent
        self._saved -= spent


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one round of learning did: updates that ran, failed, wait, and were handed on because memory was short."""

    done: tuple[ExecutionFeedback, ...]
    failed: tuple[tuple[ExecutionFeedback, Exception], ...]
    waiting: int
    handed_on: int
    cpu_seconds: float


@dataclass(slots=True)
class _Waiting:
    feedback: ExecutionFeedback
    number: int
    age: int = 0


class LearningOptimizer:
    """Runs updates by priority within a budget; the rest waits for the next round.

    Give a `budget`, or its `max_memory_mb` and `max_cpu_percent` (of one core).

    `overflow` (a store's `add_execution`, say) takes the least urgent updates when memory is short; without it `submit`
    refuses by BudgetExceeded, so that the caller keeps what it has.

    >>> optimizer = LearningOptimizer(ResourceBudget(cpu_percent=100, clock=iter(range(9)).__next__))
    >>> learned = []
    >>> for name, quality in (("good", 0.9), ("poor", 0.2)):
    ...     optimizer.submit(ExecutionFeedback(name, "fetch", "", quality))
    >>> schedule = optimizer.run(lambda feedback: learned.append(feedback.execution_id))
    >>> learned, schedule.waiting
    (['poor', 'good'], 0)
    """

    def __init__(
        self, budget: ResourceBudget | None = None, *, max_memory_mb: float = 100, max_cpu_percent: float = 10.0,
        overflow: Callable[[ExecutionFeedback], None] | None = None, now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self.budget = budget or ResourceBudget(max_memory_mb, max_cpu_percent)
        self._overflow = overflow
        self._now = now
        self._queue: list[_Waiting] = []
        self._cost = FIRST_GUESS
        self._count = 0
        self._handed_on = 0

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def learning_budget(self) -> ResourceBudget:
        """The budget, by the name of the design."""
        return self.budget

    @property
    def max_memory_mb(self) -> float:
        """The mebibytes that learning may take."""
        return self.budget.memory_mb

    @property
    def max_cpu_percent(self) -> float:
        """The share of one core that learning may take."""
        return self.budget.cpu_percent

    def submit(self, feedback: ExecutionFeedback) -> None:
        """Keep an update until its turn. BudgetExceeded when memory is used up and nobody takes the overflow."""
        if self.budget.available_memory() <= 0.0:
            if self._overflow is None:
                message = f"{len(self._queue)} updates wait and no memory is left"
                raise BudgetExceeded(
                    message, field="memory_mb", hint="run() more often, give overflow=, or a larger budget"
                )
            self._count += 1
            self._queue.append(_Waiting(feedback, self._count))
            last = min(self._queue, key=self._rank)
            self._overflow(last.feedback)
            self._queue.remove(last)
            self._handed_on += 1
            return
        self._count += 1
        self._queue.append(_Waiting(feedback, self._count))

    def priority(self, feedback: ExecutionFeedback) -> float:
        """Return how urgent an update is, 0 to 1: poor quality, user feedback, failed validation, and how recent it is.

        >>> LearningOptimizer().priority(ExecutionFeedback("run", "fetch", "", 0.5, validation_passed=False))
        1.0
        """
        urgent = 0.4 * (feedback.output_quality < 0.7) + 0.3 * bool(feedback.user_feedback)
        urgent += 0.5 * (not feedback.validation_passed)
        hours = 0.0 if feedback.timestamp is None else max(self._now() - feedback.timestamp, 0.0) / 3600.0
        return min(1.0, urgent + max(0.0, 0.2 - 0.01 * hours))

    def _rank(self, waiting: _Waiting) -> tuple[float, int]:
        return self.priority(waiting.feedback) + AGEING * waiting.age, -waiting.number

    def optimize_learning_schedule(self, pending: Iterable[ExecutionFeedback] = ()) -> list[ExecutionFeedback]:
        """Take in pending updates and return those that fit the budget now, the most urgent first; all others wait on."""
        for feedback in pending:
            self.submit(feedback)
        return [waiting.feedback for waiting in self._chosen()]

    def _chosen(self) -> list[_Waiting]:
        fits = int(max(self.budget.available_cost(), 0.0) / max(self._cost, 1e-9) + 1e-9)
        return sorted(self._queue, key=self._rank, reverse=True)[:fits]

    def run(self, update: Callable[[ExecutionFeedback], object]) -> Schedule:
        """Run updates, the most urgent first, until the budget is used up. One that fails is reported, not repeated."""
        done, failed, before = list[ExecutionFeedback](), list[tuple[ExecutionFeedback, Exception]](), self.budget.used
        for waiting in self._chosen():
            if self.budget.available_cost() < self._cost and done:
                break
            started = self.budget.used
            with self.budget:
                try:
                    update(waiting.feedback)
                    done.append(waiting.feedback)
                except Exception as error:  # noqa: BLE001 - whatever a learner raises, the others go on
                    failed.append((waiting.feedback, error))
            self._queue.remove(waiting)
            self._cost += 0.2 * (self.budget.used - started - self._cost)
        for waiting in self._queue:
            waiting.age += 1
        spent = self.budget.used - before
        return Schedule(tuple(done), tuple(failed), len(self._queue), self._handed_on, spent)

    def estimated_cost(self) -> float:
        """Return the CPU seconds that an update is expected to take, learned from those that ran."""
        return self._cost

    def set_estimated_cost(self, seconds: float) -> None:
        """Say what an update is expected to take, before any was measured."""
        self._cost = finite("seconds", seconds, 0.0)
