"""What outlives a process: state, memory and conversations of agents, and feedback that comes later."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

import dana_poet
from dana_poet.cli.main import main
from dana_poet.llm import ScriptedModel, use_model
from tests.product.processes import MONITOR, Runs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """A folder for programs."""
    return Runs(tmp_path)


COUNTER = """\
agent Counter:
    step: int = 1
    state:
        n: int
        seen: list[int]
    def up(self):
        self.n += self.step
        self.seen.append(self.n)
        return self.n
    def fail(self):
        self.n += 1000
        raise ValueError("late")
    pipeline twice:
        input: x
        self.n += x
        self.n += x
        output: self.n
"""


def test_state_dir_makes_every_agent_persistent(runs: Runs) -> None:
    """`--state DIR`: saved after each completed method and pipeline, restored on start."""
    program = COUNTER + "print(Counter.up(), Counter.up(), Counter.seen)\n"
    assert runs.run(program, "--state", "kept")[0] == "1 2 [1, 2]\n"
    assert runs.run(program, "--state", "kept")[0] == "3 4 [1, 2, 3, 4]\n"
    assert runs.run(COUNTER + "print(Counter.twice(10), Counter.n)\n", "--state", "kept")[0] == "24 24\n"
    assert runs.run(COUNTER + "print(Counter.n, Counter.state.n)\n", "--state", "kept")[0] == "24 24\n"


def test_without_state_dir_an_agent_forgets(runs: Runs) -> None:
    """Nothing is written for a program that does not ask for it."""
    program = COUNTER + "print(Counter.up())\n"
    assert runs.run(program)[0] == "1\n"
    assert runs.run(program)[0] == "1\n"
    assert sorted(path.name for path in runs.folder.iterdir()) == ["main.na"]


def test_a_persistent_agent_lives_beside_the_program(runs: Runs) -> None:
    """`@poet(..., state="persistent")`: the folder is `.poet` beside the file, wherever the program is started."""
    program = '@poet(state="persistent")\n' + COUNTER + "print(Counter.up())\n"
    assert runs.run(program)[0] == "1\n"
    assert (runs.folder / ".poet" / "agents" / "Counter.json").is_file()
    (runs.folder / "deeper").mkdir()
    assert dana_poet.run(runs.folder / "main.na").output == "2\n"
    assert runs.run(program)[0] == "3\n"


def test_poet_on_an_agent_without_persistent_state_forgets(runs: Runs) -> None:
    """Only `state="persistent"` says that state persists."""
    program = '@poet(domain="x")\n' + COUNTER + "print(Counter.up())\n"
    assert [runs.run(program)[0] for _ in range(2)] == ["1\n", "1\n"]


def test_the_settings_name_the_folder(runs: Runs) -> None:
    """`[state] dir` and `DANA_STATE_DIR` say where; `--state` stands over both."""
    (runs.folder / "dana.toml").write_text('[state]\ndir = "elsewhere"\n')
    program = '@poet(state="persistent")\n' + COUNTER + "print(Counter.up())\n"
    assert runs.run(program)[0] == "1\n"
    assert (runs.folder / "elsewhere" / "agents" / "Counter.json").is_file()
    assert runs.run(program, DANA_STATE_DIR=str(runs.folder / "third"))[0] == "1\n"
    assert runs.run(program, "--state", "fourth")[0] == "1\n"
    assert runs.run(program)[0] == "2\n"


def test_agents_of_one_blueprint_are_told_apart_by_their_fields(runs: Runs) -> None:
    """Each instance finds its own state again, in whatever order the program makes them."""
    first = COUNTER + "a = Counter(step=10)\nb = Counter(step=100)\nprint(a.up(), b.up(), Counter.up())\n"
    second = COUNTER + "b = Counter(step=100)\na = Counter(step=10)\nprint(a.up(), b.up(), Counter.up())\n"
    assert runs.run(first, "--state", "kept")[0] == "10 100 1\n"
    assert runs.run(second, "--state", "kept")[0] == "20 200 2\n"


def test_singletons_and_their_memory_persist(runs: Runs) -> None:
    """`remember` and `recall` survive restarts with `--state`."""
    define = "agent_blueprint B:\n    x: int = 1\nagent Bob(B):\n    x = 5\nagent Eve(B)\n"
    runs.run(define + 'Bob.remember("color", ["red", {"a": 1}])\n', "--state", "kept")
    found = runs.run(define + 'print(Bob.recall("color"), Eve.recall("color"))\n', "--state", "kept")
    assert found[0] == "['red', {'a': 1}] None\n"
    assert runs.run(define + 'print(Bob.recall("color"))\n')[0] == "None\n"


def test_a_conversation_goes_on(tmp_path: Path) -> None:
    """The model is told what was said in an earlier run."""
    file = tmp_path / "main.na"
    file.write_text('agent A\nprint(A.chat("I am Eve"))\n')
    with use_model(ScriptedModel(["Hello Eve"])):
        assert dana_poet.run(file, state=tmp_path / "kept").output == "Hello Eve\n"
    file.write_text('agent A\nprint(A.chat("Who am I?"))\nprint(A.get_conversation_stats().total_turns)\n')
    model = ScriptedModel(["Eve"])
    with use_model(model):
        assert dana_poet.run(file, state=tmp_path / "kept").output == "Eve\n2\n"
    said = [(message.role, message.content) for message in model.requests[0].messages if message.role != "system"]
    assert said == [("user", "I am Eve"), ("assistant", "Hello Eve"), ("user", "Who am I?")]


def test_a_conversation_has_a_limit(tmp_path: Path) -> None:
    """`max_context_turns` (5) is how many earlier turns the model is told."""
    file = tmp_path / "main.na"
    file.write_text(
        'agent A\nfor i in range(8):\n    print(A.chat(f"message {i}"))\nprint(A.chat("last", max_context_turns=2))\n'
    )
    model = ScriptedModel([f"reply {i}" for i in range(9)])
    with use_model(model):
        dana_poet.run(file)
    earlier = [[m.content for m in request.messages if m.role == "user"][:-1] for request in model.requests]
    assert earlier[2] == ["message 0", "message 1"]
    assert earlier[7] == [f"message {i}" for i in range(2, 7)]
    assert earlier[8] == ["message 6", "message 7"]


def test_a_failing_method_does_not_save(runs: Runs) -> None:
    """Its changes stay in memory, as in Python; what was saved before is kept."""
    program = COUNTER + "Counter.up()\ntry:\n    Counter.fail()\nexcept ValueError:\n    print(Counter.n)\n"
    assert runs.run(program, "--state", "kept")[0] == "1001\n"
    assert runs.run(COUNTER + "print(Counter.n)\n", "--state", "kept")[0] == "1\n"


def test_a_failing_program_keeps_what_methods_completed(runs: Runs) -> None:
    """An error later in the program takes nothing back."""
    runs.run(COUNTER + "Counter.up()\nCounter.fail()\n", "--state", "kept", code=1)
    assert runs.run(COUNTER + "print(Counter.n)\n", "--state", "kept")[0] == "1\n"


def test_inner_calls_save_with_the_outer_one(runs: Runs) -> None:
    """A method that fails after it called another has completed nothing."""
    text = "agent A:\n    state:\n        n: int\n    def inner(self): self.n += 1\n"
    text += '    def outer(self):\n        self.inner()\n        raise ValueError("x")\n'
    runs.run(text + "A.inner()\nA.outer()\n", "--state", "kept", code=1)
    assert runs.run(text + "print(A.n)\n", "--state", "kept")[0] == "1\n"


def test_every_plain_value_comes_back(runs: Runs) -> None:
    """Containers, structs, numbers beyond JSON, dates."""
    define = (
        "struct P:\n    x: int\n    tags: list = []\n"
        "agent A:\n    state:\n        all: list\n        p: P\n        d: dict\n    def put(self, v, p, d):\n"
        "        self.all = v\n        self.p = p\n        self.d = d\n"
    )
    runs.run(
        define + 'A.put([1, 2.5, none, true, "ä\\n", (1, 2), {3}, float("inf"), 10 ** 30], P(x=1, tags=["t"]), {1: "one", "k": [2]})\n',
        "--state", "kept",
    )  # fmt: skip
    found = runs.run(define + "print(A.all)\nprint(A.p, A.d)\n", "--state", "kept")[0]
    assert (
        found
        == "[1, 2.5, None, True, 'ä\\n', (1, 2), {3}, inf, 1000000000000000000000000000000]\nP(x=1, tags=['t']) {1: 'one', 'k': [2]}\n"
    )


def test_what_cannot_be_saved_is_an_error_with_a_name(runs: Runs) -> None:
    """A function in the state: the error names the field and the agent."""
    text = "agent A:\n    state:\n        f: any\n    def put(self): self.f = lambda x :: x\nA.put()\n"
    _, errors = runs.run(text, "--state", "kept", code=1)
    assert "D2013" in errors
    assert "'f'" in errors
    assert "A" in errors


def test_a_damaged_file_is_set_aside(runs: Runs) -> None:
    """With a warning, and never deleted."""
    program = COUNTER + "print(Counter.up())\n"
    runs.run(program, "--state", "kept")
    file = runs.folder / "kept" / "agents" / "Counter.json"
    file.write_text("{ half of")
    output, errors = runs.run(program, "--state", "kept")
    assert output == "1\n"
    assert "Counter" in errors
    assert [path.read_text() for path in file.parent.glob("*.corrupt*")] == ["{ half of"]


def test_kill_9_loses_nothing_that_a_completed_method_saved(runs: Runs) -> None:
    """After each printed number that number, or a later one, is on disk."""
    program = COUNTER + "while true:\n    n = Counter.up()\n    print(n, flush=true)\n"
    for _ in range(3):
        process = runs.start(program, "--state", "kept")
        assert process.stdout is not None
        last = 0
        until = time.monotonic() + 0.6
        while time.monotonic() < until or not last:
            last = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        last = max([last, *(int(line) for line in rest.splitlines() if line.isdigit())])
        found = int(runs.run(COUNTER + "print(Counter.n)\n", "--state", "kept", name="look.na")[0])
        assert last <= found <= last + 1
        assert not list((runs.folder / "kept" / "agents").glob("*.corrupt*"))


def test_two_processes_never_tear_the_state(runs: Runs) -> None:
    """The last completed save wins whole."""
    program = COUNTER + "for i in range(30):\n    Counter.up()\n"
    processes = [runs.start(program, "--state", "kept", name=f"p{n}.na") for n in range(2)]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    record = json.loads((runs.folder / "kept" / "agents" / "Counter.json").read_text())
    assert record["state"]["n"] == len(record["state"]["seen"])
    assert 30 <= record["state"]["n"] <= 60


# Feedback


@pytest.mark.parametrize("words", [(), ("--state", "kept")])
def test_feedback_in_a_later_process_runs_the_block(runs: Runs, words: tuple[str, ...]) -> None:
    """The block sees `self`, the feedback and the local names of the run that registered it; twice for two."""
    id_ = runs.run(MONITOR + "print(Monitor.watch(0.7))\n", *words)[0].strip()
    give = MONITOR + f'feedback("{id_}", {{"score": 1}})\nprint(Monitor.runs, Monitor.scores, Monitor.notes)\n'
    assert runs.run(give, *words)[0] == f"handled run of 0.7 1\n1 [['{id_}', 1]] {{'run of 0.7': 1}}\n"
    again = MONITOR + f'feedback("{id_}", {{"score": 2}})\nprint(Monitor.runs, len(Monitor.scores), Monitor.notes)\n'
    assert runs.run(again, *words)[0] == "handled run of 0.7 2\n1 2 {'run of 0.7': 2}\n"
    assert runs.run(MONITOR + "print(len(Monitor.scores))\n", *words)[0] == "2\n"


def test_a_block_waits_where_executions_are_recorded(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an agent and without `--state`, from the first run on: a function with a domain has its `.poet` anyway."""
    text = (
        '@poet(domain="base")\ndef detect(n: int) -> dict:\n    return {"drift": n > 1}\n'
        "pipeline p:\n    input: n\n    result = detect(n)\n    id = track_execution(result)\n"
        '    on_feedback_received(id) -> fb:\n        print(f"handled {id} {fb.score}")\n    output: id\n'
    )
    id_ = runs.run(text + "print(p(3))\n")[0].strip()
    monkeypatch.chdir(runs.folder)
    assert main(["feedback", id_, "score=1"]) == 0
    assert runs.run(text)[0] == f"handled {id_} 1\n"


def test_feedback_of_another_program_waits(runs: Runs) -> None:
    """A process without the handler keeps the event; the program takes it at its next start, once."""
    id_ = runs.run(MONITOR + "print(Monitor.watch(0.7))\n", "--state", "kept")[0].strip()
    runs.run(
        f'dana_events.emit("drift", {{"execution_id": "{id_}", "score": 3}})\n', "--state", "kept", name="other.na"
    )
    look = MONITOR + "print(len(Monitor.scores))\n"
    first = runs.run(look, "--state", "kept")[0]
    assert "handled run of 0.7 3" in first
    assert runs.run(look, "--state", "kept")[0] == "1\n"


def test_a_failing_block_is_reported_and_tried_again(runs: Runs) -> None:
    """On standard error; the event stays unacknowledged until the block succeeds."""
    define = (
        '@poet(state="persistent")\nagent A:\n    state:\n        got: list\n    pipeline p:\n        input: x\n'
        "        id = track_execution([x])\n        on_feedback_received(id) -> fb:\n"
    )
    fails = define + '            raise ValueError("handler broke")\n        output: id\n'
    works = define + "            self.got.append(fb.v)\n        output: id\n"
    id_ = runs.run(fails + "print(A.p(1))\n")[0].strip()
    output, errors = runs.run(fails + f'feedback("{id_}", {{"v": 5}})\nprint("goes on")\n')
    assert output == "goes on\n"
    assert "handler broke" in errors
    runs.run(works)
    assert runs.run(works + "print(A.got)\n")[0] == "[5]\n"
    assert runs.run(works + "print(A.got)\n")[0] == "[5]\n"


def test_a_block_needs_plain_local_names(runs: Runs) -> None:
    """One that cannot be saved is an error when the block is registered."""
    text = (
        "pipeline p:\n    input: x\n    f = lambda v :: v\n    id = track_execution([x])\n"
        "    on_feedback_received(id) -> fb:\n        print(f(1))\n    output: id\np(1)\n"
    )
    _, errors = runs.run(text, "--state", "kept", code=1)
    assert "'f'" in errors


def test_feedback_finds_the_right_instance(runs: Runs) -> None:
    """An instance that the later process has not made yet is brought back with its fields and state."""
    make = MONITOR + "m = Monitor(limit=0.9)\n"
    id_ = runs.run(make + "print(m.watch(0.7))\n")[0].strip()
    runs.run(MONITOR + f'feedback("{id_}", {{"score": 4}})\nprint(Monitor.scores)\n')
    assert runs.run(make + "print(m.runs, len(m.scores), len(Monitor.scores))\n")[0] == "1 1 0\n"


def test_event_handlers_that_fail_are_tried_at_the_next_start(runs: Runs) -> None:
    """With `--state` the event is kept for the same handler."""
    broken = 'def heard(e): raise ValueError("broken")\ndana_events.on("e", heard)\n'
    works = 'def heard(e): print("heard", e.v)\ndana_events.on("e", heard)\n'
    _, errors = runs.run(broken + 'dana_events.emit("e", {"v": 1})\n', "--state", "kept")
    assert "broken" in errors
    assert runs.run(works, "--state", "kept")[0] == "heard 1\n"
    assert runs.run(works, "--state", "kept")[0] == ""
