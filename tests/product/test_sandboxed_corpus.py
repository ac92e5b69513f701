"""Every program of the corpora does in the sandbox what it does without, but for those that need what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import dana_poet
from tests.product import cases, dialogues
from tests.product.test_agents_and_pipelines import compare_error, contains_in_order

if TYPE_CHECKING:
    from pathlib import Path

    from tests.product.cases import Case
    from tests.product.dialogues import Told

SANDBOX = dana_poet.Policy(sandbox=True)
OWN = "it imports a Python module of its own folder"
OUTSIDE = "the resource reaches out of the sandbox"
NO_MODEL = "the message says how a model is named for the sandbox"
EXCEPTIONS: dict[str, str] = {
    "classes of Python modules": OWN,
    "implicit return looks into match, try and with": OWN,
    "functions in scope: imported by name, by star, from Python": OWN,
    "decorators from Python": OWN,
    "text from Python mixes whatever its class": OWN,
    "results of promises mix": OWN,
    "Python modules of the program's own folder": OWN,
    "with closes what it opens": OWN,
    "match on dotted values": OWN,
    "slices of several dimensions": OWN,
    "a Python module that the policy does not allow": "the message names what the sandbox offers",
    "a Python module that is not there": "the sandbox does not tell what is installed",
    "the parts of os that any program may use": "the sandbox offers no part of os",
    "errors do not show frames through their other names": "hasattr with such a name is refused before the program runs",
    "a context manager of Python": "the sandbox offers contextlib, with the part that is harmless",
    "without a model the error says how to configure one": NO_MODEL,
    "without a model the error names both ways": NO_MODEL,
    "parallel members run at once": "there is one thread: they run one after the other",
    "config from values and a file": OUTSIDE,
    "filesystem stays below its root": OUTSIDE,
    "timer": OUTSIDE,
    "webhook refuses what was not allowed": OUTSIDE,
    "knowledge finds the passage": OUTSIDE,
    "knowledge reads nothing before it is asked": OUTSIDE,
    "knowledge that is not there is an error of the query": OUTSIDE,
    "mcp needs to know where": OUTSIDE,
    "python code needs the sandbox, under both names": OUTSIDE,
    "env": "the environment is empty",
}
"""Titles of cases that differ, and why. One that does the same after all fails here."""


def all_cases() -> list[Any]:
    """Return every case of both corpora; those that differ are marked with their reason."""
    found: list[Any] = []
    everything: list[Any] = [*cases.all_cases(), *dialogues.all_cases()]
    for param in everything:
        case, reason = param.values[0], EXCEPTIONS.get(param.values[0].title)
        marks = [pytest.mark.xfail(reason=reason, raises=AssertionError)] if reason else []
        found.append(pytest.param(case, id=param.id, marks=marks))
    return found


@pytest.mark.parametrize("case", all_cases())
def test_a_program_does_the_same_in_the_sandbox(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Output to the letter, errors by code, place and text, questions to a model by what they contain."""
    found = dialogues.told(case, tmp_path, capsys, monkeypatch, SANDBOX)
    compare(case, found)


def compare(case: Case, found: Told) -> None:
    """Compare what a case did in the sandbox with what is expected of it without."""
    if case.error is None:
        assert not found.report, found.report
    else:
        code, lines = case.error
        compare_error(found, code, [line if not line.startswith("at ") else f":{line[3:]}: error" for line in lines])
    if "output" in case.sections:
        assert found.output == case.sections["output"]
    if "value" in case.sections and not isinstance(found.value, dict):
        assert repr(found.value) == case.sections["value"].strip()
    if "asked" in case.sections:
        assert len(found.asked) == len(case.sections["asked"].splitlines())
    contains_in_order(found.errors, case.sections.get("stderr", ""))
