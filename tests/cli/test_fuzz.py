"""Any text whatever gets an answer: diagnostics with a place from `check`, and only errors of ours or its own from `run`."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import dana_poet
from dana_grammar.errors import DanaSourceError, Diagnostic
from dana_poet.cli.main import main
from dana_poet.runtime.tracebacks import Failure

if TYPE_CHECKING:
    from pathlib import Path

WORDS = (
    "def f(x): struct agent pipeline input: output: state: if else elif while for in lambda :: | $$ as import from with "
    "match case try except raise return deliver private: public: system: local: @poet true none not and or is await "
    '= == += ( ) [ ] { } , . : ; // # " \' """ f" \\ -> ** * + - / % < > ! ? ~ ^ & 1 2.5 0x 1e x y name é 日本 \0 \ud800 '
    "interface resource workflow agent_blueprint export module global yield class del assert break continue pass"
).split(" ")
PIECES = st.lists(st.sampled_from([*WORDS, "\n", "\n    ", "\n\t", " ", "    "]), max_size=40).map(" ".join)
SAFE = (
    "x y + - * / ( ) [ ] { } , : = == < 1 0 2.5 'a' \"b\" len str print not or and if else for in none true | $$ . f"
).split(" ")
PROGRAMS = st.lists(st.sampled_from([*SAFE, "\n"]), max_size=25).map(" ".join)


def is_in(diagnostic: Diagnostic, text: str) -> bool:
    """Whether a diagnostic points into its text, or right behind its end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line, column, end_line, end_column = diagnostic.span
    return 1 <= line <= len(lines) + 1 and column >= 1 and (line, column) <= (end_line, end_column)


@given(st.one_of(st.text(), PIECES, st.binary().map(lambda data: data.decode("latin-1"))))
@example("\ud800")
@example("(" * 1000)
@example("x = " + "-" * 1000 + "1")
@example("if x:\n" * 500)
@example("f'{" * 100)
@settings(max_examples=300)
def test_check_answers_any_text(text: str) -> None:
    """Diagnostics with a code, a message and a place; never an exception."""
    for diagnostic in dana_poet.check(text):
        assert diagnostic.code.startswith("D")
        assert diagnostic.message
        assert is_in(diagnostic, text), diagnostic


@given(st.one_of(PIECES, st.text(max_size=30)))
@settings(max_examples=200)
def test_format_and_transpile_refuse_with_diagnostics(text: str) -> None:
    """What cannot be read is a DanaSourceError, and nothing else."""
    for verb in (dana_poet.format, dana_poet.transpile):
        with contextlib.suppress(DanaSourceError):
            verb(text)


@given(PROGRAMS)
@settings(max_examples=300)
def test_a_session_fails_in_the_programs_own_terms(text: str) -> None:
    """Whatever a program does wrong is reported at a place in it, and the session goes on."""
    session = dana_poet.Session()
    try:
        session.run(text)
    except Exception as error:  # noqa: BLE001 - any error of a random program must be reported well
        failure = Failure(error)
        assert failure.diagnostics
        for diagnostic in failure.diagnostics:
            assert diagnostic.file.startswith("<input"), failure.text()
            assert is_in(diagnostic, text), failure.text()
        assert "Traceback" not in failure.text()
        assert "_dana_" not in failure.text()
        assert failure.data()["diagnostics"]
    assert session.run("1 + 1").value == 2


@pytest.mark.parametrize("verb", ["run", "check", "fmt", "transpile"])
@given(data=st.one_of(st.binary(max_size=200), PROGRAMS.map(str.encode)))
@settings(max_examples=60)
def test_every_verb_takes_a_file_of_any_bytes(verb: str, data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The documented exit codes, and no Python traceback."""
    path: Path = tmp_path_factory.getbasetemp() / "any.na"
    path.write_bytes(data)
    out, errors = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        code = main([verb, str(path)])
    assert code in {0, 1, 2, 3}
    assert "Traceback" not in errors.getvalue()


@given(
    words=st.lists(
        st.one_of(st.text(max_size=10), st.sampled_from(["--json", "--state", "a=1", "a=[", "x.na", "--trace", "@"])),
        max_size=5,
    )
)
@settings(max_examples=150)
def test_run_takes_any_words(words: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Wrong usage is exit code 2 and one line."""
    path: Path = tmp_path_factory.getbasetemp() / "fine.na"
    path.write_text("def __main__(**given): len(given)\n")
    out, errors = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        code = main(["run", str(path), *words])
    assert code in {0, 1, 2, 3}
    if code == 2 and "--json" not in words:
        assert len(errors.getvalue().strip("\n").splitlines()) >= 1
    assert "Traceback" not in errors.getvalue()
