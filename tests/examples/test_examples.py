"""Every example runs as a user runs it and prints exactly what stands in the text file beside it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import dana_poet

EXAMPLES = Path(__file__).parents[2] / "examples"
PROGRAMS = sorted(EXAMPLES.glob("*.na"))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_example_prints_what_is_documented(program: Path) -> None:
    """Standard output is the program's own; nothing goes to standard error."""
    command = [sys.executable, "-P", "-m", "dana_poet", "run", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == (program.with_suffix(".txt").read_text(), "", 0)


ALL = [*PROGRAMS, *sorted(EXAMPLES.glob("*/*.na"))]


@pytest.mark.parametrize("program", ALL, ids=lambda path: path.stem)
def test_example_passes_check(program: Path) -> None:
    """What we show is what we advise: no error and no warning."""
    assert dana_poet.check(program.read_text()) == []


@pytest.mark.parametrize("program", ALL, ids=lambda path: path.stem)
def test_example_is_formatted(program: Path) -> None:
    """Canonical layout; only SmartMonitor keeps the `//` comments of the older notation, which `fmt` writes as `#`."""
    text = program.read_text()
    if program.stem == "monitor":
        assert "        // Monitor\n" in text
        text = re.sub(r"^( *)// ", r"\1# ", text, flags=re.MULTILINE)
    assert dana_poet.format(text) == text


def test_every_example_has_its_output_beside_it() -> None:
    """An example nobody checks goes stale."""
    assert PROGRAMS
    assert [path.name for path in PROGRAMS if not path.with_suffix(".txt").exists()] == []
