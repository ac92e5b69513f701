"""What `docs/learning.md` shows is what happens: its Python, its commands, its names."""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import dana_learning

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "learning.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_every_python_block_prints_what_stands_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, in one namespace; a block without text below it prints nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", ":".join(one for one in sys.path if one))
    names: dict[str, object] = {"__name__": "page"}
    for (kind, text), (below, shown) in zip(BLOCKS, [*BLOCKS[1:], ("", "")], strict=True):
        if kind == "python":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(text, "docs/learning.md", "exec"), names)  # noqa: S102 - the page's own examples
            assert printed.getvalue() == (shown if below == "text" else ""), text


def test_every_command_prints_what_stands_below_it(tmp_path: Path) -> None:
    """As a shell shows it."""
    for kind, text in BLOCKS:
        for part in text.split("$ ")[1:] if kind == "console" else ():
            command, _, shown = part.partition("\n")
            line = [sys.executable, "-P", "-m", "dana_poet", *shlex.split(command)[1:]]
            done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
            assert done.stdout + done.stderr == shown, command


def test_no_block_is_left_out() -> None:
    """Each is Python, a command, or the output of the Python above it."""
    for (before, _), (kind, text) in zip([("", ""), *BLOCKS], BLOCKS, strict=False):
        assert kind in {"python", "console"} or (kind == "text" and before == "python"), text


def test_every_name_that_is_mentioned_exists() -> None:
    """Classes in backticks are names of dana_learning, and dotted ones can be imported."""
    ours = {"LearnedParameters", "NaN"}
    for name in re.findall(r"`([A-Z]\w+)(?:[(.][^`]*)?`", PAGE):
        assert name in ours or hasattr(dana_learning, name), name
    for dotted in re.findall(r"`(dana_learning\.[a-z_.]+)(?:\(\))?`", PAGE):
        module, _, name = dotted.rpartition(".")
        assert hasattr(importlib.import_module(module), name), dotted


def test_every_learner_of_the_page_is_typed_by_its_error() -> None:
    """The table of mistakes names errors that are there."""
    table = PAGE.partition("## When something is wrong")[2]
    for name in re.findall(r"`((?:Store|Values|Observation|Space)\w+)`", table):
        assert hasattr(dana_learning, name), name
