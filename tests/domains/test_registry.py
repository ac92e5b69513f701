"""Which domains there are, and what a wrong name is told."""

from __future__ import annotations

import importlib

import pytest

from dana_grammar.check.poet_domains import DOMAIN_OPTIONS
from dana_poet.domains import Domain, OptionSpec, get, names, register, resolve
from dana_poet.domains.registry import BUILT_IN, forget
from dana_poet.errors import PoetOptionError


def test_a_near_miss_is_told_the_name() -> None:
    """A misspelt domain must not silently be no domain."""
    for lookup in (get, resolve):
        with pytest.raises(PoetOptionError, match="there is no domain 'finacial_services'") as told:
            lookup("finacial_services")
        assert "did you mean 'financial_services'?" in told.value.hint


def test_a_name_that_is_near_none_is_refused_by_get_and_kept_by_resolve() -> None:
    """Published programs name fields freely; who asks for a domain by name wants that one."""
    with pytest.raises(PoetOptionError) as told:
        get("geometry")
    assert "base" in told.value.hint
    kept = resolve("geometry")
    assert (kept.name, kept.known, kept.transient) == ("geometry", False, get("base").transient)


def test_a_domain_is_registered_once() -> None:
    """Two domains of one name would make behaviour depend on the order of imports."""
    mine = Domain(name="greenhouse", summary="plants")
    try:
        assert register(mine) is mine
        assert register(mine) is mine
        assert get("greenhouse") is mine
        assert "greenhouse" in names()
        with pytest.raises(PoetOptionError, match="already"):
            register(Domain(name="greenhouse", summary="another"))
    finally:
        forget("greenhouse")


@pytest.mark.parametrize("name", ["api", "llm_optimization", "not a name", ""])
def test_names_that_nobody_may_take(name: str) -> None:
    """Built-in names keep their meaning."""
    with pytest.raises(PoetOptionError):
        register(Domain(name=name, summary=""))


def test_check_knows_the_options_of_every_domain() -> None:
    """The language cannot import the product; its table has the same names."""
    of_domains = {name: frozenset(get(name).options) for name in BUILT_IN if get(name).options}
    assert of_domains == DOMAIN_OPTIONS


def test_what_learning_knows_of_a_domain_is_there() -> None:
    """A domain names its rules; they have the same parameters, inside the same bounds."""
    for name in BUILT_IN:
        domain = get(name)
        if domain.plugin:
            module = importlib.import_module(f"dana_learning.plugins.{domain.plugin}")
            theirs = {one.name: one for one in module.DOMAIN.parameters}
            for one in domain.parameters:
                if one.name in theirs:
                    other = theirs[one.name]
                    assert (one.start, one.low, one.high) == (other.start, other.low, other.high), one.name


def test_an_option_says_what_it_takes() -> None:
    """A wrong value of a domain's option is refused with the expectation."""
    get("api").check_options({"required_fields": ["id"], "unknown": 1})
    with pytest.raises(PoetOptionError, match="required_fields takes a list, got 'id'"):
        get("api").check_options({"required_fields": "id"})
    with pytest.raises(PoetOptionError, match="from 0 to 1"):
        OptionSpec("", "number", low=0, high=1).checked("share", 2)
    with pytest.raises(PoetOptionError, match="takes a number"):
        OptionSpec("", "number", default=1.0).checked("share", value=True)
