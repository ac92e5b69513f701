"""Every class of the design exists by its name, with its methods, and does what its name promises."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np
import pytest

import dana_learning
from dana_learning import (
    AdaptiveLearner,
    BatchLearner,
    FunctionContext,
    HVACLearningHandler,
    MemoryStore,
    OnlineFeedback,
    OnlineLearner,
    Parameter,
    ParameterError,
    PluginLearningStore,
    PromptOptimizationLearner,
    Space,
    StatisticalOnlineLearner,
)

NAMES: dict[str, str] = {
    "OnlineFeedback": "to_dict observation",
    "ExecutionFeedback": "to_dict observation",
    "OnlineLearner": "update_parameters statistics confidence_interval state parameter_histories confidence_scores",
    "StatisticalOnlineLearner": (
        "exponential_weighted_moving_average thompson_sampling bayesian_optimization parameter_estimators "
        "confidence_intervals learning_rates"
    ),
    "BatchDataset": "executions feedback_history performance_trends context_patterns",
    "BatchLearner": "analyze_and_update analyze_execution_patterns merge models pattern_clusters",
    "OptimizationInsights": "to_dict",
    "PatternRecognitionEngine": "context_clustering performance_correlation_analysis temporal_pattern_detection",
    "ContextCluster": "text",
    "TemporalPatterns": "",
    "HybridLearner": "process_feedback is_due batch_queue",
    "AdaptiveLearner": "select_learning_strategy predict_performance",
    "LearningStrategy": "",
    "FunctionContext": "problem",
    "IntelligenceRegistry": "find_similar_functions share_learning",
    "SimilarFunction": "",
    "CrossFunctionLearning": "compute_function_similarity transfer_learned_parameters collaborative_optimization",
    "LearningOptimizer": "optimize_learning_schedule priority",
    "ResourceBudget": "available_cost",
    "LearningStore": "set_parameters parameters add_execution executions patterns save_state load_state",
    "ParameterStore": "set_parameters parameters parameter_sets rollback",
    "PluginLearningStore": (
        "store_parameters get_parameters store_execution_feedback get_execution_history store_plugin_parameters "
        "get_plugin_parameters store_cross_plugin_insights get_domain_performance_history"
    ),
    "PluginLearningCoordinator": "coordinate_plugin_learning",
    "LearningCoordinator": "coordinate receive_feedback register",
    "POETPlugin": (
        "receive_feedback update_from_learning get_domain_metrics adapt_parameters get_learnable_parameters "
        "apply_learned_parameters"
    ),
    "BuildingManagementPlugin": "receive_feedback",
    "FinancialServicesPlugin": "receive_feedback",
    "HealthcarePlugin": "receive_feedback",
    "LLMPlugin": "receive_feedback",
    "HVACLearningHandler": "update_thermal_parameters",
    "PromptOptimizationLearner": "learn_prompt_strategies",
    "Experiment": "arm observe verdict",
    "ParameterHistory": "rollback serve versions",
    "Guard": "observe",
    "FeatureFlags": "may",
    "Validation": "observe finding",
    "PerformanceScorer": "",
    "PatternAnalyzer": "",
    "AdaptiveDecisionEngine": "",
    "Tuner": "suggest observe served explain state from_state",
    "KeptTuner": "suggest record served rollback",
    "Explained": "what to_dict",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_the_design_is_there_with_its_methods(name: str) -> None:
    """And says in a sentence what it is."""
    found = getattr(dana_learning, name)
    assert name in dana_learning.__all__
    assert inspect.getdoc(found)
    fields = getattr(found, "__dataclass_fields__", {})
    assert [one for one in NAMES[name].split() if not hasattr(found, one) and one not in fields] == []


def test_every_name_is_typed_and_explained() -> None:
    """Whoever imports it can read what it does."""
    for name in dana_learning.__all__:
        found: Any = getattr(dana_learning, name)
        assert inspect.getdoc(found), name
        if inspect.isfunction(found):
            assert inspect.signature(found).return_annotation is not inspect.Signature.empty, name


def told(number: int, quality: float, **more: Any) -> OnlineFeedback:
    """Feedback of one execution."""
    return OnlineFeedback(f"run-{number}", "heat", "", quality, timestamp=1e9 + 3600.0 * number, **more)


def test_a_building_is_learned_inside_its_safety_bounds() -> None:
    """Whatever the feedback, and also when somebody spoiled what was kept."""
    store, rng = MemoryStore(), np.random.default_rng(1)
    handler = HVACLearningHandler(store)
    for number in range(60):
        values = handler.update_thermal_parameters(told(number, float(rng.random())))
        assert 5.0 <= values["thermal_lag"] <= 60.0
        assert -5.0 <= values["setpoint_offset"] <= 5.0
    assert store.parameters("hvac_thermal_model") == values
    store.set_parameters("hvac_thermal_model", {"thermal_lag": 1e9}, confidence=1.0)
    store.save_state("hvac_thermal_model", {"spoiled": True})
    again = HVACLearningHandler(store).update_thermal_parameters(told(61, 0.5))
    assert 5.0 <= again["thermal_lag"] <= 60.0


def test_a_building_gets_better() -> None:
    """The lag that its house has is found."""
    store, rng, values = MemoryStore(), np.random.default_rng(2), {"thermal_lag": 20.0, "setpoint_offset": 0.0}
    handler, last = HVACLearningHandler(store), []
    for number in range(80):
        apart = (values["thermal_lag"] - 45.0) / 55.0
        quality = 0.9 - 1.2 * apart**2 - 0.02 * abs(values["setpoint_offset"]) + 0.02 * float(rng.normal())
        values = handler.update_thermal_parameters(told(number, min(1.0, max(0.0, quality)), values=values))
        last.append(values["thermal_lag"])
    assert abs(float(np.median(last[-20:])) - 45.0) < 10.0


def test_prompts_are_learned_by_context_and_their_texts_are_not_kept() -> None:
    """The strict one for tables, the plain one for letters."""
    store, rng = MemoryStore(), np.random.default_rng(3)
    variants = {"plain": "Summarise this.", "strict": "You are an editor. Answer as JSON."}
    learner = PromptOptimizationLearner(store, variants)
    for number in range(80):
        kind = "table" if number % 2 else "letter"
        name, text = learner.suggest({"kind": kind})
        good = (name == "strict") == (kind == "table")
        quality = float(np.clip(0.4 + 0.4 * good + 0.05 * rng.normal(), 0, 1))
        mine = {"prompt_used": f"{text} My name is Ann."}
        found = learner.learn_prompt_strategies(
            told(number, quality, values={"prompt": name}, context={"kind": kind}, user_feedback=mine)
        )
    assert found["context_strategies"] == {'{"kind": "table"}': "strict", '{"kind": "letter"}': "plain"}
    assert found["prompt_templates"] == variants
    assert "Ann" not in str(store.load_state("prompts"))
    again = PromptOptimizationLearner(store, variants)
    assert again.strategies() == found
    assert again.suggest({"kind": "table"}) == learner.suggest({"kind": "table"})
    with pytest.raises(ParameterError):
        PromptOptimizationLearner(store, {"one": "text"})


def test_plugins_keep_theirs_beside_the_functions() -> None:
    """Parameters, insights and history by the names of the design."""
    store = PluginLearningStore(MemoryStore())
    store.store_parameters("llm", {"temperature": 1.0}, 0.9)
    store.store_plugin_parameters("llm", {"temperature": 0.4})
    assert store.get_parameters("llm") == {"temperature": 1.0}
    assert store.get_plugin_parameters("llm") == {"temperature": 0.4}
    assert store.get_plugin_parameters("llm", 0.9) == {}
    store.store_cross_plugin_insights("degradation", {"domains": ["a", "b"]})
    assert store.store.patterns("degradation")[0].data == {"domains": ["a", "b"]}
    for number in range(5):
        store.store_execution_feedback(told(number, 0.5 + number / 10, plugin_metrics={"llm": {"cut_off": 0.0}}))
    store.store_execution_feedback(told(9, 0.5))
    now = 1e9 + 24 * 3600.0
    history = store.get_domain_performance_history("llm", 1, now=now)
    assert [one["performance"] for one in history] == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9])
    assert [one.execution_id for one in store.get_execution_history("heat", 1, now=now)][:2] == ["run-9", "run-4"]
    assert store.get_execution_history("heat", 0.01, now=now) == []


def test_a_strategy_is_chosen_for_another_function() -> None:
    """From what was learned of its class of problems."""
    learner = AdaptiveLearner(Space([Parameter("level", 0.9, 0.0, 1.0)]), seed=1)
    other = FunctionContext(Space([Parameter("a", 0.0, 0.0, 1.0), Parameter("b", 0.0, 0.0, 1.0)]), noise=0.02)
    chosen = learner.select_learning_strategy(other)
    assert chosen.problem == "2 numbers, 0 choices, quiet"
    assert math.isclose(sum(chosen.probabilities.values()), 1.0, abs_tol=1e-6)


def test_the_attributes_of_the_design_say_what_is_known() -> None:
    """Nothing before anything was told; then values with what is expected of them, how sure it is, and the findings."""
    learner = OnlineLearner(Space([Parameter("level", 0.9, 0.0, 1.0)]))
    assert (learner.parameter_histories, learner.confidence_scores) == ({}, {})
    values, used, sure = {"level": 0.9}, [], []
    for number in range(30):
        used.append(values["level"])
        values = learner.update_parameters(told(number, 1 - (values["level"] - 0.3) ** 2), values)
        assert [one["value"] for one in learner.parameter_histories["heat:level"]] == pytest.approx(used[-3:])
        sure.append(learner.confidence_scores["heat"])
    assert all(0.0 <= one["performance"] <= 1.1 for one in learner.parameter_histories["heat:level"])
    assert 0.0 <= sure[0] < sure[-1] <= 1.0
    with pytest.raises(AttributeError):
        learner.parameter_histories = {}  # type: ignore[misc]
    again = OnlineLearner.from_state(learner.state(), learner.space)
    assert again.parameter_histories == learner.parameter_histories
    single = StatisticalOnlineLearner(learning_rate=0.3)
    assert (single.parameter_estimators, single.confidence_intervals, single.learning_rates) == ({}, {}, {})
    single.exponential_weighted_moving_average("timeout", 10.0, 1.0)
    single.thompson_sampling("model", ["small", "large"])
    for _ in range(5):
        single.observe("model", "large", 0.9)
    assert single.parameter_estimators == {"timeout": 10.0, "model": "large"}
    assert single.learning_rates == {"timeout": 0.3}
    low, high = single.confidence_intervals["model"]["large"]
    assert 0.0 <= low < 0.9 < high <= 1.0


def test_a_batch_learner_has_the_findings_of_its_last_analysis() -> None:
    """By name and by number; none when there were too few executions."""
    rng, learner = np.random.default_rng(0), BatchLearner()
    assert (learner.models, learner.pattern_clusters) == ({}, {})
    runs = []
    for number in range(80):
        level, size = float(rng.random()), float(number % 2 * 100) + float(rng.random())
        runs.append(told(number, 1 - (level - 0.3) ** 2, values={"level": level}, context={"size": size}))
    found = learner.analyze(runs)
    assert learner.models["level"] is found.effects[0]
    assert list(learner.pattern_clusters.values()) == list(found.clusters)
    learner.analyze(runs[:3])
    assert (learner.models, learner.pattern_clusters) == ({}, {})
