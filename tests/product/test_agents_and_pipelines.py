"""Every program of `tests/corpus/{agents,pipelines,resources,library}` does what the specification says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.product.dialogues import Told, all_cases, told

if TYPE_CHECKING:
    from pathlib import Path

    from tests.product.cases import Case


@pytest.mark.parametrize("case", all_cases())
def test_a_program_does_what_the_specification_says(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Output and value are compared to the letter; errors, standard error and questions by what they contain."""
    found = told(case, tmp_path, capsys, monkeypatch)
    if case.error is None:
        assert not found.report, found.report
    else:
        compare_error(found, *case.error)
    if "output" in case.sections:
        assert found.output == case.sections["output"]
    if "value" in case.sections:
        assert repr(found.value) == case.sections["value"].strip()
    if "asked" in case.sections:
        lines = case.sections["asked"].splitlines()
        assert len(found.asked) == len(lines), found.asked
        assert all(line in question for line, question in zip(lines, found.asked, strict=True)), found.asked
    contains_in_order(found.errors, case.sections.get("stderr", ""))
    assert {"output", "value", "stderr"} & case.sections.keys() or case.error, "the case expects nothing"


def compare_error(found: Told, code: str, expected: list[str]) -> None:
    """Compare what went wrong with the lines of a case."""
    assert found.report, f"no error; printed {found.output!r}"
    assert found.code == code, found.report
    for line in expected:
        assert line in found.report, found.report


def contains_in_order(text: str, lines: str) -> None:
    """Look for each line behind the one before."""
    start = 0
    for line in lines.splitlines():
        assert line in text[start:], text
        start = text.index(line, start) + len(line)
