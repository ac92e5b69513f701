"""Sessions without a terminal: `tests/corpus/sessions/*.txt`, where `> ` marks what is typed and the rest is the answer."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dana_poet.repl.loop import Repl
from dana_poet.repl.terminal import candidates
from tests.cli.transcripts import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

SESSIONS = Path(__file__).parents[1] / "corpus" / "sessions"
TYPED = "> "
DANA = [sys.executable, "-P", "-m", "dana_poet", "repl"]


def typed_lines(transcript: str) -> list[str]:
    """Return what a transcript types."""
    return [line.removeprefix(TYPED.rstrip()).removeprefix(" ") for line in transcript.splitlines() if line[:1] == ">"]


def played(lines: list[str], folder: Path) -> str:
    """Type `lines` into a session and return the transcript: each line, then what was answered to it."""
    screen = io.StringIO()

    def typing() -> Iterator[str]:
        for line in lines:
            screen.write(f"{TYPED}{line}".rstrip() + "\n")
            yield line + "\n"

    with contextlib.redirect_stdout(screen), contextlib.chdir(folder):
        repl = Repl(show=print)
        code = repl.read_plainly(typing())  # type: ignore[arg-type]  # any lines will do
    assert code == 0
    return screen.getvalue()


@pytest.mark.parametrize("path", sorted(SESSIONS.glob("*.txt")), ids=lambda path: str(path.stem))
def test_a_session_goes_as_written(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed and what is answered, line by line."""
    monkeypatch.setenv("DANA_MOCK_LLM", "true")
    (tmp_path / "helper.na").write_text("def twice(x): x * 2\n")
    expected = path.read_text(encoding="utf-8")
    transcript = played(typed_lines(expected), tmp_path)
    if os.environ.get("RECORD_TRANSCRIPTS"):
        path.write_text(transcript, encoding="utf-8")
    else:
        assert transcript == expected


def test_a_pipe_is_answered_without_prompts(tmp_path: Path) -> None:
    """Standard input that is no terminal is read to its end, and the last input needs no empty line."""
    done = subprocess.run(
        DANA, cwd=tmp_path, env=environment(), input=b"x = 2\nx * 21\nfor i in [1]:\n    print(i)", capture_output=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"42\n1\n", b"")


def test_bytes_that_are_no_text_are_one_mistake(tmp_path: Path) -> None:
    """The session goes on."""
    done = subprocess.run(
        DANA, cwd=tmp_path, env=environment(), input=b"x = '\xff\n1 + 1\n\x00\n2 + 2\n", capture_output=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0
    assert b"\n2\n" in done.stdout
    assert done.stdout.endswith(b"\n4\n")
    assert done.stderr == b""


def test_quit_leaves_at_once(tmp_path: Path) -> None:
    """What stands after it is not run."""
    done = subprocess.run(
        DANA,
        cwd=tmp_path,
        env=environment(),
        input=b"1 + 1\n:quit\n2 + 2\n",
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.stdout == b"2\n"


def test_options_of_the_session_are_those_of_run(tmp_path: Path) -> None:
    """`--state` keeps agents, `--allow-import` allows modules."""
    text = b"agent A:\n    state:\n        n: int\n    def up(self):\n        self.n += 1\n        self.n\n\nA.up()\n"
    for expected in (b"1\n", b"2\n"):
        done = subprocess.run(
            [*DANA, "--state", "kept", "--allow-import", "subprocess"], cwd=tmp_path, env=environment(),
            input=text + b"import subprocess.py\n", capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.stdout == expected


def test_completion_knows_names_fields_keywords_and_commands() -> None:
    """What Tab offers at the end of a text."""
    repl = Repl(show=lambda _line: None)
    repl.answer("struct Point:\n    across: int\n    along: int = 0\n    def length(self): 1\n")
    repl.answer('point = Point(across=1)\ntable = {"alpha": {"beta": 1}, "not a name": 2}')
    assert {"point", "Point", "print", "pipeline", "struct"} <= set(candidates(repl, "p", "p"))
    assert {"across", "along", "length"} <= set(candidates(repl, "point.", "point."))
    assert "alpha" in candidates(repl, "table.al", "table.al")
    assert "not a name" not in candidates(repl, "table.", "table.")
    assert "beta" in candidates(repl, "table.alpha.", "table.alpha.")
    assert candidates(repl, "nothing.", "nothing.") == []
    assert "python" in candidates(repl, ":py", "py")
    assert [name for name in candidates(repl, "point.", "point.") if name.startswith("_")] == []
