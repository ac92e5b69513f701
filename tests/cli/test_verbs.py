"""What a transcript cannot show: reports that differ from machine to machine, crashes in the middle of a write."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import dana_poet
from dana_poet.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


def test_doctor_tells_versions_model_isolation_and_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first thing to ask for in a bug report."""
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert list(found) == ["versions", "libraries", "model", "isolation", "state"]
    assert found["versions"]["dana-poet"] == dana_poet.__version__
    assert found["versions"]["python"] == platform.python_version()
    assert found["model"]["configured"] == "no"
    assert found["state"]["folder"] == ".poet"
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert [line for line in text.splitlines() if not line.startswith(" ")] == list(found)


def test_doctor_never_shows_a_key(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Reports are pasted into public places."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.setenv("DANA_LLM_MODEL", "some-model")
    assert main(["doctor", "--json"]) == 0
    text = capsys.readouterr().out
    assert "some-model" in text
    assert "very-secret" not in text


def test_doctor_finds_what_is_broken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 for damage, not for what is merely absent."""
    assert main(["doctor", "--state", str(tmp_path)]) == 0
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "A.json.corrupt").write_text("{")
    assert main(["doctor", "--state", str(tmp_path)]) == 1
    assert "A.json.corrupt" in capsys.readouterr().out
    (tmp_path / "file").write_text("")
    assert main(["doctor", "--state", str(tmp_path / "file")]) == 1


@pytest.mark.parametrize("step", ["replace", "fsync", "chmod"])
def test_fmt_leaves_the_file_whole_when_writing_fails(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk costs the new text, never the old one, and leaves nothing lying about."""
    path = tmp_path / "ugly.na"
    path.write_text("x=1\n")

    def fails(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fails)
    assert main(["fmt", str(path)]) == 2
    assert capsys.readouterr().err == f"dana-poet fmt: cannot write {path}: No space left on device\n"
    assert path.read_text() == "x=1\n"
    assert list(tmp_path.iterdir()) == [path]


def test_fmt_keeps_the_permissions_of_a_file(tmp_path: Path) -> None:
    """A script stays executable."""
    path = tmp_path / "ugly.na"
    path.write_text("x=1\n")
    path.chmod(0o751)
    assert main(["fmt", str(path)]) == 0
    assert path.stat().st_mode & 0o777 == 0o751


def test_pythons_traceback_comes_before_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For those who mend dana-poet itself, or a Python module of their own."""
    path = tmp_path / "fails.na"
    path.write_text("def f(n): 10 / n\nf(0)\n")
    assert main(["run", str(path), "--python-traceback"]) == 1
    errors = capsys.readouterr().err
    assert errors.startswith("Traceback (most recent call last):")
    assert errors.index("execute.py") < errors.index("error[D2020]")


def test_check_gives_the_promised_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Editors and scripts rely on them."""
    path = tmp_path / "bad.na"
    path.write_text("x = y\n")
    assert main(["check", str(path), "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert list(found) == [
        "file", "code", "severity", "message", "line", "column", "end_line", "end_column", "hint",
    ]  # fmt: skip


def test_sarif_is_what_code_hosts_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Version, rules, and a region for every result."""
    path = tmp_path / "bad.na"
    path.write_text("x = y\n")
    assert main(["check", str(path), "--sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    (result,) = run["results"]
    assert result["ruleId"] in {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (1, 5, 6)


def test_explain_lists_every_code(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a code it is a table of contents."""
    assert main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 50
    assert all(line[0] == "D" and line[1:5].isdigit() for line in lines)


def test_a_cycle_of_calls_is_told_once(tmp_path: Path) -> None:
    """Two functions that call each other a thousand times make a short report."""
    file = tmp_path / "cycle.na"
    file.write_text("def f(n): g(n)\ndef g(n): f(n)\nf(0)\n")
    done = subprocess.run(
        [sys.executable, "-m", "dana_poet", "run", str(file)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "error[D2023]: the program calls itself too deeply" in done.stderr
    assert re.search(r"the last 2 calls \d+ more times", done.stderr)
    assert len(done.stderr.splitlines()) < 20
