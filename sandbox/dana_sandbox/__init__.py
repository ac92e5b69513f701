"""Run code that nobody has read. Start at `dana_sandbox.run.run_untrusted`; limits are a `SandboxPolicy`."""

from dana_sandbox.outcome import RunError, RunOutcome, TraceLine
from dana_sandbox.policy import PolicyError, SandboxPolicy
from dana_sandbox.verdict import Violation

__all__ = ["PolicyError", "RunError", "RunOutcome", "SandboxPolicy", "TraceLine", "Violation"]
