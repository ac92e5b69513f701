"""What holds an untrusted program here: ask a real child, and say it in plain words."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dana_sandbox.isolation.harden import LAYERS, Finding

if TYPE_CHECKING:
    from dana_sandbox.leased import Worker

__all__ = ["Finding", "IsolationReport", "isolation_report"]


@dataclass(frozen=True, slots=True)
class IsolationReport:
    """Which layers held a child that was started to find out. `details` has every layer with its reason.

    >>> print(IsolationReport("Linux 5.4", ("process",), 0, (Finding("landlock", False, "not there"),)))
    isolation on Linux 5.4
      landlock      no: not there
    """

    platform: str
    layers: tuple[str, ...]
    landlock_abi: int
    details: tuple[Finding, ...]

    def __str__(self) -> str:
        lines = [f"isolation on {self.platform}"]
        for layer, active, reason in self.details:
            known = f"ABI {self.landlock_abi}" if layer == "landlock" and active else reason
            answer = "yes" if active else "no"
            lines.append(f"  {layer:<13} {answer}{': ' + known if known else ''}")
        return "\n".join(lines)


def isolation_report() -> IsolationReport:
    """Start a child, ask what holds it, end it. Where none can be started, every layer says so."""
    from dana_sandbox.policy import SandboxPolicy
    from dana_sandbox.pool import PoolError, lease

    try:
        worker = lease(SandboxPolicy())
    except PoolError as problem:
        return IsolationReport(_platform(), (), 0, tuple(Finding(name, False, str(problem)) for name in LAYERS))
    report = report_on(worker)
    worker.end()
    return report


def report_on(worker: Worker) -> IsolationReport:
    """Return what holds this child."""
    return IsolationReport(_platform(), worker.layers, worker.landlock_abi, worker.details)


def _platform() -> str:
    if not hasattr(os, "uname"):
        return sys.platform
    system = os.uname()
    return f"{system.sysname} {system.release} {system.machine}"
