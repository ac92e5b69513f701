"""Held-out attacks and benign programs, each run whole and judged from outside: `tests/corpus/sandbox`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dana_sandbox.run import run_untrusted
from tests.sandbox.judge import Case, Judge, live_part, read_corpus, same

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(__file__).parents[1] / "corpus" / "sandbox"
CASES = read_corpus(CORPUS)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """A judge with its secrets planted in a folder that is the current one while the cases run."""
    folder = tmp_path_factory.mktemp("canary")
    before, token = Path.cwd(), os.environ.get("CANARY_TOKEN")
    os.chdir(folder)
    made = Judge(folder, run_untrusted)
    run_untrusted("result = 1")  # what a first call loads is no change made by a case
    run_untrusted("import os")
    yield made
    os.chdir(before)
    os.environ.pop("CANARY_TOKEN") if token is None else os.environ.update(CANARY_TOKEN=token)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_ends_as_it_should(case: Case, judge: Judge) -> None:
    """An attack is refused, contained or harmless; a benign program gives exactly its value."""
    if "numpy" in case.modules:
        pytest.importorskip("numpy")
    judgement = judge.judge(case)
    assert judgement.verdict == "OK", f"{judgement.verdict}: {judgement.detail}"


def test_corpus_covers_every_family() -> None:
    """A family that lost its cases would pass unseen."""
    families = {case.family for case in CASES}
    assert families >= {
        *"async attr bomb_cpu bomb_mem bomb_out builtins class format frame import io match module net numpy".split(),
        *"parser proc state unicode capability legit".split(),
    }
    assert sum(case.expected == "accepted" for case in CASES) >= 100
    assert sum(case.expected != "accepted" for case in CASES) >= 250


class TestTheJudge:
    """A judge that sees nothing would find everything fine."""

    def test_live_objects_are_found_deep_down(self) -> None:
        """A function inside a tuple inside a dict is live."""
        assert live_part({"a": [1, (2, len)]}).startswith("value['a'][1][1]")
        assert live_part([{"a"}, {1: b"x"}, None]) == ""

    def test_subclasses_are_live(self) -> None:
        """A bool is plain, a subclass of str is not."""
        assert live_part(type("S", (str,), {})("x"))
        assert not live_part(True)

    def test_equal_values_of_other_types_differ(self) -> None:
        """1 is not True and not 1.0; nan is nan."""
        assert not same([1], [True])
        assert not same({"a": (1,)}, {"a": [1]})
        assert same([float("nan")], [float("nan")])
