"""How mistakes are shown: marks stand under what they mean, whatever the text is made of."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_grammar.errors import Diagnostic
from dana_grammar.show_error import WIDTH, render, render_all, to_json, to_sarif
from dana_grammar.span import Span

TEXT = "x = 1\nif x > 1\n    stop()\n"


def diagnostic(span: Span, **more: object) -> Diagnostic:
    """Return a diagnostic at a place."""
    return Diagnostic(**{"code": "D0002", "message": "expected ':'", "span": span, "file": "m.na", **more})  # type: ignore[arg-type]


def marked(line: str, start: int, end: int) -> tuple[str, str]:
    """Return how one line and its marks are shown, without what numbers them."""
    shown, marks = render(diagnostic(Span(1, start, 1, end)), line).split("\n")[1:]
    return shown.partition(" | ")[2], marks.partition(" | ")[2]


def test_the_whole_format() -> None:
    """People and editors know this format by heart: place, severity, code, lines, marks, hint."""
    shown = render(diagnostic(Span(2, 9, 2, 10), hint="write ':' at the end of the line"), TEXT)
    assert shown == (
        "m.na:2:9: error[D0002]: expected ':'\n"
        "    1 | x = 1\n"
        "    2 | if x > 1\n"
        "      |         ^\n"
        "   hint: write ':' at the end of the line"
    )


@pytest.mark.parametrize("severity", ["error", "warning", "note"])
def test_the_severity_is_a_word(severity: str) -> None:
    """Colour alone tells nothing in a log file."""
    assert f"m.na:1:1: {severity}[D0002]" in render(diagnostic(Span(1, 1, 1, 2), severity=severity), TEXT)


def test_a_text_that_cannot_be_read_leaves_the_message() -> None:
    """A file may be gone when its error is shown."""
    assert (
        render(diagnostic(Span(7, 3, 7, 4), hint="look"), "") == "m.na:7:3: error[D0002]: expected ':'\n   hint: look"
    )


def test_related_places_are_shown_with_their_lines() -> None:
    """Where the bracket was opened is half of the message."""
    shown = render(diagnostic(Span(3, 5, 3, 9), related=((Span(1, 1, 1, 2), "opened here"),)), TEXT)
    assert "   opened here (line 1)\n    1 | x = 1\n      | ^" in shown


def test_each_line_of_a_span_is_marked() -> None:
    """From the first character on the first line to the last on the last one, without the indentation between."""
    shown = render(diagnostic(Span(1, 5, 3, 9)), TEXT)
    assert [line.partition(" | ")[2] for line in shown.split("\n")[1:]] == [
        "x = 1", "    ^", "if x > 1", "^^^^^^^^", "    stop()", "    ^^^^",
    ]  # fmt: skip


def test_a_long_span_is_cut_in_the_middle() -> None:
    """A hundred marked lines hide the message above them."""
    text = "\n".join(f"line{number}" for number in range(1, 101))
    shown = render(diagnostic(Span(1, 1, 100, 8)), text)
    assert "line100" in shown
    assert "..." in shown
    assert len(shown.split("\n")) < 12


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "marks"),
    [
        ("\tx = y", 6, 7, "    x = y", "        ^"),
        ("日本 = y", 6, 7, "日本 = y", "       ^"),
        ("x = 日本", 5, 7, "x = 日本", "    ^^^^"),
        ("e\u0301 = y", 6, 7, "e\u0301 = y", "    ^"),
        ("a\x00b = y", 7, 8, "a␀b = y", "      ^"),
        ("a\u202eb", 3, 4, "a\\u202eb", "       ^"),
        ("x", 2, 3, "x", " ^"),
    ],
)
def test_marks_stand_under_what_they_mean(line: str, start: int, end: int, shown: str, marks: str) -> None:
    """Tabs, wide, combining and control characters do not take one column each."""
    assert marked(line, start, end) == (shown, marks)


def test_a_very_long_line_is_shown_around_its_mark() -> None:
    """The end of a line of 10,000 characters is no use."""
    line = "x" * 5_000 + " = WRONG " + "y" * 5_000
    shown, marks = marked(line, 5_004, 5_009)
    place = shown.index("WRONG")
    assert shown.startswith("...")
    assert shown.endswith("...")
    assert len(shown) <= WIDTH + 6
    assert marks == " " * place + "^^^^^"


def test_a_byte_order_mark_moves_nothing() -> None:
    """The parser does not count it, so the marks must not either."""
    assert marked("\ufeffx = y", 5, 6) == ("x = y", "    ^")


def test_colour_adds_only_colour() -> None:
    """Without its escape codes the coloured form is the plain one."""
    plain = render(diagnostic(Span(2, 4, 2, 9), hint="h"), TEXT)
    painted = render(diagnostic(Span(2, 4, 2, 9), hint="h"), TEXT, color=True)
    assert painted != plain
    for code in ("\033[1;31m", "\033[1m", "\033[2m", "\033[0m"):
        painted = painted.replace(code, "")
    assert painted == plain


places = st.integers(-2, 40)


@given(st.text(max_size=60), places, places, places, places)
def test_no_span_is_too_wrong_to_be_shown(text: str, line: int, column: int, end_line: int, end_column: int) -> None:
    """Showing an error must never be the error; and no control character reaches the terminal."""
    shown = render(diagnostic(Span(line, column, end_line, end_column), related=((Span(line, 1, 1, 1), "r"),)), text)
    assert shown.startswith(f"m.na:{line}:{column}: error[D0002]: expected ':'")
    assert all(character.isprintable() or character == "\n" or ord(character) > 0x9F for character in shown)


def test_all_diagnostics_take_the_text_of_their_file() -> None:
    """One run may report several files."""
    one, other = diagnostic(Span(1, 1, 1, 2)), diagnostic(Span(1, 1, 1, 2), file="n.na")
    shown = render_all([one, other], {"m.na": "first", "n.na": "second"})
    assert shown == f"{render(one, 'first')}\n{render(other, 'second')}"
    assert render_all([one], "first") == render(one, "first")


def test_json_has_exactly_the_documented_keys() -> None:
    """Tools read it; a missing or renamed key breaks them."""
    assert to_json(diagnostic(Span(2, 9, 3, 1), hint="h")) == {
        "file": "m.na", "code": "D0002", "severity": "error", "message": "expected ':'",
        "line": 2, "column": 9, "end_line": 3, "end_column": 1, "hint": "h",
    }  # fmt: skip


def test_sarif_has_what_the_standard_asks_for() -> None:
    """SARIF 2.1.0: version, runs, tool.driver.name, results with messages, regions that count from 1."""
    found = [
        diagnostic(Span(2, 9, 2, 10), hint="h", related=((Span(1, 1, 1, 2), "here"),)),
        diagnostic(Span(1, 2, 1, 3), code="D1001", severity="warning", file="/srv/my file.na"),
    ]
    log = json.loads(json.dumps(to_sarif(found)))
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"] == [{"id": "D0002"}, {"id": "D1001"}]
    first, second = run["results"]
    assert first["ruleId"] == run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"]
    assert first["message"] == {"text": "expected ':' (h)"}
    assert first["relatedLocations"][0]["message"] == {"text": "here"}
    assert second["level"] == "warning"
    assert second["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "file:///srv/my%20file.na"},
        "region": {"startLine": 1, "startColumn": 2, "endLine": 1, "endColumn": 3},
    }


@given(places, places, places, places)
def test_sarif_regions_are_valid_for_any_span(line: int, column: int, end_line: int, end_column: int) -> None:
    """The standard forbids zero and regions that end before they start."""
    log = to_sarif([diagnostic(Span(line, column, end_line, end_column), file="<dana>")])
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    region = place["region"]
    assert place["artifactLocation"]["uri"] == "%3Cdana%3E"
    assert min(region.values()) >= 1
    assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])
