"""Reads and plays transcripts of the command line: `tests/corpus/cli/*.txt`.

    === title
    --- file hello.na           a file that is there before the first command
    print("hello")
    --- mode 000 hello.na       permissions for it (skipped for the superuser, whom they do not stop)
    --- commands
    $ dana-poet run hello.na    a command, as a shell reads it; `< FILE` gives it standard input
    hello                       what it prints on standard output
    ! a message                 what it prints on standard error
    [exit 0]                    its exit code
    $ cat hello.na              also: cat, ls, which look at what a command left behind

Times and the folder are replaced (`0.0s`, `DIR`), so that every run gives the same text.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(__file__).parents[1] / "corpus" / "cli"
RECORD = "RECORD_TRANSCRIPTS"
"""Set to rewrite the transcripts with what the commands do now; read the difference before keeping it."""
TIMES = (
    (re.compile(r"\bin \d+\.\d+s"), "in 0.0s"),
    (re.compile(r'"seconds": [\d.e-]+'), '"seconds": 0.0'),
    (re.compile(r"(?<=[ '])\d+\.\d+ (us|ms|s)\b"), "0.0 ms"),
    (re.compile(r'"time": "[^"]+"'), '"time": "TIME"'),
    (re.compile(r"last call \d+ more times"), "last call N more times"),
    (re.compile(r"event-\w+|evt-\w+|event_\w{8,}"), "EVENT"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One transcript: files, and commands with everything they print."""

    title: str
    files: dict[str, str] = field(default_factory=dict)
    modes: dict[str, int] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    expected: str = ""
    source: str = ""


def read_cases(text: str) -> Iterator[Case]:
    """Yield the transcripts of a corpus file."""
    for block in ("\n" + text).split("\n=== ")[1:]:
        title, _, body = block.partition("\n")
        parts = re.split(r"^--- ((?:file|mode) .*|commands)\n", body, flags=re.MULTILINE)
        files: dict[str, str] = {}
        modes: dict[str, int] = {}
        expected = ""
        for name, content in zip(parts[1::2], parts[2::2], strict=True):
            if name.startswith("file "):
                files[name.removeprefix("file ")] = content
            elif name.startswith("mode "):
                _, mode, file = name.split()
                modes[file] = int(mode, 8)
            else:
                expected = content.rstrip("\n") + "\n"
        commands = tuple(line[2:] for line in expected.splitlines() if line.startswith("$ "))
        yield Case(title.strip(), files, modes, commands, expected, body[: body.find("--- commands\n")])


def play(case: Case, folder: Path) -> str:
    """Run the commands of a case in `folder` and return the transcript."""
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    for name, mode in case.modes.items():
        (folder / name).chmod(mode)
    return "".join(f"$ {command}\n{_played(command, folder)}" for command in case.commands)


def _played(command: str, folder: Path) -> str:
    line, _, given = command.partition(" < ")
    words = shlex.split(line)
    if words[0] == "dana-poet":
        words = [sys.executable, "-P", "-m", "dana_poet", *words[1:]]
    done = subprocess.run(
        words, cwd=folder, capture_output=True, timeout=60, check=False, env=environment(),
        input=(folder / given).read_bytes() if given else b"",
    )  # fmt: skip
    out, errors = done.stdout.decode(), done.stderr.decode()
    shown = _lines(out, "") + _lines(errors, "! ")
    return normalised(shown, folder) + f"[exit {done.returncode}]\n"


def _lines(text: str, prefix: str) -> str:
    *lines, last = text.split("\n")
    shown = "".join(f"{prefix}{line}\n" for line in lines)
    return shown + (f"{prefix}{last}\\\n" if last else "")  # a last line without its end is marked


def environment() -> dict[str, str]:
    """Return the environment of a user without settings, whose terminal is 80 columns wide."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DANA", "OPENAI", "PYTHON"))}
    return {**kept, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1", "DANA_NO_CACHE": "1"}


def normalised(text: str, folder: Path) -> str:
    """Return a transcript without what differs from run to run."""
    text = text.replace(os.path.realpath(folder), "DIR").replace(str(folder), "DIR")
    for pattern, fixed in TIMES:
        text = pattern.sub(fixed, text)
    return text
