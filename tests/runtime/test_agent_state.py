"""Persistent agents: saved after each completed call, restored at the next start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dana_poet.errors import StateError
from dana_poet.llm import ScriptedModel, use_model
from dana_poet.runtime import state
from dana_poet.runtime.agents import define_agent
from dana_poet.runtime.pipeline import block
from dana_poet.runtime.promise import force
from dana_poet.runtime.state import StateFolder


def counter(**options: Any) -> Any:
    """Return `agent Counter:` as a program that is started again defines it."""
    return define_agent(
        "Counter",
        fields=(("step", lambda: int, lambda: 1),),
        state=(("count", lambda: int, None), ("seen", lambda: list, None)),
        methods={"add": add, "fail": fail, "outer": outer, "keep": keep},
        **options,
    )


def add(self: Any) -> int:
    """Count on."""
    self.count += self.step
    self.seen.append((self.count,))
    return int(self.count)


def fail(self: Any) -> None:
    """Change something and fail."""
    self.count += 100
    raise ValueError("no")


def outer(self: Any, folder: Any) -> Any:
    """Call another method, look at the file, fail."""
    self.add()
    self.remember("inside", 1)
    saved = folder.load("Counter")
    raise LookupError(saved)


def keep(self: Any, value: Any) -> None:
    """Keep a value of any kind."""
    self.seen.append(value)


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    """A folder that the user named, in force."""
    with state.use(StateFolder(tmp_path / "s")) as current:
        yield current


@pytest.mark.usefixtures("folder")
def test_state_memory_and_fields_of_the_default_instance_come_back() -> None:
    """State and memory do; plain fields are what the program says."""
    first = counter()
    first.add()
    first.add()
    first.remember("who", {"name": ("Ann",)})
    second = counter()
    assert (second.count, second.seen, second.recall("who")) == (2, [(1,), (2,)], {"name": ("Ann",)})
    assert second.add() == 3


@pytest.mark.usefixtures("folder")
def test_a_failing_method_saves_nothing() -> None:
    """Its changes stay in memory, as in Python."""
    first = counter()
    first.add()
    with pytest.raises(ValueError, match="no"):
        first.fail()
    assert first.count == 101
    assert counter().count == 1
    first.add()
    assert counter().count == 102


def test_only_the_outermost_call_saves(folder: StateFolder) -> None:
    """A method inside a method saves nothing, `remember` neither."""
    first = counter()
    with pytest.raises(LookupError) as caught:
        first.outer(folder)
    assert caught.value.args == (None,)
    assert counter().count == 0


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    """Also with a default folder, unless the agent says that it is persistent."""
    with state.use(StateFolder(tmp_path / "s", explicit=False)):
        counter().add()
        assert list(tmp_path.iterdir()) == []
        counter(options={"state": "persistent"}).add()
        assert counter(options={"state": "persistent"}).count == 1
    assert [path.name for path in tmp_path.rglob("*.json")] == ["Counter.json"]


@pytest.mark.usefixtures("folder")
def test_instances_are_found_again_by_how_they_were_made() -> None:
    """By name, else by their fields, else by their order; never mixed up."""
    first = counter()
    agents = [first(), first(), first(step=5), first(step=7), first(name="east"), first(name="west")]
    for times, agent in enumerate(agents, 1):
        for _ in range(times):
            agent.add()
    second = counter()
    again = [second(name="west"), second(step=7), second(), second(), second(name="east"), second(step=5)]
    assert [len(agent.seen) for agent in again] == [6, 4, 1, 2, 5, 3]
    assert [agent.id for agent in again[:1]] == ["Counter.west"]
    assert len({agent.id for agent in agents}) == 6


@pytest.mark.usefixtures("folder")
def test_singletons_come_back_by_name() -> None:
    """`agent Neo` in another program is the Neo that was met before."""
    with use_model(ScriptedModel(["Hello Chris", "You are Chris"])):
        force(define_agent("Neo", singleton=True).chat("My name is Chris."))
        neo = define_agent("Neo", singleton=True)
        assert neo.get_conversation_history()[0]["user"] == "My name is Chris."
        assert neo.get_conversation_stats()["session_count"] == 2
        assert neo.chat("Who am I?") == "You are Chris"
    assert define_agent("Neo", singleton=True).get_conversation_stats()["total_turns"] == 2


@pytest.mark.usefixtures("folder")
def test_a_chat_saves_the_state_of_the_last_completed_method() -> None:
    """Not the half-made changes of a method that runs or failed."""
    agent = counter()
    agent.add()
    with pytest.raises(ValueError, match="no"):
        agent.fail()
    with use_model(ScriptedModel(["x"])):
        force(agent.chat("hi"))
    again = counter()
    assert (again.count, again.get_conversation_stats()["total_turns"]) == (1, 1)


def test_pipelines_of_an_agent_save_too(folder: StateFolder) -> None:
    """Called, run with a trace, mapped and streamed."""

    def run(self: Any, x: int) -> int:
        self.count += x
        return int(self.count)

    def traced(mark: Any, self: Any, x: int) -> int:
        result = run(self, x)
        mark(0, result)
        return result

    def define() -> Any:
        pipeline = block(run, "monitor", stages=(("add", (1, 1, 1, 2)),), traced=traced, file="f.na")
        return define_agent("Counter", state=(("count", lambda: int, None),), methods={"monitor": pipeline})

    agent = define()
    assert agent.monitor(1) == 1
    assert agent.monitor.map([1, 1]) == [2, 3]
    assert list(agent.monitor.stream([1])) == [4]
    assert agent.monitor.run(1, trace=True).value == 5
    assert agent.monitor.name == "monitor"
    assert (agent.monitor | (lambda value: value * 10))(1) == 60
    assert define().count == 6
    assert folder.agents() == ("Counter",)


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_saved_is_an_error_that_names_the_field() -> None:
    """And the state saved before is kept."""
    agent = counter()
    agent.add()
    with pytest.raises(StateError, match="item 1 of state field 'seen' of agent Counter cannot be saved: a function"):
        agent.keep(print)
    with pytest.raises(StateError, match="what agent Counter is to remember"):
        agent.remember("f", print)
    assert agent.recall("f") is None
    assert counter().seen == [(1,)]


def test_a_field_that_no_longer_fits_keeps_its_default_and_stays_saved(
    folder: StateFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed program loses nothing: the old value is there when the field comes back."""
    counter().add()

    def changed() -> Any:
        return define_agent("Counter", state=(("count", lambda: str, None), ("new", lambda: int, lambda: 7)))

    agent = changed()
    assert (agent.count, agent.new) == ("", 7)
    assert "saved field 'count' of agent Counter is not used" in capsys.readouterr().err
    agent.remember("x", 1)
    record = folder.load("Counter") or {}
    assert record["unused"] == {"count": 1, "seen": [{"$tuple": [1]}]}
    assert counter().seen == [(1,)]


def test_damaged_state_starts_fresh_and_is_kept(folder: StateFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """The program runs; the file is set aside."""
    counter().add()
    file = Path(folder.file_of("Counter"))
    file.write_text("{ torn")
    assert counter().count == 0
    assert "was damaged" in capsys.readouterr().err
    assert file.with_name("Counter.json.corrupt").read_text() == "{ torn"


def test_state_of_a_newer_version_stops_the_program(folder: StateFolder) -> None:
    """Before anything is overwritten."""
    counter().add()
    Path(folder.file_of("Counter")).write_text('{"format": 2}')
    with pytest.raises(StateError, match="newer dana-poet"):
        counter().add()
