"""What `docs/generation.md` shows is what happens: its Python, its table of reasons."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.codegen.model_faults import GENERATION_FAULTS

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "generation.md").read_text(encoding="utf-8")
FENCES = re.compile(r"^```(python|text)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
SLUG = re.compile(r'reason(?:: str)?\s*=\s*"([a-z0-9_]+)"')


def blocks() -> list[tuple[str, str]]:
    """Return language and text of each block; an answer inside the first one has a fence of its own."""
    page = PAGE.replace("```python\ndef mean(values", "~~~python\ndef mean(values").replace("```'''", "~~~'''")
    return [(kind, text.replace("~~~", "```")) for kind, text in FENCES.findall(page)]


def test_every_block_prints_what_stands_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, in one namespace."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    names: dict[str, object] = {"__name__": "page"}
    found = blocks()
    assert len(found) >= 10
    for (kind, text), below in zip(found, [*found[1:], ("", "")], strict=True):
        if kind != "python":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(text, "docs/generation.md", "exec"), names)  # noqa: S102 - the page's own examples
        assert printed.getvalue() == (below[1] if below[0] == "text" else ""), text


def test_the_table_of_reasons_is_complete() -> None:
    """Every reason that the faults of the tests end in, and every one that stands in the code."""
    table = PAGE.partition("<!-- reasons -->\n\n")[2].partition("\n\n")[0]
    listed = set(re.findall(r"`([a-z0-9_]+)`", table))
    used = {reason for fault in GENERATION_FAULTS for reason in fault.reasons}
    files = [*(ROOT / "dana_poet" / "codegen").glob("*.py"), *(ROOT / "dana_poet" / "llm").glob("*.py")]
    for file in files:
        if file.name.startswith(("llm_", "budget", "prompt")) or file.parent.name == "llm":
            used |= set(SLUG.findall(file.read_text(encoding="utf-8")))
    assert used <= listed, used - listed
