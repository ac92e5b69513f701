"""The Python API as the documentation writes it: every line of its examples, the `async` twins, what is frozen."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

import dana_poet
from dana_poet import poet

if TYPE_CHECKING:
    from collections.abc import Sequence

MONITOR = """
agent SmartMonitor:
    limit: float = 2.5
    state:
        seen: int

    def over(self, rows):
        self.seen += len(rows)
        [row for row in rows if row > self.limit]

    pipeline monitoring_with_feedback:
        input: rows
        high = self.over(rows)
        output: high

struct Window:
    first: int
    last: int = 0

def scale(x: float, k: float = 2.0) -> float: x * k
def scaled(x) = scale | round

def __main__(days: int = 1):
    print(f"{days} days")
    dana_events.emit("monitor.done", {"days": days})
    SmartMonitor.monitoring_with_feedback([1, 2, 3, 4])
"""


def mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean."""
    return sum(values) / len(values)


@pytest.fixture
def monitor(tmp_path: Path) -> Path:
    """Write the program that the examples use."""
    path = tmp_path / "monitor.na"
    path.write_text(MONITOR, encoding="utf-8")
    return path


def test_run_gives_a_result(monitor: Path) -> None:
    """`.value .output .diagnostics .events .seconds` are all there."""
    result = dana_poet.run(monitor, {"days": 7})
    assert result.value == [3, 4]
    assert result.output == "7 days\n"
    assert result.diagnostics == ()
    assert [(event.type, event.payload) for event in result.events] == [("monitor.done", {"days": 7})]
    assert 0 < result.seconds < 60
    assert repr(result).startswith("RunResult(value=[3, 4], output='7 days\\n', seconds=")


def test_run_coerces_arguments_and_names_wrong_ones(monitor: Path) -> None:
    """Values from outside go through the annotations of `__main__`."""
    assert dana_poet.run(str(monitor), {"days": "3"}).output == "3 days\n"
    with pytest.raises(dana_poet.UsageError, match="'dayz'"):
        dana_poet.run(monitor, {"dayz": 3})
    with pytest.raises(dana_poet.UsageError, match="cannot coerce"):
        dana_poet.run(monitor, {"days": "three"})


def test_run_without_capture_prints(monitor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Long programs show what they do while they do it."""
    assert dana_poet.run(monitor, capture=False).output == ""
    assert capsys.readouterr().out == "1 days\n"


def test_a_result_cannot_be_changed(monitor: Path) -> None:
    """It tells what happened."""
    result = dana_poet.run(monitor)
    for name in ("value", "diagnostics", "anything"):
        with pytest.raises(AttributeError):
            setattr(result, name, 1)
    with pytest.raises(AttributeError):
        del result.value


def test_diagnostics_are_those_of_the_text_that_ran(tmp_path: Path) -> None:
    """They are worked out when they are read, even when the file is another one by then."""
    path = tmp_path / "warns.na"
    path.write_text("def f():\n    unused = 1\n    2\nf()\n")
    result = dana_poet.run(path)
    path.write_text("print('new')\n")
    assert [(one.code, one.severity, one.span.line) for one in result.diagnostics] == [("D1007", "warning", 2)]
    assert result.diagnostics is result.diagnostics


def test_a_failing_program_raises_its_own_error(tmp_path: Path) -> None:
    """With the Dana line in Python's traceback."""
    path = tmp_path / "fails.na"
    path.write_text("x = 1\nx / 0\n")
    with pytest.raises(ZeroDivisionError) as caught:
        dana_poet.run(path)
    assert (caught.traceback[-1].path, caught.traceback[-1].lineno) == (path, 1)
    path.write_text("x = (\ny = = 2\n")
    with pytest.raises(dana_poet.DanaSourceError) as wrong:
        dana_poet.run(path)
    assert wrong.value.diagnostics[0].code == "D0004"
    assert f"{path}:1:5: error[D0004]" in wrong.value.__notes__[0]


def test_what_is_no_program_is_a_usage_error(tmp_path: Path) -> None:
    """One clear line each."""
    (tmp_path / "notes.txt").write_text("x = 1\n")
    for file in ("missing.na", "notes.txt", ".", "nul\0.na"):
        with pytest.raises(dana_poet.UsageError):
            dana_poet.run(tmp_path / file if "\0" not in file else file)


def test_evaluate_takes_an_expression_or_a_program() -> None:
    """Names are its variables; functions of Python are functions."""
    assert dana_poet.evaluate("xs | mean", {"xs": [1, 2, 3], "mean": mean}) == 2
    assert dana_poet.evaluate("x = 20\nx + 1") == 21
    assert dana_poet.evaluate("") is None
    with pytest.raises(dana_poet.DanaSourceError):
        dana_poet.evaluate("1 +")
    with pytest.raises(NameError):
        dana_poet.evaluate("nothing_here")


def test_a_loaded_module_is_an_ordinary_one(monitor: Path) -> None:
    """Functions, structs, agents and pipelines are attributes; agents are ordinary Python objects."""
    module = dana_poet.load(monitor)
    assert isinstance(module, ModuleType)
    assert module.scale(3) == 6
    assert module.Window(1) == module.Window(first=1, last=0)
    agent = module.SmartMonitor()
    assert agent.monitoring_with_feedback([1, 3]) == [3]
    assert agent.seen == 2
    assert module.SmartMonitor(limit=0.5).monitoring_with_feedback([1]) == [1]
    assert [stage.name for stage in agent.monitoring_with_feedback.stages] == ["high", "output"]


def test_pipelines_are_callables_that_know_their_stages(monitor: Path) -> None:
    """`.stages .run .map .stream`, and `|` with functions of Python."""
    scaled = dana_poet.load(monitor).scaled
    assert scaled(1.26) == 3
    assert scaled.run(2) == 4
    assert scaled.map([1, 2]) == [2, 4]
    assert list(scaled.stream(iter([1, 2]))) == [2, 4]
    assert scaled.run(2, trace=True).value == 4
    assert (scaled | str)(2) == "4"


def test_a_session_keeps_its_names(tmp_path: Path) -> None:
    """What the REPL uses."""
    session = dana_poet.Session(state=tmp_path / "state", policy=dana_poet.Policy())
    session.run("x = 1")
    assert session.run("x + 1").value == 2
    session.run("def f(n): n * x")
    assert session.run("print(f(5))").output == "5\n"
    session.run("private:secret = 3")
    assert session.run("private:secret").value == 3


def test_a_session_survives_errors() -> None:
    """An input that fails leaves what was there, and the part of it that ran."""
    session = dana_poet.Session()
    session.run("x = 1")
    with pytest.raises(ZeroDivisionError):
        session.run("y = 2\n1 / 0")
    with pytest.raises(dana_poet.DanaSourceError):
        session.run("x = (")
    assert session.run("x + y").value == 3


def test_each_input_has_its_own_events_and_warnings() -> None:
    """A result tells of its own run alone, and names of earlier inputs are known."""
    session = dana_poet.Session()
    first = session.run('dana_events.emit("a", {})\nx = 1')
    second = session.run('dana_events.emit("b", {})\nx + 1')
    assert [event.type for event in first.events] == ["a"]
    assert [event.type for event in second.events] == ["b"]
    assert second.diagnostics == ()


def test_a_session_with_state_finds_it_again(tmp_path: Path) -> None:
    """`state=` is where agents persist."""
    text = "agent A:\n    state:\n        n: int\n    def up(self):\n        self.n += 1\n        self.n\nA.up()"
    assert dana_poet.Session(state=tmp_path).run(text).value == 1
    assert dana_poet.Session(state=str(tmp_path)).run(text).value == 2


def test_a_policy_allows_python_modules() -> None:
    """Frozen, and the default is that of a program run by its owner."""
    with pytest.raises(dana_poet.PolicyError):
        dana_poet.evaluate("import subprocess.py")
    dana_poet.evaluate("import subprocess.py", policy=dana_poet.Policy(frozenset({"subprocess"})))
    with pytest.raises(AttributeError):
        dana_poet.Policy().sandbox = True


def test_check_transpile_and_format_take_text() -> None:
    """The verbs of the command line, for editors and tools."""
    assert [(one.code, one.span.line) for one in dana_poet.check("x = 1\ny = z\n")] == [("D1001", 2)]
    assert dana_poet.check("x = (", syntax_only=True)[0].hint == "add ')'"
    assert "def f(x):" in dana_poet.transpile("def f(x): x + 1")
    assert dana_poet.format("x=1") == "x = 1\n"
    for verb in (dana_poet.transpile, dana_poet.format):
        with pytest.raises(dana_poet.DanaSourceError):
            verb("x = (")


def test_every_verb_has_an_async_twin(monitor: Path) -> None:
    """They run in threads, beside each other, under the caller's context."""

    async def all_twins() -> list[object]:
        session = dana_poet.Session()
        await session.arun("x = 20")
        results = await asyncio.gather(
            dana_poet.arun(monitor, {"days": 2}), dana_poet.aevaluate("a + 1", {"a": 1}), dana_poet.aload(monitor),
            session.arun("x + 1"),
        )  # fmt: skip
        ran, value, module, second = results
        return [ran.output, value, module.scale(1), second.value]

    assert asyncio.run(all_twins()) == ["2 days\n", 2, 2.0, 21]


def test_runs_beside_each_other_do_not_mix(monitor: Path) -> None:
    """Output, scoped variables and events belong to one run."""
    seen: dict[int, tuple[str, int]] = {}

    def one(days: int) -> None:
        result = dana_poet.run(monitor, {"days": days})
        seen[days] = (result.output, len(result.events))

    contexts = [contextvars.copy_context() for _ in range(8)]
    threads = [threading.Thread(target=context.run, args=(one, days)) for days, context in enumerate(contexts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {days: (f"{days} days\n", 1) for days in range(8)}


def test_a_result_is_the_value_and_no_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python code that gets a result may look at its type."""
    monkeypatch.setenv("DANA_MOCK_LLM", "true")
    path = tmp_path / "ask.na"
    path.write_text('llm("hello")\n')
    assert type(dana_poet.run(path).value) is str
    assert type(dana_poet.evaluate('llm("hello")')) is str


@pytest.mark.usefixtures("kept_elsewhere")
def test_poet_wraps_functions_of_python() -> None:
    """The same decorator as in Dana, with the same options."""
    calls: list[int] = []

    @poet(domain="api", retries=3, timeout=2.0)
    def fetch_user(user_id: int) -> dict[str, int]:
        calls.append(user_id)
        if len(calls) < 2:
            raise ConnectionError
        return {"id": user_id}

    assert fetch_user(7) == {"id": 7}
    assert calls == [7, 7]
    assert fetch_user.__name__ == "fetch_user"


def test_importing_the_package_has_no_effects() -> None:
    """Only `import dana_poet.importer` changes how Python imports."""
    assert Path(dana_poet.__file__).name == "__init__.py"
    with pytest.raises(AttributeError):
        _ = dana_poet.nothing
