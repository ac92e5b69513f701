"""Patients: units and ranges of vital signs, and no value of a patient in any error or event."""

from __future__ import annotations

from typing import Any

import pytest

from dana_poet.domains import Call, get
from dana_poet.errors import PoetValidationError

DOMAIN = get("healthcare")


def read(name: str, value: Any, hint: Any = float) -> Any:
    """Return an argument as the domain hands it on."""
    assert DOMAIN.normalise is not None
    return DOMAIN.normalise(name, hint, value, DOMAIN.settings())


@pytest.mark.parametrize(
    ("name", "written", "number"),
    [
        ("temperature_f", "38.5 °C", 101.3), ("temperature", "101.3F", 38.5), ("temperature_f", 98.6, 98.6), ("temperature", 98.6, 98.6),
        ("heart_rate_bpm", "72 bpm", 72), ("heart_rate", "72", 72), ("oxygen_saturation", "98%", 98), ("weight_kg", "150 lb", 68.0389),
        ("weight_lb", "70 kg", 154.324), ("glucose", "5.5 mmol/L", 99.0858), ("dose_mg", "0.5 g", 500), ("age", "18 months", 1.5),
        ("height_cm", "1.8 m", 180),
    ],
)  # fmt: skip
def test_vital_signs_are_read_in_the_unit_of_the_parameter(name: str, written: Any, number: float) -> None:
    """A wrong unit can harm somebody."""
    assert read(name, written) == pytest.approx(number, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature_f", 36.6), ("temperature_c", 98.6), ("temperature", 60.0), ("heart_rate", 400), ("oxygen_saturation", 101),
        ("oxygen_saturation", -1), ("age", 131), ("age", "old"), ("dose", "5 ml"), ("weight", "5 miles"), ("glucose", "1"),
        ("heart_rate", float("nan")),
    ],
)  # fmt: skip
def test_what_no_living_person_has_is_refused_without_saying_it(name: str, value: Any) -> None:
    """The error names the parameter and what was expected; the value belongs to the patient."""
    with pytest.raises(PoetValidationError, match=f"parameter '{name}' takes ") as told:
        read(name, value)
    assert repr(value) not in str(told.value)
    assert told.value.value is None


def test_blood_pressure_is_two_numbers() -> None:
    """In text or by name; the systolic one is the greater."""
    assert read("blood_pressure", "120/80", dict) == {"systolic": 120, "diastolic": 80}
    given = {"systolic": 130, "diastolic": 85, "arm": "left"}
    assert read("blood_pressure", given, dict[str, Any]) == given
    for wrong in ("80/120", "155", {"systolic": 500}, {"systolic": 80, "diastolic": 80}, "120/80/70"):
        with pytest.raises(PoetValidationError, match=r"'(blood_pressure|systolic)' takes") as told:
            read("blood_pressure", wrong, dict)
        assert str(wrong) not in str(told.value)


def test_nothing_of_a_patient_stands_in_an_event() -> None:
    """Not even what looks harmless."""
    assert DOMAIN.private
    assert DOMAIN.redact is not None
    assert DOMAIN.redact({"patient_id": "P-1", "age": 40}) == {}


def enforced(result: Any, **options: Any) -> Any:
    """Return a result as the domain hands it on."""
    assert DOMAIN.enforce is not None
    return DOMAIN.enforce(result, Call("support", {}, DOMAIN.settings(options)))


def test_a_treatment_with_interactions_is_not_safe() -> None:
    """Two entries of one result that contradict each other."""
    unsafe = {"treatment_safety": "safe", "drug_interactions": ["warfarin with aspirin"]}
    with pytest.raises(PoetValidationError, match="calls a treatment safe"):
        enforced(unsafe)
    assert enforced(unsafe, drug_interaction_checking=False) is unsafe
    assert enforced({**unsafe, "treatment_safety": "requires_monitoring"})
    assert enforced({"treatment_safety": "safe", "drug_interactions": []})


def test_doses_and_numbers_of_people() -> None:
    """No negative dose; no social security number where it is asked for."""
    for dose in (-1, float("nan"), float("inf")):
        with pytest.raises(PoetValidationError, match="dose"):
            enforced({"plan": {"dose_mg": dose}})
    note = "patient 123-45-6789 is well"
    assert enforced(note) == note
    with pytest.raises(PoetValidationError) as told:
        enforced({"note": note}, hipaa_compliance=True)
    assert "6789" not in str(told.value)


def test_orders_are_not_given_twice() -> None:
    """A second dose is not a retry."""
    assert DOMAIN.repeatable is not None
    assert not DOMAIN.repeatable(Call("administer_dose"))
    assert not DOMAIN.repeatable(Call("prescribe_antibiotic"))
    assert DOMAIN.repeatable(Call("assess_patient"))
