from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from dana_poet.errors import LLMError, StateError
from dana_poet.llm import CallableClient, LanguageModel, Message, ReplayClient, Reply, Request, ScriptedModel, Usage
from dana_poet.llm.conformance import LANGUAGE_MODEL_CHECKS
from dana_poet.llm.replay import request_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

QUESTION = Request(messages=(Message("user", "How many?"),))


def answering(text: str) -> CallableClient:
    """Return a model that always says `text`."""
    return CallableClient(lambda _request: text)


@pytest.mark.parametrize("check", LANGUAGE_MODEL_CHECKS, ids=lambda check: check.__name__)
def test_a_function_is_a_model(check: Callable[[LanguageModel], None]) -> None:
    """One conformance suite for every implementation."""
    check(answering("42"))


@pytest.mark.parametrize("check", LANGUAGE_MODEL_CHECKS, ids=lambda check: check.__name__)
def test_a_recording_model_is_a_model(check: Callable[[LanguageModel], None], tmp_path: Path) -> None:
    """Half a surrogate pair and empty prompts go into files too."""
    check(ReplayClient(tmp_path, record=answering("42")))


def test_an_answer_is_recorded_once_and_given_again(tmp_path: Path) -> None:
    """Everything of it comes back; the server is asked for the first time only."""
    model = ScriptedModel([Reply(text="Grüße", model="m", usage=Usage(5, 2), finish="length")])
    recording = ReplayClient(tmp_path, record=model)
    first = recording.complete(QUESTION)
    assert recording.complete(QUESTION) == first
    assert len(model.requests) == 1
    assert ReplayClient(tmp_path).complete(QUESTION) == first
    assert [path.name for path in tmp_path.iterdir()] == [f"{request_key(QUESTION)}.json"]


def test_a_question_without_a_file_is_an_error(tmp_path: Path) -> None:
    """A test that asks something else than it did must not go on with another answer."""
    with pytest.raises(LLMError, match="no answer is recorded") as caught:
        ReplayClient(tmp_path).complete(QUESTION)
    assert caught.value.reason == "not_recorded"
    assert "How many?" in caught.value.hint


def test_the_key_is_what_was_asked() -> None:
    """Words, model, temperature, seed and schema count; limits do not."""
    others = [
        Request(messages=(Message("system", "How many?"),)),
        Request(messages=QUESTION.messages, model="m"),
        Request(messages=QUESTION.messages, temperature=0.0),
        Request(messages=QUESTION.messages, seed=1),
        Request(messages=QUESTION.messages, schema={"type": "integer"}),
    ]
    assert len({request_key(request) for request in [QUESTION, *others]}) == 6
    bounded = Request(messages=QUESTION.messages, max_tokens=5, timeout_seconds=1.0, retries=0)
    assert request_key(bounded) == request_key(QUESTION)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"reply": {}}', '{"reply": {"text": 1, "usage": [0, 0]}}'])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    """It is no miss: recording over it would hide that something wrote there."""
    path = tmp_path / f"{request_key(QUESTION)}.json"
    path.write_text(text)
    with pytest.raises(StateError, match="is damaged"):
        ReplayClient(tmp_path, record=answering("42")).complete(QUESTION)
    assert path.read_text() == text


def test_a_recording_can_be_read_by_people(tmp_path: Path) -> None:
    """It holds the question beside the answer."""
    ReplayClient(tmp_path, record=answering("42")).complete(QUESTION)
    said = json.loads((tmp_path / f"{request_key(QUESTION)}.json").read_text())
    assert said["request"]["messages"] == [["user", "How many?"]]
    assert said["reply"]["text"] == "42"
