"""Verify a candidate against its original before anything of it runs. Start at `verify`."""

from __future__ import annotations

from dana_poet.codegen.verification.contract import Contract
from dana_poet.codegen.verification.door import verify
from dana_poet.codegen.verification.report import Gate, Verification

__all__ = ["Contract", "Gate", "Verification", "verify"]
