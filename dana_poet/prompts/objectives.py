"""What a prompt is to be good at: objectives with weights and targets, constraints, one number from 0 to 1 for all."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dana_poet.errors import PoetOptionError

ALIASES = {
    "latency": "speed", "response_time": "speed", "seconds": "speed", "quality": "accuracy", "tokens": "efficiency",
    "cost_per_call": "cost", "cost_usd": "cost",
}  # fmt: skip
"""Other names of the objectives."""
LESS = {"speed": 5.0, "cost": 0.01, "efficiency": 500.0}
"""Objectives that are better when their measure is less, with the measure that is worth half: seconds, US dollars, tokens."""
MORE = ("accuracy", "helpfulness")
"""Objectives whose measure is a share from 0 to 1, the more the better."""
FIELDS = ("weight", "target", "minimize", "budget")
CONSTRAINTS = {
    "max_tokens": "efficiency", "response_time": "speed", "cost_per_call": "cost", "max_latency": "speed", "max_cost": "cost",
}  # fmt: skip
"""Upper limits by name, and the objective whose measure they limit."""
MEASURES = {"tokens": "efficiency", "seconds": "speed", "cost_usd": "cost"}
"""Names under which calls are measured."""


@dataclass(frozen=True, slots=True)
class Objective:
    """One goal. `target` is enough and worth 1; with `minimize` less is better; `budget` is what must not be exceeded.

    >>> Objective("speed", minimize=True, target=3.0).utility(6.0)
    0.5
    """

    name: str
    weight: float = 1.0
    target: float | None = None
    minimize: bool = False
    budget: float | None = None

    def utility(self, measure: float) -> float:
        """Return what a measure is worth, from 0 to 1."""
        enough = self.target if self.target is not None else (self.budget if self.minimize else None)
        if self.minimize:
            if enough is None:
                return 1.0 / (1.0 + max(measure, 0.0) / LESS.get(self.name, 1.0))
            return 1.0 if measure <= enough else enough / measure
        worth = measure / enough if enough else measure
        return min(1.0, max(0.0, worth))


@dataclass(frozen=True, slots=True)
class Objectives:
    """Goals and limits of a prompt. Read them from what `@poet` takes with `Objectives.of`.

    >>> goals = Objectives.of(objectives={"accuracy": 0.8, "cost": {"weight": 0.2, "budget": 0.01}})
    >>> goals.utility({"accuracy": 0.5, "cost": 0.02})
    0.5
    >>> goals.broken({"cost": 0.02})
    ('cost is 0.02, more than its budget of 0.01',)
    """

    goals: tuple[Objective, ...]
    limits: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(
        cls, optimize_for: Any = None, objectives: Any = None, constraints: Mapping[str, Any] | None = None
    ) -> Objectives:
        """Read options of `@poet`: a name or several, `{name: weight}` or `{name: {weight, target, minimize, budget}}`.

        PoetOptionError names what makes no sense.
        """
        goals = _goals(objectives if objectives is not None else optimize_for)
        if constraints is not None and not isinstance(constraints, Mapping):
            raise PoetOptionError(f"constraints are {constraints!r:.80}", hint='constraints={"max_tokens": 500}')
        limits = tuple(
            (_known(str(name), CONSTRAINTS), _number(name, limit)) for name, limit in (constraints or {}).items()
        )
        return cls(goals, limits)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the goals."""
        return tuple(goal.name for goal in self.goals)

    def utility(self, measures: Mapping[str, float]) -> float:
        """Return the weighed mean of what is measured; goals without a measure do not count. 0 without any."""
        values = _canonical(measures)
        found = [(goal.weight, goal.utility(values[goal.name])) for goal in self.goals if goal.name in values]
        total = sum(weight for weight, _ in found)
        return sum(weight * worth for weight, worth in found) / total if total else 0.0

    def broken(self, measures: Mapping[str, float]) -> tuple[str, ...]:
        """Return which limits are exceeded, as sentences; what was not measured exceeds nothing."""
        values = _canonical(measures)
        found = [
            f"{goal.name} is {values[goal.name]:g}, more than its budget of {goal.budget:g}"
            for goal in self.goals
            if goal.budget is not None and values.get(goal.name, -math.inf) > goal.budget
        ]
        for name, limit in self.limits:
            measured = values.get(CONSTRAINTS[name], -math.inf)
            found += [f"{name} is {measured:g}, more than {limit:g}"] if measured > limit else []
        return tuple(found)

    def judged(self, measures: Mapping[str, float]) -> tuple[float, tuple[str, ...]]:
        """Return what a call is worth, nothing where it breaks a limit, and the limits that it breaks."""
        broken = self.broken(measures)
        return (0.0 if broken else self.utility(measures)), broken


def _canonical(measures: Mapping[str, float]) -> dict[str, float]:
    found = {MEASURES.get(name, ALIASES.get(name, name)): value for name, value in measures.items()}
    return {name: float(value) for name, value in found.items() if not math.isnan(value)}


def _goals(given: Any) -> tuple[Objective, ...]:
    if given is None:
        return (Objective("accuracy"),)
    if isinstance(given, str):
        return (_goal(given, 1.0),)
    if isinstance(given, Mapping) and given:
        return tuple(_goal(str(name), facts) for name, facts in given.items())
    if isinstance(given, (list, tuple)) and given:
        return tuple(_goal(str(name), 1.0) for name in given)
    raise PoetOptionError(
        f"objectives are {given!r:.80}", hint='objectives={"accuracy": {"weight": 0.6, "target": 0.9}}'
    )


def _goal(given: str, facts: Any) -> Objective:
    name = _known(given, (*MORE, *LESS), ALIASES)
    if not isinstance(facts, Mapping):
        facts = {"weight": facts}
    for field in facts:
        if field not in FIELDS:
            near = difflib.get_close_matches(str(field), FIELDS, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(FIELDS)}"
            raise PoetOptionError(f"objective '{given}' has no '{field}'", hint=hint)
    numbers = {field: _number(f"{given}.{field}", facts[field]) for field in facts if field != "minimize"}
    less = facts.get("minimize", name in LESS)
    if not isinstance(less, bool):
        raise PoetOptionError(f"{given}.minimize is {less!r:.80}", hint="True or False")
    return Objective(
        name, numbers.get("weight", 1.0), numbers.get("target"), minimize=less, budget=numbers.get("budget")
    )


def _known(name: str, known: Any, aliases: Mapping[str, str] | None = None) -> str:
    found = (aliases or {}).get(name, name)
    if found in known:
        return found
    near = difflib.get_close_matches(name, [*known, *(aliases or ())], 1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"
    raise PoetOptionError(f"'{name}' is nothing that a prompt is measured by", hint=hint)


def _number(name: object, value: Any) -> float:
    wrong = isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0
    if wrong:
        raise PoetOptionError(f"{name} takes a number of 0 or more, got {value!r:.80}")
    return float(value)
