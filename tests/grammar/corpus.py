"""Read the files of tests/corpus: cases that start with `=== title` and part Dana text from what is expected by `---`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

SYNTAX = Path(__file__).parents[1] / "corpus" / "syntax"


class Case(NamedTuple):
    """One case of a corpus file."""

    file: str
    title: str
    text: str
    expected: str


def read_cases(path: Path) -> list[Case]:
    """Return the cases of one file."""
    cases = []
    for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, body = block.split("\n", 1)
        text, expected = body.split("---\n", 1)
        cases.append(Case(path.stem, title, text, expected.strip("\n")))
    return cases


def syntax_cases() -> list[Case]:
    """Return the cases of all files of the syntax corpus."""
    return [case for path in sorted(SYNTAX.glob("*.txt")) for case in read_cases(path)]
