"""Every built-in domain holds what is asked of anybody's domain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.domains import Domain, get
from dana_poet.domains.conformance import CHECKS, check
from dana_poet.domains.registry import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("one", CHECKS, ids=lambda one: one.__name__)
def test_built_in_domains_conform(name: str, one: Callable[[Domain], None]) -> None:
    """One suite for all of them."""
    one(get(name))


def _add_one(_name: str, _hint: Any, value: Any, _options: Any) -> Any:
    return value + 1 if isinstance(value, int) else value


def _leak(name: str, _hint: Any, value: Any, _options: Any) -> Any:
    from dana_poet.domains.quantity import refusal

    raise refusal(name, value, "something else")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"template": "# nothing"}, "check_template"),
        ({"summary": " "}, "check_template"),
        ({"normalise": _leak, "private": True}, "check_private"),
        ({"transient": lambda _error: True}, "check_wrong_values_are_not_transient"),
        ({"enforce": lambda result, _call: [result]}, "check_enforce"),
        ({"patience": lambda _call: 0.0}, "check_hooks_never_fail"),
        ({"normalise": _add_one}, "stable"),
        ({"imports": frozenset({"not a module"})}, "check_grants"),
    ],
)
def test_the_suite_finds_what_is_wrong(change: dict[str, Any], named: str) -> None:
    """A suite that passes everything is worth nothing."""
    broken = replace(get("base"), **change)
    assert any(named in problem for problem in check(broken)), check(broken)
