"""Every verdict finds its execution: after restarts, out of order, amended, retracted, for code that is gone, killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.events import open_store
from dana_poet.orchestration import LearningOrchestrator
from tests.product.processes import MONITOR, Runs

if TYPE_CHECKING:
    from pathlib import Path

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("DANA", "OPENAI"))}
DETECT = """
    from dana_poet import poet

    @poet(domain="ml_monitoring")
    def detect(value: float) -> bool:
        return value > 0.5
"""
RUN = """
    import sys
    from monitor import detect
    for value in sys.argv[1:]:
        detect(float(value))
        print(detect.poet.last_execution_id)
"""
GIVE = """
    import json, sys
    import dana_poet
    dana_poet.feedback(sys.argv[1], json.loads(sys.argv[2]))
"""


class Project:
    """A folder with a monitor, in which every step is a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / ".poet"
        self.write("monitor.py", DETECT)
        self.write("run.py", RUN)
        self.write("give.py", GIVE)

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        (self.folder / name).write_text(textwrap.dedent(text), encoding="utf-8")

    def python(self, *words: str) -> str:
        """Run Python and return what it prints."""
        done = subprocess.run(
            [sys.executable, *words], cwd=self.folder, env=CLEAN, capture_output=True, text=True, check=False,
            timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def cli(self, *words: str, code: int = 0) -> str:
        """Run `dana-poet` and return what it prints, on either stream."""
        done = subprocess.run(
            [sys.executable, "-m", "dana_poet", *words], cwd=self.folder, env=CLEAN, capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    def executed(self, function: str, version: Any, *names: str) -> None:
        """Say that executions of one version ended."""
        with open_store(f"file:{self.state}/events") as store:
            for name in names:
                told = {"execution_id": name, "function": function, "version": version, "success": True, "seconds": 0.1}
                store.publish("poet.execution.completed", told, key=name)

    def learn(self) -> dict[str, Any]:
        """Take in what there is, in a process of its own; return the report."""
        code = (
            "import json, sys; from dana_poet import LearningOrchestrator;"
            "print(json.dumps(LearningOrchestrator.for_folder(sys.argv[1]).process().to_json()))"
        )
        report: dict[str, Any] = json.loads(self.python("-c", code, str(self.state)))
        return report

    def thought_of(self, execution: str) -> tuple[Any, bool | None]:
        """Return the version of an execution and the verdict on it."""
        with LearningOrchestrator.for_folder(self.state) as orchestrator:
            found = orchestrator.execution(execution)
        assert found is not None, execution
        return found[0].version, found[1].verdict


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project without a past."""
    return Project(tmp_path)


def test_a_verdict_in_a_later_process_joins_the_call(project: Project) -> None:
    """From Python, by the id that the first process printed."""
    first, second = project.python("run.py", "0.9", "0.1").split()
    project.python("give.py", first, '{"was_real_drift": false, "reason": "holiday"}')
    report = project.learn()
    assert (report["events"], report["waiting"]) == (3, 0)
    assert project.thought_of(first)[1] is False
    assert project.thought_of(second)[1] is None
    assert [one["judged"] for one in report["findings"]] == [1]


def test_feedback_from_another_folder_finds_the_store_beside_the_function(project: Project, tmp_path: Path) -> None:
    """A script elsewhere that imports the function's module and calls nothing of it."""
    (run,) = project.python("run.py", "0.9").split()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import monitor, dana_poet\n"
    code += f"dana_poet.feedback({run!r}, useful=True)\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=elsewhere, env=CLEAN, check=True, timeout=60)
    assert done.returncode == 0
    project.learn()
    assert project.thought_of(run)[1] is True
    assert list(elsewhere.iterdir()) == []


def test_the_command_line_gives_amends_and_retracts(project: Project) -> None:
    """Each in a process of its own; learning in between changes nothing about the end."""
    (run,) = project.python("run.py", "0.9").split()
    said = project.cli("feedback", run, "was_real_drift=false", "reason=holiday")
    assert said == f"noted for {run}: monitor.detect\n" or said.startswith(f"noted for {run}: monitor.detect v")
    project.learn()
    assert project.thought_of(run)[1] is False
    told = json.loads(project.cli("feedback", run, "was_real_drift=true", "--amend", "--json"))
    assert (told["payload"], told["amends"], told["function"]) == ({"was_real_drift": True}, True, "monitor.detect")
    assert project.learn()["events"] == 1
    assert project.thought_of(run)[1] is True
    project.cli("feedback", run, "--retract")
    assert project.learn()["events"] == 1
    assert project.thought_of(run)[1] is None
    assert project.learn()["events"] == 0


def test_a_verdict_before_its_execution_waits_for_it(project: Project) -> None:
    """It is joined, with its version, when the execution appears."""
    project.executed("detect", 1, "other")
    project.cli("feedback", "early", "useful=true")
    assert project.learn()["waiting"] == 1
    project.executed("detect", 7, "early")
    assert project.learn()["waiting"] == 0
    assert project.thought_of("early") == (7, True)


def test_a_verdict_for_a_replaced_version_joins_that_one(project: Project) -> None:
    """What is thought of the version in force does not change."""
    project.executed("detect", 1, "old")
    project.executed("detect", 2, "new")
    project.learn()
    project.cli("feedback", "old", "was_real_drift=false")
    project.learn()
    assert (project.thought_of("old"), project.thought_of("new")) == ((1, False), (2, None))


def test_the_command_line_learns(project: Project) -> None:
    """From feedback alone, where no parameters were ever learned; a second time nothing is left to do."""
    names = [f"run-{number}" for number in range(40)]
    project.executed("detect", 1, *names)
    with open_store(f"file:{project.state}/events") as store:
        store.publish_many([("feedback", {"execution_id": name, "useful": False}) for name in names])
    told = json.loads(project.cli("learn", "run", "--json"))["feedback"]
    assert [(one["function"], one["action"], one["evidence"]) for one in told["decisions"]] == [
        ("detect", "regenerate", 40)
    ]
    assert "nothing to change" in project.cli("learn", "run")


def test_feedback_of_a_dana_program_and_for_it(tmp_path: Path) -> None:
    """`feedback(...)` and `dana_events.emit` are in the store; what the command line says reaches the waiting block."""
    runs, project = Runs(tmp_path), Project(tmp_path)
    id_ = runs.run(MONITOR + "print(Monitor.watch(0.7))\n", "--state", "kept")[0].strip()
    project.cli("feedback", id_, "score=4", "--state", "kept")
    assert "handled run of 0.7 4" in runs.run(MONITOR + "print(Monitor.runs)\n", "--state", "kept")[0]
    emit = f'dana_events.emit("drift.validation", {{"execution_id": "{id_}", "was_real_drift": true, "score": 5}})\n'
    assert "handled run of 0.7 5" in runs.run(MONITOR + emit, "--state", "kept")[0]
    again = runs.run(MONITOR + "print(len(Monitor.scores))\n", "--state", "kept")[0]
    assert again == "2\n"
    with open_store(f"file:{tmp_path}/kept/events") as store:
        told = [event.type for event in store.query(execution_id=id_)]
    assert told == ["poet.execution.completed", "feedback", "drift.validation"]
    with LearningOrchestrator.for_folder(tmp_path / "kept") as orchestrator:
        assert orchestrator.process().waiting == 0
        assert list(orchestrator.aggregates()) == [f"main.Monitor.{name}" for name in ("collect", "detect", "watch")]


def test_feedback_of_a_process_that_keeps_nothing_reaches_the_waiting_block(tmp_path: Path) -> None:
    """Without any option, from a program and from Python; the block runs once for each."""
    runs = Runs(tmp_path)
    watched = """@poet(domain="base")
def detect(n: int) -> dict:
    return {"drift": n > 1}
pipeline p:
    input: n
    result = detect(n)
    id = track_execution(result)
    on_feedback_received(id) -> fb:
        print(f"handled {fb.score}")
    output: id
"""
    id_ = runs.run(watched + "print(p(3))\n")[0].strip()
    runs.run(f'feedback("{id_}", {{"score": 1}})\n', name="other.na")
    code = f"import dana_poet; dana_poet.feedback({id_!r}, score=0.5)"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=CLEAN, check=True, timeout=60)
    assert runs.run(watched)[0].splitlines() == ["handled 1", "handled 0.5"]
    assert runs.run(watched)[0] == ""


def test_what_does_not_fit_is_refused_with_its_field(project: Project) -> None:
    """And is nowhere to be found afterwards."""
    project.executed("detect", 1, "run-1")
    assert "payload.was_real_drift: true or false" in project.cli("feedback", "run-1", "was_real_drift=maybe", code=2)
    assert "is no key=value" in project.cli("feedback", "run-1", "useful", code=2)
    assert "is given twice" in project.cli("feedback", "run-1", "a=1", "a=2", code=2)
    assert "what is there to say?" in project.cli("feedback", "run-1", code=2)
    with open_store(f"file:{project.state}/events") as store:
        assert len(store.query()) == 1


def test_without_a_state_folder_the_command_line_says_so(tmp_path: Path) -> None:
    """Nothing is created."""
    assert "there is no state folder" in Project(tmp_path).cli("feedback", "run-1", "useful=true", code=2)
    assert not (tmp_path / ".poet").exists()


KILLED = """
    import os, sys
    from dana_poet.orchestration import LearningOrchestrator
    from dana_poet.orchestration.ledger import Ledger

    where, at = sys.argv[2], int(sys.argv[3])
    orchestrator = LearningOrchestrator.for_folder(sys.argv[1], regenerate=lambda *_: die("regenerate"))
    seen = 0

    def die(place):
        global seen
        if place == where:
            seen += 1
            if seen == at:
                os.kill(os.getpid(), 9)

    def dying(owner, name):
        before = getattr(owner, name)
        def wrapper(*args, **kwargs):
            die(f"before {name}")
            result = before(*args, **kwargs)
            die(f"after {name}")
            return result
        setattr(owner, name, wrapper)

    dying(orchestrator.store, "claim")
    dying(orchestrator.store, "ack")
    dying(orchestrator.store, "publish")
    dying(Ledger, "take")
    dying(Ledger, "_take")
    orchestrator.process()
"""
PLACES = [
    ("before claim", 1), ("after claim", 1), ("before ack", 1), ("after ack", 1), ("before take", 1), ("after take", 1),
    ("before _take", 20), ("after _take", 79), ("before publish", 1), ("after publish", 1), ("regenerate", 1),
]  # fmt: skip


@pytest.mark.parametrize(("where", "at"), PLACES)
def test_a_pass_that_is_killed_is_finished_by_the_next(project: Project, where: str, at: int) -> None:
    """At once, wherever it was: every verdict counts once, one decision is made, nothing is asked for twice."""
    names = [f"run-{number}" for number in range(40)]
    project.executed("detect", 1, *names)
    with open_store(f"file:{project.state}/events") as store:
        for number, name in enumerate(names):
            store.publish("drift.validation", {"execution_id": name, "was_real_drift": number % 4 == 0})
    project.write("killed.py", KILLED)
    command = [sys.executable, "killed.py", str(project.state), where, str(at)]
    killed = subprocess.run(command, cwd=project.folder, env=CLEAN, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    project.learn()
    asked: list[str] = []
    with LearningOrchestrator.for_folder(
        project.state, regenerate=lambda function, _: asked.append(function)
    ) as orchestrator:
        orchestrator.process()
        (one,) = orchestrator.aggregates()["detect"]
        decisions = orchestrator.decisions()
    assert (one.executions, one.judged, one.confirmed, one.refuted) == (40, 40, 10, 30)
    assert [(one.action, one.status) for one in decisions] == [("regenerate", "done")]
    with open_store(f"file:{project.state}/events") as store:
        assert len(store.query(type="poet.regeneration.required")) == 1


def test_a_pass_that_is_killed_at_any_moment_is_finished_by_the_next(project: Project) -> None:
    """While verdicts go on coming in: the sums are those of the events."""
    code = (
        "import sys; from dana_poet.orchestration import LearningOrchestrator\n"
        "while True: LearningOrchestrator.for_folder(sys.argv[1]).process()"
    )
    count = 0
    for _ in range(6):
        learner = subprocess.Popen([sys.executable, "-c", code, str(project.state)], env=CLEAN)
        with open_store(f"file:{project.state}/events", durability="process") as store:
            until = time.monotonic() + 0.4
            while time.monotonic() < until:
                told = {"execution_id": f"run-{count}", "function": "detect", "version": 1}
                store.publish("poet.execution.completed", told)
                store.publish("feedback", {"execution_id": f"run-{count}", "useful": count % 2 == 0})
                count += 1
        learner.kill()
        learner.wait()
    with LearningOrchestrator.for_folder(project.state) as orchestrator:
        orchestrator.process()
        (one,) = orchestrator.aggregates()["detect"]
    assert (one.executions, one.judged, one.confirmed) == (count, count, (count + 1) // 2)


def test_several_processes_learn_from_one_folder(project: Project) -> None:
    """Every event counts once; one of them decides."""
    names = [f"run-{number}" for number in range(60)]
    project.executed("detect", 1, *names)
    with open_store(f"file:{project.state}/events") as store:
        store.publish_many([("feedback", {"execution_id": name, "useful": False}) for name in names])
    code = (
        "import sys; from dana_poet import LearningOrchestrator\n"
        "report = LearningOrchestrator.for_folder(sys.argv[1], regenerate=lambda *_: 'made v2').process()\n"
        "print(report.events, len(report.decisions))"
    )
    command = [sys.executable, "-c", code, str(project.state)]
    processes = [subprocess.Popen(command, env=CLEAN, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = [[int(word) for word in process.communicate(timeout=60)[0].split()] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sum(decisions for _, decisions in told) == 1
    with LearningOrchestrator.for_folder(project.state) as orchestrator:
        (one,) = orchestrator.aggregates()["detect"]
        (decision,) = orchestrator.decisions()
    assert (one.executions, one.refuted) == (60, 60)
    assert (decision.action, decision.status, decision.detail) == ("regenerate", "done", "made v2")


def test_feedback_that_cannot_be_kept_is_refused_with_its_field(project: Project) -> None:
    """Its giver would take it for noted otherwise."""
    project.python("run.py", "0.9")
    give = """
        import dana_poet
        for payload in ({"note": object()}, {"useful": True, "rating": "five"}):
            try:
                dana_poet.feedback("run-1", payload)
            except dana_poet.DanaError as error:
                print(type(error).__name__, error.message.partition(":")[0])
    """
    project.write("odd.py", give)
    assert project.python("odd.py").splitlines() == [
        "StateError 'note' of the payload of an event cannot be saved", "EventError payload.rating",
    ]  # fmt: skip


@pytest.mark.parametrize("where", ["", "jobs"])
def test_a_file_has_one_name_however_it_is_run(where: str, project: Project) -> None:
    """Run as a script, with `-m`, or imported, also inside a package: what is known of a function is not split."""
    (project.folder / where).mkdir(exist_ok=True)
    if where:
        project.write(f"{where}/__init__.py", "")
    file, module = (f"{where}/job.py", f"{where}.job") if where else ("job.py", "job")
    project.write(file, f"{textwrap.dedent(DETECT)}\ndetect(0.9)\n")
    project.python(file)
    project.python("-m", module)
    project.python("-c", f"import {module}")
    with open_store(f"file:{project.folder / where}/.poet/events") as store:
        assert [event.payload["function"] for event in store.query()] == [f"{module}.detect"] * 3
