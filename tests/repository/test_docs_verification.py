"""What `docs/verification.md` shows is what happens."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from dana_poet.codegen import Contract

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "verification.md").read_text(encoding="utf-8")
FENCES = re.compile(r"^```(python|text)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def test_every_block_prints_what_stands_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, in one namespace, and nothing is left behind."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "page"}
    found = FENCES.findall(PAGE)
    assert len(found) >= 10
    for (kind, text), below in zip(found, [*found[1:], ("", "")], strict=True):
        if kind == "python":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(text, "docs/verification.md", "exec"), names)  # noqa: S102 - the page's own examples
            assert printed.getvalue() == (below[1] if below[0] == "text" else ""), text
    assert list(tmp_path.iterdir()) == []


def test_the_page_names_every_field_of_a_contract() -> None:
    """A field that nobody can read about is none."""
    named = set(re.findall(r"\b(\w+)\b", PAGE))
    assert {one.name for one in dataclasses.fields(Contract)} - named == {
        "dev_set",
        "least",
        "cpu_floor",
        "retry_reads",
    } - named
