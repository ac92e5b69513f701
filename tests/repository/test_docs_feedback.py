"""docs/feedback.md: every block runs and prints what the page shows, and the thresholds are those that hold."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from dana_poet.events import open_store
from dana_poet.events.opening import close_sessions
from dana_poet.orchestration import Thresholds
from dana_poet.orchestration.patterns import RATES

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "feedback.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_every_python_block_prints_what_stands_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, in one namespace, in one folder."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "monitor"}
    for number, (kind, text) in enumerate(BLOCKS):
        if kind != "python":
            continue
        file = tmp_path / f"block{number}.py"
        file.write_text(text, encoding="utf-8")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(text, str(file), "exec"), names)  # noqa: S102 - the page's own examples
        below = BLOCKS[number + 1] if number + 1 < len(BLOCKS) else ("", "")
        assert printed.getvalue() == (below[1] if below[0] == "text" else ""), text
    close_sessions()


def test_every_command_prints_what_stands_below_it(tmp_path: Path) -> None:
    """Each in a process of its own, with one execution in the folder."""
    with open_store(f"file:{tmp_path}/.poet/events") as store:
        told = {"execution_id": "run-7", "function": "monitor.detect", "version": 1, "success": True, "seconds": 0.1}
        store.publish("poet.execution.completed", told)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DANA")}
    for kind, text in BLOCKS:
        for part in text.split("$ ")[1:] if kind == "console" else ():
            command, _, shown = part.partition("\n")
            line = [sys.executable, "-P", "-m", "dana_poet", *shlex.split(command)[1:]]
            done = subprocess.run(
                line, cwd=tmp_path, env=clean, capture_output=True, text=True, check=False, timeout=60
            )
            assert done.stdout + done.stderr == shown, command


def test_every_block_is_run_or_is_output() -> None:
    """Nothing on the page is left out."""
    for (before, _), (kind, text) in zip([("", ""), *BLOCKS], BLOCKS, strict=False):
        assert kind in {"python", "console"} or (kind == "text" and before == "python"), text


def test_the_table_of_rates_is_what_is_watched() -> None:
    """Every rate with its threshold and its side."""
    table = PAGE.partition("| rate | asks for a change |")[2].partition("\n\n")[0]
    told = re.findall(r"^\| `(\w+)`.*\| (above|below) ([\d.]+) \|$", table, re.MULTILINE)
    limits = Thresholds()
    found = [(name, "below" if RATES[name].low_is_bad else "above", str(getattr(limits, name))) for name in RATES]
    assert told == found
    assert {name for name, _, _ in told} < {field.name for field in fields(Thresholds)}
