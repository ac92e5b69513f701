"""`dana-poet learn` as a user sees it: transcripts over a store with two functions, and what a terminal shows."""

from __future__ import annotations

import itertools
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from dana_learning import Choice, KeptTuner, Parameter, Space, TinyStore
from dana_poet.learned import LearnedParameters
from tests.cli.transcripts import CORPUS, RECORD, Case, environment, normalised, play, read_cases

if TYPE_CHECKING:
    from pathlib import Path

FILE = CORPUS.parent / "learning" / "cli.txt"
PARSE = Space([Choice("parser", "quick", ("quick", "thorough"))])
FETCH = Space([Parameter("timeout", 30.0, 0.1, 60.0, unit="s", scale="log"), Choice("mode", "one", ("one", "two"))])


def make_store(folder: Path) -> None:
    """Make a store in which `parse` has learned an option, and `fetch` knows too little yet."""
    folder.mkdir()
    hours = itertools.count(1_700_000_000.0, 3600.0)
    with TinyStore(folder / "learning.json", clock=lambda: next(hours)) as store:
        parse, fetch = KeptTuner(store, "parse", PARSE), KeptTuner(store, "fetch", FETCH)
        for number in range(60):
            option = ("quick", "thorough", "thorough")[number % 3]
            quality = (0.5 if option == "quick" else 0.8) + 0.05 * (number % 4 - 1.5)
            parse.record({"parser": option}, quality, execution_id=f"run-{number}")
            parse.served()
        for number in range(3):
            fetch.record({"timeout": 30.0, "mode": "one"}, 0.7, execution_id=f"run-{number}")
        parse.close()
        fetch.close()


def all_cases() -> list[object]:
    """Return every transcript of the file."""
    return [pytest.param(case, id=case.title) for case in read_cases(FILE.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", all_cases())
def test_a_session_over_what_was_learned_goes_as_written(case: Case, tmp_path: Path) -> None:
    """What the commands print and return is part of what users and scripts rely on."""
    folder = tmp_path / "work"
    folder.mkdir()
    make_store(folder / ".poet")
    played = play(case, folder)
    if os.environ.get(RECORD):
        text = FILE.read_text(encoding="utf-8")
        FILE.write_text(text.replace(f"--- commands\n{case.expected}", f"--- commands\n{played}"), encoding="utf-8")
    else:
        assert played == case.expected


def answered(folder: Path, *words: str) -> dict[str, Any]:
    """Return what `dana-poet learn ... --json` prints."""
    command = [sys.executable, "-P", "-m", "dana_poet", "learn", *words, "--json"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True, env=environment(), timeout=60
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_whole_way_of_a_number(tmp_path: Path) -> None:
    """Learned, explained, analysed, taken back, and released: the same numbers everywhere."""
    rng = np.random.default_rng(1)
    with LearnedParameters(tmp_path / ".poet") as learned:
        for _ in range(60):
            values = learned.parameters_for("fetch", FETCH)
            quality = 0.9 - abs(np.log(values["timeout"] / 4)) / 5 + 0.03 * rng.normal()
            learned.record("fetch", values, float(np.clip(quality, 0, 1)))
        served = learned.served("fetch", FETCH)
    (status,) = answered(tmp_path, "status")["functions"]
    assert {one["name"]: one["served"] for one in status["parameters"]} == served
    assert status["parameters"][0]["bounds"] == {"kind": "number", "low": 0.1, "high": 60.0, "scale": "log"}
    assert status["executions"] == 60
    last = answered(tmp_path, "explain", "fetch", "timeout")["versions"][-1]
    assert last["probability"] >= 0.9
    assert last["expected_gain"] > 0
    assert last["evidence"] > 0
    assert last["counterfactual"]
    (found,) = answered(tmp_path, "run")["functions"]
    assert any("timeout" in one["text"] for one in found["findings"])
    assert found["served"] == served
    assert last["revert"].endswith(f"fetch {last['version'] - 1}")
    answered(tmp_path, "rollback", "fetch", "1")
    with LearnedParameters(tmp_path / ".poet") as learned:
        assert learned.served("fetch", FETCH) == FETCH.defaults()
    assert answered(tmp_path, "status")["functions"][0]["held"]
    assert not answered(tmp_path, "rollback", "fetch", "--release")["held"]
    assert not answered(tmp_path, "status")["functions"][0]["held"]


def test_looking_changes_nothing(tmp_path: Path) -> None:
    """`status` and `explain` read; the file stays as it is."""
    make_store(tmp_path / ".poet")
    before = {one.name: one.read_bytes() for one in (tmp_path / ".poet").iterdir()}
    answered(tmp_path, "status")
    answered(tmp_path, "explain", "parse")
    assert {one.name: one.read_bytes() for one in (tmp_path / ".poet").iterdir()} == before


def test_a_terminal_shows_tables(tmp_path: Path) -> None:
    """One for each function, with what was served last below."""
    make_store(tmp_path / ".poet")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-P", "-m", "dana_poet", "learn", "status"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=theirs, env={**environment(), "TERM": "dumb"}) as running:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        running.wait(timeout=60)
    os.close(ours)
    text = normalised(shown.decode(), tmp_path)
    assert running.returncode == 0
    assert "parse: 60 executions" in text
    assert "0.1 to 60 s" in text
    assert "quick | thorough" in text
