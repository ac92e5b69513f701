"""Checks that any store must pass: run them on your own implementation.

Each check takes a function that makes an empty store with a given clock; those for stores that keep things take one that
opens the same place again. A check raises AssertionError when the store breaks its rule, which is its first line.

>>> from dana_learning.store import MemoryStore
>>> check_store(lambda clock: MemoryStore(clock=clock))
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from dana_learning.errors import LearningError, ObservationError, SpaceChanged, StoreClosed, StoreError
from dana_learning.observation import Attempt, ExecutionFeedback

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_learning.store import LearningStore

    Clock = Callable[[], float]
    Maker = Callable[[Clock], LearningStore]


class Ticks:
    """A clock that goes on by a second each time it is asked."""

    def __init__(self, start: float = 1_000_000.0) -> None:
        self.now = start

    def __call__(self) -> float:
        """Return the next second."""
        self.now += 1.0
        return self.now


def full_execution(number: int, function: str = "fetch", moment: float | None = None) -> ExecutionFeedback:
    """Return an execution that has something in every field.

    >>> full_execution(1).execution_id
    'run-1'
    """
    return ExecutionFeedback(
        f"run-{number}",
        function,
        "url:str",
        0.1 + 0.8 / (number + 1),
        {"seconds": 1.5 / (number + 1), "cost": -0.0},
        attempts=(Attempt(2.0, "TimeoutError", 2.0), Attempt(0.1 + number, "", None, 0.5)),
        user_feedback={"stars": number % 5, "text": "gut \u2713"},
        validation_passed=number % 2 == 0,
        plugin_metrics={"building": {"comfort": 0.25}},
        domain_specific_feedback={"zone": ["a", None, {"b": 1e-300}]},
        timestamp=moment,
        values={"timeout": 5.0, "retries": 3, "strategy": "fast", "inner": {"wait": 0.1}},
        context={"hour": number % 24, "load": 0.3},
        plugin_performance={"building": 0.5},
        plugin_learning_opportunities=("setpoint",),
    )


def _raises(kind: type[Exception], call: Callable[[], Any]) -> bool:
    try:
        call()
    except kind:
        return True
    return False


def check_a_new_store_is_empty(make: Maker) -> None:
    """Nothing is there, and asking for it is no error."""
    with make(Ticks()) as store:
        assert store.functions() == []
        assert store.parameters("fetch") == {}
        assert store.parameter_sets("fetch") == []
        assert list(store.executions("fetch")) == []
        assert store.patterns() == []
        assert store.load_state("fetch") is None
        assert store.state_names() == []
        assert store.aggregates("fetch") == []
        assert store.retain() == 0


def check_parameters_have_versions(make: Maker) -> None:
    """Every set counts one up, the newest is served, and all stay to be looked at."""
    with make(Ticks()) as store:
        first = store.set_parameters("fetch", {"timeout": 5.0}, confidence=0.4, reason="start", signature="s")
        second = store.set_parameters("fetch", {"timeout": 0.1, "mode": "fast"}, confidence=0.9)
        store.set_parameters("other", {"timeout": 1.0})
        assert (first.version, second.version) == (1, 2)
        assert store.parameters("fetch") == {"timeout": 0.1, "mode": "fast"}
        assert store.parameter_sets("fetch") == [first, second]
        assert store.parameter_sets("fetch", limit=1) == [second]
        assert store.functions() == ["fetch", "other"]


def check_confidence_filters_each_name(make: Maker) -> None:
    """A value below the asked confidence is left out, one exactly at it is not."""
    with make(Ticks()) as store:
        store.set_parameters("fetch", {"a": 1.0, "b": 2}, confidence={"a": 0.3, "b": 0.8})
        assert store.parameters("fetch", min_confidence=0.0) == {"a": 1.0, "b": 2}
        assert store.parameters("fetch", min_confidence=0.3) == {"a": 1.0, "b": 2}
        assert store.parameters("fetch", min_confidence=0.31) == {"b": 2}
        assert store.parameters("fetch", min_confidence=0.81) == {}


def check_rollback_is_a_new_version(make: Maker) -> None:
    """Going back keeps what came in between; an unknown version is StoreError."""
    with make(Ticks()) as store:
        store.set_parameters("fetch", {"timeout": 5.0}, confidence=0.7, signature="s")
        store.set_parameters("fetch", {"timeout": 9.0})
        back = store.rollback("fetch", 1)
        assert (back.version, back.values, back.confidence, back.signature) == (
            3,
            {"timeout": 5.0},
            {"timeout": 0.7},
            "s",
        )
        assert store.parameters("fetch") == {"timeout": 5.0}
        assert len(store.parameter_sets("fetch")) == 3
        assert _raises(StoreError, lambda: store.rollback("fetch", 9))
        assert _raises(StoreError, lambda: store.rollback("nobody", 1))


def check_what_makes_no_sense_is_refused(make: Maker) -> None:
    """NaN, infinity, a confidence of 2, things that are no data: a LearningError, and nothing changes."""
    with make(Ticks()) as store:
        store.set_parameters("fetch", {"timeout": 5.0})
        for wrong in ({"timeout": math.nan}, {"timeout": math.inf}, {"timeout": object()}, {1: 2}, "text"):
            assert _raises(LearningError, lambda wrong=wrong: store.set_parameters("fetch", wrong))  # type: ignore[misc]
        assert _raises(LearningError, lambda: store.set_parameters("fetch", {"a": 1.0}, confidence=2.0))
        assert _raises(LearningError, lambda: store.set_parameters("fetch", {"a": 1.0}, confidence={"b": 0.5}))
        assert _raises(LearningError, lambda: store.set_parameters("", {"a": 1.0}))
        assert _raises(LearningError, lambda: store.add_pattern("kind", {}, effectiveness=math.nan))
        assert store.parameters("fetch") == {"timeout": 5.0}
        assert len(store.parameter_sets("fetch")) == 1
        assert store.patterns() == []


def check_executions_come_back_exactly(make: Maker) -> None:
    """Every field of every execution, floats to the last bit, in the order of adding."""
    with make(Ticks()) as store:
        uuids = ("123e4567-e89b-12d3-a456-426614174000", "123e4567e89b12d3a456426614174001", "12" * 16 + "x")
        some = [full_execution(number, moment=0.1 + number) for number in range(20)]
        some += [ExecutionFeedback(name, "fetch", "", 1, timestamp=-5.5) for name in uuids]
        some += [ExecutionFeedback("\ud800", "fetch", "\u20ac", 0.0, {"\n": 1.0}, user_feedback={}, timestamp=0)]
        store.add_execution(some[0])
        assert store.add_executions(iter(some[1:])) == len(some) - 1
        store.add_execution(full_execution(1, "other", 1.0))
        assert list(store.executions("fetch")) == some
        assert store.executions("fetch")[3].attempts == some[3].attempts
        assert math.copysign(1.0, store.executions("fetch")[0].performance_metrics["cost"]) == -1.0
        assert len(store.executions("other")) == 1


def check_executions_are_filtered(make: Maker) -> None:
    """`since` is included, `until` is not, `limit` takes the last ones; times may go backwards."""
    with make(Ticks()) as store:
        moments = [5.0, 9.0, 2.0, 7.0, 1e12, 6.0]
        store.add_executions([full_execution(number, moment=moment) for number, moment in enumerate(moments)])
        found = store.executions("fetch", since=5.0, until=9.0)
        assert [one.timestamp for one in found] == [5.0, 7.0, 6.0]
        assert [one.timestamp for one in store.executions("fetch", limit=2)] == [1e12, 6.0]
        assert [one.timestamp for one in store.executions("fetch", until=7.0, limit=1)] == [6.0]
        assert len(store.executions("fetch", limit=0)) == 0


def check_an_execution_again_replaces(make: Maker) -> None:
    """Feedback that comes later is one execution, in its place; the same id of another function is another one."""
    with make(Ticks()) as store:
        store.add_executions([full_execution(number, moment=float(number)) for number in range(3)])
        better = full_execution(1, moment=50.0)
        store.add_execution(better)
        store.add_executions([full_execution(7, moment=1.0), full_execution(7, moment=2.0), full_execution(1, "other")])
        assert [one.timestamp for one in store.executions("fetch")] == [0.0, 50.0, 2.0, 2.0]
        assert len(store.executions("other")) == 1


def check_time_comes_from_the_clock(make: Maker) -> None:
    """What has no time gets one when it is kept."""
    with make(Ticks(100.0)) as store:
        store.add_execution(full_execution(1))
        assert store.executions("fetch")[0].timestamp == 101.0
        assert store.set_parameters("fetch", {}).time == 102.0


def check_a_failed_batch_adds_nothing(make: Maker) -> None:
    """An error in the middle of many leaves none of them."""
    with make(Ticks()) as store:

        def broken() -> Any:
            yield full_execution(1)
            raise KeyError

        assert _raises(KeyError, lambda: store.add_executions(broken()))
        assert list(store.executions("fetch")) == []


def check_patterns(make: Maker) -> None:
    """The best come first; uses are counted; an unknown one is StoreError."""
    with make(Ticks()) as store:
        weak = store.add_pattern("hour", {"at": [1, 2]}, effectiveness=0.2)
        strong = store.add_pattern("load", {"above": 0.5}, effectiveness=0.9)
        assert [one.id for one in store.patterns()] == [strong.id, weak.id]
        assert store.patterns("hour") == [weak]
        assert store.patterns(min_effectiveness=0.5) == [strong]
        assert store.use_pattern(weak.id).uses == 1
        again = store.use_pattern(weak.id, effectiveness=1.0)
        assert (again.uses, again.effectiveness) == (2, 1.0)
        assert store.patterns()[0] == again
        assert _raises(StoreError, lambda: store.use_pattern(999))


def check_states_are_exact(make: Maker) -> None:
    """A state comes back equal to the last bit, or is refused when it is saved."""
    with make(Ticks()) as store:
        state = {"mean": 0.1 + 0.2, "low": -math.inf, "n": 2**70, "rows": [[1e-320, -0.0], []], "text": "\u20ac\ud800"}
        store.save_state("fetch", state, signature="s")
        store.save_state("fetch", {**state, "more": None}, signature="s")
        assert store.load_state("fetch") == {**state, "more": None}
        assert store.state_names() == ["fetch"]
        assert (store.state_signature("fetch"), store.state_signature("nobody")) == ("s", "")
        for wrong in ({1: 2.0}, {"a": (1, 2)}, {"a": {1, 2}}, {"a": object()}, [1.0]):
            assert _raises(ObservationError, lambda wrong=wrong: store.save_state("fetch", wrong))  # type: ignore[misc]
        assert store.load_state("fetch", signature="s") == {**state, "more": None}
        assert _raises(SpaceChanged, lambda: store.load_state("fetch", signature='{"a":{"kind":"number"}}'))


def check_what_is_returned_is_ones_own(make: Maker) -> None:
    """Changing what a store returned, or what it was given, changes nothing in it."""
    with make(Ticks()) as store:
        given: dict[str, Any] = {"inner": {"wait": 1.0}}
        state: dict[str, Any] = {"rows": [1.0]}
        store.set_parameters("fetch", given)
        store.save_state("fetch", state)
        pattern = store.add_pattern("kind", given)
        given["inner"]["wait"] = 2.0
        state["rows"].append(2.0)
        store.parameters("fetch")["inner"]["wait"] = 3.0
        loaded = store.load_state("fetch")
        assert loaded is not None
        loaded["rows"].clear()
        pattern.data["inner"]["wait"] = 4.0
        assert store.parameters("fetch") == {"inner": {"wait": 1.0}}
        assert store.load_state("fetch") == {"rows": [1.0]}
        assert store.patterns()[0].data == {"inner": {"wait": 1.0}}


def check_retention_counts_everything(make: Maker) -> None:
    """What is let go stands in aggregates: counts, sums and extremes stay; the newest always stay themselves."""
    with make(Ticks(200_000.0)) as store:
        some = [full_execution(number, moment=number * 10_000.0) for number in range(30)]
        store.add_executions(some)
        assert store.retain(keep=30) == 0
        assert store.retain(keep=12, max_age=1e9) == 0
        assert store.retain(keep=12, max_age=100_000.0) == 11  # times 0 to 100,000
        assert store.retain(keep=12) == 7
        assert list(store.executions("fetch")) == some[18:]
        parts = store.aggregates("fetch")
        assert [one.day for one in parts] == [0, 1]
        assert sum(one.count for one in parts) == 18
        assert sum(one.invalid for one in parts) == 9
        total = parts[0].merged(parts[1])
        qualities = [one.output_quality for one in some[:18]]
        assert math.isclose(total.quality.mean, math.fsum(qualities) / 18, rel_tol=1e-12)
        assert (total.quality.low, total.quality.high) == (min(qualities), max(qualities))
        assert (total.first, total.last, total.metrics["seconds"].count) == (0.0, 170_000.0, 18)
        assert store.retain(keep=12) == 0
        store.add_aggregate(parts[0])
        assert store.aggregates("fetch")[0].count == 2 * parts[0].count


def check_a_jump_of_the_clock_loses_nothing(make: Maker) -> None:
    """A clock that runs years ahead, or back, cannot let the newest executions go."""
    clock = Ticks()
    with make(clock) as store:
        store.add_executions([full_execution(number) for number in range(5)])
        clock.now = 4e9
        store.add_execution(full_execution(5))
        clock.now = 10.0
        store.add_execution(full_execution(6))
        assert store.retain(keep=7, max_age=1.0) == 0
        assert [one.execution_id for one in store.executions("fetch")] == [f"run-{number}" for number in range(7)]


def check_a_closed_store_says_so(make: Maker) -> None:
    """Using it is StoreClosed; closing it again is not an error."""
    store = make(Ticks())
    store.flush()
    store.close()
    store.close()
    assert _raises(StoreClosed, lambda: store.parameters("fetch"))
    assert _raises(StoreClosed, lambda: store.add_execution(full_execution(1)))
    assert _raises(StoreClosed, store.flush)


STORE_CHECKS: tuple[Callable[[Maker], None], ...] = (
    check_a_new_store_is_empty,
    check_parameters_have_versions,
    check_confidence_filters_each_name,
    check_rollback_is_a_new_version,
    check_what_makes_no_sense_is_refused,
    check_executions_come_back_exactly,
    check_executions_are_filtered,
    check_an_execution_again_replaces,
    check_time_comes_from_the_clock,
    check_a_failed_batch_adds_nothing,
    check_patterns,
    check_states_are_exact,
    check_what_is_returned_is_ones_own,
    check_retention_counts_everything,
    check_a_jump_of_the_clock_loses_nothing,
    check_a_closed_store_says_so,
)
"""What every store must pass. `make(clock)` gives a new, empty store each time."""


def check_everything_is_there_again(make: Maker) -> None:
    """After closing and opening, all is as it was."""
    clock = Ticks()
    with make(clock) as store:
        kept = store.set_parameters("fetch", {"timeout": 5.0}, confidence=0.8, reason="why", signature="s")
        some = [full_execution(number, moment=float(number)) for number in range(30)]
        store.add_executions(some)
        store.retain(keep=20)
        pattern = store.add_pattern("hour", {"at": 1}, effectiveness=0.2)
        store.save_state("fetch", {"n": 1, "mean": 0.1}, signature="s")
        aggregates = store.aggregates("fetch")
    for _ in range(2):
        with make(clock) as store:
            assert store.parameter_sets("fetch") == [kept]
            assert list(store.executions("fetch")) == some[10:]
            assert store.aggregates("fetch") == aggregates
            assert store.patterns() == [pattern]
            assert store.load_state("fetch") == {"n": 1, "mean": 0.1}
    with make(clock) as store:
        assert store.set_parameters("fetch", {"timeout": 6.0}).version == 2
        assert store.add_pattern("hour", {}).id != pattern.id


def check_two_at_once_see_each_other(make: Maker) -> None:
    """What one opened store keeps, another one of the same place sees; neither overwrites the other."""
    clock = Ticks()
    with make(clock) as one, make(clock) as other:
        for number in range(10):
            (one if number % 2 else other).add_execution(full_execution(number, moment=float(number)))
            (other if number % 2 else one).set_parameters("fetch", {"n": number})
        for store in (one, other):
            assert [found.execution_id for found in store.executions("fetch")] == [f"run-{n}" for n in range(10)]
            assert [found.version for found in store.parameter_sets("fetch")] == list(range(1, 11))


PERSISTENCE_CHECKS: tuple[Callable[[Maker], None], ...] = (
    check_everything_is_there_again,
    check_two_at_once_see_each_other,
)
"""What a store that outlives its program must pass. `make(clock)` opens the same, at first empty, place each time."""


def check_store(make: Maker) -> None:
    """Run all checks for stores; the first broken rule is raised."""
    for check in STORE_CHECKS:
        check(make)
