"""What decisions come to: a better version is written where the function is loaded, a bad one is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.codegen.generator import Candidate
from dana_poet.codegen.lifecycle import Lifecycle
from dana_poet.codegen.original import Original
from dana_poet.codegen.wanted import WANTED
from dana_poet.events import session_store
from dana_poet.orchestration import LearningOrchestrator, acting
from dana_poet.orchestration.aggregator import Aggregate
from dana_poet.orchestration.patterns import PatternAnalyzer
from dana_poet.runtime import feedback_place

if TYPE_CHECKING:
    from pathlib import Path


def shown(value: int) -> str:
    """Show a value."""
    return f"<{value}>"


BETTER = "def shown(value: int) -> str:\n    return '<' + str(value) + '>'\n"


class Fixed:
    """A generator that always gives the same."""

    name = "fixed"

    def __init__(self) -> None:
        self.requests: list[Any] = []

    def generate(self, request: Any) -> Candidate:
        """Return the better version."""
        self.requests.append(request)
        return Candidate(BETTER, "model", self.name)


def lifecycle(folder: Path, generator: Any = None, **options: Any) -> Lifecycle:
    """Return the lifecycle of the function."""
    given = {"promotion": "verified", **options, **({"generator": generator} if generator is not None else {})}
    return Lifecycle(Original.of(shown), shown, folder=str(folder), options=given, implement=lambda _function: None)


def patterns() -> Any:
    """Return what 40 verdicts of which 30 say "wrong" show."""
    one = Aggregate("f", 1, 60, 60, 0.1, 40, 10, 30, 0, 0, 0, 0.0, 0.0, 0.0, 0.0, None, 0.0, 1.0)
    return PatternAnalyzer().find(one)


def test_a_loaded_function_writes_a_better_version(tmp_path: Path) -> None:
    """The patterns are the feedback of the prompt."""
    generator = Fixed()
    here = lifecycle(tmp_path, generator, features={"generation": False})
    here.start()
    assert acting.regenerate(here.name, patterns()) == "a generation is started"
    assert here.wait(60)
    assert [one.state for one in here.versions] == ["active"]
    assert "75%" in generator.requests[0].feedback[0]
    here.close()


@pytest.mark.parametrize("generator", [None, "nobody"])
def test_what_nobody_can_do_is_left_for_who_can(generator: str | None, tmp_path: Path) -> None:
    """A function without a generator, and one that is not loaded."""
    here = lifecycle(tmp_path)
    name = "elsewhere.f" if generator else here.name
    with pytest.raises(acting.NobodyHereError):
        acting.regenerate(name, patterns())
    with pytest.raises(acting.NobodyHereError):
        acting.rolling_back(str(tmp_path))("elsewhere.f", None, "it is worse")


def test_what_another_process_asked_for_is_done_at_the_next_start_once(tmp_path: Path) -> None:
    """The event is taken by the function that it names, and no other."""
    store = session_store(tmp_path)
    here = lifecycle(tmp_path)
    told = {"reason": "too many false alarms", "patterns": {"false_positive_reasons": ["it was a holiday"]}}
    store.publish(WANTED, {"function": here.name, **told})
    store.publish(WANTED, {"function": "another.f", **told})
    store.flush()
    generator = Fixed()
    started = lifecycle(tmp_path, generator, features={"generation": False})
    started.start()
    assert started.wait(60)
    assert generator.requests[0].feedback == ("too many false alarms", "it was a holiday")
    again = lifecycle(tmp_path, generator, features={"generation": False})
    again.start()
    assert again.wait(60)
    assert len(generator.requests) == 1
    left = store.claim(10, owner="test", types=[WANTED])
    assert [one.payload["function"] for one in left] == ["another.f"]
    started.close()
    again.close()


def test_a_version_is_taken_back_in_the_folder(tmp_path: Path) -> None:
    """Also by a process that has not loaded the function; where it is loaded, the original serves at once."""
    here = lifecycle(tmp_path, Fixed())
    here.start()
    assert here.wait(60)
    assert here.serving is not None
    said = acting.rolling_back(str(tmp_path))(here.name, None, "40% of the alarms are wrong")
    assert said == "the original serves again"
    assert here.serving is None
    assert "40% of the alarms are wrong" in str(here.history.audit()[-2]) + str(here.history.audit()[-1])


def test_the_orchestrator_of_a_folder_acts(tmp_path: Path) -> None:
    """Its seams are filled unless the caller fills them."""
    with (
        LearningOrchestrator.for_folder(tmp_path) as usual,
        LearningOrchestrator.for_folder(tmp_path, regenerate=None) as own,
    ):
        assert usual.regenerate is acting.regenerate
        assert usual.roll_back is not None
        assert own.regenerate is None


def test_without_a_store_the_nearest_folder_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`LearningOrchestrator().process()` does what `dana-poet learn run` does, and so does the path of the folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(feedback_place, "nearest", lambda: None)
    for given in ((), (".poet",), (tmp_path / ".poet",)):
        with LearningOrchestrator(*given) as learning:
            assert learning.process().problems == ()
            assert learning.folder == str(tmp_path / ".poet")
            assert learning.regenerate is acting.regenerate
