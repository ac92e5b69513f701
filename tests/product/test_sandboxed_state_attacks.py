"""State under the sandbox when the worker is in the hands of a program: single sound records of one folder, and no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import dana_poet
from dana_poet.errors import DanaError, StateError
from dana_poet.runtime.state import StateFolder, written
from dana_poet.sandboxed import session, state_door
from dana_poet.sandboxed.limits import MOST_RECORD_BYTES
from dana_poet.sandboxed.state_door import StateDoor
from dana_sandbox.service import Ended
from tests.product import raw_workers
from tests.product.keeping import COUNTER, INSIDE, LOOK, OUTSIDE, SHORT, files, said

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A state folder that is not there yet."""
    return tmp_path / "kept"


@pytest.fixture
def door(kept: Path) -> dict[str, Callable[[Any], Any]]:
    """What a program can ask about a folder that holds one record, of 'N'."""
    StateFolder(kept).save("N", {"state": {}})
    return StateDoor(kept, seconds=60.0).capabilities()


NAMES: list[object] = [
    "", ".", "..", "...", ".hidden", "../N", "a/b", "/etc/passwd", "a\\b", "N\0", "N\n", "N ", "ä", "a" * 201, "~", "~root",
    "N:x", "N*", b"N", 5, None, ["N"], {"N": 1},
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_name_that_is_none_ends_the_program(door: dict[str, Callable[[Any], Any]], name: object, kept: Path) -> None:
    """Only what files of agents are called is looked up at all."""
    before = files(kept)
    for question, value in (("state_read", name), ("state_put_aside", name), ("state_write", [name, b"{}"])):
        with pytest.raises(Ended):
            door[question](value)
    assert files(kept) == before


GOOD = {"format": 1, "id": "N", "state": {"n": 1}}
RECORDS: list[object] = [
    None, 5, "text", written(GOOD).decode(), [GOOD], b"", b"\xff", b"not json", b"[1]", b"5", json.dumps(GOOD).encode(),
    written(GOOD) + b"\n", written({**GOOD, "format": 2}), written({**GOOD, "format": True}), written({**GOOD, "id": "M"}),
    written({**GOOD, "id": 5}), written({"format": 1}), written(GOOD).replace(b": 1\n", b": NaN\n"),
    written(GOOD).replace(b'"n"', b'"\\ud800"'), written(GOOD).replace(b'"state"', b'"id": "N", "state"'),
    written(GOOD).replace(b": 1\n", b": " + b"9" * 5000 + b"\n"), b"[" * 100_000, b'{"format":' * 50_000,
    written({**GOOD, "x": "x" * MOST_RECORD_BYTES}), b"\xef\xbb\xbf" + written(GOOD), written(GOOD).decode().encode("utf-16"),
]  # fmt: skip


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: repr(record)[:40])
def test_what_is_no_record_ends_the_program(door: dict[str, Callable[[Any], Any]], record: object, kept: Path) -> None:
    """The host takes only the text that a run without the sandbox would write for the same data."""
    before = files(kept)
    with pytest.raises(Ended):
        door["state_write"](["N", record])
    with pytest.raises(Ended):
        door["state_write"](record)
    assert files(kept) == before


def test_a_record_that_is_one_is_written(door: dict[str, Callable[[Any], Any]], kept: Path) -> None:
    """The ones above are refused for what they are."""
    assert door["state_write"](["N", written(GOOD)]) == {}
    assert StateFolder(kept).load("N") == GOOD
    assert door["state_read"]("N") == {"content": written(GOOD)}
    assert door["state_read"]("M") == {"content": None}


def test_what_is_sound_or_newer_cannot_be_taken_away(door: dict[str, Callable[[Any], Any]], kept: Path) -> None:
    """Set aside is what is damaged; what a newer version wrote is not replaced."""
    for name in ("N", "M"):
        with pytest.raises(Ended):
            door["state_put_aside"](name)
    (kept / "agents" / "M.json").write_text('{"format": 99}')
    assert "cannot be read" in door["state_write"](["M", written({**GOOD, "id": "M"})])["error"]
    assert (kept / "agents" / "M.json").read_text() == '{"format": 99}'


def test_depth_is_limited(door: dict[str, Callable[[Any], Any]]) -> None:
    """Nothing is written that a later run has no room to read."""
    deep: list[Any] = []
    for _ in range(state_door.MOST_DEPTH):
        deep = [deep]
    assert "deep" in door["state_write"](["N", written({**GOOD, "state": deep})])["error"]
    assert door["state_write"](["N", written({**GOOD, "state": deep[0][0]})]) == {}


def test_a_flood_is_counted(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saves and bytes of one run have an end, and the next run of a session counts anew."""
    monkeypatch.setattr(state_door, "MOST_WRITES", 3)
    text = COUNTER + "for i in range(9): Counter.up()\n"
    with pytest.raises(StateError, match="at most 3 times"):
        said(text, kept)
    monkeypatch.setattr(state_door, "MOST_WRITTEN_BYTES", 400)
    with pytest.raises(StateError, match="at most 400 bytes"):
        said(text.replace("Counter.up()", "Counter.put('x' * 100 * i)"), kept)
    monkeypatch.setattr(state_door, "MOST_WRITTEN_BYTES", 10_000)
    one = dana_poet.Session(policy=INSIDE, state=kept)
    one.run(COUNTER)
    for number in range(5):
        one.run(f"Counter.put({number})")


def test_time_for_state_is_the_programs(kept: Path) -> None:
    """What the host does for it has an end too."""
    with pytest.raises(Ended) as ended:
        StateDoor(kept, seconds=0.0).capabilities()["state_read"]("N")
    assert ended.value.status == "timeout"


FINE = (
    "answer = {'value': 1, 'stays': None, 'error': None, 'unseen': [], 'events': [], 'limit': None, 'seconds': 0.1}\n"
)
ATTACKS = {
    "a path": "host.ask('state_read', '../../etc/passwd')",
    "a path to write": "host.ask('state_write', ['../x', b'{}'])",
    "text that is no JSON": "host.ask('state_write', ['N', b'import os'])",
    "an object": "host.ask('state_write', {'N': 1})",
    "more than a question": "host.ask('state_write', ['N', b'x' * 2_000_000])",
    "questions without end": "while True:\n    host.ask('state_read', 'N')",
    "another question": "host.ask('state_delete', 'N')",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_worker_that_asks_for_more_is_ended(attack: str, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an error of ours, and the folder as it was."""
    lying(monkeypatch)
    StateFolder(kept).save("N", {"state": {}})
    before = files(kept.parent)
    with pytest.raises(DanaError):
        said(FINE + attack, kept, SHORT)
    assert files(kept.parent) == {**before, "main.na": (FINE + attack).encode()}


def lying(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let programs run in a worker that does what their text says."""
    monkeypatch.setattr(session, "SERVE", f"{raw_workers.__name__}:liar")
    monkeypatch.setattr(session, "_paths", lambda: (str(ROOT), str(ROOT / "grammar")))


def test_without_a_folder_there_is_nothing_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The questions themselves are granted with `state=` alone."""
    lying(monkeypatch)
    (tmp_path / "main.na").write_text(
        FINE + "try:\n    host.ask('state_read', 'N')\nexcept Exception as e:\n    answer['value'] = str(e)\n"
    )
    assert "no capability" in dana_poet.run(tmp_path / "main.na", policy=SHORT).value


POISON: dict[str, dict[str, Any]] = {
    "an unknown tag": {"state": {"n": {"$os": "system"}}}, "a struct of no form": {"state": {"n": {"$struct": 5}}},
    "a struct that is a function": {"state": {"n": {"$struct": ["print", {"x": 1}]}}},
    "pairs of no form": {"state": {"n": {"$dict": [1, 2]}}}, "a key that is no key": {"state": {"n": {"$dict": [[[], 1]]}}},
    "a zone": {"state": {"n": {"$datetime": ["2026-01-01", 0, "../../etc/passwd"]}}},
    "a zone that is none": {"state": {"n": {"$datetime": ["2026-01-01", 0, "No/Where"]}}},
    "a date of no form": {"state": {"n": {"$datetime": {"a": 1}}}}, "another type": {"state": {"n": "text"}},
    "memory": {"memory": 5}, "memory with a tag": {"memory": {"$os": 1}}, "sessions": {"sessions": "many"},
    "conversation": {"conversation": 5}, "sections": {"state": 5, "unused": [1]},
}  # fmt: skip


@pytest.mark.parametrize("policy", [INSIDE, OUTSIDE], ids=["inside", "outside"])
@pytest.mark.parametrize("record", POISON.values(), ids=POISON)
def test_poison_is_data(
    record: dict[str, Any], policy: dana_poet.Policy, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a taken-over worker leaves for a later run is a warning there, or an error of ours; it calls nothing."""
    text = {"format": 1, "id": "Counter", **record}
    assert StateDoor(kept, seconds=60.0).capabilities()["state_write"](["Counter", written(text)]) == {}
    try:
        output = said(LOOK, kept, policy)
    except StateError as error:
        output = str(error)
    assert output == "0\n" or "cannot be read" in output
    assert "Traceback" not in capsys.readouterr().err
