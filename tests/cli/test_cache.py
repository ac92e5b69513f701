"""Compiled programs on disk: a second run loads no parser, and nothing that is wrong with the folder matters."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

import dana_poet
from dana_poet.runtime import cache, execute
from tests.cli.transcripts import environment

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = "def f(x): x + 1\nprint(f(41))\n"
REPORT = """
import sys
from dana_poet.cli.main import main
code = main(["run", "program.na"])
loaded = [name for name in sys.modules if name.split(".")[0] == "lark" or name.startswith("dana_grammar.")]
print(code, *loaded)
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a program in a folder of its own, and let compiled programs be kept."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "program.na"
    path.write_text(PROGRAM)
    return path


def kept(program: Path) -> list[Path]:
    """Return what the cache folder beside a program holds."""
    folder = program.parent / cache.FOLDER
    return sorted(folder.iterdir()) if folder.exists() else []


def output(program: Path) -> str:
    """Run a program and return what it prints."""
    return dana_poet.run(program).output


def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows with every text that is really compiled."""
    texts: list[str] = []
    original = execute.compile_text

    def counting(text: str, file: str, known: frozenset[str] = frozenset()) -> object:
        texts.append(text)
        return original(text, file, known)

    monkeypatch.setattr(execute, "compile_text", counting)
    return texts


def child(program: Path, **variables: str) -> str:
    """Run a program in a fresh interpreter; return its output and which modules of the language were loaded."""
    variables = {name: value for name, value in environment().items() if name != "DANA_NO_CACHE"} | variables
    done = subprocess.run(
        [sys.executable, "-P", "-c", REPORT], cwd=program.parent, env=variables, capture_output=True, text=True,
        check=True, timeout=60,
    )  # fmt: skip
    return done.stdout


def test_a_second_run_loads_no_parser(program: Path) -> None:
    """This is what makes a start cheap."""
    assert "dana_grammar.parse" in child(program)
    assert child(program) == "42\n0\n"


def test_imported_modules_are_kept_too(program: Path) -> None:
    """A program of many files starts as fast."""
    (program.parent / "helper.na").write_text("def g(x): x * 2\n")
    program.write_text("import helper\nprint(helper.g(21))\n")
    child(program)
    assert child(program) == "42\n0\n"


@pytest.mark.parametrize(
    "damage",
    [
        lambda _data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:],
        lambda _data: b"something else altogether",
        lambda data: os.urandom(len(data)),
        lambda data: data.replace(b"danac1", b"danac0"),
    ],
    ids=["empty", "half", "cut", "a bit", "foreign", "random", "older"],
)
def test_a_damaged_file_is_ignored_and_written_anew(damage: object, program: Path) -> None:
    """A cache can be anything after a crash or a copy; it must never decide what runs."""
    assert output(program) == "42\n"
    (file,) = kept(program)
    good = file.read_bytes()
    assert callable(damage)
    file.write_bytes(damage(good))
    assert output(program) == "42\n"
    assert file.read_bytes() == good


def test_code_that_another_version_made_is_not_used(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new release translates differently."""
    output(program)
    old = kept(program)
    monkeypatch.setattr(cache, "__version__", "99.0")
    assert output(program) == "42\n"
    assert kept(program) != old
    assert len(kept(program)) == 1


def test_code_of_another_user_is_not_used(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that everybody may write, someone could leave a program for us."""
    output(program)
    texts = compiled(monkeypatch)
    monkeypatch.setattr(os, "getuid", lambda: 123456)
    assert output(program) == "42\n"
    assert texts == [PROGRAM]


def test_a_changed_text_is_seen(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content counts, not its time: an editor may write within the same tick."""
    output(program)
    before = program.stat()
    program.write_text(PROGRAM.replace("41", "40"))
    os.utime(program, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert output(program) == "41\n"
    assert len(kept(program)) == 1, "what was kept for the earlier text is gone"
    texts = compiled(monkeypatch)
    assert output(program) == "41\n"
    assert texts == []


def test_a_moved_program_names_its_new_place(program: Path) -> None:
    """Traces show the path that is in the code."""
    program.write_text("def f(): 1 / 0\nf()\n")
    with pytest.raises(ZeroDivisionError):
        output(program)
    moved = program.parent / "elsewhere"
    moved.mkdir()
    program.rename(moved / "program.na")
    (program.parent / cache.FOLDER).rename(moved / cache.FOLDER)
    with pytest.raises(ZeroDivisionError) as caught:
        output(moved / "program.na")
    assert caught.traceback[-1].path == moved / "program.na"


def test_a_folder_that_cannot_be_written_is_no_error(program: Path) -> None:
    """Programs may be installed where their users cannot write."""
    (program.parent / cache.FOLDER).write_text("a file stands where the folder would be")
    assert output(program) == "42\n"
    assert output(program) == "42\n"


def test_the_variable_switches_the_cache_off(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`DANA_NO_CACHE=1` neither reads nor writes."""
    monkeypatch.setenv("DANA_NO_CACHE", "1")
    output(program)
    assert kept(program) == []


def test_pythons_own_switch_is_respected(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`PYTHONDONTWRITEBYTECODE` means: read what is there, leave nothing behind."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    output(program)
    assert kept(program) == []
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    output(program)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    texts = compiled(monkeypatch)
    assert output(program) == "42\n"
    assert texts == []


def test_many_runs_at_once_agree(program: Path) -> None:
    """Threads and processes write the same file; each sees a whole one."""
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(output(program))) for _ in range(8)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-P", "-m", "dana_poet", "run", "program.na"], cwd=program.parent, stdout=subprocess.PIPE,
            env={name: value for name, value in environment().items() if name != "DANA_NO_CACHE"},
        )
        for _ in range(4)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["42\n"] * 8
    assert [process.communicate(timeout=60)[0] for process in processes] == [b"42\n"] * 4
    assert [file.suffix for file in kept(program)] == [".danac"]


def test_a_process_killed_while_it_writes_leaves_no_broken_cache(program: Path) -> None:
    """The file is written beside its place and moved there; what is left over is removed later."""
    script = (
        "import os, sys, time\nimport dana_poet\nfrom dana_poet.runtime import cache\nsys.dont_write_bytecode = False\n"
        "def hang(*_):\n    print('half', flush=True)\n    time.sleep(60)\n"
        "os.replace = hang\ndana_poet.run('program.na')\n"
    )
    process = subprocess.Popen([sys.executable, "-P", "-c", script], cwd=program.parent, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"half\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    (left,) = kept(program)
    assert left.suffix == ".tmp"
    assert output(program) == "42\n"
    assert len(kept(program)) == 2, "a file that is still young may be another process's"
    old = time.time() - 2 * cache.ABANDONED_SECONDS
    os.utime(left, (old, old))
    program.write_text(PROGRAM + "\n")
    assert output(program) == "42\n"
    assert [file.suffix for file in kept(program)] == [".danac"]


def test_files_with_like_names_do_not_share(program: Path) -> None:
    """`a.na` and `a.b.na` are kept apart, and neither removes the other's code."""
    other = program.parent / "program.extra.na"
    other.write_text("print('other')\n")
    for _ in range(2):
        assert output(program) == "42\n"
        assert output(other) == "other\n"
    assert len(kept(program)) == 2
