"""What pipelines tell and do beside calls: traces, times, tables, streams, blocks, methods, parallel lists."""

# ruff: noqa: D103 - the small functions that the pipelines are made of

from __future__ import annotations

import contextvars
import io
import itertools
import sys
import threading
import time
from typing import Any

import pytest

from dana_poet.errors import DanaAttributeError, DanaCallError
from dana_poet.runtime import pipeline_records
from dana_poet.runtime.pipeline import Pipeline, block, case, expression_stage, pipe
from tests.runtime.pipeline_helpers import NO_SPAN, called, named, pipeline


class Reading:
    """Stand in for a struct."""


def load(_path: str) -> Reading:
    return Reading()


def score(_reading: Reading) -> float:
    return 0.5


def label(value: float) -> str:
    return str(value)


# --- what it tells


def test_stages_have_index_name_and_types() -> None:
    """Types come from annotations, a class gives itself, the pipeline's own parameters and result count too."""

    def parameters(path: str) -> None:
        """Be a signature."""

    made = pipeline(load, score, label, signature=parameters, returns=str)
    shown = [(info.index, info.name, info.input, info.output, info.seconds) for info in made.stages]
    assert shown == [
        (1, "load", "str", "Reading", None),
        (2, "score", "Reading", "float", None),
        (3, "label", "float", "str", None),
    ]
    outer = pipe(made, [len, str])
    assert isinstance(outer, Pipeline)
    assert [(info.name, info.input, info.output) for info in outer.stages] == [
        ("p", "str", "str"), ("[len, str]", "any", "list"),
    ]  # fmt: skip
    made = pipe(len, Reading, {"a": len}, case(len))  # type: ignore[assignment]
    assert [info.output for info in made.stages] == ["any", "Reading", "dict", "any"]


def test_stages_can_be_asked_for_before_their_names_exist() -> None:
    """A description never fails."""
    from dana_poet.runtime.pipeline import stage

    made = pipeline(stage(lambda: missing, "missing", NO_SPAN))  # type: ignore[name-defined] # noqa: F821
    assert [(info.name, info.output) for info in made.stages] == [("missing", "any")]


def test_a_record_cannot_be_changed_and_compares_by_value() -> None:
    """It says what happened."""
    made = pipeline(label)
    assert made.stages == made.stages
    assert len({made.stages, made.stages}) == 1
    with pytest.raises(DanaAttributeError, match="cannot be changed"):
        made.stages[0].index = 2


def test_a_trace_has_values_and_times_and_sets_the_means() -> None:
    """`.stages` and `describe()` show the times of the last traced run or map."""

    def slow(x: int) -> int:
        time.sleep(0.01)
        return x + 1

    made = pipeline(slow, label)
    record: Any = made.run(1, trace=True)
    assert [(stage.name, stage.value) for stage in record.stages] == [("slow", 2), ("label", "2")]
    assert record.stages[0].seconds >= 0.01
    assert record.seconds >= sum(stage.seconds for stage in record.stages)
    assert repr(record).startswith("PipelineRun(value='2', stages=(StageRun(index=1,")
    assert made.stages[0].seconds == record.stages[0].seconds
    made.map([1, 2])
    assert made.stages[0].seconds != record.stages[0].seconds
    assert "ms" in made.describe()


def test_describe_is_a_table() -> None:
    """One row for a stage, columns under their headings."""
    lines = pipeline(load, score).describe().splitlines()
    assert lines[0] == "pipeline p"
    assert lines[1].split() == ["stage", "takes", "gives", "mean", "time"]
    assert lines[2].split() == ["1", "load", "str", "Reading", "-"]
    assert lines[3].index("Reading") == lines[1].index("takes")


def test_a_stream_is_lazy() -> None:
    """It takes one input for one result, from an endless source too."""
    made = pipeline(lambda x: x * 2)
    assert list(itertools.islice(made.stream(itertools.count()), 3)) == [0, 2, 4]


def test_map_says_which_value_failed() -> None:
    """Beside the pipeline and the stage."""
    with pytest.raises(ZeroDivisionError) as caught:
        pipeline(lambda x: 1 // x).map([1, 0])
    assert caught.value.__notes__[-1] == "in map over 2 values, value 2"


def test_map_draws_a_bar_only_for_somebody_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal, after a second."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    pipeline(abs).map(range(5))
    assert terminal.getvalue() == ""
    monkeypatch.setattr(pipeline_records, "BAR_AFTER_SECONDS", 0.0)
    assert pipeline(abs, name="sizes").map(range(5)) == [0, 1, 2, 3, 4]
    assert "sizes" in terminal.getvalue()


# --- blocks and methods


def grading(model: float, limit: float = 0.5) -> str:
    checked = model * 2
    return "high" if checked > limit else "low"


def grading_traced(mark: Any, model: float, limit: float = 0.5) -> str:
    checked = model * 2
    mark(0, checked)
    result = "high" if checked > limit else "low"
    mark(1, result)
    return result


FIRST = grading.__code__.co_firstlineno
MARKS = (("checked", (FIRST + 1, 5, FIRST + 1, 24)), ("output", (FIRST + 2, 5, FIRST + 2, 60)))


def graded() -> Pipeline:
    return block(grading, "grade", stages=MARKS, traced=grading_traced, file="file.na")


def test_a_block_runs_and_traces_its_statements() -> None:
    """`pipeline grade:` is called like a function."""
    made = graded()
    assert [made(1.0), made(0.1, limit=5), made.run(1.0)] == ["high", "low", "high"]
    record: Any = made.run(0.1, trace=True)
    assert record.value == "low"
    assert [(stage.name, stage.value) for stage in record.stages] == [("checked", 0.2), ("output", "low")]
    assert [info.name for info in made.stages] == ["checked", "output"]
    assert (made.stages[0].input, made.stages[1].output) == ("float", "str")
    assert made.map([1.0, 0.1]) == ["high", "low"]


def test_an_error_in_a_block_names_the_statement() -> None:
    """By the line it happened on."""
    for run in (graded(), lambda value: graded().run(value, trace=True)):
        with pytest.raises(TypeError) as caught:
            run(None)
        assert caught.value.__notes__[0].startswith("in pipeline grade")
    with pytest.raises(TypeError) as caught:
        graded()(None)
    assert caught.value.__notes__ == [f"in pipeline grade, stage 1 'checked' (file.na:{FIRST + 1}:5)"]


def test_a_call_of_a_block_that_does_not_fit_names_the_parameter() -> None:
    """As for every pipeline."""
    for made in (graded(), pipe(graded(), str)):
        with pytest.raises(DanaCallError, match=r"grade\(\) needs a value for 'model'"):
            made()  # type: ignore[operator]
    with pytest.raises(DanaCallError, match=r"grade\(\) has no parameter 'modle'"):
        graded()(modle=1)


def monitor(self: Any, x: int) -> int:
    self.seen.append(x)
    return x + int(self.offset)


def monitor_traced(mark: Any, self: Any, x: int) -> int:
    mark(0, x)
    return monitor(self, x)


def plus_offset(value: Any, names: Any) -> Any:
    return value + names["self"].offset


def declared_with_self(self: Any, x: int, k: int = 2) -> None:
    """Be the signature of a pipeline in an agent."""


class Agent:
    """Stand in for a Dana agent."""

    offset = 10

    def __init__(self) -> None:
        self.seen: list[int] = []

    watch = block(monitor, "watch", stages=(("x", NO_SPAN),), traced=monitor_traced, file="")
    scaled = pipeline(
        lambda x, k: x * k,
        expression_stage(plus_offset, "$$ + self.offset", NO_SPAN),
        signature=declared_with_self,
        name="scaled",
    )


def test_a_pipeline_in_a_class_is_a_method() -> None:
    """`self` comes first; the bound pipeline is a pipeline."""
    agent: Any = Agent()
    assert [agent.watch(1), agent.watch(x=2)] == [11, 12]
    assert agent.seen == [1, 2]
    assert [agent.scaled(3), agent.scaled(3, 5), agent.scaled(k=1, x=1)] == [16, 25, 11]
    assert Agent.watch(agent, 3) == 13
    assert agent.watch.map([1, 2]) == list(agent.watch.stream([1, 2])) == [11, 12]
    assert agent.watch.run(1, trace=True).value == agent.watch.run(1) == 11
    assert (agent.watch | str)(1) == pipe(abs, agent.watch, str)(1) == "11"  # type: ignore[operator]
    assert agent.scaled.name == "scaled"
    with pytest.raises(DanaCallError, match=r"watch\(\) takes at most 1 value, got 2") as caught:
        agent.watch(1, 2)
    assert caught.value.hint == "its parameters: x"
    with pytest.raises(DanaCallError, match=r"scaled\(\) takes at most 2 values, got 3"):
        agent.scaled(1, 2, 3)


# --- parallel lists


def test_members_run_at_the_same_time_and_keep_their_order() -> None:
    """Each of three waits until all three have started."""
    together = threading.Barrier(3, timeout=5)

    def member(number: int) -> Any:
        def run(x: int) -> int:
            together.wait()
            time.sleep(0.002 * (3 - number))
            return x + number

        return run

    assert pipe(10, [member(0), member(1), member(2)]) == [10, 11, 12]


def test_one_member_needs_no_thread() -> None:
    """It runs where the pipeline runs."""
    assert pipe(1, [lambda _x: threading.current_thread()]) == [threading.current_thread()]


def test_lists_in_lists_do_not_wait_for_each_other() -> None:
    """Every list has its own threads, at any depth and width."""
    nested: Any = [abs, abs]
    for _ in range(5):
        nested = [nested, abs, nested]
    shape = pipe(-1, nested)
    assert str(shape).count("1") == str(nested).count("abs")
    assert pipe(1, [lambda x, k=k: x + k for k in range(100)]) == list(range(1, 101))


def test_the_first_error_stops_the_members_that_have_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is raised with a note; members that run are waited for."""
    from dana_poet.runtime import pipeline_parallel

    monkeypatch.setattr(pipeline_parallel, "MOST_THREADS", 2)
    before = threading.active_count()
    ran: list[int] = []

    def fail(_x: int) -> None:
        raise ValueError("no")

    def member(number: int) -> Any:
        def run(_x: int) -> None:
            time.sleep(0.05)
            ran.append(number)

        return run

    members = [named(fail), *(named(member(number), f"m{number}") for number in range(9))]
    with pytest.raises(ValueError, match="no") as caught:
        pipeline(named(members))(1)
    assert caught.value.__notes__ == ["in parallel member 1 'fail'", "in pipeline p, stage 1 'list'"]
    assert len(ran) <= 2
    assert threading.active_count() <= before


def test_members_see_the_context_of_the_caller() -> None:
    """Settings of the surrounding `with` hold inside."""
    setting = contextvars.ContextVar("setting", default="no")
    setting.set("yes")
    assert pipe(1, [lambda _x: setting.get(), lambda _x: setting.get()]) == ["yes", "yes"]


def test_work_goes_on_where_the_system_gives_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller's thread does it all."""

    def refuse(_self: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert pipe(1, [str, float, called(pow, 2)]) == ["1", 1.0, 1]
