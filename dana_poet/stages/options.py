"""The options of `@poet`: known names, what they must be, and what becomes of the others."""

from __future__ import annotations

from typing import Any

from dana_poet.errors import PoetOptionError, PoetWarning

KNOWN = frozenset(
    "domain optimize_for objectives constraints learning timeout attempt_timeout retries max_retries circuit_breaker "
    "idempotent fallback on_failure perceive operate enforce train validate record_inputs state cache budget features "
    "enable_training collect_metrics learning_algorithm name description examples generator run canary shadow promotion contract metric outcome grants parameters "
    "expected_output_type model capability".split()
)
"""What the stages and the learning side understand; a domain adds its own."""
SECONDS = ("timeout", "attempt_timeout")
COUNTS = ("retries", "max_retries")
CHOICES = {
    "outcome": ("result", "feedback"),
    "learning": ("online", "batch", "hybrid", "continuous", "off"),
    "on_failure": ("raise", "original", "fallback"),
    "run": ("isolated", "restricted", "trusted"),
}
STAGES = ("perceive", "operate", "enforce", "train")
VERSIONING = frozenset({"generator", "promotion", "examples", "contract", "metric", "grants", "shadow", "canary"})
FEATURES = ("generation", "shadow", "canary", "learning")
"""Feature flags that POET looks at; others are the user's own."""


def checked(options: dict[str, Any]) -> dict[str, Any]:
    """Return `options`; PoetOptionError for a near miss of a known one or a value that makes no sense.

    An option that only the domain understands is its to check. One that is like no known one is kept.

    >>> checked({"retries": 2, "batch_tracing": True})
    {'retries': 2, 'batch_tracing': True}
    >>> checked({"retires": 2})
    Traceback (most recent call last):
    dana_poet.errors.PoetOptionError: @poet has no option 'retires' (did you mean 'retries'?)
    """
    own = _of_domain(options)
    for name in options:
        if name not in KNOWN and name not in own:
            _refuse_near_miss(name, KNOWN | own)
    for stage in STAGES:
        inner = options.get(stage)
        if isinstance(inner, dict):
            for name in inner:
                if name not in KNOWN and name not in own:
                    _refuse_near_miss(str(name), KNOWN | own)
            _check_values(inner)
        elif not (inner is None or callable(inner) or isinstance(inner, (bool, str))):
            raise PoetOptionError(
                f"{stage} is {inner!r:.80}", hint=f'a function, or options: {stage}={{"name": value}}'
            )
    _check_values(options)
    _check_features(options.get("features"))
    if not VERSIONING.isdisjoint(options):
        from dana_poet.codegen.lifecycle_settings import check

        check(options)
    _warn_of_names(options)
    if any(name in options for name in ("objectives", "constraints", "optimize_for")):
        from dana_poet.stages.constraints import objectives_of

        objectives_of(options)
    return options


def _warn_of_names(options: dict[str, Any]) -> None:
    """Say that a stage cannot be named by a text: published programs do so, and run without it."""
    for stage in ("perceive", "operate", "enforce", "validate"):
        if isinstance(options.get(stage), str):
            import warnings

            warnings.warn(
                f"@poet({stage}={options[stage]!r}) names no function here, so it does nothing; give the function itself",
                PoetWarning, stacklevel=4,
            )  # fmt: skip


def _of_domain(options: dict[str, Any]) -> frozenset[str]:
    """Return the names that only the domain understands, after it has looked at their values."""
    if options.get("domain") is None:
        return frozenset()
    from dana_poet.domains import resolve

    domain = resolve(options["domain"])
    domain.check_options(options)
    return frozenset(domain.options)


def _check_values(options: dict[str, Any]) -> None:
    if options.get("retries") is not None and options.get("max_retries") is not None:
        raise PoetOptionError(
            f"retries={options['retries']!r} and max_retries={options['max_retries']!r} are the same option",
            hint="write one of them",
        )
    for name in SECONDS:
        value = options.get(name)
        if value is not None and (not isinstance(value, (int, float)) or isinstance(value, bool) or not value > 0):
            raise PoetOptionError(f"{name} is a number of seconds above 0, got {value!r}")
    for name in COUNTS:
        value = options.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise PoetOptionError(f"{name} is a whole number from 0, got {value!r}")
    for name, choices in CHOICES.items():
        value = options.get(name)
        if value is not None and value not in choices and not (name == "learning" and isinstance(value, (bool, dict))):
            raise PoetOptionError(f"{name} is one of {', '.join(choices)}, got {value!r}")
    _check_breaker(options.get("circuit_breaker"))
    if options.get("on_failure") == "fallback" and "fallback" not in options:
        raise PoetOptionError('on_failure="fallback" needs a fallback', hint="fallback= a value, or a function")


def _check_features(given: Any) -> None:
    """Refuse flags that are none, and near misses of those that POET looks at."""
    names = [given] if isinstance(given, str) else given if given is not None else ()
    if not isinstance(names, (dict, list, tuple, set, frozenset)) or not all(isinstance(one, str) for one in names):
        raise PoetOptionError(
            f"features is {given!r:.80}", hint='features={"canary": False}, or a list of those that are on'
        )
    for name in names:
        if name not in FEATURES:
            _refuse_near_miss(name, frozenset(FEATURES), "features has")


def _check_breaker(value: Any) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            if (
                name not in ("failures", "seconds")
                or isinstance(item, bool)
                or not isinstance(item, (int, float))
                or item <= 0
            ):
                raise PoetOptionError(
                    f"circuit_breaker takes failures and seconds, numbers above 0, got {name}={item!r}"
                )
    elif value is not None and not (isinstance(value, bool) or (isinstance(value, int) and value > 0)):
        raise PoetOptionError(f"circuit_breaker is true, false, a number of failures or a dict, got {value!r}")


def options(*given: Any, **named: Any) -> dict[str, Any]:
    """Return the checked options of `@poet(...)` on an agent, a resource or a module."""
    if given:
        raise PoetOptionError(f"@poet takes its options by name, got {given[0]!r}", hint='write @poet(domain="...")')
    from dana_poet.stages.shared import SharedOptions

    return SharedOptions(checked(named))


def _refuse_near_miss(name: str, known: frozenset[str], has: str = "@poet has") -> None:
    import difflib

    near = difflib.get_close_matches(name, known, 1, cutoff=0.82)
    if near:
        what = "option" if has == "@poet has" else "flag"
        raise PoetOptionError(f"{has} no {what} '{name}'", hint=f"did you mean '{near[0]}'?")
