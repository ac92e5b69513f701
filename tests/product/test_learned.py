"""Learned parameters of functions in a state folder: they get better, they survive, and they never stop a call."""

from __future__ import annotations

import os
import threading
import types
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from dana_learning import KeptTuner, ObservationError, Parameter, StoreFull, TinyStore
from dana_poet.errors import PoetWarning
from dana_poet.learned import LearnedParameters, close_all, learned_in, path_in

if TYPE_CHECKING:
    from pathlib import Path

SPECS = [Parameter("level", 0.9, 0.0, 1.0)]


def quality(values: dict[str, Any]) -> float:
    """A hill at 0.3."""
    return 0.9 - 1.2 * (float(values["level"]) - 0.3) ** 2


def used(learned: LearnedParameters, count: int, function: str = "mix") -> None:
    """Call `count` times."""
    for _ in range(count):
        values = learned.parameters_for(function, SPECS)
        learned.record(function, values, max(0.0, quality(values)))


def test_a_function_gets_better_and_stays_so(tmp_path: Path) -> None:
    """The next process begins where this one ended."""
    with LearnedParameters(tmp_path / ".poet") as learned:
        assert learned.parameters_for("mix", SPECS) == {"level": 0.9}
        used(learned, 30)
    with LearnedParameters(tmp_path / ".poet") as again:
        assert abs(again.served("mix", SPECS)["level"] - 0.3) < 0.1
        assert again.served("other", SPECS) == {"level": 0.9}


def test_without_exploring_nothing_is_tried(tmp_path: Path) -> None:
    """For functions that may not be experimented with."""
    with LearnedParameters(tmp_path, explore=False) as learned:
        used(learned, 15)
        assert learned.parameters_for("mix", SPECS) == {"level": 0.9}


def test_going_back_is_one_call(tmp_path: Path) -> None:
    """And it says what it did."""
    with LearnedParameters(tmp_path) as learned:
        used(learned, 30)
        assert "level" in learned.rollback("mix", 1)
        assert learned.served("mix", SPECS) == {"level": 0.9}


def test_threads_may_share_a_door(tmp_path: Path) -> None:
    """Nothing is lost between them."""
    with LearnedParameters(tmp_path) as learned:
        threads = [threading.Thread(target=used, args=(learned, 10)) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert len(learned.store().executions("mix")) == 40


def test_a_foreign_file_is_left_alone_and_said_once(tmp_path: Path) -> None:
    """The function learns on in memory."""
    path = tmp_path / "learning.json"
    path.write_text("my notes\n")
    learned = LearnedParameters(tmp_path)
    with pytest.warns(PoetWarning, match="not kept") as said:
        used(learned, 20)
    assert len(said) == 1
    assert learned.served("mix", SPECS)["level"] < 0.9
    learned.close()
    assert path.read_text() == "my notes\n"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not stop the superuser")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:  # pragma: no cover - not as root
    """One warning, and the start."""
    tmp_path.chmod(0o500)
    learned = LearnedParameters(tmp_path / "inner")
    with pytest.warns(PoetWarning, match="not kept"):
        assert learned.parameters_for("mix", SPECS) == {"level": 0.9}
    tmp_path.chmod(0o700)


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """One warning, and the start."""
    (tmp_path / "state").write_text("no folder")
    learned = LearnedParameters(tmp_path / "state")
    with pytest.warns(PoetWarning, match="not kept"):
        assert learned.parameters_for("mix", SPECS) == {"level": 0.9}


def test_a_full_disk_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was learned stays in use; the record that could not be written is said to be lost."""
    with LearnedParameters(tmp_path) as learned:
        used(learned, 25)
        served = learned.served("mix", SPECS)

        def full(*_: object, **__: object) -> None:
            raise StoreFull("the disk is full")

        monkeypatch.setattr(TinyStore, "add_execution", full)
        with pytest.warns(PoetWarning, match="the disk is full"):
            learned.record("mix", served, 0.9)
        assert learned.served("mix", SPECS) == served
        monkeypatch.undo()


def test_other_bounds_are_said_and_repaired(tmp_path: Path) -> None:
    """The owner changed the specs: values fit the new ones at once."""
    with LearnedParameters(tmp_path) as learned:
        used(learned, 25)
    narrow = [Parameter("level", 0.15, 0.0, 0.2)]
    with LearnedParameters(tmp_path) as again, pytest.warns(PoetWarning, match=r"high was 1.0, is 0.2"):
        assert 0.0 <= again.served("mix", narrow)["level"] <= 0.2


def test_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    """A quality of 2 is a mistake of the program."""
    with LearnedParameters(tmp_path) as learned:
        values = learned.parameters_for("mix", SPECS)
        with pytest.raises(ObservationError):
            learned.record("mix", values, 2.0)


def test_one_door_for_a_folder(tmp_path: Path) -> None:
    """It is made once and closed with the others; asking for it makes no file."""
    door = learned_in(tmp_path / ".poet")
    assert learned_in(str(tmp_path / ".poet") + "/") is door
    assert not (tmp_path / ".poet").exists()
    used(door, 3)
    close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with TinyStore(path_in(tmp_path / ".poet")) as store:
            assert len(store.executions("mix")) == 3
    assert learned_in(tmp_path / ".poet") is not door
    close_all()


def test_learning_what_was_recorded_elsewhere(tmp_path: Path) -> None:
    """A door that never asked for the parameters knows the function from the store."""
    with LearnedParameters(tmp_path) as learned:
        used(learned, 5)
    with LearnedParameters(tmp_path) as again:
        again.record("mix", {"level": 0.4}, 0.8)
        assert len(again.store().executions("mix")) == 6
        assert float(np.mean([one.output_quality for one in again.store().executions("mix")])) > 0


def test_what_is_idle_is_left_to_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is forgotten; a folder that may no longer be written keeps it in memory."""
    now = [0.0]
    monkeypatch.setattr("dana_poet.learned.time", types.SimpleNamespace(monotonic=lambda: now[0]))
    with LearnedParameters(tmp_path) as learned:
        used(learned, 20)
        before = learned.served("mix", SPECS)
        now[0] = 61.0
        learned.served("other", SPECS)
        assert list(learned._tuners) == ["other"]
        assert learned.served("mix", SPECS) == before != {"level": 0.9}
        now[0] = 130.0
        with monkeypatch.context() as broken:

            def refused(_tuner: KeptTuner) -> None:
                raise StoreFull("the disk is full", field="store", expected="room")

            broken.setattr(KeptTuner, "close", refused)
            with pytest.warns(PoetWarning, match="not kept"):
                learned.served("third", SPECS)
        assert {"mix", "other", "third"} == set(learned._tuners)
        learned.record("mix", before, 0.5)
        assert len(learned.store().executions("mix")) == 21
