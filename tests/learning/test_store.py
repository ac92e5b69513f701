"""Both stores keep the rules of `dana_learning.conformance`, and agree with each other on any sequence of calls."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dana_learning.conformance import PERSISTENCE_CHECKS, STORE_CHECKS, Ticks, full_execution
from dana_learning.observation import ExecutionFeedback
from dana_learning.store import LearningStore, MemoryStore
from dana_learning.tinydb_store import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable

    Maker = Callable[[Callable[[], float]], LearningStore]


@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__)
def test_memory_keeps_the_rules(check: Callable[[Maker], None]) -> None:
    """The store of tests and single runs."""
    check(lambda clock: MemoryStore(clock=clock))


@pytest.mark.parametrize("durability", ["always", "group", "process"])
@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__)
def test_a_file_keeps_the_rules(check: Callable[[Maker], None], durability: Any, tmp_path: Path) -> None:
    """The store that stays, with each durability."""
    numbers = itertools.count()
    check(lambda clock: TinyStore(tmp_path / f"{next(numbers)}.db", clock=clock, durability=durability))


@pytest.mark.parametrize("check", PERSISTENCE_CHECKS, ids=lambda check: check.__name__)
def test_a_file_keeps_what_it_has(check: Callable[[Maker], None], tmp_path: Path) -> None:
    """Opening again, and twice at once."""
    check(lambda clock: TinyStore(tmp_path / "store.db", clock=clock))


_names = st.sampled_from(["fetch", "score", "\u20ac"])
_floats = st.floats(allow_nan=False, allow_infinity=False)
_plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | _floats | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=3),
    max_leaves=6,
)
_values = st.dictionaries(st.text(min_size=1, max_size=3), _plain, max_size=4)
_executions = st.builds(
    ExecutionFeedback,
    st.integers(0, 20).map(str) | st.uuids().map(str),
    _names,
    st.text(max_size=4),
    st.floats(0, 1),
    st.dictionaries(st.text(min_size=1, max_size=3), _floats, max_size=3),
    user_feedback=st.none() | _values,
    validation_passed=st.booleans(),
    timestamp=st.none() | st.floats(-1e6, 1e6),
    values=_values,
    context=_values,
)


class StoresAgree(RuleBasedStateMachine):
    """A file, closed and opened and compacted at will, answers as plain dicts do."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.model = MemoryStore(clock=Ticks())
        self.clock = Ticks()
        self.store = self.opened()

    def opened(self) -> TinyStore:
        """Open the file."""
        return TinyStore(Path(self.folder) / "store.db", durability="process", clock=self.clock)

    def both(self, call: Callable[[LearningStore], Any]) -> None:
        """Ask both stores the same."""
        assert call(self.store) == call(self.model)

    @rule(function=_names, values=_values, confidence=st.floats(0, 1), reason=st.text(max_size=3))
    def set_parameters(self, function: str, values: dict[str, Any], confidence: float, reason: str) -> None:
        """Keep a set."""
        self.both(lambda store: store.set_parameters(function, values, confidence=confidence, reason=reason))

    @rule(some=st.lists(_executions, max_size=5))
    def add(self, some: list[ExecutionFeedback]) -> None:
        """Keep executions, some of them again."""
        self.both(lambda store: store.add_executions(some))

    @rule(function=_names, low=st.none() | _floats, high=st.none() | _floats, limit=st.none() | st.integers(0, 9))
    def query(self, function: str, low: float | None, high: float | None, limit: int | None) -> None:
        """Ask for executions."""
        self.both(lambda store: list(store.executions(function, since=low, until=high, limit=limit)))

    @rule(function=_names)
    def roll_back(self, function: str) -> None:
        """Go back to the first version."""
        if sets := self.model.parameter_sets(function):
            self.both(lambda store: store.rollback(function, sets[0].version))

    @rule(name=_names, state=_values)
    def save(self, name: str, state: dict[str, Any]) -> None:
        """Keep a state."""
        self.both(lambda store: store.save_state(name, state))

    @rule(keep=st.integers(0, 5), age=st.none() | st.floats(0, 1e6))
    def retain(self, keep: int, age: float | None) -> None:
        """Let executions go."""
        self.both(lambda store: store.retain(keep=keep, max_age=age))

    @rule()
    def compact(self) -> None:
        """Rewrite the file."""
        self.store.compact()

    @rule()
    def reopen(self) -> None:
        """Close and open the file."""
        self.store.close()
        self.store = self.opened()

    @invariant()
    def same(self) -> None:
        """All that can be asked is the same."""
        for name in ("fetch", "score", "\u20ac"):
            self.both(lambda store, name=name: store.parameter_sets(name))  # type: ignore[misc]
            self.both(lambda store, name=name: list(store.executions(name)))  # type: ignore[misc]
            self.both(lambda store, name=name: store.load_state(name))  # type: ignore[misc]
            self.both(lambda store, name=name: store.aggregates(name))  # type: ignore[misc]
        self.both(lambda store: store.functions())

    def teardown(self) -> None:
        """Remove the file."""
        self.store.close()
        shutil.rmtree(self.folder)


StoresAgree.TestCase.settings = settings(max_examples=25, stateful_step_count=25)
test_stores_agree = StoresAgree.TestCase


def test_many_layouts_of_one_function(tmp_path: Path) -> None:
    """Signatures, errors and metric names that never repeat are kept too, past the number of layouts there may be."""
    some = [
        ExecutionFeedback(f"r{n}", "fetch", f"hash-{n}", 0.5, {f"m{n % 700}": 1.0 * n}, timestamp=1.0)
        for n in range(900)
    ]
    with TinyStore(tmp_path / "store.db", durability="process") as store:
        store.add_executions(some[:450])
        store.add_executions(some[450:])
        assert list(store.executions("fetch")) == some
    with TinyStore(tmp_path / "store.db") as store:
        assert list(store.executions("fetch")) == some


def test_a_query_stays_as_it_was(tmp_path: Path) -> None:
    """What a query found can be read after the file was changed and compacted."""
    with TinyStore(tmp_path / "store.db") as store:
        some = [full_execution(number, moment=1.0) for number in range(40)]
        store.add_executions(some)
        found = store.executions("fetch")
        store.retain(keep=3)
        store.compact()
        assert list(found) == some
        assert found[5:7] == some[5:7]
        assert len(store.executions("fetch")) == 3


def packed_one(number: int) -> ExecutionFeedback:
    """Return an execution with five floats of full length, a UUID, and parameters of three kinds."""
    third = number / 3
    values = {"timeout": third, "retries": 3, "strategy": "careful"}
    metrics = {"seconds": third, "cost": third / 7}
    name = f"123e4567-e89b-12d3-a456-{number:012d}"
    return ExecutionFeedback(name, "fetch", "url", 1 / (number + 1), metrics, timestamp=1.7e9 + third, values=values)


def test_an_execution_takes_little_room(tmp_path: Path) -> None:
    """At most 200 bytes, everything included."""
    with TinyStore(tmp_path / "store.db", durability="process") as store:
        for number in range(1000):
            store.add_execution(packed_one(number))
    assert (tmp_path / "store.db").stat().st_size <= 200_000
