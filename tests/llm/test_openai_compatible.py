from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from dana_poet.errors import LLMError, SettingsError
from dana_poet.llm import Message, OpenAICompatible, Reply, Request, Usage
from dana_poet.llm.conformance import LANGUAGE_MODEL_CHECKS
from dana_poet.llm.faults import retry_after, server_message
from dana_poet.llm.shape import is_closed
from tests.llm.fake_server import Answer, FakeServer, refused, said, serving

KEY = "sk-secret-0123456789"
QUESTION = Request(messages=(Message("user", "How many?"),))
OBJECT_SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}

MakeModel = Callable[..., OpenAICompatible]


@pytest.fixture
def model_of() -> Iterator[MakeModel]:
    """Make models that are closed after the test."""
    made: list[OpenAICompatible] = []

    def make(server: FakeServer | str, **settings: Any) -> OpenAICompatible:
        url = server if isinstance(server, str) else server.url
        usual: dict[str, Any] = {"model": "small", "api_key": KEY, "backoff_seconds": 0.01, "timeout_seconds": 10.0}
        made.append(OpenAICompatible(base_url=url, **{**usual, **settings}))
        return made[-1]

    yield make
    for model in made:
        model.close()


def failure_of(model: OpenAICompatible, request: Request = QUESTION) -> LLMError:
    """Return the error of a question that fails."""
    with pytest.raises(LLMError) as caught:
        model.complete(request)
    return caught.value


def test_an_answer_comes_with_its_cost(model_of: MakeModel) -> None:
    """Text, model, tokens, time and attempts are what a caller accounts with."""
    with serving(said("42")) as server:
        reply = model_of(server).complete(QUESTION)
    assert (reply.text, reply.model, reply.usage) == ("42", "served-model", Usage(11, 3))
    assert (reply.attempts, reply.finish) == (1, "stop")
    assert 0 < reply.seconds < 5


def test_the_question_is_sent_as_servers_expect_it(model_of: MakeModel) -> None:
    """What nobody set is left out, so that the server's defaults hold."""
    with serving(said("ok")) as server:
        model = model_of(server, organization="org-1", model="openai:small")
        model.complete(QUESTION)
        model.complete(Request(messages=(Message("user", "Grüße"),), model="big", temperature=0.0, max_tokens=5))
    assert server.paths == ["/v1/chat/completions"] * 2
    assert server.questions[0] == {"model": "small", "messages": [{"role": "user", "content": "How many?"}]}
    assert server.questions[1] == {
        "model": "big", "messages": [{"role": "user", "content": "Grüße"}], "temperature": 0.0, "max_tokens": 5,
    }  # fmt: skip
    assert server.heads[0]["authorization"] == f"Bearer {KEY}"
    assert server.heads[0]["openai-organization"] == "org-1"


def test_a_server_of_ones_own_needs_no_key(model_of: MakeModel) -> None:
    """Without a key there is no Authorization header."""
    with serving(said("ok")) as server:
        model_of(server, api_key="").complete(QUESTION)
    assert "authorization" not in server.heads[0]


def test_the_client_s_own_limits_hold_where_the_request_is_silent(model_of: MakeModel) -> None:
    """`dana.toml` sets them for all questions, an option for one."""
    with serving(said("ok")) as server:
        model = model_of(server, max_tokens=100, temperature=0.5)
        model.complete(QUESTION)
        model.complete(Request(messages=QUESTION.messages, max_tokens=7))
    assert [(sent["max_tokens"], sent["temperature"]) for sent in server.questions] == [(100, 0.5), (7, 0.5)]


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
def test_a_fault_that_passes_is_tried_again(model_of: MakeModel, status: int) -> None:
    """The caller sees the answer, and that it took two attempts."""
    with serving(refused(status), said("42")) as server:
        reply = model_of(server).complete(QUESTION)
    assert (reply.text, reply.attempts, len(server.questions)) == ("42", 2, 2)


def test_a_server_that_keeps_failing_is_given_up(model_of: MakeModel) -> None:
    """After `retries` more attempts the error says what it said and how often it was asked."""
    with serving(refused(500, "out of memory")) as server:
        error = failure_of(model_of(server, retries=2))
    assert "the model server answered 500: out of memory (3 attempts in " in error.message
    assert len(server.questions) == 3


def test_no_retries_means_one_attempt(model_of: MakeModel) -> None:
    """`retries = 0` asks once."""
    with serving(refused(500), said("42")) as server:
        error = failure_of(model_of(server, retries=0))
    assert "(1 attempt in" in error.message
    assert len(server.questions) == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_the_server_says_how_long_to_wait(model_of: MakeModel, form: str) -> None:
    """Retry-After counts, in both of its forms, in place of our own shorter backoff."""
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    wait = {"seconds": "0.3", "date": until}[form]
    with serving(refused(429, headers={"Retry-After": wait}), said("42")) as server:
        start = time.monotonic()
        reply = model_of(server).complete(QUESTION)
    assert 0.3 <= time.monotonic() - start < 6
    assert reply.attempts == 2


def test_a_wait_beyond_the_deadline_is_not_begun(model_of: MakeModel) -> None:
    """Waiting would end in nothing, so the error comes at once and says which setting to raise."""
    with serving(refused(429, "slow down", headers={"Retry-After": "60"})) as server:
        start = time.monotonic()
        error = failure_of(model_of(server, timeout_seconds=5))
    assert time.monotonic() - start < 3
    assert "slow down" in error.message
    assert "asks to wait 60 s, longer than the deadline" in error.hint
    assert len(server.questions) == 1


def test_used_up_credit_is_not_waited_for(model_of: MakeModel) -> None:
    """It comes as 429 too, and no waiting mends it."""
    with serving(refused(429, "quota", code="insufficient_quota")) as server:
        error = failure_of(model_of(server))
    assert "credit" in error.hint
    assert len(server.questions) == 1


@pytest.mark.parametrize(
    "answer",
    [Answer(hang_seconds=30), Answer(body=said("42").body, drip_seconds=0.05)],
    ids=["silence", "dripping head"],
)
def test_the_deadline_holds_whatever_the_server_does(model_of: MakeModel, answer: Answer) -> None:
    """A byte now and then keeps a read timeout from ending; the deadline is for all of it."""
    with serving(answer) as server:
        start = time.monotonic()
        error = failure_of(model_of(server, timeout_seconds=0.4))
        elapsed = time.monotonic() - start
    assert 0.3 < elapsed < 3
    assert error.message == f"the model at {server.url} did not answer within 0.4 s (1 attempt)"
    assert "timeout_seconds" in error.hint


def test_a_request_may_bring_its_own_deadline(model_of: MakeModel) -> None:
    """`timeout_seconds` of one question stands over the client's."""
    with serving(Answer(hang_seconds=30)) as server:
        start = time.monotonic()
        failure_of(model_of(server), Request(messages=QUESTION.messages, timeout_seconds=0.2))
    assert time.monotonic() - start < 3


def test_one_silence_can_be_shorter_than_the_deadline(model_of: MakeModel) -> None:
    """With `read_seconds` a hung attempt leaves time for another."""
    with serving(Answer(hang_seconds=30), said("42")) as server:
        reply = model_of(server, read_seconds=0.2).complete(QUESTION)
    assert (reply.text, reply.attempts) == ("42", 2)


@pytest.mark.parametrize("answer", [
    Answer(body=said("42").body, cut_bytes=20),
    Answer(body=said("42").body[:-20]),
    Answer(body="not json"),
], ids=["body shorter than announced", "JSON cut", "no JSON"])  # fmt: skip
def test_a_broken_body_is_asked_for_again(model_of: MakeModel, answer: Answer) -> None:
    """Proxies cut answers; the next one is whole."""
    with serving(answer, said("42")) as server:
        assert model_of(server).complete(QUESTION).attempts == 2
    with serving(answer) as server:
        error = failure_of(model_of(server, retries=1))
    assert "(2 attempts in" in error.message


def test_a_page_in_place_of_an_answer_points_at_the_address(model_of: MakeModel) -> None:
    """HTML with status 200 means that base_url is not that of an API; asking again does not help."""
    with serving(Answer(body="<html>Welcome</html>", content_type="text/html; charset=utf-8")) as server:
        error = failure_of(model_of(server))
    assert "answered with text/html" in error.message
    assert "DANA_LLM_BASE_URL" in error.hint
    assert len(server.questions) == 1


def test_a_wrong_content_type_does_no_harm(model_of: MakeModel) -> None:
    """Some servers say text/plain; what counts is the body."""
    with serving(Answer(body=said("42").body, content_type="text/plain")) as server:
        assert model_of(server).complete(QUESTION).text == "42"


@pytest.mark.parametrize("body", ['{"choices": []}', "{}", '{"choices": null}', "[]", '{"choices": [1]}'])
def test_an_answer_without_choices_is_an_error(model_of: MakeModel, body: str) -> None:
    """A 200 that holds no answer is not an empty answer."""
    with serving(Answer(body=body)) as server:
        error = failure_of(model_of(server))
    assert "answered with" in error.message
    assert len(server.questions) == 1


def test_an_error_inside_a_200_is_told(model_of: MakeModel) -> None:
    """Gateways pass errors on this way."""
    with serving(Answer(body='{"error": {"message": "upstream is down"}}')) as server:
        assert "upstream is down" in failure_of(model_of(server)).message


@pytest.mark.parametrize(("answer", "words"), [
    (said(None, refusal="I will not"), "the model refuses to answer: I will not"),
    (said(None, tool_calls=[{"id": "1"}]), "asks for a tool"),
])  # fmt: skip
def test_a_model_that_does_not_answer_is_an_error(model_of: MakeModel, answer: Answer, words: str) -> None:
    """A refusal is never an empty text."""
    with serving(answer) as server:
        assert words in failure_of(model_of(server)).message


@pytest.mark.parametrize(("status", "hint"), [
    (400, "does not accept the question"),
    (401, "the API key is refused: check MY_KEY"),
    (403, "the key in MY_KEY may not use model 'small'"),
    (404, "check the model name 'small'"),
    (413, "too long"),
    (422, "does not accept the question"),
])  # fmt: skip
def test_a_fault_that_stays_says_what_to_do(model_of: MakeModel, status: int, hint: str) -> None:
    """Asking again cannot help, so nobody waits for it."""
    with serving(refused(status, "told so")) as server:
        error = failure_of(model_of(server, api_key_env="MY_KEY"))
    assert error.message == f"the model server answered {status}: told so"
    assert hint in error.hint
    assert len(server.questions) == 1


def test_a_missing_key_is_told_apart_from_a_wrong_one(model_of: MakeModel) -> None:
    """Users without a key have to set one, not check one."""
    with serving(refused(401)) as server:
        assert failure_of(model_of(server, api_key="")).hint == "the server wants an API key: set OPENAI_API_KEY"


def test_a_redirect_is_not_followed(model_of: MakeModel) -> None:
    """The key would go to wherever the server says."""
    with serving(said("42")) as other, serving(Answer(status=307, headers={"Location": other.url})) as server:
        error = failure_of(model_of(server))
    assert other.url in error.hint
    assert other.questions == []


def test_nobody_listening_is_told_after_all_attempts(model_of: MakeModel) -> None:
    """A server that is just starting gets its chance; then the address is named."""
    with serving(said("42")) as server:
        pass
    error = failure_of(model_of(server, retries=1))
    assert f"cannot reach the model server at {server.url}" in error.message
    assert "(2 attempts in" in error.message
    assert "is it running" in error.hint


@pytest.mark.parametrize("answer", [
    refused(401, f"Incorrect API key provided: {KEY}"),
    refused(500, f"debug: Bearer {KEY}"),
    Answer(status=307, headers={"Location": f"http://elsewhere/?key={KEY}"}),
])  # fmt: skip
def test_the_key_is_never_shown(model_of: MakeModel, answer: Answer) -> None:
    """Servers repeat it, logs keep it: not in message, hint, representation or chained errors."""
    with serving(answer) as server:
        model = model_of(server, retries=0)
        error = failure_of(model)
    shown = f"{error!r} {error} {error.message} {error.hint} {model!r} {error.__cause__!r}"
    assert KEY not in shown
    assert "***" in shown


@pytest.mark.parametrize("key", ["sk bad", "sk-\nbad", "sk-…"])
def test_a_key_that_no_header_can_hold_is_refused_unseen(key: str) -> None:
    """The HTTP library would show it in its own error."""
    with pytest.raises(SettingsError) as caught:
        OpenAICompatible(model="small", api_key=key)
    assert "OPENAI_API_KEY" in str(caught.value)
    assert key not in str(caught.value)


def test_a_key_file_s_last_line_break_does_no_harm(model_of: MakeModel) -> None:
    """`OPENAI_API_KEY=$(cat key)` on some systems keeps it."""
    with serving(said("ok")) as server:
        model_of(server, api_key=f" {KEY}\n").complete(QUESTION)
    assert server.heads[0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("address", ["localhost:11434", "ftp://host/v1", "https://", "http://me:pw@host/v1", ""])
def test_an_address_that_is_none_is_refused_at_once(address: str) -> None:
    """Not with the first question, and not with its password in the message."""
    with pytest.raises(SettingsError) as caught:
        OpenAICompatible(model="small", base_url=address)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("ending", ["", "/", "/chat/completions", "/chat/completions/"])
def test_an_address_is_understood_with_any_ending(model_of: MakeModel, ending: str) -> None:
    """Users copy it from many places."""
    with serving(said("ok")) as server:
        model_of(server.url + ending).complete(QUESTION)
    assert server.paths == ["/v1/chat/completions"]


def test_a_shape_is_sent_as_a_schema(model_of: MakeModel) -> None:
    """Servers that can hold a model to a schema are asked to."""
    with serving(said('{"a": 1}')) as server:
        reply = model_of(server).complete(Request(messages=QUESTION.messages, schema=OBJECT_SCHEMA, schema_name="P"))
    sent = server.questions[0]["response_format"]
    assert sent == {"type": "json_schema", "json_schema": {"name": "P", "strict": True, "schema": OBJECT_SCHEMA}}
    assert reply.text == '{"a": 1}'


def test_a_list_travels_inside_an_object(model_of: MakeModel) -> None:
    """Schemas must have an object at their root; the caller sees the list."""
    schema = {"type": "array", "items": {"$ref": "#/$defs/P"}, "$defs": {"P": OBJECT_SCHEMA}}
    with serving(said('{"value": [{"a": 1}]}')) as server:
        reply = model_of(server).complete(Request(messages=QUESTION.messages, schema=schema))
    sent = server.questions[0]["response_format"]["json_schema"]["schema"]
    assert sent["properties"]["value"] == {"type": "array", "items": {"$ref": "#/$defs/P"}}
    assert sent["$defs"] == {"P": OBJECT_SCHEMA}
    assert json.loads(reply.text) == [{"a": 1}]


def test_a_server_without_schemas_is_asked_in_words(model_of: MakeModel) -> None:
    """The refusal is learned for the model: the next question does not pay for it again."""

    def answer(question: dict[str, Any]) -> Answer:
        return refused(400, "response_format is not supported") if "response_format" in question else said('{"a": 1}')

    with serving(answer) as server:
        model = model_of(server)
        shaped = Request(messages=QUESTION.messages, schema=OBJECT_SCHEMA)
        assert [model.complete(shaped).attempts for _ in range(3)] == [2, 1, 1]


def test_a_bad_question_is_not_taken_for_a_missing_feature(model_of: MakeModel) -> None:
    """When the question fails without the schema too, nothing is learned and the server's words are told."""
    with serving(refused(400, "context too long"), refused(400, "context too long"), said('{"a": 1}')) as server:
        model = model_of(server)
        shaped = Request(messages=QUESTION.messages, schema=OBJECT_SCHEMA)
        assert "context too long" in failure_of(model, shaped).message
        model.complete(shaped)
    assert ["response_format" in sent for sent in server.questions] == [True, False, True]


def test_models_that_count_tokens_under_another_name_are_understood(model_of: MakeModel) -> None:
    """Reasoning models of OpenAI refuse max_tokens and name the field that they want."""

    def answer(question: dict[str, Any]) -> Answer:
        wanted = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
        return refused(400, wanted) if "max_tokens" in question else said("42")

    with serving(answer) as server:
        assert model_of(server, max_tokens=9).complete(QUESTION).attempts == 2
    assert server.questions[1]["max_completion_tokens"] == 9


def test_connections_are_kept_between_questions_and_threads(model_of: MakeModel) -> None:
    """Many promises ask at the same time; each gets its own answer."""
    with serving(lambda question: said(question["messages"][0]["content"])) as server:
        model = model_of(server)
        requests = [Request(messages=(Message("user", f"question {n}"),)) for n in range(20)]
        with ThreadPoolExecutor(8) as threads:
            replies = list(threads.map(model.complete, requests))
    assert [reply.text for reply in replies] == [f"question {n}" for n in range(20)]


def test_async_code_asks_several_at_a_time(model_of: MakeModel) -> None:
    """Five slow answers take the time of one."""

    async def ask_all(model: OpenAICompatible) -> list[Reply]:
        return await asyncio.gather(*(model.acomplete(QUESTION) for _ in range(5)))

    with serving(Answer(body=said("42").body, hang_seconds=0.4)) as server:
        start = time.monotonic()
        replies = asyncio.run(ask_all(model_of(server)))
    assert [reply.text for reply in replies] == ["42"] * 5
    assert time.monotonic() - start < 1.8


def test_cancelling_gives_the_question_up(model_of: MakeModel) -> None:
    """The caller's own time limit counts, and the next question is answered."""

    async def ask(model: OpenAICompatible) -> str:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(model.acomplete(QUESTION), 0.1)
        return (await model.acomplete(QUESTION)).text

    with serving(Answer(hang_seconds=30), said("42")) as server:
        start = time.monotonic()
        assert asyncio.run(ask(model_of(server))) == "42"
    assert time.monotonic() - start < 3


def test_sync_code_inside_a_running_loop_can_ask_too(model_of: MakeModel) -> None:
    """Notebooks always have one."""

    async def ask(model: OpenAICompatible) -> str:
        return model.complete(QUESTION).text

    with serving(said("42")) as server:
        assert asyncio.run(ask(model_of(server))) == "42"


def test_a_closed_model_can_be_asked_again(model_of: MakeModel) -> None:
    """Closing frees connections, it does not end the model."""
    with serving(said("42")) as server:
        model = model_of(server)
        model.complete(QUESTION)
        model.close()
        assert model.complete(QUESTION).text == "42"


FORKING = """
import os, sys
from dana_poet.llm import Message, OpenAICompatible, Request
model = OpenAICompatible(model="small", base_url=sys.argv[1])
question = Request(messages=(Message("user", "How many?"),))
model.complete(question)
child = os.fork()
if child == 0:
    os._exit(0 if model.complete(question).text == "42" else 1)
sys.exit(os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_opens_its_own_connections() -> None:
    """Worker processes inherit the model and not the thread behind it."""
    with serving(said("42")) as server:
        done = subprocess.run([sys.executable, "-c", FORKING, server.url], check=False, timeout=30)
    assert done.returncode == 0


@pytest.mark.parametrize("check", LANGUAGE_MODEL_CHECKS, ids=lambda check: check.__name__)
def test_the_client_keeps_what_all_models_keep(model_of: MakeModel, check: Callable[[OpenAICompatible], None]) -> None:
    """One conformance suite for every implementation."""
    with serving(said("42")) as server:
        check(model_of(server))


def test_an_answer_in_parts_is_one_text(model_of: MakeModel) -> None:
    """Some servers send a list of parts."""
    parts = [{"type": "text", "text": "4"}, {"type": "text", "text": "2"}]
    with serving(said(None, content=parts)) as server:
        assert model_of(server).complete(QUESTION).text == "42"


@pytest.mark.parametrize(("schema", "closed"), [
    (OBJECT_SCHEMA, True),
    ({"type": "array", "items": OBJECT_SCHEMA}, True),
    ({"anyOf": [OBJECT_SCHEMA, {"type": "null"}]}, True),
    ({"type": "object"}, False),
    ({"type": "array"}, False),
    ({"type": "array", "prefixItems": [{"type": "integer"}]}, False),
    ({**OBJECT_SCHEMA, "required": []}, False),
    ({**OBJECT_SCHEMA, "properties": {"a": {}}}, False),
    ({**OBJECT_SCHEMA, "$defs": {"P": {"type": "object"}}}, False),
])  # fmt: skip
def test_only_schemas_that_say_all_are_sent_as_strict(schema: dict[str, Any], closed: bool) -> None:
    """Servers refuse strict schemas with open places."""
    assert is_closed(schema) is closed


@pytest.mark.parametrize(("said_so", "seconds"), [("", None), ("3", 3.0), ("-1", 0.0), ("soon", None)])
def test_retry_after_is_read_with_care(said_so: str, seconds: float | None) -> None:
    """A header that makes no sense is as good as none."""
    assert retry_after({"retry-after": said_so}) == seconds


@pytest.mark.parametrize(("body", "text"), [
    ('{"error": "plain"}', "plain"), ('{"message": "m"}', "m"), ('{"detail": [1]}', "[1]"), ("x\n y", "x y"),
    ("z" * 1000, "z" * 297 + "..."),
])  # fmt: skip
def test_every_form_of_error_body_is_read(body: str, text: str) -> None:
    """Servers differ in where they put their words."""
    assert server_message(body) == text
