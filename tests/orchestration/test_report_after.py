"""Feedback for an execution that nobody knows is reported after a time that people set: a word, a setting, an argument."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from dana_poet.cli.learn import learn
from dana_poet.cli.places import folder_of, length
from dana_poet.errors import SettingsError, UsageError
from dana_poet.events import session_store
from dana_poet.orchestration import LearningOrchestrator
from dana_poet.settings import LearnSettings, Settings, load_settings, use_settings

if TYPE_CHECKING:
    from pathlib import Path

LATER = Settings(learn=LearnSettings(report_after_seconds=3600.0))
AT_ONCE = Settings(learn=LearnSettings(report_after_seconds=0.0))


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A state folder with feedback for a call that nobody knows."""
    store = session_store(tmp_path)
    store.publish("feedback", {"execution_id": "run-x", "useful": True})
    store.flush()
    return str(tmp_path)


def unmatched(folder: str, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """Run one pass from the command line; return whose execution nobody knows."""
    assert learn(["run", "--state", folder, "--json", *words]) == 0
    return [one["execution_id"] for one in json.loads(capsys.readouterr().out)["feedback"]["unmatched"]]


def test_the_command_line_says_after_which_time(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not reported yet waits; what the command says stands over the settings."""
    assert unmatched(folder, capsys) == []
    assert unmatched(folder, capsys, "--report-after", "2h") == []
    assert unmatched(folder, capsys, "--report-after", "0s") == ["run-x"]
    assert learn(["run", "--state", folder, "--report-after", "0s"]) == 0
    assert "feedback for run-x: nobody knows this execution" in capsys.readouterr().out


def test_the_settings_say_after_which_time(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For the command and for programs alike."""
    with use_settings(AT_ONCE):
        assert unmatched(folder, capsys) == ["run-x"]
        assert unmatched(folder, capsys, "--report-after", "1d") == []
        with LearningOrchestrator.for_folder(folder) as learning:
            assert [one.execution_id for one in learning.process().unmatched] == ["run-x"]
    with use_settings(LATER), LearningOrchestrator.for_folder(folder) as learning:
        assert learning.process().unmatched == ()
        assert learning.report_after == 3600


def test_files_and_variables_set_it(tmp_path: Path) -> None:
    """As every other setting, with the same refusals."""
    (tmp_path / "dana.toml").write_text("[learn]\nreport_after_seconds = 600\n")
    assert load_settings(str(tmp_path), {}).learn.report_after_seconds == 600
    variables = {"DANA_LEARN_REPORT_AFTER_SECONDS": "60"}
    assert load_settings(str(tmp_path), variables).learn.report_after_seconds == 60
    with pytest.raises(SettingsError, match="DANA_LEARN_REPORT_AFTER_SECONDS takes a number, got 'soon'"):
        load_settings(str(tmp_path), {"DANA_LEARN_REPORT_AFTER_SECONDS": "soon"})


@pytest.mark.parametrize("text", ["soon", "-1d", "1", "1y", "", "9999999999d"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    """With how to write one."""
    with pytest.raises(UsageError, match="no length of time") as error:
        length(text)
    assert "15m" in error.value.hint


def test_commands_look_where_the_settings_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A named folder stands over a variable, that over the settings file; without any it is .poet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DANA_STATE_DIR", raising=False)
    assert folder_of(None) == ".poet"
    (tmp_path / "dana.toml").write_text('[state]\ndir = "kept"\n')
    assert folder_of(None) == str(tmp_path / "kept")
    monkeypatch.setenv("DANA_STATE_DIR", "elsewhere")
    assert folder_of(None) == "elsewhere"
    assert folder_of("named") == "named"
    with pytest.raises(UsageError, match="--state is empty"):
        folder_of("")
