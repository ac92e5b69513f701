"""Programs that run in processes of their own, for tests of what outlives a process."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MONITOR = """\
@poet(domain="ml_monitoring", state="persistent")
agent Monitor:
    limit: float = 0.5
    state:
        runs: int
        scores: list
        notes: dict[str, int] = {}
    def detect(self, x):
        self.runs += 1
        return {"x": x, "drift": x > self.limit}
    def fail(self, x):
        self.runs += 100
        raise ValueError("not good")
    def collect(self, feedback):
        self.scores.append([feedback.execution_id, feedback.score])
    pipeline watch:
        input: x
        label = f"run of {x}"
        result = self.detect(x)
        id = track_execution(result)
        on_feedback_received(id) -> feedback:
            self.collect(feedback)
            self.notes[label] = feedback.score
            print("handled", label, feedback.score)
        output: id
"""


class Runs:
    """Runs texts as `main.na` of one folder, each in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0

    def start(self, text: str, *words: str, name: str = "main.na", **variables: str) -> subprocess.Popen[str]:
        """Start a program and return its process."""
        (self.folder / name).write_text(text, encoding="utf-8")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("DANA", "OPENAI"))}
        return subprocess.Popen(
            [sys.executable, "-m", "dana_poet", "run", name, *words],
            cwd=self.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**kept, "DANA_NO_CACHE": "1", **variables},
        )  # fmt: skip

    def run(self, text: str, *words: str, name: str = "main.na", code: int = 0, **variables: str) -> tuple[str, str]:
        """Run a program to its end; return its output and what it wrote to standard error."""
        process = self.start(text, *words, name=name, **variables)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == code, (output, errors)
        return output, errors
