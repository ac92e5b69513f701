"""The reference's published programs parse and run here. Set DANA_REFERENCE to a checkout of its repository."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import pytest

from dana_grammar.errors import DanaSourceError
from dana_grammar.parse import parse
from tests.conformance.expected_failures import EXPECTED_FAILURES

ROOT = os.environ.get("DANA_REFERENCE", "")
HERE = pathlib.Path(__file__).parent
pytestmark = pytest.mark.skipif(not ROOT, reason="DANA_REFERENCE names no checkout of the reference implementation")
RUNNER = """
import json, os, sys
from dana_poet.cli.main import main
file, state = sys.argv[1:]
sys.exit(main(["run", file, "--state", state]))
"""


def programs() -> list[str]:
    """Return the paths of all programs, relative to the checkout."""
    root = pathlib.Path(ROOT)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*.na")) if ROOT else []


def run(path: str) -> tuple[int, str]:
    """Return the exit code of a program under the mock model, and the end of what it said on standard error."""
    with tempfile.TemporaryDirectory() as state:
        environment = {**os.environ, "DANA_MOCK_LLM": "true", "DANA_NO_CACHE": "1"}
        try:
            done = subprocess.run(
                [sys.executable, "-c", RUNNER, path, state], cwd=ROOT, env=environment, capture_output=True,
                text=True, timeout=60, stdin=subprocess.DEVNULL, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return 124, "timeout"
    return done.returncode, done.stderr[-400:]


def parses(path: str) -> bool:
    """Whether a program is Dana text."""
    try:
        parse((pathlib.Path(ROOT) / path).read_text(encoding="utf-8"), path)
    except (DanaSourceError, OSError):
        return False
    return True


def test_nearly_all_programs_parse() -> None:
    """At least 435 of the 441 published programs are Dana; the others are a broken link and deliberate mistakes."""
    failed = [path for path in programs() if not parses(path)]
    assert len(programs()) - len(failed) >= 435, failed


def test_what_the_reference_runs_runs_here() -> None:
    """Every program that the reference runs to the end does so here, but for those listed with a reason."""
    listed = (HERE / "runs.txt").read_text().split()
    results = {path: run(path) for path in listed}
    failed = {path: said for path, (code, said) in results.items() if code != 0 and path not in EXPECTED_FAILURES}
    assert not failed, json.dumps(failed, indent=2)
    assert not [path for path in EXPECTED_FAILURES if results.get(path, (1, ""))[0] == 0]


def test_sixty_more_programs_run() -> None:
    """At least 60 programs run here that the reference cannot run."""
    listed = set((HERE / "runs.txt").read_text().split())
    more = [path for path in programs() if path not in listed and run(path)[0] == 0]
    assert len(more) >= 60, len(more)
