"""Every verb with every option, good and bad, exactly as a user sees it: command, output, messages, exit code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.cli.transcripts import CORPUS, RECORD, Case, play, read_cases

if TYPE_CHECKING:
    from pathlib import Path


def all_cases() -> list[object]:
    """Return every transcript, named by file and title."""
    return [
        pytest.param(path, case, id=f"{path.stem}: {case.title}")
        for path in sorted(CORPUS.glob("*.txt"))
        for case in read_cases(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("path", "case"), all_cases())
def test_a_session_at_the_shell_goes_as_written(path: Path, case: Case, tmp_path: Path) -> None:
    """What the commands print and return is part of what users and scripts rely on."""
    if case.modes and hasattr(os, "getuid") and os.getuid() == 0:
        pytest.skip("permissions do not stop the superuser")
    folder = tmp_path / "work"
    folder.mkdir()
    played = play(case, folder)
    if os.environ.get(RECORD):
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace(case.source + "--- commands\n" + case.expected, case.source + "--- commands\n" + played)
        )
    else:
        assert played == case.expected
