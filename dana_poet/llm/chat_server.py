"""Carry one question to a `/chat/completions` address over httpx and bring the answer's text back, or a Fault."""

from __future__ import annotations

import asyncio
import json
import weakref
from typing import TYPE_CHECKING, Any

import httpx

from dana_poet.llm import background_loop
from dana_poet.llm.faults import Asked, Fault, status_fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.settings import Secret


class ChatServer:
    """One server with its connections, which stay open between questions. Used on the background loop only."""

    def __init__(self, url: str, key: Secret, key_variable: str, organization: str, timeout: httpx.Timeout) -> None:
        self._url = url
        self._key = key
        self._key_variable = key_variable
        self._organization = organization
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._close: Callable[[], object] = lambda: None

    async def post(self, body: dict[str, Any]) -> tuple[str, str]:
        """Return text and content type of the server's answer; Fault for any but a 200."""
        # Half of a surrogate pair, as broken input may hold, has no UTF-8: it travels as a question mark.
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        address = f"{self._url}/chat/completions"
        try:
            answer = await self._connected().post(address, content=content, headers=self._headers())
        except httpx.RequestError as error:
            raise _unreachable(self._url, error) from error
        if answer.status_code != 200:
            asked = Asked(self._url, str(body["model"]), self._key_variable, bool(self._key))
            raise status_fault(answer.status_code, answer.headers, answer.text, asked)
        return answer.text, answer.headers.get("content-type", "")

    def close(self) -> None:
        """Close the connections; the next question opens new ones."""
        self._close()
        self._client = None

    def _connected(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:  # another loop: this is a forked child
            self._client, self._loop = httpx.AsyncClient(timeout=self._timeout, follow_redirects=False), loop
            self._close = weakref.finalize(self, _close_on, loop, self._client)
        return self._client

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key.reveal()}"
        if self._organization:
            headers["OpenAI-Organization"] = self._organization
        return headers


def _close_on(loop: asyncio.AbstractEventLoop, client: httpx.AsyncClient) -> None:
    background_loop.finish_on(loop, client.aclose())


def _unreachable(url: str, error: httpx.RequestError) -> Fault:
    reason = str(error) or type(error).__name__
    match error:
        case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            return Fault(f"the question cannot be sent to {url}: {reason}", "check DANA_LLM_BASE_URL")
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return Fault(
                f"cannot reach the model server at {url}: {reason}",
                "is it running, and is DANA_LLM_BASE_URL right?",
                passing=True,
            )
        case httpx.ReadTimeout():
            return Fault(f"the model server at {url} fell silent", "raise timeout_seconds", passing=True)
        case _:
            return Fault(f"the connection to {url} broke: {reason}", "try again later", passing=True)
