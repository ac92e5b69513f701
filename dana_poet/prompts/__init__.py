"""Better prompts from measured calls: objectives, measurement, templates, evolution. Names are loaded at first use."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dana_poet.prompts.evolve import evolve_from_feedback
    from dana_poet.prompts.judge import Judgement, RubricJudge
    from dana_poet.prompts.measure import Measured, ObservedModel, observed
    from dana_poet.prompts.model_proposer import ModelProposer
    from dana_poet.prompts.objectives import Objective, Objectives
    from dana_poet.prompts.optimize import Optimized, optimize_prompt
    from dana_poet.prompts.optimizer import PromptOptimizer
    from dana_poet.prompts.outcome import Evolved, Failure, Score, Step, Suggestion
    from dana_poet.prompts.rules import RuleProposer
    from dana_poet.prompts.source import PromptSource
    from dana_poet.prompts.template import PromptError, PromptTemplate

__all__ = [
    "Evolved",
    "Failure",
    "Judgement",
    "Measured",
    "ModelProposer",
    "Objective",
    "Objectives",
    "ObservedModel",
    "Optimized",
    "PromptError",
    "PromptOptimizer",
    "PromptSource",
    "PromptTemplate",
    "RubricJudge",
    "RuleProposer",
    "Score",
    "Step",
    "Suggestion",
    "evolve_from_feedback",
    "observed",
    "optimize_prompt",
]

_HOMES = {
    "evolve": ("evolve_from_feedback",),
    "judge": ("Judgement", "RubricJudge"),
    "measure": ("Measured", "ObservedModel", "observed"),
    "model_proposer": ("ModelProposer",),
    "objectives": ("Objective", "Objectives"),
    "optimize": ("Optimized", "optimize_prompt"),
    "optimizer": ("PromptOptimizer",),
    "outcome": ("Evolved", "Failure", "Score", "Step", "Suggestion"),
    "rules": ("RuleProposer",),
    "source": ("PromptSource",),
    "template": ("PromptError", "PromptTemplate"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
