"""What a Dana program may use in the sandbox when nobody says otherwise, and how messages name each limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_poet.errors import LimitError, PolicyError
from dana_sandbox.policy import DEFAULT_MODULES, MIB, OPTIONAL_MODULES, SandboxPolicy

if TYPE_CHECKING:
    from dana_poet.runtime.policy import Policy

DEFAULT = SandboxPolicy(
    wall_seconds=60.0, memory_mib=512, output_bytes=8 * MIB, source_bytes=MIB, input_bytes=8 * MIB,
    capability_calls=100_000, retries=0,
)  # fmt: skip
"""One minute, half a gigabyte, 8 MiB of output: enough for a program that is no service."""

MOST_RECORD_BYTES = 750_000
"""What one saved agent may take: a record crosses in one question, of which the sandbox takes 1 MiB."""


def limits_of(policy: Policy) -> SandboxPolicy:
    """Return the limits of a policy, with the modules that it allows beyond the usual ones. PolicyError for others."""
    limits: SandboxPolicy = policy.limits or DEFAULT
    unknown = sorted(policy.allow_imports - DEFAULT_MODULES - OPTIONAL_MODULES)
    if unknown:
        raise PolicyError(
            f"the sandbox does not offer the Python module {unknown[0]}",
            hint=f"beyond the usual ones it can allow {', '.join(sorted(OPTIONAL_MODULES))}; "
            "run programs that you trust without the sandbox",
        )
    if not policy.allow_imports:
        return limits
    from dataclasses import replace

    return replace(limits, modules=limits.modules | policy.allow_imports)


def limit_error(status: str, limits: SandboxPolicy, detail: str = "") -> LimitError:
    """Return the error for a program that the sandbox ended, with the limit it met and how to raise that."""
    if status == "timeout":
        return LimitError(
            f"the program was ended after {limits.wall_seconds:g} s", code="D4002",
            hint="allow more with --timeout SECONDS, or SandboxPolicy(wall_seconds=...)",
        )  # fmt: skip
    if status == "memory":
        return LimitError(
            f"the program needs more than {limits.memory_mib} MiB of memory", code="D4003",
            hint="allow more with --memory MIB, or SandboxPolicy(memory_mib=...)",
        )  # fmt: skip
    if status == "output":
        return LimitError(
            detail or f"the program printed more than {limits.output_bytes:,} bytes", code="D4004",
            hint="print less, or allow more with SandboxPolicy(output_bytes=...)",
        )  # fmt: skip
    return LimitError(
        f"the process of the program ended unexpectedly{f': {detail}' if detail else ''}", code="D4005",
        hint="very deep recursion does that, and so does a program that attacks the sandbox",
    )  # fmt: skip
