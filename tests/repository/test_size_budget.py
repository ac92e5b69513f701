"""Size is a budget: no function over 60 lines, no file over 400, and small on the whole."""

from __future__ import annotations

import ast
import importlib.util
import statistics
from pathlib import Path

import pytest

PACKAGES = ("dana_poet", "dana_grammar")
GENERATED = {"_tables.py"}
LONG_FILES: dict[str, str] = {
    "dana_grammar/statements.py": "every statement node, one class each: a list to look things up in",
}
"""Files that may be longer than 400 lines, each with its reason."""


def sources() -> dict[str, str]:
    """Return the text of every Python file of the installed packages, by `package/path.py`."""
    found = {}
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.submodule_search_locations
        root = Path(spec.submodule_search_locations[0])
        for path in sorted(root.rglob("*.py")):
            if path.name not in GENERATED:
                found[f"{package}/{path.relative_to(root).as_posix()}"] = path.read_text(encoding="utf-8")
    return found


def function_lengths(source: str) -> dict[str, int]:
    """Return the lines of each function of a Python file, by `name:line`.

    >>> function_lengths("def f():\\n    return 1\\n")
    {'f:1': 2}
    """
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    return {f"{node.name}:{node.lineno}": (node.end_lineno or 0) - node.lineno + 1 for node in functions}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Read the sources once."""
    return sources()


def test_no_function_is_longer_than_a_page(texts: dict[str, str]) -> None:
    """Over 60 lines nobody sees the whole."""
    lengths = {f"{file}:{name}": n for file, text in texts.items() for name, n in function_lengths(text).items()}
    assert {name: n for name, n in lengths.items() if n > 60} == {}


def test_no_file_is_longer_than_its_budget(texts: dict[str, str]) -> None:
    """Over 400 lines a file has two subjects; the exceptions have a reason."""
    lengths = {file: len(text.splitlines()) for file, text in texts.items() if file not in LONG_FILES}
    assert {file: n for file, n in lengths.items() if n > 400} == {}


def test_functions_are_small_on_the_whole(texts: dict[str, str]) -> None:
    """Median at most 8 lines, 95 of 100 at most 35."""
    lengths = sorted(n for text in texts.values() for n in function_lengths(text).values())
    assert statistics.median(lengths) <= 8
    assert lengths[len(lengths) * 95 // 100] <= 35


def test_every_module_says_what_it_is_for(texts: dict[str, str]) -> None:
    """A newcomer reads the first line and knows whether to read on."""
    assert [file for file, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))] == []


def test_nothing_is_left_for_later(texts: dict[str, str]) -> None:
    """Plans are kept where plans are kept, not in the code."""
    words = ("TODO", "FIXME", "XXX", "HACK")
    assert [file for file, text in texts.items() if any(f"# {word}" in text for word in words)] == []
