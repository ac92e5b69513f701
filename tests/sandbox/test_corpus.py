"""The shown cases, each run whole: benign programs give their value, attacks are refused, contained or harmless."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dana_sandbox.run import run_untrusted
from tests.sandbox.judge import Case, Judge, read_corpus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_sandbox.outcome import RunOutcome

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "escape_corpus"
CASES = read_corpus(CORPUS) if CORPUS.is_dir() else []


class Array:
    """Stands for a numpy array that a host passes in."""

    ctypes = property(lambda self: self)
    data = 4096


class Frame:
    """Stands for a pandas frame that a host passes in."""

    def to_csv(self, path: str) -> None:
        """Write a file, as the real one does."""
        Path(path).write_text("escaped", encoding="utf-8")


def run(source: str, inputs: dict[str, Any], **options: Any) -> RunOutcome:
    """Run a case with the objects that it speaks of."""
    objects = {"ARR": Array(), "DF": Frame()}
    found = {name: made for name, made in objects.items() if re.search(rf"\b{name}\b", source)}
    return run_untrusted(source, inputs | found, **options)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """A judge with its secrets planted in the folder in which the cases run."""
    folder = tmp_path_factory.mktemp("canary")
    patch = pytest.MonkeyPatch()
    patch.chdir(folder)
    patch.setenv("CANARY_TOKEN", "")
    made = Judge(folder, run)
    run_untrusted("result = 1")  # what a first call loads is no change made by a case
    run_untrusted("import os")
    yield made
    patch.undo()


@pytest.mark.skipif(not CASES, reason="the corpus is not beside this checkout")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_ends_as_it_should(case: Case, judge: Judge) -> None:
    """Judged from outside: what came back, what the host still is, how long it took."""
    judgement = judge.judge(case)
    assert judgement.verdict == "OK", f"{judgement.verdict}: {judgement.detail}"


@pytest.mark.skipif(not CASES, reason="the corpus is not beside this checkout")
@pytest.mark.parametrize("name", ["ARR", "DF"])
def test_live_objects_are_refused_as_inputs(name: str) -> None:
    """An array or a frame reaches no program: its path is told, and what to do."""
    outcome = run(f"result = {name}\n", {})
    assert outcome.status == "rejected"
    assert [(one.rule, one.message[: len(name) + 10]) for one in outcome.violations] == [("input", f"inputs['{name}']")]
