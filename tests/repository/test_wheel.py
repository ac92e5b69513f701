"""What is installed is complete: packages, data files, type markers, the command, the licence."""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import subprocess
import sys
import tomllib
from pathlib import Path

import dana_poet
from dana_poet.domains.registry import BUILT_IN

ROOT = Path(__file__).parents[2]
OURS = {"dana_poet", "dana_grammar", "dana_sandbox", "dana_learning"}


def test_versions_agree() -> None:
    """One version: in the metadata, in the package, in the project file, in the changelog."""
    version = importlib.metadata.version("dana-poet")
    assert dana_poet.__version__ == version
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == version
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text()


def test_data_files_and_type_markers_are_installed() -> None:
    """The grammar is read by tools; `py.typed` makes the hints count."""
    typed = [(package, "py.typed") for package in OURS]
    templates = [("dana_poet", f"domains/templates/{name}.md") for name in BUILT_IN]
    for package, name in (("dana_grammar", "dana.lark"), *templates, *typed):
        assert importlib.resources.files(package).joinpath(name).is_file(), f"{package}/{name}"


def test_the_command_is_installed_and_answers() -> None:
    """`dana-poet` and `python -m dana_poet` are the same."""
    scripts = importlib.metadata.entry_points(group="console_scripts", name="dana-poet")
    assert [script.value for script in scripts] == ["dana_poet.cli.main:main"]
    command = [sys.executable, "-P", "-m", "dana_poet", "--version"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert importlib.metadata.version("dana-poet") in shown


def test_nothing_but_our_packages_is_installed() -> None:
    """Tests and examples stay out of the wheel (an editable install lists only its pointer)."""
    files = importlib.metadata.files("dana-poet") or []
    tops = {file.parts[0] for file in files if file.suffix == ".py"}
    assert tops <= OURS


def test_the_licence_travels_with_the_package() -> None:
    """MIT asks for it."""
    metadata = importlib.metadata.metadata("dana-poet")
    assert metadata["License-Expression"] == "MIT"
    assert "LICENSE" in metadata.get_all("License-File", [])
