"""Tools for Python work on Dana files: pdb, coverage, profilers, `inspect`. They rely on real line tables."""

from __future__ import annotations

import importlib.util
import io
import os
import pdb  # noqa: T100 - what is tested here
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import dana_poet
from tests.cli.transcripts import environment

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """\
struct Point:
    x: int

def double(p: Point) -> int:
    y = p.x * 2
    y + 1

def never():  # pragma: no cover
    print("never")

total = 0
for i in range(3):
    total += double(Point(x=i))
if total > 100:
    print("large")
print(total)
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Write a program with syntax that is not Python's."""
    path = tmp_path / "program.na"
    path.write_text(PROGRAM)
    return path


@pytest.mark.skipif(
    sys.version_info[:2] == (3, 13), reason="pdb of Python 3.13 looks for breakpoints in .py files alone"
)
def test_pdb_stops_at_a_line_of_a_dana_file(program: Path) -> None:
    """`python -m pdb -m dana_poet run program.na`, then `break program.na:5`."""
    commands = "b program.na:5\nc\np p.x\nnext\np y\ns\nargs\ncl 1\nc\nq\n"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pdb", "-m", "dana_poet", "run", "program.na"],
        cwd=program.parent, env=environment() | {"PYTHONPATH": os.fspath(program.parent)}, input=commands,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert f"Breakpoint 1 at {program}:5" in done.stdout
    assert f"> {program}(5)double()" in done.stdout
    assert "-> y = p.x * 2" in done.stdout
    assert f"> {program}(6)double()" in done.stdout
    assert "p = Point(x=0)" in done.stdout
    assert "(Pdb) 9\n" in done.stdout


def test_a_breakpoint_set_from_python_is_hit(program: Path) -> None:
    """Debuggers of editors set them this way."""
    shown = io.StringIO()
    debugger = pdb.Pdb(
        stdin=io.StringIO("continue\np y\nwhere\ncontinue\np y\nclear 1\ncontinue\n"), stdout=shown, nosigint=True
    )
    debugger.rcLines = []
    assert debugger.set_break(str(program), 6) is None
    debugger.runcall(dana_poet.run, program)
    text = shown.getvalue()
    assert f"> {program}(6)double()" in text
    assert f"{program}(13)<module>()" in text
    assert "(Pdb) 0\n" in text
    assert "(Pdb) 2\n" in text


def test_lines_run_as_python_counts_them(program: Path) -> None:
    """A tracer sees the lines of the Dana text, in order."""
    seen: list[int] = []

    def tracer(frame: object, event: str, argument: object) -> object:
        del argument
        code = getattr(frame, "f_code")  # noqa: B009 - a frame has no common type with the tracer's protocol
        if code.co_filename != str(program):
            return None
        if event == "line" and code.co_name == "double":
            seen.append(getattr(frame, "f_lineno"))  # noqa: B009 - as above
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)  # type: ignore[arg-type]  # typeshed knows the protocol by name only
    try:
        dana_poet.run(program)
    finally:
        sys.settrace(before)
    assert [line for line in seen if line > 4] == [5, 6] * 3


needs_coverage = pytest.mark.skipif(importlib.util.find_spec("coverage") is None, reason="coverage is not installed")


@needs_coverage
def test_coverage_counts_the_lines_of_a_dana_file(program: Path) -> None:
    """With the plugin it knows which lines of a Dana text can run; a file that never ran counts as missed."""
    folder = program.parent
    (folder / "unused.na").write_text("print('nobody runs this')\n")
    (folder / ".coveragerc").write_text("[run]\nplugins = dana_poet.coverage_plugin\nsource = .\n")
    tool = [sys.executable, "-P", "-m", "coverage"]
    variables = environment() | {"COVERAGE_CORE": "ctrace"}
    for words in (["run", "-m", "dana_poet", "run", "program.na"], ["report", "-m"]):
        done = subprocess.run(
            [*tool, *words], cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if ".na" in line}
    assert rows["program.na"] == ["11", "1", "91%", "15"]
    assert rows["unused.na"] == ["1", "1", "0%", "1"]


def test_profilers_name_dana_functions(program: Path) -> None:
    """`cProfile` groups by file, line and function."""
    import cProfile
    import pstats

    profile = cProfile.Profile()
    profile.runcall(dana_poet.run, program)
    stats = pstats.Stats(profile)
    functions = {(file, line, name) for file, line, name in stats.stats}  # type: ignore[attr-defined]  # typeshed lacks it
    assert (str(program), 4, "double") in functions
