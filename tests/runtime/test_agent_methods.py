"""What agents can do by themselves: memory, conversation, plans from a model."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from dana_poet.errors import LLMNotConfigured
from dana_poet.llm import ScriptedModel, use_model
from dana_poet.runtime.agents import add_method, define_agent
from dana_poet.runtime.promise import Promise, force


def agent(**options: Any) -> Any:
    """Return `agent_blueprint MethodsTest` made once."""
    return define_agent("MethodsTest", kind="agent_blueprint", **options)()


def test_remember_and_recall() -> None:
    """Any key and value; a missing key is null; agents do not share."""
    one, other = agent(), agent()
    assert one.remember("k", [1]) is True
    one.remember("", 2)
    assert (one.recall("k"), one.recall(""), one.recall("no"), one.recall("no", 3)) == ([1], 2, None, 3)
    assert one.get_memory_keys() == ["k", ""]
    assert other.get_memory_keys() == []
    assert (one.forget("k"), one.forget("k")) == (True, False)


def test_model_calls_are_promises_of_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the mock model every answer names the agent and what it does, as programs test."""
    monkeypatch.setenv("DANA_MOCK_LLM", "true")
    for verb, word in (("plan", "planning"), ("solve", "solving"), ("reason", "reasoning")):
        answer = getattr(agent(), verb)("clean up")
        assert type(answer) is Promise
        assert isinstance(answer, str)
        assert "MethodsTest" in answer
        assert word in answer.lower()
    assert "hello" in agent().chat("hello").lower()
    assert isinstance(agent().chat(""), str)
    assert force(agent().plan(None)) is not None


def test_an_error_of_the_model_is_raised_where_the_answer_is_used() -> None:
    """Errors are never lost."""
    answer = agent().plan("x")
    with pytest.raises(LLMNotConfigured):
        str(answer)


def prompts(model: ScriptedModel) -> list[str]:
    """Return everything that the model was asked, one text per request."""
    return ["\n".join(str(message.content) for message in request.messages) for request in model.requests]


def test_chat_remembers_the_last_turns() -> None:
    """`max_context_turns` turns go with the message; statistics count all of them."""
    model = ScriptedModel(["one", "two", "three"])
    neo = agent()
    with use_model(model):
        force(neo.chat("My name is Chris."))
        force(neo.chat("I like maths."))
        force(neo.chat("Who am I?", context={"topic": "names"}, max_context_turns=1))
    last = prompts(model)[-1]
    assert "I like maths." in last
    assert "My name is Chris." not in last
    assert "topic" in last
    stats = neo.get_conversation_stats()
    assert (stats["total_turns"], stats["total_messages"], stats["active_turns"], stats["session_count"]) == (
        3,
        6,
        3,
        1,
    )
    assert [turn["agent"] for turn in neo.get_conversation_history()] == ["one", "two", "three"]
    assert neo.clear_conversation() is True
    assert neo.get_conversation_stats()["total_turns"] == 0


def test_chats_are_answered_in_the_order_asked() -> None:
    """Two chats in a row without waiting: the second one knows the first."""
    model = ScriptedModel(["first answer", "second answer"])
    neo = agent()
    with use_model(model):
        first, second = neo.chat("first question"), neo.chat("second question")
        assert (str(second), str(first)) == ("second answer", "first answer")
    assert "first question" in prompts(model)[1]


def test_a_failed_chat_does_not_block_the_next() -> None:
    """Its turn is passed on, and it leaves no trace in the conversation."""
    neo = agent()
    failed = neo.chat("nobody there")
    with pytest.raises(LLMNotConfigured):
        str(failed)
    with use_model(ScriptedModel(["fine"])):
        assert neo.chat("again") == "fine"
    assert neo.get_conversation_stats()["total_turns"] == 1


def test_resources_are_asked_and_workflows_described() -> None:
    """What a resource knows of the problem goes into the prompt."""

    class Weather:
        name = "weather"

        def query(self, request: str) -> str:
            return f"sunny ({request})"

    def walk() -> None:
        """Go for a walk."""

    model = ScriptedModel(["go out"])
    with use_model(model):
        answer = agent(doc="Knows places.").solve("Sapporo today?", resources=[Weather()], workflows=[walk])
        assert answer == "go out"
    prompt = prompts(model)[0]
    assert "sunny (Sapporo today?)" in prompt
    assert "walk: Go for a walk." in prompt
    assert "Knows places." in prompt


def test_answers_can_have_a_type() -> None:
    """`shape` is the type that the answer is assigned to."""
    with use_model(ScriptedModel(['["one", "two"]', "0.4"])):
        assert force(agent().plan("x", shape=list[str])) == ["one", "two"]
        assert force(agent().reason("share?", shape=float)) == pytest.approx(0.4)


def test_methods_replace_built_in_ones() -> None:
    """By a method in the body, or by a function whose first parameter is the agent."""
    body = define_agent("N", methods={"plan": lambda _self, task: f"mine: {task}"})
    assert body.plan("x") == "mine: x"
    add_method(body, "solve", lambda a, problem: f"{a.name}: {problem}")
    assert body.solve("y") == "N: y"


def test_metrics_count_calls_and_errors() -> None:
    """The keys that programs read."""
    neo = agent()
    with use_model(ScriptedModel(["answer"])):
        force(neo.plan("x"))
    metrics = neo.get_metrics()
    assert metrics["calls"] == 1
    assert metrics["errors"] == 0
    assert (metrics["is_running"], metrics["current_step"]) == (False, "idle")
    assert metrics["elapsed_time"] >= 0
    assert set(metrics) >= {"tokens_per_sec", "elapsed_time"}
    with pytest.raises(LLMNotConfigured):
        str(neo.plan("y"))
    assert neo.get_metrics()["errors"] == 1


def test_log_writes_to_standard_error_with_the_name(capsys: pytest.CaptureFixture[str]) -> None:
    """Never to standard output."""
    agent().log("working", "warning")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "WARNING [MethodsTest] working\n")


def test_many_threads_may_use_one_agent() -> None:
    """Memory is not torn."""
    neo = agent()
    threads = [threading.Thread(target=neo.remember, args=(number, number)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(neo.get_memory_keys()) == list(range(50))
