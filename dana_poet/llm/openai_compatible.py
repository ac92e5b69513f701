"""Ask any server that speaks OpenAI's `/chat/completions`: OpenAI itself, vLLM, Ollama, llama.cpp, gateways.

httpx carries the question and tenacity repeats it when the fault passes with time; both load with the first question.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dana_poet.errors import LLMError, SettingsError
from dana_poet.settings import OPENAI_URL, Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    import tenacity

    from dana_poet.llm.chat_server import ChatServer
    from dana_poet.llm.faults import Fault
    from dana_poet.llm.request import Reply, Request

LONGEST_BACKOFF_SECONDS = 8.0


class OpenAICompatible:
    """A language model behind `{base_url}/chat/completions`. Safe to use from many threads and tasks.

    `timeout_seconds` is the deadline of one question with all its `retries` and the waiting between them;
    `connect_seconds` and `read_seconds` (default: the deadline) bound one connection and one silence within it.
    Waits between attempts grow from `backoff_seconds`, with jitter, unless the server says how long. `api_key_env`
    only names the variable in messages. `max_tokens` and `temperature` hold for requests that do not set them.
    SettingsError when the address or the key cannot be sent.
    """

    def __init__(
        self,
        *,
        base_url: str = OPENAI_URL,
        model: str,
        api_key: str | Secret = "",
        api_key_env: str = "OPENAI_API_KEY",
        organization: str = "",
        timeout_seconds: float = 120.0,
        connect_seconds: float = 10.0,
        read_seconds: float | None = None,
        retries: int = 3,
        backoff_seconds: float = 0.5,
        max_tokens: int | None = None,
        temperature: float | None = None,
    ) -> None:
        self.base_url = _address(base_url)
        self.model = model
        self.timeout_seconds = timeout_seconds
        self.retries = retries
        self.backoff_seconds = backoff_seconds
        self._key = _sendable(api_key if isinstance(api_key, Secret) else Secret(api_key), api_key_env)
        self._key_variable = api_key_env
        self._organization = organization
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._defaults = {"max_tokens": max_tokens, "temperature": temperature}
        # What each model turned out not to take; learned once, so that later questions do not pay for it again.
        self.refused: dict[str, frozenset[str]] = {}
        self._opened: ChatServer | None = None

    def __repr__(self) -> str:
        return f"OpenAICompatible(base_url={self.base_url!r}, model={self.model!r})"

    def complete(self, request: Request) -> Reply:
        """Return the answer. LLMError says what went wrong, after how many attempts, and what to do."""
        from dana_poet.llm import background_loop

        return background_loop.wait_for(self._ask(request))

    async def acomplete(self, request: Request) -> Reply:
        """Return the answer. LLMError says what went wrong, after how many attempts, and what to do."""
        from dana_poet.llm import background_loop

        return await background_loop.wait_for_async(self._ask(request))

    def close(self) -> None:
        """Close the connections. Asking again opens new ones."""
        if self._opened is not None:
            self._opened.close()

    async def _ask(self, request: Request) -> Reply:
        """Ask until there is an answer, a fault that stays, or the deadline. Runs on the background loop."""
        import asyncio

        from dana_poet.llm.faults import Fault

        question = _Question(self, self._server(), self._completed(request))
        try:
            async with asyncio.timeout(question.deadline):
                reply = await question.repeated()
        except TimeoutError:
            raise question.overdue() from None
        except Fault as fault:
            raise self._error(question, fault) from None
        return replace(reply, seconds=question.seconds(), attempts=question.attempts)

    def _completed(self, request: Request) -> Request:
        """Return the request with the client's own values where it leaves them open."""
        defaults: dict[str, Any] = {**self._defaults, "timeout_seconds": self.timeout_seconds}
        left_open = {name: value for name, value in defaults.items() if getattr(request, name) is None}
        return replace(request, model=(request.model or self.model).removeprefix("openai:"), **left_open)

    def _server(self) -> ChatServer:
        if self._opened is None:
            import httpx

            from dana_poet.llm.chat_server import ChatServer

            timeout = httpx.Timeout(self._read_seconds, connect=self._connect_seconds, pool=None)
            self._opened = ChatServer(self.base_url, self._key, self._key_variable, self._organization, timeout)
        return self._opened

    def _error(self, question: _Question, fault: Fault) -> LLMError:
        message, hint = fault.message, fault.hint
        if fault.passing:
            message += f" ({question.count()} in {question.seconds():.1f} s)"
            if fault.wait_seconds and fault.wait_seconds >= question.deadline - question.seconds():
                hint = f"it asks to wait {fault.wait_seconds:.0f} s, longer than the deadline: raise timeout_seconds"
        return LLMError(self._scrubbed(message), hint=self._scrubbed(hint))

    def _scrubbed(self, text: str) -> str:
        """Return `text` without the key, which some servers repeat in their messages."""
        return text.replace(self._key.reveal(), "***") if self._key else text


class _Question:
    """One request on its way to the server, with the count of its attempts and its clock."""

    def __init__(self, owner: OpenAICompatible, server: ChatServer, request: Request) -> None:
        self._owner = owner
        self._server = server
        self._request = request
        self._started = time.monotonic()
        self.deadline = request.timeout_seconds or owner.timeout_seconds
        self.attempts = 0

    def seconds(self) -> float:
        """Return the wall time since the question was asked."""
        return time.monotonic() - self._started

    def count(self) -> str:
        """Return the number of attempts in words."""
        return "1 attempt" if self.attempts == 1 else f"{self.attempts} attempts"

    def overdue(self) -> LLMError:
        """Return the error of a question whose deadline is over."""
        return LLMError(
            f"the model at {self._owner.base_url} did not answer within {self.deadline:g} s ({self.count()})",
            hint="raise timeout_seconds, ask for less with max_tokens, or use a faster model",
        )

    async def repeated(self) -> Reply:
        """Ask again while the fault may pass and the deadline leaves time to wait."""
        import tenacity

        from dana_poet.llm.faults import Fault

        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, Fault) and error.passing),
            stop=tenacity.stop_after_attempt(self._owner.retries + 1) | tenacity.stop_before_delay(self.deadline),
            wait=_waiting(self._owner.backoff_seconds),
            reraise=True,
        )
        return await retrying(self._simplified)

    async def _simplified(self) -> Reply:
        """Ask once, and at once again without the option that the server does not take, when we can do without."""
        from dana_poet.llm import wire
        from dana_poet.llm.faults import Fault

        model = self._request.model
        without = self._owner.refused.get(model, frozenset())
        while True:
            self.attempts += 1
            body = wire.body_of(self._request, without)
            try:
                reply = wire.reply_of(*await self._server.post(body), body)
            except Fault as fault:
                option = wire.refused_option(body, fault)
                if not option:
                    raise
                without |= {option}
            else:
                self._owner.refused[model] = without
                return reply


def _waiting(backoff_seconds: float) -> Callable[[tenacity.RetryCallState], float]:
    """Return the wait before the next attempt: what the server asks for, else growing and random."""
    import tenacity

    backoff = tenacity.wait_random_exponential(multiplier=backoff_seconds, max=LONGEST_BACKOFF_SECONDS)

    def wait(state: tenacity.RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome else None
        asked: float | None = getattr(fault, "wait_seconds", None)
        return backoff(state) if asked is None else asked

    return wait


def _address(base_url: str) -> str:
    """Return the address without its final part and slash; SettingsError when it is none or holds a password."""
    address = base_url.strip().rstrip("/").removesuffix("/chat/completions").rstrip("/")
    scheme, separator, rest = address.partition("://")
    host = rest.partition("/")[0]
    if scheme not in {"http", "https"} or not separator or not host:
        raise SettingsError(
            f"the address of the model server {base_url!r} is no URL", hint='it looks like "https://host/v1"'
        )
    if "@" in host:
        raise SettingsError(
            "the address of the model server holds a user name or password",
            hint="put the key into an environment variable and name it with api_key_env",
        )
    return address


def _sendable(key: Secret, variable: str) -> Secret:
    """Return the key without white space around it; SettingsError, which does not show it, when no header can hold it."""
    text = key.reveal().strip()
    if not all("!" <= character <= "~" for character in text):
        raise SettingsError(
            f"the API key in {variable} holds blanks or characters that no key has", hint="copy the key again"
        )
    return Secret(text)
