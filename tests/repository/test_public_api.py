"""The names that users type: they exist, are documented and typed, and nothing else is promised."""

from __future__ import annotations

import inspect

import pytest

import dana_poet

PROMISED = {
    "Diagnostic", "Policy", "RunResult", "Session", "arun", "aevaluate", "aload", "check", "evaluate", "format",
    "load", "poet", "run", "transpile", "__version__", "dana_events", "feedback", "track_execution",
}  # fmt: skip
"""Renaming one of these needs a deprecation and a line in CHANGELOG.md."""


def test_all_promised_names_are_exported() -> None:
    """`from dana_poet import *` gives what the documentation names."""
    assert set(dana_poet.__all__) >= PROMISED
    assert set(dir(dana_poet)) >= PROMISED


@pytest.mark.parametrize("name", sorted(PROMISED - {"__version__"}))
def test_every_promised_name_is_documented_and_typed(name: str) -> None:
    """A docstring, and an annotation on every parameter and on the result of a function."""
    thing = getattr(dana_poet, name)
    assert inspect.getdoc(thing)
    if inspect.isfunction(thing):
        signature = inspect.signature(thing)
        assert signature.return_annotation is not inspect.Signature.empty
        assert [p.name for p in signature.parameters.values() if p.annotation is inspect.Parameter.empty] == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    """Lazy loading must not hide a typo."""
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = dana_poet.no_such_name
