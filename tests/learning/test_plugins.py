"""Plugins: their rules do what they say, and no value ever leaves its bounds."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dana_learning import Attempt, ExecutionFeedback, Parameter, ParameterError, SpaceChanged
from dana_learning.plugins.building_management import building_management
from dana_learning.plugins.financial_services import financial_services
from dana_learning.plugins.healthcare import healthcare
from dana_learning.plugins.llm import llm
from dana_learning.plugins.plugin import Domain, LearningPlugin, Rule, RulePlugin, When

MAKERS = (building_management, financial_services, healthcare, llm)
Maker = Callable[[], RulePlugin]


def told(number: int, quality: float = 0.5, **metrics: float) -> ExecutionFeedback:
    """An execution with metrics."""
    return ExecutionFeedback(f"run-{number}", "work", "", quality, metrics)


def judged(number: int, outcome: str, **metrics: float) -> ExecutionFeedback:
    """An execution whose outcome is known."""
    return ExecutionFeedback(f"run-{number}", "work", "", 0.5, metrics, user_feedback={"actual_outcome": outcome})


def metric_names(plugin: RulePlugin) -> list[str]:
    """Return the metrics that a plugin's rules speak of."""
    return sorted({when.metric for rule in plugin.domain.rules for when in rule.when})


@pytest.mark.parametrize("make", MAKERS)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_bounds_hold_under_any_feedback(make: Maker, data: st.DataObject) -> None:
    """Whatever is measured, and whatever is applied or insisted upon."""
    plugin = make()
    assert isinstance(plugin, LearningPlugin)
    number = st.floats(allow_nan=False, allow_infinity=False)
    for step in range(data.draw(st.integers(1, 40))):
        metrics = {name: data.draw(st.floats(-2, 2) | number) for name in metric_names(plugin)}
        plugin.receive_feedback(told(step, data.draw(st.floats(0, 1)), **metrics))
        plugin.space.check(plugin.values())
    plugin.apply_learned_parameters({name: data.draw(st.floats() | st.none() | st.text()) for name in plugin.values()})
    plugin.space.check(plugin.values())
    kind = data.draw(st.sampled_from(["system_wide_degradation", "resource_optimization", "other"]))
    plugin.update_from_learning({kind: {}})
    plugin.space.check(plugin.values())
    plugin.space.check(plugin.adapt_parameters({"unknown": 1.0}, data.draw(st.lists(st.floats(0, 1), max_size=12))))
    for name, one in plugin.get_learnable_parameters().items():
        assert one["range"][0] <= one["current_value"] <= one["range"][1], name
        assert one["impact"]


@pytest.mark.parametrize("make", MAKERS)
def test_state_goes_on_exactly(make: Maker) -> None:
    """Through JSON; another domain's state is refused."""
    plugin = make()
    for step in range(30):
        plugin.receive_feedback(told(step, step / 30, **dict.fromkeys(metric_names(plugin), step / 15)))
    again = type(plugin).from_state(plugin.domain, json.loads(json.dumps(plugin.state())))
    for one in (plugin, again):
        one.receive_feedback(told(99, 0.2, **dict.fromkeys(metric_names(plugin), 0.1)))
    assert again.state() == plugin.state()
    other = healthcare() if make is not healthcare else llm()
    with pytest.raises(SpaceChanged):
        RulePlugin.from_state(other.domain, plugin.state())


@pytest.mark.parametrize("make", MAKERS)
def test_what_was_not_measured_moves_nothing(make: Maker) -> None:
    """No value is invented for a metric that is missing; strange results are no error."""
    plugin = make()
    for step in range(30):
        plugin.receive_feedback(told(step))
    assert plugin.values() == plugin.space.defaults()
    assert plugin.get_domain_metrics({"result": "text"}) == plugin.get_domain_metrics({}) == {}


def test_heating_widens_the_deadband_only_when_people_are_comfortable() -> None:
    """Energy is saved where it costs no comfort."""
    plugin = building_management()
    plugin.receive_feedback(told(1, energy_efficiency=0.7, comfort_score=0.9))
    assert plugin.values()["deadband"] == pytest.approx(2.1)
    plugin.receive_feedback(told(2, energy_efficiency=0.7, comfort_score=0.75))
    assert plugin.values()["deadband"] == pytest.approx(2.1)
    plugin.receive_feedback(told(3, equipment_stress=0.95))
    assert plugin.values()["equipment_stress_limit"] == pytest.approx(0.85)


def test_credit_learns_from_wrong_decisions_only() -> None:
    """In small steps, and only from outcomes that are known."""
    plugin = financial_services()
    plugin.receive_feedback(judged(1, "approved", approved=0.0, credit_score=760.0, debt_ratio=0.1))
    assert plugin.values()["credit_score_weight"] == pytest.approx(0.62)
    assert plugin.values()["debt_ratio_penalty"] == pytest.approx(1.45)
    plugin.receive_feedback(judged(2, "approved", approved=1.0, credit_score=760.0, debt_ratio=0.1))
    plugin.receive_feedback(judged(3, "unknown", approved=1.0, credit_score=500.0, debt_ratio=0.9))
    assert plugin.values()["credit_score_weight"] == pytest.approx(0.62)


def test_a_missed_case_weighs_more_than_false_alarms() -> None:
    """One miss lowers the threshold at once; many false alarms raise it slowly, and only when nothing was missed."""
    plugin = healthcare()
    plugin.receive_feedback(judged(0, "event", alerted=0.0))
    assert plugin.values()["alert_threshold"] == pytest.approx(0.45)
    for step in range(1, 20):
        plugin.receive_feedback(judged(step, "no event", alerted=1.0))
    assert plugin.values()["alert_threshold"] == pytest.approx(0.45)
    plugin.receive_feedback(judged(20, "no event", alerted=1.0))
    assert plugin.values()["alert_threshold"] == pytest.approx(0.46)


def test_models_get_more_room_when_cut_off_and_more_patience_after_timeouts() -> None:
    """From metrics and from attempts; the prompt's text is not kept."""
    plugin = llm()
    for step in range(10):
        told_of = ExecutionFeedback(
            f"run-{step}", "ask", "", 0.4, {"cut_off": 1.0}, attempts=(Attempt(30.0, "TimeoutError", timeout=30.0),),
            user_feedback={"prompt_used": "You are a spy. Answer as JSON."},
        )  # fmt: skip
        plugin.receive_feedback(told_of)
    assert plugin.values()["max_tokens"] > 1024
    assert plugin.values()["timeout"] > 30.0
    assert "spy" not in json.dumps(plugin.state())


def test_every_change_is_explained_with_the_record_of_its_rule() -> None:
    """How often earlier uses helped, and what they gained."""
    plugin = building_management()
    for step in range(6):
        plugin.receive_feedback(told(step, 0.4 + 0.05 * step, comfort_score=0.5))
    last = plugin.changes[-1]
    assert last.probability == pytest.approx(6 / 7)
    assert last.expected_gain == pytest.approx(0.05)
    assert "5 of 5 earlier uses helped" in str(last)
    plugin.apply_learned_parameters(last.before)
    assert plugin.values() == last.before


def test_rules_of_unknown_parameters_are_refused() -> None:
    """When the domain is made, not when the rule is used."""
    with pytest.raises(ParameterError, match="speed"):
        Domain(
            name="wrong", parameters=(Parameter("x", 0, 0, 1),), metrics={}, impacts={},
            rules=(Rule("faster", "speed", (When("x", "above", 0.0),), "why"),),
        )  # fmt: skip
