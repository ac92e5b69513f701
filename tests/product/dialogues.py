"""Runs the programs of `tests/corpus/{agents,pipelines,resources,library}`: cases as in `cases`, with models that answer.

Besides what `cases` knows, a case may have

    --- replies         what the model answers, one reply a line (`\\n` is a line break); `!Class text` raises
    --- asked           texts that the questions to the model contain, one question a line
    --- stderr          texts that standard error contains, in this order, one a line

Lines under `--- error CODE` are looked for in the whole report, so they may be notes and places too.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dana_poet
from dana_poet.llm import ScriptedModel, use_model
from dana_poet.runtime.tracebacks import diagnostics_of, report
from tests.product.cases import Case, read_cases

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(__file__).parents[1] / "corpus"
FOLDERS = ("agents", "pipelines", "resources", "library")
OWNER = dana_poet.Policy()
FAILURES = {"ConnectionError": ConnectionError, "TimeoutError": TimeoutError, "ValueError": ValueError}


@dataclass(frozen=True, slots=True)
class Told:
    """What one program did. `report` is what the command line prints about its error; empty when there was none."""

    output: str
    errors: str
    value: object = None
    code: str = ""
    report: str = ""
    asked: tuple[str, ...] = ()


def all_cases() -> list[object]:
    """Return every case of every corpus file, named by folder, file and title."""
    return [
        pytest.param(case, id=f"{folder}/{path.stem}: {case.title}")
        for folder in FOLDERS
        for path in sorted((CORPUS / folder).glob("*.txt"))
        for case in read_cases(path.read_text(encoding="utf-8"))
    ]


def answer(line: str) -> str | Exception:
    """Return the reply that a line of a case stands for."""
    name, _, text = line.removeprefix("!").partition(" ")
    if line.startswith("!"):
        return FAILURES[name](text)
    return line.replace("\\n", "\n")


@contextlib.contextmanager
def answering(case: Case) -> Iterator[ScriptedModel | None]:
    """Let the model answer what the case says."""
    if "replies" not in case.sections:
        yield None
        return
    model = ScriptedModel([answer(line) for line in case.sections["replies"].splitlines()])
    with use_model(model):
        yield model


def told(
    case: Case, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    policy: dana_poet.Policy = OWNER,
) -> Told:  # fmt: skip
    """Run a case as the file `main.na` of a folder."""
    if "mock" in case.sections:
        monkeypatch.setenv("DANA_MOCK_LLM", "true")
    for name, text in {**case.files, "main.na": case.text}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    if "mixing off" in case.sections:
        monkeypatch.setenv("DANA_AUTO_COERCION", "0")
    monkeypatch.setenv("DANA_NO_CACHE", "1")
    failed: Exception | None = None
    value: object = None
    capsys.readouterr()
    with answering(case) as model:
        try:
            value = dana_poet.run("main.na", policy=policy, capture=False).value
        except Exception as error:  # noqa: BLE001 - whatever a program raises is what is compared
            failed = error
    printed = capsys.readouterr()
    asked = tuple(request.prompt for request in model.requests) if model is not None else ()
    if failed is None:
        return Told(printed.out, printed.err, value, asked=asked)
    code = diagnostics_of(failed)[0].code
    return Told(printed.out, printed.err, None, code, report(failed, color=False), asked)
