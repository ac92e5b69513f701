"""The smallest example that learns: a plain function, one decorator, verdicts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "drift_feedback.py"
LEARNED = "limit: 1.0 at the start, 2.94 now"


def printed(state: Path) -> list[str]:
    """Run the example and return its lines."""
    environment = {**os.environ, "DANA_STATE_DIR": str(state)}
    command = [sys.executable, str(EXAMPLE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout.splitlines()


def test_a_plain_function_learns_its_limit_and_keeps_it(tmp_path: Path) -> None:
    """Three false alarms at first, none later, none in the next process; no real one is lost."""
    assert printed(tmp_path) == [
        "first thirty days: 1 true and 3 false alarms", "last thirty days: 2 true and 0 false alarms", LEARNED,
    ]  # fmt: skip
    assert printed(tmp_path) == [
        "first thirty days: 1 true and 0 false alarms", "last thirty days: 2 true and 0 false alarms", LEARNED,
    ]  # fmt: skip
