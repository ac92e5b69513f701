"""Production: units, limits before the process, spec limits after it, yields that can be."""

from __future__ import annotations

from typing import Any

import pytest

from dana_poet.domains import Call, get
from dana_poet.errors import PoetOptionError, PoetValidationError

DOMAIN = get("manufacturing")


def read(name: str, value: Any, hint: Any = float, **options: Any) -> Any:
    """Return an argument as the domain hands it on."""
    assert DOMAIN.normalise is not None
    return DOMAIN.normalise(name, hint, value, DOMAIN.settings(options))


def enforced(result: Any, **options: Any) -> Any:
    """Return a result as the domain hands it on."""
    assert DOMAIN.enforce is not None
    return DOMAIN.enforce(result, Call("etch", {}, DOMAIN.settings(options)))


@pytest.mark.parametrize(
    ("name", "written", "number"),
    [
        ("chamber_temperature", "200 °C", 200), ("chamber_temperature", "392F", 200), ("pressure_mtorr", "0.08 Torr", 80),
        ("rf_power_w", "1.5kW", 1500), ("target_depth_nm", "0.5 um", 500), ("first_pass_yield", "98.5%", 0.985),
        ("uniformity_percent", "97%", 97), ("chamber_pressure", 75, 75), ("chamber_pressure", "75", 75), ("tolerance", "±0.1", 0.1),
        ("bore_tolerance", "10 ± 0.05", 0.05), ("gas_flow", "0.1 slm", 100),
    ],
)  # fmt: skip
def test_values_of_a_process_are_read(name: str, written: Any, number: float) -> None:
    """In the unit that the parameter's name says."""
    assert read(name, written) == pytest.approx(number)


def test_a_unit_is_not_guessed_where_processes_differ() -> None:
    """80 mTorr and 80 bar are both pressures; the parameter has to say what it takes."""
    with pytest.raises(PoetValidationError) as told:
        read("chamber_pressure", "80 mTorr")
    assert "does not say its unit" in told.value.hint


def test_limits_hold_before_the_process_is_touched() -> None:
    """For readable values as for text; open sides are open."""
    limits = {"chamber_temperature": (180, 220), "rf_power_w": {"max": 2000}}
    assert read("chamber_temperature", "200 °C", limits=limits) == 200
    assert read("rf_power_w", 0.0, limits=limits) == 0
    with pytest.raises(PoetValidationError, match="'chamber_temperature' takes a value from 180 to 220, got 230"):
        read("chamber_temperature", 230.0, limits=limits)
    with pytest.raises(PoetValidationError, match="to 2000"):
        read("rf_power_w", "2.5kW", limits=limits)
    for wrong in ((220, 180), 5, "180-220"):
        with pytest.raises(PoetOptionError, match="are a pair"):
            read("chamber_temperature", 200.0, limits={"chamber_temperature": wrong})


def test_yields_and_spec_limits_of_results() -> None:
    """No result has a yield that cannot be or breaks its own spec."""
    good = {"batch_yield_percent": 92.0, "thickness": 10.01}
    assert enforced(good, spec_limits={"thickness": (9.9, 10.1)}) is good
    with pytest.raises(PoetValidationError, match=r"thickness 10\.01, outside 10\.02 to 10\.1"):
        enforced(good, spec_limits={"thickness": (10.02, 10.1)})
    for wrong in ({"yield": 120}, {"yield_rate": 1.2}, {"summary": {"batch_yield_percent": -1}}):
        with pytest.raises(PoetValidationError, match="outside 0 to"):
            enforced(wrong)
    assert enforced({"yield": 92})


def test_safety_forbids_the_advice_to_go_on() -> None:
    """An interlock on what is recommended."""
    unsafe = {
        "safety_status": {"safety_violations": ["overpressure"]},
        "process_assessment": {"recommendation": "continue_process"},
    }
    with pytest.raises(PoetValidationError, match="recommends to go on"):
        enforced(unsafe)
    assert enforced(unsafe, safety_interlocks=False) is unsafe
    assert enforced({**unsafe, "process_assessment": {"recommendation": "stop_process_immediately"}})


def test_limits_stand_in_order_and_machines_start_once() -> None:
    """Lower below upper; starting is no retry."""
    assert DOMAIN.prepare is not None
    assert DOMAIN.repeatable is not None
    with pytest.raises(PoetValidationError, match="'lsl' takes at most 'usl'"):
        DOMAIN.prepare(Call("check", {"lsl": 2.0, "usl": 1.0}))
    assert not DOMAIN.repeatable(Call("start_batch"))
    assert DOMAIN.repeatable(Call("review_batch"))


def test_yield_and_capability_are_measured() -> None:
    """Objectives of yield optimisation."""
    measured = DOMAIN.measure(
        {"batch_summary": {"batch_yield_percent": 92.0}, "mean": 10.0, "std": 0.1}, Call("f", {"lsl": 9.7, "usl": 10.3})
    )
    assert measured["yield"] == 0.92
    assert measured["cpk"] == 1.0
    assert set(DOMAIN.objectives) <= set(DOMAIN.metrics)
