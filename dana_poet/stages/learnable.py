"""Which parameters of a `@poet` function may be learned, and within which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dana_poet.domains.domain import OPERATING, Learnable
from dana_poet.errors import PoetOptionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_poet.codegen.template_plan import Plan

REMOTE = frozenset({"network", "model"})
"""Bodies for which it matters how long one waits and how often one tries."""
FACTS = frozenset({"start", "low", "high", "unit", "scale", "integer", "options", "choices"})


def specs_of(plan: Plan, options: Mapping[str, Any], defaults: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the parameters to learn as those of `dana_learning`.

    Those of the option `parameters`: names of the domain's, `{name: {low, high}}`, or ready ones. Else those of the
    domain that the function takes with a default, and for one that asks a network or a model what Operate does.
    What the user fixed, such as `retries=3`, stays. PoetOptionError names what cannot be learned.
    """
    known = {one.name: one for one in plan.domain.parameters}
    asked = options.get("parameters")
    found = list(_asked(asked, known, defaults)) if asked is not None else list(_usual(plan, known, defaults))
    return tuple(one for one in found if one.name not in options)


def _usual(plan: Plan, known: Mapping[str, Learnable], defaults: Mapping[str, Any]) -> Iterator[Any]:
    for name, one in known.items():
        if name in OPERATING and plan.shape.body in REMOTE and (name != "retries" or plan.retries):
            yield _of_domain(one, plan.settings.get(name))
        elif name not in OPERATING and name in defaults:
            yield _of_domain(one, defaults[name])


def _asked(asked: Any, known: Mapping[str, Learnable], defaults: Mapping[str, Any]) -> Iterator[Any]:
    entries: list[tuple[str, Any]] = []
    if isinstance(asked, Mapping):
        entries = [(str(name), facts) for name, facts in asked.items()]
    elif isinstance(asked, (list, tuple)):
        entries = [(one if isinstance(one, str) else getattr(one, "name", ""), one) for one in asked]
    else:
        raise PoetOptionError(
            f"parameters is {asked!r:.80}", hint='parameters={"threshold": {"low": 0.1, "high": 0.9}}'
        )
    for name, facts in entries:
        yield _one(name, facts, known, defaults)


def _one(name: str, facts: Any, known: Mapping[str, Learnable], defaults: Mapping[str, Any]) -> Any:
    if isinstance(facts, str):
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise PoetOptionError(f"the domain has no parameter '{name}' to learn", hint=f"it has {names}")
        return _of_domain(known[name], defaults.get(name))
    if isinstance(facts, (list, tuple)) and len(facts) == 2:
        facts = {"low": facts[0], "high": facts[1]}
    if not isinstance(facts, Mapping):
        if name and hasattr(facts, "start"):
            return facts  # a Parameter or a Choice of dana_learning
        raise PoetOptionError(f"parameter '{name}' is {facts!r:.80}", hint='{"low": 0.1, "high": 0.9}')
    if unknown := sorted(set(map(str, facts)) - FACTS):
        raise PoetOptionError(f"parameter '{name}' has no '{unknown[0]}'", hint=f"it has {', '.join(sorted(FACTS))}")
    return _made(name, dict(facts), defaults)


def _made(name: str, facts: dict[str, Any], defaults: Mapping[str, Any]) -> Any:
    from dana_learning import Choice, LearningError, Parameter

    start = facts.pop("start", defaults.get(name))
    options = facts.pop("choices", facts.pop("options", None))
    if start is None and options is None:
        raise PoetOptionError(f"parameter '{name}' has no start", hint="give it a default in the function, or start=")
    try:
        if options is not None:
            return Choice(name, start if start is not None else next(iter(options)), tuple(options))
        facts.setdefault("unit", "")
        whole = [
            isinstance(one, int) and not isinstance(one, bool) for one in (start, facts.get("low"), facts.get("high"))
        ]
        facts.setdefault("integer", all(whole))  # a function that takes an int is never given a float
        return Parameter(name, start, **facts)
    except (LearningError, TypeError) as error:
        raise PoetOptionError(f"parameter '{name}' cannot be learned: {error}") from error


def _of_domain(one: Learnable, start: Any) -> Any:
    """Return a domain's parameter; where the function starts outside of its bounds, they are widened to that."""
    from dana_learning import Choice, Parameter

    if one.choices:
        options = one.choices if start in (None, *one.choices) else (start, *one.choices)
        return Choice(one.name, one.start if start is None else start, options)
    begin = float(one.start) if isinstance(start, bool) or not isinstance(start, (int, float)) else start
    whole = one.name == "retries" or (isinstance(start, int) and not isinstance(start, bool))
    low, high = min(one.low, float(begin)), max(one.high, float(begin))
    return Parameter(one.name, begin, low, high, unit=one.unit, integer=whole)
