"""docs/poet.md: every block runs and prints what the page shows; its options are the ones that there are."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from dana_poet.stages.options import KNOWN

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "poet.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_every_python_block_prints_what_stands_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, in one namespace, each from a file of its own, so that its functions have a source."""
    monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path / "state"))
    names: dict[str, object] = {"__name__": "page"}
    for number, (kind, text) in enumerate(BLOCKS):
        if kind != "python":
            continue
        file = tmp_path / f"block{number}.py"
        file.write_text(text, encoding="utf-8")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(text, str(file), "exec"), names)  # noqa: S102 - the page's own examples
        below = BLOCKS[number + 1] if number + 1 < len(BLOCKS) else ("", "")
        assert printed.getvalue() == (below[1] if below[0] == "text" else ""), text


def test_every_block_is_run_or_is_output() -> None:
    """Nothing on the page is left out."""
    for (before, _), (kind, text) in zip([("", ""), *BLOCKS], BLOCKS, strict=False):
        assert kind == "python" or (kind == "text" and before == "python"), text


def test_every_option_of_the_table_exists() -> None:
    """What the page offers is known."""
    table = PAGE.partition("| option | means |")[2].partition("\n\n")[0]
    offered = re.findall(r"^\| `(\w+)`", table, re.MULTILINE)
    assert len(offered) == 7
    assert set(offered) <= KNOWN
