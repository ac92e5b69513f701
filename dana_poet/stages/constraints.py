"""Constraints and objectives in every spelling: bounds on what a result holds, weights and targets for learning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_poet.errors import PoetOptionError

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = frozenset("weight target minimize maximize budget min max minimum maximum".split())
FALLING = frozenset("cost latency speed_ms response_time error errors error_rate tokens seconds time waste".split())
"""What is better when it is less, unless the objective says otherwise."""


@dataclass(frozen=True, slots=True)
class Objective:
    """One goal: its weight (relative to the others), a value to reach, a direction, and bounds that must hold.

    `budget` is the most that all calls together may cost, in the unit of the metric.
    """

    name: str
    weight: float = 1.0
    target: float | None = None
    minimize: bool = False
    budget: float | None = None
    minimum: float | None = None
    maximum: float | None = None


def objectives_of(options: Mapping[str, Any]) -> tuple[Objective, ...]:
    """Return the goals of `optimize_for`, `objectives` and `constraints`.

    `{"accuracy": {"weight": 0.6, "target": 0.9}}` and the short forms: a number is a target, `min_x` and `max_x` bound
    `x`, `x_priority` and `x_weight` weigh it. What is no number, such as a method's name, is no goal.

    >>> [one.name for one in objectives_of({"optimize_for": "speed", "objectives": {"max_cost": 75, "energy_priority": 0.9}})]
    ['speed', 'cost', 'energy']
    >>> objectives_of({"objectives": {"min_comfort": 0.6, "comfort_priority": 0.4}})[0]
    Objective(name='comfort', weight=0.4, target=None, minimize=False, budget=None, minimum=0.6, maximum=None)
    """
    found: dict[str, dict[str, Any]] = {}
    wished = options.get("optimize_for")
    for name in [wished] if isinstance(wished, str) else wished or ():
        found.setdefault(str(name), {})
    for table in ("objectives", "constraints"):
        given = options.get(table) or {}
        if not isinstance(given, Mapping):
            names = [given] if isinstance(given, str) or callable(given) else given
            given = {str(one): {} for one in names if not callable(one)}
        for written, value in given.items():
            name, facts = _read(str(written), value, bound=table == "constraints")
            if facts is not None:
                found.setdefault(name, {}).update(facts)
    return tuple(_made(name, facts) for name, facts in found.items())


def _read(written: str, value: Any, *, bound: bool) -> tuple[str, dict[str, Any] | None]:
    """Return the name that an entry is about and what it says of it, None where it says nothing that can be measured."""
    if isinstance(value, Mapping):
        return written, _facts(written, value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return written, None
    for prefix, fact in (("min_", "minimum"), ("max_", "maximum")):
        if written.startswith(prefix):
            return written.removeprefix(prefix), {fact: float(value)}
    for suffix in ("_priority", "_weight"):
        if written.endswith(suffix):
            return written.removesuffix(suffix), {"weight": float(value)}
    return written, {"maximum" if bound else "target": float(value)}


def _facts(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    for key in value:
        if key not in KEYS and (near := _near(str(key))):
            raise PoetOptionError(f"objective '{name}' has no '{key}'", hint=f"did you mean '{near}'?")
    for key, item in value.items():
        wrong = key in KEYS - {"minimize", "maximize"} and (
            isinstance(item, bool) or not isinstance(item, (int, float))
        )
        if wrong:
            raise PoetOptionError(f"objective '{name}': {key} is a number, got {item!r}")
    facts = {key: value[key] for key in ("weight", "target", "budget") if key in value}
    for fact, short in (("minimum", "min"), ("maximum", "max")):
        if fact in value or short in value:
            facts[fact] = value.get(fact, value.get(short))
    if "minimize" in value or "maximize" in value:
        facts["minimize"] = bool(value.get("minimize", not value.get("maximize", True)))
    return facts


def _near(key: str) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(key, KEYS, 1, cutoff=0.8)), "")


def rules_of(given: Any) -> dict[str, Any]:
    """Return `constraints` as rules by name: a mapping as it is, a function or a list of them by the functions' names.

    >>> list(rules_of([bool, len])), rules_of("fairness")
    (['bool', 'len'], {})
    """
    if isinstance(given, Mapping):
        return dict(given)
    rules = given if isinstance(given, (list, tuple, set, frozenset)) else [given]
    return {getattr(one, "__name__", f"rule {place}"): one for place, one in enumerate(rules, 1) if callable(one)}


def _made(name: str, facts: dict[str, Any]) -> Objective:
    low, high = facts.get("minimum"), facts.get("maximum")
    if low is not None and high is not None and low > high:
        raise PoetOptionError(f"objective '{name}' has to be at least {low:g} and at most {high:g}")
    if float(facts.get("weight", 1.0)) < 0:
        raise PoetOptionError(f"objective '{name}': weight is a number from 0, got {facts['weight']!r}")
    return Objective(name, **{"minimize": name in FALLING, **facts})


def broken(constraints: Mapping[str, Any], result: Any) -> Iterator[tuple[str, str]]:
    """Yield the constraints that a result breaks, each with what to say about it.

    A constraint is a function of the result, or a bound on what the result holds under that name; a bound on something
    that the result does not hold, such as the cost of a call, is for learning and budgets.

    >>> list(broken({"max_score": 1.0, "positive": lambda found: found["score"] > 0}, {"score": 3}))
    [('max_score', 'score is 3, which is above 1')]
    """
    for name, wanted in constraints.items():
        if callable(wanted):
            if not wanted(result):
                yield name, f"the result breaks the constraint '{name}'"
            continue
        about, facts = _read(str(name), wanted, bound=True)
        value = _held(result, about)
        if facts is None or value is None:
            continue
        if facts.get("maximum") is not None and value > facts["maximum"]:
            yield name, f"{about} is {value:g}, which is above {facts['maximum']:g}"
        if facts.get("minimum") is not None and value < facts["minimum"]:
            yield name, f"{about} is {value:g}, which is below {facts['minimum']:g}"


def _held(result: Any, name: str) -> float | None:
    value = result.get(name) if isinstance(result, Mapping) else getattr(result, name, None)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
