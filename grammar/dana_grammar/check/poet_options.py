"""The options of `@poet(...)`: one table that says which are known and what they take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.literals import UNKNOWN, literal
from dana_grammar.check.poet_domains import DOMAIN_OPTIONS
from dana_grammar.expressions import Keyword

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from dana_grammar.check.report import Report
    from dana_grammar.expressions import Call
    from dana_grammar.span import Span

OPTIONS: dict[str, str] = {
    "agent": "any", "alerts": "any", "async_mode": "bool", "attempt_timeout": "number", "audit": "any", "batch": "any",
    "budget": "any", "cache": "any", "canary": "any", "capability": "str", "circuit_breaker": "any",
    "collect_metrics": "bool", "constraints": "any", "context_sharing": "bool", "contract": "any",
    "description": "str", "domain": "str", "drift": "any", "enable_training": "bool", "enforce": "any",
    "examples": "any", "expected_output_type": "any", "experiment": "any", "fallback": "any", "features": "any",
    "feedback": "any", "fields": "any", "generate": "any", "generator": "any", "grants": "any", "idempotent": "bool",
    "inputs": "any", "learning": "any", "learning_algorithm": "str", "learning_rate": "number", "limits": "any",
    "max_retries": "number", "metric": "any", "metrics": "any", "mode": "str", "model": "any", "name": "str",
    "namespace": "str", "objective": "any", "objectives": "any", "on_error": "any", "on_failure": "any",
    "operate": "any", "optimize_for": "any", "outcome": "str", "output": "any", "overwrite": "bool", "parameters": "any",
    "perceive": "any", "performance_tracking": "bool", "priority": "any", "profile": "any", "promotion": "any",
    "quality_threshold": "number", "rate_limit": "any", "record_inputs": "bool", "retries": "number", "retry": "any",
    "rollback": "any", "rules": "any", "run": "any", "sandbox": "any", "seed": "number", "shadow": "any", "sla": "any",
    "state": "any", "storage": "any", "strategy": "any", "test": "any", "thresholds": "any", "timeout": "number",
    "trace": "any", "train": "any", "validate": "any", "validation": "any", "verify": "any", "version": "any",
}  # fmt: skip
"""Option -> what its value is: `bool`, `number`, `str`, or `any`."""

EXPECTED: dict[str, tuple[type, ...]] = {
    "bool": (bool, type(None)),
    "number": (int, float, type(None)),
    "str": (str, type(None)),
    "any": (object,),
}


def check_options(report: Report, call: Call) -> None:
    """Report options that no stage knows: a misspelled one is an error, any other is kept and a warning."""
    options = [argument for argument in call.arguments if isinstance(argument, Keyword) and argument.name]
    domain = next((literal(option.value) for option in options if option.name == "domain"), None)
    of_domain = DOMAIN_OPTIONS.get(domain, frozenset()) if isinstance(domain, str) else frozenset()
    for option in options:
        if option.name not in of_domain:
            _check_option(report, option, OPTIONS.keys() | of_domain)
    twice = [option for option in options if option.name in ("retries", "max_retries")]
    if {option.name for option in twice} == {"retries", "max_retries"}:
        said = "@poet options 'retries' and 'max_retries' are the same one"
        report.add("D1503", name_span(twice[1]), said, hint="write one of them")


def _check_option(report: Report, option: Keyword, known: AbstractSet[str]) -> None:
    place = name_span(option)
    if option.name not in OPTIONS:
        meant = report.did_you_mean(option.name, known)
        if meant:
            report.add("D1501", place, f"@poet has no option '{option.name}'", hint=meant)
        else:
            report.add("D1502", place, f"@poet does not know the option '{option.name}'; it is kept as it is")
        return
    value = literal(option.value)
    expected = OPTIONS[option.name]
    if value is not UNKNOWN and not isinstance(value, EXPECTED[expected]):
        wanted = {"bool": "true or false", "number": "a number", "str": "text"}[expected]
        report.add("D1503", option.value.span, f"@poet option '{option.name}' takes {wanted}")


def name_span(keyword: Keyword) -> Span:
    """Return the place of the name in `name=value`."""
    start = keyword.span
    return start._replace(end_line=start.line, end_column=start.column + len(keyword.name))
