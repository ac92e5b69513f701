"""Every program of `tests/corpus/programs` does what the specification says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.product.cases import Case, Outcome, all_cases, outcome_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("case", all_cases())
def test_a_program_does_what_the_specification_says(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Output and value are compared to the letter, errors by code, place and what their text has to contain."""
    outcome = outcome_of(case, tmp_path, monkeypatch)
    if case.error is None:
        assert outcome.wrong is None, shown(outcome)
    else:
        assert outcome.wrong is not None, f"no error; printed {outcome.output!r}"
        compare_error(outcome, *case.error)
    if "output" in case.sections:
        assert outcome.output == case.sections["output"]
    if "value" in case.sections:
        assert repr(outcome.value) == case.sections["value"].strip()
    assert {"output", "value"} & case.sections.keys() or case.error is not None, "the case expects nothing"


def compare_error(outcome: Outcome, code: str, expected: list[str]) -> None:
    """Compare what went wrong with the lines of a case."""
    wrong = outcome.wrong
    assert wrong is not None
    assert wrong.code == code, shown(outcome)
    for line in expected:
        if line.startswith("at "):
            assert f"at {wrong.span.line}:{wrong.span.column}" == line, shown(outcome)
        else:
            assert line in f"{wrong.message} | {wrong.hint}", shown(outcome)


def shown(outcome: Outcome) -> str:
    """Return an error on one line."""
    wrong = outcome.wrong
    if wrong is None:
        return "no error"
    return f"{wrong.span.line}:{wrong.span.column} {wrong.code} {wrong.message} | {wrong.hint}"
