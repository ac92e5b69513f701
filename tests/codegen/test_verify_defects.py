"""Seeded defects are refused and valid enhancements are not: a part of each set; `bench_verify.py` runs all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dana_poet.codegen import verify
from tests.codegen.live_subjects import LIVE
from tests.codegen.mutators import SAME, held_out, tuned
from tests.codegen.rewrites import rewrites
from tests.codegen.subjects import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Callable

MUTANTS = [
    (name, f"{kind} {number}", source)
    for name, original in SUBJECTS.items()
    for kind, mutator in (tuned() | held_out()).items()
    for number, source in enumerate(mutator(original))
    if (name, kind, number) not in SAME
]
VALID = [(name, what, text) for name, source in SUBJECTS.items() for what, text in rewrites(name, source)]


def accepted(part: list[tuple[str, str, str]]) -> list[str]:
    """Return those that pass."""
    return [f"{name} {what}" for name, what, text in part if verify(SUBJECTS[name], text)]


def test_the_sets_are_as_large_as_they_should_be() -> None:
    """At least 200 defects of 20 functions and 100 valid enhancements."""
    assert len(SUBJECTS) >= 20
    assert len(MUTANTS) >= 1000
    assert len(VALID) >= 400


def one_of_each(trials: list[tuple[str, str, str]], kind: Callable[[str], str]) -> list[tuple[str, str, str]]:
    """Return one trial of each kind, of another function each time as far as there are some."""
    kinds: dict[str, list[tuple[str, str, str]]] = {}
    for one in trials:
        kinds.setdefault(kind(one[1]), []).append(one)
    return [group[7 * number % len(group)] for number, group in enumerate(kinds.values())]


def test_a_seeded_defect_of_each_kind_is_refused() -> None:
    """At least 95 of 100; all kinds, each in one function."""
    part = one_of_each(MUTANTS, lambda what: what.partition(" ")[0])
    assert len(part) > 40
    assert len(accepted(part)) <= 0.05 * len(part)


def test_a_valid_enhancement_of_each_kind_is_accepted() -> None:
    """At most 2 of 100 are refused; all kinds, each of one function."""
    part = one_of_each(VALID, lambda what: what)
    passed = accepted(part)
    assert len(part) - len(passed) <= 0.02 * len(part), {f"{n} {w}" for n, w, _ in part} - set(passed)


@pytest.mark.slow
def test_all_seeded_defects_are_refused() -> None:
    """At least 95 of 100 of all."""
    assert len(accepted(MUTANTS)) <= 0.05 * len(MUTANTS)


@pytest.mark.slow
def test_all_valid_enhancements_are_accepted() -> None:
    """At most 2 of 100 of all are refused."""
    assert len(VALID) - len(accepted(VALID)) <= 0.02 * len(VALID)


@pytest.mark.parametrize("name", LIVE)
def test_a_function_with_live_objects(name: str) -> None:
    """Requests are compared, and what happens when one fails."""
    one = LIVE[name]
    for text in (one.original, one.valid[-1]):
        found = verify(one.original, text, examples=one.examples)
        assert found.accepted, (text, found.reason)
    assert not verify(one.original, one.defects[-1], examples=one.examples)


@pytest.mark.slow
@pytest.mark.parametrize("name", LIVE)
def test_all_with_live_objects(name: str) -> None:
    """All defects and enhancements of these."""
    one = LIVE[name]
    refused = [text for text in one.valid if not verify(one.original, text, examples=one.examples)]
    passed = [text for text in one.defects if verify(one.original, text, examples=one.examples)]
    assert (refused, passed) == ([], [])
