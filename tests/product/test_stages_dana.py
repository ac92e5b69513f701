"""`@poet` in Dana: pipelines stay pipelines; agents and modules share their options with what is inside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import dana_poet
from dana_poet import PoetValidationError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kept_elsewhere")

FLAKY = """
tries = [0]
def flaky(x):
    tries[0] += 1
    if tries[0] % 2 == 1:
        raise ConnectionError("gone")
    x
"""

AROUND = {
    "a function": "@poet(retries=1)\ndef f(x: int): flaky(x)\nf(1)",
    "a pipeline block": "@poet(retries=1)\npipeline p:\n    input: x\n    y = flaky(x)\n    output: y\np(1)",
    "a declared pipeline": "@poet(retries=1)\ndef p(x) = flaky\np(1)",
    "a method": "agent A:\n    @poet(retries=1)\n    def get(self, x): flaky(x)\nA.get(1)",
    "a pipeline of an agent": (
        "agent A:\n    @poet(retries=1)\n    pipeline p:\n        input: x\n        y = flaky(x)\n        output: y\nA.p(1)"
    ),
    "an agent, for its methods": "@poet(retries=1)\nagent A:\n    def get(self, x): flaky(x)\nA.get(1)",
    "an agent, for its pipelines": (
        "@poet(retries=1)\nagent A:\n    pipeline p:\n        input: x\n        y = flaky(x)\n        output: y\nA.p(1)"
    ),
    "an agent, for methods with a @poet": "@poet(retries=1)\nagent A:\n    @poet\n    def get(self, x): flaky(x)\nA.get(1)",
    "a module": "@poet(retries=1)\nmodule M:\n    def f(x): flaky(x)\nM.f(1)",
    "mapping a pipeline": "@poet(retries=1)\ndef p(x) = flaky\np.map([1])[0]",
    "a pipeline in a longer one": "@poet(retries=1)\ndef p(x) = flaky\n(p | int)(1)",
}


@pytest.mark.parametrize("text", AROUND.values(), ids=AROUND)
def test_a_failure_that_passes_is_tried_again_in(text: str) -> None:
    """Whatever `@poet` stands on, its calls are run the same way."""
    assert dana_poet.evaluate(FLAKY + text) == 1


def test_a_pipeline_keeps_what_pipelines_have() -> None:
    """Stages, description, traced runs, and its options."""
    text = "@poet(retries=1, line='A')\ndef p(x: int) = str | len\n[p, p.describe(), p.run(12, trace=true).value, p.poet.options]"
    made, table, value, options = dana_poet.evaluate(text)
    assert [stage.name for stage in made.stages] == ["str", "len"]
    assert "str" in table
    assert (value, options, made.poet.calls) == (2, {"retries": 1, "line": "A"}, 0)
    assert list(made.stream([1, 22])) == [1, 2]
    assert made.poet.calls == 2


def test_an_agent_shares_its_options_as_defaults() -> None:
    """What a method writes itself goes first; what is about the agent stays with it; a goal alone wraps nothing."""
    text = """
@poet(retries=4, timeout=9, description="x")
agent A:
    @poet(retries=1)
    def get(self): 1
@poet(capability="drift_detection")
agent B:
    def get(self): 1
[A.get.poet.options, hasattr(B.get, "poet")]
"""
    assert dana_poet.evaluate(text) == [{"retries": 1, "timeout": 9}, False]


def test_hints_of_dana_convert_text_and_take_null() -> None:
    """As the language does for values from outside; the result is looked at the same way."""
    text = "@poet\ndef f(x: int, y: str, z: list) -> float: [x, y, z] | len\nf('3', null, '[1, 2]')"
    found = dana_poet.evaluate(text)
    assert (found, type(found)) == (3.0, float)
    with pytest.raises(PoetValidationError, match=r"parameter 'x' takes int, got 'many' \(str\)"):
        dana_poet.evaluate("@poet\ndef f(x: int): x\nf('many')")
    with pytest.raises(PoetValidationError, match="the result takes int"):
        dana_poet.evaluate("@poet\ndef f(x) -> int: [x]\nf(1)")


def test_what_a_dana_body_does_is_read_too() -> None:
    """From the Python that it runs as: a question to a model has a circuit breaker."""
    text = "@poet\ndef f(x): reason(x)\n@poet\ndef g(x): x + 1\n[f.poet.circuit, g.poet.circuit]"
    assert dana_poet.evaluate(text) == ["closed", "none"]


def test_the_sandbox_has_the_same_stages() -> None:
    """Its worker loads nothing later, so all that a first call and a first failure need is there; it keeps nothing."""
    text = """
@poet(domain="api", optimize_for="speed", retries=1)
def f(x: int) -> int: flaky(x)
@poet(domain="geometry", retries=1)
def p(x) = flaky | str
agent A:
    @poet(fallback="spare", retries=0)
    def get(self) -> str: raise ConnectionError("gone")
[f("1"), p(2), A.get(), f.poet.calls]
"""
    assert dana_poet.evaluate(FLAKY + text, policy=dana_poet.Policy.sandboxed()) == [1, "2", "spare", 1]


def test_functions_of_an_agent_get_its_domain_with_its_retries() -> None:
    """Stages that stand around them anyway read values as the agent's domain does."""
    text = """
@poet(domain="building_management", retries=2)
agent Room:
    def heat(self, target_temp: float) -> float: target_temp
Room.heat("68F")
"""
    assert dana_poet.evaluate(text) == 20.0


DOMAIN_ALONE = {
    "an agent": "agent T:\n    def heat(self, target_temp: float) -> float: target_temp\nT.heat('68F')",
    "an agent's receiver function": (
        "agent T:\n    x: int = 1\ndef (t: T) heat(target_temp: float) -> float: target_temp\nT.heat('68F')"
    ),
    "a blueprint": (
        "agent_blueprint B:\n    x: int = 1\n"
        "agent T(B):\n    def heat(self, target_temp: float) -> float: target_temp\nT.heat('68F')"
    ),
    "a struct": "struct T:\n    x: int\ndef (t: T) heat(target_temp: float) -> float: target_temp\nT(x=1).heat('68F')",
    "a resource": (
        "resource T:\n    x: int = 1\n    def heat(self, target_temp: float) -> float: target_temp\nT(x=1).heat('68F')"
    ),
    "a module": "module M:\n    def heat(target_temp: float) -> float: target_temp\nM.heat('68F')",
}


@pytest.mark.parametrize("text", DOMAIN_ALONE.values(), ids=DOMAIN_ALONE)
def test_a_domain_alone_reaches_the_functions_of(text: str) -> None:
    """Who writes the domain on the whole means what is inside; its own options come along."""
    assert dana_poet.evaluate(f'@poet(domain="building_management")\n{text}') == 20.0
    kelvin = dana_poet.evaluate(f'@poet(domain="building_management", temperature_unit="K")\n{text}')
    assert kelvin == pytest.approx(293.15)


def test_a_domain_leaves_helpers_and_goals_alone() -> None:
    """A name that begins with `_` is nobody's door; a goal is about a result that the author has to choose."""
    text = """
@poet(domain="building_management", optimize_for="comfort")
agent Room:
    def _inner(self, target_temp: float): target_temp
    def heat(self, target_temp: float): self._inner(target_temp)
    def raw(self, x): self._inner("68F")
[Room.raw(1), Room.heat("68F"), "optimize_for" in Room.heat.poet.options]
"""
    assert dana_poet.evaluate(text) == ["68F", 20.0, False]


def test_a_result_that_is_tracked_inside_keeps_the_id_that_its_blocks_wait_for() -> None:
    """The stages around the pipeline know its result by another execution, which nobody waits for."""
    text = """
@poet(domain="ml_monitoring", retries=1)
agent Monitor:
    state:
        heard: list
    def detect(self, data): {"drift": data.mean > 3}
    pipeline watch:
        input: data
        result = self.detect(data)
        id = track_execution(result)
        on_feedback_received(id) -> told:
            self.heard.append(told)
        output: result
r = Monitor.watch({"mean": 5})
feedback(r, {"was_real_drift": true})
len(Monitor.heard)
"""
    assert dana_poet.evaluate(text) == 1


def test_methods_of_two_agents_are_two_functions(tmp_path: Path) -> None:
    """Of one name, in one file: each has its own versions, calls and files."""
    (tmp_path / "two.na").write_text("""
@poet(domain="api")
agent A:
    def get(self, x: int) -> int: x + 1
agent B:
    @poet(domain="api")
    def get(self, x: int) -> int: x - 1
print(A.get(1), B.get(1))
""")
    dana_poet.run(tmp_path / "two.na", state=tmp_path / "kept")
    kept = [json.loads(path.read_text())["function"] for path in (tmp_path / "kept").glob("*_versions.json")]
    assert sorted((one["module"], one["qualname"]) for one in kept) == [("two", "A.get"), ("two", "B.get")]
