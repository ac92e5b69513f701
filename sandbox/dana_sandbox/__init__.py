"""Run code that nobody has read. Start at `dana_sandbox.run.run_untrusted`; limits are a `SandboxPolicy`."""

from typing import TYPE_CHECKING, Any

from dana_sandbox.outcome import RunError, RunOutcome, TraceLine
from dana_sandbox.policy import PolicyError, SandboxPolicy
from dana_sandbox.verdict import Violation

if TYPE_CHECKING:
    from dana_sandbox.capability import Capability
    from dana_sandbox.isolation.report import IsolationReport, isolation_report
    from dana_sandbox.leased import IsolationMissing, PoolError

__all__ = [
    "Capability",
    "IsolationMissing",
    "IsolationReport",
    "PolicyError",
    "PoolError",
    "RunError",
    "RunOutcome",
    "SandboxPolicy",
    "TraceLine",
    "Violation",
    "isolation_report",
]

# What starts processes is loaded when it is asked for, and never inside a worker.
_PLACES = {
    "Capability": "dana_sandbox.capability",
    "IsolationMissing": "dana_sandbox.leased",
    "PoolError": "dana_sandbox.leased",
    "IsolationReport": "dana_sandbox.isolation.report",
    "isolation_report": "dana_sandbox.isolation.report",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'dana_sandbox' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
