"""What `docs/events.md` shows is what happens."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from dana_poet.cli.main import main
from dana_poet.events import open_store

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_python_runs_and_prints_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, in one namespace."""
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile("".join(blocks("python")), "docs/events.md", "exec"), {})  # noqa: S102 - our own page
    assert [printed.getvalue()] == blocks("text")


def test_the_commands_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each as it is written, on a folder with an event in it; only following is left out, which does not end."""
    with open_store(f"file:{tmp_path}/events") as store:
        event = store.publish("door.opened", {"door": 4})
        store.ack(store.claim(1, owner="x"))
    for line in blocks("console")[0].splitlines():
        words = shlex.split(line.removeprefix("$ dana-poet ").replace("ID", event.id).replace("--follow", ""))
        assert main([*words, "--state", str(tmp_path)]) == 0, line
        assert capsys.readouterr().out
