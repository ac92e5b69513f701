"""What the models behind HTTP share: deadline, retries, connections, errors. Each speaks its own wire format.

httpx carries the question and tenacity repeats it when the fault passes with time; both load with the first question.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from dana_poet.errors import LLMError, SettingsError
from dana_poet.settings import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import tenacity

    from dana_poet.llm.chat_server import ChatServer
    from dana_poet.llm.faults import Fault
    from dana_poet.llm.request import Reply, Request

LONGEST_BACKOFF_SECONDS = 8.0


class Wire(Protocol):
    """How one protocol looks: where questions go, and what a Request and a Reply are in JSON. Modules are that."""

    PATH: str
    ENDING: str

    def headers(self, key: Secret, organization: str) -> dict[str, str]:
        """Return the headers that carry the key."""
        ...

    def body_of(self, request: Request, without: frozenset[str]) -> dict[str, Any]:
        """Return the JSON body of a question, `without` the fields that the server refused."""
        ...

    def refused_option(self, body: Mapping[str, Any], fault: Fault) -> str:
        """Return the field that the server refuses and that the question can go without, or the empty text."""
        ...

    def reply_of(self, text: str, content_type: str, body: Mapping[str, Any]) -> Reply:
        """Return the Reply that a 200 answer holds; Fault when it holds none."""
        ...


class HttpModel:
    """A language model behind an HTTP address. Safe to use from many threads and tasks. Subclasses say which.

    `timeout_seconds` is the deadline of one question with all its `retries` and the waiting between them;
    `connect_seconds` and `read_seconds` (default: the deadline) bound one connection and one silence within it.
    Waits between attempts grow from `backoff_seconds`, with jitter, unless the server says how long. `api_key_env`
    only names the variable in messages. `max_tokens` and `temperature` hold for requests that do not set them.
    SettingsError when the address or the key cannot be sent.
    """

    usual_url: ClassVar[str] = ""
    usual_key_variable: ClassVar[str] = ""
    prefix: ClassVar[str] = ""
    endings: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        *,
        base_url: str | None = None,
        model: str,
        api_key: str | Secret = "",
        api_key_env: str = "",
        organization: str = "",
        timeout_seconds: float = 120.0,
        connect_seconds: float = 10.0,
        read_seconds: float | None = None,
        retries: int = 3,
        backoff_seconds: float = 0.5,
        max_tokens: int | None = None,
        temperature: float | None = None,
    ) -> None:
        api_key_env = api_key_env or self.usual_key_variable
        self.base_url = _address(self.usual_url if base_url is None else base_url, self.endings)
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
        return f"{type(self).__name__}(base_url={self.base_url!r}, model={self.model!r})"

    def wire(self) -> Wire:
        """Return the format that this model's server speaks."""
        raise NotImplementedError

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
        return replace(request, model=(request.model or self.model).removeprefix(self.prefix), **left_open)

    def _server(self) -> ChatServer:
        if self._opened is None:
            import httpx

            from dana_poet.llm.chat_server import ChatServer, Place

            wire, plain = self.wire(), {"Accept": "application/json", "Content-Type": "application/json"}
            headers = plain | wire.headers(self._key, self._organization)
            place = Place(self.base_url, wire.PATH, headers, self._key_variable, bool(self._key), wire.ENDING)
            timeout = httpx.Timeout(self._read_seconds, connect=self._connect_seconds, pool=None)
            self._opened = ChatServer(place, timeout)
        return self._opened

    def _error(self, question: _Question, fault: Fault) -> LLMError:
        message, hint = fault.message, fault.hint
        if fault.passing:
            message += f" ({question.count()} in {question.seconds():.1f} s)"
            if fault.wait_seconds and fault.wait_seconds >= question.deadline - question.seconds():
                hint = f"it asks to wait {fault.wait_seconds:.0f} s, longer than the deadline: raise timeout_seconds"
        error = LLMError(self._scrubbed(message), hint=self._scrubbed(hint))
        error.reason, error.passing, error.status = fault.reason, fault.passing, fault.status
        error.wait_seconds = fault.wait_seconds
        return error

    def _scrubbed(self, text: str) -> str:
        """Return `text` without the key, which some servers repeat in their messages."""
        return text.replace(self._key.reveal(), "***") if self._key else text


class _Question:
    """One request on its way to the server, with the count of its attempts and its clock."""

    def __init__(self, owner: HttpModel, server: ChatServer, request: Request) -> None:
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
        error = LLMError(
            f"the model at {self._owner.base_url} did not answer within {self.deadline:g} s ({self.count()})",
            hint="raise timeout_seconds, ask for less with max_tokens, or use a faster model",
        )
        error.reason, error.passing = "timeout", True
        return error

    async def repeated(self) -> Reply:
        """Ask again while the fault may pass and the deadline leaves time to wait."""
        import tenacity

        from dana_poet.llm.faults import Fault

        retries = self._owner.retries if self._request.retries is None else self._request.retries
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, Fault) and error.passing),
            stop=tenacity.stop_after_attempt(retries + 1) | tenacity.stop_before_delay(self.deadline),
            wait=_waiting(self._owner.backoff_seconds),
            reraise=True,
        )
        return await retrying(self._simplified)

    async def _simplified(self) -> Reply:
        """Ask once, and at once again without the option that the server does not take, when we can do without."""
        from dana_poet.llm.faults import Fault

        wire = self._owner.wire()
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


def _address(base_url: str, endings: tuple[str, ...]) -> str:
    """Return the address without its `endings` and slash; SettingsError when it is none or holds a password."""
    address = base_url.strip().rstrip("/")
    for ending in endings:
        address = address.removesuffix(ending).rstrip("/")
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
