"""The budget: what is urgent first, the rest later, nothing lost; measured, not guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_learning import ExecutionFeedback, MemoryStore, ParameterError
from dana_learning.budget import MEBIBYTE, BudgetExceeded, LearningOptimizer, ResourceBudget, resident_bytes


class Machine:
    """A clock, a CPU and a memory that tests move."""

    def __init__(self) -> None:
        self.now = 0.0
        self.cpu = 0.0
        self.memory = 0

    def budget(self, memory_mb: float = 100, cpu_percent: float = 10.0) -> ResourceBudget:
        """Return a budget of this machine."""
        return ResourceBudget(
            memory_mb, cpu_percent, clock=lambda: self.now, cpu=lambda: self.cpu, memory=lambda: self.memory
        )

    def work(self, seconds: float) -> None:
        """Use the CPU."""
        self.cpu += seconds
        self.now += seconds


def feedback(name: str, quality: float = 0.9, **more: object) -> ExecutionFeedback:
    """An execution."""
    return ExecutionFeedback(name, "fetch", "", quality, **more)  # type: ignore[arg-type]


def test_the_share_of_the_cpu_holds() -> None:
    """Over a long time learning takes its share at most, however much waits."""
    machine = Machine()
    budget = machine.budget(cpu_percent=5)
    optimizer = LearningOptimizer(budget, now=lambda: machine.now)
    for number in range(3000):
        optimizer.submit(feedback(str(number)))
    done = 0
    for _ in range(200):
        machine.now += 1.0
        done += len(optimizer.run(lambda _: machine.work(0.02)).done)
    assert budget.used <= 0.05 * machine.now + 0.02
    assert budget.used >= 0.045 * machine.now
    assert done + len(optimizer) == 3000


@given(qualities=st.lists(st.floats(0, 1), max_size=40), seconds=st.floats(0, 100))
def test_nothing_is_dropped(qualities: list[float], seconds: float) -> None:
    """What was submitted is done, failed or waits."""
    machine = Machine()
    optimizer = LearningOptimizer(machine.budget(), now=lambda: machine.now)
    for number, quality in enumerate(qualities):
        optimizer.submit(feedback(str(number), quality))
    machine.now += seconds

    def update(one: ExecutionFeedback) -> None:
        machine.work(0.3)
        if one.output_quality < 0.1:
            raise ValueError(one.execution_id)

    schedule = optimizer.run(update)
    assert len(schedule.done) + len(schedule.failed) + schedule.waiting == len(qualities)
    assert schedule.waiting == len(optimizer)


def test_urgent_updates_come_first() -> None:
    """Failed validation, poor quality, users; then the order in which they came."""
    machine = Machine()
    optimizer = LearningOptimizer(machine.budget(), now=lambda: 0.0)
    machine.now = 1.0
    found = optimizer.optimize_learning_schedule([
        feedback("fine"), feedback("poor", 0.3), feedback("user", user_feedback={"stars": 1}),
        feedback("broken", 0.3, validation_passed=False), feedback("fine too"),
    ])  # fmt: skip
    assert [one.execution_id for one in found] == ["broken", "poor", "user", "fine", "fine too"]


def test_waiting_makes_urgent() -> None:
    """No stream of urgent updates can keep the others from their turn for ever."""
    machine = Machine()
    optimizer = LearningOptimizer(machine.budget(cpu_percent=100), now=lambda: 0.0)
    optimizer.set_estimated_cost(1.0)
    optimizer.submit(feedback("patient"))
    seen = []
    for number in range(40):
        optimizer.submit(feedback(f"urgent-{number}", 0.1))
        machine.now += 1.0
        machine.cpu += 1.0
        seen += [one.execution_id for one in optimizer.run(lambda _: machine.work(1.0)).done]
        machine.now -= 1.0  # working took the second that was gained
    assert "patient" in seen


def test_short_memory_hands_on_or_refuses() -> None:
    """The least urgent goes to whoever takes it; without anybody the caller is told."""
    machine = Machine()
    store = MemoryStore(clock=lambda: 0.0)
    optimizer = LearningOptimizer(machine.budget(memory_mb=1), overflow=store.add_execution, now=lambda: 0.0)
    optimizer.submit(feedback("fine"))
    machine.memory += 2 * MEBIBYTE
    optimizer.submit(feedback("poor", 0.1))
    assert [one.execution_id for one in store.executions("fetch")] == ["fine"]
    assert [one.execution_id for one in optimizer.optimize_learning_schedule()] == []
    assert len(optimizer) == 1
    assert optimizer.run(lambda _: None).handed_on == 1
    alone = Machine()
    refusing = LearningOptimizer(alone.budget(memory_mb=1))
    alone.memory += 2 * MEBIBYTE
    with pytest.raises(BudgetExceeded, match="overflow"):
        refusing.submit(feedback("fine"))


def test_the_cost_of_an_update_is_learned() -> None:
    """From what was measured."""
    machine = Machine()
    optimizer = LearningOptimizer(machine.budget(cpu_percent=100))
    for number in range(40):
        optimizer.submit(feedback(str(number)))
        machine.now += 1.0
        optimizer.run(lambda _: machine.work(0.2))
    assert optimizer.estimated_cost() == pytest.approx(0.2, rel=0.05)


def test_the_real_machine_can_be_measured() -> None:
    """Without anything given."""
    budget = ResourceBudget()
    with budget:
        sum(range(200_000))
    assert budget.used > 0.0
    assert resident_bytes() > MEBIBYTE
    assert budget.available_memory() > 0.0


@pytest.mark.parametrize("wrong", [{"memory_mb": 0}, {"cpu_percent": 101}, {"cpu_percent": float("nan")}])
def test_what_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    """Nothing, more than all, no number."""
    with pytest.raises(ParameterError):
        ResourceBudget(**wrong)  # type: ignore[arg-type]
