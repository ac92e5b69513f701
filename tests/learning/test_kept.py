"""A tuner in a store: nothing that was recorded is lost, programs teach each other, and what cannot be used is repaired."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from dana_learning import (
    Choice,
    KeptTuner,
    MemoryStore,
    ObservationError,
    Parameter,
    ParameterError,
    Space,
    StoreError,
    StoreFull,
    TinyStore,
    ValuesError,
)
from dana_learning.kept import STATE

if TYPE_CHECKING:
    from pathlib import Path

    from dana_learning.store import LearningStore

SPACE = Space([Parameter("level", 0.9, 0.0, 1.0, unit="share")])


def quality(values: dict[str, Any], rng: np.random.Generator) -> float:
    """A hill at 0.3 with noise."""
    return float(np.clip(0.9 - 1.2 * (values["level"] - 0.3) ** 2 + 0.03 * rng.normal(), 0.0, 1.0))


def taught(store: LearningStore, count: int, seed: int = 0) -> KeptTuner:
    """A tuner after `count` executions."""
    tuner, rng = KeptTuner(store, "mix", SPACE, clock=lambda: 0.0), np.random.default_rng(seed)
    for _ in range(count):
        values = tuner.suggest()
        tuner.record(values, quality(values, rng))
    return tuner


def test_what_is_served_is_kept_with_its_reasons() -> None:
    """Every set that was served has a version, a confidence and a reason, and the way back to the one before."""
    store = MemoryStore()
    tuner = taught(store, 30)
    assert abs(tuner.served()["level"] - 0.3) < 0.15
    sets = store.parameter_sets("mix")
    assert sets[0].values == {"level": 0.9}
    assert sets[0].reason == "the start"
    assert sets[-1].values == tuner.served()
    assert all(one.confidence["level"] >= 0.9 for one in sets)
    last = tuner.changes[-1]
    assert last.function == "mix"
    assert last.details["version"] == sets[-1].version
    assert store.parameter_sets("mix")[last.details["back_to"] - 1].values == last.before


def test_a_restart_goes_on_identically(tmp_path: Path) -> None:
    """After a clean end the next program continues the same sequence."""
    with TinyStore(tmp_path / "store.db", durability="process") as store:
        tuner = taught(store, 17)
        tuner.close()
        again = KeptTuner(store, "mix", SPACE, clock=lambda: 0.0)
        assert again.tuner.state() == tuner.tuner.state()
        assert [again.suggest() for _ in range(3)] == [tuner.suggest() for _ in range(3)]


def test_a_crash_loses_no_execution(tmp_path: Path) -> None:
    """What was recorded after the last save is learned again."""
    store = TinyStore(tmp_path / "store.db", durability="process")
    tuner = taught(store, 7)
    del tuner
    again = KeptTuner(store, "mix", SPACE)
    assert again.tuner.explain().executions == 7
    assert KeptTuner(store, "mix", SPACE).tuner.explain().executions == 7
    store.close()


def test_programs_teach_each_other(tmp_path: Path) -> None:
    """Each learns what the other recorded, each execution once."""
    path = tmp_path / "store.db"
    with TinyStore(path, durability="process") as one_store, TinyStore(path, durability="process") as other_store:
        one, other = (KeptTuner(store, "mix", SPACE, clock=lambda: 0.0) for store in (one_store, other_store))
        rng = np.random.default_rng(1)
        for _ in range(15):
            for tuner in (one, other):
                values = tuner.suggest()
                tuner.record(values, quality(values, rng))
                tuner.look(now=True)
        for tuner in (one, other):
            tuner.close()
        assert [tuner.tuner.explain().executions for tuner in (one, other)] == [30, 30]
        one.look(now=True)
        other.look(now=True)
        assert one.served() == other.served()
        assert KeptTuner(one_store, "mix", SPACE).tuner.explain().executions == 30


PROGRAM = """
import sys
sys.path[:0] = sys.argv[3].split("|")
from dana_learning import KeptTuner, Parameter, Space, TinyStore
with TinyStore(sys.argv[1], durability="process") as store:
    tuner = KeptTuner(store, "mix", Space([Parameter("level", 0.9, 0.0, 1.0, unit="share")]))
    for number in range(30):
        values = tuner.suggest()
        tuner.record(values, 0.9 - 0.5 * abs(values["level"] - 0.3), execution_id=f"{sys.argv[2]}-{number}")
    tuner.close()
"""


def test_many_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    """Real processes, one file."""
    path, places = tmp_path / "store.db", "|".join(one for one in sys.path if one)
    command = [sys.executable, "-c", PROGRAM, str(path)]
    running = [subprocess.Popen([*command, str(number), places]) for number in range(3)]
    assert [one.wait(timeout=60) for one in running] == [0, 0, 0]
    with TinyStore(path) as store:
        assert len({one.execution_id for one in store.executions("mix")}) == 90
        tuner = KeptTuner(store, "mix", SPACE)
        assert tuner.tuner.explain().executions >= 90
        assert abs(tuner.served()["level"] - 0.3) < 0.15


def test_going_back_holds_in_every_program(tmp_path: Path) -> None:
    """Also in one that runs already, until it is released."""
    path = tmp_path / "store.db"
    with TinyStore(path, durability="process") as store, TinyStore(path, durability="process") as other_store:
        running = taught(store, 30)
        served = running.served()
        by_hand = KeptTuner.of(other_store, "mix")
        found = by_hand.rollback(1)
        assert found.after == {"level": 0.9}
        running.look(now=True)
        assert running.served() == {"level": 0.9}
        rng = np.random.default_rng(3)
        for _ in range(10):
            values = running.suggest()
            running.record(values, quality(values, rng))
        assert running.served() == {"level": 0.9}
        assert by_hand.rollback(2).after == store.parameter_sets("mix")[1].values
        by_hand.rollback(1)
        by_hand.release()
        running.look(now=True)
        for _ in range(5):
            running.record({"level": 0.3}, quality({"level": 0.3}, rng))
        assert abs(running.served()["level"] - served["level"]) < 0.2


def test_without_a_version_going_back_means_the_set_before() -> None:
    """What was served last and is not served now."""
    tuner = taught(MemoryStore(), 30)
    before = tuner.changes[-1].before
    assert tuner.rollback().after == before
    with pytest.raises(StoreError, match="no parameter set of version 99"):
        tuner.rollback(99)
    with pytest.raises(ParameterError, match="never served"):
        KeptTuner(MemoryStore(), "mix", SPACE).rollback()


def test_other_bounds_keep_what_still_fits() -> None:
    """The served value is clipped, executions inside the new bounds are learned again, and it is said."""
    store = MemoryStore()
    taught(store, 25).close()
    narrow = Space([Parameter("level", 0.15, 0.0, 0.2, unit="share")])
    tuner = KeptTuner(store, "mix", narrow)
    assert "high was 1.0, is 0.2" in tuner.repaired
    narrow.check(tuner.served())
    inside = sum(one.values["level"] <= 0.2 for one in store.executions("mix"))
    assert tuner.tuner.explain().executions == inside


def test_other_names_begin_anew() -> None:
    """Nothing of the old fits; nothing is lost either."""
    store = MemoryStore()
    taught(store, 10).close()
    tuner = KeptTuner(store, "mix", Space([Choice("mode", "a", ("a", "b"))]))
    assert tuner.repaired
    assert tuner.served() == {"mode": "a"}
    assert len(store.executions("mix")) == 10


@pytest.mark.parametrize("spoil", [{}, {"tuner": 3}, {"tuner": {"seed": 0}}, {"changes": [{}]}, {"cursor": "many"}])
def test_a_spoiled_state_is_learned_again(spoil: dict[str, Any]) -> None:
    """A hand-edited or half-imported state costs nothing but time."""
    store = MemoryStore()
    taught(store, 25).close()
    kept = store.load_state(STATE + "mix")
    assert kept is not None
    store.save_state(STATE + "mix", {**kept, **spoil} if spoil else {}, signature=SPACE.signature())
    tuner = KeptTuner(store, "mix", SPACE)
    assert "cannot be read" in tuner.repaired
    assert tuner.tuner.explain().executions == 25


def test_retention_is_not_learned_twice() -> None:
    """Executions that were let go into aggregates still count as seen."""
    store = MemoryStore()
    tuner = taught(store, 30)
    store.retain(keep=10)
    tuner.record({"level": 0.3}, 0.9)
    tuner.close()
    assert tuner.tuner.explain().executions == 31
    assert KeptTuner(store, "mix", SPACE).tuner.explain().executions == 31


def test_a_full_disk_loses_the_record_and_not_the_learning(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is the store's own; the tuner goes on with its last good values."""
    store = MemoryStore()
    tuner = taught(store, 15)

    def full(_: object) -> None:
        raise StoreFull("the disk is full")

    monkeypatch.setattr(store, "add_execution", full)
    with pytest.raises(StoreFull):
        tuner.record({"level": 0.3}, 0.9)
    SPACE.check(tuner.suggest())
    SPACE.check(tuner.served())


def test_what_cannot_be_is_refused_and_not_kept() -> None:
    """A typed error, and no execution."""
    store = MemoryStore()
    tuner = KeptTuner(store, "mix", SPACE)
    for wrong in (float("nan"), float("inf"), -0.1, 1.1):
        with pytest.raises(ObservationError):
            tuner.record({"level": 0.3}, wrong)
    with pytest.raises(ValuesError, match="speed"):
        tuner.record({"speed": 1}, 0.5)
    assert len(store.executions("mix")) == 0
    assert tuner.tuner.explain().executions == 0


def test_a_function_that_learned_nothing_is_named() -> None:
    """With those that did."""
    store = MemoryStore()
    with pytest.raises(ParameterError, match="has learned nothing"):
        KeptTuner.of(store, "mix")
    taught(store, 3).close()
    with pytest.raises(ParameterError, match=r"one of \['mix'\]"):
        KeptTuner.of(store, "other")


def test_contexts_are_kept_with_executions() -> None:
    """After a restart what is served still depends on them."""
    store, rng = MemoryStore(), np.random.default_rng(2)
    tuner = KeptTuner(store, "mix", SPACE)
    for number in range(60):
        context = {"kind": "low" if number % 2 else "high"}
        values = tuner.suggest(context)
        centre = 0.2 if number % 2 else 0.8
        told = 0.9 - 1.2 * (values["level"] - centre) ** 2 + 0.03 * float(rng.normal())
        tuner.record(values, min(1.0, max(0.0, told)), context=context)
    tuner.close()
    again = KeptTuner(store, "mix", SPACE)
    assert again.served({"kind": "low"})["level"] < 0.4
    assert again.served({"kind": "high"})["level"] > 0.6


def test_a_damaged_file_is_said_and_the_rest_is_used(tmp_path: Path) -> None:
    """Bytes that were changed cost their record alone."""
    path = tmp_path / "store.db"
    with TinyStore(path, durability="process") as store:
        taught(store, 30).close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with TinyStore(path) as store:
            assert not store.report.clean
            SPACE.check(KeptTuner(store, "mix", SPACE).served())
