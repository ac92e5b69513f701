"""`dana-poet versions`, `diff`, `rollback`, `pin`, `unpin`: what a person sees, and what a mistake says."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.cli.main import main
from dana_poet.codegen.generator import Usage
from dana_poet.codegen.original import Original
from dana_poet.codegen.versions import VersionStore
from tests.codegen.version_cases import PASSED, REFUSED, candidate, served

if TYPE_CHECKING:
    from dana_poet.codegen.versions import History

SOURCE = "def score(n):\n    return n + 1\n\n\nclass Shop:\n    def price(self, n):\n        return n\n"


def stored(folder: Path, module: str, qualname: str, file: Path) -> History:
    """Return the history of a function of a source file."""
    found = Original.of_source(SOURCE, qualname.rpartition(".")[2])
    about: dict[str, Any] = {name: getattr(found, name) for name in Original.__slots__}
    return VersionStore(folder).open(Original(**about | {"module": module, "qualname": qualname, "file": str(file)}))


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    """Stand in a project with versions of `shop.score`: one before, one active, one refused."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "src" / "shop.py"
    file.parent.mkdir()
    file.write_text(SOURCE)
    found = stored(tmp_path / "src" / ".poet", "shop", "score", file)
    served(found, "1")
    served(found, "2")
    usage = Usage(10, 5, 1, 0.5, 0.01)
    found.add(candidate("3", origin="model", generator="llm:m", usage=usage), REFUSED)
    return found


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """Run a command and return what it printed; mistakes go to standard error."""
    assert main([*words]) == code
    told = capsys.readouterr()
    return told.out if code != 2 else told.err


@pytest.mark.usefixtures("history")
def test_versions_lists_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Plain columns in a pipe: number, state, who made it, when, from what, and which one runs."""
    lines = said(capsys, "versions", "score").splitlines()
    assert lines[0] == "shop.score: version 2 runs"
    cells = [line.split("  ") for line in lines[1:]]
    rows = [[cell.strip() for cell in row if cell.strip()] for row in cells]
    assert rows[0] == ["version", "state", "by", "made", "from"]
    assert [(row[0], row[1], row[2], row[4]) for row in rows[1:]] == [
        ("v1", "retired", "rules: template", "original"), ("v2", "active", "rules: template", "v1"),
        ("v3", "quarantined", "model: llm:m", "v2"),
    ]  # fmt: skip
    assert rows[2][5] == "runs"


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    "name", ["score", "shop.score", "src/shop.py", "src/.poet/score_v1.py", "src/.poet/score_current.py"]
)
def test_a_function_can_be_named_in_several_ways(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """By its name, with its module, by its source file, by one of its version files."""
    assert said(capsys, "versions", name).startswith("shop.score: version 2 runs\n")


@pytest.mark.usefixtures("history")
def test_a_terminal_gets_a_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn by rich."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    text = said(capsys, "versions", "score")
    assert "━" in text
    assert "shop.score: version 2 runs" in text


@pytest.mark.usefixtures("history")
def test_evidence_shows_gates_counterexamples_and_cost(capsys: pytest.CaptureFixture[str]) -> None:
    """Why a version was stored as what it is."""
    text = said(capsys, "versions", "score", "--evidence")
    assert "  differential     passed" in text
    assert "    counterexample: score(0) gave None" in text
    assert "  cost: prompt_tokens 10, completion_tokens 5, calls 1, seconds 0.5, cost_usd 0.01" in text


def test_json_is_one_object(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    """For tools: with evidence and the trail when asked."""
    history.pin(1)
    found = json.loads(said(capsys, "versions", "score", "--json", "--evidence", "--audit"))
    assert (found["function"], found["runs"], found["pinned"], found["problem"]) == ("shop.score", 1, 1, "")
    assert [one["state"] for one in found["versions"]] == ["retired", "active", "quarantined"]
    assert found["versions"][0]["evidence"]["verification"]["accepted"] is True
    assert found["audit"][-1]["event"] == "pinned"
    assert "evidence" not in json.loads(said(capsys, "versions", "score", "--json"))["versions"][0]


def test_without_a_function_all_are_listed(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    """With what runs, and what is wrong."""
    (Path(history.file_of("v2.py"))).write_text("def score(n):\n    return 9\n")
    text = said(capsys, "versions")
    assert "shop.score" in text
    assert "! shop.score: version 2 was changed after it was verified" in text
    assert json.loads(said(capsys, "versions", "--json"))[0]["runs"] == "original"


def test_a_function_whose_generation_failed_has_a_trail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And no version: the trail says why."""
    monkeypatch.chdir(tmp_path)
    stored(tmp_path / ".poet", "shop", "score", tmp_path / "shop.py").note("generation failed", "rate_limited: wait")
    text = said(capsys, "versions", "score", "--audit")
    assert "no version is stored yet" in text
    assert "the original  generation failed: rate_limited: wait" in text
    assert said(capsys, "versions").splitlines()[1].split()[:3] == ["shop.score", "0", "original"]


def test_nothing_stored_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With when there will be something."""
    monkeypatch.chdir(tmp_path)
    assert said(capsys, "versions") == "no function has versions here\n"
    text = said(capsys, "versions", "score", code=2)
    assert "no function score has versions here (versions are stored at the first call" in text


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["versions", "scroe"], "no function scroe has versions here (did you mean shop.score?)"),
        (["versions", "total"], "no function total has versions here (there are shop.score)"),
        (["versions", "src/none.py"], "there is no file src/none.py"),
        (["versions", "score", "--state", "nowhere"], "there is no folder nowhere"),
        (["diff", "score", "1", "9"], "there is no version 9 (there are 1, 2, 3)"),
        (["diff", "score", "1", "two"], "'two' is no number of a version"),
        (["rollback", "score", "3"], "version 3 is quarantined"),
        (["pin", "score", "3"], "version 3 is quarantined (mend its file, then pin it)"),
        (["pin", "score"], "the following arguments are required: N"),
    ],
)
def test_a_mistake_says_what_to_write_instead(capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    """On standard error, with exit code 2."""
    assert told in said(capsys, *words, code=2)


@pytest.mark.usefixtures("history")
def test_diff_compares_two_versions_or_the_original(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 when they differ, as `diff` has it."""
    assert "-    return 1\n+    return 2\n" in said(capsys, "diff", "score", "1", "v2", code=1)
    assert "-    return n + 1\n+    return 2\n" in said(capsys, "diff", "score", "original", "2", code=1)
    assert said(capsys, "diff", "score", "1", "1") == ""


def test_rollback_pin_and_unpin_change_what_runs(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    """And say what runs now."""
    assert said(capsys, "rollback", "score", "--reason", "complaints") == "shop.score: version 1 runs now\n"
    assert said(capsys, "rollback", "score", "original") == "shop.score: the original runs now\n"
    assert said(capsys, "pin", "score", "2") == "shop.score: version 2 is pinned\n"
    assert "version 2 is pinned (`dana-poet unpin FUNCTION` first)" in said(capsys, "rollback", "score", code=2)
    assert said(capsys, "unpin", "score") == "shop.score: the original runs now\n"
    Path(history.file_of("v1.py")).write_text("def score(n):\n    return 9\n")
    assert said(capsys, "pin", "score", "1") == "shop.score: version 1 is pinned as edited by hand, unverified\n"
    assert said(capsys, "versions", "score", "--audit").count("rolled back") == 2


def test_what_is_stale_shows(history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The function's own file is read, as it is now."""
    file = tmp_path / "src" / "shop.py"
    file.write_text(SOURCE.replace("n + 1", "n + 2"))
    text = said(capsys, "versions", "score")
    assert text.startswith("shop.score: the original runs\n")
    assert "! version 2 is stale: it was made for other code of shop.score" in text
    assert "stale" in said(capsys, "rollback", "score", "1", code=2)
    file.write_text(SOURCE + "# a comment is no other code\n")
    assert said(capsys, "versions", "score").startswith("shop.score: version 2 runs\n")
    assert history.current() is not None


def test_functions_of_one_name_are_told_apart(
    history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By what stands before the name, or by the folder."""
    assert history.current() is not None
    folder = tmp_path / "src" / ".poet"
    served(stored(folder, "till", "score", tmp_path / "src" / "till.py"), "5")
    served(stored(folder, "shop", "Shop.price", tmp_path / "src" / "shop.py"), "6")
    assert "2 functions with versions are meant by score (say which: shop.score, till.score)" in said(
        capsys, "versions", "score", code=2
    )
    assert said(capsys, "versions", "till.score").startswith("till.score: version 1 runs")
    assert said(capsys, "versions", "price").startswith("shop.Shop.price: ")
    assert said(capsys, "versions", "Shop.price").startswith("shop.Shop.price: ")
    assert "say which: shop.Shop.price, shop.score" in said(capsys, "versions", "src/shop.py", code=2)


def test_a_damaged_list_is_told_with_what_to_do(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    """And left as it is."""
    file = Path(history.file_of("versions.json"))
    file.write_text("{")
    text = said(capsys, "versions", "score", code=2)
    assert "is damaged: it is not JSON (mend or remove it; the original runs meanwhile)" in text
    assert "! score: " in said(capsys, "versions")
    assert file.read_text() == "{"


@pytest.mark.usefixtures("history")
def test_the_folder_can_be_named_or_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--state` and DANA_STATE_DIR, from anywhere."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    folder = str(tmp_path / "src" / ".poet")
    assert said(capsys, "versions", "score", "--state", folder).startswith("shop.score: version 2 runs")
    monkeypatch.setenv("DANA_STATE_DIR", folder)
    assert said(capsys, "versions", "score").startswith("shop.score: version 2 runs")
    assert PASSED.accepted


@pytest.mark.usefixtures("history")
def test_every_command_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    """What runs and what is pinned afterwards; a comparison with the numbers that were meant."""
    told = json.loads(said(capsys, "diff", "score", "--json", code=1))
    assert (told["a"], told["b"]) == (2, 3)
    assert told["diff"] == said(capsys, "diff", "score", "2", "3", code=1)
    name = {"function": "shop.score"}
    assert json.loads(said(capsys, "pin", "score", "1", "--json")) == {**name, "runs": 1, "pinned": 1}
    assert json.loads(said(capsys, "unpin", "score", "--json")) == {**name, "runs": 2, "pinned": None}
    assert json.loads(said(capsys, "rollback", "score", "original", "--json")) == {**name, "runs": 0, "pinned": None}
