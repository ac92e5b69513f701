"""Values with units: converted to what the parameter asks for, exact, and refused when the unit is another's."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_poet.domains import Call, get
from dana_poet.domains.reading import Unreadable
from dana_poet.domains.units import DIMENSIONS, SPELT, convert, read_with_unit, unit_of
from dana_poet.errors import PoetValidationError

BUILDING = get("building_management")


def read(name: str, value: Any, hint: Any = float, **options: Any) -> Any:
    """Return an argument as building_management hands it on."""
    assert BUILDING.normalise is not None
    return BUILDING.normalise(name, hint, value, BUILDING.settings(options))


@given(st.sampled_from(sorted(DIMENSIONS)), st.data(), st.decimals(-(10**6), 10**6, places=3))
def test_there_and_back_is_the_same_amount(dimension: str, data: st.DataObject, amount: Decimal) -> None:
    """Conversions lose nothing but the last of 28 digits."""
    one, other = (data.draw(st.sampled_from(sorted(DIMENSIONS[dimension]))) for _ in range(2))
    back = convert(convert(amount, dimension, one, other), dimension, other, one)
    assert back == pytest.approx(amount, rel=Decimal("1e-20"), abs=Decimal("1e-15"))


@pytest.mark.parametrize("dimension", sorted(DIMENSIONS))
def test_every_unit_is_known_as_it_is_written(dimension: str) -> None:
    """Case counts only where it tells two units apart."""
    assert [unit_of(dimension, unit) for unit in DIMENSIONS[dimension]] == list(DIMENSIONS[dimension])


def test_spellings_lead_to_units() -> None:
    """A spelling of a unit that no dimension has would be dead."""
    units = {unit for table in DIMENSIONS.values() for unit in table}
    assert set(SPELT.values()) <= units


@pytest.mark.parametrize(
    ("text", "dimension", "target", "number"),
    [
        ("72F", "temperature", "C", 22.2222), ("22 °C", "temperature", "F", 71.6), ("300 K", "temperature", "C", 26.85),
        ("5kW", "power", "W", 5000), ("1 hp", "power", "kW", 0.7457), ("500 nm", "length", "um", 0.5), ("2 h", "time", "min", 120),
        ("1 atm", "pressure", "kPa", 101.325), ("5 mmol/L", "glucose", "mg/dL", 90.078), ("150 lb", "mass", "kg", 68.0389),
        ("9 F", "temperature difference", "K", 5), ("1 kWh", "energy", "MJ", 3.6), ("\u221240 °F", "temperature", "C", -40),
    ],
)  # fmt: skip
def test_units_mean_what_they_mean(text: str, dimension: str, target: str, number: float) -> None:
    """Values that can be looked up."""
    assert float(read_with_unit(text, dimension, target)) == pytest.approx(number, rel=1e-5)


@pytest.mark.parametrize("text", ["5 parsec", "5 mw", "kW", "5 5 kW", "", "5kW/h", "F72", "1,5 kW"])
def test_other_texts_are_unreadable(text: str) -> None:
    """A unit of something else, or none that a person can be sure of."""
    with pytest.raises(Unreadable):
        read_with_unit(text, "power", "kW")


def test_a_temperature_comes_in_the_unit_that_the_parameter_asks_for() -> None:
    """By its hint, its name, the options; Celsius where nobody asks."""
    assert read("target_temp", "72F") == pytest.approx(22.2222, rel=1e-5)
    assert read("target_temp", "22 °C", Annotated[float, "F"]) == pytest.approx(71.6)
    assert read("target_temp", "22 °C", Annotated[float, "F"] | None) == pytest.approx(71.6)
    assert read("temperature_f", "22C") == pytest.approx(71.6)
    assert read("target_temp", "22 °C", temperature_unit="F") == pytest.approx(71.6)
    assert read("target_temp", "72F", temperature_unit="F") == 72.0
    assert read("target_temp", 72.0) == 72.0


def test_other_quantities_of_a_building() -> None:
    """Power, energy, humidity, people."""
    assert read("power", "5000 W") == 5.0
    assert read("power_w", "5kW") == 5000.0
    assert read("humidity", "65%") == 65.0
    assert read("occupancy", "12", int) == 12
    assert read("occupancy", True, bool) is True
    assert read("runtime_hours", "90 min") == 1.5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("target_temp", 38.0), ("target_temp", 96.0), ("setpoint", "100F"), ("setpoint", "4 °C"), ("humidity", "101%"),
        ("humidity", -1), ("occupancy", -1), ("target_temp", "warm"), ("power", "5 °C"), ("temperature", "9999"),
        ("setpoint", float("nan")), ("target_temp", True),
    ],
)  # fmt: skip
def test_what_no_building_has_is_refused(name: str, value: Any) -> None:
    """Bounds, wrong units, unreadable words."""
    with pytest.raises(PoetValidationError, match=f"parameter '{name}' takes "):
        read(name, value)


def call(arguments: dict[str, Any], **options: Any) -> Call:
    """Return a call of a control function."""
    return Call("control", arguments, BUILDING.settings(options))


def test_unsafe_commands_are_refused_or_clamped() -> None:
    """Equipment and people bear 5 to 35 degrees Celsius, whatever the function computed."""
    assert BUILDING.enforce is not None
    good = {"temperature": 69.0, "mode": "eco"}
    assert BUILDING.enforce(good, call({"target_temp": 72.0})) is good
    for wrong in ({"temperature": 120.0}, {"plan": {"setpoint": 30.0}}):
        with pytest.raises(PoetValidationError, match="outside 41 to 95"):
            BUILDING.enforce(wrong, call({"target_temp": 72.0}))
    clamped = BUILDING.enforce({"temperature": 50.0, "mode": "fast"}, call({"target_temp": 21.0}, on_unsafe="clamp"))
    assert clamped == {"temperature": 35.0, "mode": "fast"}
    with pytest.raises(PoetValidationError, match="outside 18 to 35"):
        BUILDING.enforce({"setpoint": 17.0}, call({"target_temp_c": 20.0}, min_setpoint=18))
    with pytest.raises(PoetValidationError, match="heats and cools at once"):
        BUILDING.enforce({"heating_level": 20, "cooling_level": 10}, call({}))


def test_a_heating_set_point_stays_below_the_cooling_one() -> None:
    """Else both run against each other."""
    assert BUILDING.prepare is not None
    assert BUILDING.prepare(call({"heating_setpoint": 20.0, "cooling_setpoint": 24.0})) == {}
    with pytest.raises(PoetValidationError, match="'heating_setpoint' takes at most"):
        BUILDING.prepare(call({"heating_setpoint": 25.0, "cooling_setpoint": 24.0}))


def test_comfort_and_energy_are_measured() -> None:
    """The names that published objectives use: min_comfort, max_operating_cost, max_temp_variation, critical_safety."""
    measured = BUILDING.measure(
        {"temperature": 70.2, "energy_used": 4.0, "energy_needed": 3.0, "cost": 12.0}, call({"target_temp": 72.0})
    )
    assert measured["comfort"] == pytest.approx(0.8)
    assert measured["energy_efficiency"] == 0.75
    assert measured["operating_cost"] == 12.0
    assert measured["temp_variation"] == pytest.approx(1.8)
    assert measured["safety"] == 1.0
    assert set(BUILDING.objectives) <= set(BUILDING.metrics)
