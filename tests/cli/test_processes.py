"""What happens between processes: pipes that close, Ctrl-C, a folder that goes away, `python -m dana_poet`."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.cli.transcripts import environment

if TYPE_CHECKING:
    from pathlib import Path

DANA = [sys.executable, "-P", "-m", "dana_poet"]


def start(folder: Path, text: str, *options: str) -> subprocess.Popen[bytes]:
    """Start a program in a process of its own."""
    (folder / "program.na").write_text(text, encoding="utf-8")
    command = [*DANA, "run", "program.na", *options]
    return subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def interrupted(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Wait for the program's first line, press Ctrl-C, and return exit code and standard error."""
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors.decode()


def test_python_dash_m_is_the_same_command() -> None:
    """`python -m dana_poet` works where scripts are not on the path."""
    done = subprocess.run([*DANA, "--version"], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("dana-poet ")


def test_a_reader_that_leaves_ends_the_program_quietly(tmp_path: Path) -> None:
    """`dana-poet run p.na | head` is no failure of the program."""
    process = start(tmp_path, "i = 0\nwhile true:\n    i += 1\n    print(i)\n")
    assert process.stdout is not None
    assert process.stdout.readline() == b"1\n"
    process.stdout.close()
    assert process.wait(timeout=20) == 141
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize("words", [["--help"], ["check", "program.na"], ["explain"]])
def test_any_verb_survives_a_closed_pipe(words: list[str], tmp_path: Path) -> None:
    """Nothing is complained about, whatever was printed."""
    (tmp_path / "program.na").write_text("x = y\n" * 20_000)
    command = [*DANA, *words]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=60)
    assert errors == b""


BUSY = "print('ready', flush=true)\ndef spin():\n    while true: pass\nspin()\n"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (BUSY, "3:"),
        ("print('ready', flush=true)\nsleep(60)\n", "2:1"),
        ("print('ready', flush=true)\nwhile true:\n    try: x = 1\n    except: pass\n", ""),
    ],
    ids=["a loop", "a sleep", "a loop that catches everything"],
)
def test_ctrl_c_ends_a_program_with_one_line(text: str, place: str, tmp_path: Path) -> None:
    """Exit code 130, the place, and no trace."""
    code, errors = interrupted(start(tmp_path, text))
    assert code == 130
    assert len(errors.splitlines()) == 1
    assert errors.startswith(f"dana-poet run: interrupted at program.na:{place}")


def test_ctrl_c_with_json_still_gives_one_object(tmp_path: Path) -> None:
    """A script that reads the object learns how it ended."""
    text = "import helper.py\nhelper.ready()\nwhile true: pass\n"
    (tmp_path / "helper.py").write_text("import sys\ndef ready(): print('ready', file=sys.__stdout__, flush=True)\n")
    process = start(tmp_path, text, "--json")
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b'"type": "KeyboardInterrupt"' in out


def test_an_interrupted_program_keeps_what_was_saved(tmp_path: Path) -> None:
    """A program that stops half-way has lost no state of a completed method."""
    text = (
        "agent Counter:\n    state:\n        count: int\n    def up(self):\n        self.count += 1\n        self.count\n"
        "print(Counter.up())\nprint('ready', flush=true)\nwhile true: pass\n"
    )
    for expected in (b"1\n", b"2\n"):
        process = start(tmp_path, text, "--state", "kept")
        assert process.stdout is not None
        assert process.stdout.readline() == expected
        assert process.stdout.readline() == b"ready\n"
        process.kill()
        process.communicate(timeout=20)


def test_a_folder_that_is_gone_is_one_line(tmp_path: Path) -> None:
    """The working folder may have been removed by someone else."""
    folder = tmp_path / "gone"
    folder.mkdir()
    command = f'cd "{folder}" && rmdir "{folder}" && "{sys.executable}" -P -m dana_poet run hello.na'
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60, env=environment()
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("dana-poet run: ")


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"x = '\xff'\n", 1, "program.na:1:6: error[D0040]: byte 0xff is not UTF-8 text"),
        (b"x = 1\n\x00\n", 1, "program.na:2:1: error[D0021]"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50, 1, "program.na:1:1: error[D0040]"),
        (b"\xef\xbb\xbfprint(1)\r\nprint(2)\r\n", 0, ""),
        (b"x = 1\n" * 3_500_000, 1, "program.na:1:1: error[D0027]: this text has more than"),
        (b"(" * 100_000, 1, ": error[D00"),
        (b"if x:\n\ty = 1\n        z = 2\n", 1, "program.na:3:1: error[D0009]"),
        (b"print('\\ud800')\n", 0, ""),
    ],
    ids=["not UTF-8", "NUL", "a picture", "BOM and CRLF", "20 MB", "deep", "mixed tabs", "a lone surrogate"],
)
def test_a_file_of_any_bytes_gets_an_answer(data: bytes, code: int, message: str, tmp_path: Path) -> None:
    """A diagnostic with a place, never a Python traceback, within seconds."""
    (tmp_path / "program.na").write_bytes(data)
    for verb in ("run", "check"):
        done = subprocess.run(
            [*DANA, verb, "program.na"], cwd=tmp_path, env=environment(), capture_output=True, check=False, timeout=15
        )
        said = (done.stdout if verb == "check" else done.stderr).decode()
        assert done.returncode == code, said[:500]
        assert message in said
        assert "Traceback" not in said


def test_a_file_name_that_is_no_unicode_can_be_named(tmp_path: Path) -> None:
    """Names of files are bytes on Linux; a message shows them as well as it can."""
    name = b"odd\xff.na"
    (tmp_path / "x").write_text("x = (\n")
    (tmp_path / "x").rename(str(tmp_path) + "/" + name.decode("utf-8", "surrogateescape"))
    for verb in ("run", "check", "fmt", "transpile"):
        done = subprocess.run(
            [*(word.encode() for word in DANA), verb.encode(), name],
            cwd=tmp_path, env=environment(), capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 1
        assert b"never closed" in done.stdout + done.stderr
        assert b"Traceback" not in done.stderr
