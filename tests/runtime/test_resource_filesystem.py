"""The filesystem resource never leaves its root."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dana_poet.errors import DanaError, DanaValueError, PolicyError
from dana_poet.runtime.resources import scope, use

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "outside"


@pytest.fixture
def files(tmp_path: Path) -> Any:
    """A resource over `root`, beside a file that must not be reached."""
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "root").mkdir()
    with scope(), use("filesystem", root=str(tmp_path / "root")) as resource:
        yield resource


def test_files_are_written_read_listed_and_deleted(files: Any) -> None:
    """Also by text requests and by the names that older programs use."""
    assert files.write("a/b.txt", "héllo")
    assert (files.read("a/b.txt"), files.read("./a//b.txt"), files.read_bytes("a/b.txt")) == (
        "héllo",
        "héllo",
        "héllo".encode(),
    )
    assert (files.list(), files.list("a"), files.exists("a/b.txt"), files.exists("no")) == (
        ["a/"],
        ["b.txt"],
        True,
        False,
    )
    assert files.info("a/b.txt")["size"] == 6
    assert files.info("a")["is_folder"]
    assert files.query("write:c.txt:x:y")
    assert (files.query("read:c.txt"), files.query("list:"), files.read_file("c.txt")) == (
        "x:y",
        ["a/", "c.txt"],
        "x:y",
    )
    assert files.query("delete:c.txt")
    assert not files.file_exists("c.txt")
    with pytest.raises(DanaValueError, match="No such file"):
        files.read("c.txt")
    files.write("bin", b"\xff")
    with pytest.raises(DanaValueError, match="not UTF-8"):
        files.read("bin")
    with pytest.raises(DanaValueError, match="is not a file"):
        files.read("a")


@pytest.mark.parametrize(
    "path", ["../secret.txt", "a/../../secret.txt", "/etc/passwd", "..", "a/..", "x\0y", "//etc/passwd"]
)
def test_paths_that_lead_out_are_refused(files: Any, path: str) -> None:
    """Before anything is opened."""
    for act in (files.read, files.list, files.info, files.delete, lambda p: files.write(p, "x")):
        with pytest.raises(PolicyError):
            act(path)


def test_links_are_not_followed(files: Any, tmp_path: Path) -> None:
    """To files, to folders, in the middle of a path, for reading, writing and listing."""
    root = tmp_path / "root"
    (root / "file").symlink_to(tmp_path / "secret.txt")
    (root / "folder").symlink_to(tmp_path)
    (root / "inside").mkdir()
    (root / "self").symlink_to(root / "inside")
    for act, path in [
        (files.read, "file"), (files.read, "folder/secret.txt"), (files.list, "folder"), (files.info, "file"),
        (files.read, "self/x"), (lambda p: files.write(p, "x"), "folder/new.txt"), (files.delete, "folder/secret.txt"),
    ]:  # fmt: skip
        with pytest.raises(PolicyError, match="link"):
            act(path)
    files.write("file", "mine")  # replaces the link itself
    assert (tmp_path / "secret.txt").read_text() == SECRET
    assert not (tmp_path / "new.txt").exists()


def test_a_link_put_in_place_during_the_call_is_not_followed(files: Any, tmp_path: Path) -> None:
    """Another process swaps a folder for a link, again and again; nothing of the outside is ever read."""
    root = tmp_path / "root"
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "f.txt").write_text(SECRET)
    (root / "d").mkdir()
    (root / "d" / "f.txt").write_text("inside")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    over = threading.Event()

    def swap() -> None:
        while not over.is_set():
            (root / "d").rename(tmp_path / "away")
            (tmp_path / "link").rename(root / "d")
            (root / "d").rename(tmp_path / "link")
            (tmp_path / "away").rename(root / "d")

    thread = threading.Thread(target=swap)
    thread.start()
    results = []
    limit = time.monotonic() + 1.0
    while time.monotonic() < limit:
        try:
            results.append(files.read("d/f.txt"))
        except DanaError:
            results.append("refused")
    over.set()
    thread.join()
    assert set(results) <= {"inside", "refused"}
    assert SECRET not in results


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(st.sampled_from(["..", ".", "", "a", "link", "secret.txt", "f"]), max_size=6).map("/".join))
def test_no_path_reaches_the_outside(files: Any, tmp_path: Path, path: str) -> None:
    """Whatever is put together from parts."""
    root = tmp_path / "root"
    (root / "a").mkdir(exist_ok=True)
    (root / "a" / "f").write_text("inside")
    if not (root / "link").is_symlink():
        (root / "link").symlink_to(tmp_path)
    with contextlib.suppress(DanaError):
        assert files.read(path) == "inside"


def test_limits_are_kept(tmp_path: Path) -> None:
    """Read-only, size, kinds of files; special files are not opened."""
    (tmp_path / "big.txt").write_text("x" * 20)
    os.mkfifo(tmp_path / "pipe.txt")
    with use("filesystem", root=str(tmp_path), read_only=True, max_file_size=10, allowed_extensions=[".txt"]) as files:
        with pytest.raises(PolicyError, match="read-only"):
            files.write("a.txt", "x")
        with pytest.raises(PolicyError, match="read-only"):
            files.delete("big.txt")
        with pytest.raises(PolicyError, match="max_file_size"):
            files.read("big.txt")
        with pytest.raises(PolicyError, match="allowed kinds"):
            files.read("a.exe")
        with pytest.raises(DanaValueError, match="is not a file"):
            files.read("pipe.txt")
    with use("filesystem", root=str(tmp_path), max_file_size=10) as files:
        with pytest.raises(PolicyError, match="max_file_size"):
            files.write("a.txt", "x" * 11)
        assert files.list() == ["big.txt", "pipe.txt"]
    with pytest.raises(DanaValueError, match="cannot be opened"):
        use("filesystem", root=str(tmp_path / "no")).list()


def test_a_stopped_resource_opens_nothing(files: Any) -> None:
    """Until it is started again."""
    files.stop()
    with pytest.raises(DanaValueError, match="is stopped"):
        files.list()
    files.start()
    assert files.list() == []
