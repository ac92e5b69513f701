"""Every diagnostic code is explained, and its examples do what they say."""

from __future__ import annotations

import pathlib
import re

import pytest

import dana_grammar
import dana_poet
from dana_grammar.errors import DanaSourceError
from dana_poet.cli.codes import RUNTIME, all_codes, catalogue, explain
from dana_poet.runtime.tracebacks import diagnostics_of

NEEDS_SURROUNDINGS = {"D2010", "D2012", "D2013", "D2014", "D2025", "D2026"}
"""Codes whose examples show a server, a setting, a command line or a key press rather than a program."""
NEEDS_MORE_THAN_TEXT = {"D0040", "D1901"}


def test_every_code_in_the_source_is_explained() -> None:
    """A code that nobody explains is a dead end for its reader."""
    used: set[str] = set()
    for package in (dana_poet, dana_grammar):
        for path in pathlib.Path(str(package.__file__)).parent.rglob("*.py"):
            if path.name != "_tables.py":
                used |= set(re.findall(r'"(D\d{4})"', path.read_text(encoding="utf-8")))
    assert used <= set(catalogue()), sorted(used - set(catalogue()))


def codes_of(text: str) -> set[str]:
    """Return the codes of what a program runs into."""
    try:
        dana_poet.Session().run(text)
    except Exception as error:
        return {diagnostic.code for diagnostic in diagnostics_of(error)}
    return set()


@pytest.mark.parametrize("code", sorted(set(RUNTIME) - NEEDS_SURROUNDINGS))
def test_runtime_examples_fail_and_succeed(code: str) -> None:
    """The wrong example ends with exactly that code, the right one runs."""
    assert codes_of(RUNTIME[code].wrong) == {code}
    assert codes_of(RUNTIME[code].right) == set()


@pytest.mark.parametrize("code", sorted(code for code in catalogue() if code < "D2" and code not in NEEDS_MORE_THAN_TEXT))
def test_static_examples_are_found_and_clean(code: str) -> None:
    """The wrong example yields that code from `check`; the right one yields no error."""
    help_ = catalogue()[code]
    assert code in {diagnostic.code for diagnostic in dana_poet.check(help_.wrong)}
    try:
        found = [one for one in dana_poet.check(help_.right) if one.severity == "error"]
    except DanaSourceError as error:
        found = list(error.diagnostics)
    assert code not in {one.code for one in found}


def test_explain_shows_both_examples() -> None:
    """`explain` is the page behind a code."""
    shown = explain("d0002")
    assert shown.startswith("D0002: ")
    assert "wrong:" in shown
    assert "right:" in shown


def test_an_unknown_code_names_near_ones() -> None:
    """A typing mistake costs one look."""
    assert "D1001" in explain("D10001")
    assert len(all_codes()) == len(catalogue())
