"""Write, verify and keep enhanced versions of a function. Names are loaded when they are first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dana_poet.codegen.budget import Budget
    from dana_poet.codegen.generator import Candidate, GenerationError, GenerationRequest, Generator, Usage
    from dana_poet.codegen.lifecycle import Lifecycle
    from dana_poet.codegen.llm_generator import LLMGenerator
    from dana_poet.codegen.original import Original, SourceUnavailableError
    from dana_poet.codegen.promotion_plan import Plan
    from dana_poet.codegen.promotion_statistics import PairedTest
    from dana_poet.codegen.runner import CandidateError
    from dana_poet.codegen.template_generator import TemplateGenerator
    from dana_poet.codegen.verification.contract import Contract
    from dana_poet.codegen.verification.door import verify
    from dana_poet.codegen.verification.report import Gate, Verification
    from dana_poet.codegen.versions import History, Version, VersionStore

__all__ = [
    "Budget",
    "Candidate",
    "CandidateError",
    "Contract",
    "Gate",
    "GenerationError",
    "GenerationRequest",
    "Generator",
    "History",
    "LLMGenerator",
    "Lifecycle",
    "Original",
    "PairedTest",
    "Plan",
    "SourceUnavailableError",
    "TemplateGenerator",
    "Usage",
    "Verification",
    "Version",
    "VersionStore",
    "verify",
]

_HOMES = {
    "budget": ("Budget",),
    "generator": ("Candidate", "GenerationError", "GenerationRequest", "Generator", "Usage"),
    "lifecycle": ("Lifecycle",),
    "llm_generator": ("LLMGenerator",),
    "original": ("Original", "SourceUnavailableError"),
    "promotion_plan": ("Plan",),
    "promotion_statistics": ("PairedTest",),
    "runner": ("CandidateError",),
    "template_generator": ("TemplateGenerator",),
    "verification.contract": ("Contract",),
    "verification.door": ("verify",),
    "verification.report": ("Gate", "Verification"),
    "versions": ("History", "Version", "VersionStore"),
}
_HOME_OF = {name: f"dana_poet.codegen.{home}" for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = found  # also where a module of the same name has been loaded
    return found
