"""The domain of production: values with units, limits of process and spec, yields, tolerances, capability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.domains import base
from dana_poet.domains.api import repeatable
from dana_poet.domains.domain import Call, Domain, Learnable
from dana_poet.domains.option import OptionSpec
from dana_poet.domains.quantity import Quantity, kinds_of, normaliser, refusal
from dana_poet.domains.reading import Unreadable, split
from dana_poet.domains.results import entry, number, numbers_named
from dana_poet.domains.template import template
from dana_poet.errors import PoetOptionError, PoetValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

STARTING = frozenset("start load dispense run release".split())
GO_ON = frozenset("continue continue_process proceed continue_with_monitoring".split())
SHARES = frozenset("yield yield_rate first_pass_yield batch_yield".split())
PERCENTAGES = frozenset("yield_percent batch_yield_percent yield_prediction_percent uniformity_percent".split())


def _measured(name: str, match: str, dimension: str, unit: str, low: float | None = None) -> Quantity:
    article = "an" if name[0] in "aeiou" else "a"
    # Processes measure the same thing in units that are six orders of magnitude apart: none is taken for granted.
    explicit = dimension in {"length", "pressure", "power", "time", "voltage", "current"}
    return Quantity(
        name=name,
        match=tuple(match.split()),
        dimension=dimension,
        unit=unit,
        low=low,
        article=article,
        explicit=explicit,
    )


QUANTITIES = (
    _measured("temperature", "temperature *_temperature temperature_[cfk] *_temp temp", "temperature", "C"),
    _measured("pressure", "pressure *_pressure *_mtorr *_torr *_pa", "pressure", "mTorr", 0),
    _measured("power", "power *_power *_power_* power_*", "power", "W", 0),
    _measured("voltage", "voltage *_voltage", "voltage", "V"),
    _measured("current", "current_amps *_current", "current", "A"),
    _measured("gas flow", "*_sccm gas_flow *_gas_flow flow_rate", "gas flow", "sccm", 0),
    _measured("length", "*_depth *_depth_nm thickness *_thickness *_thickness_* diameter length width height *_nm *_um *_mm", "length", "mm"),
    _measured("time", "cycle_time *_time_s *_seconds", "time", "s", 0),
    _measured("rotation", "rpm *_rpm spindle_speed", "rotation", "rpm", 0),
    Quantity(name="yield", match=("yield_rate", "*_yield", "yield_", "yield_share"), read="rate", low=0, high=1),
    Quantity(name="percentage", match=("*_percent", "*_pct", "percent"), read="percent"),
)  # fmt: skip
_values = normaliser(QUANTITIES)


def normalise(name: str, hint: Any, value: Any, options: Mapping[str, Any]) -> Any:
    """Return a value as its hint asks and inside the `limits` that the user gave for it. Tolerances lose their sign."""
    if name.endswith("tolerance") and isinstance(value, str) and kinds_of(hint) & {int, float}:
        value = tolerance(name, value)
    value = _values(name, hint, value, options)
    limit = (options.get("limits") or {}).get(name)
    if limit is not None and number(value) is not None:
        low, high = span(name, limit)
        if not low <= value <= high:
            raise refusal(name, value, f"a value from {low:g} to {high:g}")
    return value


def tolerance(name: str, text: str) -> float:
    """Return the half width of a tolerance: "±0.1", "+/-0.1 mm" and "10 ± 0.1" are 0.1; the unit is not converted.

    >>> tolerance("t", "10 ± 0.1")
    0.1
    """
    for sign in ("±", "+/-", "+-"):
        if sign in text:
            text = text.split(sign, 1)[1]
    try:
        return abs(float(split(text)[0]))
    except Unreadable:
        raise refusal(name, text, 'a tolerance such as 0.1 or "±0.1"') from None


def span(name: str, limit: Any) -> tuple[float, float]:
    """Return lower and upper limit from a pair or a mapping with `min` and `max`. PoetOptionError for anything else."""
    pair = (limit.get("min", float("-inf")), limit.get("max", float("inf"))) if isinstance(limit, dict) else limit
    try:
        low, high = (float(one) for one in pair)
    except (TypeError, ValueError) as error:
        raise PoetOptionError(f"limits of '{name}' are a pair (low, high), got {limit!r}") from error
    if low > high:
        raise PoetOptionError(f"limits of '{name}' are a pair (low, high), got {limit!r}")
    return low, high


def prepare(call: Call) -> Mapping[str, Any]:
    """Refuse a lower limit above its upper limit; change nothing."""
    for low, high in (("lower_limit", "upper_limit"), ("lsl", "usl"), ("min_value", "max_value")):
        lower, upper = number(call.arguments.get(low)), number(call.arguments.get(high))
        if lower is not None and upper is not None and lower > upper:
            raise PoetValidationError(
                f"{call.function}: parameter '{low}' takes at most '{high}', {upper:g}, got {lower:g}"
            )
    return {}


def may_repeat(call: Call) -> bool:
    """Whether a call may be made twice: never one that starts, loads or dispenses."""
    return repeatable(call) and (call.options.get("idempotent") or call.function.split("_")[0] not in STARTING)


def enforce(result: Any, call: Call) -> Any:
    """Return the result. PoetValidationError for an impossible yield, a broken spec limit or an unsafe go-ahead."""
    # A yield without "percent" in its name may still be one: only what is neither is impossible.
    for names, high in ((SHARES - {"yield"}, 1.0), (PERCENTAGES | {"yield"}, 100.0)):
        for name, value in numbers_named(result, names):
            if not 0 <= value <= high:
                raise PoetValidationError(f"the result of {call.function} has {name} {value:g}, outside 0 to {high:g}")
    for name, limit in (call.options.get("spec_limits") or {}).items():
        low, high = span(name, limit)
        for _, value in numbers_named(result, frozenset({name})):
            if not low <= value <= high:
                raise PoetValidationError(
                    f"the result of {call.function} has {name} {value:g}, outside {low:g} to {high:g}"
                )
    violations = entry(result, "safety_violations") or entry(entry(result, "safety_status"), "safety_violations")
    advice = entry(result, "recommendation") or entry(entry(result, "process_assessment"), "recommendation")
    if violations and advice in GO_ON and call.options.get("safety_interlocks", True):
        raise PoetValidationError(f"the result of {call.function} reports violations of safety and recommends to go on")
    return result


def yield_of(result: Any, _call: Call) -> float | None:
    """Return the yield that a result reports, as a share.

    >>> yield_of({"batch_yield_percent": 92.0}, Call("review"))
    0.92
    """
    shares = numbers_named(result, SHARES)
    percentages = numbers_named(result, PERCENTAGES - {"uniformity_percent"})
    if shares:
        return shares[0][1] if shares[0][1] <= 1 else shares[0][1] / 100
    return percentages[0][1] / 100 if percentages else None


def cpk(result: Any, call: Call) -> float | None:
    """Return process capability from mean, deviation and limits, where a result or the arguments have them.

    >>> cpk({"mean": 10.0, "std": 0.1}, Call("review", {"lsl": 9.4, "usl": 10.6}))
    2.0
    """
    mean, deviation = number(entry(result, "mean")), number(entry(result, "std", "stdev", "deviation"))
    arguments = dict(call.arguments)
    low, high = (number(entry(result, one) or arguments.get(one)) for one in ("lsl", "usl"))
    if mean is None or not deviation or low is None or high is None:
        return None
    return round(min(high - mean, mean - low) / (3 * deviation), 6)


def _reported(*names: str) -> Any:
    return lambda result, _call: number(entry(result, *names))


_FLAG = "true or false"
DOMAIN = Domain(
    name="manufacturing",
    summary="values with units, limits of process and spec, yields, tolerances, capability",
    template=template("manufacturing"),
    options={
        "limits": OptionSpec("limits of parameters: {name: (low, high)}", "mapping"),
        "spec_limits": OptionSpec("limits of entries of the result: {name: (low, high)}", "mapping"),
        "yield_optimization": OptionSpec("whether the yield of results is an objective to raise", _FLAG),
        "batch_optimization": OptionSpec("whether the yield of a batch is an objective to raise", _FLAG),
        "safety_interlocks": OptionSpec("whether violations of safety forbid the advice to go on", _FLAG, True),
        "equipment_protection": OptionSpec("asks what always holds here: limits are kept before the process", _FLAG),
        "spc_monitoring": OptionSpec("asks what always holds here: capability is measured where it can be", _FLAG),
        "predictive_maintenance": OptionSpec("a wish for generated versions: name wear and what is due", _FLAG),
        "equipment_optimization": OptionSpec("a wish for generated versions: spare the equipment", _FLAG),
        "idempotent": OptionSpec("whether the call may be made twice; worked out when not given", _FLAG),
        "temperature_unit": OptionSpec("unit of temperatures of this function", "text", choices=("C", "F", "K")),
    },
    defaults={"retries": 2},
    grants=frozenset({"coerce"}),
    imports=frozenset({"math", "statistics"}),
    normalise=normalise,
    prepare=prepare,
    enforce=enforce,
    transient=base.transient,
    repeatable=may_repeat,
    metrics={
        **base.METRICS, "yield": yield_of, "cpk": cpk, "scrap": _reported("scrap", "scrap_rate"),
        "cycle_time": _reported("cycle_time", "cycle_time_s"),
    },
    objectives={"yield": {"target": 0.95}, "scrap": {"minimize": True}, "cycle_time": {"minimize": True}},
    parameters=(
        Learnable("control_limit", 3.0, 2.0, 4.0, unit="sigma", summary="deviations at which a process is called drifting"),
        Learnable("minimum_cpk", 1.33, 1.0, 2.0, summary="capability below which a process is called incapable"),
    ),
)  # fmt: skip
