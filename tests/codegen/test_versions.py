"""Versions: what is stored is whole, what is loaded is what was stored, and nothing leaves its order."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.codegen.generator import Usage
from dana_poet.codegen.version_files import content_hash, file_stem
from dana_poet.codegen.versions import NEXT, QuarantinedError, VersionStore
from dana_poet.errors import StateError
from tests.codegen.version_cases import PASSED, REFUSED, candidate, files, original, served

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.codegen.versions import History


@pytest.fixture(autouse=True)
def _without_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What survives a crash is another file's subject; here flushing only takes time."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Return an empty history in `tmp_path/.poet`."""
    return VersionStore(tmp_path / ".poet").open(original())


def test_nothing_is_written_before_the_first_version(history: History, tmp_path: Path) -> None:
    """Opening, reading and asking create neither a folder nor a lock."""
    assert history.current() is None
    assert (history.versions, history.audit(), history.counterexamples(), history.problem) == ((), (), (), "")
    assert list(tmp_path.iterdir()) == []


def test_the_files_are_those_that_are_promised(history: History, tmp_path: Path) -> None:
    """Readable texts with flat names, a link to the current one, the list and the trail as JSON, no pickle."""
    served(history, "n + 1")
    served(history, "1 + n")
    assert files(tmp_path / ".poet") == {
        "score_v1.py", "score_v2.py", "score_current.py", "score_versions.json", "score_audit.jsonl",
    }  # fmt: skip
    assert (tmp_path / ".poet" / "score_v1.py").read_text() == candidate("n + 1").source
    assert (tmp_path / ".poet" / "score_current.py").readlink().name == "score_v2.py"
    record = json.loads((tmp_path / ".poet" / "score_versions.json").read_text())
    assert (record["format"], record["next"], record["function"]["qualname"]) == (1, 3, "score")


def test_a_version_knows_where_it_comes_from(history: History) -> None:
    """Origin, generator, cost, parent, evidence: all of it is there after a restart."""
    served(history, "n + 1")
    usage = Usage(10, 5, 1, 0.5, 0.01)
    history.add(candidate("1 + n", origin="model", generator="llm:x", usage=usage, prompt_hash="abc"), PASSED)
    version = VersionStore(Path(history.file_of("x")).parent).open(original()).version(2)
    assert (version.origin, version.generator, version.parent, version.state) == ("model", "llm:x", 1, "verified")
    assert version.usage == {
        "prompt_tokens": 10, "completion_tokens": 5, "calls": 1, "seconds": 0.5, "cost_usd": 0.01,
    }  # fmt: skip
    assert version.evidence["verification"] == PASSED.to_json()
    assert version.prompt_hash == "abc"
    assert version.content_hash == content_hash(version.source())


def test_what_is_unverified_is_a_draft_and_what_was_refused_is_quarantined(history: History) -> None:
    """A refused candidate is kept with its counterexample, for the next prompt, and is never stored again."""
    assert history.add(candidate("n"), None).state == "draft"
    assert history.add(candidate("0"), REFUSED).state == "quarantined"
    assert history.counterexamples() == ("score(0) gave None",)
    with pytest.raises(QuarantinedError, match="version 2, which is quarantined"):
        history.add(candidate("0"), PASSED)
    assert "quarantined" in history.refuses(candidate("0").source)
    assert history.refuses(candidate("1").source) == ""


def test_the_same_text_is_one_version(history: History) -> None:
    """Two processes that generate the same at once store it once; a draft rises when it is verified."""
    first = history.add(candidate(), None)
    assert history.add(candidate(), PASSED).state == "verified"
    assert history.add(candidate(), PASSED).number == first.number == 1
    history.move(1, "active", "a test")
    assert history.add(candidate(), PASSED).state == "active"
    assert len(history.versions) == 1


def test_numbers_are_never_used_again(history: History, tmp_path: Path) -> None:
    """Not after texts were removed, not when a file lies there already, not when the list is lost."""
    for number in range(4):
        history.move(history.add(candidate(str(number)), PASSED), "retired", "a test")
    assert history.collect(keep=0) == 4
    (tmp_path / ".poet" / "score_v5.py").write_text("# somebody's own\n")
    assert history.add(candidate(), PASSED).number == 6
    assert (tmp_path / ".poet" / "score_v5.py").read_text() == "# somebody's own\n"
    (tmp_path / ".poet" / "score_versions.json").unlink()
    lost = VersionStore(tmp_path / ".poet").open(original())
    assert lost.add(candidate(), PASSED).number == 7
    assert [entry.version for entry in lost.audit()][-2:] == [6, 7]


def test_only_one_version_is_active(history: History) -> None:
    """The one before is retired in the same step."""
    served(history, "n + 1")
    served(history, "1 + n")
    assert [one.state for one in history.versions] == ["retired", "active"]
    current = history.current()
    assert current is not None
    assert current.source() == candidate("1 + n").source


@pytest.mark.parametrize("before", sorted(NEXT))
@pytest.mark.parametrize("after", sorted(NEXT))
def test_states_follow_one_another_as_the_table_says(tmp_path: Path, before: Any, after: Any) -> None:
    """Every pair of states: allowed and done, or refused with what is allowed, and nothing changed."""
    history = VersionStore(tmp_path).open(original())
    version = history.add(candidate(), None)
    ways = {"draft": [], "shadow": ["verified"], "canary": ["verified"], "active": ["verified"]}
    for step in [*ways.get(before, []), *([] if before == "draft" else [before])]:
        history.move(version, step, "on the way")
    if after in NEXT[before] or after == before:
        assert history.move(version, after, "a test").state == after
    else:
        with pytest.raises(StateError, match=f"is {before} and cannot become {after}"):
            history.move(version, after, "a test")
        assert history.version(1).state == before


def test_a_stale_version_is_never_run_and_never_promoted(history: History, tmp_path: Path) -> None:
    """When the original's code changes its versions wait: should it come back, so do they."""
    served(history, "n + 1")
    history.add(candidate("1 + n"), PASSED)
    changed = VersionStore(tmp_path / ".poet").open(original("return n + 2"))
    assert changed.current() is None
    assert "stale" in changed.problem
    with pytest.raises(StateError, match="stale"):
        changed.move(2, "active", "a test")
    with pytest.raises(StateError, match="stale"):
        changed.rollback(1)
    again = VersionStore(tmp_path / ".poet").open(original())
    assert again.current() is not None
    assert again.problem == ""


def test_a_pin_does_not_make_a_stale_version_run(history: History, tmp_path: Path) -> None:
    """A pinned version was pinned for the code that it was made for."""
    served(history, "n + 1")
    history.pin(1)
    changed = VersionStore(tmp_path / ".poet").open(original("return n + 2"))
    assert changed.current() is None
    assert "stale" in changed.problem


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "edited": lambda text: text.replace(b"1", b"2"),
    "truncated": lambda text: text[: len(text) // 2],
    "emptied": lambda _text: b"",
    "binary": lambda _text: b"\xff\x00\xfe",
    "longer": lambda text: text + b"import os\n",
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_changed_file_is_never_run(history: History, tmp_path: Path, how: str) -> None:
    """The original runs; the reason is told; the file stays as somebody left it."""
    version = served(history, "n + 1")
    file = tmp_path / ".poet" / "score_v1.py"
    damaged = DAMAGE[how](file.read_bytes())
    file.write_bytes(damaged)
    assert history.current() is None
    assert "was changed after it was verified" in history.problem
    with pytest.raises(StateError, match="changed"):
        version.source()
    with pytest.raises(StateError, match="changed"):
        history.rollback(1)
    assert file.read_bytes() == damaged


def test_a_missing_file_is_told_and_given_back_when_generated_again(history: History, tmp_path: Path) -> None:
    """The same text is the same version."""
    served(history, "n + 1")
    (tmp_path / ".poet" / "score_v1.py").unlink()
    assert history.current() is None
    assert "gone" in history.problem
    assert history.add(candidate("n + 1"), PASSED).number == 1
    assert history.current() is not None


def test_a_version_file_that_is_no_file_is_refused(history: History, tmp_path: Path) -> None:
    """A folder, or a pipe that would wait for ever."""
    served(history, "n + 1")
    file = tmp_path / ".poet" / "score_v1.py"
    file.unlink()
    file.mkdir()
    assert history.current() is None
    assert "ordinary file" in history.problem
    file.rmdir()
    os.mkfifo(file)
    assert history.current() is None
    assert "ordinary file" in history.problem


def test_line_ends_that_git_changed_are_no_edit(history: History, tmp_path: Path) -> None:
    """Versions may be committed, and checked out on another system."""
    served(history, "n + 1")
    file = tmp_path / ".poet" / "score_v1.py"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert history.current() is not None


BOOKS: dict[str, Any] = {
    "a newer dana-poet": {"format": 99, "kind": "versions", "brand_new": True},
    "not a list of versions": {"format": 1, "kind": "shopping list"},
    "is damaged": {"format": 1, "kind": "versions", "function": {}, "versions": "many"},
}


@pytest.mark.parametrize("what", [*BOOKS, "is not JSON"])
def test_a_foreign_list_is_refused_and_left_alone(history: History, tmp_path: Path, what: str) -> None:
    """The function goes on with its original; nothing is stored beside it, nothing is overwritten."""
    served(history, "n + 1")
    file = tmp_path / ".poet" / "score_versions.json"
    content = json.dumps(BOOKS[what]).encode() if what in BOOKS else file.read_bytes()[:100]
    file.write_bytes(content)
    assert history.current() is None
    assert what in history.problem
    with pytest.raises(StateError, match=what):
        history.add(candidate("1 + n"), PASSED)
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", -1), ("number", "1"), ("state", "running"), ("origin", "space"), ("content_hash", 7), ("evidence", [])],
)
def test_a_list_edited_into_nonsense_is_refused(history: History, tmp_path: Path, field: str, value: Any) -> None:
    """Every field is checked before it is used."""
    served(history, "n + 1")
    file = tmp_path / ".poet" / "score_versions.json"
    record = json.loads(file.read_text())
    record["versions"][0][field] = value
    file.write_text(json.dumps(record))
    assert history.current() is None
    assert "is damaged" in history.problem


def test_functions_of_one_name_do_not_meet(tmp_path: Path) -> None:
    """Two modules, a method, a name that differs in its case only: each has its own files on every system."""
    store = VersionStore(tmp_path)
    functions = [
        original(), original(module="till", file="/elsewhere/till.py"), original(qualname="Shop.score"),
        original(qualname="make.<locals>.score"), original(name="Score"), original(name="SCORE"),
    ]  # fmt: skip
    for index, one in enumerate(functions):
        store.open(one).add(candidate(str(index), one.name), PASSED)
    for index, one in enumerate(functions):
        found = VersionStore(tmp_path).open(one).versions
        assert [version.source() for version in found] == [candidate(str(index), one.name).source]
    names = [name.casefold() for name in files(tmp_path)]
    assert len(names) == len(set(names)) == 3 * len(functions)
    assert {"score_v1.py", "till.score_v1.py", "shop.shop.score_v1.py"} <= set(names)


def test_a_script_and_its_import_are_one_function(tmp_path: Path) -> None:
    """What counts is the file; `__main__` in two scripts is two functions."""
    served(VersionStore(tmp_path).open(original(module="__main__")), "n + 1")
    assert VersionStore(tmp_path).open(original(module="shop")).current() is not None
    other = original(module="__main__", file="/elsewhere/other.py")
    assert VersionStore(tmp_path).open(other).versions == ()


def test_a_file_that_was_moved_keeps_its_versions(tmp_path: Path) -> None:
    """The same code under a file name that is gone; a copy whose file is still there has none of them."""
    gone = original(file=str(tmp_path / "old.py"))
    served(VersionStore(tmp_path / ".poet").open(gone), "n + 1")
    (tmp_path / "new.py").write_text("")
    moved = VersionStore(tmp_path / ".poet").open(original(file=str(tmp_path / "new.py")))
    assert moved.current() is not None
    (tmp_path / "old.py").write_text("")
    assert VersionStore(tmp_path / ".poet").open(original(file=str(tmp_path / "new.py"))).current() is None
    (tmp_path / "old.py").unlink()
    moved.pin(1)
    changed = original("return n + 2", file=str(tmp_path / "new.py"))
    assert [one.number for one in VersionStore(tmp_path / ".poet").open(changed).versions] == [1]
    (tmp_path / "old.py").write_text("")
    assert VersionStore(tmp_path / ".poet").open(gone).current() is None


@pytest.mark.parametrize("name", ["größe", "x" * 300, "ü" * 200, "данные", "..", "a/b", "con", "A" * 200])
def test_any_name_makes_a_file_name(tmp_path: Path, name: str) -> None:
    """Short enough, plain letters, no way out of the folder."""
    one = original(qualname=f"Größe.{name}", name="score")
    one = replace(one, name=name)
    version = VersionStore(tmp_path).open(one).add(candidate(), PASSED)
    file = Path(version.path)
    assert file.parent == tmp_path
    assert file.name.isascii()
    assert len(file.name) < 160
    assert file_stem(name) != file_stem(name + "_")


def test_moving_again_changes_nothing(history: History) -> None:
    """Two processes may come to the same decision: the second finds it done."""
    version = served(history, "n + 1")
    before = history.audit()
    assert history.move(version, "active", "once more").state == "active"
    assert history.audit() == before


def test_a_canary_has_a_share(history: History) -> None:
    """A number from 0 to 100; steps of the canary are steps of one state."""
    version = history.add(candidate(), PASSED)
    for percent in (5, 25.0):
        version = history.move(version, "canary", "a step", {"percent": percent})
        assert history.version(1).percent == percent
    for wrong in (101, -1, "all", True):
        with pytest.raises(StateError, match="percent"):
            history.move(version, "canary", "a step", {"percent": wrong})
    challenger = history.challenger()
    assert challenger is not None
    assert challenger.number == 1


def test_evidence_and_counterexamples_add_up(history: History) -> None:
    """What verification said stays when the trial speaks; numbers that JSON lacks become text."""
    version = history.add(candidate(), PASSED)
    history.move(version, "shadow", "a step", {"trial": {"odds": float("inf")}})
    history.move(version, "quarantined", "wrong", {"counterexample": "score(3) gave 5"})
    evidence = history.evidence(1)
    assert evidence["verification"]["accepted"] is True
    assert evidence["trial"] == {"odds": "inf"}
    assert history.counterexamples() == ("score(3) gave 5",)


def test_counterexamples_belong_to_the_code_that_they_are_about(history: History, tmp_path: Path) -> None:
    """When the original changes they may be wrong."""
    history.add(candidate("0"), REFUSED)
    changed = VersionStore(tmp_path / ".poet").open(original("return n + 2"))
    assert changed.counterexamples() == ()
    assert changed.add(candidate("0"), PASSED).number == 2


def test_old_texts_go_and_their_evidence_stays(history: History, tmp_path: Path) -> None:
    """Beyond a bound; active, pinned and edited ones are not touched."""
    history.add(candidate("0"), REFUSED)
    for number in range(1, 30):
        history.move(history.add(candidate(str(number)), PASSED), "retired", "a test")
    texts = [name for name in files(tmp_path / ".poet") if name.endswith(".py")]
    assert 20 <= len(texts) <= 21
    assert history.evidence(1)["verification"] == REFUSED.to_json()
    assert history.counterexamples() == ("score(0) gave None",)
    assert "score(0) gave None" not in (tmp_path / ".poet" / "score_versions.json").read_text().partition('"last"')[0]
    with pytest.raises(StateError, match="removed as one of the oldest"):
        history.diff(1, 30)
    with pytest.raises(QuarantinedError):
        history.add(candidate("0"), PASSED)


def test_the_list_does_not_grow_for_ever(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest leave it, and what was quarantined among them still does not come back."""
    monkeypatch.setattr("dana_poet.codegen.version_changes.LISTED", 3)
    for number in range(30):
        history.add(candidate(str(number)), REFUSED)
    assert [one.number for one in history.versions] == list(range(8, 31))
    assert len({entry.version for entry in history.audit() if entry.event == "collected"}) == 10
    with pytest.raises(QuarantinedError, match="it is version 1, which is quarantined"):
        history.add(candidate("0"), PASSED)
    assert history.add(candidate("x"), PASSED).number == 31


def test_an_edited_text_is_not_collected(history: History, tmp_path: Path) -> None:
    """It is somebody's work."""
    history.move(history.add(candidate("1"), PASSED), "retired", "a test")
    (tmp_path / ".poet" / "score_v1.py").write_text("def score(n):\n    return 7\n")
    assert history.collect(keep=0) == 0
    assert (tmp_path / ".poet" / "score_v1.py").exists()


def test_the_clock_orders_nothing(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may jump back by years between changes."""
    monkeypatch.setattr(time, "gmtime", lambda: time.struct_time((2030, 1, 1, 0, 0, 0, 1, 1, 0)))
    served(history, "n + 1")
    monkeypatch.setattr(time, "gmtime", lambda: time.struct_time((1999, 1, 1, 0, 0, 0, 4, 1, 0)))
    served(history, "1 + n")
    current = history.current()
    assert current is not None
    assert current.number == 2
    assert [entry.at[:4] for entry in history.audit()] == ["2030"] * 2 + ["1999"] * 3
    restored = history.rollback()
    assert restored is not None
    assert restored.number == 1


def test_another_process_is_seen_at_once(history: History, tmp_path: Path) -> None:
    """What one changed the other reads at its next question."""
    served(history, "n + 1")
    other = VersionStore(tmp_path / ".poet").open(original())
    assert other.current() is not None
    history.rollback(0)
    assert other.current() is None
    served(other, "1 + n")
    current = history.current()
    assert current is not None
    assert current.number == 2


def test_a_source_that_is_no_text_is_refused(history: History, tmp_path: Path) -> None:
    """A lone surrogate cannot be written; nothing is left behind."""
    with pytest.raises(StateError, match="UTF-8"):
        history.add(candidate("'\ud800'"), PASSED)
    assert not [name for name in files(tmp_path / ".poet") if name.endswith((".py", ".tmp", ".json"))]


def test_loading_needs_no_model_and_little_else(tmp_path: Path) -> None:
    """A warm start reads two files: no client, no numpy, no third party."""
    served(VersionStore(tmp_path).open(original()), "n + 1")
    program = (
        "import sys\nfrom dana_poet.codegen.versions import VersionStore\n"
        f"history, = VersionStore({str(tmp_path)!r}).histories()\nprint(history.current().source())\n"
        "print([name for name in ('httpx', 'numpy', 'pydantic', 'rich', 'tenacity') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True, timeout=60)
    source, _, loaded = done.stdout.strip().rpartition("\n")
    assert ast.parse(source).body
    assert loaded == "[]"
