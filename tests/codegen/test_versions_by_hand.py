"""What a person does with versions: roll back, pin, unpin, edit, compare; and the trail that tells it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dana_poet.codegen.versions import QuarantinedError, VersionStore
from dana_poet.errors import StateError
from tests.codegen.version_cases import PASSED, REFUSED, candidate, original, served

if TYPE_CHECKING:
    from dana_poet.codegen.versions import History


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    """Return a history with three versions, the last one active."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    found = VersionStore(tmp_path).open(original())
    for text in ("1", "2", "3"):
        served(found, text)
    return found


def running(history: History) -> int:
    """Return the number of the current version, 0 for the original."""
    current = history.current()
    return current.number if current else 0


def test_rollback_goes_back_one_by_one_to_the_original(history: History, tmp_path: Path) -> None:
    """What was left is not gone back to; the link follows."""
    for expected in (2, 1, 0):
        history.rollback()
        assert running(history) == expected
        link = tmp_path / "score_current.py"
        assert (link.readlink().name if link.is_symlink() else "") == (f"score_v{expected}.py" if expected else "")
    with pytest.raises(StateError, match="the original runs already"):
        history.rollback()


def test_what_a_person_took_back_does_not_come_back_by_itself(history: History) -> None:
    """Neither by being generated again nor by a trial; only by the person."""
    history.rollback(0)
    with pytest.raises(QuarantinedError, match="taken back by hand"):
        history.add(candidate("3"), PASSED)
    with pytest.raises(QuarantinedError):
        history.move(3, "active", "a trial")
    assert history.rollback(3) == history.version(3)
    assert running(history) == 3
    assert not history.version(3).withdrawn


def test_rollback_names_what_cannot_be_gone_back_to(history: History, tmp_path: Path) -> None:
    """No such version, quarantined, a draft, an edited one."""
    history.add(candidate("4"), REFUSED)
    history.add(candidate("5"), None)
    (tmp_path / "score_v1.py").write_text("def score(n):\n    return 7\n")
    for number, reason in {9: "no version 9", 4: "quarantined", 5: "never verified", 1: "changed after"}.items():
        with pytest.raises(StateError, match=reason):
            history.rollback(number)
    assert running(history) == 3


def test_rollback_skips_what_cannot_be_run(history: History, tmp_path: Path) -> None:
    """Without a number: the newest before it that is whole."""
    (tmp_path / "score_v2.py").write_text("def score(n):\n    return 7\n")
    history.rollback()
    assert running(history) == 1


def test_a_pin_holds_whatever_happens(history: History) -> None:
    """Promotions go on beside it and show when it is taken off; a rollback says that it is pinned."""
    history.pin(1)
    assert running(history) == history.pinned == 1
    served(history, "4")
    assert running(history) == 1
    with pytest.raises(StateError, match="version 1 is pinned"):
        history.rollback()
    history.unpin()
    assert running(history) == 4
    assert history.pinned is None


def test_the_original_can_be_pinned(history: History) -> None:
    """Then no version runs, and nothing is wrong."""
    history.pin(0)
    assert (running(history), history.problem) == (0, "")
    served(history, "4")
    assert running(history) == 0
    history.unpin()
    assert running(history) == 4


def test_a_pin_takes_an_edited_file_as_it_is(history: History, tmp_path: Path) -> None:
    """It is the person's from then on; taken off the pin it is an unverified draft, and the original runs."""
    text = "def score(n):\n    return 7\n"
    (tmp_path / "score_v3.py").write_text(text)
    assert running(history) == 0
    pinned = history.pin(3)
    assert pinned is not None
    assert (pinned.source(), pinned.origin, pinned.state, pinned.pinned) == (text, "person", "draft", True)
    assert running(history) == 3
    assert history.evidence(3)["edited"] == "by hand after verification"
    (tmp_path / "score_v3.py").write_text(text.replace("7", "8"))
    assert running(history) == 0
    history.pin(3)
    assert running(history) == 3
    history.unpin()
    assert running(history) == 0


def test_a_pin_refuses_what_cannot_run(history: History, tmp_path: Path) -> None:
    """What is quarantined and not mended, what is no Python, what is not there."""
    history.add(candidate("4"), REFUSED)
    with pytest.raises(QuarantinedError, match="quarantined"):
        history.pin(4)
    (tmp_path / "score_v4.py").write_text("def score(n):\n    return n\n")
    history.pin(4)
    assert running(history) == 4
    (tmp_path / "score_v2.py").write_text("def score(n:\n")
    with pytest.raises(StateError, match="is not Python"):
        history.pin(2)
    with pytest.raises(StateError, match="there is no version 9"):
        history.pin(9)


def test_expel_brings_back_what_was_before_in_one_step(history: History) -> None:
    """By itself: quarantined with its reason, never stored again; done twice it is done once."""
    history.expel(3, "quarantined", "it broke the contract", {"counterexample": "score(0)"})
    assert (running(history), history.version(3).state) == (2, "quarantined")
    history.expel(3, "quarantined", "once more")
    assert running(history) == 2
    assert history.counterexamples() == ("score(0)",)
    history.expel(2, "retired", "worse")
    assert running(history) == 1
    assert history.add(candidate("2"), PASSED).state == "verified"


def test_diff_shows_two_versions_or_the_original(history: History) -> None:
    """As `diff -u` does, of the files as they are."""
    assert history.diff(1, 2).splitlines() == [
        "--- shop.score v1", "+++ shop.score v2", "@@ -1,2 +1,2 @@", " def score(n):", "-    return 1", "+    return 2",
    ]  # fmt: skip
    assert history.diff(0, 1).startswith("--- shop.score original\n")
    assert history.diff(2, 2) == ""
    with pytest.raises(StateError, match="no version 8"):
        history.diff(1, 8)


def test_the_trail_tells_every_change_in_order(history: History) -> None:
    """What, when, from which state to which, why."""
    history.rollback(reason="complaints")
    history.pin(1)
    history.unpin()
    history.rollback(0)
    told = [(one.event, one.version, one.before, one.after, one.reason) for one in history.audit()]
    assert told[:3] == [
        ("added", 1, "", "verified", "by template"), ("moved", 1, "verified", "active", "a test"),
        ("added", 2, "", "verified", "by template"),
    ]  # fmt: skip
    assert told[-6:] == [
        ("rolled back", 3, "active", "retired", "complaints"), ("serves again", 2, "retired", "active", "complaints"),
        ("pinned", 1, "", "", "by hand"), ("unpinned", 1, "", "", "by hand"),
        ("rolled back", 2, "active", "retired", "asked for by hand"), ("serves again", 0, "", "", "asked for by hand"),
    ]  # fmt: skip
    assert [one.sequence for one in history.audit()] == list(range(1, len(told) + 1))
    assert str(history.audit()[-1]).endswith("the original  serves again: asked for by hand")


@pytest.mark.parametrize("torn", [b'{"sequence": 99, "at', b"\x00" * 300, b"\xff\xfe", b"[1, 2]\n", b'"text"\n'])
def test_a_torn_line_in_the_trail_costs_nothing(history: History, torn: bytes) -> None:
    """What a crash left half-written is left out, what it was to say is written again, and the trail goes on."""
    trail = Path(history.file_of("audit.jsonl"))
    whole = history.audit()
    lines = trail.read_bytes().splitlines(keepends=True)
    trail.write_bytes(b"".join(lines[:-1]) + torn)
    assert history.audit() == whole
    history.pin(1)
    assert history.audit()[:-1] == whole
    assert history.audit()[-1].event == "pinned"


def test_a_trail_that_is_gone_begins_anew(history: History) -> None:
    """Versions do not depend on it."""
    Path(history.file_of("audit.jsonl")).unlink()
    assert running(history) == 3
    history.pin(1)
    assert [one.event for one in history.audit()] == ["moved", "moved", "pinned"]
