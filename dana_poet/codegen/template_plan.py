"""What a rule-based enhancement consists of: decided from hints, the body's classification, the options and the domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dana_poet.codegen.body_tables import OUTSIDE
from dana_poet.domains.domain import Domain

STAGES = ("perceive", "operate", "enforce", "train")
EXACT = frozenset("int float str bool bytes bytearray complex list dict tuple set frozenset".split())
"""Hints that one comparison of types settles."""
ANYTHING = frozenset({"", "any", "Any", "typing.Any", "object"})
ParameterKind = Literal["first", "plain", "args", "named", "kwargs"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as it is written: `first` is positional only, `named` by keyword only."""

    name: str
    kind: ParameterKind = "plain"
    hint: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What can be seen of a function from outside, and what its body does."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str = ""
    kind: Literal["function", "async", "generator", "async_generator"] = "function"
    body: str = "reads"
    effects: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """Which parts the source gets. `tests` has the condition under which a value needs a closer look, by parameter."""

    shape: Shape
    domain: Domain
    settings: Mapping[str, Any]
    tests: Mapping[str, str]
    result_test: str
    together: bool
    operated: bool
    guarded: bool
    enforced: bool
    told: bool
    retries: int


def planned(shape: Shape, domain: Domain, options: Mapping[str, Any], learned: Mapping[str, Any] | None = None) -> Plan:
    """Return what the options ask for a function of this shape; `learned` stands for the domain's own defaults.

    >>> from dana_poet.domains import get
    >>> planned(Shape("f", (Parameter("n", hint="int"),)), get("base"), {}).tests
    {'n': 'type({0}) is not int'}
    """
    given = flat(options)
    settings = domain.settings(given, learned or {})
    always = domain.normalise is not None
    tests = {
        one.name: "always" if always and one.hint not in ANYTHING else closer_look(one.hint)
        for one in shape.parameters if one.kind not in ("args", "kwargs")
    }  # fmt: skip
    streams = shape.kind in ("generator", "async_generator")
    return Plan(
        shape=shape, domain=domain, settings=settings, tests=tests,
        result_test="" if streams else closer_look(shape.returns),
        together=domain.prepare is not None or callable(given.get("perceive")),
        operated=_operated(domain, given),
        guarded=breaker_settings(given, shape.body) is not None,
        enforced=_enforced(given) or (shape.kind == "async" and given.get("on_failure") == "fallback"),
        told=tells(options),
        retries=retries_of(shape, settings, given),
    )  # fmt: skip


def flat(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with those of a stage, such as `operate={"timeout": 5}`, beside the others.

    >>> flat({"retries": 1, "operate": {"timeout": 5, "max_retries": 3}})
    {'retries': 1, 'timeout': 5}
    """
    merged: dict[str, Any] = {}
    for name, value in options.items():
        inner = value if name in STAGES and isinstance(value, Mapping) else {name: value}
        for written, item in inner.items():
            key = "retries" if written == "max_retries" else written
            if key not in merged or name not in STAGES:
                merged[key] = item
    return merged


def closer_look(hint: str) -> str:
    """Return the condition, with `{0}` for the value, under which a value needs a closer look; `always`, or nothing.

    >>> closer_look("int"), closer_look("str | None"), closer_look("list[int]"), closer_look("Any")
    ('type({0}) is not int', '{0} is not None and type({0}) is not str', 'always', '')
    """
    hint = hint.strip()
    if hint in ANYTHING:
        return ""
    if hint in EXACT:
        return f"type({{0}}) is not {hint}"
    if hint == "None":
        return "{0} is not None"
    parts = [part.strip() for part in hint.removeprefix("Optional[").removesuffix("]").split("|")]
    if hint.startswith("Optional["):
        parts.append("None")
    if len(parts) == 2 and "None" in parts:
        other = parts[1 - parts.index("None")]
        if other in EXACT:
            return f"{{0}} is not None and type({{0}}) is not {other}"
    return "always"


def retries_of(shape: Shape, settings: Mapping[str, Any], given: Mapping[str, Any]) -> int:
    """Return how often a transient failure is tried again.

    A body that acts outside of the process, and so might act twice, is not tried again unless `retries` is written.
    """
    if given.get("retries") is not None:
        return int(given["retries"])
    if shape.effects & OUTSIDE and not given.get("idempotent"):
        return 0
    return int(settings.get("retries") or 0)


def breaker_settings(given: Mapping[str, Any], body: str) -> tuple[int, float] | None:
    """Return after how many failed calls in a row the circuit opens and for how many seconds; None for no breaker.

    Without `circuit_breaker` a body that asks the network or a model has one: 5 calls, 30 seconds.

    >>> breaker_settings({}, "network"), breaker_settings({}, "pure"), breaker_settings({"circuit_breaker": 3}, "pure")
    ((5, 30.0), None, (3, 30.0))
    """
    asked = given.get("circuit_breaker")
    if asked is False or (asked is None and body not in ("network", "model")):
        return None
    if isinstance(asked, Mapping):
        return int(asked.get("failures", 5)), float(asked.get("seconds", 30.0))
    return (asked, 30.0) if isinstance(asked, int) and not isinstance(asked, bool) else (5, 30.0)


def tells(options: Mapping[str, Any]) -> bool:
    """Whether calls are published as events: for functions with a domain or a goal, unless learning is off."""
    if options.get("learning") == "off" or options.get("enable_training") is False or options.get("train") is False:
        return False
    asking = ("domain", "optimize_for", "objectives", "learning", "generator", "train", "enable_training")
    return any(options.get(name) for name in asking)


def _operated(domain: Domain, given: Mapping[str, Any]) -> bool:
    timed = given.get("timeout") is not None or given.get("attempt_timeout") is not None
    return timed or callable(given.get("operate")) or domain.enforce is not None or domain.patience is not None


def _enforced(given: Mapping[str, Any]) -> bool:
    own = any(callable(given.get(name)) for name in ("enforce", "validate"))
    return own or bool(given.get("constraints"))
