"""`dana-poet explain`: every code that any part of the source uses has a page that is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dana_poet.cli.codes import all_codes, catalogue, explain
from dana_poet.runtime.session import check

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"\"(D\d{4})\"")
PAGES = catalogue()
CHECKED = [code for code, page in PAGES.items() if code < "D2" and page.wrong]


def used_codes() -> set[str]:
    """Return the codes that the source writes down."""
    folders = (ROOT / "dana_poet", ROOT / "grammar", ROOT / "sandbox", ROOT / "learning")
    files = (path for folder in folders for path in folder.rglob("*.py"))
    return {code for path in files for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_code_in_the_source_is_explained() -> None:
    """A code in a message is a promise that `explain` knows it."""
    assert used_codes() - set(PAGES) == set()


@pytest.mark.parametrize("code", PAGES)
def test_a_page_says_what_the_code_means(code: str) -> None:
    """A title alone repeats the message that sent the reader here."""
    page = PAGES[code]
    assert page.title
    assert page.meaning
    assert bool(page.wrong) == bool(page.right)
    assert explain(code).startswith(f"{code}: {page.title}\n")


@pytest.mark.parametrize("code", CHECKED)
def test_a_wrong_example_yields_its_code_and_the_right_one_nothing(code: str) -> None:
    """The examples are programs, not drawings of programs."""
    page = PAGES[code]
    assert code in {one.code for one in check(page.wrong)}
    # The right example of a syntax code may leave out what it calls.
    assert check(page.right, syntax_only=code < "D1") == []


@pytest.mark.parametrize("code", [code for code, page in PAGES.items() if code >= "D2" and page.wrong])
def test_a_wrong_program_fails_with_its_code_and_the_right_one_runs(code: str) -> None:
    """Runtime codes are shown by running."""
    page = PAGES[code]
    assert code_of_run(page.wrong) == code
    assert code_of_run(page.right) == ""


def code_of_run(text: str) -> str:
    """Run a program; return the code of the error that it fails with."""
    from dana_poet.runtime.explanations import code_of
    from dana_poet.runtime.session import Session

    try:
        Session().run(text)
    except Exception as error:  # noqa: BLE001 - any error has a code
        return code_of(error)
    return ""


def test_an_unknown_code_names_the_nearest() -> None:
    """A slip of the finger should not end the search."""
    page = explain("D002")
    assert page.startswith("there is no code 'D002'")
    assert "D0002" in page
    assert "there is no code 'what'" in explain("what")


def test_codes_are_found_in_any_case() -> None:
    """Nobody presses shift for this."""
    assert explain(" d1001 ") == explain("D1001")


def test_all_codes_are_listed_in_order() -> None:
    """One line for each, the code first: scripts read it."""
    codes = [line.split()[0] for line in all_codes()]
    assert codes == sorted(codes)
    assert set(codes) == set(PAGES)


def test_a_page_shows_what_the_program_would_say() -> None:
    """The reader recognises the message that sent them here."""
    page = explain("D1001")
    assert "error[D1001]: 'totl' is not defined" in page
    assert "did you mean 'total'?" in page
