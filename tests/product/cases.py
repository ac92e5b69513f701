"""Reads the programs of `tests/corpus/programs` and runs them the way users do.

A case is `=== title`, Dana text, and what is expected:

    --- output          exactly what the program prints
    --- value           the `repr` of its value
    --- error CODE      texts that the message or the hint has to contain, one a line; `at line:column` the place

Before those, `--- file NAME` gives a file that stands beside the program, and `--- mixing off` runs without the rules
for text and numbers, `--- mock` with the mock model.
"""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dana_poet
from dana_grammar.errors import DanaSourceError, Diagnostic
from dana_poet.runtime.tracebacks import diagnostics_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = Path(__file__).parents[1] / "corpus" / "programs"
SECTIONS = ("output", "value", "error", "file", "mixing", "mock", "replies", "asked", "stderr")


@dataclass(frozen=True, slots=True)
class Case:
    """One program and what it must do."""

    title: str
    text: str
    sections: dict[str, str] = field(default_factory=dict)
    """What follows each `---` line, by the text of that line."""

    @property
    def files(self) -> dict[str, str]:
        """The texts of the files beside the program."""
        return {name.removeprefix("file "): text for name, text in self.sections.items() if name.startswith("file ")}

    @property
    def error(self) -> tuple[str, list[str]] | None:
        """The code of the expected error and the lines about it."""
        for name, text in self.sections.items():
            if name.startswith("error"):
                return name.removeprefix("error").strip(), text.strip().splitlines()
        return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program did: what it printed, its value, or the first thing that went wrong."""

    output: str
    value: object = None
    wrong: Diagnostic | None = None


def read_cases(text: str) -> Iterator[Case]:
    """Yield the cases of a corpus file."""
    for block in ("\n" + text).split("\n=== ")[1:]:
        title, _, body = block.partition("\n")
        program: list[str] = []
        sections: dict[str, list[str]] = {}
        into = program
        for line in body.splitlines(keepends=True):
            name = line.removeprefix("--- ").strip()
            if line.startswith("--- ") and name.split(" ")[0] in SECTIONS:
                into = sections.setdefault(name, [])
            else:
                into.append(line)
        joined = {name: _without_gap("".join(lines)) for name, lines in sections.items()}
        yield Case(title.strip(), "".join(program), joined)


def _without_gap(text: str) -> str:
    """Return a section without the empty line before the next case."""
    return text[:-1] if text.endswith("\n\n") else text


def all_cases() -> list[object]:
    """Return every case of every corpus file, named by file and title."""
    return [
        pytest.param(case, id=f"{path.stem}: {case.title}")
        for path in sorted(PROGRAMS.glob("*.txt"))
        for case in read_cases(path.read_text(encoding="utf-8"))
    ]


def outcome_of(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """Run a case: as a file of a folder when it has other files, in a session otherwise."""
    if "mock" in case.sections:
        monkeypatch.setenv("DANA_MOCK_LLM", "true")
    if "mixing off" in case.sections:
        monkeypatch.setenv("DANA_AUTO_COERCION", "0")
    printed: list[str] = []
    try:
        if case.files:
            for name, text in case.files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            (folder / "main.na").write_text(case.text, encoding="utf-8")
            monkeypatch.chdir(folder)
            stream = io.StringIO()
            with redirect_stdout(stream):
                try:
                    value = dana_poet.run(folder / "main.na", capture=False).value
                finally:
                    printed.append(stream.getvalue())
            return Outcome(printed[0], value)
        session = dana_poet.Session(folder=folder, state=folder / "state")
        printed_by = session.output
        try:
            result = session.run(case.text)
        finally:
            if printed_by is not None:
                printed.append(printed_by.taken())
        return Outcome(result.output, result.value)
    except DanaSourceError as error:
        return Outcome("".join(printed), wrong=error.diagnostics[0])
    except Exception as error:  # noqa: BLE001 - whatever a program raises is what is compared
        return Outcome("".join(printed), wrong=diagnostics_of(error)[0])
