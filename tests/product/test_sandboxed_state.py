"""State under the sandbox: the same files as without it, written by the host."""

from __future__ import annotations

import errno
import json
import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import dana_poet
from dana_poet.errors import LimitError, StateError
from dana_poet.runtime import state
from dana_poet.runtime.state import written
from dana_poet.sandboxed.limits import DEFAULT, MOST_RECORD_BYTES
from tests.product.keeping import COUNTER, INSIDE, LOOK, OUTSIDE, SHORT, UP, files, said
from tests.product.processes import Runs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A state folder that is not there yet."""
    return tmp_path / "kept"


# --- it persists


def test_state_goes_both_ways(kept: Path) -> None:
    """A run without the sandbox finds what one inside has saved, and the other way round."""
    policies = (INSIDE, OUTSIDE, OUTSIDE, INSIDE, INSIDE)
    found = [said(UP, kept, policy) for policy in policies]
    assert found == ["1 None\n", *(f"{number} {{'a': (1, {{2}})}}\n" for number in (2, 3, 4, 5))]


def test_the_files_are_the_same_to_the_byte(tmp_path: Path) -> None:
    """One format: whoever wrote a folder cannot be told from it."""
    text = UP + 'Counter(step=5).up()\nCounter(name="a/../b ä").up()\nCounter(name="x" * 500).up()\n'
    inside, outside = tmp_path / "inside" / "kept", tmp_path / "outside" / "kept"
    for kept, policy in ((inside, INSIDE), (outside, OUTSIDE)):
        kept.parent.mkdir()
        said(text, kept, policy)
    assert files(inside) == files(outside)
    assert len(files(inside)) == 5
    assert {path.stat().st_mode & 0o77 for path in inside.rglob("*")} == {0}


def test_every_door_keeps_state(kept: Path) -> None:
    """Sessions, modules, texts and files."""
    one = dana_poet.Session(state=kept, policy=INSIDE)
    one.run(COUNTER)
    assert one.run("Counter.up()").value == 1
    assert one.run("Counter.up()").value == 2
    assert dana_poet.Session(state=kept, policy=INSIDE).run(COUNTER + "Counter.up()").value == 3
    module = kept.parent / "counting.na"
    module.write_text(COUNTER + "def up(): Counter.up()\n", encoding="utf-8")
    assert dana_poet.load(module, state=kept, policy=INSIDE).up() == 4
    assert dana_poet.evaluate(COUNTER + "Counter.up()", state=kept, policy=INSIDE) == 5
    assert said(LOOK, kept) == said(LOOK, kept, OUTSIDE) == "5\n"


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    """Nor for agents that are persistent by themselves: the user names the folder, or there is none."""
    file = tmp_path / "main.na"
    file.write_text('@poet(state="persistent")\n' + UP, encoding="utf-8")
    assert [dana_poet.run(file, policy=INSIDE).output for _ in range(2)] == ["1 None\n"] * 2
    assert list(files(tmp_path)) == ["main.na"]


def test_looking_leaves_no_trace(kept: Path) -> None:
    """The folder appears with the first save."""
    assert said(LOOK, kept) == "0\n"
    assert not kept.exists()


def test_events_stay_in_memory(kept: Path) -> None:
    """They reach handlers and the result of their run; the folder has agents alone."""
    text = (
        COUNTER + 'dana_events.on("e", lambda e: print("heard", e.v))\ndana_events.emit("e", {"v": 1})\nCounter.up()\n'
    )
    assert said(text, kept) == said(text, kept) == "heard 1\n"
    assert said("print(dana_events.query('e'))", kept) == "[]\n"
    assert sorted(files(kept)) == [".lock", "agents/Counter.json"]


def test_a_pipeline_with_feedback_runs(kept: Path) -> None:
    """Its block hears what comes in the same run."""
    text = COUNTER + (
        "pipeline p:\n    input: x\n    id = track_execution([x])\n    on_feedback_received(id) -> fb:\n"
        '        print("got", fb.v)\n    output: id\nid = p(1)\nfeedback(id, {"v": 2})\n'
    )
    assert said(text, kept) == "got 2\n"


def test_a_failing_method_does_not_save(kept: Path) -> None:
    """As without the sandbox."""
    text = COUNTER + "    def fail(self):\n        self.n += 100\n        raise ValueError('late')\n"
    with pytest.raises(ValueError, match="late"):
        said(text + "Counter.up()\nCounter.fail()\n", kept)
    assert said(LOOK, kept, OUTSIDE) == "1\n"


def test_a_named_time_zone_is_left_out(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """There are no zones inside: the field starts with its default, and the user is told."""
    said(COUNTER + "import zoneinfo.py\nimport datetime.py\n" + ZONED, kept, OUTSIDE)
    assert said(COUNTER + "print(Counter.n, Counter.seen)\n", kept) == "1 []\n"
    assert "saved field 'seen' of agent Counter is not used: saved data uses the time zone" in capsys.readouterr().err


ZONED = 'Counter.up()\nCounter.put(datetime.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Vienna")))\n'


# --- crashes and limits


def test_what_a_method_saved_outlives_the_limit(kept: Path) -> None:
    """The process is killed in the middle; the folder has the last completed save, whole."""
    with pytest.raises(LimitError) as caught:
        said(UP + "while true:\n    Counter.put(len(str(2 ** 5000)))\n    Counter.up()\n", kept, SHORT)
    assert caught.value.code == "D4002"
    record = json.loads((kept / "agents" / "Counter.json").read_bytes())
    assert record["state"]["n"] >= 1
    assert [name for name in files(kept) if name.endswith((".tmp", ".corrupt"))] == []
    assert said(LOOK, kept, OUTSIDE) == f"{record['state']['n']}\n"


def test_kill_9_loses_nothing_that_a_completed_method_saved(tmp_path: Path) -> None:
    """Host and program die together; what was printed had been saved."""
    runs = Runs(tmp_path)
    process = runs.start(COUNTER + "while true: print(Counter.up())\n", "--sandbox", "--state", "kept")
    assert process.stdout is not None
    last = 0
    while last < 20:
        last = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    rest, _ = process.communicate()
    last = max([last, *(int(line) for line in rest.splitlines() if line.isdigit())])
    inside = int(runs.run(LOOK, "--sandbox", "--state", "kept", name="look.na")[0])
    assert inside == int(runs.run(LOOK, "--state", "kept", name="look.na")[0]) >= last


def test_two_processes_never_tear_the_state(tmp_path: Path) -> None:
    """One inside, one outside: the last completed save wins whole."""
    runs = Runs(tmp_path)
    text = COUNTER + "for i in range(30): Counter.up()\n"
    words = (("--sandbox", "--state", "kept"), ("--state", "kept"))
    processes = [runs.start(text, *which, name=f"p{number}.na") for number, which in enumerate(words)]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    record = json.loads((tmp_path / "kept" / "agents" / "Counter.json").read_bytes())
    assert 30 <= record["state"]["n"] == len(record["state"]["seen"]) <= 60


def test_two_sessions_at_once_are_as_without(tmp_path: Path) -> None:
    """Each reads when it defines the agent, and the last save wins."""
    one, other = (dana_poet.Session(state=tmp_path / "kept", policy=INSIDE) for _ in range(2))
    for each in (one, other):
        each.run(COUNTER)
        each.run("Counter.n")
    assert [one.run("Counter.up()").value, one.run("Counter.up()").value, other.run("Counter.up()").value] == [1, 2, 1]
    assert dana_poet.evaluate(LOOK + "Counter.n", state=tmp_path / "kept", policy=INSIDE) == 1


@pytest.mark.parametrize("words", [{}, {"state": "kept"}])
def test_a_session_that_met_a_limit_says_what_is_lost(tmp_path: Path, words: dict[str, str]) -> None:
    """Its names, always; what agents saved, only where nothing was to be kept. It does not start afresh by itself."""
    given: dict[str, Any] = {name: tmp_path / value for name, value in words.items()}
    one = dana_poet.Session(policy=SHORT, **given)
    one.run(COUNTER + "Counter.up()")
    with pytest.raises(LimitError, match="this session has ended and its names are lost") as first:
        one.run("while true: pass")
    with pytest.raises(LimitError, match="this session has ended and its names are lost: the program") as second:
        one.run("Counter.n")
    assert (first.value.code, second.value.code) == ("D4002", "D4002")
    for caught in (first, second):
        assert "make a new Session" in caught.value.hint
        assert ("what agents have saved is kept" in caught.value.hint) == bool(words)
    assert dana_poet.Session(policy=SHORT, **given).run(COUNTER + "Counter.n").value == (1 if words else 0)


def test_a_text_that_is_too_long_ends_no_session() -> None:
    """It was never sent; and `evaluate` speaks of no session."""
    short = dana_poet.Policy.sandboxed(limits=replace(DEFAULT, source_bytes=200, wall_seconds=1.0))
    one = dana_poet.Session(policy=short)
    one.run("x = 1")
    with pytest.raises(LimitError, match="longer than"):
        one.run("#" * 300)
    assert one.run("x").value == 1
    with pytest.raises(LimitError) as caught:
        dana_poet.evaluate("while true: pass", policy=short)
    assert "session" not in str(caught.value)


# --- what the disk says


@pytest.mark.parametrize(
    ("function", "number", "reason"),
    [("write_all", errno.ENOSPC, "No space left on device"), ("make_private", errno.EROFS, "Read-only file system")],
)
def test_a_disk_that_takes_nothing_is_an_error(
    kept: Path, monkeypatch: pytest.MonkeyPatch, function: str, number: int, reason: str
) -> None:
    """Full or read-only: the program gets the error of a run without, the old state is kept, no path is told."""
    said(UP, kept)
    before = files(kept)

    def fails(*_: object) -> None:
        raise OSError(number, os.strerror(number), str(kept))

    monkeypatch.setattr(state, function, fails)
    with pytest.raises(StateError, match=f"cannot save the state of agent Counter: {reason}") as caught:
        said(UP, kept)
    assert "the state saved before is kept" in caught.value.hint
    assert str(kept) not in f"{caught.value} {caught.value.hint}"
    assert said(COUNTER + "try:\n    Counter.up()\nexcept Exception as e:\n    print('caught')\n", kept) == "caught\n"
    assert files(kept) == before


def test_a_folder_that_cannot_be_written_is_an_error(kept: Path) -> None:
    """A file in its place."""
    kept.write_text("in the way")
    with pytest.raises(StateError, match="cannot"):
        said(UP, kept)


def test_a_damaged_record_is_set_aside(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a warning, and never deleted."""
    (kept / "agents").mkdir(parents=True)
    (kept / "agents" / "Counter.json").write_text("{ half of")
    assert said(UP, kept) == "1 None\n"
    assert "the saved state of agent Counter was damaged; it is kept as the state folder" in capsys.readouterr().err
    assert (kept / "agents" / "Counter.json.corrupt").read_text() == "{ half of"


def test_a_record_of_a_newer_version_is_left_alone(kept: Path) -> None:
    """As without the sandbox."""
    (kept / "agents").mkdir(parents=True)
    (kept / "agents" / "Counter.json").write_text('{"format": 99}')
    with pytest.raises(StateError, match="newer dana-poet"):
        said(UP, kept)
    assert files(kept) == {"agents/Counter.json": b'{"format": 99}'}


def test_links_and_pipes_are_not_followed(kept: Path) -> None:
    """A record is a plain file inside the folder."""
    (kept / "agents").mkdir(parents=True)
    (kept.parent / "secret.json").write_bytes(written({"format": 1, "id": "Counter", "state": {"n": 41}}))
    record = kept / "agents" / "Counter.json"
    record.symlink_to(kept.parent / "secret.json")
    with pytest.raises(StateError, match="outside of the state folder"):
        said(LOOK, kept)
    record.unlink()
    os.mkfifo(record)
    with pytest.raises(StateError, match="no file"):
        said(LOOK, kept)


def test_a_record_has_a_size(kept: Path) -> None:
    """One that is too large is neither read nor written; nor is one that the policy has no room for."""
    text = COUNTER + f"Counter.up()\nCounter.put('x' * {MOST_RECORD_BYTES})\n"
    with pytest.raises(StateError, match="larger than the 750,000 bytes"):
        said(text, kept)
    assert said(LOOK, kept) == "1\n"
    small = dana_poet.Policy.sandboxed(limits=replace(DEFAULT, result_bytes=2000))
    with pytest.raises(StateError, match="result_bytes"):
        said(COUNTER + "Counter.put('x' * 3000)\n", kept, small)
    said(text, kept, OUTSIDE)
    with pytest.raises(StateError, match="larger than"):
        said(LOOK, kept)


def test_a_record_fits_in_its_question(kept: Path) -> None:
    """What is just below the limit is kept, whatever it is made of."""
    text = COUNTER + "Counter.put([{}, {}] * 20_000)\nprint(len(Counter.seen[0]))\n".format("'\"'", "'ä\\n'")
    assert said(text, kept) == "40000\n"
    assert said(COUNTER + "print(len(Counter.seen[0]))\n", kept) == "40000\n"
