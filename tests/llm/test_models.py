from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.errors import DanaValueError, LLMError, LLMNotConfigured
from dana_poet.llm import (
    AsyncLanguageModel,
    LanguageModel,
    Message,
    MockModel,
    OpenAICompatible,
    Reply,
    Request,
    ScriptedModel,
    acomplete,
    current_model,
    model_from_settings,
    use_model,
)
from dana_poet.llm.conformance import LANGUAGE_MODEL_CHECKS, check_language_model
from dana_poet.settings import LLMSettings, Settings, load_settings, use_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.llm.scripted import Answer, Match


def question(prompt: str = "Why?", schema: dict[str, Any] | None = None) -> Request:
    """Return a small request."""
    return Request(messages=(Message("user", prompt),), schema=schema)


class OnlySync:
    """A model as a user writes it: one method."""

    def complete(self, request: Request) -> Reply:
        """Repeat the prompt."""
        return Reply(text=f"You said: {request.prompt}")


MODELS: dict[str, Callable[[], LanguageModel]] = {
    "mock": MockModel,
    "scripted list": lambda: ScriptedModel(["answer"] * 100),
    "scripted mapping": lambda: ScriptedModel({"": "answer"}),
    "one method": OnlySync,
}


@pytest.mark.parametrize("check", LANGUAGE_MODEL_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_every_model_keeps_what_all_models_keep(
    make: Callable[[], LanguageModel], check: Callable[[LanguageModel], None]
) -> None:
    """One conformance suite for every implementation."""
    check(make())


@pytest.mark.parametrize("reply", [Reply(text=""), Reply(text=" "), Reply(text="x", attempts=0), "plain"])
def test_the_suite_finds_a_model_that_keeps_nothing(reply: Any) -> None:
    """A check that nothing can fail is none."""
    broken = ScriptedModel({"": lambda _request: reply})
    if isinstance(reply, str):
        broken.complete = lambda _request: reply  # type: ignore[method-assign, assignment, return-value]
    with pytest.raises(AssertionError):
        check_language_model(broken)


def test_models_with_one_method_are_no_async_models() -> None:
    """The protocol tells them apart."""
    assert not isinstance(OnlySync(), AsyncLanguageModel)
    assert isinstance(MockModel(), AsyncLanguageModel)


def test_a_request_is_checked_when_it_is_made() -> None:
    """Not by a server, minutes later."""
    with pytest.raises(DanaValueError, match="at least one message"):
        Request(messages=())
    with pytest.raises(DanaValueError, match="the role 'robot'"):
        Message("robot", "x")  # type: ignore[arg-type]


def test_the_prompt_is_what_the_user_said_last() -> None:
    """Scripts and mocks look at it."""
    turns = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"), Message("assistant", "d"))
    assert Request(messages=turns).prompt == "c"
    assert Request(messages=(Message("system", "s"),)).prompt == ""


def test_a_scripted_list_is_used_up_in_order() -> None:
    """And the questions are kept, for the test to look at."""
    model = ScriptedModel(["one", Reply(text="two", attempts=2), lambda request: request.prompt.upper()])
    assert [model.complete(question(p)).text for p in "abc"] == ["one", "two", "C"]
    assert [request.prompt for request in model.requests] == ["a", "b", "c"]


def test_a_scripted_list_says_when_it_runs_out() -> None:
    """With the count and the question that came too much."""
    model = ScriptedModel(["one"])
    model.complete(question())
    with pytest.raises(LLMError) as caught:
        model.complete(question("And now?"))
    assert caught.value.message == "the scripted model has 1 replies and was asked 2 times"
    assert "And now?" in caught.value.hint


def test_a_scripted_mapping_answers_by_text_or_predicate() -> None:
    """The first key that fits decides."""
    replies: dict[Match, Answer] = {"weather": "sunny", lambda request: len(request.prompt) > 9: "long", "": "other"}
    model = ScriptedModel(replies)
    assert [model.complete(question(p)).text for p in ("weather?", "a long question", "x")] == [
        "sunny",
        "long",
        "other",
    ]


def test_a_scripted_mapping_without_a_fitting_key_says_so() -> None:
    """An answer that nobody prepared would hide a changed prompt."""
    with pytest.raises(LLMError, match="no reply for 'x'") as caught:
        ScriptedModel({"weather": "sunny"}).complete(question("x"))
    assert "'weather'" in caught.value.hint


def test_a_script_can_fail() -> None:
    """To test what a program does then."""
    with pytest.raises(LLMError, match="down"):
        ScriptedModel([LLMError("down")]).complete(question())


@pytest.mark.parametrize(("schema", "value"), [
    ({"type": "integer"}, 42),
    ({"type": "number"}, 3.14),
    ({"type": "boolean"}, False),
    ({"type": "null"}, None),
    ({"type": "object"}, {"result": "mock_data", "status": "success"}),
    ({"type": "array"}, ["item1", "item2", "item3"]),
    ({"type": "array", "items": {"type": "number"}}, [3.14, 3.14, 3.14]),
    ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}, [42, "mock_item"]),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, {"result": 42, "status": 42}),
    ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 42),
    ({"type": "object", "properties": {"name": {"type": "string"}, "tags": {"type": "array"}}},
     {"name": "mock_name", "tags": ["tags1", "tags2", "tags3"]}),
])  # fmt: skip
def test_the_mock_answers_in_every_shape(schema: dict[str, Any], value: object) -> None:
    """Programs run through under DANA_MOCK_LLM, whatever they ask for."""
    assert json.loads(MockModel().complete(question(schema=schema)).text) == value


def test_the_mock_ends_in_a_struct_that_contains_itself() -> None:
    """A tree of nodes has a sample too."""
    schema = {
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#"}}, "next": {"$ref": "#"}},
    }
    assert len(MockModel().complete(question(schema=schema)).text) < 2_000


@pytest.mark.parametrize(("prompt", "end"), [("Why?", "Why?"), ("x" * 101, "x" * 100 + "..."), ("y" * 100, "y" * 100)])
def test_the_mock_repeats_the_beginning_of_the_prompt(prompt: str, end: str) -> None:
    """So that a test sees which question was asked."""
    text = MockModel().complete(question(prompt)).text
    assert text.startswith("This is a mock response. ")
    assert text.endswith(": " + end)


def test_without_a_model_the_error_names_the_ways_to_get_one() -> None:
    """Environment, file, mock."""
    with pytest.raises(LLMNotConfigured) as caught:
        current_model()
    for way in ("DANA_LLM_MODEL", "OPENAI_API_KEY", "DANA_LLM_BASE_URL", "dana.toml", "DANA_MOCK_LLM=true"):
        assert way in caught.value.hint


@pytest.mark.parametrize(("variables", "missing"), [
    ({"OPENAI_API_KEY": "k"}, "missing: a model name"),
    ({"DANA_LLM_MODEL": "small"}, "missing: an API key or a server address"),
])  # fmt: skip
def test_a_model_that_is_half_configured_says_which_half_is_missing(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], missing: str
) -> None:
    """A key alone does not say which model to pay for."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(LLMNotConfigured) as caught:
        current_model()
    assert caught.value.message.endswith(missing)


def test_settings_make_one_client_for_equal_settings() -> None:
    """Connections stay open between questions."""
    settings = LLMSettings(model="small", base_url="http://localhost/v1", timeout_seconds=7.0, retries=1)
    model = model_from_settings(settings)
    assert model is model_from_settings(settings._replace())
    assert isinstance(model, OpenAICompatible)
    assert (model.timeout_seconds, model.retries) == (7.0, 1)


def test_a_key_and_a_model_name_are_enough() -> None:
    """The address is OpenAI's then."""
    settings = load_settings("", {"OPENAI_API_KEY": "k", "DANA_LLM_MODEL": "small"})
    with use_settings(settings):
        assert repr(current_model()) == "OpenAICompatible(base_url='https://api.openai.com/v1', model='small')"


def test_use_model_holds_inside_its_block() -> None:
    """Blocks nest; the model of the settings holds outside."""
    outer, inner = ScriptedModel([]), ScriptedModel([])
    with use_settings(Settings(llm=LLMSettings(mock=True))):
        with use_model(outer):
            with use_model(inner):
                assert current_model() is inner
            assert current_model() is outer
        assert isinstance(current_model(), MockModel)


def test_use_model_takes_a_name_too() -> None:
    """For `--llm MODEL`: the configured server, another model."""
    settings = Settings(llm=LLMSettings(model="small", base_url="http://localhost/v1"))
    with use_settings(settings), use_model("big"):
        assert repr(current_model()) == "OpenAICompatible(base_url='http://localhost/v1', model='big')"


def test_the_mock_can_be_forced_and_forbidden() -> None:
    """`use_mock` of `reason` stands over the environment."""
    real = LLMSettings(model="small", base_url="http://localhost/v1", mock=True)
    with use_settings(Settings(llm=real)):
        assert isinstance(current_model(), MockModel)
        assert isinstance(current_model(mock=False), OpenAICompatible)
        with use_model(MockModel()):
            assert isinstance(current_model(mock=False), OpenAICompatible)
    with use_model(ScriptedModel([])):
        assert isinstance(current_model(mock=True), MockModel)


def test_a_model_with_one_method_is_asked_from_async_code() -> None:
    """In a worker thread."""
    assert asyncio.run(acomplete(OnlySync(), question("Hi"))).text == "You said: Hi"
