"""What every language model has to keep, ours or a plug-in's: `for check in LANGUAGE_MODEL_CHECKS: check(model)`."""

from __future__ import annotations

import asyncio
import copy
from typing import TYPE_CHECKING

from dana_poet.llm.client import acomplete
from dana_poet.llm.request import Message, Reply, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.llm.client import LanguageModel

THREADS = 8


def check_language_model(model: LanguageModel) -> None:
    """Run all checks on a model that has an answer to any prompt; AssertionError says what it does not keep."""
    for check in LANGUAGE_MODEL_CHECKS:
        check(model)


def check_answers_with_text(model: LanguageModel) -> None:
    """Ask once: the reply is a Reply whose text is a `str` and not empty."""
    reply = model.complete(question())
    assert isinstance(reply, Reply), f"complete() gave {type(reply).__name__}, not Reply"
    assert type(reply.text) is str, "the reply's text is not a str"
    assert reply.text.strip(), "the reply's text is empty"


def check_reports_its_cost(model: LanguageModel) -> None:
    """Look at the figures: attempts start at 1; seconds and tokens are never negative."""
    reply = model.complete(question())
    assert reply.attempts >= 1, "there is no answer without an attempt"
    assert reply.seconds >= 0, "time ran backwards"
    assert reply.usage.input_tokens >= 0, "tokens in are negative"
    assert reply.usage.output_tokens >= 0, "tokens out are negative"


def check_leaves_the_request_alone(model: LanguageModel) -> None:
    """Compare the request before and after: its schema is the one part that could change."""
    request = question(schema={"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]})
    before = copy.deepcopy(request)
    model.complete(request)
    assert request == before, "complete() changed the request"


def check_takes_a_conversation(model: LanguageModel) -> None:
    """Ask with a system message and earlier turns."""
    turns = (Message("system", "Be brief."), Message("user", "Hello"), Message("assistant", "Hi"), Message("user", "?"))
    assert model.complete(Request(messages=turns)).text, "no answer to a conversation"


def check_takes_any_text(model: LanguageModel) -> None:
    """Ask with long, empty and non-ASCII prompts, and with half of a surrogate pair."""
    for prompt in ("", "x" * 20_000, "Grüße, 你好, \N{ROCKET}", "broken \ud83d"):
        assert model.complete(question(prompt)).text, f"no answer to {prompt[:20]!r}"


def check_answers_many_threads(model: LanguageModel) -> None:
    """Ask from many threads, as promises and parallel stages do."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(THREADS) as threads:
        replies = list(threads.map(model.complete, [question(f"question {n}") for n in range(2 * THREADS)]))
    assert all(reply.text for reply in replies), "an answer got lost between threads"


def check_can_be_awaited(model: LanguageModel) -> None:
    """Ask from async code, several questions at a time."""

    async def ask_three() -> list[Reply]:
        return await asyncio.gather(*(acomplete(model, question(f"question {n}")) for n in range(3)))

    assert all(reply.text for reply in asyncio.run(ask_three())), "no answer to awaiting code"


def question(prompt: str = "What is the answer?", *, schema: dict[str, object] | None = None) -> Request:
    """Return a small request."""
    return Request(messages=(Message("user", prompt),), max_tokens=50, temperature=0.0, schema=schema)


LANGUAGE_MODEL_CHECKS: tuple[Callable[[LanguageModel], None], ...] = (
    check_answers_with_text,
    check_reports_its_cost,
    check_leaves_the_request_alone,
    check_takes_a_conversation,
    check_takes_any_text,
    check_answers_many_threads,
    check_can_be_awaited,
)
