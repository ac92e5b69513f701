"""What the README shows is what happens: its program's output, the example's summary, its Python lines, its links."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import dana_poet

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def test_the_first_program_prints_what_stands_below_it(tmp_path: Path) -> None:
    """The first thing that anybody tries."""
    program = tmp_path / "readme.na"
    program.write_text(blocks("dana")[0])
    command = [sys.executable, "-P", "-m", "dana_poet", "run", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == (blocks("text")[0], "")


def test_the_summary_of_the_example_is_the_tested_one() -> None:
    """`tests/examples` checks these lines against a real run; here they must be the same."""
    tested = (ROOT / "tests" / "examples" / "test_smart_monitor.py").read_text(encoding="utf-8")
    assert [line for line in blocks("text")[1].splitlines() if f'"{line}"' not in tested] == []


def test_the_python_lines_give_the_values_in_their_comments(tmp_path: Path) -> None:
    """`evaluate` and `load` as shown."""
    assert dana_poet.evaluate("xs | mean", {"xs": [1, 2, 3], "mean": lambda xs: sum(xs) / len(xs)}) == 2.0
    program = tmp_path / "pipelines.na"
    program.write_text((ROOT / "examples" / "pipelines.na").read_text())
    assert dana_poet.load(program).keywords("a quick brown fox") == ["quick", "brown"]


def test_the_sandbox_prints_what_stands_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The first thing that anybody copies."""
    exec(blocks("python")[1], {})  # noqa: S102 - the page's own lines
    assert capsys.readouterr().out == blocks("text")[2]


def test_a_poet_function_prints_what_stands_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason why anybody is here."""
    monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path))
    lines = next(one for one in blocks("python") if "@poet(" in one)
    exec(lines, {"__name__": "page"})  # noqa: S102 - the page's own lines
    shown = README.partition(lines)[2].partition("```text\n")[2].partition("```")[0]
    assert capsys.readouterr().out == shown


def test_learning_prints_what_stands_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The second thing that anybody copies."""
    lines = next(one for one in blocks("python") if "import Parameter, Tuner" in one)
    exec(lines, {})  # noqa: S102 - the page's own lines
    shown = README.partition(lines)[2].partition("```text\n")[2].partition("```")[0]
    assert capsys.readouterr().out == shown


def test_links_lead_somewhere() -> None:
    """Files that the prose names exist."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    missing = [target for target in targets if not (ROOT / target).exists()]
    # The suite may run from a copy that holds tests and examples only.
    assert [name for name in missing if name.startswith("examples") or (ROOT / "dana_poet").exists()] == []


def test_every_make_target_that_is_named_exists() -> None:
    """`make run` and `make test` are promises."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for prose in ("README.md", "CONTRIBUTING.md"):
        path = ROOT / prose
        for target in re.findall(r"make ([a-z]+)", path.read_text(encoding="utf-8")) if path.exists() else ():
            assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), f"{prose}: make {target}"
