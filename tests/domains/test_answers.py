"""Answers of models to people: llm, customer_service, prompt_optimization."""

from __future__ import annotations

from typing import Any

import pytest

from dana_poet.domains import Call, get
from dana_poet.domains.customer_service import anger, tone, unprofessional, urgency
from dana_poet.domains.llm import is_refusal, read_json
from dana_poet.domains.prompt_optimization import focus
from dana_poet.domains.result_errors import PassingResultError
from dana_poet.errors import LLMError, PoetValidationError

LLM, SERVICE, PROMPTS = get("llm"), get("customer_service"), get("prompt_optimization")


def enforced(
    name: str,
    result: Any,
    arguments: dict[str, Any] | None = None,
    *,
    returns: Any = str,
    body: str = "model",
    **options: Any,
) -> Any:
    """Return a result as a domain hands it on."""
    domain = get(name)
    assert domain.enforce is not None
    return domain.enforce(result, Call("ask", arguments or {}, domain.settings(options), returns, body=body))


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can't help with that.", "I cannot assist with this request.", "As an AI language model, I cannot provide that.",
        "Sorry, I can\u2019t comply with that.", "I am unable to answer this question.", "Unfortunately, I am not able to discuss this.",
        "I won't be able to assist you.", "I apologize, but I cannot fulfill this request.", "I must decline to help.",
    ],
)  # fmt: skip
def test_refusals_are_recognised(answer: str) -> None:
    """As models say them."""
    assert is_refusal(answer)
    with pytest.raises(PoetValidationError, match="the model refused"):
        enforced("llm", answer)
    assert enforced("llm", answer, refusals="keep") == answer


@pytest.mark.parametrize(
    "answer",
    [
        "I can help: restart it.", "I cannot find any errors in your code.", "I can't help but notice the drift.", "4", "I am able to answer.",
        "Sorry for the delay: your parcel left today.", "We cannot provide refunds after 30 days.", "I will not be in the office.",
        "I cannot help with the first part" + ", but here is the rest. " * 40,
    ],
)  # fmt: skip
def test_answers_are_no_refusals(answer: str) -> None:
    """A regret that is an answer passes unchanged."""
    assert enforced("llm", answer) == answer


def test_an_empty_answer_is_asked_for_again() -> None:
    """Empty passes; a refusal does not, for the same question gets the same answer."""
    assert LLM.transient is not None
    with pytest.raises(PassingResultError) as empty:
        enforced("llm", " \n")
    with pytest.raises(PoetValidationError) as refused:
        enforced("llm", "I cannot help with that.")
    assert LLM.transient(empty.value)
    assert not LLM.transient(refused.value)


def test_answers_in_json_are_read_where_the_hint_is_no_text() -> None:
    """With or without one fence; anything around it is not JSON."""
    fenced = '```json\n{"label": "ok"}\n```'
    assert enforced("llm", fenced, returns=dict) == {"label": "ok"}
    assert enforced("llm", "[1, 2]", returns=list[int]) == [1, 2]
    assert enforced("llm", fenced) == fenced
    assert enforced("llm", fenced, format="json") == fenced
    for wrong in ('Sure: {"a": 1}', '{"a": NaN}', "[1]", "{'a': 1}", '{"a": 1} {"b": 2}'):
        with pytest.raises(PassingResultError, match="JSON"):
            enforced("llm", wrong, returns=dict)
    with pytest.raises(PassingResultError, match="lacks 'score'"):
        enforced("llm", fenced, returns=dict, required_keys=["label", "score"])
    assert read_json(" 1 ") == 1


def test_the_server_says_how_long_to_wait() -> None:
    """Model clients say it in their error."""
    assert LLM.wait is not None
    assert LLM.transient is not None
    error = LLMError("slow down")
    assert (LLM.transient(error), LLM.wait(error, 1)) == (False, None)
    error.passing, error.wait_seconds = True, 7.0
    assert (LLM.transient(error), LLM.wait(error, 1)) == (True, 7.0)


def test_an_empty_prompt_costs_nothing() -> None:
    """It is refused before anybody is asked."""
    assert LLM.prepare is not None
    with pytest.raises(PoetValidationError, match="'prompt' takes a prompt"):
        LLM.prepare(Call("ask", {"prompt": "  "}))


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("This is the WORST service, I am FURIOUS!", "upset"), ("Terrible. I have been waiting for weeks!!!", "upset"),
        ("Where is my order?", "neutral"), ("I am not upset, just curious.", "neutral"), ("Thanks, great help!", "pleased"), ("", "neutral"),
        ("Your reply is unacceptable and ridiculous", "upset"), ("Thank you, no problem at all", "pleased"), ("Please call me ASAP", "neutral"),
    ],
)  # fmt: skip
def test_the_tone_of_a_customer_is_told(text: str, sounds: str) -> None:
    """Words of anger, shouting, negations."""
    assert tone(text) == sounds
    assert 0 <= anger(text) <= 1
    assert 0 <= urgency(text) <= 1


def test_upset_customers_get_more_patience_and_functions_the_tone() -> None:
    """Twice the deadline; tone and urgency where a function has parameters for them."""
    assert SERVICE.patience is not None
    assert SERVICE.prepare is not None
    angry = {"message": "This is outrageous, fix it immediately!!!"}
    assert SERVICE.patience(Call("reply", angry)) == 2.0
    assert SERVICE.patience(Call("reply", angry, {"upset_patience": 3.0})) == 3.0
    assert SERVICE.patience(Call("reply", {"message": "Where is it?"})) == 1.0
    assert SERVICE.prepare(Call("reply", {**angry, "tone": None, "urgency": None})) == {"tone": "upset", "urgency": 0.7}
    assert SERVICE.prepare(Call("reply", {**angry, "tone": "calm"})) == {}
    assert SERVICE.prepare(Call("reply", angry)) == {}
    with pytest.raises(PoetValidationError, match="'message' takes a message"):
        SERVICE.prepare(Call("reply", {"message": " "}))


@pytest.mark.parametrize(
    "answer",
    [
        "Calm down.",
        "That is your fault.",
        "You should have known.",
        "This is not my problem",
        "YOUR ORDER WAS SENT ON MONDAY",
        "Yes!!!!",
        "damn it",
    ],
)
def test_unprofessional_answers_are_refused(answer: str) -> None:
    """A pure function gives the same answer again, so only a model is asked again."""
    with pytest.raises(PassingResultError, match="the answer of ask "):
        enforced("customer_service", answer)
    with pytest.raises(PoetValidationError) as told:
        enforced("customer_service", {"reply": answer}, body="pure")
    assert not isinstance(told.value, PassingResultError)


@pytest.mark.parametrize(
    "answer",
    [
        "I am sorry for the delay.",
        "Your default address is Scunthorpe.",
        "We were able to help!",
        "OK",
        "FAQ: see ASAP",
        "",
    ],
)
def test_professional_answers_pass_unchanged(answer: str) -> None:
    """A word inside a word is no word."""
    assert enforced("customer_service", answer) == answer
    assert unprofessional(answer) == ""


def test_policy_and_empathy_hold_where_they_are_asked_for() -> None:
    """Forbidden phrases; an acknowledgement for upset customers only."""
    with pytest.raises(PassingResultError, match="policy forbids"):
        enforced("customer_service", "We guarantee a refund.", forbidden=["guarantee a refund"])
    upset = {"message": "This is unacceptable and ridiculous"}
    with pytest.raises(PassingResultError, match="does not acknowledge"):
        enforced("customer_service", "It was sent.", upset, empathy=True)
    assert enforced("customer_service", "I am sorry. It was sent.", upset, empathy=True)
    assert enforced("customer_service", "It was sent.", {"message": "Where is it?"}, empathy=True)


def test_no_word_of_a_customer_stands_in_an_event() -> None:
    """Tone and urgency do."""
    assert SERVICE.redact is not None
    assert SERVICE.redact({"message": "My name is Ann and I am furious!!!", "id": 7}) == {
        "tone": "upset",
        "urgency": 0.2,
        "characters": 34,
    }


def test_prompt_limits_hold() -> None:
    """Tokens and cost of an answer; the response time is the deadline."""
    limits = {"max_tokens": 10, "response_time": 5.0, "cost_per_call": 0.01}
    assert PROMPTS.settings({"constraints": limits})["timeout"] == 5.0
    assert PROMPTS.settings({"constraints": limits, "timeout": 9.0})["timeout"] == 9.0
    assert enforced("prompt_optimization", "a" * 40, constraints=limits)
    with pytest.raises(PassingResultError, match="takes 11 tokens, more than 10"):
        enforced("prompt_optimization", "a" * 44, constraints=limits)
    with pytest.raises(PassingResultError, match="takes 12 tokens"):
        enforced("prompt_optimization", {"text": "a", "tokens": 12}, constraints=limits)
    with pytest.raises(PassingResultError, match="of cost"):
        enforced("prompt_optimization", "a" * 40, constraints=limits, price_per_1k_tokens=2.0)


def test_accuracy_is_never_guessed() -> None:
    """It comes from the user's scorer or from feedback."""
    call = Call("ask", {"text": "x"}, PROMPTS.settings(), seconds=0.5)
    measured = PROMPTS.measure("Try a restart, because the cache is stale.", call)
    assert "accuracy" not in measured
    assert measured["helpfulness"] == 0.5
    assert measured["response_time"] == 0.5
    scored = Call(
        "ask", {"text": "x"}, PROMPTS.settings({"scorer": lambda result, arguments: float(result == arguments["text"])})
    )
    assert PROMPTS.measure("x", scored)["accuracy"] == 1.0


def test_advice_is_for_the_objective_that_misses_its_target() -> None:
    """What the next prompt should change."""
    assert focus({"accuracy": 0.95, "efficiency": 0.4}) == ()
    assert "give examples of hard cases" in focus({"accuracy": 0.72}, {"accuracy": 0.9})
    assert set(focus({"efficiency": -0.2})).isdisjoint(focus({"accuracy": 0.1}))
