"""Learn better parameters from execution feedback, inside bounds, with reasons, and without losing anything.

Start at `Parameter`, `Choice` and `Space` for what may be learned, at `TinyStore` for keeping it. Names are loaded when
they are first used, so that `import dana_learning` loads no numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dana_learning.adaptive import AdaptiveLearner, FunctionContext, LearningStrategy, Prediction
    from dana_learning.batch.dataset import BatchDataset
    from dana_learning.batch.engine import PatternRecognitionEngine, TemporalPatterns
    from dana_learning.batch.findings import ContextCluster, Insights, OptimizationInsights
    from dana_learning.batch.learner import BatchLearner
    from dana_learning.budget import BudgetExceeded, LearningOptimizer, ResourceBudget, Schedule
    from dana_learning.coordinator import Insight, LearningCoordinator, PluginLearningCoordinator
    from dana_learning.errors import (
        LearningError,
        ObservationError,
        ParameterError,
        SpaceChanged,
        StoreClosed,
        StoreDamaged,
        StoreError,
        StoreFormatError,
        StoreFull,
        StoreLocked,
        StoreMigrated,
        StoreReadOnly,
        ValuesError,
    )
    from dana_learning.exchange import export_store, import_store
    from dana_learning.experience import Experience
    from dana_learning.experiment import Experiment, Verdict
    from dana_learning.explain import Explained
    from dana_learning.flags import FeatureFlags, Flags
    from dana_learning.handlers import HVACLearningHandler, PromptOptimizationLearner
    from dana_learning.hybrid import HybridLearner, TunerUpdates
    from dana_learning.kept import KeptTuner
    from dana_learning.learner import Learner
    from dana_learning.observation import Attempt, ExecutionFeedback, Observation, OnlineFeedback
    from dana_learning.online.online_learner import OnlineLearner
    from dana_learning.online.settings import TunerSettings
    from dana_learning.online.statistical import StatisticalOnlineLearner
    from dana_learning.online.tuner import Explanation, Suggestion, Tuner
    from dana_learning.parameter import Choice, Parameter, Repair, Space, Structured
    from dana_learning.plugin_store import PluginLearningStore
    from dana_learning.plugins.building_management import BuildingManagementPlugin
    from dana_learning.plugins.financial_services import FinancialServicesPlugin
    from dana_learning.plugins.healthcare import HealthcarePlugin
    from dana_learning.plugins.llm import LLMPlugin
    from dana_learning.plugins.plugin import Domain, LearningPlugin, POETPlugin, RulePlugin
    from dana_learning.records import Aggregate, Moments, ParameterSet, Pattern
    from dana_learning.rollback import Guard, ParameterHistory
    from dana_learning.scoring.decisions import AdaptiveDecisionEngine
    from dana_learning.scoring.patterns import PatternAnalyzer
    from dana_learning.scoring.scores import Outcome, PerformanceScorer, Scores
    from dana_learning.sharing.guided import GuidedTuner
    from dana_learning.sharing.knowledge import Knowledge, SharingRefused
    from dana_learning.sharing.priors import KnowledgePrior
    from dana_learning.store import LearningStore, MemoryStore, ParameterStore, restore
    from dana_learning.survey import Overview, overview, overviews
    from dana_learning.tinydb_store import TinyStore
    from dana_learning.transfer import (
        CrossFunctionLearning,
        GroupValues,
        IntelligenceRegistry,
        SimilarFunction,
        Transfer,
    )
    from dana_learning.validation import Finding, Validation

__all__ = [
    "AdaptiveDecisionEngine",
    "AdaptiveLearner",
    "Aggregate",
    "Attempt",
    "BatchDataset",
    "BatchLearner",
    "BudgetExceeded",
    "BuildingManagementPlugin",
    "Choice",
    "ContextCluster",
    "CrossFunctionLearning",
    "Domain",
    "ExecutionFeedback",
    "Experience",
    "Experiment",
    "Explained",
    "Explanation",
    "FeatureFlags",
    "FinancialServicesPlugin",
    "Finding",
    "Flags",
    "FunctionContext",
    "GroupValues",
    "Guard",
    "GuidedTuner",
    "HVACLearningHandler",
    "HealthcarePlugin",
    "HybridLearner",
    "Insight",
    "Insights",
    "IntelligenceRegistry",
    "KeptTuner",
    "Knowledge",
    "KnowledgePrior",
    "LLMPlugin",
    "Learner",
    "LearningCoordinator",
    "LearningError",
    "LearningOptimizer",
    "LearningPlugin",
    "LearningStore",
    "LearningStrategy",
    "MemoryStore",
    "Moments",
    "Observation",
    "ObservationError",
    "OnlineFeedback",
    "OnlineLearner",
    "OptimizationInsights",
    "Outcome",
    "Overview",
    "POETPlugin",
    "Parameter",
    "ParameterError",
    "ParameterHistory",
    "ParameterSet",
    "ParameterStore",
    "Pattern",
    "PatternAnalyzer",
    "PatternRecognitionEngine",
    "PerformanceScorer",
    "PluginLearningCoordinator",
    "PluginLearningStore",
    "Prediction",
    "PromptOptimizationLearner",
    "Repair",
    "ResourceBudget",
    "RulePlugin",
    "Schedule",
    "Scores",
    "SharingRefused",
    "SimilarFunction",
    "Space",
    "SpaceChanged",
    "StatisticalOnlineLearner",
    "StoreClosed",
    "StoreDamaged",
    "StoreError",
    "StoreFormatError",
    "StoreFull",
    "StoreLocked",
    "StoreMigrated",
    "StoreReadOnly",
    "Structured",
    "Suggestion",
    "TemporalPatterns",
    "TinyStore",
    "Transfer",
    "Tuner",
    "TunerSettings",
    "TunerUpdates",
    "Validation",
    "ValuesError",
    "Verdict",
    "export_store",
    "import_store",
    "overview",
    "overviews",
    "restore",
]

_PLACES = {
    "FunctionContext": "adaptive",
    "OptimizationInsights": "batch.findings",
    "ContextCluster": "batch.findings",
    "TemporalPatterns": "batch.engine",
    "HVACLearningHandler": "handlers",
    "PromptOptimizationLearner": "handlers",
    "PluginLearningStore": "plugin_store",
    "POETPlugin": "plugins.plugin",
    "BuildingManagementPlugin": "plugins.building_management",
    "FinancialServicesPlugin": "plugins.financial_services",
    "HealthcarePlugin": "plugins.healthcare",
    "LLMPlugin": "plugins.llm",
    **dict.fromkeys(("AdaptiveLearner", "LearningStrategy", "Prediction"), "adaptive"),
    "AdaptiveDecisionEngine": "scoring.decisions",
    "Experience": "experience",
    **dict.fromkeys(("HybridLearner", "TunerUpdates"), "hybrid"),
    **dict.fromkeys(("Outcome", "PerformanceScorer", "Scores"), "scoring.scores"),
    "PatternAnalyzer": "scoring.patterns",
    "PatternRecognitionEngine": "batch.engine",
    "StatisticalOnlineLearner": "online.statistical",
    "BatchDataset": "batch.dataset",
    "BatchLearner": "batch.learner",
    "Insights": "batch.findings",
    **dict.fromkeys(("Explanation", "Suggestion", "Tuner"), "online.tuner"),
    "TunerSettings": "online.settings",
    "OnlineLearner": "online.online_learner",
    **dict.fromkeys(("Attempt", "ExecutionFeedback", "Observation", "OnlineFeedback"), "observation"),
    **dict.fromkeys(("Choice", "Parameter", "Repair", "Space", "Structured"), "parameter"),
    **dict.fromkeys(("Aggregate", "Moments", "ParameterSet", "Pattern"), "records"),
    **dict.fromkeys(("LearningStore", "MemoryStore", "ParameterStore", "restore"), "store"),
    "TinyStore": "tinydb_store",
    **dict.fromkeys(("export_store", "import_store"), "exchange"),
    **dict.fromkeys(("BudgetExceeded", "LearningOptimizer", "ResourceBudget", "Schedule"), "budget"),
    **dict.fromkeys(("Insight", "LearningCoordinator", "PluginLearningCoordinator"), "coordinator"),
    **dict.fromkeys(("Experiment", "Verdict"), "experiment"),
    "Explained": "explain",
    "KeptTuner": "kept",
    "Learner": "learner",
    **dict.fromkeys(("Overview", "overview", "overviews"), "survey"),
    **dict.fromkeys(("FeatureFlags", "Flags"), "flags"),
    **dict.fromkeys(("Domain", "LearningPlugin", "RulePlugin"), "plugins.plugin"),
    **dict.fromkeys(("Guard", "ParameterHistory"), "rollback"),
    "GuidedTuner": "sharing.guided",
    **dict.fromkeys(("Knowledge", "SharingRefused"), "sharing.knowledge"),
    "KnowledgePrior": "sharing.priors",
    **dict.fromkeys(
        ("CrossFunctionLearning", "GroupValues", "IntelligenceRegistry", "SimilarFunction", "Transfer"), "transfer"
    ),
    **dict.fromkeys(("Finding", "Validation"), "validation"),
}
"""The module of each name that is not an error."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'dana_learning' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"dana_learning.{_PLACES.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
