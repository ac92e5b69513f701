"""`dana-poet events` shows what a store holds, to people and to programs."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from dana_poet.cli.main import main
from dana_poet.events import Event, open_store
from dana_poet.orchestration import LearningOrchestrator

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def events(tmp_path: Path) -> list[Event]:
    """Fill a state folder with five events, two of them acknowledged."""
    with open_store(f"file:{tmp_path}/events") as store:
        made = [store.publish("ab"[n % 2], {"n": n, "execution_id": f"e{n}"}) for n in range(5)]
        store.ack(store.claim(2, owner="x"))
    return made


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> object:
    assert main(["events", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_list_shows_the_last_events(events: list[Event], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Piped they are plain columns; choosing works like `query`."""
    assert main(["events", "list", "--state", str(tmp_path), "-n", "4"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["time", "id", "state", "type", "payload"]
    assert [row[1] for row in rows[1:]] == [event.id for event in events[1:]]
    assert [row[2] for row in rows[1:]] == ["done", "pending", "pending", "pending"]
    shown = _json(capsys, "list", "--type", "b", "--since", "1h", "--store", f"file:{tmp_path}/events")
    assert [one["payload"]["n"] for one in shown] == [1, 3]  # type: ignore[attr-defined] # a list of dicts
    assert len(_json(capsys, "list", "--execution", "e4", "--state", str(tmp_path))) == 1  # type: ignore[arg-type] # a list


def test_show_prints_one_event(events: list[Event], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whole, and says what is wrong with an id."""
    shown = _json(capsys, "show", events[0].id, "--state", str(tmp_path))
    assert shown == {
        "id": events[0].id, "type": "a", "time": events[0].time, "key": None, "payload": events[0].payload,
        "pending": False,
    }  # fmt: skip
    assert main(["events", "show", "none", "--state", str(tmp_path)]) == 2
    assert "there is no event none" in capsys.readouterr().err


def test_stats_count(events: list[Event], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By state and by type."""
    shown = _json(capsys, "stats", "--state", str(tmp_path))
    assert isinstance(shown, dict)
    assert shown.pop("oldest_waits_seconds") >= 0
    types = {"a": 3, "b": 2}
    assert shown == {"store": f"file:{tmp_path}/events", "waiting": 3, "claimed": 0, "done": 2, "types": types}
    assert main(["events", "stats", "--state", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "3 waiting, 0 claimed, 2 done" in text
    assert events[2].id in text


def test_replay_and_prune_change_the_store(
    events: list[Event], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was replayed waits again; what is old and acknowledged goes."""
    state = ("--state", str(tmp_path))
    assert _json(capsys, "replay", events[0].id, *state) == {"replayed": 1}
    assert _json(capsys, "replay", "--type", "b", *state) == {"replayed": 1}
    with open_store(f"file:{tmp_path}/events") as store:
        assert store.pending() == 5
        store.ack(store.claim(2, owner="x"))
    assert _json(capsys, "prune", *state) == {"pruned": 0}
    assert main(["events", "prune", "--older-than", "0s", *state]) == 0
    assert "0 acknowledged events forgotten" in capsys.readouterr().out  # the others of their batch still wait
    assert main(["events", "replay", *state]) == 2
    assert main(["events", "replay", events[0].id, "none", *state]) == 2
    assert "there is no event none" in capsys.readouterr().err


def test_tail_prints_a_line_for_each(events: list[Event], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --follow it ends."""
    assert main(["events", "tail", "--state", str(tmp_path), "-n", "2", "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [event.id for event in events[3:]]


def test_looking_at_a_state_folder_without_events_creates_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is empty, which is no error; a word on standard error helps who mistyped it."""
    assert main(["events", "list", "--json", "--state", str(tmp_path / "none")]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == []
    assert f"there are no events in {tmp_path / 'none'}" in shown.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [["list", "--since", "soon"], ["prune", "--older-than", "30"], ["list", "-n", "0"], []]
)
def test_arguments_that_make_no_sense_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With exit code 2 and a word on what to write."""
    assert main(["events", *words]) == 2
    assert "dana-poet events:" in capsys.readouterr().err


def test_following_begins_with_the_last_events_and_prints_no_older_ones(
    events: list[Event], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A little of the past is looked at again for events that came late; what was there before is not new."""
    from dana_poet.cli import events as verbs

    def publish() -> None:
        with open_store(f"file:{tmp_path}/events") as store:
            store.publish("c", {"n": 9})

    def stop() -> None:
        raise KeyboardInterrupt

    waits = iter([lambda: None, publish, stop])
    monkeypatch.setattr(verbs, "time", SimpleNamespace(time=time.time, sleep=lambda _seconds: next(waits)()))
    main(["events", "tail", "-f", "-n", "1", "--json", "--state", str(tmp_path)])
    shown = [json.loads(line)["payload"]["n"] for line in capsys.readouterr().out.splitlines()]
    assert shown == [events[-1].payload["n"], 9]


def test_pruning_bounds_the_ledger_of_learning_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It would grow for ever beside events that go; what was decided stays."""
    state = ("--state", str(tmp_path))
    with LearningOrchestrator.for_folder(tmp_path) as learning:
        for number in range(20):
            run = {"execution_id": f"run-{number}", "function": "f", "version": 1}
            learning.store.publish("poet.execution.completed", run)
            learning.store.publish("feedback", {"execution_id": f"run-{number}", "useful": False})
        assert [one.action for one in learning.process().decisions] == ["regenerate"]
        learning.store.ack(learning.store.claim(10, owner="whoever does it"))
    assert _json(capsys, "prune", *state) == {"pruned": 0, "executions": 0}
    assert _json(capsys, "prune", "--older-than", "0s", *state) == {"pruned": 41, "executions": 20}
    with LearningOrchestrator.for_folder(tmp_path) as learning:
        assert learning.process().events == 0
        assert learning.aggregates() == {}
        assert [one.action for one in learning.decisions()] == ["regenerate"]
        assert learning._opened().rows("SELECT COUNT(*) FROM seen") == [(0,)]
        assert learning._opened().rows("SELECT COUNT(*) FROM said") == [(0,)]


def test_learn_status_says_what_verdicts_came_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As of the last `learn run`: executions, verdicts and decisions, by version."""
    state = ("--state", str(tmp_path))
    with open_store(f"file:{tmp_path}/events") as store:
        for number in range(20):
            run = {"execution_id": f"run-{number}", "function": "m.f", "version": 2, "success": number > 0}
            store.publish("poet.execution.completed", run)
            store.publish("feedback", {"execution_id": f"run-{number}", "useful": False})
    assert main(["learn", "run", *state]) == 0
    assert main(["learn", "status", *state]) == 0
    text = capsys.readouterr().out
    assert "m.f v2: 20 executions, 20 judged, 20 wrong, 0 missed, 1 failed" in text
    assert "m.f v2: regenerate, because 100% of the judged results were wrong" in text
    assert main(["learn", "status", "--json", *state]) == 0
    found = json.loads(capsys.readouterr().out)["feedback"]
    assert [one["judged"] for one in found["versions"]] == [20]
    assert [one["action"] for one in found["decisions"]] == ["regenerate"]


@pytest.mark.usefixtures("events")
def test_an_empty_list_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, so that a script still gets its columns."""
    assert main(["events", "list", "--state", str(tmp_path), "--type", "c"]) == 0
    shown = capsys.readouterr()
    assert shown.err == "dana-poet events: no event fits (dana-poet events stats lists the types)\n"
    assert shown.out.split("\t")[0] == "time"
    assert main(["events", "list", "--store", f"file:{tmp_path}/none"]) == 0
    assert f"there are no events in file:{tmp_path}/none" in capsys.readouterr().err
    assert main(["events", "show", "e1", "--state", str(tmp_path)]) == 2
    assert "that is an execution: dana-poet events list --execution e1" in capsys.readouterr().err


@pytest.mark.usefixtures("events")
def test_warnings_are_lines_without_a_place_in_our_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A person cannot do anything with it."""
    next((tmp_path / "events" / "new").rglob("*.jsonl")).write_text("torn\n" * 5)
    assert main(["events", "stats", "--state", str(tmp_path)]) == 0
    told = capsys.readouterr().err
    assert told.startswith("dana-poet events: some events in batch 1 of ")
    assert told.count("\n") == 1


def test_pruning_says_what_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Events that nobody has acknowledged are never old."""
    with open_store(f"file:{tmp_path}/events") as store:
        store.publish("a", {})
    assert main(["events", "prune", "--state", str(tmp_path), "--older-than", "0s"]) == 0
    assert "1 events are not acknowledged and stay" in capsys.readouterr().err


def test_feedback_says_what_looks_like_a_slip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is kept all the same: people may say what they like."""
    assert main(["feedback", "run-1", "usefull=true", "ticket=7", "--state", str(tmp_path / "new")]) == 0
    told = capsys.readouterr()
    assert "usefull is kept and judges nothing; did you mean useful?" in told.err
    assert "there was no state folder" in told.err
    assert "ticket" not in told.err
    assert main(["feedback", "useful=true", "run-1", "--state", str(tmp_path)]) == 2
    assert "the id comes first" in capsys.readouterr().err
