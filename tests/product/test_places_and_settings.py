"""Programs that Python has loaded keep their folder and settings; what `dana.toml` and the command line say holds."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

import dana_poet
from tests.product.processes import MONITOR, Runs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """A folder for programs."""
    return Runs(tmp_path)


# From Python


def test_a_loaded_program_finds_its_folder_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Methods and pipelines called from Python save where the program's run would."""
    (tmp_path / "program").mkdir()
    file = tmp_path / "program" / "monitor.na"
    file.write_text(MONITOR)
    monkeypatch.chdir(tmp_path)
    monitor = dana_poet.load(file)
    id_ = monitor.Monitor.watch(0.7)
    other = monitor.Monitor(limit=0.1)
    other.watch(0.2)
    dana_poet.feedback(id_, {"score": 9})
    assert monitor.Monitor.scores == [[id_, 9]]
    assert (tmp_path / "program" / ".poet" / "agents" / "Monitor.json").is_file()
    assert len(list((tmp_path / "program" / ".poet" / "agents").glob("*.json"))) == 2
    again = dana_poet.load(file)
    assert (again.Monitor.runs, again.Monitor.scores) == (1, [[id_, 9]])
    assert not (tmp_path / ".poet").exists()


def test_two_loaded_programs_keep_apart(tmp_path: Path) -> None:
    """Two files of one name, with pipelines of one name: each feedback goes where its execution was."""
    loaded = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "monitor.na").write_text(MONITOR.replace('"handled"', f'"{name}"'))
        loaded.append(dana_poet.load(tmp_path / name / "monitor.na"))
    ids = [program.Monitor.watch(0.7) for program in loaded]
    dana_poet.feedback(ids[0], {"score": 1})
    dana_poet.feedback(ids[1], {"score": 2})
    assert [program.Monitor.scores for program in loaded] == [[[ids[0], 1]], [[ids[1], 2]]]


def test_a_loaded_program_asks_the_model_of_its_own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its functions, and its agents' own methods, when Python calls them after the load."""
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "dana.toml").write_text("[llm]\nmock = true\n")
    file = tmp_path / "program" / "asks.na"
    file.write_text("agent_blueprint A:\n    x: int = 1\ndef ask(q): return reason(q)\ndef later(q): return llm(q)\n")
    monkeypatch.chdir(tmp_path)
    program = dana_poet.load(file)
    assert program.ask("why?").startswith("This is a mock response.")
    assert str(program.later("why?")).startswith("This is a mock response.")
    assert str(program.A().reason("why?")).startswith("This is a mock response.")
    outcome: list[str] = []
    thread = threading.Thread(target=lambda: outcome.append(program.ask("how?")))
    thread.start()
    thread.join()
    assert outcome[0].startswith("This is a mock response.")


# Settings of a run


def test_set_model_does_not_leak(tmp_path: Path) -> None:
    """A program that sets the model leaves the next one alone; a session keeps it."""
    (tmp_path / "a.na").write_text('print(set_model("small"))\n')
    (tmp_path / "b.na").write_text("print(set_model())\n")
    assert dana_poet.run(tmp_path / "a.na").output == "small\n"
    assert dana_poet.run(tmp_path / "b.na").output == "\n"
    session = dana_poet.Session(folder=tmp_path)
    session.run('set_model("large")')
    assert session.run("set_model()").value == "large"
    assert dana_poet.run(tmp_path / "b.na").output == "\n"


def test_llm_names_the_model(runs: Runs) -> None:
    """`--llm` stands over the settings."""
    (runs.folder / "dana.toml").write_text('[llm]\nmodel = "from-file"\n')
    assert runs.run("print(set_model())\n")[0] == "from-file\n"
    assert runs.run("print(set_model())\n", "--llm", "other")[0] == "other\n"
    assert runs.run("print(set_model())\n", "--llm=third")[0] == "third\n"


def test_run_settings_hold(runs: Runs) -> None:
    """`[run] auto_coercion`, `allow_import` and `path`."""
    (runs.folder / "lib").mkdir()
    (runs.folder / "lib" / "helper.na").write_text("y = 7\n")
    (runs.folder / "dana.toml").write_text('[run]\nauto_coercion = false\nallow_import = ["glob"]\npath = ["lib"]\n')
    text = 'import glob.py as g\nimport helper\nprint(helper.y, "5" == 5, "a" == "a", 1 == "1" == 1)\n"a" + 1\n'
    output, errors = runs.run(text, code=1)
    assert output == "7 False True False\n"
    assert "D2001" in errors
    (runs.folder / "dana.toml").unlink()
    assert "D4001" in runs.run(text, code=3)[1]


def test_settings_that_make_no_sense_stop_the_run(runs: Runs) -> None:
    """With the line and a suggestion, exit code 2."""
    (runs.folder / "dana.toml").write_text("[llm]\nmok = true\n")
    output, errors = runs.run("print(1)\n", code=2)
    assert output == ""
    assert "dana.toml:2" in errors
    assert "did you mean 'mock'?" in errors


def test_a_promise_that_failed_unseen_is_told_at_the_end(runs: Runs) -> None:
    """The program ends, its output stands, and the error is reported on standard error with exit code 1."""
    output, errors = runs.run('x = llm("why?")\nprint("done")\n', code=1)
    assert output == "done\n"
    assert "nobody awaited" in errors
    assert "D2011" in errors


def test_a_session_overrides_built_in_methods_later(tmp_path: Path) -> None:
    """`def plan(a: N, ...)` in a later text than the agent, or in a file that imports it."""
    session = dana_poet.Session(folder=tmp_path)
    session.run("agent N:\n    x: int = 4\nstruct S:\n    x: int\n")
    session.run("def plan(a: N, task): return [task, a.x]\ndef solve(s: S, task): return task\n")
    assert session.run('N.plan("t")').value == ["t", 4]
    (tmp_path / "agents.na").write_text("agent_blueprint B:\n    x: int = 5\nagent Bob(B)\n")
    session.run("from agents import B, Bob\ndef plan(a: B, task): return [task, a.x]\n")
    assert session.run('[B(x=6).plan("u"), Bob.plan("v")]').value == [["u", 6], ["v", 5]]


def test_unseen_errors_stay_with_their_program(tmp_path: Path) -> None:
    """A promise of a program that failed for another reason is a note on its error, and no error of the next one."""
    (tmp_path / "fails.na").write_text('x = llm("why?")\nraise ValueError("first")\n')
    (tmp_path / "works.na").write_text("1 + 1\n")
    with pytest.raises(ValueError, match="first") as caught:
        dana_poet.run(tmp_path / "fails.na")
    assert any("nobody awaited" in note for note in caught.value.__notes__)
    assert dana_poet.run(tmp_path / "works.na").value == 2
