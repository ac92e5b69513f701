"""The session on a real terminal: a child with a pseudo-terminal, typed at as a person types."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Self

import pytest

from tests.cli.transcripts import environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pty = pytest.importorskip("pty", reason="pseudo-terminals are a thing of POSIX")
ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[=>()][0-9A-B]?)")
PROMPT = "dana>"
START = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # Ctrl-C comes from this terminal
from dana_poet.cli.main import main
raise SystemExit(main(["repl", *sys.argv[1:]]))
"""


class Terminal:
    """A session in a pseudo-terminal of 100 columns. `screen` is all it has written, without control sequences."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._master, slave = pty.openpty()
        home = {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), "TERM": "xterm"}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", START, *options], cwd=folder, stdin=slave, stdout=slave, stderr=slave,
            env=environment() | home | {"PROMPT_TOOLKIT_NO_CPR": "1", "COLUMNS": "100", "LINES": "40"},
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self.screen = ""

    def __enter__(self) -> Self:
        self.wait_for(PROMPT)
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.wait(timeout=20)
        os.close(self._master)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._master, text.encode())

    def wait_for(self, text: str, seconds: float = 10) -> str:
        """Wait until the terminal has written `text` since the last wait; return what it wrote until now."""
        seen = ""
        end = time.monotonic() + seconds
        while text not in seen:
            ready, _, _ = select.select([self._master], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"waited for {text!r}, saw {seen!r}"
            try:
                data = os.read(self._master, 65536)
            except OSError:  # the other side is closed
                data = b""
            assert data, f"waited for {text!r}, the session ended after {seen!r}"
            self.screen += data.decode(errors="replace")
            seen = ESCAPES.sub("", self.screen)
        self.screen = ""
        return seen

    def ask(self, text: str, answer: str) -> str:
        """Type a line, wait for the answer and the next prompt; return what was written."""
        self.type(text + "\r")
        return self.answered(answer)

    def tell(self, text: str) -> None:
        """Type a line that answers nothing; the prompt is drawn anew while it is typed, so another line tells its end."""
        self.type(text + "\r")
        self.ask("30000 + 7", "\n30007")

    def answered(self, answer: str) -> str:
        """Wait for the answer and the next prompt, which may come with it; return what was written."""
        seen = self.wait_for(answer)
        return seen if PROMPT in seen.rpartition(answer)[2] else seen + self.wait_for(PROMPT)

    def leaves(self) -> int:
        """Wait for the end of the session and return its exit code."""
        end = time.monotonic() + 20
        while self.process.poll() is None and time.monotonic() < end:
            if select.select([self._master], [], [], 0.05)[0]:
                try:
                    os.read(self._master, 65536)
                except OSError:
                    break
        return self.process.wait(timeout=20)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Start a session."""
    with Terminal(tmp_path) as started:
        yield started


def test_values_errors_and_the_end(terminal: Terminal) -> None:
    """A value is shown, an error keeps the session, Ctrl-D leaves with exit code 0."""
    terminal.tell("x = 41")
    terminal.ask("x + 1", "\n42")
    terminal.ask("totl", "'totl' is not defined")
    terminal.ask("x", "\n41")
    terminal.type("\x04")
    assert terminal.leaves() == 0


def test_several_lines_are_one_input(terminal: Terminal) -> None:
    """Enter goes on in a block, indented; an empty line ends it."""
    terminal.type("def double(n):\r")
    terminal.wait_for("...")
    terminal.type("n * 2\r")
    terminal.type("\r")
    terminal.wait_for(PROMPT)
    terminal.ask("double(21)", "\n42")
    terminal.type("items = [1,\r2]\r")
    terminal.wait_for(PROMPT)
    terminal.ask("items", "[1, 2]")


def test_ctrl_c_stops_a_program_and_keeps_the_session(terminal: Terminal) -> None:
    """The names are still there."""
    terminal.tell("x = 41")
    terminal.type("while true: pass\r")
    time.sleep(0.5)
    terminal.type("\x03")
    terminal.answered("interrupted")
    terminal.ask("x + 1", "\n42")
    terminal.type("sleep(60)\r")
    time.sleep(0.5)
    terminal.type("\x03")
    terminal.wait_for("interrupted")


def test_ctrl_c_at_the_prompt_forgets_the_line(terminal: Terminal) -> None:
    """As in a shell."""
    terminal.type("x = (1 +\r\x03")
    terminal.wait_for(PROMPT)
    terminal.ask("2 + 3", "\n5")


def test_tab_completes_names_and_fields(terminal: Terminal) -> None:
    """One candidate is filled in at once."""
    terminal.tell("temperature_limit = 42")
    terminal.type("temperature_l\t")
    terminal.wait_for("temperature_limit")
    terminal.type("\r")
    terminal.answered("\n42")
    terminal.tell('row = {"reading": 7}')
    terminal.type("row.rea\t")
    terminal.wait_for("row.reading")
    terminal.type("\r")
    terminal.wait_for("\n7")


def test_question_mark_and_commands(terminal: Terminal) -> None:
    """`?name` tells what a name is, `:python` shows what runs."""
    terminal.ask("?len", "Return the number of items")
    terminal.ask(":python", "Python is shown")
    terminal.ask("def f(x): x * 2", "return x * 2")
    terminal.type(":quit\r")
    assert terminal.leaves() == 0


def test_the_history_is_kept_for_the_next_session(tmp_path: Path) -> None:
    """Up brings back what an earlier session typed; the file is this user's alone."""
    with Terminal(tmp_path) as first:
        first.ask("20 + 22", "\n42")
        first.type("\x04")
        first.leaves()
    history = tmp_path / "state" / "dana-poet" / "history"
    assert "20 + 22" in history.read_text()
    assert history.parent.stat().st_mode & 0o077 == 0
    with Terminal(tmp_path) as second:
        second.type("\x1b[A")
        second.wait_for("20 + 22")
        second.type("\r")
        second.wait_for("\n42")


def test_a_folder_that_cannot_be_written_costs_the_history_alone(tmp_path: Path) -> None:
    """The session runs all the same."""
    (tmp_path / "state").write_text("a file stands where the folder would be")
    with Terminal(tmp_path) as session:
        session.ask("1 + 1", "\n2")
