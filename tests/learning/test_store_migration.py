"""A file of stock TinyDB that is opened as a store becomes one, whole or not at all, and the old one is kept."""

from __future__ import annotations

import contextlib
import os
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from tinydb import TinyDB

from dana_learning import StoreError, StoreFormatError, StoreMigrated, TinyStore, export_store
from dana_learning.conformance import Ticks, full_execution

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def stock(path: Path) -> bytes:
    """Write a file with stock TinyDB; return its bytes."""
    with TinyDB(path) as db:
        db.insert_multiple([{"n": number} for number in range(5)])
        db.remove(doc_ids=[2])
        db.table("executions").insert({"what": "something else"})
    return path.read_bytes()


def names(folder: Path) -> list[str]:
    """Return what stands in a folder."""
    return sorted(one.name for one in folder.iterdir())


def test_a_file_of_stock_tinydb_becomes_a_store(tmp_path: Path) -> None:
    """With every document under its number; the old file stays, with its permissions, and it is said once."""
    path = tmp_path / "learning.json"
    before = stock(path)
    path.chmod(0o600)
    with pytest.warns(StoreMigrated, match=r"with its 5 documents now, the old file is .*learning\.json\.stock"):
        store = TinyStore(path)
    with store:
        assert [one.doc_id for one in store.db.table("_default")] == [1, 3, 4, 5]
        assert store.db.table("executions").get(doc_id=1) == {"what": "something else"}
        store.set_parameters("fetch", {"timeout": 5.0})
    with warnings.catch_warnings(), TinyStore(path) as store:
        warnings.simplefilter("error")
        assert store.parameters("fetch") == {"timeout": 5.0}
        assert len(store.db.table("_default")) == 4
    assert names(tmp_path) == ["learning.json", "learning.json.stock"]
    assert (tmp_path / "learning.json.stock").read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_a_store_exported_is_understood(tmp_path: Path) -> None:
    """Parameters and executions are what they were, not documents that nobody reads; a name that is taken stays."""
    path, older = tmp_path / "store.json", tmp_path / "store.json.stock"
    older.write_text("older")
    with TinyStore(tmp_path / "first.db", clock=Ticks()) as store:
        store.set_parameters("fetch", {"timeout": 5.0}, confidence=0.8)
        store.add_executions([full_execution(number, moment=float(number)) for number in range(300)])
        store.save_state("fetch", {"low": 0.1})
        export_store(store, path)
        wanted = [one.to_dict() for one in store.executions("fetch")]
    with pytest.warns(StoreMigrated, match=r"302 documents.*stock-2"):
        store = TinyStore(path)
    with store:
        assert store.parameters("fetch") == {"timeout": 5.0}
        assert store.load_state("fetch") == {"low": 0.1}
        assert [one.to_dict() for one in store.executions("fetch")] == wanted
    assert older.read_text() == "older"
    assert not [name for name in names(tmp_path) if "migrating" in name]


def breaking(real: Callable[..., Any], kind: type[BaseException], is_over: Callable[[], bool]) -> Callable[..., Any]:
    """Return a call that fails from some step on, as all that follow do when a disk is gone."""

    def call(*given: Any, **more: Any) -> Any:
        if is_over():
            raise kind(5, "crash")
        return real(*given, **more)

    return call


@pytest.mark.parametrize("at", range(16))
@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt])
def test_a_crash_at_any_step_leaves_one_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, kind: type[BaseException]
) -> None:
    """The old one or the new one; the next opening has every document, and the old file is kept once."""
    path, steps = tmp_path / "learning.json", iter(range(100))
    before = stock(path)
    with monkeypatch.context() as patched, warnings.catch_warnings():
        warnings.simplefilter("ignore", StoreMigrated)
        for name in ("fdatasync", "fsync", "link", "replace", "chmod", "pwrite"):
            patched.setattr(os, name, breaking(getattr(os, name), kind, lambda: next(steps) >= at))
        with contextlib.suppress(StoreError, KeyboardInterrupt):
            TinyStore(path).close()
    first = path.read_bytes()
    assert first == before or first.startswith(b"dana-learning")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StoreMigrated)
        with TinyStore(path) as store:
            assert [one.doc_id for one in store.db.table("_default")] == [1, 3, 4, 5]
    assert names(tmp_path) == ["learning.json", "learning.json.stock"]
    assert (tmp_path / "learning.json.stock").read_bytes() == before


def test_what_may_only_be_read_is_not_migrated(tmp_path: Path) -> None:
    """The error says how to; nothing is made beside it."""
    path = tmp_path / "learning.json"
    before = stock(path)
    with pytest.raises(StoreFormatError, match=r"TinyStore.* that may write"):
        TinyStore(path, read_only=True)
    assert names(tmp_path) == ["learning.json"]
    assert path.read_bytes() == before


def test_a_file_system_without_second_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old file is copied then; a link that stands for the file stays a link."""
    path, link = tmp_path / "learning.json", tmp_path / "link.json"
    before = stock(path)
    link.symlink_to(path)

    def refused(*_: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    with pytest.warns(StoreMigrated):
        TinyStore(link).close()
    assert link.is_symlink()
    assert (tmp_path / "learning.json.stock").read_bytes() == before
    assert names(tmp_path) == ["learning.json", "learning.json.stock", "link.json"]
