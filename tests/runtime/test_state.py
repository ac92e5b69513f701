"""The state folder: whole files after every crash, private, and never lost."""

from __future__ import annotations

import json
import os
import resource
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_poet.errors import StateError
from dana_poet.runtime import place, state
from dana_poet.runtime.state import StateFolder


def child(code: str, *args: str) -> subprocess.Popen[bytes]:
    """Start Python with `code`; the packages are found as they are here."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), *args], env=environment)


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    """The plainest use."""
    folder = StateFolder(tmp_path / "s")
    folder.save("N", {"state": {"n": 1}})
    assert StateFolder(tmp_path / "s").load("N") == {"format": 1, "id": "N", "state": {"n": 1}}
    assert folder.agents() == ("N",)


def test_nothing_is_created_before_the_first_save(tmp_path: Path) -> None:
    """Looking leaves no trace."""
    folder = StateFolder(tmp_path / "s")
    assert folder.load("N") is None
    assert folder.agents() == ()
    assert list(tmp_path.iterdir()) == []


def test_files_are_private(tmp_path: Path) -> None:
    """Agents remember what others should not read."""
    folder = StateFolder(tmp_path / "a" / "s")
    folder.save("N", {})
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a").rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "a" / "s" / "agents").stat().st_mode) == 0o700


@given(st.text(min_size=1))
def test_every_id_is_a_file_of_its_own_in_the_folder(agent_id: str) -> None:
    """Ids hold slashes, dots and any script, and never lead elsewhere."""
    folder = StateFolder("/tmp/s")  # noqa: S108 - nothing is written
    file = folder.file_of(agent_id)
    assert os.path.dirname(file) == "/tmp/s/agents"  # noqa: S108, PTH120 - as above
    assert len(Path(file).name.encode()) < 250
    assert Path(file).name.encode().isascii()


@given(st.text(max_size=40), st.text(max_size=40))
def test_two_ids_never_share_a_file(one: str, other: str) -> None:
    """Different agents, different files."""
    folder = StateFolder("x")
    assert (folder.file_of(one) == folder.file_of(other)) == (one == other)


def test_a_file_that_a_crash_elsewhere_damaged_is_set_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is kept, the user is told, and the agent starts fresh; a second one does not replace the first."""
    folder = StateFolder(tmp_path)
    file = Path(folder.file_of("N"))
    for number, content in enumerate([b'{"format": 1, "state', b"\xff\xfe"], 1):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        assert StateFolder(tmp_path).load("N") is None
        aside = file.with_name("N.json.corrupt" if number == 1 else "N.json.corrupt-2")
        assert aside.read_bytes() == content
        assert str(aside) in capsys.readouterr().err


def test_a_newer_format_is_refused_and_not_overwritten(tmp_path: Path) -> None:
    """An older program must not destroy what a newer one wrote."""
    folder = StateFolder(tmp_path)
    file = Path(folder.file_of("N"))
    file.parent.mkdir()
    file.write_text('{"format": 99}')
    with pytest.raises(StateError, match="newer dana-poet"):
        folder.load("N")
    with pytest.raises(StateError, match="newer dana-poet"):
        StateFolder(tmp_path).save("N", {})
    assert file.read_text() == '{"format": 99}'


def test_a_full_disk_is_an_error_and_keeps_the_old_state(tmp_path: Path) -> None:
    """The save fails whole; nothing half written is left behind."""
    folder = StateFolder(tmp_path)
    folder.save("N", {"v": 1})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, hard))
    try:
        with pytest.raises(StateError, match="cannot save the state of agent N") as caught:
            folder.save("N", {"v": "x" * 10_000})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(tmp_path) in caught.value.hint
    assert (StateFolder(tmp_path).load("N") or {})["v"] == 1
    assert [path.name for path in (tmp_path / "agents").iterdir()] == ["N.json"]


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """Not a traceback from the operating system."""
    (tmp_path / "agents").write_text("in the way")
    with pytest.raises(StateError, match="cannot"):
        StateFolder(tmp_path).save("N", {})


def test_a_process_killed_while_saving_leaves_one_complete_version(tmp_path: Path) -> None:
    """Whenever SIGKILL strikes, the file is the state of some completed save, and versions only go up."""
    code = """
        import sys
        from dana_poet.runtime.state import StateFolder
        folder = StateFolder(sys.argv[1])
        start = (folder.load("N") or {"v": 0})["v"]
        for v in range(start + 1, start + 100000):
            folder.save("N", {"v": v, "filler": ["%d" % v] * 3000})
    """
    seen = 0
    for attempt in range(6):
        process = child(code, str(tmp_path))
        time.sleep(0.25 + 0.07 * attempt)
        process.send_signal(signal.SIGKILL)
        process.wait()
        record = json.loads(Path(StateFolder(tmp_path).file_of("N")).read_bytes()) if attempt or seen else None
        record = record or StateFolder(tmp_path).load("N")
        if record is not None:
            assert record["filler"] == [str(record["v"])] * 3000
            assert record["v"] >= seen
            seen = record["v"]
    assert seen > 1
    assert not list(tmp_path.rglob("*.corrupt*"))


def test_two_processes_that_save_at_once_never_mix(tmp_path: Path) -> None:
    """Every reader sees one whole version of one of them."""
    code = """
        import sys
        from dana_poet.runtime.state import StateFolder
        folder = StateFolder(sys.argv[1])
        for v in range(60):
            folder.save("N", {"by": sys.argv[2], "v": [v] * 2000})
    """
    processes = [child(code, str(tmp_path), name) for name in "ab"]
    versions = []
    while any(process.poll() is None for process in processes):
        record = StateFolder(tmp_path).load("N")
        if record is not None:
            versions.append(record["by"])
            assert len(set(record["v"])) == 1
            assert len(record["v"]) == 2000
    assert [process.wait() for process in processes] == [0, 0]
    assert set(versions) <= {"a", "b"}


def test_a_lock_that_is_not_waited_for_says_who_holds_it(tmp_path: Path) -> None:
    """Feedback is delivered by one process at a time."""
    folder = StateFolder(tmp_path)
    with folder.locked("delivery") as mine:
        assert mine
        with folder.locked("delivery", wait=False) as second:
            assert not second
    with folder.locked("delivery", wait=False) as after:
        assert after


def test_an_unchanged_record_is_not_written_again(tmp_path: Path) -> None:
    """A method that changes nothing costs no disk."""
    folder = StateFolder(tmp_path)
    folder.save("N", {"v": 1})
    before = Path(folder.file_of("N")).stat().st_mtime_ns
    folder.save("N", {"v": 1})
    assert Path(folder.file_of("N")).stat().st_mtime_ns == before


def test_the_current_folder_belongs_to_the_run() -> None:
    """Two runs in one process do not see each other's folder."""
    seen: list[Any] = [state.current(), state.durable()]
    with state.use(StateFolder("a")):
        seen.append(state.durable())
    with place.Place("b", explicit=False):
        seen.extend((state.current(), state.current(), state.durable()))
    assert seen[:2] == [None, None]
    assert seen[2].path.endswith("/a")
    assert seen[3] is seen[4]
    assert seen[3].path.endswith("/b")
    assert seen[5] is None


def test_importing_the_runtime_writes_nothing(tmp_path: Path) -> None:
    """A folder appears with the first save of a persistent program, not before."""
    code = "import dana_poet.runtime.agents, dana_poet.runtime.feedback, dana_poet.runtime.resources"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=environment)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_may_be_named_from_where_the_program_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--state .poet` is the usual way to name one."""
    monkeypatch.chdir(tmp_path)
    state.make_private(".poet")
    state.make_private("a/b")
    assert (tmp_path / ".poet").is_dir()
    assert (tmp_path / "a" / "b").is_dir()
