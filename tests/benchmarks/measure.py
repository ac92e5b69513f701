"""CPU time of functions and commands, smallest of several runs: the machines that measure are shared and noisy."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def seconds(function: Callable[[], object], runs: int = 7) -> float:
    """Return the smallest CPU time of `runs` calls, in seconds."""
    best = float("inf")
    for _ in range(runs):
        started = time.process_time()
        function()
        best = min(best, time.process_time() - started)
    return best


def paired(ours: Callable[[], object], theirs: Callable[[], object], runs: int = 9) -> tuple[float, float]:
    """Return the smallest CPU times of two functions measured in turns, so that both see the same machine."""
    best = [float("inf"), float("inf")]
    for _ in range(runs):
        for index, function in enumerate((ours, theirs)):
            started = time.process_time()
            function()
            best[index] = min(best[index], time.process_time() - started)
    return best[0], best[1]


def command_seconds(
    command: list[str], runs: int = 9, cwd: str | None = None, env: dict[str, str] | None = None
) -> float:
    """Return the smallest CPU time (user and system) of a command with its children, in seconds."""
    best = float("inf")
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True, cwd=cwd, env=env or dict(os.environ))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def row(*cells: object) -> None:
    """Print one row of a table."""
    print("  ".join(str(cell).ljust(38 if index == 0 else 14) for index, cell in enumerate(cells)))


def python() -> str:
    """Return the interpreter that runs this benchmark."""
    return sys.executable
