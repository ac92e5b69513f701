"""The domain of patients: vital signs with units inside what a person can have, and nothing about a person in a record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dana_poet.domains import base
from dana_poet.domains.api import repeatable
from dana_poet.domains.domain import Call, Domain
from dana_poet.domains.option import OptionSpec
from dana_poet.domains.quantity import Quantity, kinds_of, normaliser
from dana_poet.domains.results import entry, numbers_named, unusable_number
from dana_poet.domains.template import template
from dana_poet.errors import PoetValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

SSN = re.compile(r"\b\d{3}-\d{2}-\d{4}\b", re.ASCII)
DOSES = frozenset("dose dose_mg dosage dosage_mg".split())
PRESSURE_EXPECTED = 'a blood pressure such as "120/80" or {"systolic": 120, "diastolic": 80}, in mmHg'
ORDERS = frozenset("administer prescribe dispense inject infuse admit discharge".split())


def _vital(
    name: str, match: str, dimension: str, unit: str, low: float, high: float, units: tuple[str, ...] = ()
) -> Quantity:
    article = "an" if name[0] in "aeiou" else "a"
    return Quantity(
        name=name, match=tuple(match.split()), dimension=dimension, unit=unit, low=low, high=high, units=units, article=article
    )  # fmt: skip


QUANTITIES = (
    _vital("body temperature", "temp temp_[cf] temperature temperature_* body_temp* *_temperature", "temperature", "C", 25, 45, ("F",)),
    _vital("heart rate", "heart_rate heart_rate_* pulse hr", "rate per minute", "/min", 0, 350),
    _vital("respiratory rate", "respiratory_rate respiration_rate breathing_rate rr", "rate per minute", "/min", 0, 120),
    _vital("oxygen saturation", "oxygen_saturation spo2 o2_sat o2_saturation oxygen_sat", "share", "%", 0, 100),
    _vital("systolic pressure", "systolic systolic_* *_systolic", "pressure", "mmHg", 20, 350),
    _vital("diastolic pressure", "diastolic diastolic_* *_diastolic", "pressure", "mmHg", 5, 250),
    _vital("glucose concentration", "glucose glucose_* blood_glucose *_glucose", "glucose", "mg/dL", 5, 2000, ("mmol/L",)),
    _vital("body weight", "weight weight_* body_weight", "mass", "kg", 0.2, 700, ("lb", "g")),
    _vital("body height", "height height_* body_height", "length", "cm", 20, 280, ("m", "in", "ft")),
    _vital("dose", "dose dose_m? dosage dosage_m?", "mass", "mg", 0, 1_000_000),
    Quantity(name="age in years", match=("age", "age_years", "patient_age"), read="years", low=0, high=130, article="an"),
)  # fmt: skip
_vitals = normaliser(QUANTITIES, private=True)


def normalise(name: str, hint: Any, value: Any, options: Mapping[str, Any]) -> Any:
    """Return a vital sign as its hint asks; a blood pressure in text as a mapping where the hint is one."""
    if name in {"blood_pressure", "bp"} and isinstance(value, (str, dict)) and dict in kinds_of(hint):
        return blood_pressure(name, value)
    return _vitals(name, hint, value, options)


def blood_pressure(name: str, value: Any) -> dict[str, Any]:
    """Return systolic and diastolic pressure in mmHg. PoetValidationError names the parameter, and not the value.

    >>> blood_pressure("bp", "120/80 mmHg")
    {'systolic': 120, 'diastolic': 80}
    """
    if isinstance(value, str):
        found = re.fullmatch(r"\s*(\d{2,3})\s*/\s*(\d{2,3})\s*(?:mmHg|mm Hg)?\s*", value, re.ASCII)
        if found is None:
            raise PoetValidationError(f"parameter '{name}' takes {PRESSURE_EXPECTED}, got a text that is not shown")
        value = {"systolic": int(found[1]), "diastolic": int(found[2])}
    read = {
        one: _vitals(one, int | float, value[one], {})
        for one in ("systolic", "diastolic")
        if value.get(one) is not None
    }
    upper, lower = read.get("systolic"), read.get("diastolic")
    if isinstance(upper, (int, float)) and isinstance(lower, (int, float)) and upper <= lower:
        raise PoetValidationError(
            f"parameter '{name}' takes {PRESSURE_EXPECTED}, the systolic one greater than the other"
        )
    return {**value, **read}


def may_repeat(call: Call) -> bool:
    """Whether a call may be made twice: no order, prescription or administration."""
    return repeatable(call) and (call.options.get("idempotent") or call.function.split("_")[0] not in ORDERS)


def enforce(result: Any, call: Call) -> Any:
    """Return the result. PoetValidationError for a leaked number, a dose that cannot be, a treatment wrongly safe."""
    if call.options.get("hipaa_compliance") and SSN.search(_text(result)):
        raise PoetValidationError(f"the result of {call.function} holds what looks like a social security number")
    doses = numbers_named(result, DOSES)
    if unusable_number(dict(doses)) is not None or any(dose < 0 for _, dose in doses):
        raise PoetValidationError(f"the result of {call.function} has a dose that is negative or not finite")
    listed = entry(result, "drug_interactions", "contraindications")
    called = entry(result, "treatment_safety", "safety")
    if listed and called == "safe" and call.options.get("drug_interaction_checking", True):
        raise PoetValidationError(f"the result of {call.function} calls a treatment safe and lists interactions")
    return result


def redact(_arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return nothing: no argument about a patient stands in an event."""
    return {}


def _text(result: Any) -> str:
    try:
        return result if isinstance(result, str) else repr(result)[:100_000]
    except Exception:  # noqa: BLE001 - a result that cannot be shown shows no number
        return ""


_FLAG = "true or false"
DOMAIN = Domain(
    name="healthcare",
    summary="vital signs with units inside what a person can have; nothing about a person in errors or events",
    template=template("healthcare"),
    options={
        "drug_interaction_checking": OptionSpec("whether a treatment with interactions may not be called safe", _FLAG, True),
        "idempotent": OptionSpec("whether the call may be made twice; worked out when not given", _FLAG),
        "hipaa_compliance": OptionSpec("whether a result may hold no social security number; no value ever stands in errors and events", _FLAG),
        "clinical_validation": OptionSpec("asks what always holds here: vital signs inside what a person can have", _FLAG),
        "evidence_based_reasoning": OptionSpec("a wish for generated versions: name the evidence", _FLAG),
        "clinical_guidelines": OptionSpec("a wish for generated versions: follow the given guidelines", _FLAG),
        "temperature_unit": OptionSpec("unit of temperatures of this function", "text", choices=("C", "F")),
    },
    defaults={"retries": 2},
    grants=frozenset({"coerce"}),
    imports=frozenset({"math", "statistics"}),
    normalise=normalise,
    enforce=enforce,
    transient=base.transient,
    repeatable=may_repeat,
    redact=redact,
    metrics=base.METRICS,
    private=True,
    plugin="healthcare",
)  # fmt: skip
