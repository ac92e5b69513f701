"""Files that are somebody else's, cannot be written, or have no room; and the way from stock TinyDB and back."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest
from tinydb import TinyDB

from dana_learning.conformance import Ticks, full_execution
from dana_learning.errors import SpaceChanged, StoreError, StoreFormatError, StoreFull, StoreReadOnly
from dana_learning.exchange import export_store, import_store
from dana_learning.journal import export_json, import_json, open_database
from dana_learning.parameter import Choice, Parameter, Space
from dana_learning.store import restore
from dana_learning.tinydb_store import TinyStore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"not a store at all, but long enough to be one", "not a store of dana_learning.* not touched"),
        (b'{"_default": {"1": {"a": 1', "not whole JSON.* look for a backup"),
        (b'{"_default": {"1": 1}}', "not written by TinyDB"),
        (b'{"tool": {"name": {"a": 1}}}', "is JSON, not a store"),
        (b'{"p": {"1": {"a": 1}}}', "a table 'p' of its own.*import_json"),
        (b"dana-learning journal 2\n", "newer version.* update"),
        (b"\x7fELF" + bytes(100), "not a store"),
        (b"dana-", None),
        (b"", None),
    ],
)
def test_a_foreign_file_is_refused_and_not_touched(tmp_path: Path, content: bytes, says: str | None) -> None:
    """Only an empty file, or the beginning of our first line, becomes a new store."""
    path = tmp_path / "file"
    path.write_bytes(content)
    if says is None:
        with TinyStore(path) as store:
            store.set_parameters("fetch", {"a": 1})
        return
    with pytest.raises(StoreFormatError, match=says) as caught:
        TinyStore(path)
    assert caught.value.path == str(path)
    assert path.read_bytes() == content
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """It is made by the first write; reading makes nothing, and another program may be faster."""
    path = tmp_path / "none" / "deep" / "store.db"
    with TinyStore(path) as store, TinyStore(path) as other:
        assert (store.functions(), store.parameters("fetch"), list(store.executions("fetch"))) == ([], {}, [])
        assert store.load_state("fetch") is None
        store.flush()
        assert store.compact()
        assert list(tmp_path.iterdir()) == []
        store.set_parameters("fetch", {"timeout": 5.0})
        assert other.parameters("fetch") == {"timeout": 5.0}
        other.set_parameters("fetch", {"timeout": 6.0})
        assert store.parameters("fetch") == {"timeout": 6.0}
    with TinyStore(path) as store:
        assert store.report.clean
        assert store.parameters("fetch") == {"timeout": 6.0}
    for missing in (tmp_path / "store.db", tmp_path / "other" / "store.db"):
        with pytest.raises(StoreError, match="open it once without read_only"):
            TinyStore(missing, read_only=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        TinyStore(tmp_path / "file" / "store.db")


def test_a_store_may_be_opened_for_reading_only(tmp_path: Path) -> None:
    """It reads, sees what others write, and refuses to write."""
    path = tmp_path / "store.db"
    with TinyStore(path) as writer:
        writer.set_parameters("fetch", {"timeout": 5.0})
        with TinyStore(path, read_only=True) as store:
            writer.set_parameters("fetch", {"timeout": 6.0})
            assert store.parameters("fetch") == {"timeout": 6.0}
            for write in (
                lambda: store.set_parameters("fetch", {"timeout": 7.0}),
                lambda: store.add_execution(full_execution(1)),
                lambda: store.save_state("fetch", {}),
                lambda: store.add_pattern("kind", {}),
                store.compact,
            ):
                with pytest.raises(StoreReadOnly, match="can only be read"):
                    write()
            assert store.parameters("fetch") == {"timeout": 6.0}


def test_a_file_without_permission_to_write_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a file system that is mounted for reading only."""
    path = tmp_path / "store.db"
    with TinyStore(path) as store:
        store.set_parameters("fetch", {"timeout": 5.0})
    real = os.open

    def denied(name: Any, flags: int, *rest: Any) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY):
            raise OSError(errno.EROFS, "Read-only file system")
        return real(name, flags, *rest)

    monkeypatch.setattr(os, "open", denied)
    with TinyStore(path) as store:
        assert store.parameters("fetch") == {"timeout": 5.0}
        with pytest.raises(StoreReadOnly):
            store.set_parameters("fetch", {})


def test_a_full_disk_takes_the_write_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there is whole, what failed is not there, and writing goes on when there is room again."""
    path = tmp_path / "store.db"
    store = TinyStore(path)
    store.add_execution(full_execution(0, moment=1.0))
    real = os.pwrite

    def full(fd: int, data: Any, offset: int) -> int:
        real(fd, bytes(data)[:10], offset)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", full)
        size = path.stat().st_size
        for write in (
            lambda: store.add_executions([full_execution(n, "other", 1.0) for n in range(5)]),
            lambda: store.set_parameters("new", {"a": 1.0}),
            lambda: store.save_state("fetch", {"n": 1}),
        ):
            with pytest.raises(StoreFull, match="no room while writing; free some space"):
                write()
        assert path.stat().st_size == size
        assert store.functions() == ["fetch"]
    store.add_executions([full_execution(n, "other", 1.0) for n in range(5)])
    assert len(store.executions("other")) == 5
    store.close()
    with TinyStore(path) as store:
        assert store.report.clean
        assert store.functions() == ["fetch", "other"]


def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    """A quota of the system is a full disk too; compaction under it leaves the store as it is."""
    path = tmp_path / "store.db"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with TinyStore(path, durability="process") as store:
        store.add_executions([full_execution(number, moment=1.0) for number in range(20)])
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, before[1]))
            with pytest.raises(StoreFull):
                store.add_executions([full_execution(number, moment=1.0) for number in range(20, 40)])
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
            with pytest.raises(StoreFull):
                store.compact()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, ignored)
        assert len(store.executions("fetch")) == 20
        assert store.compact()
        assert len(store.executions("fetch")) == 20


def test_a_sync_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once with "always"; in the background with "group", and then at the next call."""
    waiting = threading.Event()

    def broken(_: int) -> None:
        waiting.set()
        raise OSError(errno.EIO, "Input/output error")

    with TinyStore(tmp_path / "a.db", durability="always") as store, monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", broken)
        with pytest.raises(StoreError, match="while syncing"):
            store.set_parameters("fetch", {})
    waiting.clear()
    with TinyStore(tmp_path / "b.db", durability="group") as store, monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", broken)
        store.set_parameters("fetch", {})
        assert waiting.wait(10)
        store._log._syncer._stop.set()
        store._log._syncer._wake.set()
        thread = store._log._syncer._thread
        assert thread is not None
        thread.join(10)
        with pytest.raises(StoreError, match="while syncing"):
            store.flush()


def test_a_file_that_is_removed_while_open(tmp_path: Path) -> None:
    """What was read stays readable; writing says that the file is gone."""
    path = tmp_path / "store.db"
    store = TinyStore(path)
    store.set_parameters("fetch", {"timeout": 5.0})
    path.unlink()
    assert store.parameters("fetch") == {"timeout": 5.0}
    with pytest.raises(StoreError, match="the file was removed"):
        store.set_parameters("fetch", {"timeout": 6.0})
    store.close()


def test_a_file_that_somebody_cut_while_open(tmp_path: Path) -> None:
    """What is left of it is what there is."""
    path = tmp_path / "db"
    with open_database(path) as db:
        db.insert({"n": 1})
        size = path.stat().st_size
        db.insert({"n": 2})
        os.truncate(path, size)
        assert [one["n"] for one in db] == [1]
        assert db.insert({"n": 3}) == 2
    with open_database(path) as db:
        assert [one["n"] for one in db] == [1, 3]


def test_from_stock_tinydb_and_back(tmp_path: Path) -> None:
    """Every table, every document, every id, in both directions."""
    source, path, back = tmp_path / "stock.json", tmp_path / "ours.db", tmp_path / "back.json"
    with TinyDB(source) as stock:
        stock.insert_multiple([{"n": number, "text": "\u20ac"} for number in range(20)])
        stock.remove(doc_ids=[3])
        stock.table("other").insert({"inner": {"a": [1, None]}})
        stock.table("empty", persist_empty=True)
    assert import_json(source, path) == 20
    with TinyDB(source) as stock, open_database(path) as ours:
        assert ours.storage.read() == stock.storage.read()
        assert ours.insert({}) == 21
    assert export_json(path, back) == 21
    with TinyDB(back) as again, open_database(path) as ours:
        assert again.storage.read() == ours.storage.read()


@pytest.mark.parametrize("content", ['{"_default": {"1": {"a"', "[1]", '{"a": 1}', '{"a": {"1": 2}}', ""])
def test_what_cannot_be_imported(tmp_path: Path, content: str) -> None:
    """A torn or foreign file is refused, and nothing is made."""
    (tmp_path / "stock.json").write_text(content)
    with pytest.raises(StoreFormatError):
        import_json(tmp_path / "stock.json", tmp_path / "ours.db")
    assert not (tmp_path / "ours.db").exists()


def test_import_mixes_nothing(tmp_path: Path) -> None:
    """A store that is there stays as it is."""
    (tmp_path / "stock.json").write_text(json.dumps({"_default": {}}))
    with open_database(tmp_path / "ours.db") as db:
        db.insert({"n": 1})
    with pytest.raises(StoreError, match="import into a new file"):
        import_json(tmp_path / "stock.json", tmp_path / "ours.db")


def filled(path: Path) -> TinyStore:
    """Return a store with something of everything."""
    store = TinyStore(path, clock=Ticks())
    store.set_parameters("fetch", {"timeout": 5.0}, confidence=0.4, reason="first", signature="s")
    store.set_parameters("fetch", {"timeout": 0.1 + 0.2, "mode": "fast"}, confidence={"timeout": 0.9, "mode": 0.1})
    store.add_executions([full_execution(number, moment=number * 50_000.0) for number in range(9)])
    store.add_execution(full_execution(1, "gone", 5.0))
    store.retain(keep=3)
    store.retain(keep=0, max_age=900_000.0)
    store.use_pattern(store.add_pattern("hour", {"at": [1]}, effectiveness=0.3).id)
    store.save_state("fetch", {"low": float("-inf"), "rows": [1e-320]}, signature="s")
    return store


def test_a_store_as_a_file_that_people_can_read(tmp_path: Path) -> None:
    """All of it goes out, opens in stock TinyDB, and comes in again the same."""
    with filled(tmp_path / "store.db") as store:
        count = export_store(store, tmp_path / "store.json")
        with TinyDB(tmp_path / "store.json") as stock:
            assert stock.tables() == {"parameters", "executions", "patterns", "states", "aggregates"}
            assert stock.table("executions").get(doc_id=1)["function_name"] == "fetch"
        assert import_store(tmp_path / "store.json", tmp_path / "again.db") == count
        with TinyStore(tmp_path / "again.db") as again:
            assert again.functions() == store.functions() == ["fetch", "gone"]
            for name in store.functions():
                assert again.parameter_sets(name) == store.parameter_sets(name)
                assert list(again.executions(name)) == list(store.executions(name))
                assert again.aggregates(name) == store.aggregates(name)
            assert again.patterns() == store.patterns()
            assert again.load_state("fetch") == store.load_state("fetch")
            assert again.state_signature("fetch") == "s"
    with pytest.raises(StoreError, match="import into a new file"):
        import_store(tmp_path / "store.json", tmp_path / "again.db")


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        ("executions", {"output_quality": 7}, "output_quality is 7"),
        ("parameters", {"confidence": {"timeout": "high"}}, "confidence"),
        ("parameters", {"values": {"timeout": float("nan")}}, "timeout"),
        ("states", {"state": [1]}, "state"),
        ("patterns", {"uses": "many"}, "TypeError"),
        ("aggregates", {"quality": {}}, "cannot be imported"),
    ],
)
def test_a_hand_edited_file_is_checked(tmp_path: Path, table: str, change: dict[str, Any], says: str) -> None:
    """What cannot be is named, and no store is made."""
    with filled(tmp_path / "store.db") as store:
        export_store(store, tmp_path / "store.json")
    data = json.loads((tmp_path / "store.json").read_text())
    data[table]["1"].update(change)
    (tmp_path / "store.json").write_text(json.dumps(data))
    with pytest.raises(StoreFormatError, match=says):
        import_store(tmp_path / "store.json", tmp_path / "again.db")
    assert not (tmp_path / "again.db").exists()


def test_other_bounds_than_when_it_was_kept(tmp_path: Path) -> None:
    """Values are clipped and every repair is told; a state for another space is refused with what changed."""
    then = Space([Parameter("timeout", 10, 1, 1000), Choice("mode", "a", ("a", "b"))])
    now = Space([Parameter("timeout", 10, 1, 60), Choice("mode", "c", ("c", "b")), Parameter("retries", 3, 0, 9)])
    with TinyStore(tmp_path / "store.db") as store:
        kept = {"timeout": 500.0, "mode": "a", "gone": 1}
        store.set_parameters("fetch", kept, confidence=0.9, signature=then.signature())
        store.save_state("fetch", {"n": 1}, signature=then.signature())
    with TinyStore(tmp_path / "store.db") as store:
        values, repairs = restore(store, "fetch", now)
        assert values == {"timeout": 60.0, "mode": "c", "retries": 3}
        assert {one.name for one in repairs} == {"timeout", "mode", "gone"}
        with pytest.raises(SpaceChanged, match=r"timeout: high was 1000.0, is 60.0"):
            store.load_state("fetch", signature=now.signature())
        assert store.load_state("fetch", signature=then.signature()) == {"n": 1}
        assert store.load_state("fetch") == {"n": 1}
