"""The Python door under `Policy.sandboxed()`: run, evaluate, load, sessions and their async twins."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import dana_poet
from dana_poet.errors import DanaTypeError, LimitError, LLMError, LLMNotConfigured, UsageError
from dana_poet.llm import ScriptedModel, use_model
from dana_poet.runtime.resources import use
from dana_poet.sandboxed.limits import DEFAULT
from dana_sandbox import RunOutcome, SandboxPolicy
from dana_sandbox.service import Service
from dana_sandbox.verdict import Violation

POLICY = dana_poet.Policy.sandboxed()
SHORT = dana_poet.Policy.sandboxed(limits=replace(DEFAULT, wall_seconds=1.0, memory_mib=128))
EXAMPLES = Path(__file__).parents[2] / "examples"
MODULE = """\
limit = 5
names = ["a", "b"]
struct Point:
    x: int
    y: int = 0
agent Counter:
    state:
        n: int
    def up(self) -> int:
        self.n += 1
        self.n
def double(x: int) -> int:
    print("doubling")
    x * 2
def triple(x): x * 3
def area(p): p.x * p.y
def point(x): Point(x=x)
def count(): Counter.up()
def fails(): 1 / 0
def hides(): double
def p(x) = double | triple
_secret = 1
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """Return a module with one of each kind of name."""
    path = tmp_path / "shapes.na"
    path.write_text(MODULE)
    return path


def test_run_gives_what_it_gives_without(tmp_path: Path) -> None:
    """Value, output, events, seconds and diagnostics."""
    path = tmp_path / "main.na"
    path.write_text(
        'def __main__(n: int):\n    dana_events.emit("seen", {"n": n})\n    print(n)\n    [n, "text"]\nx = totl\n'
    )
    path.write_text(
        'def __main__(n: int):\n    dana_events.emit("seen", {"n": n})\n    print(n)\n    unused = 5\n    [n, "text"]\n'
    )
    inside, outside = (dana_poet.run(path, {"n": "3"}, policy=policy) for policy in (POLICY, dana_poet.Policy()))
    assert (inside.value, inside.output) == (outside.value, outside.output) == ([3, "text"], "3\n")
    assert [(event.type, event.payload) for event in inside.events] == [("seen", {"n": 3})]
    assert inside.seconds > 0
    assert inside.diagnostics == outside.diagnostics


def test_values_that_stay_are_shown(tmp_path: Path) -> None:
    """A struct is a dict outside; a function stays, and its text is all that comes."""
    path = tmp_path / "main.na"
    path.write_text("struct P:\n    x: int\n[P(1), (2, P(3))]\n")
    assert dana_poet.run(path, policy=POLICY).value == [{"x": 1}, (2, {"x": 3})]
    path.write_text("def f(): 1\nf\n")
    assert repr(dana_poet.run(path, policy=POLICY).value).startswith("<function f")


def test_errors_are_those_of_a_run_without(tmp_path: Path) -> None:
    """The class, the text and the report: programs around ours catch what they caught before."""
    path = tmp_path / "main.na"
    path.write_text("def f(x): 1 / x\nf(0)\n")
    with pytest.raises(ZeroDivisionError) as inside:
        dana_poet.run(path, policy=POLICY)
    assert "main.na:1:11: error[D2020]" in "".join(inside.value.__notes__)
    path.write_text("x: int = 'many'\n")
    with pytest.raises(dana_poet.DanaTypeError):
        dana_poet.run(path, policy=POLICY)
    path.write_text("x = (\n")
    with pytest.raises(dana_poet.DanaSourceError) as wrong:
        dana_poet.run(path, policy=POLICY)
    assert wrong.value.diagnostics[0].file == str(path)
    with pytest.raises(UsageError):
        dana_poet.run(tmp_path / "nothing.na", policy=POLICY)


@pytest.mark.parametrize(
    ("text", "code"),
    [("while true: pass", "D4002"), ("x = 'a' * 10 ** 10", "D4003"), ("while true: print('x' * 10 ** 6)", "D4004")],
)
def test_limits_are_errors_with_a_way_out(text: str, code: str) -> None:
    """Each names its limit, and how to raise it."""
    with pytest.raises(LimitError) as caught:
        dana_poet.evaluate(text, policy=SHORT)
    assert caught.value.code == code
    assert "SandboxPolicy(" in caught.value.hint


def test_evaluate_takes_plain_names() -> None:
    """Data goes in and comes out; functions do neither."""
    assert dana_poet.evaluate("sum(xs) + n", {"xs": [1, 2], "n": 3}, policy=POLICY) == 6
    with pytest.raises(DanaTypeError, match="plain data"):
        dana_poet.evaluate("f(1)", {"f": len}, policy=POLICY)
    with pytest.raises(DanaTypeError, match="cannot leave"):
        dana_poet.evaluate("lambda x: x", policy=POLICY)


def test_a_session_keeps_its_names_in_the_sandbox() -> None:
    """Between texts, and after an error."""
    session = dana_poet.Session(policy=POLICY)
    assert session.run("x = 41\nprint(x)").output == "41\n"
    with pytest.raises(NameError):
        session.run("x + y")
    assert session.run("x + 1").value == 42
    assert session.run("struct P:\n    x: int\np = P(1)").value is None
    assert session.run("p.x").value == 1


def test_a_session_that_met_a_limit_is_over() -> None:
    """What it knew is gone, and it says so instead of going on without."""
    session = dana_poet.Session(policy=SHORT)
    session.run("x = 1")
    with pytest.raises(LimitError):
        session.run("while true: pass")
    with pytest.raises(LimitError, match="ended"):
        session.run("x")


def test_two_sessions_do_not_meet() -> None:
    """Each has a process of its own."""
    one, other = dana_poet.Session(policy=POLICY), dana_poet.Session(policy=POLICY)
    one.run("x = 1\nprivate:y = 2\ndana_events.on('a', lambda e: print('heard'))")
    with pytest.raises(NameError):
        other.run("x")
    assert other.run("dana_events.emit('a', {})\nprivate:y").output == ""


def test_a_loaded_module_gives_values_and_functions(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Values are copies; functions and pipelines are called in the sandbox, structs and agents stay there."""
    shapes = dana_poet.load(module, policy=POLICY)
    assert (shapes.limit, shapes.names) == (5, ["a", "b"])
    assert shapes.double(21) == 42
    assert capsys.readouterr().out == "doubling\n"
    assert (shapes.p(1), shapes.area({"x": 2, "y": 3}), shapes.point(4)) == (6, 6, {"x": 4, "y": 0})
    assert (shapes.count(), shapes.count()) == (1, 2)
    assert {"limit", "double", "p", "Point", "Counter"} <= set(dir(shapes))
    assert shapes.__file__ == str(module)
    with pytest.raises(ZeroDivisionError):
        shapes.fails()
    with pytest.raises(DanaTypeError, match="cannot leave"):
        shapes.hides()
    for name in ("Point", "Counter"):
        with pytest.raises(AttributeError, match="stays in the sandbox"):
            getattr(shapes, name)
    for name in ("_secret", "nothing", "__wrapped__"):
        with pytest.raises(AttributeError):
            getattr(shapes, name)
    assert shapes.double(2) == 4


def test_every_verb_has_an_async_twin(module: Path) -> None:
    """They run beside each other."""

    async def all_twins() -> list[object]:
        session = dana_poet.Session(policy=POLICY)
        run, value, loaded, text = await asyncio.gather(
            dana_poet.arun(module, policy=POLICY), dana_poet.aevaluate("1 + 1", policy=POLICY),
            dana_poet.aload(module, policy=POLICY), session.arun("2 + 2"),
        )  # fmt: skip
        return [run.value, value, loaded.limit, text.value]

    assert asyncio.run(all_twins())[1:] == [2, 5, 4]


def test_a_layer_that_is_missing_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is run, and the message names what is missing instead of what the program was given."""
    missing = RunOutcome(status="rejected", violations=(Violation(0, 0, "isolation", "no landlock here"),))
    monkeypatch.setattr(Service, "ask", lambda *_, **__: missing)
    with pytest.raises(dana_poet.PolicyError, match="cannot start, so nothing is run: no landlock here"):
        dana_poet.evaluate("1", policy=POLICY)


def test_a_model_answers_when_the_host_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """`use_model` is a name; a key in the environment is none."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-nobody")
    with pytest.raises(LLMNotConfigured):
        dana_poet.evaluate('reason("2 + 2?")', policy=POLICY)
    with use_model(model := ScriptedModel(["4", LLMError("no", hint="later")])):
        assert dana_poet.evaluate('x: int = reason("2 + 2?")\nx + 1', policy=POLICY) == 5
        with pytest.raises(LLMError, match="no"):
            dana_poet.evaluate('reason("2 + 2?")', policy=POLICY)
    assert len(model.requests) == 2


def test_optional_modules_are_allowed_by_name() -> None:
    """`allow_imports` can only add what the sandbox has a reviewed part of."""
    with pytest.raises(dana_poet.PolicyError, match="does not offer"):
        dana_poet.evaluate("1", policy=dana_poet.Policy(frozenset({"os"}), sandbox=True))
    narrow = dana_poet.Policy.sandboxed(limits=replace(DEFAULT, modules=frozenset({"math"})))
    assert dana_poet.evaluate("import math.py\nmath.floor(2.5)", policy=narrow) == 2
    with pytest.raises(dana_poet.PolicyError):
        dana_poet.evaluate("import json.py", policy=narrow)


@pytest.mark.parametrize("program", sorted(EXAMPLES.glob("*.na")), ids=lambda path: path.stem)
def test_examples_print_the_same(program: Path) -> None:
    """All but the one that shows how Dana and the user's own Python work together."""
    command = [sys.executable, "-P", "-m", "dana_poet", "run", "--sandbox", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if program.stem == "python_interop":
        assert (done.returncode, "does not offer the Python module" in done.stderr) == (3, True)
        return
    assert (done.stdout, done.stderr, done.returncode) == (program.with_suffix(".txt").read_text(), "", 0)


# --- the python resource


def test_the_python_resource_tells_what_came_of_code() -> None:
    """Everything is in the outcome: `run` raises nothing because of the code."""
    python = use("python")
    assert python.run("result = xs[0] + 1", xs=[41]).value == 42
    assert python.run("import os").status == "rejected"
    assert python.run("1 / 0").error.type == "ZeroDivisionError"
    assert use("python", timeout=0.3).run("while True: pass").status == "timeout"
    with pytest.raises(DanaTypeError, match="cannot enter"):
        python.run("result = f", f=len)


def test_the_python_resource_executes_code_as_text() -> None:
    """What it printed, else its result; a failure is an error."""
    python = use("coding")
    assert python.execute_code("print(6 * 7)") == "42"
    assert python.execute_code("result = [1]") == "[1]"
    assert python.execute_code("x = 1") == ""
    with pytest.raises(dana_poet.PolicyError, match="os is not available"):
        python.execute_code("import os")
    with pytest.raises(LimitError):
        python.execute_code("while True: pass", timeout=0.3)
    with pytest.raises(dana_poet.DanaError, match="ZeroDivisionError"):
        python.execute_code("1 / 0")
    with pytest.raises(dana_poet.DanaValueError, match="makes no sense"):
        python.execute_code("1", timeout=-1)


def test_limits_are_the_sandboxs_own() -> None:
    """One class for both doors."""
    assert isinstance(DEFAULT, SandboxPolicy)
    assert dana_poet.Policy.sandboxed(limits=SandboxPolicy()).limits == SandboxPolicy()
    assert dana_poet.Policy.sandboxed() == dana_poet.Policy(sandbox=True, own_folder=False)
