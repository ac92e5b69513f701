"""A full disk, a folder that is read-only or no folder, a system without links or locks: typed errors, nothing lost."""

from __future__ import annotations

import errno
import importlib
import os
import types
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.codegen import audit, version_files
from dana_poet.codegen.versions import VersionStore
from dana_poet.errors import StateError
from tests.codegen.version_cases import PASSED, candidate, files, original, served

if TYPE_CHECKING:
    from pathlib import Path

    from dana_poet.codegen.versions import History


def full(*_given: Any, **_named: Any) -> Any:
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, "No space left on device")


def after(calls: int, real: Any) -> Any:
    """Return `real` that fails as a full disk does after some calls."""
    left = [calls]

    def call(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        return real(*given, **named) if left[0] >= 0 else full()

    return call


def refusal(history: History) -> StateError | None:
    """Store a candidate; return why that failed, None when it did not."""
    try:
        history.add(candidate("1 + n"), PASSED)
    except StateError as error:
        return error
    return None


@pytest.mark.parametrize("name", ["write", "fsync", "replace"])
@pytest.mark.parametrize("calls", range(4))
def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, calls: int) -> None:
    """At whichever write it fills up: the error says so, the version before runs on, and no half file stays."""
    history = VersionStore(tmp_path).open(original())
    served(history, "n + 1")
    before = history.versions
    with monkeypatch.context() as patched:
        patched.setattr(os, name, after(calls, getattr(os, name)))
        told = refusal(history)
        current = history.current()
        assert current is not None
        assert current.number == 1
    assert [one.number for one in history.versions] == ([1, 2] if told is None else [one.number for one in before])
    assert told is None or ("No space left" in told.message and "kept" in told.hint)
    assert not [file for file in files(tmp_path) if file.endswith(".tmp")]
    served(history, "n + 2")
    assert [one.sequence for one in history.audit()] == list(range(1, len(history.audit()) + 1))


def test_a_trail_that_cannot_be_written_does_not_undo_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list has the entries, and the trail gets them with the next change."""
    history = VersionStore(tmp_path).open(original())
    version = history.add(candidate(), PASSED)
    real = audit.append
    with monkeypatch.context() as patched:
        patched.setattr(audit, "append", after(1, real))
        history.move(version, "active", "a test")
    assert len((tmp_path / "score_audit.jsonl").read_text().splitlines()) == 1
    assert [one.event for one in history.audit()] == ["added", "moved"]
    history.pin(1)
    assert len((tmp_path / "score_audit.jsonl").read_text().splitlines()) == 3


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOLCK])
def test_a_folder_that_cannot_be_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """What is stored there runs; a change says why it cannot be made."""
    served(VersionStore(tmp_path).open(original()), "n + 1")
    real = os.open

    def refused(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(code, os.strerror(code), path)
        return real(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", refused)
    history = VersionStore(tmp_path).open(original())
    assert history.current() is not None
    with pytest.raises(StateError, match=os.strerror(code)):
        history.add(candidate("n"), PASSED)
    with pytest.raises(StateError, match=os.strerror(code)):
        history.pin(0)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    """Nothing to read, and an error that names it for a change."""
    (tmp_path / ".poet").write_text("no folder")
    history = VersionStore(tmp_path / ".poet").open(original())
    assert history.current() is None
    with pytest.raises(StateError, match="score"):
        history.add(candidate(), PASSED)
    assert (tmp_path / ".poet").read_text() == "no folder"


def test_the_link_is_left_out_where_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a convenience; a file of that name is somebody's own."""
    monkeypatch.setattr(os, "symlink", full)
    history = VersionStore(tmp_path).open(original())
    served(history, "n + 1")
    assert history.current() is not None
    assert "score_current.py" not in files(tmp_path)
    monkeypatch.undo()
    (tmp_path / "score_current.py").write_text("mine")
    served(history, "n + 2")
    assert (tmp_path / "score_current.py").read_text() == "mine"


def test_a_link_where_a_version_is_written_is_not_followed(tmp_path: Path) -> None:
    """Nobody leads the store to another file."""
    (tmp_path / "other.txt").write_text("mine")
    (tmp_path / "score_v1.py.tmp").symlink_to(tmp_path / "other.txt")
    with pytest.raises(StateError):
        VersionStore(tmp_path).open(original()).add(candidate(), PASSED)
    assert (tmp_path / "other.txt").read_text() == "mine"


def test_windows_locks_are_asked_as_they_want(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte, without waiting, at the start of the file; another holder is a PermissionError there."""
    asked: list[tuple[int, int]] = []

    def locking(_handle: int, mode: int, count: int) -> None:
        asked.append((mode, count))
        if len(asked) == 1:
            raise PermissionError(errno.EACCES, "held")

    msvcrt = types.ModuleType("msvcrt")
    vars(msvcrt).update(locking=locking, LK_NBLCK=2, LK_UNLCK=0)
    with monkeypatch.context() as patched:
        patched.setattr(version_files, "_system_locks", lambda: msvcrt)
        with version_files.locked(str(tmp_path)):
            pass
    assert asked == [(2, 1), (2, 1), (0, 1)]
    assert version_files._system_locks() is importlib.import_module("fcntl")
