"""Write, verify and keep enhanced versions of a function. Names are loaded when they are first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dana_poet.codegen.verification.contract import Contract
    from dana_poet.codegen.verification.door import verify
    from dana_poet.codegen.verification.report import Gate, Verification

__all__ = ["Contract", "Gate", "Verification", "verify"]

_HOMES = {
    "Contract": "dana_poet.codegen.verification.contract",
    "Gate": "dana_poet.codegen.verification.report",
    "Verification": "dana_poet.codegen.verification.report",
    "verify": "dana_poet.codegen.verification.door",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
