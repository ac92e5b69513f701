"""Heating and cooling: how wide the deadband may be, what efficiency to ask for, and how much comfort counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_learning.kinds import Parameter
from dana_learning.plugins.plugin import Domain, Rule, RulePlugin, When

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PARAMETERS = (
    Parameter("deadband", 2.0, 0.5, 4.0, unit="K"),
    Parameter("efficiency_threshold", 0.8, 0.6, 0.95),
    Parameter("comfort_weight", 0.7, 0.3, 1.0),
    Parameter("equipment_stress_limit", 0.9, 0.7, 0.95),
    Parameter("thermal_lag", 20.0, 5.0, 60.0, unit="min"),
    Parameter("setpoint_offset", 0.0, -5.0, 5.0, unit="K"),
)

RULES = (
    Rule(
        "wider deadband", "deadband",
        (When("energy_efficiency", "below", "efficiency_threshold"), When("comfort_score", "above", 0.8)),
        "energy is wasted while people are comfortable: allow more distance from the setpoint", factor=1.05,
    ),
    Rule(
        "tighter deadband", "deadband", (When("comfort_score", "below", 0.7),),
        "people are not comfortable: keep closer to the setpoint", factor=0.95,
    ),
    Rule(
        "spare equipment", "equipment_stress_limit", (When("equipment_stress", "above", "equipment_stress_limit"),),
        "equipment works harder than its limit: lower the limit below what was seen", follow="equipment_stress", step=-0.1,
    ),
    Rule(
        "comfort counts more", "comfort_weight",
        (When("energy_efficiency", "above", 0.85, 20), When("comfort_score", "above", 0.8, 20)),
        "both efficiency and comfort were good for 20 executions: there is room for comfort", step=0.02,
    ),
    Rule(
        "comfort counts less", "comfort_weight", (When("comfort_score", "below", 0.7, 20),),
        "more weight on comfort did not make people comfortable for 20 executions", step=-0.02, limits=(0.5, 1.0),
    ),
)  # fmt: skip


def _comfort(result: Mapping[str, Any]) -> float:
    return 1.0 - abs(float(result["temperature"]) - float(result["setpoint"])) / 5.0


def _stability(result: Mapping[str, Any]) -> float | None:
    seen = result["temperatures"]
    return 1.0 - (max(seen) - min(seen)) / 5.0 if len(seen) > 1 else None


DOMAIN = Domain(
    name="building_management",
    parameters=PARAMETERS,
    rules=RULES,
    metrics={
        "energy_efficiency": lambda result: result["energy_needed"] / result["energy_used"],
        "comfort_score": _comfort,
        "equipment_stress": lambda result: result["cycles_per_hour"] / 6.0,
        "temperature_stability": _stability,
    },
    impacts={
        "deadband": "comfort against efficiency", "efficiency_threshold": "how hard energy is saved",
        "comfort_weight": "how much comfort counts", "equipment_stress_limit": "life of the equipment",
        "thermal_lag": "how early heating starts", "setpoint_offset": "correction of the setpoint",
    },
    frugal={"deadband": 1.05},
)  # fmt: skip


class BuildingManagementPlugin(RulePlugin):
    """The plugin for heating and cooling, by its rules and inside their bounds.

    >>> BuildingManagementPlugin().name
    'building_management'
    """

    def __init__(self, domain: Domain = DOMAIN) -> None:
        super().__init__(domain)


def building_management() -> BuildingManagementPlugin:
    """Return a new plugin for heating and cooling.

    >>> round(building_management().get_domain_metrics({"temperature": 22.0, "setpoint": 21.0})["comfort_score"], 2)
    0.8
    """
    return BuildingManagementPlugin()
