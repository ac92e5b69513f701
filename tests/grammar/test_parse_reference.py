"""Published Dana programs parse. Needs a checkout of the reference implementation, named by DANA_REFERENCE."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dana_grammar.errors import DanaSourceError
from dana_grammar.parse import parse

REFERENCE = os.environ.get("DANA_REFERENCE", "")
WRONG_ON_PURPOSE = {
    "hybrid_math_agent.na",  # functions that start with `func`
    "syntax_errors.na",
    "test_expected_function_failures.na",  # `nonlocal` and `global`
    "test_python_objects.na",  # `class`
    "test_python_types.na",  # `class`
}


@pytest.mark.skipif(not REFERENCE, reason="DANA_REFERENCE does not name a checkout of published .na files")
def test_published_programs_parse() -> None:
    """Nobody rewrites working files."""
    failed = []
    for path in sorted(Path(REFERENCE).rglob("*.na")):
        if path.exists() and path.name not in WRONG_ON_PURPOSE:
            try:
                parse(path.read_text(encoding="utf-8"), str(path))
            except DanaSourceError as error:
                failed.append((path.name, error.diagnostics[0].span.line, str(error)))
    assert failed == []
