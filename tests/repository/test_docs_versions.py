"""What `docs/versions.md` shows is what happens: its Python, its states, its figures, its files and commands."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from dana_poet.cli.main import OF_VERSIONS
from dana_poet.codegen.promotion import Plan
from dana_poet.codegen.promotion_trial import RECENT
from dana_poet.codegen.versions import KEPT, NEXT, VersionStore
from tests.codegen.version_cases import PASSED, candidate, original, served

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "versions.md").read_text(encoding="utf-8")
FENCES = re.compile(r"^```(python|text)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def test_every_block_prints_what_stands_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, in one namespace."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    names: dict[str, object] = {"__name__": "page"}
    blocks = FENCES.findall(PAGE)
    assert len(blocks) == 4
    for (kind, text), below in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "python":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(text, "docs/versions.md", "exec"), names)  # noqa: S102 - the page's own examples
            assert printed.getvalue() == below[1], text


def test_the_table_of_states_is_the_code() -> None:
    """Every state with every one that may follow."""
    rows = re.findall(r"^\| `(\w+)` \| .* \| ([^|]*) \|$", PAGE.partition("## States")[2], re.MULTILINE)
    told = {state: set(re.findall(r"`(\w+)`", following)) for state, following in rows}
    assert told == {state: set(following) for state, following in NEXT.items()}


def test_the_files_are_those_of_the_table(tmp_path: Path) -> None:
    """What a store writes is listed, the trial's file too."""
    history = VersionStore(tmp_path).open(original())
    served(history, "1")
    history.add(candidate("2"), PASSED)
    listed = set(re.findall(r"`([\w.-]+)`", PAGE.partition("| file |")[2].partition("\n\n")[0]))
    assert {path.name for path in tmp_path.iterdir()} | {"score_trial.json"} == listed


def test_the_figures_are_the_plan() -> None:
    """Samples, levels, shares and waits that the page names."""
    plan = Plan()
    steps = PAGE.partition("| step | goes on when |")[2]
    assert f"{plan.shadow} pairs and no harm" in steps
    assert f"canary {plan.steps[0]:g}, {plan.steps[1]:g} percent | {plan.per_step} calls" in steps
    assert f"at least {plan.minimum} pairs, level {plan.level}); then {plan.held_out} pairs" in steps
    assert f"Not shown in {plan.maximum:,} pairs" in steps
    assert f"{plan.confirm} more calls and no harm; one call in {100 / plan.holdout:.0f}" in steps.replace("ten", "10")
    assert f"the baseline's less {plan.tolerance}" in steps
    assert f"take over {plan.slower} times" in steps
    assert f"waits for {plan.cooldown} calls" in steps
    assert f"more than {KEPT} are newer" in PAGE
    assert RECENT == 500


def test_every_command_is_listed() -> None:
    """And no other."""
    assert set(re.findall(r"^\| `dana-poet (\w+)", PAGE, re.MULTILINE)) == set(OF_VERSIONS)
