"""Changed bytes are found wherever they are; what they were is put aside, and everything else is kept."""

from __future__ import annotations

import base64
import json
import random
import shutil
import warnings
from pathlib import Path

import pytest

from dana_learning.appendlog.framing import HEADER, frame, is_torn, next_record, records
from dana_learning.conformance import full_execution
from dana_learning.errors import StoreDamaged, StoreFormatError
from dana_learning.journal import open_database
from dana_learning.tinydb_store import TinyStore


def small_store(path: Path) -> list[tuple[int, int]]:
    """Write ten documents; return where each stands in the file."""
    places = []
    with open_database(path, durability="process") as db:
        for number in range(10):
            start = max(path.stat().st_size, len(HEADER))
            db.insert({"n": number, "text": "some text"})
            places.append((start, path.stat().st_size))
    return places


def read_damaged(path: Path) -> tuple[list[int], bool]:
    """Open a changed store; return what is there, and whether the change was found."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with open_database(path) as db:
            found = [one["n"] for one in db]
            report = db.storage.report
    warned = any(issubclass(one.category, StoreDamaged) for one in caught)
    assert warned == bool(report.damaged)
    return found, not report.clean


def check_flip(whole: Path, path: Path, place: int, bit: int, places: list[tuple[int, int]]) -> None:
    """Change one bit: it is found, and only the document that it belongs to is missing."""
    for beside in path.parent.glob(f"{path.name}*"):
        beside.unlink()
    data = bytearray(whole.read_bytes())
    data[place] ^= 1 << bit
    path.write_bytes(data)
    found, noticed = read_damaged(path)
    assert noticed, (place, bit)
    assert found == [number for number, (start, end) in enumerate(places) if not start <= place < end], (place, bit)
    aside = [json.loads(line) for line in Path(f"{path}.damaged").read_text().splitlines()]
    assert any(line["offset"] <= place < line["offset"] + len(base64.b64decode(line["base64"])) for line in aside)
    # It is in order from now on.
    again, noticed = read_damaged(path)
    assert (again, noticed) == (found, False)


def test_a_changed_bit_at_any_byte_is_found(tmp_path: Path) -> None:
    """One bit of every byte, the first line included."""
    places = small_store(tmp_path / "whole")
    chance = random.Random(5)  # noqa: S311 - nothing secret
    for place in range(places[-1][1]):
        check_flip(tmp_path / "whole", tmp_path / "changed", place, chance.randrange(8), places)


@pytest.mark.slow
def test_every_changed_bit_is_found(tmp_path: Path) -> None:
    """All bits of all bytes."""
    places = small_store(tmp_path / "whole")
    for place in range(places[-1][1]):
        for bit in range(8):
            check_flip(tmp_path / "whole", tmp_path / "changed", place, bit, places)


def test_a_changed_bit_is_found_behind_a_snapshot(tmp_path: Path) -> None:
    """The shortcut that opens a store quickly is not trusted over the bytes that it covers."""
    whole, path = tmp_path / "whole", tmp_path / "changed"
    with TinyStore(whole, durability="process") as store:
        for number in range(20):
            store.add_execution(full_execution(number, moment=1.0))
        store._log.write_snapshot()
    chance = random.Random(6)  # noqa: S311 - nothing secret
    for _ in range(60):
        data = bytearray(whole.read_bytes())
        data[chance.randrange(len(HEADER), len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        shutil.copy(f"{whole}.index", f"{path}.index")
        with pytest.warns(StoreDamaged, match="put aside"):
            store = TinyStore(path)
        with store:
            assert store.report.damaged == 1
            assert len(store.executions("fetch")) >= 19 or store.functions() != ["fetch"]
        Path(f"{path}.damaged").unlink()


def test_a_changed_snapshot_is_ignored(tmp_path: Path) -> None:
    """It is only a shortcut: with any byte of it changed or cut, all is there."""
    path = tmp_path / "store.db"
    some = [full_execution(number, moment=1.0) for number in range(5)]
    with TinyStore(path, durability="process") as store:
        store.add_executions(some)
        store._log.write_snapshot()
    index = Path(f"{path}.index")
    data = index.read_bytes()
    for place in range(0, len(data), 7):
        changed = bytearray(data)
        changed[place] ^= 16
        index.write_bytes(changed if place % 2 else data[:place])
        with TinyStore(path) as store:
            assert list(store.executions("fetch")) == some
            assert store.report.clean


def test_what_follows_damage_is_kept(tmp_path: Path) -> None:
    """A whole stretch of nonsense in the middle, lengths and all."""
    path = tmp_path / "db"
    places = small_store(path)
    data = path.read_bytes()
    path.write_bytes(data[: places[3][0]] + bytes(range(256)) * 3 + data[places[6][0] :])
    assert read_damaged(path) == ([0, 1, 2, 6, 7, 8, 9], True)


def test_damage_and_a_torn_tail_together(tmp_path: Path) -> None:
    """Both are reported for what they are."""
    path = tmp_path / "db"
    places = small_store(path)
    data = bytearray(path.read_bytes()[:-5])
    data[places[4][0] + 12] ^= 1
    path.write_bytes(data)
    with pytest.warns(StoreDamaged, match="1 damaged places .* unfinished"):
        db = open_database(path)
    with db:
        assert [one["n"] for one in db] == [0, 1, 2, 3, 5, 6, 7, 8]
        report = db.storage.report  # type: ignore[attr-defined]
        assert (report.damaged, report.kept, report.torn_bytes) == (1, 8, places[9][1] - places[9][0] - 5)
        assert report.quarantine == f"{path}.damaged"


def test_a_damaged_file_that_may_only_be_read(tmp_path: Path) -> None:
    """It is reported and read as far as it is whole; nothing is written anywhere."""
    path = tmp_path / "db"
    places = small_store(path)
    data = bytearray(path.read_bytes())
    data[places[4][0] + 12] ^= 1
    path.write_bytes(data)
    with pytest.warns(StoreDamaged):
        db = open_database(path, read_only=True)
    with db:
        assert [one["n"] for one in db] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert path.read_bytes() == data
    assert [one.name for one in tmp_path.iterdir()] == ["db"]


def test_a_byte_that_changes_while_open(tmp_path: Path) -> None:
    """Reading that record says so; opening again puts it aside."""
    path = tmp_path / "db"
    places = small_store(path)
    with open_database(path) as db:
        with path.open("r+b") as file:
            file.seek(places[2][0] + 15)
            file.write(b"#")
        assert db.get(doc_id=2) == {"n": 1, "text": "some text"}
        with pytest.raises(StoreFormatError, match="open the store again"):
            db.get(doc_id=3)
    assert read_damaged(path)[0] == [0, 1, 3, 4, 5, 6, 7, 8, 9]


def test_damage_that_another_program_left_at_the_end(tmp_path: Path) -> None:
    """A half written record of a program that died is cut by the next one that writes; who only reads waits."""
    path = tmp_path / "db"
    with open_database(path) as db:
        db.insert({"n": 1})
        with path.open("ab") as file:
            file.write(frame(b'["p","_default",2,{"n":2}]')[:-3])
        assert len(db) == 1
        assert db.insert({"n": 3}) == 2
        assert [one["n"] for one in db] == [1, 3]
    assert read_damaged(path) == ([1, 3], False)


def test_a_lost_name_comes_back_when_it_is_used_again(tmp_path: Path) -> None:
    """Executions whose function's name was in a damaged place are shown under a number until then."""
    path = tmp_path / "store.db"
    with TinyStore(path, durability="process") as store:
        store.add_executions([full_execution(number, moment=1.0) for number in range(3)])
    data = path.read_bytes()
    name = next(record for record in records(data, len(HEADER)) if b'{"n":"fetch"}' in record.payload)
    path.write_bytes(data.replace(b'{"n":"fetch"}', b'{"n":"fexch"}', 1))
    with pytest.warns(StoreDamaged):
        store = TinyStore(path)
    with store:
        (lost,) = store.functions()
        assert lost.startswith("lost-")
        assert [one.execution_id for one in store.executions(lost)] == ["run-0", "run-1", "run-2"]
        store.add_execution(full_execution(3, moment=1.0))
        assert store.functions() == ["fetch"]
        assert list(store.executions("fetch")) == [full_execution(number, moment=1.0) for number in range(4)]
    assert name.offset >= len(HEADER)


def test_a_lost_layout_leaves_what_does_not_need_it(tmp_path: Path) -> None:
    """Id, quality and time of an execution are there even when nothing says what its other numbers are."""
    path = tmp_path / "store.db"
    with TinyStore(path, durability="process") as store:
        store.add_executions([full_execution(number, moment=7.0) for number in range(3)])
    data = bytearray(path.read_bytes())
    layouts = [one for one in records(bytes(data), len(HEADER)) if one.payload.startswith(b'["p","s"')]
    for one in layouts:
        data[one.offset + 20] ^= 1
    path.write_bytes(data)
    with pytest.warns(StoreDamaged):
        store = TinyStore(path)
    with store:
        found = store.executions("fetch")
        assert [(one.execution_id, one.timestamp, one.output_quality) for one in found] == [
            (f"run-{number}", 7.0, full_execution(number).output_quality) for number in range(3)
        ]


def test_bytes_that_look_like_a_torn_record() -> None:
    """A record without its end is torn, one with a changed length is not."""
    whole = frame(b"[1,2,3]")
    assert all(is_torn(whole[:size]) for size in range(len(whole)))
    assert not is_torn(b"\xff" + whole[1:])
    assert next_record(b"nonsense" + whole, 0) == 8
    assert next_record(b"nonsense", 0) is None
