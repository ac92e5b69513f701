"""The gate: what a caller refuses without parsing."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_sandbox.gate import MAX_BRACKETS, MAX_CHARACTER_FINDINGS, gate

LIMIT = 64 * 1024


def rules(source: object, limit: int = LIMIT) -> list[str]:
    """The rules that the gate finds broken."""
    return [violation.rule for violation in gate(source, source_bytes=limit)]


@pytest.mark.parametrize("source", [b"x = 1", None, 3, ["x = 1"], ast.parse("x = 1")])
def test_only_text_may_pass(source: object) -> None:
    """Bytes would need a decoder that the program chooses."""
    assert rules(source) == ["input"]


def test_bytes_are_told_how_to_become_text() -> None:
    """The commonest slip."""
    assert "decode()" in gate(b"x", source_bytes=LIMIT)[0].hint


@pytest.mark.parametrize(
    ("source", "limit", "fits"), [("a" * 10, 10, True), ("a" * 11, 10, False), ("ä" * 6, 10, False)]
)
def test_size_is_counted_in_utf8(source: str, limit: int, fits: bool) -> None:
    """Six two-byte letters are twelve bytes."""
    assert (rules(source, limit) == []) is fits


@pytest.mark.parametrize(
    ("source", "line", "column", "escape"),
    [
        ("x = 1\0", 1, 6, "\\x00"),
        ("x = 1\ny\u200b = 2", 2, 2, "\\u200b"),
        ("# \u202e reversed", 1, 3, "\\u202e"),
        ("\ufeffx = 1", 1, 1, "\\ufeff"),
        ("x = '\ud800'", 1, 6, "\\ud800"),
        ("a = 1\r\nb = '\x1b[2J'", 2, 6, "\\x1b"),
        ("a = 1\rb = '\u2028'", 2, 6, "\\u2028"),
        ("s = '\U000e0041'", 1, 6, "\\U000e0041"),
        ("s = '\x85'", 1, 6, "\\x85"),
    ],
)
def test_hidden_characters_are_shown(source: str, line: int, column: int, escape: str) -> None:
    """A reader must see what Python sees; the hint gives the escape to write."""
    (violation,) = gate(source, source_bytes=LIMIT)
    assert (violation.line, violation.column, violation.rule) == (line, column, "character")
    assert escape in violation.hint


def test_hidden_characters_are_counted_up_to_a_limit() -> None:
    """Sixty thousand findings help nobody."""
    assert len(rules("\0" * 60_000)) == MAX_CHARACTER_FINDINGS


@pytest.mark.parametrize("source", ["x = 'é 漢字 🙂 ❤️'", "ñ = 1\t# тест", "s = 'a'\f\r\nt = 2", ""])
def test_ordinary_text_passes(source: str) -> None:
    """Letters of all scripts, emoji, tabs, form feeds and both line ends."""
    assert rules(source) == []


@pytest.mark.parametrize(
    ("source", "fits"),
    [
        ("[" * 100 + "]" * 100, True),
        ("[" * 101 + "]" * 101, False),
        ("x = " + "(" * 20_000, False),
        ("x = " + "{[(" * 50, False),
        ("f(a[0], {1: 2})\n" * 500, True),
        ("s = '" + "(" * 500 + "'", True),
        ('s = """\n' + "((\n" * 500 + '"""', True),
        ("# " + "(" * 500 + "\nx = 1", True),
        ("s = 'it\\'s " + "(" * 500 + "'", True),
        ("s = f'{x}" + "(" * 500 + "'", True),
        ("s = '''a'b''c" + "(" * 500 + "'''", True),
        ("s = 'never closed (((\n" * 200, True),
        ("'''''' " + "(" * 101, False),
        ("s = '\\\n" + "(" * 500 + "'", True),
    ],
)
def test_brackets_are_counted_outside_text(source: str, fits: bool) -> None:
    """Brackets in strings and comments are text."""
    assert rules(source) == ([] if fits else ["size"])


def test_nesting_has_a_place() -> None:
    """The bracket that is too many."""
    (violation,) = gate("x = 1\ny = " + "(" * 200, source_bytes=LIMIT)
    assert (violation.line, violation.column) == (2, 5 + MAX_BRACKETS)


@given(st.text() | st.text(alphabet="'\"\\#()[]{}\n\r fx\0") | st.binary() | st.none())
def test_gate_never_raises(source: object) -> None:
    """Whatever a model or an attacker sends."""
    for violation in gate(source, source_bytes=200):
        assert violation.rule in {"input", "size", "character"}
        assert violation.message
        assert violation.hint


@given(
    st.lists(st.sampled_from(["(", ")", "[", "]", "'", '"', "'''", "#", "\n", "a", "\\"]), max_size=400).map("".join)
)
def test_a_program_that_python_reads_is_not_called_nested(source: str) -> None:
    """Python itself gives up at 200 brackets; what it reads below our limit passes."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    assert source.count("(") + source.count("[") > MAX_BRACKETS or rules(source) == []
