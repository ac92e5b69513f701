from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dana_poet.errors import LLMError, LLMNotConfigured, SettingsError
from dana_poet.llm import Anthropic, LanguageModel, Message, OpenAICompatible, Request, Usage, model_from_settings
from dana_poet.llm.conformance import LANGUAGE_MODEL_CHECKS
from dana_poet.settings import LLMSettings, Secret, load_settings
from tests.llm.fake_server import Answer, FakeServer, rejected, serving, told

KEY = "sk-ant-0123456789"
QUESTION = Request(messages=(Message("user", "How many?"),))

MakeModel = Callable[..., Anthropic]


@pytest.fixture
def model_of() -> Iterator[MakeModel]:
    """Make models that are closed after the test."""
    made: list[Anthropic] = []

    def make(server: FakeServer, **settings: Any) -> Anthropic:
        usual: dict[str, Any] = {"model": "claude-x", "api_key": KEY, "backoff_seconds": 0.01, "timeout_seconds": 10.0}
        made.append(Anthropic(base_url=server.url, **{**usual, **settings}))
        return made[-1]

    yield make
    for model in made:
        model.close()


def failure_of(model: Anthropic, request: Request = QUESTION) -> LLMError:
    """Return the error of a question that fails."""
    with pytest.raises(LLMError) as caught:
        model.complete(request)
    return caught.value


@pytest.mark.parametrize("check", LANGUAGE_MODEL_CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_what_all_models_keep(model_of: MakeModel, check: Callable[[LanguageModel], None]) -> None:
    """One conformance suite for every implementation."""
    with serving(told("42")) as server:
        check(model_of(server))


def test_an_answer_comes_with_its_cost(model_of: MakeModel) -> None:
    """Text, model, tokens and why it stopped, in the words that all models share."""
    with serving(told("42")) as server:
        reply = model_of(server).complete(QUESTION)
    assert (reply.text, reply.model, reply.usage) == ("42", "served-model", Usage(11, 3))
    assert (reply.attempts, reply.finish) == (1, "stop")


def test_the_question_is_sent_as_the_messages_api_expects_it(model_of: MakeModel) -> None:
    """Key and version in headers, the system's words apart, a limit of tokens always."""
    turns = (Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "Yes?"), Message("user", "Go"))
    with serving(told("ok")) as server:
        model = model_of(server, model="anthropic:claude-x")
        model.complete(Request(messages=turns, temperature=1.5, max_tokens=7, seed=3))
        model.complete(Request(messages=(Message("system", "Say hello."),)))
    assert server.paths == ["/v1/messages"] * 2
    assert server.heads[0]["x-api-key"] == KEY
    assert server.heads[0]["anthropic-version"] == "2023-06-01"
    assert "authorization" not in server.heads[0]
    assert server.questions[0] == {
        "model": "claude-x", "system": "Be brief.", "max_tokens": 7, "temperature": 1.0,
        "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"},
                     {"role": "user", "content": "Go"}],
    }  # fmt: skip
    assert server.questions[1]["messages"] == [{"role": "user", "content": "Say hello."}]
    assert server.questions[1]["max_tokens"] == 4096


@pytest.mark.parametrize(("status", "reason"), [(429, "rate_limited"), (500, "server_error"), (529, "overloaded")])
def test_a_fault_that_passes_is_tried_again(model_of: MakeModel, status: int, reason: str) -> None:
    """529 is how this API says that it is overloaded; the error keeps what it said."""
    with serving(rejected(status, "busy", kind="overloaded_error"), told("42")) as server:
        assert model_of(server).complete(QUESTION).attempts == 2
    with serving(rejected(status, "busy")) as server:
        error = failure_of(model_of(server, retries=0))
    assert (error.reason, error.passing, error.status) == (reason, True, status)
    assert "busy" in error.message


def test_the_server_says_how_long_to_wait(model_of: MakeModel) -> None:
    """Retry-After stands over our own backoff, and the error of a single attempt tells it."""
    with serving(rejected(429, headers={"Retry-After": "0.3"}), told("42")) as server:
        start = time.monotonic()
        model_of(server).complete(QUESTION)
    assert time.monotonic() - start >= 0.3
    with serving(rejected(429, headers={"Retry-After": "7"})) as server:
        assert failure_of(model_of(server, retries=0)).wait_seconds == 7.0


@pytest.mark.parametrize(("answer", "reason", "words"), [
    (rejected(401, "invalid x-api-key"), "unauthorized", "check ANTHROPIC_API_KEY"),
    (rejected(404, "model: claude-x"), "not_found", "without /v1"),
    (told("I cannot help", stop="refusal"), "refused", "another way"),
    (told("", content=[{"type": "tool_use", "id": "1", "name": "f", "input": {}}], stop="tool_use"), "tool_call", ""),
    (Answer(body='{"choices": []}'), "no_choice", ""),
    (Answer(body="[]"), "wrong_protocol", ""),
    (Answer(body=told("42").body, cut_bytes=20), "connection_lost", ""),
    (Answer(body="not json"), "bad_json", ""),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_every_fault_has_its_reason(model_of: MakeModel, answer: Answer, reason: str, words: str) -> None:
    """A refusal, a tool call and an answer of another protocol are no texts."""
    with serving(answer) as server:
        error = failure_of(model_of(server, retries=0))
    assert error.reason == reason
    assert words in error.hint


def test_an_answer_that_was_cut_says_so(model_of: MakeModel) -> None:
    """In the word that the other protocol has for it."""
    with serving(told("4", stop="max_tokens")) as server:
        assert model_of(server).complete(QUESTION).finish == "length"


def test_a_model_that_takes_no_temperature_is_asked_without(model_of: MakeModel) -> None:
    """The refusal is learned: the next question does not pay for it again."""

    def answer(question: dict[str, Any]) -> Answer:
        return rejected(400, "temperature is not supported") if "temperature" in question else told("42")

    with serving(answer) as server:
        model = model_of(server)
        asked = Request(messages=QUESTION.messages, temperature=0.2)
        assert [model.complete(asked).attempts for _ in range(2)] == [2, 1]


def test_the_key_is_never_shown(model_of: MakeModel) -> None:
    """Servers repeat it in their messages."""
    with serving(rejected(401, f"invalid key {KEY}")) as server:
        model = model_of(server)
        error = failure_of(model)
    assert KEY not in f"{error!r} {error.message} {error.hint} {model!r}"


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/messages"])
def test_an_address_is_understood_with_any_ending(ending: str) -> None:
    """Users copy it from many places."""
    with serving(told("ok")) as server:
        model = Anthropic(base_url=server.url.removesuffix("/v1") + ending, model="claude-x")
        model.complete(QUESTION)
        model.close()
    assert server.paths == ["/v1/messages"]


def test_a_key_with_a_line_break_inside_is_refused_unseen() -> None:
    """The variable that the message names is this server's own."""
    with pytest.raises(SettingsError, match="ANTHROPIC_API_KEY"):
        Anthropic(model="claude-x", api_key="a\nb")


@pytest.mark.parametrize(("settings", "kind"), [
    (LLMSettings(model="anthropic:claude-x", api_key=Secret("k")), Anthropic),
    (LLMSettings(model="claude-x", api_key=Secret("k")), Anthropic),
    (LLMSettings(model="any", base_url="https://api.anthropic.com"), Anthropic),
    (LLMSettings(model="anthropic:claude-x", base_url="http://localhost:1"), Anthropic),
    (LLMSettings(model="claude-x", base_url="http://localhost:1/v1"), OpenAICompatible),
    (LLMSettings(model="any", base_url="https://anthropic.com.evil.example/v1"), OpenAICompatible),
    (LLMSettings(model="gpt-x", api_key=Secret("k")), OpenAICompatible),
])  # fmt: skip
def test_settings_choose_the_protocol(settings: LLMSettings, kind: type) -> None:
    """By prefix or address; gateways that carry the model under its name speak the common protocol."""
    assert type(model_from_settings(settings)) is kind


def test_one_company_s_key_is_not_sent_to_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both keys are in the environment of many; the server gets its own, at its own address."""
    with serving(told("ok")) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-openai")
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("DANA_LLM_MODEL", "anthropic:claude-x")
        model_from_settings(load_settings(files=False).llm).complete(QUESTION)
    assert server.heads[0]["x-api-key"] == KEY


def test_another_company_s_key_alone_configures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the variable that is missing."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai")
    monkeypatch.setenv("DANA_LLM_MODEL", "claude-x")
    with pytest.raises(LLMNotConfigured, match="an API key") as caught:
        model_from_settings(load_settings(files=False).llm)
    assert "ANTHROPIC_API_KEY" in caught.value.hint
