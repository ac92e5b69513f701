"""The domain of buildings: values with units, set-points inside their bounds, comfort and energy as objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.domains import base
from dana_poet.domains.domain import Call, Domain, Learnable
from dana_poet.domains.option import OptionSpec
from dana_poet.domains.quantity import Quantity, normaliser
from dana_poet.domains.results import entry, number, numbers_named, unusable_number
from dana_poet.domains.template import template
from dana_poet.domains.units import asked_unit
from dana_poet.errors import PoetValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

LOWEST, HIGHEST = 5.0, 35.0
"""Bounds of a set-point in degrees Celsius."""
SETPOINTS = ("*setpoint", "*set_point", "target_temp*", "*_target_temp", "*setpoint_[cfk]", "desired_temp*")
COMMANDED = frozenset(
    "temperature setpoint set_point target target_temp target_temperature heating_setpoint cooling_setpoint".split()
)
"""Names under which a result commands a temperature."""
SPAN = {"C": 5.0, "K": 5.0, "F": 9.0}
"""Distance from the wanted temperature at which nobody is comfortable."""


def _quantity(name: str, match: str, dimension: str, unit: str, low: float | None = None, high: float | None = None,
              units: tuple[str, ...] = ()) -> Quantity:  # fmt: skip
    return Quantity(
        name=name, match=tuple(match.split()), dimension=dimension, unit=unit, low=low, high=high, units=units,
        article="an" if name[0] in "aeiou" else "a",
    )  # fmt: skip


QUANTITIES = (
    Quantity(
        name="set-point", match=SETPOINTS, dimension="temperature", unit="C", low=LOWEST, high=HIGHEST, units=("F", "K")
    ),
    _quantity(
        "temperature difference", "deadband *_deadband temp_diff *_offset *_tolerance tolerance", "temperature difference",
        "K",
    ),
    _quantity("temperature", "temp *_temp temp_[cfk] temperature* *_temperature *_temp_[cfk]", "temperature", "C", -90, 150, ("F", "K")),
    _quantity("relative humidity", "humidity *_humidity rh", "share", "%", 0, 100),
    _quantity("power", "power power_* *_power *_load_kw load_kw *_kw demand", "power", "kW"),
    _quantity("energy", "energy energy_* *_energy *_kwh consumption", "energy", "kWh"),
    _quantity("pressure", "pressure *_pressure", "pressure", "Pa"),
    _quantity("air flow", "airflow air_flow *_airflow *_flow", "flow", "m3/h", 0),
    _quantity("concentration", "co2 co2_* *_co2", "concentration", "ppm", 0),
    _quantity("time", "runtime_hours *_hours hours", "time", "h", 0),
    Quantity(name="number of people", match=("occupancy", "occupants", "people"), low=0),
)  # fmt: skip


def prepare(call: Call) -> Mapping[str, Any]:
    """Refuse a heating set-point above the cooling set-point; change nothing."""
    heating, cooling = (number(call.arguments.get(f"{kind}_setpoint")) for kind in ("heating", "cooling"))
    if heating is not None and cooling is not None and heating > cooling:
        raise PoetValidationError(
            f"{call.function}: parameter 'heating_setpoint' takes at most the cooling set-point, {cooling:g}, got {heating:g}"
        )
    return {}


def enforce(result: Any, call: Call) -> Any:
    """Return the result, with commanded temperatures inside their bounds. PoetValidationError for what is unsafe."""
    levels = [number(entry(result, f"{kind}_level", kind)) for kind in ("heating", "cooling")]
    if all(level is not None and level > 0 for level in levels):
        raise PoetValidationError(f"the result of {call.function} heats and cools at once")
    for name, degrees in numbers_named(result, COMMANDED):
        low, high = bounds(call, degrees)
        if not low <= degrees <= high:
            return _unsafe(result, call, name, degrees, (low, high))
    place = unusable_number(result)
    if place is not None:
        raise PoetValidationError(f"the result of {call.function} has a number that is not finite{place}")
    return result


def _unsafe(result: Any, call: Call, name: str, degrees: float, allowed: tuple[float, float]) -> Any:
    low, high = allowed
    if call.options.get("on_unsafe") == "clamp" and isinstance(result, dict) and name in result:
        return enforce({**result, name: min(max(degrees, low), high)}, call)
    raise PoetValidationError(
        f"the result of {call.function} commands {name} {degrees:g}, outside {low:g} to {high:g}",
        hint='min_setpoint and max_setpoint move the bounds; on_unsafe="clamp" brings values back to them',
    )


def bounds(call: Call, degrees: float) -> tuple[float, float]:
    """Return the lowest and highest temperature that a call may command, in the unit of `degrees`.

    >>> bounds(Call("control", {}, {"temperature_unit": "F"}), 70.0)
    (41.0, 95.0)
    """
    low, high = (LOWEST, HIGHEST) if unit(call, degrees) != "F" else (LOWEST * 1.8 + 32, HIGHEST * 1.8 + 32)
    given = call.options
    return float(given.get("min_setpoint") or low), float(given.get("max_setpoint") or high)


def unit(call: Call, degrees: float) -> str:
    """Return C or F: what the options or a parameter's name say, else what the wanted temperature of the call looks like."""
    said = call.options.get("temperature_unit")
    if said:
        return str(said)
    for name in call.arguments:
        named = asked_unit("temperature", name, None)
        if named:
            return named
    wanted = wanted_temperature(call)
    return "F" if (degrees if wanted is None else wanted) > HIGHEST + 1 else "C"


def wanted_temperature(call: Call) -> float | None:
    """Return the set-point that a call was given, or None."""
    names = ("target_temp", "target_temperature", "setpoint", "set_point", "target_temp_f", "target_temp_c")
    return number(entry(dict(call.arguments), *names))


def comfort(result: Any, call: Call) -> float | None:
    """Return 1 when the commanded temperature is the wanted one, 0 from 5 K away.

    >>> comfort({"temperature": 20.0}, Call("control", {"target_temp": 21.0}))
    0.8
    """
    wanted, given = wanted_temperature(call), number(entry(result, "temperature", "setpoint", "target"))
    if wanted is None or given is None:
        return None
    return max(0.0, 1.0 - abs(given - wanted) / SPAN[unit(call, wanted)])


def temp_variation(result: Any, call: Call) -> float | None:
    """Return how far the commanded temperature is from the wanted one, in degrees of the call."""
    wanted, given = wanted_temperature(call), number(entry(result, "temperature", "setpoint", "target"))
    return None if wanted is None or given is None else abs(given - wanted)


def energy(result: Any, _call: Call) -> float | None:
    """Return the energy that a result reports, in its own unit."""
    return number(entry(result, "energy", "energy_used", "energy_kwh", "power"))


def energy_efficiency(result: Any, _call: Call) -> float | None:
    """Return energy needed by energy used, when a result reports both."""
    needed, used = number(entry(result, "energy_needed")), number(entry(result, "energy_used"))
    return None if needed is None or not used else needed / used


def operating_cost(result: Any, _call: Call) -> float | None:
    """Return the cost that a result reports."""
    return number(entry(result, "operating_cost", "cost"))


def safety(result: Any, call: Call) -> float | None:
    """Return 1 when every commanded temperature is inside its bounds, else 0; None when a result commands none."""
    commanded = numbers_named(result, COMMANDED)
    if not commanded:
        return None
    allowed = [(degrees, bounds(call, degrees)) for _, degrees in commanded]
    return float(all(low <= degrees <= high for degrees, (low, high) in allowed))


DOMAIN = Domain(
    name="building_management",
    summary="values with units, set-points inside their bounds, comfort and energy as objectives",
    template=template("building_management"),
    options={
        "temperature_unit": OptionSpec("unit of temperatures of this function", "text", choices=("C", "F", "K")),
        "min_setpoint": OptionSpec("lowest temperature that may be commanded, in the function's unit", "number"),
        "max_setpoint": OptionSpec("highest temperature that may be commanded, in the function's unit", "number"),
        "on_unsafe": OptionSpec("what happens to an unsafe command", "text", "refuse", choices=("refuse", "clamp")),
    },
    defaults={"retries": 2},
    grants=frozenset({"coerce"}),
    imports=frozenset({"math", "statistics"}),
    normalise=normaliser(QUANTITIES),
    prepare=prepare,
    enforce=enforce,
    transient=base.transient,
    metrics={
        **base.METRICS, "comfort": comfort, "energy": energy, "energy_efficiency": energy_efficiency, "safety": safety,
        "operating_cost": operating_cost, "temp_variation": temp_variation,
    },
    objectives={
        "comfort": {"weight": 0.5, "target": 0.8}, "energy": {"weight": 0.5, "minimize": True},
        "operating_cost": {"minimize": True}, "temp_variation": {"minimize": True}, "safety": {"target": 1.0},
    },
    parameters=(
        Learnable("deadband", 2.0, 0.5, 4.0, unit="K", summary="comfort against efficiency"),
        Learnable("efficiency_threshold", 0.8, 0.6, 0.95, summary="how hard energy is saved"),
        Learnable("comfort_weight", 0.7, 0.3, 1.0, summary="how much comfort counts"),
        Learnable("equipment_stress_limit", 0.9, 0.7, 0.95, summary="life of the equipment"),
    ),
    plugin="building_management",
)  # fmt: skip
