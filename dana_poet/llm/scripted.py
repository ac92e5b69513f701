"""A model that answers from a script: for tests, examples and rehearsals without a network."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from dana_poet.errors import LLMError
from dana_poet.llm.request import Reply

if TYPE_CHECKING:
    from dana_poet.llm.request import Request

Answer: TypeAlias = "str | Reply | Exception | Callable[[Request], str | Reply]"
Match: TypeAlias = "str | Callable[[Request], bool]"


class ScriptedModel:
    """Gives prepared answers and keeps the questions in `requests`.

    `replies` is a list that is used up in order, or a mapping whose first fitting key decides: a text that occurs in
    the prompt, or a predicate on the request. An answer is a text, a Reply, an exception to raise, or a function of
    the request. LLMError when no answer is left or none fits.

    >>> from dana_poet.llm.request import Message, Request
    >>> model = ScriptedModel({"weather": "sunny", "": "I do not know"})
    >>> model.complete(Request(messages=(Message("user", "How is the weather?"),))).text
    'sunny'
    >>> len(model.requests)
    1
    """

    def __init__(self, replies: Iterable[Answer] | Mapping[Match, Answer]) -> None:
        self.requests: list[Request] = []
        self._by_match = dict(replies) if isinstance(replies, Mapping) else None
        self._in_order = [] if isinstance(replies, Mapping) else list(replies)
        self._lock = threading.Lock()

    def complete(self, request: Request) -> Reply:
        """Return the next or the fitting answer."""
        with self._lock:
            self.requests.append(request)
            answer = self._next(request) if self._by_match is None else self._fitting(request, self._by_match)
        return _reply(answer, request)

    async def acomplete(self, request: Request) -> Reply:
        """Return the next or the fitting answer."""
        return self.complete(request)

    def _next(self, request: Request) -> Answer:
        count = len(self.requests)
        if count > len(self._in_order):
            raise LLMError(
                f"the scripted model has {len(self._in_order)} replies and was asked {count} times",
                hint=f"request {count} was {_excerpt(request)}",
            )
        return self._in_order[count - 1]

    def _fitting(self, request: Request, answers: Mapping[Match, Answer]) -> Answer:
        for match, answer in answers.items():
            if match in request.prompt if isinstance(match, str) else match(request):
                return answer
        keys = ", ".join(repr(match) for match in answers)
        raise LLMError(f"the scripted model has no reply for {_excerpt(request)}", hint=f"it has replies for {keys}")


def _excerpt(request: Request) -> str:
    prompt = request.prompt
    return repr(prompt if len(prompt) <= 100 else prompt[:97] + "...")


def _reply(answer: Answer, request: Request) -> Reply:
    if isinstance(answer, Exception):
        raise answer
    given = answer(request) if callable(answer) else answer
    return given if isinstance(given, Reply) else Reply(text=given, model="scripted")
