"""Parameters of a `@poet` function learn from its calls and from verdicts."""

from __future__ import annotations

import importlib.util
import json
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet import feedback
from dana_poet.errors import PoetOptionError
from dana_poet.learned import close_all
from dana_poet.stages.learning import Report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def module(tmp_path: Path) -> Iterator[Any]:
    """Make a module of a text, beside which its functions keep what they learn."""
    made: list[str] = []

    def make(text: str, name: str = "watcher") -> Any:
        file = tmp_path / f"{name}.py"
        file.write_text("from dana_poet import poet\n" + textwrap.dedent(text))
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        found = importlib.util.module_from_spec(spec)
        sys.modules[name] = found
        made.append(name)
        spec.loader.exec_module(found)
        return found

    yield make
    close_all()
    for name in made:
        sys.modules.pop(name, None)


ALARM = """
@poet(learning="online", parameters={"threshold": {"low": 0.5, "high": 6.0}})
def alarm(value: float, threshold: float = 1.0) -> dict:
    return {"alarm": value > threshold, "threshold": threshold}
"""


def test_a_threshold_learns_from_verdicts(module: Any, tmp_path: Path) -> None:
    """Values below 3 are no alarm: the threshold moves up there, and the caller never passes it."""
    alarm = module(ALARM).alarm
    for number in range(400):
        value = (number * 7 % 60) / 10
        found = alarm(value)
        feedback(found, {"correct": found["alarm"] == (value > 3.0)})
        if number % 20 == 19:
            assert alarm.poet.learning.wait(30)
    served = alarm.poet.learning.served["threshold"]
    assert 1.5 < served < 4.5
    assert alarm(0.0, threshold=2.0)["threshold"] == 2.0
    told = json.loads((tmp_path / ".poet" / "alarm_params.json").read_text())
    assert told["parameters"]["threshold"]["value"] == served
    assert told["confidence"]["threshold"] >= 0.9
    assert told["reason"]


def test_what_was_learned_is_there_after_a_restart(module: Any, tmp_path: Path) -> None:
    """The next process begins with what is served."""
    alarm = module(ALARM).alarm
    assert alarm(2.0)["threshold"] == 1.0
    learning = alarm.poet.learning
    for number in range(60):
        learning._tell(_report(1.0 if number % 2 else 0.1, number))
    assert learning.wait(30)
    served = dict(learning.served)
    close_all()
    again = module(ALARM).alarm
    again(2.0)
    assert again.poet.learning.served == served
    assert (tmp_path / ".poet" / "learning.json").exists()


def _report(quality: float, number: int) -> Report:
    return Report({"threshold": 3.0 if quality == 1.0 else 1.0}, quality, f"run-{number}")


def test_off_learns_nothing(module: Any, tmp_path: Path) -> None:
    """`learning="off"`, a feature flag, and a function without parameters to learn."""
    text = """
    @poet(domain="ml_monitoring", learning="off", parameters={"threshold": (0.5, 6.0)})
    def first(value: float, threshold: float = 1.0) -> bool:
        return value > threshold

    @poet(learning="online", features={"learning": False}, parameters={"threshold": (0.5, 6.0)})
    def second(value: float, threshold: float = 1.0) -> bool:
        return value > threshold

    @poet(learning="online")
    def third(value: float) -> float:
        return value
    """
    made = module(text)
    assert made.first(2.0) is True
    assert made.second(2.0) is True
    assert made.third(2.0) == 2.0
    assert [one.poet.learning for one in (made.first, made.second, made.third)] == [None, None, None]
    assert not (tmp_path / ".poet" / "learning.json").exists()


def test_a_parameter_that_the_user_fixed_stays(module: Any) -> None:
    """`timeout=3` is no start value."""
    text = """
    import urllib.request

    @poet(domain="api", learning="online", timeout=3.0)
    def fetch(url: str) -> str:
        return urllib.request.urlopen(url).read().decode()
    """
    fetch = module(text).fetch
    with pytest.raises(Exception, match="unknown url type"):
        fetch("nowhere")
    names = {one.name for one in fetch.poet.learning.specs}
    assert "timeout" not in names


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ('"threshold"', "parameters"),
        ('["speed"]', "speed"),
        ('{"threshold": {"lo": 1}}', "lo"),
        ('{"limit": (1, 2)}', "start"),
    ],
)
def test_parameters_that_make_no_sense_are_named(parameters: str, said: str, module: Any) -> None:
    """At the first call, when all names exist."""
    text = f"""
    @poet(learning="online", parameters={parameters})
    def alarm(value: float, threshold: float = 1.0) -> bool:
        return value > threshold
    """
    with pytest.raises(PoetOptionError, match=said):
        module(text).alarm(1.0)
