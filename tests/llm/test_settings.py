from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from dana_poet.errors import SettingsError
from dana_poet.settings import (
    LLMSettings,
    RunSettings,
    Secret,
    Settings,
    SettingsWarning,
    current_settings,
    load_settings,
    use_settings,
)

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str, name: str = "dana.toml") -> Path:
    """Write a settings file and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def refusal(folder: Path, text: str, name: str = "dana.toml") -> SettingsError:
    """Return the error that a settings file gives."""
    write(folder, text, name)
    with pytest.raises(SettingsError) as caught:
        load_settings(str(folder), {})
    return caught.value


def test_without_a_file_and_variables_the_defaults_hold(tmp_path: Path) -> None:
    """A program needs no settings."""
    assert load_settings(str(tmp_path), {}) == Settings()


def test_a_file_sets_every_setting(tmp_path: Path) -> None:
    """All keys that the documentation names are read; folders count from the file."""
    path = write(
        tmp_path,
        """
        [llm]
        base_url = "http://localhost:11434/v1"
        model = "small"
        api_key_env = "MY_KEY"
        organization = "org"
        timeout_seconds = 30
        retries = 0
        max_tokens = 500
        temperature = 0.2
        mock = true
        [run]
        auto_coercion = false
        allow_import = ["numpy", "pandas"]
        path = ["lib"]
        [state]
        dir = "kept"
        """,
    )
    settings = load_settings(str(tmp_path), {"MY_KEY": "k"})
    assert settings.llm == LLMSettings(
        "http://localhost:11434/v1", "small", Secret("k"), "MY_KEY", "org", 30.0, 0, 500, 0.2, True
    )
    assert settings.run == RunSettings(False, ("numpy", "pandas"), (str(tmp_path / "lib"),))
    assert settings.state.dir == str(tmp_path / "kept")
    assert settings.source == str(path)


def test_variables_stand_over_the_file(tmp_path: Path) -> None:
    """What is exported for one run wins over what the project says."""
    write(tmp_path, '[llm]\nmodel = "small"\nretries = 1\n[run]\nauto_coercion = true\n')
    environ = {
        "DANA_LLM_MODEL": "big",
        "DANA_LLM_BASE_URL": "http://localhost/v1",
        "DANA_AUTO_COERCION": "0",
        "DANA_MOCK_LLM": "true",
        "DANAPATH": os.pathsep.join(["/a", "/b"]),
        "DANA_ALLOW_IMPORT": "numpy, pandas",
        "OPENAI_API_KEY": "k",
    }
    settings = load_settings(str(tmp_path), environ)
    assert (settings.llm.model, settings.llm.base_url, settings.llm.retries) == ("big", "http://localhost/v1", 1)
    assert settings.llm.mock
    assert settings.llm.api_key.reveal() == "k"
    assert settings.run == RunSettings(False, ("numpy", "pandas"), ("/a", "/b"))


def test_the_openai_variables_belong_together(tmp_path: Path) -> None:
    """A key for a gateway does not go to another server; our own variable and the file stand over it."""
    environ = {"OPENAI_BASE_URL": "http://gateway/v1", "OPENAI_API_KEY": "k"}
    assert load_settings(str(tmp_path), environ).llm.base_url == "http://gateway/v1"
    assert load_settings("", {**environ, "DANA_LLM_BASE_URL": "http://mine/v1"}).llm.base_url == "http://mine/v1"
    with pytest.raises(SettingsError, match="the variable OPENAI_BASE_URL must start with"):
        load_settings("", {"OPENAI_BASE_URL": "gateway"})


def test_an_empty_variable_is_none(tmp_path: Path) -> None:
    """`DANA_LLM_MODEL= dana-poet run ...` does not take the model away."""
    write(tmp_path, '[llm]\nmodel = "small"\n')
    assert load_settings(str(tmp_path), {"DANA_LLM_MODEL": " ", "DANA_LLM_RETRIES": ""}).llm.model == "small"


def test_pyproject_has_a_table_for_us(tmp_path: Path) -> None:
    """Python projects keep their settings in one file."""
    write(tmp_path, '[tool.dana-poet.llm]\nmodel = "small"\n', "pyproject.toml")
    assert load_settings(str(tmp_path), {}).llm.model == "small"


def test_a_pyproject_of_others_is_passed_by(tmp_path: Path) -> None:
    """The search goes on above it, even when it is not TOML at all."""
    write(tmp_path, '[llm]\nmodel = "small"\n')
    write(tmp_path / "a", "not = toml = at all", "pyproject.toml")
    write(tmp_path / "a" / "b", '[project]\ndependencies = ["dana-poet"]\n', "pyproject.toml")
    assert load_settings(str(tmp_path / "a" / "b"), {}).llm.model == "small"


def test_the_nearest_file_counts_and_dana_toml_before_pyproject(tmp_path: Path) -> None:
    """Files are not mixed: one says everything."""
    write(tmp_path, '[llm]\nmodel = "far"\nretries = 9\n')
    near = tmp_path / "a"
    write(near, '[llm]\nmodel = "near"\n')
    write(near, '[tool.dana-poet.llm]\nmodel = "other"\n', "pyproject.toml")
    (near / "b").mkdir()
    settings = load_settings(str(near / "b"), {})
    assert (settings.llm.model, settings.llm.retries) == ("near", LLMSettings().retries)


def test_the_working_folder_is_searched_after_the_program_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program elsewhere uses the settings of where one works."""
    work, program = tmp_path / "work", tmp_path / "elsewhere"
    write(work, '[llm]\nmodel = "small"\n')
    program.mkdir()
    monkeypatch.chdir(work)
    assert load_settings(str(program), {}).llm.model == "small"


def test_a_program_that_is_not_trusted_does_not_choose_its_server(tmp_path: Path) -> None:
    """Its folder could send the key of the user anywhere: only variables count."""
    write(tmp_path, '[llm]\nbase_url = "http://evil.example/v1"\n')
    settings = load_settings(str(tmp_path), {"OPENAI_API_KEY": "k"}, files=False)
    assert (settings.llm.base_url, settings.source) == ("", "")


@pytest.mark.parametrize(("text", "message", "hint"), [
    ('[llm]\nmodle = "x"\n', "dana.toml:2: [llm] has no key 'modle'", "did you mean 'model'?"),
    ('[lmm]\nmodel = "x"\n', "dana.toml:1: there is no section [lmm]", "did you mean 'llm'?"),
    ("[llm]\n[quux]\n", "dana.toml:2: there is no section [quux]", "known are llm, run, state, learn"),
    ("[llm]\nmodel = 3\n", "dana.toml:2: 'model' takes a text, got 3", ""),
    ("[llm]\n\nretries = 1.5\n", "dana.toml:3: 'retries' takes a whole number, got 1.5", ""),
    ("[llm]\nretries = true\n", "dana.toml:2: 'retries' takes a whole number, got True", ""),
    ('[llm]\ntimeout_seconds = "1"\n', "dana.toml:2: 'timeout_seconds' takes a number, got '1'", ""),
    ("[llm]\ntimeout_seconds = 0\n", "dana.toml:2: 'timeout_seconds' must be above 0, got 0", ""),
    ("[llm]\ntemperature = 3\n", "dana.toml:2: 'temperature' must be between 0 and 2, got 3", ""),
    ('[llm]\nbase_url = "localhost"\n', "dana.toml:2: 'base_url' must start with http(s)://, got 'localhost'", ""),
    ('[run]\nauto_coercion = "no"\n', "dana.toml:2: 'auto_coercion' takes true or false, got 'no'", ""),
    ('[run]\nallow_import = "numpy"\n', "dana.toml:2: 'allow_import' takes a list of texts, got 'numpy'", ""),
    ("llm = 3\n", "dana.toml: 'llm' is a section", "write [llm]"),
    ("[llm\n", "is not TOML", ""),
])  # fmt: skip
def test_a_mistake_in_a_file_is_told_with_its_line(tmp_path: Path, text: str, message: str, hint: str) -> None:
    """Never ignored: a misspelt key would look as if it had no effect."""
    error = refusal(tmp_path, text)
    assert message in error.message
    assert error.hint == hint


def test_a_mistake_in_pyproject_is_found_in_our_table(tmp_path: Path) -> None:
    """The line is that of our section, not of another tool's with the same name."""
    error = refusal(tmp_path, "[tool.x.llm]\nmodle = 1\n[tool.dana-poet.llm]\nmodle = 1\n", "pyproject.toml")
    assert "pyproject.toml:4: [llm] has no key 'modle'" in error.message


@pytest.mark.parametrize(("variable", "text", "message"), [
    ("DANA_LLM_RETRIES", "many", "the variable DANA_LLM_RETRIES takes a whole number, got 'many'"),
    ("DANA_LLM_RETRIES", "-1", "the variable DANA_LLM_RETRIES must be 0 or more, got '-1'"),
    ("DANA_MOCK_LLM", "maybe", "the variable DANA_MOCK_LLM takes true or false, got 'maybe'"),
    ("DANA_LLM_TIMEOUT_SECONDS", "x", "the variable DANA_LLM_TIMEOUT_SECONDS takes a number, got 'x'"),
    ("DANA_LLM_BASE_URL", "localhost", "the variable DANA_LLM_BASE_URL must start with http(s)://, got 'localhost'"),
])  # fmt: skip
def test_a_mistake_in_a_variable_is_told(variable: str, text: str, message: str) -> None:
    """The message names the variable, not the setting behind it."""
    with pytest.raises(SettingsError) as caught:
        load_settings("", {variable: text})
    assert caught.value.message == message


@pytest.mark.parametrize("text", ["true", "1", "YES", "on"])
def test_flags_have_many_words(text: str) -> None:
    """The usual ones, in any case."""
    assert load_settings("", {"DANA_MOCK_LLM": text}).llm.mock


def test_a_key_in_a_file_works_and_warns(tmp_path: Path) -> None:
    """It would end up in version control; a variable stands over it."""
    write(tmp_path, '[llm]\napi_key = "sk-in-file"\n')
    with pytest.warns(SettingsWarning, match="dana.toml:2: an API key in a file") as caught:
        settings = load_settings(str(tmp_path), {})
    assert settings.llm.api_key.reveal() == "sk-in-file"
    assert "sk-in-file" not in str(caught[0].message)
    with pytest.warns(SettingsWarning):
        assert load_settings(str(tmp_path), {"OPENAI_API_KEY": "k"}).llm.api_key.reveal() == "k"


def test_settings_never_show_the_key() -> None:
    """They are printed by `doctor` and in traces."""
    settings = load_settings("", {"OPENAI_API_KEY": "sk-secret"})
    assert "sk-secret" not in f"{settings!r} {settings.llm} {settings.llm.api_key}"


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """Broken bytes are not an empty file."""
    (tmp_path / "dana.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="cannot read the settings"):
        load_settings(str(tmp_path), {})


def test_settings_hold_where_they_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside the block, the value; outside, files and variables."""
    monkeypatch.setenv("DANA_LLM_MODEL", "small")
    assert current_settings().llm.model == "small"
    with use_settings(Settings(llm=LLMSettings(model="big"))):
        assert current_settings().llm.model == "big"
    assert current_settings().llm.model == "small"


def test_reading_no_settings_loads_no_reader() -> None:
    """Every program passes here on its way; most projects have no file."""
    program = "import sys; from dana_poet.settings import load_settings; load_settings(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"tomllib", "dataclasses", "pathlib", "difflib", "httpx"} & set(done.stdout.split()) == set()
