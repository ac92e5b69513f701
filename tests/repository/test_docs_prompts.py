"""What `docs/prompts.md` shows is what happens."""

from __future__ import annotations

import contextlib
import io
import linecache
import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "prompts.md").read_text(encoding="utf-8")
FENCES = re.compile(r"^```(python|text)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def test_every_block_prints_what_stands_below_it() -> None:
    """In order, in one namespace; functions of the page have a source."""
    names: dict[str, object] = {"__name__": "page"}
    found = FENCES.findall(PAGE)
    assert len(found) >= 10
    for number, ((kind, text), below) in enumerate(zip(found, [*found[1:], ("", "")], strict=True)):
        if kind != "python":
            continue
        file = f"<docs/prompts.md {number}>"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(text, file, "exec"), names)  # noqa: S102 - the page's own examples
        assert printed.getvalue() == (below[1] if below[0] == "text" else ""), text
