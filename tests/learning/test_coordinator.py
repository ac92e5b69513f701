"""Domains together: what suffers everywhere is noticed, told once, and kept; a plugin that raises holds up nobody."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dana_learning import ExecutionFeedback, MemoryStore, ParameterError, TinyStore
from dana_learning.coordinator import LearningCoordinator, PluginLearningCoordinator
from dana_learning.plugins.building_management import building_management
from dana_learning.plugins.llm import llm
from dana_learning.plugins.plugin import LearningPlugin, RulePlugin

DOMAINS = ("building_management", "llm")


def told(domain: str, quality: float, number: int, **metrics: float) -> ExecutionFeedback:
    """An execution of a domain."""
    return ExecutionFeedback(f"{domain}-{number}", domain, "", quality, metrics, plugin_metrics={domain: {}})


def run(coordinator: LearningCoordinator, qualities: Mapping[str, list[float]], **metrics: float) -> None:
    """Tell all domains their qualities."""
    for domain, those in qualities.items():
        for number, quality in enumerate(those):
            coordinator.receive_feedback(told(domain, quality, number, **metrics))


def test_a_fall_in_several_domains_is_noticed_and_told_once() -> None:
    """Plugins go half the way back to their starts; the store keeps the insight."""
    store = MemoryStore(clock=lambda: 0.0)
    plugins = [building_management(), llm()]
    coordinator = LearningCoordinator(plugins, store=store)
    plugins[0].apply_learned_parameters({"deadband": 4.0})
    run(coordinator, {domain: [0.9] * 10 + [0.5] * 5 for domain in DOMAINS})
    insight = coordinator.coordinate()[0]
    assert insight.domains == DOMAINS
    assert insight.confidence == pytest.approx(0.99)
    assert plugins[0].values()["deadband"] == 3.0
    coordinator.coordinate()
    assert plugins[0].values()["deadband"] == 3.0
    assert [one.kind for one in store.patterns()] == ["system_wide_degradation"]
    assert "building_management" in str(insight)


def test_a_fall_in_one_domain_is_its_own_matter() -> None:
    """And so are steady ones."""
    coordinator = LearningCoordinator([building_management(), llm()])
    run(coordinator, {"building_management": [0.9] * 10 + [0.3] * 5, "llm": [0.8] * 15})
    assert coordinator.coordinate() == []


def test_growing_use_of_resources_is_noticed() -> None:
    """In two domains at least; plugins become frugal."""
    coordinator = LearningCoordinator([building_management(), llm()])
    run(coordinator, dict.fromkeys(DOMAINS, [0.9] * 8), seconds=1.0)
    run(coordinator, dict.fromkeys(DOMAINS, [0.9] * 5), seconds=2.0)
    assert [one.kind for one in coordinator.coordinate()] == ["resource_optimization"]
    assert coordinator.plugins["llm"].get_learnable_parameters()["max_tokens"]["current_value"] < 1024


def test_results_are_taken_as_the_design_has_them() -> None:
    """All results of a plugin count, not the last one."""
    coordinator = PluginLearningCoordinator([building_management(), llm()])
    results = [{"plugin": domain, "performance_score": 0.9 if n < 6 else 0.3} for n in range(12) for domain in DOMAINS]
    results.append({"plugin": "llm", "result": {"finish_reason": "stop"}})
    assert [one.kind for one in coordinator.coordinate_plugin_learning(results)] == ["system_wide_degradation"]
    assert coordinator.coordinate_plugin_learning([{"result": None}, {"plugin": "unknown"}])


class Broken(RulePlugin):
    """A plugin that raises."""

    def __init__(self) -> None:
        super().__init__(llm().domain)

    def receive_feedback(self, feedback: ExecutionFeedback) -> None:
        """Raise."""
        raise RuntimeError(feedback.execution_id)

    def get_learnable_parameters(self) -> dict[str, dict[str, Any]]:
        """Raise."""
        raise RuntimeError


def test_a_plugin_that_raises_holds_up_nobody() -> None:
    """It is noted; the others learn, and are kept."""
    store = MemoryStore(clock=lambda: 0.0)
    coordinator = LearningCoordinator([Broken(), building_management()], store=store)
    run(coordinator, {domain: [0.9] * 3 for domain in DOMAINS})
    coordinator.coordinate()
    assert {failure.plugin for failure in coordinator.failures} == {"llm"}
    assert store.parameters("plugin:building_management")


def test_what_plugins_learned_survives_the_program(tmp_path: Path) -> None:
    """Also when the store was edited by hand: bounds hold."""
    with TinyStore(tmp_path / "kept.db") as store:
        plugin = building_management()
        coordinator = LearningCoordinator([plugin], store=store)
        coordinator.receive_feedback(told("building_management", 0.5, 1, comfort_score=0.5))
        coordinator.coordinate()
        learned = plugin.values()
        assert learned["deadband"] == pytest.approx(1.9)
    with TinyStore(tmp_path / "kept.db") as store:
        again = building_management()
        LearningCoordinator([again], store=store)
        assert again.values() == learned
        store.set_parameters("plugin:building_management", {"deadband": 99.0, "speed": 1.0}, confidence=1.0)
        LearningCoordinator([again], store=store)
        assert again.values()["deadband"] == 4.0


def test_two_plugins_of_one_name_are_refused() -> None:
    """Feedback would go to one of them only."""
    with pytest.raises(ParameterError):
        LearningCoordinator([llm(), llm()])
    assert isinstance(llm(), LearningPlugin)
