"""What the options of `@poet` say about versions: who writes them, where they run, how they are tried."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from dana_poet.codegen.promotion_plan import Plan
from dana_poet.errors import PoetOptionError

if TYPE_CHECKING:
    from dana_poet.codegen.generator import Example, Generator
    from dana_poet.codegen.runner import Mode
    from dana_poet.codegen.verification.contract import Contract
    from dana_poet.codegen.versions import Version

FAST = frozenset({"speed", "latency", "performance", "response_time", "seconds", "time", "throughput"})
"""Goals that a faster version serves."""
USUAL_SECONDS = 5.0
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Terms(NamedTuple):
    """What a version may do differently in use, and what may be said of it."""

    equal: Callable[[Any, Any], bool] | None = None
    tolerance: float = 0.0
    recover: bool = False
    private: bool = False


class Settings(NamedTuple):
    """Settings of one function's versions. Times in seconds, `memory_mib` in MiB for one call of a version."""

    generator: Generator | None = None
    automatic: bool = False
    run: Mode = "isolated"
    promotion: Literal["trial", "verified", "manual"] = "trial"
    plan: Plan = Plan()
    examples: tuple[Example, ...] = ()
    contract: Contract | None = None
    metric: Callable[[Any], float] | None = None
    gain: Callable[[float], float] | None = None
    grants: Mapping[str, Callable[..., Any]] = _NOTHING
    modules: frozenset[str] = frozenset()
    call_seconds: float = USUAL_SECONDS
    memory_mib: int = 256
    repairs: int = 1
    domain: str = "base"
    by_function: bool = True
    told: Mapping[str, Any] = _NOTHING
    private: bool = False
    judged: bool = False

    def terms(self) -> Terms:
        """Return what a version may do differently from the original while it is tried: what verification allowed."""
        from dana_poet.codegen.verification.contract import Contract

        contract = (self.contract or Contract()).with_domain(self.domain)
        return Terms(contract.same, contract.tolerance, contract.recover, self.private)

    def mode(self, version: Version) -> Mode:
        """Return where a version runs: in process only what a person pinned, or what was promoted and is asked for."""
        if version.pinned and (self.run == "trusted" or version.origin == "person"):
            return "trusted"
        if self.run == "restricted" and version.state == "active":
            return "restricted"
        return "isolated"


def settings_of(options: Mapping[str, Any], folder: str) -> Settings:
    """Return the settings that options say. PoetOptionError for those that make no sense."""
    generator, automatic = _generator(options, folder)
    domain = options.get("domain")
    promotion, plan = _promotion(options)
    return Settings(
        generator=generator, automatic=automatic and _enabled(options, "generation"), run=options.get("run") or "isolated",
        promotion=promotion, plan=plan, examples=examples_of(options.get("examples")), contract=_contract(options.get("contract")),
        metric=_metric(options.get("metric")), gain=_gain(options) if plan.rule == "not worse" else None,
        grants=_grants(options.get("grants")), modules=_modules(domain), call_seconds=float(options.get("timeout") or USUAL_SECONDS),
        domain=str(getattr(domain, "name", domain) or "base"), told=_told(options),
        private=_private(domain), judged=_judged(options),
    )  # fmt: skip


def check(options: Mapping[str, Any]) -> None:
    """Refuse options about versions that make no sense, before anything is called. Loads no generator."""
    _kind(options.get("generator"))
    _promotion(options)
    examples_of(options.get("examples"))
    _contract(options.get("contract"))
    _metric(options.get("metric"))
    _grants(options.get("grants"))


def _judged(options: Mapping[str, Any]) -> bool:
    """Whether people say how good a call was: `outcome="feedback"`, and what a prompt brings, unless a metric tells."""
    usual = (
        "feedback"
        if str(options.get("domain")) == "prompt_optimization" and options.get("metric") is None
        else "result"
    )
    return bool((options.get("outcome") or usual) == "feedback")


def _grants(given: Any) -> dict[str, Callable[..., Any]]:
    grants = given or {}
    if not isinstance(grants, Mapping) or not all(callable(one) for one in grants.values()):
        raise PoetOptionError(f"grants takes functions by name, got {grants!r:.80}", hint='grants={"fetch": fetch}')
    return dict(grants)


def _contract(given: Any) -> Contract | None:
    if given is not None and not hasattr(given, "with_domain"):
        raise PoetOptionError(f"contract is {given!r:.80}", hint="from dana_poet.codegen import Contract")
    found: Contract | None = given
    return found


def _private(domain: Any) -> bool:
    """Whether no value of a call may stand in a prompt, an error or an event."""
    if domain is None:
        return False
    from dana_poet.domains import resolve

    return bool(resolve(domain).private)


def _generator(options: Mapping[str, Any], folder: str) -> tuple[Generator | None, bool]:
    """Return who writes versions beside the rules, and whether that begins by itself."""
    given = options.get("generator")
    kind = _kind(given)
    if kind == "rules":
        return None, False
    if kind == "llm":
        from dana_poet.codegen.budget import Budget
        from dana_poet.codegen.llm_generator import LLMGenerator

        cache = os.path.join(folder, "cache")
        budget = Budget.from_option(options.get("budget"), file=os.path.join(folder, "budget.json"))
        return LLMGenerator(budget=budget, cache=cache), True
    return given, True


def _kind(given: Any) -> str:
    """Return what a `generator` is: rules, llm, or an object of the user's."""
    if given is None or given is False or (isinstance(given, str) and given == "template"):
        return "rules"
    if isinstance(given, str) and given == "llm":
        return "llm"
    if callable(getattr(given, "generate", None)) and not isinstance(given, type):
        return "own"
    raise PoetOptionError(f"generator is {given!r:.80}", hint='"template", "llm", or an object with generate(request)')


def _promotion(options: Mapping[str, Any]) -> tuple[Literal["trial", "verified", "manual"], Plan]:
    """Return how versions come into use, and the plan of their trial."""
    given = options.get("promotion", "trial")
    known: dict[str, Any] = {}
    if _goal_of_speed(options):
        known = {"rule": "not worse", "gain": "speed"}
    known.update(_steps(options))
    if isinstance(given, Plan):
        return "trial", given
    if isinstance(given, Mapping):
        names = {one.name for one in fields(Plan)}
        if wrong := sorted(set(map(str, given)) - names):
            raise PoetOptionError(f"promotion has no setting '{wrong[0]}'", hint=f"it has {', '.join(sorted(names))}")
        return "trial", Plan(**{**known, **given})
    if given not in ("trial", "verified", "manual"):
        raise PoetOptionError(
            f"promotion is {given!r:.80}", hint='"trial", "verified", "manual", or settings of a Plan'
        )
    stopped = not _enabled(options, "canary") or options.get("canary") is False
    return ("manual" if stopped and given == "trial" else given), Plan(**known)


def _steps(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `shadow` (pairs) and `canary` (a share in percent to begin with, or all of them) say of the plan."""
    found: dict[str, Any] = {}
    shadow, canary = options.get("shadow"), options.get("canary")
    if not _enabled(options, "shadow") or shadow is False:
        found["shadow"] = 0
    elif isinstance(shadow, int) and not isinstance(shadow, bool):
        found["shadow"] = shadow
    elif shadow is not None and shadow is not True:
        raise PoetOptionError(f"shadow is {shadow!r:.80}", hint="a number of calls that both serve, true or false")
    if isinstance(canary, (list, tuple)):
        found["steps"] = tuple(map(float, canary))
    elif isinstance(canary, (int, float)) and not isinstance(canary, bool):
        found["steps"] = (float(canary), *(one for one in Plan().steps if one > canary))
    elif canary is not None and not isinstance(canary, bool):
        raise PoetOptionError(f"canary is {canary!r:.80}", hint="a share in percent, such as 10, or (5, 25, 100)")
    return found


def _enabled(options: Mapping[str, Any], feature: str) -> bool:
    features = options.get("features")
    features = (features,) if isinstance(features, str) else features
    if isinstance(features, Mapping):
        return bool(features.get(feature, True))
    return feature in features if isinstance(features, (list, tuple, set, frozenset)) else True


def _goal_of_speed(options: Mapping[str, Any]) -> bool:
    wished = options.get("optimize_for")
    names = {str(one) for one in ([wished] if isinstance(wished, str) else wished or ())}
    objectives = options.get("objectives")
    return bool((names | set(map(str, objectives or ()))) & FAST)


def _gain(options: Mapping[str, Any]) -> Callable[[float], float] | None:
    """Return the objective of a call from its seconds: 1 for no time at all, a half for a millisecond."""
    if not _goal_of_speed(options):
        return None
    return lambda seconds: 1.0 / (1.0 + seconds * 1000.0)


def _metric(given: Any) -> Callable[[Any], float] | None:
    if given is None or callable(given):
        found: Callable[[Any], float] | None = given
        return found
    raise PoetOptionError(f"metric is a function of a result, got {given!r:.80}", hint="metric=lambda result: 1.0")


def examples_of(given: Any) -> tuple[Example, ...]:
    """Return examples as (args, kwargs) pairs. PoetOptionError for what is none.

    >>> examples_of([((1,), {})])
    (((1,), {}),)
    """
    found = []
    for one in given or ():
        pair = isinstance(one, (tuple, list)) and len(one) == 2
        if not pair or not isinstance(one[0], (tuple, list)) or not isinstance(one[1], Mapping):
            raise PoetOptionError(
                f"an example is a pair (args, kwargs), got {one!r:.80}", hint="examples=[((1, 2), {})]"
            )
        found.append((tuple(one[0]), dict(one[1])))
    return tuple(found)


def check_fit(function: Callable[..., Any], given: Any) -> None:
    """Refuse examples that are no calls of the function, where its source says what it takes."""
    from dana_poet.codegen.original import Original, SourceUnavailableError
    from dana_poet.codegen.verification.fitting import misfit

    try:
        original = Original.of(function)
    except SourceUnavailableError:
        return
    tree = original.tree()
    for number, (args, kwargs) in enumerate(examples_of(given), 1):
        if problem := misfit(tree, number, args, kwargs):
            raise PoetOptionError(problem, hint=f"it is {original.name}{original.signature}")


def _modules(domain: Any) -> frozenset[str]:
    """Return the modules that the domain grants to generated code, where the sandbox has them."""
    if domain is None:
        return frozenset()
    from dana_poet.domains import resolve
    from dana_sandbox.policy import DEFAULT_MODULES, OPTIONAL_MODULES

    return frozenset(resolve(domain).imports) & (DEFAULT_MODULES | OPTIONAL_MODULES)


def _told(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a prompt may say of the options: goals, and no functions, budgets or files."""
    names = ("optimize_for", "objectives", "constraints", "retries", "timeout", "description")
    return {name: options[name] for name in names if options.get(name) is not None}
